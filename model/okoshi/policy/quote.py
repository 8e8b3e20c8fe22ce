"""The rules as a calculator (`okoshi quote`): who pays what for one case in one fiscal year.

It asks the same functions as the simulation. Costs are per person or per body as the source caps them; what
is left out is 0; the nation's part is rounded down to the yen and who spent the money bears the rest.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.parameters.catalogue import catalogue
from okoshi.policy import cooperators as law
from okoshi.policy import dispatch as dispatching
from okoshi.policy import local_10000 as grants
from okoshi.policy.amounts import Values
from okoshi.policy.digital import DigitalRules
from okoshi.policy.questions import Answers, read_question
from okoshi.policy.shopping import ShoppingRules
from okoshi.policy.supplement import BUDGET_YEAR, year_spent
from okoshi.policy.unconfirmed import unconfirmed, unconfirmed_over_cap
from okoshi.policy.university import UniversityRules, contract_payment

type JsonValue = int | str | list[JsonValue] | dict[str, JsonValue] | None

TAX, DIRECT = "special_allocation_tax", "national_direct"


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know beside the numbers, in the language in use."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the note in words."""
        return say(f"quote.{self.key}", **self.values)


@dataclass(frozen=True, slots=True)
class QuoteItem:
    """One cost in yen and who pays it: the nation (by the quote's payer) and the body that spent it."""

    item: str
    cost: int
    paid: int

    @property
    def municipal(self) -> int:
        """Return what the body that spent the money bears."""
        return self.cost - self.paid


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer: items with their payer, or the split of a Local 10,000 grant, or a budget; and notes."""

    measure: str
    fiscal_year: int
    payer: str = TAX
    items: tuple[QuoteItem, ...] = ()
    split: Mapping[str, int | str | None] | None = None
    budget: int | None = None
    notes: tuple[Note, ...] = ()

    @property
    def total(self) -> QuoteItem:
        """Return the sums over all items."""
        return QuoteItem(
            "total", sum(item.cost for item in self.items), sum(item.paid for item in self.items)
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Return the one object that `--format json` prints; `notes` only where there is something to say."""
        answer: dict[str, JsonValue] = {}
        if self.split is not None:
            answer.update(self.split)
        else:
            answer["items"] = [{"item": item.item, **self._parts(item)} for item in self.items]
            answer["total"] = self._parts(self.total)
        if self.budget is not None:
            answer["budget"] = self.budget
        if self.notes:
            answer["notes"] = [note.text for note in self.notes]
        return answer

    def _parts(self, item: QuoteItem) -> dict[str, JsonValue]:
        return {"cost": item.cost, self.payer: item.paid, "municipal": item.municipal}


def quote(
    measure: str, fiscal_year: int, arguments: Mapping[str, str | int], values: Values | None = None
) -> Quote:
    """Return who pays what under the rules of a fiscal year: the law's, or those of a scenario's settings.

    Raises InputError with everything that is wrong with the question.
    """
    answers = read_question(measure, fiscal_year, arguments)
    answer = _QUOTES[measure](values or catalogue(), fiscal_year, answers)
    return answer if values else _with_doubt(answer, answers)


def _with_doubt(answer: Quote, answers: Answers) -> Quote:
    """Say which amounts are assumed in the year: not every rule of the past is confirmed by a source."""
    prefix = ".".join(["policy", answer.measure, *filter(None, [answers.words.get("kind")])])
    items = answer.split or [item.item for item in answer.items]
    assumed = unconfirmed(prefix, items, answer.fiscal_year)
    if answer.measure == "cooperators" and "activity" in items:
        assumed += unconfirmed_over_cap(answers.numbers["remuneration"], answer.fiscal_year)
    if not assumed:
        return answer
    note = Note("unconfirmed", {"names": ", ".join(assumed), "year": answer.fiscal_year})
    return replace(answer, notes=(*answer.notes, note))


@dataclass
class _Sheet:
    """Collects the items of a quote and why one of them is not paid."""

    name: str
    fiscal_year: int
    answers: Answers
    enabled: bool
    items: list[QuoteItem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.enabled:
            self.notes.append(Note("switched_off", {"name": self.name, "year": self.fiscal_year}))

    def add(self, item: str, cost: int, paid: int, in_force: bool, asked: tuple[str, ...] = ()) -> None:
        """Add an item that was asked for under its own name or under one of `asked`."""
        if not self.answers.given & {item, *asked}:
            return
        self.items.append(QuoteItem(item, cost, paid))
        if self.enabled and not in_force:
            self.notes.append(Note("no_rule", {"item": item, "year": self.fiscal_year}))

    def warn_of_nobody(self, item: str, count: str, costs: tuple[str, ...]) -> None:
        """Say so when costs a person are given for nobody."""
        numbers = self.answers.numbers
        if not numbers[count] and any(numbers[cost] for cost in costs):
            self.notes.append(Note("nobody", {"item": item, "count": count}))


def _quote_cooperators(values: Values, fiscal_year: int, answers: Answers) -> Quote:
    rules = law.CooperatorRules.of(values, fiscal_year)
    sheet = _Sheet("cooperators", fiscal_year, answers, bool(rules.enabled))
    number = answers.numbers
    members, pay, other = number["members"], number["remuneration"], number["other_activity"]
    paid = members * law.activity_reimbursement(rules, pay, other)
    sheet.add(
        "activity",
        members * (pay + other),
        paid,
        rules.activity_per_member is not None,
        ("members", "remuneration", "other_activity"),
    )
    sheet.warn_of_nobody("activity", "members", ("remuneration", "other_activity"))
    of_a_body: tuple[tuple[str, Callable[[law.CooperatorRules, int], int], object], ...] = (
        ("recruitment", law.recruitment_reimbursement, rules.recruitment_per_municipality),
        ("trial", law.trial_reimbursement, rules.trial_per_municipality),
        ("internship", law.internship_reimbursement, rules.internship_per_municipality),
        ("internship_activity", _internship_activity(number), rules.internship_per_person_and_day),
        ("daily_support", law.daily_support_reimbursement, rules.daily_support_per_municipality),
        ("startup", _startups(number), rules.startup_per_member),
        ("renovation", law.renovation_reimbursement, rules.vacant_house_renovation_rate),
        (
            "foreign_recruitment",
            law.foreign_recruitment_reimbursement,
            rules.foreign_resident_recruitment_per_body,
        ),
        ("foreign_support", law.foreign_support_reimbursement, rules.foreign_member_support_per_body),
    )
    for item, reimbursement, rule in of_a_body:
        cost = number[item] * (number["startups"] if item == "startup" else 1)
        sheet.add(item, cost, reimbursement(rules, number[item]), rule is not None)
        if item.startswith("foreign") and item in answers.given and sheet.enabled and rule is not None:
            sheet.notes.append(Note("to_prefecture", {"item": item}))
    sheet.warn_of_nobody("startup", "startups", ("startup",))
    if number["internship_activity"] and not number["internship_person_days"] and sheet.enabled:
        sheet.notes.append(Note("no_days"))
    return Quote("cooperators", fiscal_year, TAX, tuple(sheet.items), notes=tuple(sheet.notes))


def _internship_activity(number: Mapping[str, int]) -> Callable[[law.CooperatorRules, int], int]:
    days = number["internship_person_days"]
    return lambda rules, cost: law.internship_activity_reimbursement(rules, cost, days)


def _startups(number: Mapping[str, int]) -> Callable[[law.CooperatorRules, int], int]:
    return lambda rules, cost: number["startups"] * law.startup_reimbursement(rules, cost)


def _quote_dispatch(values: Values, fiscal_year: int, answers: Answers) -> Quote:
    both = dispatching.DispatchRules.of(values, fiscal_year)
    kind = answers.words["kind"]
    rules = both.dispatched if kind == "dispatched" else both.side_job
    sheet = _Sheet(f"dispatch kind={kind}", fiscal_year, answers, bool(rules.enabled))
    number = answers.numbers
    persons, before, proposed = number["persons"], number["before"], number["proposed"]
    paid = dispatching.before_period_reimbursement(rules, before)
    sheet.add("before", before, paid, rules.before_period_per_municipality_cap is not None)
    if isinstance(rules, dispatching.DispatchedRules):
        stay = dispatching.during_period_reimbursement(rules, number["during"])
        in_force = rules.during_period_per_person_cap is not None
        sheet.add("during", persons * number["during"], persons * stay, in_force)
    else:
        pay, travel = dispatching.side_job_reimbursement(rules, number["remuneration"], number["travel"])
        in_force = rules.remuneration_per_person_cap is not None
        sheet.add("remuneration", persons * number["remuneration"], persons * pay, in_force)
        in_force = rules.travel_per_person_cap is not None
        sheet.add("travel", persons * number["travel"], persons * travel, in_force)
    paid = persons * dispatching.proposed_project_reimbursement(rules, proposed)
    sheet.add("proposed", persons * proposed, paid, rules.proposed_project_per_person_cap is not None)
    for item in ("during", "remuneration", "travel", "proposed"):
        sheet.warn_of_nobody(item, "persons", (item,))
    return Quote("dispatch", fiscal_year, TAX, tuple(sheet.items), notes=tuple(sheet.notes))


def _quote_local_10000(values: Values, fiscal_year: int, answers: Answers) -> Quote:
    investment, loan = answers.numbers["investment"], answers.numbers["loan"]
    if loan > investment:
        raise InputError(
            Fault(
                say("quote.loan_over_investment"), key="loan", value=f"{loan:,}", allowed=f"<= {investment:,}"
            )
        )
    in_force = grants.Local10000Rules.in_force(values, fiscal_year)
    # What a supplement brings is quoted under its budget's year, as the extras are.
    rules = grants.Local10000Rules.of(values, fiscal_year) if fiscal_year == BUDGET_YEAR else in_force
    place = grants.Place[answers.words["place"].upper()]
    theme = grants.Theme[answers.words["theme"].upper()]
    grant = grants.largest_grant(rules, investment, loan)
    national = grants.national_part(rules, grant, place, theme)
    limit = grants.what_limits(rules, np.array([investment]), np.array([loan]))[0]
    split: dict[str, int | str | None] = {
        "grant": grant,
        "national": national,
        "municipal": grant - national,
        "own_funds": investment - loan - grant,
        "limited_by": grants.Limit(limit).name.lower() if rules.pays else None,
    }
    notes = _notes_on_shares(rules, fiscal_year, place, theme)
    if rules.pays and grants.share_of_theme(in_force, theme) != grants.share_of_theme(rules, theme):
        spent = {"year": fiscal_year, "spent": year_spent(values, "local_10000")}
        notes = (*notes, Note("share_of_supplement", {"asked": f"theme={theme.name.lower()}", **spent}))
    return Quote("local_10000", fiscal_year, split=split, notes=notes)


def _notes_on_shares(
    rules: grants.Local10000Rules, fiscal_year: int, place: grants.Place, theme: grants.Theme
) -> tuple[Note, ...]:
    """Say so where the measure, or a raised share that is asked for, did not exist in the year."""
    if not rules.pays:
        return (Note("switched_off", {"name": "local_10000", "year": fiscal_year}),)
    asked = {
        "place": (place, rules.national_share_raised),
        "theme": (theme, grants.share_of_theme(rules, theme)),
    }
    return tuple(
        Note("no_share", {"asked": f"{name}={choice.name.lower()}", "year": fiscal_year})
        for name, (choice, share) in asked.items()
        if choice and share is None
    )


def _quote_university(values: Values, fiscal_year: int, answers: Answers) -> Quote:
    rules = UniversityRules.of(values, fiscal_year)
    sites, cost = answers.numbers["sites"], answers.numbers["cost"]
    paid = min(sites, rules.sites_paid) * contract_payment(rules, cost)
    notes = [Note("nobody", {"item": "contract", "count": "sites"})] if cost and not sites else []
    if not rules.extra:
        notes.append(_no_extra(fiscal_year))
    elif sites and 0 < cost < (rules.contract_per_site or 0):
        notes.append(Note("up_to_cost", {"flat": f"{rules.contract_per_site:,}"}))
    if rules.extra and sites > rules.sites_paid:
        notes.append(Note("sites_paid", {"year": fiscal_year, "sites": rules.sites_paid}))
    item = QuoteItem("contract", sites * cost, paid)
    return Quote("university", fiscal_year, DIRECT, (item,), notes=tuple(notes))


def _no_extra(fiscal_year: int) -> Note:
    return Note("no_extra", {"year": fiscal_year, "budget_year": BUDGET_YEAR})


def _quote_budget(measure: str, fiscal_year: int, budget: int) -> Quote:
    note = Note("budget_only") if budget else _no_extra(fiscal_year)
    return Quote(measure, fiscal_year, DIRECT, budget=budget, notes=(note,))


_QUOTES: dict[str, Callable[[Values, int, Answers], Quote]] = {
    "local_10000": _quote_local_10000,
    "cooperators": _quote_cooperators,
    "dispatch": _quote_dispatch,
    "university": _quote_university,
    "shopping": lambda values, year, _: _quote_budget(
        "shopping", year, ShoppingRules.of(values, year).survey_budget
    ),
    "digital": lambda values, year, _: _quote_budget("digital", year, DigitalRules.of(values, year).extra),
}


def quote_text(answer: Quote) -> str:
    """Return a quote as plain lines of a table, in the language in use."""
    title = say("quote.title", measure=answer.measure, year=answer.fiscal_year)
    if answer.split is not None:
        rows = [[_label(name), _shown(value)] for name, value in answer.split.items()]
    elif answer.items:
        heads = ("item", "cost", answer.payer, "municipal")
        rows = [[say(f"quote.{head}") for head in heads]]
        rows += [[say(f"quote.item_{item.item}"), *_shown_parts(item)] for item in answer.items]
        rows.append([say("quote.total"), *_shown_parts(answer.total)])
    else:
        rows = []
    if answer.budget is not None:
        rows.append([say("quote.budget"), _shown(answer.budget)])
    return "\n".join([title, *_aligned(rows), *(note.text for note in answer.notes)])


def _label(name: str) -> str:
    return say("quote.municipal_of_grant" if name == "municipal" else f"quote.{name}")


def _shown_parts(item: QuoteItem) -> list[str]:
    return [_shown(item.cost), _shown(item.paid), _shown(item.municipal)]


def _shown(value: int | str | None) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return say(f"quote.{value}") if value else "-"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "FW" else 1 for sign in text)


def _aligned(rows: list[list[str]]) -> list[str]:
    if not rows:
        return []
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        spaces = [" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [row[0] + spaces[0], *(space + cell for space, cell in zip(spaces[1:], row[1:], strict=True))]
        lines.append("  ".join(cells).rstrip())
    return lines
