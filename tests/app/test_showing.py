"""How results look: tables for people, CSV and JSON for programs."""

import csv
import io
import json
from fractions import Fraction

import numpy as np
import pytest

from okoshi.app.options import read_assignments, read_value, read_years
from okoshi.app.showing import Heading, as_csv, as_table, shortened, show, value_text
from okoshi.app.side_by_side import (
    by_year,
    compare_with_official,
    off_by,
    show_side_by_side,
    shown,
    shown_with_range,
)
from okoshi.figures.lines import text_places
from okoshi.language.errors import InputError
from okoshi.scenario.scenario import load_scenario

HEADINGS = [Heading("name", "名前"), Heading("value", "値", right=True)]


def test_columns_stay_aligned_under_japanese() -> None:
    rows = [{"name": "隊員数", "value": "1,000"}, {"name": "x", "value": None}]
    lines = as_table(HEADINGS, rows).splitlines()
    assert lines == ["名前       値", "─────────────", "隊員数  1,000", "x           –"]
    assert len({text_places(line) for line in lines}) == 1


def test_long_text_is_cut_at_its_width_in_places() -> None:
    assert shortened("地域おこし協力隊", 9) == "地域おこ…"
    assert shortened("abc", 3) == "abc"


def test_programs_get_plain_values_and_the_names_of_columns(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"name": 'a, "b"', "value": Fraction(2, 3)},
        {"name": None, "value": (1, Fraction(1, 2))},
        {"name": True, "value": np.float64("nan")},
    ]
    parsed = list(csv.DictReader(io.StringIO(as_csv(HEADINGS, rows))))
    assert [row["name"] for row in parsed] == ['a, "b"', "", "true"]
    assert [row["value"] for row in parsed] == ["2/3", "[1, 0.5]", ""]
    show(HEADINGS, rows, "json")
    assert json.loads(capsys.readouterr().out) == [
        {"name": 'a, "b"', "value": "2/3"},
        {"name": None, "value": [1, 0.5]},
        {"name": True, "value": None},
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "no rule"),
        (True, "true"),
        (2_000_000, "2,000,000"),
        (2027, "2027"),
        (Fraction(2, 3), "2/3"),
        (Fraction(1, 2), "0.5"),
        (0.35, "0.35"),
        ((1, 3), "[1, 3]"),
        (((Fraction(3, 2), 35_000_000),), "[[1.5, 35,000,000]]"),
        ((), "–"),
    ],
)
def test_values_read_as_people_write_them(value: object, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.65, "0.650"),
        (7200.0, "7,200"),
        (51.66, "51.7"),
        (3.0, "3"),
        (-0.25, "-0.250"),
        (None, "–"),
        (np.nan, "–"),
    ],
)
def test_figures_have_as_many_places_as_they_bear(value: float | None, text: str) -> None:
    assert shown(value) == text


def test_replicates_are_shown_with_their_range_and_one_run_without() -> None:
    national = {
        "fiscal_year": np.array([2020, 2021, 2020, 2021]),
        "replicate": np.array([0, 0, 1, 1]),
        "members": np.array([100.0, np.nan, 300.0, 50.0]),
    }
    found = by_year(national, "members")
    assert shown_with_range(found[2020]) == "200 (110–290)"
    assert shown_with_range(found[2021]) == "50"


def test_what_is_off_by_next_to_nothing_has_no_sign() -> None:
    assert [off_by(1000.0, (value, value, value)) for value in (998.0, 1002.0, 994.0, 1006.0)] == [
        "0%",
        "0%",
        "-1%",
        "+1%",
    ]


def test_what_has_no_end_is_nothing_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"name": "sites", "value": np.float64("inf")}, {"name": "share", "value": float("nan")}]
    show(HEADINGS, rows, "json")
    assert [row["value"] for row in json.loads(capsys.readouterr().out, parse_constant=pytest.fail)] == [
        None
    ] * 2


OBSERVED = {
    "fiscal_year": np.array([2020, 2020]),
    "series": np.array(["members", "sightings"]),
    "value": np.array([5560.0, 1.0]),
    "counted_beside": np.array([96.0, 0.0]),
    "label": np.array(["fitted", "emergent"]),
}
NATIONAL = {
    "fiscal_year": np.array([2019, 2020]),
    "replicate": np.array([0, 0]),
    "members": np.array([4900, 5000]),
}


def test_an_official_figure_without_a_column_is_left_out() -> None:
    (one,) = compare_with_official({"observed": OBSERVED, "national": NATIONAL})
    assert (one.name, one.official) == ("members", ((2020, 5560.0, "fitted"),))
    assert one.beside == {2020: 96.0}


def test_a_series_for_other_programs_says_what_of_a_figure_the_model_does_not_contain(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who takes `official` alone would find the run 96 further off than it is."""
    arrays = {"observed": OBSERVED, "national": NATIONAL}
    show_side_by_side(load_scenario("baseline"), arrays, "json", invented=True)
    before, figure = json.loads(capsys.readouterr().out)
    assert (before["fiscal_year"], before["official"], before["counted_beside"]) == (2019, None, None)
    assert (figure["official"], figure["counted_beside"], figure["simulated"]) == (5560.0, 96.0, 5000.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2_000_000", 2_000_000),
        ("0.5", 0.5),
        ("true", True),
        ("fixed", "fixed"),
        ('"2/3"', "2/3"),
        ("[1, 5]", [1, 5]),
        ("{ 2027 = 1 }", {"2027": 1}),
        ("[1, 5", "[1, 5"),
        ("1\nseed = 2", "1\nseed = 2"),
    ],
)
def test_values_of_set_are_toml_and_a_bare_word_is_text(text: str, value: object) -> None:
    assert read_value(text) == value
    assert read_assignments([f"key={text}"]) == {"key": value}


@pytest.mark.parametrize("text", ["2009", "2009-2034", ":", "2009:", "a:b"])
def test_years_are_two_with_a_colon(text: str) -> None:
    assert read_years("2009:2034") == (2009, 2034)
    with pytest.raises(InputError, match="wrong kind"):
        read_years(text)
