"""The word on a headline: on what it rests by the calibration under it, the weakest of several."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from okoshi.figures import About, series
from okoshi.figures.comparing import weakest
from okoshi.parameters.catalogue import catalogue
from okoshi.policy.targets import growth_asked
from okoshi.scenario.scenario import load_scenario
from okoshi.study.history import departure_of
from okoshi.study.runs import Result, run


def test_the_words_are_those_of_the_calibration_and_the_weakest_counts():
    calibrated = About.of_scenario(load_scenario("baseline"), invented=True)
    assert calibrated.words["members"] == "data"
    assert calibrated.rests_on(["members"], 2023) == "data"
    assert calibrated.rests_on(["members", "mobile_vans"], 2023) == "prior"  # no calibration looked at vans
    start = About.of_scenario(load_scenario("baseline", set={"behaviour.parameters": "prior"}), invented=True)
    assert start.rests_on(["members"], 2023) == "prior"
    full = load_scenario("baseline").in_full()
    record = {"scenario": "baseline", "behaviour_parameters": "calibrated", "scenario_in_full": full}
    again = About.of_record(record)
    assert (again.words, again.words_until) == (calibrated.words, 2023)
    changed = load_scenario("without_dispatch").in_full()
    both = About.of_record(record | {"scenarios_in_full": {"baseline": full, "without_dispatch": changed}})
    assert both.words_until == 2013  # the scheme began in FY2014
    assert About.of_record({"behaviour_parameters": "gone.parquet:3"}).words == {}


def test_the_foot_names_draws_of_parameters_and_the_replicates_of_each():
    scenario = load_scenario("baseline")
    feet = {
        (draws, replicates): About.of_result(
            Result(scenario, tuple(range(max(draws, 1) * replicates)), {}, 0.0, draws=draws)
        )
        for draws in (0, 1, 20)
        for replicates in (1, 2)
    }
    told = {key: about.foot().split(" · ")[2].removeprefix("seed 1, ") for key, about in feet.items()}
    assert told == {
        (0, 1): "one replicate",
        (0, 2): "2 replicates",
        (1, 1): "one replicate",  # a single draw tells nothing of parameters
        (1, 2): "2 replicates",
        (20, 1): "20 draws of parameters",
        (20, 2): "20 draws of parameters, 2 replicates each",
    }
    record = {"seeds": [1] * 40, "replicates": 2, "draws": 20}
    assert "seed 1, 20 draws of parameters, 2 replicates each" in About.of_record(record).foot()


def test_a_run_on_draws_knows_their_number():
    scenario = load_scenario("baseline", set={"world.prefectures": ["鳥取県"]}, years=(2009, 2010))
    assert run(scenario, tables=["national"], draws=2).draws == 2
    assert run(scenario, tables=["national"]).draws == 0


def test_a_picture_says_it_and_each_panel_its_own_where_they_differ():
    national = pd.DataFrame(
        {
            "replicate": 0,
            "fiscal_year": [2020, 2021],
            "members": [5.0, 6.0],
            "mobile_vans": [1.0, 2.0],
            "hired": [1, 2],
        }
    )
    observed = pd.DataFrame({"series": [], "fiscal_year": [], "value": [], "uncertainty": [], "label": []})
    about = About("one", words={"members": "data", "hired": "data"})
    both = series(national, observed, about, ["members", "mobile_vans"])
    heads = [axes.get_title("left") for axes in both.figure.axes]
    assert [head.rsplit("[")[-1] for head in heads[:2]] == ["data]", "prior]"]
    same = series(national, observed, about, ["members", "hired"])
    assert all("[" not in axes.get_title("left") for axes in same.figure.axes)
    until = replace(about, words_until=2020)
    assert "[prior]" in series(national, observed, until, ["members", "hired"]).figure.texts[0].get_text()


def test_what_differs_in_no_run_weakens_no_headline() -> None:
    unknown = float("nan")
    rows = pd.DataFrame(
        {
            "difference": [8.0, 5e9, 0.0, 0.0],
            "low_90": [6.0, unknown, 0.0, unknown],
            "high_90": [9.0, unknown, 0.0, unknown],
            "rests_on": ["data", "rule", "prior", "prior"],
        }
    )
    assert weakest(rows) == "rule"
    assert weakest(rows.iloc[[0, 2]]) == "data"
    assert (
        weakest(rows.assign(outcome=["members", "settled", "people", "people"]), ["members"]) == "data"
    )  # what is shown
    assert weakest(rows.iloc[2:]) == "prior"
    assert weakest(rows.assign(low_90=-1.0)) == "prior"  # about nought, and not nought in every run


# What is changed, from when on policy is not what was in force, and up to when the words of the calibration hold.
CHANGES = (
    ({}, None, 2023),
    ({"policy.cooperators.startup_per_member@2025": 0}, 2025, 2023),
    ({"policy.cooperators.startup_per_member@2020": 0}, 2020, 2019),
    ({"policy.dispatch.enabled": False}, 2014, 2013),
    ({"policy.dispatch.supplement.spent_in": 2027}, 2025, 2023),
    ({"context.price_index@2019": 1.5}, 2019, 2018),
    # A target acts from the April after it was announced: that of FY2026, of FY2022, from FY2023 on.
    ({"context.announced_targets@2026": 30_000}, 2023, 2022),
    ({"context.announced_targets@2030": 15_000}, 2027, 2023),
    ({"context.announced_targets@2020": 5_000}, 2015, 2014),
    ({"context.announced_targets@2020": "abolished"}, 2015, 2014),
    ({"context.announced_targets@2030": 0}, None, 2023),  # asks nothing
    ({"context.announced_years_ahead@2026": 2}, 2023, 2022),
    ({"context.announced_years_ahead@2026": 6}, 2021, 2020),
    ({"context.announced_years_ahead@2028": 2}, None, 2023),  # of no target
    ({"context.announced_targets@2026": 30_000, "context.price_index@2019": 1.5}, 2019, 2018),
    ({"behaviour.settlers.go_level": -2.0}, None, 0),
    ({"behaviour.parameters": "prior"}, None, 0),
    ({"structure.adoption": "budget"}, None, 2023),  # it has a fit of its own
    ({"structure.matching": "deferred_acceptance"}, None, 0),
    ({"world.prefectures": ["島根県", "鳥取県"]}, None, 0),
)


@pytest.mark.parametrize(("change", "departs", "until"), CHANGES)
def test_words_hold_for_what_the_calibration_looked_at(
    change: dict[str, object], departs: int | None, until: int
) -> None:
    scenario = load_scenario("baseline", set=change)
    about = About.of_scenario(scenario, invented=True)
    assert (departure_of(scenario.in_full()), about.words_until) == (departs, until)
    assert about.rests_on(["members"], 2024) == "prior"
    assert about.rests_on(["members"], 2012) == ("data" if until else "prior")


@pytest.mark.parametrize(
    "change", [change for change, *_ in CHANGES if any("announced" in key for key in change)]
)
def test_a_target_departs_from_the_past_when_the_growth_it_asks_does(change: dict[str, object]) -> None:
    base = load_scenario("baseline").settings
    alone = load_scenario("baseline", set={key: change[key] for key in change if "announced" in key})
    apart = [
        year
        for year in range(2009, 2061)
        if any(
            growth_asked(base, year, known) != growth_asked(alone.settings, year, known)
            for known in range(0, 30_000, 100)
        )
    ]
    assert departure_of(alone.in_full()) == (apart[0] if apart else None)


def test_a_record_of_a_version_without_notice_departs_by_its_targets_alone() -> None:
    changed = load_scenario("baseline", set={"context.announced_targets@2026": 30_000})
    record = json.loads(json.dumps(changed.in_full()))
    del record["context"]["announced_years_ahead"]
    assert departure_of(record) == 2023
    del record["context"]["announced_targets"]
    assert departure_of(record) is None


def test_policy_that_has_no_date_is_a_date_itself() -> None:
    """So is read from when on a changed one departs from what was in force."""
    undated = [one for one in catalogue().values() if one.name.startswith("policy.") and not one.dated]
    assert undated
    assert all(isinstance(one.in_year(), int) and 2009 <= one.in_year() <= 2034 for one in undated)
    assert not [one for one in catalogue().values() if one.name.startswith("context.") and not one.dated]
