"""Which of the values that a scenario changes its run reads in no year, and what an abolished cap does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from okoshi.engine.calendar import FIRST_FISCAL_YEAR
from okoshi.language.messages import say
from okoshi.policy.supplement import BUDGET_YEAR, MEASURES, budget_year_spent_in, extra_to_spend

if TYPE_CHECKING:
    from okoshi.scenario.differences import Difference
    from okoshi.scenario.scenario import Scenario
    from okoshi.scenario.settings import Settings

OF_THE_EXTRA = ("supplement.enabled", "supplement.budget", "supplement.spent_in")
EXTRA_ALONE = ("university", "shopping", "digital")  # whose every rule a run reads as `_read_of` gives it
PLACING = "policy.university.sites_placing"
SINCE = "policy.dispatch.since_fiscal_year."
NEEDED = (
    "policy.cooperators.startup_from_year_of_term",
    "policy.cooperators.term_years",
    "policy.dispatch.term_months",
    "policy.local_10000.national_share_basic",
)


def idle_in_words(base: Scenario, scenario: Scenario, differences: Sequence[Difference]) -> list[str]:
    """Return a sentence for each kind of value that does nothing, or not what its name lets one think."""
    last, comma = scenario.years[1], say("fits.comma")
    never = never_read(base, scenario, differences)
    kinds = (
        ("check.never_read", never),
        ("check.without_effect", without_effect(base, scenario, differences, never)),
        ("check.after_the_run", after_the_run(base, scenario, differences)),
        ("check.abolished", _shut(differences)),
    )
    return [say(words, keys=comma.join(keys), last=last) for words, keys in kinds if keys]


def after_the_run(base: Scenario, scenario: Scenario, differences: Sequence[Difference]) -> list[str]:
    """Return the keys that differ from the base only in years after the run's last."""
    from okoshi.parameters.catalogue import LAST_DATE
    from okoshi.scenario.differences import DATED_BY_DUE, diff

    within = {one.key for one in differences}
    later = dict.fromkeys(one.key for one in diff(base, scenario, (FIRST_FISCAL_YEAR, LAST_DATE)))
    return [key for key in later if key not in within and key not in DATED_BY_DUE]


def never_read(base: Scenario, scenario: Scenario, differences: Sequence[Difference]) -> list[str]:
    """Return the keys of a supplementary budget that differ only in years in which the run reads none of it."""
    from okoshi.policy.extra_lines import lines_of_extras

    lines = lines_of_extras()
    changed: dict[str, set[int]] = {}
    for one in differences:
        if one.first is not None and one.last is not None:
            changed.setdefault(one.key, set()).update(range(one.first, one.last + 1))
    settings, years = scenario.settings, range(FIRST_FISCAL_YEAR, scenario.years[1] + 1)

    def spends(measure: str, of_years: set[int], *, by_budget: bool) -> bool:
        """Return whether an extra is spent in these years, or in later ones out of a budget of theirs."""
        return any(
            extra_to_spend(settings, measure, year)
            for year in years
            if (budget_year_spent_in(settings, measure, year) if by_budget else year) in of_years
        )

    idle = [
        key
        for key, of_years in changed.items()
        if (key in lines and not spends(lines[key], of_years, by_budget=True))
        or (key == PLACING and not spends("university", of_years, by_budget=False))
    ]
    changed_keys = {one.key for one in differences}
    for measure in MEASURES:
        names = (*OF_THE_EXTRA, "enabled") if measure in EXTRA_ALONE else OF_THE_EXTRA
        keys = [key for name in names if (key := f"policy.{measure}.{name}") in changed_keys]
        idle += _left_alone(base.settings, settings, keys, measure, years)
    return list(dict.fromkeys(idle))


def without_effect(
    base: Scenario, scenario: Scenario, differences: Sequence[Difference], never: Sequence[str]
) -> list[str]:
    """Return the other keys of measures that are an extra alone which change nothing as the other rules stand.

    And from when on a kind of dispatch exists, where it has no caps in the years in question.
    """
    years, idle = range(FIRST_FISCAL_YEAR, scenario.years[1] + 1), []
    for measure in EXTRA_ALONE:
        prefix = f"policy.{measure}."
        keys = [one.key for one in differences if one.key.startswith(prefix) and one.key not in never]
        keys = [
            key for key in dict.fromkeys(keys) if key.removeprefix(prefix) not in (*OF_THE_EXTRA, "enabled")
        ]
        idle += _left_alone(base.settings, scenario.settings, keys, measure, years)
    kinds = [key for key in dict.fromkeys(one.key for one in differences) if key.startswith(SINCE)]
    return idle + _left_alone(base.settings, scenario.settings, kinds, "dispatch", years)


def _left_alone(
    one: Settings, other: Settings, keys: Sequence[str], measure: str, years: Sequence[int]
) -> list[str]:
    """Return the keys that may be as in `one`, all of them, for a run to read the same of the measure."""
    idle, read = [], _read_of(other, measure, years)
    for key in keys:
        overrides = {own: values for own, values in other.overrides.items() if own != key}
        overrides |= {key: one.overrides[key]} if key in one.overrides else {}
        without = replace(other, overrides=overrides)
        if _read_of(without, measure, years) == read:
            idle.append(key)
            other = without
    return idle


def _read_of(settings: Settings, measure: str, years: Sequence[int]) -> list[object]:
    """Return what a run reads of a measure's extra, year by year, and what else hangs on the extra's keys.

    Of a measure that is an extra alone, that is all it reads of its rules.
    """
    from okoshi.policy.local_10000 import Local10000Rules

    found: list[object] = [extra_to_spend(settings, measure, year) for year in years]
    if measure == "local_10000":  # the share for women and young people is in force from the year of spending
        found += [Local10000Rules.in_force(settings, year).national_share_women_youth for year in years]
    if measure == "dispatch":  # the survey of companies, which the budget before pays
        surveyed = settings.value("behaviour.dispatch.survey_fiscal_year")
        if isinstance(surveyed, int) and surveyed in years:
            dated = max(surveyed, BUDGET_YEAR)
            found.append(bool(settings.value("policy.dispatch.supplement.enabled", dated)))
        found += [_kinds(settings, year) for year in years]
    if measure == "university":
        found += [_sites(settings, year) for year in years]
    if measure == "digital":
        found += _pools(settings, years)
    if measure == "shopping":
        found += [_subsidy(settings, year) for year in years]
    return found


def _kinds(settings: Settings, year: int) -> list[object]:
    """Return the rules of each kind of dispatch in a year, nothing of one for which nothing comes back."""
    from okoshi.policy.dispatch import DispatchRules

    rules = DispatchRules.of(settings, year)
    kinds = (
        (rules.dispatched, rules.dispatched.during_period_per_person_cap),
        (rules.side_job, rules.side_job.remuneration_and_travel_per_person_cap),
    )
    return [kind if kind.enabled and cap else None for kind, cap in kinds]


def _sites(settings: Settings, year: int) -> object:
    """Return what the contracts of a year's extra are: how many, exactly, what each gets, where; the other lines."""
    from okoshi.policy.university import UniversityRules, placing_in

    if not extra_to_spend(settings, "university", year):
        return None
    rules = UniversityRules.of(settings, budget_year_spent_in(settings, "university", year))
    lines, each = rules.lines, rules.contract_per_site or 0
    sites = min(
        Fraction(rules.model_projects or 0), Fraction(lines["model_projects"], each) if each else Fraction()
    )
    others = (lines["analysis"], lines["platform"])
    return (sites, each, placing_in(settings, year), *others) if sites else others


def _pools(settings: Settings, years: Sequence[int]) -> list[object]:
    """Return for whom each year's extra is, and the target that is in force."""
    from okoshi.policy.digital import AnnouncedTarget, DigitalRules

    found: list[object] = []
    announced = AnnouncedTarget()
    for year in years:
        if extra_to_spend(settings, "digital", year):
            rules = DigitalRules.of(settings, budget_year_spent_in(settings, "digital", year))
            found.append((rules.prefectures, rules.hands_on_bodies))
            announced = AnnouncedTarget.of(rules, year)
        found.append(announced.in_force(settings, year))
    return found


def _subsidy(settings: Settings, year: int) -> object:
    """Return the hypothetical subsidy of a year, nothing where it pays nothing."""
    from okoshi.policy.shopping import HypotheticalSubsidy

    subsidy = HypotheticalSubsidy.of(settings, year)
    pays = subsidy.budget and subsidy.hypothetical_subsidy_cap and subsidy.hypothetical_subsidy_rate
    return subsidy if pays else None


def _shut(differences: Sequence[Difference]) -> list[str]:
    """Return what a scenario abolishes without which nothing is paid: caps, rates, budgets, terms, years of a grant."""
    gone = dict.fromkeys(one.key for one in differences if one.other is None and one.one is not None)
    return [
        key
        for key in gone
        if key in NEEDED
        or key.endswith(("_rate", ".budget", "_budget"))
        or (("_per_" in key or "_cap" in key) and "minimum" not in key)
    ]
