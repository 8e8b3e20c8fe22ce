"""What the live page shows is what a run gives: the stage, its readings and its sliders, without a browser."""

from pathlib import Path

import numpy as np
import pytest

from okoshi.agents import kinds
from okoshi.app.options import read_value
from okoshi.app.page import choices, pictures, readings
from okoshi.app.page.stage import Stage
from okoshi.language.errors import InputError
from okoshi.language.messages import set_language, texts
from okoshi.parameters.kinds import write
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel
from okoshi.study.runs import run
from small_country import scenario_of, tables_as_bytes

CAP = "policy.cooperators.activity_per_member"
KINDS = ("Municipality", "Cooperator", "Company", "Student", "Enterprise", "ShoppingService")
KINDS += ("District", "Prefecture", "Bank", "University")


def _whole(years: tuple[int, int] = (2009, 2013)) -> Stage:
    return Stage(scenario_of(years, base="baseline"))


def _tables(model: RegionalModel) -> dict[str, dict[str, bytes]]:
    return tables_as_bytes(model.tables(["national", "members"]))


def test_changing_policy_on_the_way_gives_what_a_run_of_that_scenario_gives() -> None:
    stage = _whole()
    stage.step_year()
    stage.step(5)
    assert stage.shown_month == "2010-08"
    stage.change(f"{CAP}@2011", 1_000_000)
    assert stage.is_stale
    for _ in range(4):
        stage.step_year()
    assert (stage.is_over, stage.is_stale, stage.shown_month) == (True, False, "2014-03")
    changed = stage.start.changed({f"{CAP}@2011": 1_000_000})
    expected = run(changed, tables=["national", "members"]).arrays
    for name, columns in stage.own.tables(["national", "members"]).items():
        for column, values in columns.items():
            np.testing.assert_array_equal(values, expected[name][column], err_msg=f"{name}.{column}")


def test_a_change_that_is_not_allowed_leaves_everything_as_it_was() -> None:
    stage = _whole()
    stage.change(f"{CAP}@2011", 1_000_000)
    with pytest.raises(InputError):
        stage.change(f"{CAP}@2011", -5)
    assert stage.changes == {f"{CAP}@2011": 1_000_000}
    stage.change(f"{CAP}@2011", None)
    assert not stage.is_stale


def test_reset_begins_again_with_the_changes_and_ends_at_the_same_numbers() -> None:
    stage = _whole((2009, 2010))
    stage.change(CAP, 1_500_000)
    for _ in range(3):  # one more than there are years: the end is the end
        stage.step_year()
    before = _tables(stage.own)
    stage.reset()
    assert stage.month == 0
    stage.step(24)
    assert _tables(stage.own) == before


def test_a_scenario_put_beside_comes_to_the_same_month_in_the_same_country() -> None:
    stage = _whole()
    stage.step_year()
    stage.put_beside(load_scenario("no_measure"))
    assert stage.beside is not None
    assert stage.beside.month == stage.month == 12
    assert stage.beside.scenario.world == stage.start.world
    stage.step()
    own, other = (readings.numbers(model) for model in stage.models())
    assert own["serving"] > 0 == other["serving"]
    assert list(pictures.runs_of(stage)) == [stage.start.name, "no_measure"]


def test_numbers_and_map_of_march_are_those_of_the_tables() -> None:
    stage = _whole()
    stage.step_year()
    stage.step_year()
    national = readings.national_frame(stage.own)
    assert national is not None
    last = national.iloc[-1]
    numbers = readings.numbers(stage.own)
    assert (numbers["settled"], numbers["enterprises"]) == (last["settled"], last["enterprises_alive"])
    shown = readings.municipal_frame(stage.own, "members")
    assert int(shown["members"].sum()) == numbers["serving"]
    assert set(shown["fiscal_year"]) == {2010}
    assert numbers["hosts"] == int((shown["members"] > 0).sum())
    settled = readings.municipal_frame(stage.own, "settled_stock")["settled_stock"]
    assert int(settled.sum()) == numbers["settled"]


def test_one_place_and_one_member_can_be_looked_into() -> None:
    stage = _whole()
    stage.step_year()
    model = stage.own
    names = readings.names_of_places(model)
    code = next(code for code in names if readings.members_there(model, code))
    (key, *_) = readings.members_there(model, code)
    assert readings.member_record(model, key.upper())["municipality"] == code
    assert readings.find_members(model, key[:9]) == [key]
    agent = readings.member_agent(model, key)
    assert agent is not None
    rows = readings.agent_rows(model, agent)
    assert any(value == names[code] for _, value, _ in rows)
    assert len(rows) == len(kinds.Cooperator.table_class.columns)
    assert readings.place_agent(model, code).serving == len(readings.members_there(model, code))
    assert key in " ".join(pictures.words_of_member(model, key))
    with pytest.raises(InputError, match="nobody"):
        readings.member_record(model, "0" * 16)


def test_every_column_of_every_kind_has_a_distribution_or_says_why_not() -> None:
    stage = _whole()
    stage.put_beside(stage.start)
    stage.step_year()
    offered = readings.kinds(stage.own)
    assert set(offered) == set(KINDS)
    drawn = [pictures.draw_distribution(stage, kind, names[-1]) for kind, names in offered.items()]
    assert all(shot.png.startswith(b"\x89PNG") or shot.words for shot in drawn)
    assert sum(bool(shot.png) for shot in drawn) > len(KINDS) // 2
    for kind, names in offered.items():
        for name in names:
            found = readings.values_of(stage.own, kind, name)
            assert len(found.values) + found.without == len(stage.own.agents_by_type[getattr(kinds, kind)]), (
                kind,
                name,
            )


def test_columns_of_agents_are_said_as_they_are_declared() -> None:
    """The page shows the meaning from the language files; it must be that of the declaration."""
    said = texts("agents")
    for kind in KINDS:
        for column in getattr(kinds, kind).table_class.columns.values():
            assert said[f"{kind.lower()}_{column.name}"]["en"] == column.meaning, (kind, column.name)
            assert all(f"label_{label}" in said for label in column.labels)


def test_each_slider_moves_over_values_that_the_scenario_takes() -> None:
    scenario = load_scenario("baseline")
    sliders = 0
    for name, parameter in choices.settable().items():
        value = choices.in_force(scenario, name, 2025)
        slider = choices.slider_of(parameter, value)
        key = choices.key_of(parameter, 2025)
        if slider is None:
            if value is not None and parameter.type != "switch":
                assert scenario.changed({key: read_value(choices.written(value))}), name
            continue
        sliders += 1
        assert slider.low <= choices.number_of(value, slider) <= slider.high, name
        for at in (slider.low, slider.low + slider.step, slider.high):
            if slider.whole:
                assert at == round(at), name
            scenario.changed({key: choices.as_scenario(at, slider)})
    assert sliders > 80


def test_saved_changes_are_a_scenario_file_that_gives_the_same_scenario(tmp_path: Path) -> None:
    start = load_scenario("baseline")
    changes: dict[str, object] = {
        f"{CAP}@2026": 2_500_000,
        f"{CAP}@2028": 3_000_000,
        "policy.local_10000.enabled@2027": False,
        "policy.special_allocation_tax.total": "fixed",
        "context.wage_index@2026": 1.05,
    }
    file = tmp_path / "own.toml"
    file.write_text(choices.as_toml_lines(start, changes), encoding="utf-8")
    assert load_scenario(file).hash == start.changed(changes).hash
    own = load_scenario(file)
    again = file.with_name("again.toml")
    again.write_text(choices.as_toml_lines(own, {CAP: 1}), encoding="utf-8")
    assert load_scenario(again).hash == own.changed({CAP: 1}).hash


def test_prefectures_set_before_the_page_began_hold_for_both_and_are_saved(tmp_path: Path) -> None:
    settings: dict[str, object] = {
        "world.prefectures": ["島根県"],
        "years": [2009, 2012],
        "structure.settlement": "threshold",
    }
    stage = Stage(load_scenario("baseline"), load_scenario("no_measure"), {CAP: 3_000_000}, settings)
    assert all(model.scenario.world.prefectures == ("島根県",) for model in stage.models())
    assert stage.last_month == 48
    stage.step_year()
    file = tmp_path / "own.toml"
    file.write_text(choices.as_toml_lines(stage.start, stage.settings | stage.changes), encoding="utf-8")
    assert load_scenario(file).hash == stage.scenario.hash
    official = set(readings.observed_frame(stage.own)["series"])
    assert "members" not in official  # of the nation
    assert "settled_share_all" in set(
        readings.observed_frame(RegionalModel(load_scenario("baseline")))["series"]
    )


def test_pictures_are_drawn_in_both_languages() -> None:
    stage = _whole()
    stage.change(CAP, 3_000_000)
    stage.put_beside(stage.start)
    assert not pictures.draw_series(stage, ["members"]).png  # no year has ended
    stage.step_year()
    try:
        for language in ("en", "ja"):
            set_language(language)
            drawn = [
                pictures.draw_series(stage, ["members", "settled"]),
                *(pictures.draw_map(stage, model, "posts", "島根県") for model in stage.models()),
                pictures.draw_distribution(stage, "Cooperator", "sex"),
                pictures.draw_distribution(stage, "Municipality", "pay_scale"),
            ]
            assert all(shot.png.startswith(b"\x89PNG") and shot.title and shot.words for shot in drawn)
            assert all(shot.source.startswith("data:image/png;base64,iVBOR") for shot in drawn)
        assert "女性" in drawn[3].words
    finally:
        set_language(None)


def test_written_values_are_those_of_a_scenario() -> None:
    for name, parameter in choices.settable().items():
        value = parameter.in_year(2025 if parameter.dated else None)
        assert choices.written(value).replace(",", "") == (write(value).replace(",", "") or "–"), name
