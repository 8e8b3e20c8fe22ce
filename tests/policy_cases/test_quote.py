"""The calculator's answers to the letter, and what it says when it is asked wrongly."""

from __future__ import annotations

import json

import pytest

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import set_language
from okoshi.parameters.catalogue import catalogue
from okoshi.policy.quote import quote, quote_text
from okoshi.scenario.scenario import load_scenario


def faults(measure: str, year: int, **arguments: str | int) -> dict[str | None, Fault]:
    with pytest.raises(InputError) as caught:
        quote(measure, year, arguments)
    return {fault.key: fault for fault in caught.value.faults}


def test_local_10000_to_the_letter() -> None:
    question: dict[str, str | int] = {
        "investment": "120000000",
        "loan": "60000000",
        "place": "basic",
        "theme": "none",
    }
    assert quote("local_10000", 2024, question).to_json() == {
        "grant": 35_000_000,
        "national": 17_500_000,
        "municipal": 17_500_000,
        "own_funds": 25_000_000,
        "limited_by": "ladder",
    }


def test_university_to_the_letter() -> None:
    parts = {"cost": 12_000_000, "national_direct": 10_000_000, "municipal": 2_000_000}
    assert quote("university", 2024, {"sites": 1, "cost": 12_000_000}).to_json() == {
        "items": [{"item": "contract", **parts}],
        "total": parts,
    }


def test_an_item_is_given_for_each_cost_asked_for() -> None:
    answer = quote("cooperators", 2024, {"trial": 0, "startups": 1, "startup": "1,500,000"}).to_json()
    assert json.loads(json.dumps(answer)) == {
        "items": [
            {"item": "trial", "cost": 0, "special_allocation_tax": 0, "municipal": 0},
            {"item": "startup", "cost": 1_500_000, "special_allocation_tax": 1_000_000, "municipal": 500_000},
        ],
        "total": {"cost": 1_500_000, "special_allocation_tax": 1_000_000, "municipal": 500_000},
    }


def test_a_rule_that_did_not_exist_says_so_in_both_languages() -> None:
    answer = quote("cooperators", 2012, {"trial": 500_000})
    assert answer.notes[0].text == "trial: this rule did not exist in FY2012 and pays nothing"
    set_language("ja")
    try:
        assert "2012年度" in answer.notes[0].text
        assert "特別交付税" in quote_text(answer)
    finally:
        set_language(None)


def test_the_text_is_a_table_with_all_parts() -> None:
    lines = quote_text(quote("dispatch", 2024, {"kind": "side_job", "before": 1_500_000})).splitlines()
    assert lines[0] == "dispatch, FY2024 (yen)"
    assert lines[2].split() == ["before", "1,500,000", "500,000", "1,000,000"]
    assert lines[3].split() == ["total", "1,500,000", "500,000", "1,000,000"]


def test_costs_for_nobody_are_pointed_out() -> None:
    notes = quote("cooperators", 2024, {"remuneration": 3_000_000}).notes
    assert [note.key for note in notes] == ["nobody"]
    (sites,) = quote("university", 2024, {"cost": 5}).notes
    assert "a person" not in sites.text  # what a site costs is no person's


def said(measure: str, year: int, **arguments: str | int) -> list[str]:
    return [note.key for note in quote(measure, year, arguments).notes]


def test_an_intern_without_days_is_pointed_out() -> None:
    assert said("cooperators", 2024, internship_activity=120_000) == ["no_days"]
    assert said("cooperators", 2024, internship_activity=120_000, internship_person_days=10) == []


def test_a_flat_sum_above_the_cost_says_that_the_cost_is_paid() -> None:
    assert said("university", 2024, sites=1, cost=6_000_000) == ["up_to_cost"]
    assert said("university", 2024, sites=1, cost=10_000_000) == []
    assert said("university", 2024, sites=16, cost=6_000_000) == ["up_to_cost", "sites_paid"]
    assert quote("university", 2024, {"sites": 1, "cost": 6_000_000}).total.paid == 6_000_000


def test_only_what_is_paid_is_said_to_go_to_the_prefecture() -> None:
    assert said("cooperators", 2023, foreign_recruitment=5) == ["no_rule"]
    assert said("cooperators", 2008, foreign_support=5) == ["switched_off"]
    assert said("cooperators", 2024, foreign_recruitment=5, foreign_support=5) == ["to_prefecture"] * 2


@pytest.mark.parametrize(
    ("year", "asked", "notes"),
    [
        (2023, {"theme": "digital"}, ["no_share", "unconfirmed"]),
        (2015, {"place": "weakest", "theme": "women_youth"}, ["no_share", "no_share"]),
        (2016, {"place": "weak"}, []),
        (2024, {"place": "weakest", "theme": "women_youth"}, ["share_of_supplement"]),
        (2024, {"place": "weakest", "theme": "digital"}, []),
        (2025, {"theme": "women_youth"}, []),
        (2018, {}, []),
        (2020, {}, ["unconfirmed"]),
        (2011, {"place": "weak", "theme": "digital"}, ["switched_off"]),
    ],
)
def test_a_raised_share_that_did_not_exist_says_so(
    year: int, asked: dict[str, str], notes: list[str]
) -> None:
    assert said("local_10000", year, investment=30_000_000, loan=20_000_000, **asked) == notes


@pytest.mark.parametrize(
    ("measure", "year", "asked", "assumed"),
    [
        ("cooperators", 2012, {"members": 1, "recruitment": 5}, 4),  # the three caps of activity, recruitment
        ("cooperators", 2013, {"members": 1, "trial": 5}, 0),
        ("cooperators", 2022, {"recruitment": 5, "daily_support": 5, "renovation": 5}, 2),
        ("cooperators", 2024, {"members": 1, "recruitment": 5, "daily_support": 5}, 0),
        ("cooperators", 2024, {"members": 1, "remuneration": 3_200_000}, 0),
        (
            "cooperators",
            2024,
            {"members": 1, "remuneration": 3_200_001},
            1,
        ),  # the flexible use that may have ended
        ("cooperators", 2023, {"members": 1, "remuneration": 3_200_001}, 0),
        ("cooperators", 2016, {"recruitment": 5}, 0),
        ("cooperators", 2017, {"recruitment": 5}, 1),
        ("dispatch", 2014, {"kind": "dispatched", "persons": 1, "during": 5, "before": 5}, 0),
        ("dispatch", 2015, {"kind": "dispatched", "persons": 1, "during": 5, "before": 5}, 1),
        ("dispatch", 2023, {"kind": "dispatched", "persons": 1, "during": 5}, 1),
        ("dispatch", 2024, {"kind": "side_job", "persons": 1, "travel": 5}, 0),
        ("cooperators", 2008, {"members": 1}, 0),
    ],
)
def test_what_is_assumed_of_a_year_is_not_told_as_law(
    measure: str, year: int, asked: dict[str, str | int], assumed: int
) -> None:
    notes = quote(measure, year, asked).notes
    told = [str(note.values["names"]) for note in notes if note.key == "unconfirmed"]
    names = ", ".join(told).split(", ") if told else []
    assert len(names) == assumed
    assert all(name in catalogue() for name in names)


def test_who_asks_for_the_year_of_spending_is_told_the_year_of_the_budget() -> None:
    for measure, asked in (("university", {"sites": 1, "cost": 5}), ("shopping", {}), ("digital", {})):
        (note,) = quote(measure, 2025, asked).notes
        assert "FY2025" in note.text
        assert "FY2024" in note.text


def test_all_faults_of_a_question_come_at_once() -> None:
    found = faults("dispatch", 1850, kinds="x", persons="-3", travel="abc", before="-5")
    assert set(found) == {"year", "kinds", "persons", "travel", "before", "kind"}
    assert found["kinds"].nearest == "kind"
    assert found["kind"].allowed == "dispatched, side_job"


@pytest.mark.parametrize("bad", ["abc", "1e6", "1.5", "", "nan", "-1", "10000000000000001"])
def test_a_cost_is_a_whole_number_of_yen(bad: str) -> None:
    assert "startup" in faults("cooperators", 2024, startup=bad)


def test_wrong_names_get_the_nearest_right_one() -> None:
    assert faults("cooperater", 2024)[None].nearest == "cooperators"
    assert faults("local_10000", 2024, investment=5, loan=4, place="weakst")["place"].nearest == "weakest"
    assert faults("shopping", 2024, cost=5)["cost"].value == "5"
    assert set(faults("local_10000", 2024)) == {"investment", "loan"}
    assert "loan" in faults("local_10000", 2024, investment=5, loan=6)
    assert "travel" in faults("dispatch", 2024, kind="dispatched", travel=5)


def test_a_scenario_may_be_asked_instead_of_the_law() -> None:
    settings = load_scenario(
        "baseline", set={"policy.cooperators.startup_per_member@2027": 2_000_000}
    ).settings
    question: dict[str, str | int] = {"startups": 1, "startup": 3_000_000}
    paid = [quote("cooperators", year, question, settings).total.paid for year in (2026, 2027)]
    assert paid == [1_000_000, 2_000_000]
