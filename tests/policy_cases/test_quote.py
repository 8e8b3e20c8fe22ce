"""The calculator's answers to the letter, and what it says when it is asked wrongly."""

from __future__ import annotations

import json

import pytest

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import set_language
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
