"""Files of draws, and the words by which a scenario names one."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tomli_w

from okoshi.language.errors import InputError
from okoshi.parameters.posterior import (
    Posterior,
    posterior_folder,
    read_posterior,
    shipped,
    split_label,
    write_posterior,
)
from okoshi.scenario.scenario import load_scenario
from okoshi.study.drawn import ensemble_of, open_ensemble
from okoshi.study.jobs import key_of
from okoshi.study.maker import this_maker
from okoshi.study.paired import World

PAY, WEIGHTS = "behaviour.recruitment.pay", "behaviour.recruitment.search_rounds"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    rows = np.column_stack([np.linspace(0.1, 1.9, 7), [1, 1, 2, 2, 3, 3, 4]])
    path = tmp_path / "draws.parquet"
    write_posterior(path, Posterior((PAY, WEIGHTS), rows, rows[::-1].copy(), {"horizon": 2018}))
    return path


def on(label: object, **more: object):
    return load_scenario("baseline", set={"behaviour.parameters": str(label), **more})


def test_a_file_comes_back_as_it_was_written(file: Path) -> None:
    found = read_posterior(file)
    assert found.about == {"horizon": 2018}
    assert found.values(3) == {PAY: pytest.approx(1.0), WEIGHTS: 2}
    assert type(found.values(3)[WEIGHTS]) is int
    assert found.values(0, "prior")[PAY] == pytest.approx(1.9)
    assert found.representative == 3


def test_a_scenario_rests_on_the_draw_it_names_and_wins_over_it(file: Path) -> None:
    assert on(file).settings.value(PAY) == pytest.approx(1.0)
    assert on(f"{file}:6").settings.value(PAY) == pytest.approx(1.9)
    plain = on("prior").settings.value(PAY)
    assert on(f"{file}:6", **{PAY: plain}).settings.value(PAY) == plain
    assert on(f"{file}:6", **{PAY: 0.3}).settings.value(PAY) == 0.3
    assert on("prior").settings.drawn == {}
    assert on("calibrated").hash == load_scenario("baseline").hash != on("prior").hash
    assert len({on(f"{file}:{number}").hash for number in range(7)}) == 7


def test_a_rival_form_with_a_fit_of_its_own_stands_on_its_own_draws(file: Path, tmp_path: Path) -> None:
    form = {"structure.adoption": "budget"}
    own = read_posterior(shipped(adoption="budget"))
    single = own.values(own.representative)
    baseline, rival = on("calibrated"), on("calibrated", **form)
    assert rival.settings.drawn == single != baseline.settings.drawn
    assert baseline.changed(form).hash == rival.hash
    assert rival.changed({"structure.adoption": "diffusion"}).hash == baseline.hash
    assert on("calibrated:5").changed(form).settings.drawn == own.values(5)
    assert on("calibrated", **form, **{PAY: 0.3}).settings.value(PAY) == 0.3
    assert baseline.changed({PAY: 0.3}).changed(form).settings.value(PAY) == 0.3
    assert on(f"{file}:6", **form).settings.drawn == on(f"{file}:6").settings.drawn  # a file is that file
    assert on("prior", **form).settings.drawn == {}
    one = ensemble_of(rival).on_draw(rival, 7)
    assert (one.behaviour_parameters, one.settings.drawn) == ("calibrated:7", own.values(7))
    path = tmp_path / "full.toml"
    path.write_text(tomli_w.dumps(rival.in_full()), encoding="utf-8")
    assert load_scenario(path).hash == rival.hash
    extended = tmp_path / "extended.toml"
    extended.write_text(
        'title = "x"\nextends = "baseline"\n[structure]\nadoption = "budget"\n', encoding="utf-8"
    )
    assert load_scenario(extended).hash == rival.hash


def test_a_world_of_a_comparison_takes_the_draws_of_its_form() -> None:
    base = on("calibrated")
    draws, apart = [{PAY: 0.4}, {PAY: 0.5}], {"budget": [{PAY: 1.4}, {PAY: 1.5}]}
    for structure, pay in ((("search", "diffusion", "choice"), 0.5), (("search", "budget", "choice"), 1.5)):
        assert World(structure, 1).applied(base, draws, apart).settings.value(PAY) == pay
    assert World(("search", "budget", "choice"), 1).applied(base, draws, {}).settings.value(PAY) == 0.5


def test_written_in_full_it_needs_no_file(file: Path, tmp_path: Path) -> None:
    scenario = on(f"{file}:6")
    path = tmp_path / "full.toml"
    path.write_text(tomli_w.dumps(scenario.in_full()), encoding="utf-8")
    assert tomllib.loads(path.read_text("utf-8"))["behaviour"]["parameters"] == f"{file}:6"
    file.unlink()
    assert load_scenario(path).hash == scenario.hash


def test_other_draws_act_on_a_scenario_written_in_full_and_what_it_said_itself_wins(
    file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "full.toml"
    path.write_text(tomli_w.dumps(on(f"{file}:6", **{WEIGHTS: 3}).in_full()), encoding="utf-8")
    other = ensemble_of(load_scenario(path)).on_draw(load_scenario(path), 0)
    assert other.settings.value(PAY) == pytest.approx(0.1)
    assert other.settings.value(WEIGHTS) == 3


def test_the_key_of_a_run_holds_the_draw(file: Path) -> None:
    keys = {key_of(this_maker(), on(f"{file}:{number}"), 1, ()) for number in (0, 1)}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("{}:7", "the last is 6"),
        ("{}x", "not one of the choices"),
        ("priro", "did you mean prior"),
        ("no.parquet", "no such file"),
    ],
)
def test_a_wrong_draw_is_refused_in_one_line(file: Path, label: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        on(label.format(file))


def test_a_file_without_draws_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_text("no table", encoding="utf-8")
    with pytest.raises(InputError, match="holds no draws"):
        on(path)
    with pytest.raises(InputError, match="holds no draws"):
        open_ensemble(path)


@pytest.mark.parametrize(("value", "said"), [(np.nan, "nan is no number"), (-1.0, "= -1: ")])
def test_a_draw_that_cannot_be_names_its_parameter(
    file: Path, tmp_path: Path, value: float, said: str
) -> None:
    found = read_posterior(file)
    draws = found.draws.copy()
    draws[:, 1] = value
    path = tmp_path / "wrong.parquet"
    write_posterior(path, replace(found, draws=draws))
    with pytest.raises(InputError, match=f"{found.names[1]}.*{said}"):
        on(path)


def test_draws_come_in_the_order_of_the_file(file: Path) -> None:
    scenario = on(file)
    three = ensemble_of(scenario).on_draws(scenario, 3)
    assert [one.behaviour_parameters for one in three] == [f"{file}:{number}" for number in range(3)]
    with pytest.raises(InputError, match="fewer draws"):
        ensemble_of(scenario).on_draws(scenario, 8)


def test_labels_are_split_at_the_last_colon() -> None:
    assert split_label("calibrated:17") == ("calibrated", 17)
    assert split_label("C:/draws.parquet") == ("C:/draws.parquet", None)


def read_by_others(path: Path) -> tuple[str, ...]:
    """Return parameters that only another form of adoption reads than that of a shipped fit."""
    by_budget = ("budget_review", "budget_benefit", "budget_spread", "budget_evidence", "budget_first_trust")
    return ("adoption_innovation", "adoption_imitation", "stopping") if "budget" in path.stem else by_budget


def test_what_ships_can_be_read_and_says_what_it_rests_on() -> None:
    files = sorted(posterior_folder().glob("*.parquet"))
    assert files
    for path in files:
        found = read_posterior(path)
        assert path == shipped(found.about["horizon"], found.about["structure"]["adoption"])
        assert not set(found.names) & {f"behaviour.municipalities.{name}" for name in read_by_others(path)}
        assert len(found) == len(found.prior) >= 200
        assert {"model", "pool", "runs", "targets", "rests_on", "informed"} <= set(found.about)
        late = [label for label in found.about["targets"] if int(label[-4:]) > found.about["horizon"]]
        assert all("exited_within" in label for label in late)
