"""Pilots: the treatment reaches the sites, from their start on; sites are drawn by key; the command answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas
import pytest

from okoshi.agents.pilot import PILOTED, Pilot
from okoshi.agents.university_projects import Knowledge
from okoshi.app.command_line import run_command_line
from okoshi.language.messages import set_language
from okoshi.observe.declarations import TABLES
from okoshi.simulation import RegionalModel
from okoshi.study.pilot_sites import OUTCOMES, Design, chosen_sites, inclination, pilot_of, starts_of
from okoshi.study.piloting import Asked, candidates, prepared_scenario
from small_country import scenario_of

TWO = ("島根県", "鳥取県")
SITES = 12
SMALL = ("--set", 'world.prefectures=["鳥取県"]', "--replicates", "2")


def lived(measure: str, pilot: Pilot | None, **keys: object) -> RegionalModel:
    asked = Asked(measure, Design.RANDOM, 4, 2)
    scenario = scenario_of((2009, 2026), TWO, "baseline", **keys)
    model = RegionalModel(prepared_scenario(scenario, asked), rng=1, pilot=pilot)
    model.run()
    return model


@pytest.mark.parametrize("measure", PILOTED)
def test_the_treatment_acts_at_the_sites_from_their_start_on(measure: str) -> None:
    without = lived(measure, None)
    rows = candidates(without, measure)
    sites = chosen_sites(Design.RANDOM, rows, without.world.key, np.zeros(len(without.world)), SITES, 1)
    with_it = lived(measure, pilot_of(measure, Design.RANDOM, sites, 2))
    years = without.records.fiscal_years
    for year, one, other in zip(years, without.records.municipal, with_it.records.municipal, strict=True):
        if year < 2025:
            assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one), year
    last, treated = without.records.municipal[-1], with_it.records.municipal[-1]
    names = OUTCOMES[measure] if measure == "shopping" else OUTCOMES[measure][:1]
    change = sum(np.abs(treated[name].astype(float) - last[name]) for name in names)
    away = np.setdiff1d(np.arange(len(change)), sites)
    assert change[sites].sum() > 0
    assert change[sites].mean() > change[away].mean()


def test_every_outcome_is_a_number_of_the_municipalities() -> None:
    known = {column.name: column.dtype for column in TABLES["municipalities"]}
    assert set(OUTCOMES) == set(PILOTED)
    assert {known[name] for names in OUTCOMES.values() for name in names} <= {"int64", "float64"}


def test_a_university_pilot_in_place_of_an_extra_teaches_nobody_what_is_not_paid() -> None:
    """The contracts stand in place of the extra: its platform and analysis are not paid, and so not learned from."""
    knowledge = []
    for sites in (2, 10):
        pilot = pilot_of("university", Design.RANDOM, np.arange(sites), 1)
        model = RegionalModel(scenario_of((2009, 2025), TWO, "baseline"), rng=1, pilot=pilot)
        model.run()
        knowledge.append(model.measures.university.knowledge)
    assert knowledge == [Knowledge(), Knowledge()]


def test_a_university_pilot_pays_one_contract_a_site_and_year() -> None:
    without = lived("university", None)
    assert not without.measures.university.projects.under_contract.any()
    sites = chosen_sites(
        Design.RANDOM,
        candidates(without, "university"),
        without.world.key,
        np.zeros(len(without.world)),
        4,
        1,
    )
    pilot = pilot_of("university", Design.RANDOM, sites, 2)
    purse = "behaviour__municipalities__"  # enough of everything for a site, beside what members take
    whole = {purse + name: 0.2 for name in ("own_funds_share", "cash_share", "staff_share")}
    projects = lived("university", pilot, **whole).measures.university.projects
    under = projects.under_contract
    assert set(projects.municipality[under].tolist()) == set(sites.tolist())
    assert (np.bincount(projects.fiscal_year[under] - 2025) == [4, 4]).all()
    assert (projects.contract[under] == np.minimum(projects.cost[under], 10_000_000)).all()
    key = "policy__university__contract_per_site"
    larger = lived("university", pilot, **whole, **{key: 30_000_000}).measures.university.projects
    assert larger.students[larger.under_contract].sum() > 1.5 * projects.students[under].sum()
    assert (larger.contract == np.where(under, np.minimum(larger.cost, 30_000_000), 0)).all()
    nothing = lived("university", pilot, **{key: 0}).measures.university.projects
    assert not nothing.under_contract.any()
    nobody = lived("university", pilot, behaviour__municipalities__staff_share=0).measures.university.projects
    assert not nobody.under_contract.any()  # a site that has no official for it holds none


def test_sites_are_a_matter_of_their_keys_and_their_number() -> None:
    keys = np.arange(100, dtype=np.uint64) * 7919 + 13
    rows, inclined = np.arange(10, 90), np.linspace(-3, 3, 100)
    fifteen = chosen_sites(Design.RANDOM, rows, keys, inclined, 15, 5)
    assert chosen_sites(Design.RANDOM, rows, keys, inclined, 20, 5)[:15].tolist() == fifteen.tolist()
    assert chosen_sites(Design.RANDOM, rows, keys, inclined, 15, 5, draw=1).tolist() != fifteen.tolist()
    volunteers = chosen_sites(Design.VOLUNTEERS, rows, keys, inclined, 15, 5)
    assert inclined[volunteers].mean() > inclined[fifteen].mean() + 1


def test_staggered_sites_start_one_year_after_the_other() -> None:
    assert np.bincount(starts_of(Design.STAGGERED, 15, 3) - 2025).tolist() == [5, 5, 5]
    assert set(starts_of(Design.VOLUNTEERS, 15, 3)) == {2025}
    pilot = pilot_of("digital", Design.STAGGERED, np.arange(4), 2)
    assert [len(pilot.rows("digital", year)) for year in (2024, 2025, 2026, 2027)] == [0, 2, 4, 0]
    assert len(pilot.rows("shopping", 2026)) == 0


def test_inclination_has_a_value_everywhere() -> None:
    model = lived("digital", None)
    for measure in PILOTED:
        assert np.isfinite(inclination(model, measure)).all()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    capsys.readouterr()
    assert run_command_line(["pilot", *arguments]) == status
    found = capsys.readouterr()
    return found.out + found.err


def test_can_a_few_university_sites_show_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("university", "--sites", "4", "--years", "2", "--design", "volunteers", *SMALL)
    shown = said(capsys, *asked, "--out", str(tmp_path / "p"))
    assert "4 sites over 2 year(s) can show" in shown
    assert shown.count("difference in differences") >= 4
    table = pandas.read_parquet(tmp_path / "p" / "pilot.parquet")
    assert len(table) == len(OUTCOMES["university"]) * 3
    assert table["truth"].groupby(table["outcome"]).nunique().max() == 1
    assert table["false_alarms"].between(0, 1).all()
    before = (tmp_path / "p" / "pilot.parquet").read_bytes()
    try:
        japanese = said(capsys, *asked, "--out", str(tmp_path / "p"), "--workers", "2", "--language", "ja")
    finally:
        set_language(None)
    assert "差の差" in japanese
    assert (tmp_path / "p" / "pilot.parquet").read_bytes() == before


def test_what_makes_no_pilot_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rest = ("--sites", "4", "--years", "1", "--out", str(tmp_path / "p"))
    assert "local_10000" in said(capsys, "local_10000", *rest, status=2)
    assert "university" in said(capsys, "univercity", *rest, status=2)
    assert not (tmp_path / "p").exists()
