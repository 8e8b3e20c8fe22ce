"""Replicates, comparisons paired by seed and by person, and groups."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from okoshi.agents.cooperators import Settled
from okoshi.language.errors import InputError, RunError
from okoshi.language.messages import set_language
from okoshi.study.comparing import AdditionalSettlers, Settlers, compare, settler_difference
from okoshi.study.grouping import GROUPS, PILLARS, class_names, grouped_outcomes
from okoshi.study.paired import settlers_of
from okoshi.study.runs import Task, run, run_tasks, seed_of
from okoshi.study.summaries import summarise
from okoshi.study.tax_total import FIXED, MIXED, OPEN, total_of_tax
from small_country import lived, scenario_of

TWO = ("島根県", "鳥取県")
YEARS = (2009, 2018)


def test_the_first_replicate_runs_on_the_scenarios_seed():
    assert seed_of(7, 0) == 7
    seeds = [seed_of(7, number) for number in range(200)]
    assert len(set(seeds)) == 200
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert set(seeds[1:]).isdisjoint(seed_of(8, number) for number in range(1, 200))


def test_what_cannot_be_run_is_refused():
    scenario = scenario_of(YEARS)
    for wrong, words in (
        ({"replicates": 0}, "replicates = 0"),
        ({"workers": 1.5}, "workers = 1.5"),
        ({"draws": -1}, "draws = -1"),
        ({"tables": ["nation"]}, "did you mean national"),
        ({"tables": "nation"}, "did you mean national"),
    ):
        with pytest.raises(InputError, match=words):
            run(scenario, **wrong)
    with pytest.raises(InputError, match=r"load_scenario\('baseline'\)"):
        run("baseline")
    with pytest.raises(InputError, match=r"load_scenario\('baseline'\)"):
        compare([scenario, "baseline"])
    assert list(run(scenario, tables="national").arrays) == ["national"]
    assert list(run(scenario, tables=("national", "national")).arrays) == ["national"]


def test_a_result_gives_frames_and_reports_progress():
    heard = []
    result = run(
        scenario_of((2009, 2011), ("鳥取県",)),
        replicates=3,
        tables=["national"],
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard == [(1, 3), (2, 3), (3, 3)]
    assert result.national["replicate"].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert result.national is result.frame("national")
    with pytest.raises(AttributeError, match="members"):
        _ = result.members


def dies(task):
    os._exit(3)


def refuses(task):
    raise InputError("a plain word")


def stumbles(task):
    raise ValueError(f"no luck with {task.replicate}")


def slow_first(task):
    time.sleep(0.5 if task.replicate == 0 else 0.0)
    return task.replicate


def killed_once(task):
    trace = Path(os.environ["STAND_IN_TRACE"])
    if task.replicate == 2 and not trace.exists():
        trace.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return task.replicate


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (dies, RunError, r"replicate 0 \(seed 1\) failed: ProcessDied"),
        (stumbles, RunError, r"replicate 0 \(seed 1\) failed: ValueError: no luck with 0"),
        (refuses, InputError, "a plain word"),
    ],
)
def test_a_task_that_fails_in_another_process_is_named(work, error, words):
    tasks = [Task(scenario_of((2009, 2009)), number, ()) for number in (0, 1)]
    with pytest.raises(error, match=words):
        list(run_tasks(tasks, 2, work))


@pytest.mark.parametrize("work", [slow_first, killed_once])
def test_results_come_in_the_order_of_the_tasks_whoever_ends_first_or_is_killed(work, tmp_path, monkeypatch):
    monkeypatch.setenv("STAND_IN_TRACE", str(tmp_path / "killed_once"))
    tasks = [Task(scenario_of((2009, 2009)), number, ()) for number in range(7)]
    assert list(run_tasks(tasks, 2, work)) == list(range(7))


def people(keys, places, anyway):
    return Settlers(np.array(keys, dtype=np.uint64), np.array(places), np.array(anyway, dtype=bool))


def test_settlers_are_compared_person_by_person():
    base = people([1, 2, 3, 4], [10, 10, 20, 20], [True, False, False, False])
    variant = people([2, 3, 4, 5, 6], [10, 30, 20, 30, 10], [False, False, False, True, True])
    # New: 5 and 6. Moved: 3. Lost: 1.
    assert settler_difference(base, variant) == AdditionalSettlers(
        here_only=3, from_elsewhere=1, lost=1, net=1, anyway=1
    )
    assert settler_difference(base, base) == AdditionalSettlers(0, 0, 0, 0, 0)
    back = settler_difference(variant, base)
    assert (back.net, back.from_elsewhere, back.anyway) == (-1, 1, -1)


@pytest.fixture(scope="module")
def comparison():
    base = scenario_of(YEARS, TWO)
    variant = scenario_of(YEARS, TWO, policy__cooperators__activity_remuneration_per_member=1_000_000)
    none = scenario_of(YEARS, TWO, base="no_measure")
    return compare([base, variant, none, base], replicates=3, by="sex_age")


def rows(comparison, **wanted):
    table = comparison.differences
    mine = np.ones(len(table["outcome"]), dtype=bool)
    for name, value in wanted.items():
        mine &= table[name] == value
    return {name: values[mine] for name, values in table.items()}


def test_a_scenario_differs_from_itself_in_nothing(comparison):
    same = rows(comparison, scenario="cooperators_only_3")
    known = ~np.isnan(same["difference"])
    assert known.sum() > 100
    assert not same["difference"][known].any()
    assert {one.value for one in comparison.additional["cooperators_only_3"].values()} == {0.0}


def test_differences_are_those_of_the_paired_runs(comparison):
    found = rows(comparison, scenario="no_measure", outcome="members", group="nation", fiscal_year=2018)
    base = [
        int(lived(scenario_of(YEARS, TWO), seed).records.national[-1]["members"]) for seed in comparison.seeds
    ]
    assert found["difference"].tolist() == [pytest.approx(-np.mean(base))]
    assert found["low_90"][0] < found["difference"][0] < found["high_90"][0]


def test_without_the_measure_all_its_settlers_are_lost(comparison):
    additional = comparison.additional["no_measure"]
    assert additional["here_only"].value == additional["from_elsewhere"].value == 0
    assert additional["net"].value == -additional["lost"].value < 0
    cost = comparison.cost["no_measure"]
    # Both differences are negative: yen saved for each settler lost.
    assert cost["yen_total"].value > 1_000_000
    parts = sum(cost[name].value for name in cost if name != "yen_total")
    assert parts == pytest.approx(cost["yen_total"].value)
    summary = "\n".join(comparison.summary())
    assert "    special allocation tax: " in summary
    assert "    all payers: " in summary
    assert "yen_" not in summary, "a payer by the name of its column"


def test_who_has_settled_was_paid_for_since_fy2009_whatever_years_are_written(comparison):
    late = (YEARS[1] - 1, YEARS[1])
    base, none = scenario_of(late, TWO), scenario_of(late, TWO, base="no_measure")
    found = compare([base, none], replicates=3)
    assert found.cost["no_measure"] == comparison.cost["no_measure"]
    wanted = tuple(cost for cost in comparison.costs if cost.scenario == "no_measure")
    assert repr(found.costs) == repr(wanted)  # not a number is unlike itself


def test_who_pays_is_told_where_nothing_else_differs():
    open_total = scenario_of(YEARS, TWO)
    fixed = scenario_of(YEARS, TWO, policy__special_allocation_tax__total="fixed")
    found = compare([open_total, fixed], replicates=1)
    told = [line for line in found.summary() if "Paid by " in line]
    assert len(told) == 3
    yen = [int(line.split(": ")[1].split()[0].replace(",", "")) for line in told]
    assert sum(yen) == 0
    assert "Paid by special allocation tax" in told[0]
    assert yen[0] < 0


TAX_TOTAL = "policy.special_allocation_tax.total"


@pytest.mark.parametrize(
    ("of_base", "of_variant", "total", "words", "japanese"),
    [
        ({}, {}, OPEN, "special allocation tax from an open total", "総額に上乗せ"),
        *[
            (fixed, fixed, FIXED, "special allocation tax from a fixed total", "は総額固定")
            for fixed in ({TAX_TOTAL: "fixed"}, {f"{TAX_TOTAL}@2009": "fixed"})
        ],
        *[
            (base, variant, MIXED, "only the sum of all payers compares", "比べられるのは全負担者の合計だけ")
            for base, variant in (
                ({}, {TAX_TOTAL: "fixed"}),  # was called open
                ({TAX_TOTAL: "fixed"}, {}),  # was called fixed
                (
                    {},
                    {f"{TAX_TOTAL}@2012": "fixed", f"{TAX_TOTAL}@2013": "open"},
                ),  # the last year tells nothing
                ({f"{TAX_TOTAL}@2018": "fixed"}, {f"{TAX_TOTAL}@2018": "fixed"}),
            )
        ],
        (
            {f"{TAX_TOTAL}@2019": "fixed"},
            {},
            OPEN,
            "from an open total",
            "総額に上乗せ",
        ),  # after the last year
    ],
)
def test_yen_by_payer_are_said_to_compare_only_where_the_total_is_one_all_along(
    comparison, of_base, of_variant, total, words, japanese
):
    base, first, none, last = comparison.scenarios
    # Written late, paid for since FY2009; of the variants only the one without the measure has another rule.
    others = (base.changed(of_base, years=(2017, 2018)), none.changed(of_variant, years=(2017, 2018)))
    assert total_of_tax(*others) == total
    told = replace(
        comparison, scenarios=(others[0], first.changed(of_base), others[1], last.changed(of_base))
    )
    for language, said in (("en", words), ("ja", japanese)):
        set_language(language)
        try:
            lines = "\n".join(told.summary())
        finally:
            set_language(None)
        about = lines.partition("no_measure against" if language == "en" else "no_measure と")[2]
        assert said in next(
            line for line in about.splitlines() if "yen per additional" in line or "1人あたりの円" in line
        )


def test_groups_add_up_to_the_nation(comparison):
    table = comparison.differences
    for scenario in ("cooperators_only_2", "no_measure"):
        nation = rows(comparison, scenario=scenario, outcome="members", group="nation", fiscal_year=2018)
        mine = (
            (table["scenario"] == scenario)
            & (table["outcome"] == "members")
            & (table["fiscal_year"] == 2018)
            & (table["group"] != "nation")
        )
        assert table["difference"][mine].sum() == pytest.approx(nation["difference"].sum())
        assert mine.sum() == 10


def test_a_comparison_speaks_in_lines(comparison):
    lines = summarise(comparison)
    assert len(lines) > 10
    assert all(isinstance(line, str) and line for line in lines)
    assert "nan" not in " ".join(lines).lower().split()


OF_PLACES = (
    "members",
    "hired",
    "ended",
    "startups_by_members",
    "local_10000_projects",
    "enterprises_alive",
    "enterprise_jobs",
    "dispatched_side_job",
    "student_participants",
    "related_people",
    "mobile_vans",
    "stores_closed",
    "yen_municipality",
)
OF_PEOPLE = (
    "members",
    "hired",
    "ended",
    "startups_by_members",
    "local_10000_projects",
    "enterprises_alive",
    "student_participants",
)


@pytest.fixture(scope="module")
def whole_model():
    return lived(scenario_of((2012, 2026), TWO, base="baseline"))


@pytest.mark.parametrize("by", GROUPS)
def test_every_grouping_adds_up_over_all_six_measures(by, whole_model):
    grouped = grouped_outcomes(whole_model, by)
    national = whole_model.tables(["national"])["national"]
    if by == "pillar":
        spent = sum(values for (name, _), values in grouped.items() if name == "yen")
        total = sum(national[name] for name in national if name.startswith("yen_") and "fy2024" not in name)
        assert spent.tolist() == total.tolist()
        assert {pillar for _, pillar in grouped} == set(PILLARS.values())
        return
    for outcome in OF_PEOPLE if by == "sex_age" else OF_PLACES:
        total = sum(values for (name, _), values in grouped.items() if name == outcome)
        wanted = national[outcome]
        if outcome == "yen_municipality":  # of the nation's table, what municipalities alone bear
            assert np.abs(total - wanted).max() <= 1
        elif (
            outcome == "enterprises_alive" and by == "sex_age"
        ):  # taken over later: closed for a year, or not
            assert ((total - wanted >= 0) & (total - wanted <= 0.02 * wanted)).all()
        else:
            assert total.tolist() == wanted.tolist(), outcome
    if by == "prefecture":  # what a prefecture itself pays and gets back is its own, too
        for outcome in ("yen_prefecture", "yen_special_allocation_tax"):
            total = sum(values for (name, _), values in grouped.items() if name == outcome)
            assert total.tolist() == national[outcome].tolist(), outcome
            assert national[outcome].any()
    everybody = sum(values for (name, _), values in grouped.items() if name == "population")
    assert everybody == pytest.approx(national["population"], rel=1e-3)


def test_shares_of_groups_are_those_of_their_people(whole_model):
    grouped = grouped_outcomes(whole_model, "size_class")
    table = whole_model.tables(["municipalities"])["municipalities"]
    small = (whole_model.world.population_2020 < 5_000)[np.newaxis, :]
    shape = (-1, len(whole_model.world))
    people, covered = table["population"].reshape(shape), table["covered_share"].reshape(shape)
    wanted = (people * covered * small).sum(axis=1) / (people * small).sum(axis=1)
    assert grouped["covered_share", "0-5000 people"] == pytest.approx(wanted)


def test_settled_by_sex_and_age_are_those_there_each_year():
    model = lived(scenario_of((2009, 2016), TWO))
    grouped = grouped_outcomes(model, "sex_age")
    total = sum(values for (name, _), values in grouped.items() if name == "settled")
    assert total.tolist() == model.tables(["national"])["national"]["settled"].tolist()
    ages = [name.removeprefix("man, ") for _, name in grouped if name.startswith("man, ")]
    of_forty = "40-49 years"  # nobody is of two classes
    assert list(dict.fromkeys(ages))[1:4] == ["30-39 years", of_forty, "50-59 years"]
    forty = (model.members.age_at_start == 40) & (model.members.sex == 0)
    assert forty.any()
    assert grouped["hired", f"man, {of_forty}"].sum() >= forty.sum()


def test_class_names():
    assert class_names((5, 10), " people") == ["0-5 people", "5-10 people", "10 people and over"]


def test_comparisons_that_make_no_sense_are_refused():
    base = scenario_of(YEARS)
    for wrong in (
        [base],
        [base, scenario_of((2009, 2017))],
        [base, scenario_of(YEARS, ("鳥取県",))],
    ):
        with pytest.raises(InputError):
            compare(wrong, replicates=2)
    with pytest.raises(InputError):
        compare([base, base], replicates=2, by="colour")
    with pytest.raises(InputError):
        compare([base, base], replicates=0)


def test_settlers_at_the_end_are_those_who_live_there():
    model = lived(scenario_of(YEARS, TWO))
    found = settlers_of(model.members)
    lives = (model.members.settled == Settled.SAME) | (model.members.settled == Settled.NEARBY)
    assert len(found.key) == lives.sum() > 5
    assert (np.diff(found.key.astype(object)) > 0).all()
    assert found.place.min() >= 0


def test_one_replicate_has_no_interval():
    base = scenario_of((2009, 2012), TWO)
    found = compare([base, scenario_of((2009, 2012), TWO, base="no_measure")], replicates=1)
    known = ~np.isnan(found.differences["difference"])
    assert known.any()
    assert np.isnan(found.differences["low_90"]).all()
    assert isnan(found.cost["no_measure"]["yen_total"].value)
