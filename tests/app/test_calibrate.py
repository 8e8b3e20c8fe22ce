"""Calibrate, validate and draws from the command line, on a stand-in model whose parameters are known."""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from as_a_user import SMALL, Okoshi
from report_reading import ReadPage

from okoshi.observe.declarations import TABLES
from okoshi.observe.observed import observed_figures
from okoshi.parameters.posterior import Posterior, read_posterior, write_posterior
from okoshi.study.checking import CHECKED
from okoshi.study.experiment import load_experiment
from okoshi.study.maker import this_maker
from okoshi.study.pool import Pool
from okoshi.study.representing import FIRST_ROUND, ROUNDS
from okoshi.study.sweep_folder import SweepFolder

LEVEL, NEARBY, SPARE = (
    "behaviour.applicants.number_a_year",
    "behaviour.settlement.nearby",
    "behaviour.recruitment.pay",
)
TRUE_LEVEL, TRUE_NEARBY = 3000.0, -0.5
EXPERIMENT = f"""
title = "Known"
scenario = "baseline"
method = "abc"
horizon = 2018
samples = 64
refine = 16
waves = 2
replicates = 2
draws = 400
targets = ["members", "settled_share_all"]
[[factors]]
parameter = "{LEVEL}"
[[factors]]
parameter = "{NEARBY}"
range = [-0.96, -0.07]
[[factors]]
parameter = "{SPARE}"
"""


class KnownModel:
    """Gives the official members and shares at the true parameters, and others elsewhere."""

    runs = 0

    def __init__(self, scenario, rng=None):
        KnownModel.runs += 1
        self.scenario, self.luck = scenario, np.random.default_rng(rng)

    def run(self) -> None:
        pass

    def tables(self, wanted):
        first, last = self.scenario.years
        years = np.arange(first, last + 1)
        national = {
            column.name: np.full(len(years), 5, dtype=column.dtype)
            for column in TABLES["national"]
            if column.dtype in ("int64", "float64") and column.name != "replicate"
        }
        national["fiscal_year"] = years
        official = {f.fiscal_year: f.compared for f in observed_figures() if f.series == "members"}
        level = self.scenario.settings.value(LEVEL) / TRUE_LEVEL
        shift = self.scenario.settings.value(NEARBY) - TRUE_NEARBY
        noise = np.exp(self.luck.normal(0, 0.01, len(years)))
        national["members"] = np.array([round(official.get(y, 8000) * level) for y in years] * noise).astype(
            int
        )
        national["settled_share_all"] = 0.62 + 0.1 * shift + self.luck.normal(0, 0.004, len(years))
        people = {
            "sex": ["woman", "man"],
            "settled": ["same", ""],
            "end_month": ["2015-03"] * 2,
            "gone_again_month": [""] * 2,
            "died_month": [""] * 2,
        }
        members = {name: np.array(values) for name, values in people.items()} | {"age": np.array([45, 65])}
        return {"national": national, "members": members}


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setattr("okoshi.simulation.RegionalModel", KnownModel)
    KnownModel.runs = 0
    path = tmp_path / "known.toml"
    path.write_text(EXPERIMENT, encoding="utf-8")
    gc.freeze()  # hundreds of runs of nothing, each with a look through all that the tests have loaded
    yield path
    gc.unfreeze()


def test_calibrate_finds_what_is_known_says_what_is_not_and_goes_on(known: Path, okoshi: Okoshi) -> None:
    said = okoshi("calibrate", known, "--recovery", 20)
    assert said.status == 0, said.err
    file = Path("results/known/posterior_fy2018.parquet")
    posterior = read_posterior(file)
    at = posterior.names.index
    assert np.median(posterior.draws[:, at(LEVEL)]) == pytest.approx(TRUE_LEVEL, rel=0.03)
    assert np.median(posterior.draws[:, at(NEARBY)]) == pytest.approx(TRUE_NEARBY, abs=0.12)
    assert posterior.about["informed"][at(SPARE)] > 0.8
    assert posterior.about["horizon"] == 2018
    assert posterior.about["rests_on"]["members"]["word"] == "data"
    assert len(posterior) == 400
    lines = said.out.splitlines()
    assert any("recruitment.pay" in line and "nothing" in line for line in lines)
    assert any(line.startswith("Not identified") and "recruitment.pay" in line for line in lines)
    assert "stay where they are" in said.out
    ran, represented = KnownModel.runs, FIRST_ROUND + sum(nearest * more for nearest, more in ROUNDS)
    assert (
        ran == 64 + 16 * 2 + CHECKED + represented
    )  # the pool, the check, the search for the draw nearest the median
    stands = posterior.draws[posterior.representative]
    assert stands[at(LEVEL)] == pytest.approx(TRUE_LEVEL, rel=0.02)
    assert stands[at(NEARBY)] == pytest.approx(TRUE_NEARBY, abs=0.08)
    before = file.read_bytes()
    again = okoshi("--language", "ja", "calibrate", known, "--horizon", 2018, "--horizon", 2021)
    assert (again.status, KnownModel.runs) == (0, ran + 2 * (CHECKED + represented))
    assert file.read_bytes() == before
    assert "基準年度 2021" in again.out
    _assert_report(okoshi)


def _assert_report(okoshi: Okoshi) -> None:
    """A calibration's folder, which has no `run.json`, is told in both languages: fits, parameters, figures read."""
    said = okoshi("report", "results/known", "--out", "known.html")
    assert said.status == 0, said.err
    page = ReadPage.of(Path("known.html").read_text(encoding="utf-8"))
    assert "FY2018" in page.words
    assert "What follows below is of FY2021, the latest" in page.words
    assert re.search(
        r"Of 3 parameters that were varied the figures say much of 2 .* nothing of 1\.", page.words
    )
    assert (
        "Of these the figures say nothing, after the fit they lie anywhere in their ranges: Recruitment"
        in page.words
    )
    assert re.search(r"reference publicity 1,500 to 5,000 persons (2,9|3,0)\d\d persons \[", page.words)
    assert "Members, FY2021" in page.words
    assert LEVEL not in page.words
    assert len(page.alternatives) == 1
    assert okoshi("report", "results/known", "--out", "known.html", "--language", "ja").status == 0
    japanese = ReadPage.of(Path("known.html").read_text(encoding="utf-8")).words
    assert "推定に使った公式統計" in japanese
    assert okoshi("report", "results/known", "--archive", "known.zip").status == 0
    for file in Path("results/known").glob("targets_fy*.parquet"):
        file.unlink()
    assert okoshi("report", "results/known", "--out", "known.html").status == 0
    assert "holds no table of how near" in ReadPage.of(Path("known.html").read_text(encoding="utf-8")).words


def test_no_fit_reads_runs_that_later_figures_have_placed(known: Path, okoshi: Okoshi) -> None:
    known.write_text(EXPERIMENT.replace("waves = 2", "waves = [2015, 2018]"), encoding="utf-8")
    said = okoshi("calibrate", known, "--horizon", 2014, "--horizon", 2017, "--horizon", 2018)
    assert said.status == 0, said.err
    read = [
        read_posterior(Path(f"results/known/posterior_fy{horizon}.parquet")).about["runs"]
        for horizon in (2014, 2017, 2018)
    ]
    assert read == [64, 64 + 16 * 2, 64 + 2 * 16 * 2]


def test_no_two_points_of_a_pool_share_a_seed(known: Path, okoshi: Okoshi) -> None:
    assert okoshi("calibrate", known, "--out", "pool").status == 0
    pool = Pool(load_experiment(known), SweepFolder(Path("pool")))
    plans = [pool.plan(wave) for wave in range(len(pool.waves))]
    assert [len(plan) for plan in plans] == [64, 16 * 2]
    assert (
        len({seed for plan in plans for point in range(plan.points) for seed in plan.seeds_at(point)}) == 96
    )


def test_a_wave_is_laid_out_alike_whatever_ran_before_it_for_a_later_horizon(
    known: Path, okoshi: Okoshi
) -> None:
    points = []
    for name, later in (("one", "[2015, 2018, 2015]"), ("other", "[2015, 2021, 2015]")):
        known.write_text(EXPERIMENT.replace("waves = 2", f"waves = {later}"), encoding="utf-8")
        said = okoshi("calibrate", known, "--horizon", 2015, "--out", name)
        assert said.status == 0, said.err
        points.append(Path(name, "wave_4.npy").read_bytes())
        assert read_posterior(Path(name, "posterior_fy2015.parquet")).about["runs"] == 64 + 2 * 16 * 2
    assert points[0] == points[1]


@pytest.mark.parametrize("waves", ["[]", "0", "[2018, 1999]", '"two"', "[2018.5]"])
def test_waves_that_cannot_be_are_refused(waves: str, known: Path, okoshi: Okoshi) -> None:
    known.write_text(EXPERIMENT.replace("waves = 2", f"waves = {waves}"), encoding="utf-8")
    said = okoshi("calibrate", known)
    assert (said.status, KnownModel.runs) == (2, 0)
    assert "waves" in said.err
    assert len(said.err.splitlines()) <= 4


def test_check_says_how_many_runs_a_pool_has_and_what_it_reads(known: Path, okoshi: Okoshi) -> None:
    known.write_text(EXPERIMENT.replace("waves = 2", "waves = [2015, 2018]"), encoding="utf-8")
    said = okoshi("check", known)
    assert (said.status, KnownModel.runs) == (0, 0), said.err
    assert f"{64 + 2 * 16 * 2} run(s)" in said.out
    assert "FY2015, FY2018" in said.out
    assert "settled_share_all: settled, of all who ended" in said.out


def test_a_pool_of_another_version_counts_where_its_runs_can_be_repeated(
    known: Path, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert okoshi("calibrate", known).status == 0
    there = this_maker()
    here = replace(there, model="0+edited")
    for place in ("okoshi.study.maker.this_maker", "okoshi.study.jobs.this_maker"):
        monkeypatch.setattr(place, lambda: here)
    said = okoshi("calibrate", known)
    assert "same numbers to the last bit" in said.err
    assert read_posterior(Path("results/known/posterior_fy2018.parquet")).about["model"] == here.model
    monkeypatch.setattr(
        "okoshi.study.repeating.outcomes_of", lambda task, outcomes: {"national.members@2009": -1.0}
    )
    said = okoshi("calibrate", known)
    assert "give other numbers" in said.err
    assert read_posterior(Path("results/known/posterior_fy2018.parquet")).about["model"] == there.model


def test_validate_scores_patterns_forecasts_and_structures(known: Path, okoshi: Okoshi) -> None:
    horizons = [part for year in (2015, 2018, 2023) for part in ("--horizon", year)]
    assert okoshi("calibrate", known, *horizons).status == 0
    said = okoshi("validate", "--posterior", "results/known/posterior_fy2023.parquet", "--draws", 20)
    assert said.status == 0, said.err
    assert said.out.splitlines()[0].startswith("No naive forecast")
    for text in ("MISS", "stock and flow", "adoption=budget", "Value of information", "second rise", "5/5"):
        assert text.lower() in said.out.lower(), text
    import pandas

    table = pandas.read_parquet("results/validation/validation.parquet")
    members = table[(table.part == "figures") & (table.figure == "members")]
    assert members.hit.all()
    assert not table[(table.part == "figures") & (table.figure == "men_over_60")].hit.isna().any()
    forecast = table[(table.part == "forecast from FY2018") & (table.name == "model")]
    assert forecast.fiscal_year.tolist() == [2019, 2020, 2021, 2022, 2023]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (('"members", "settled', '"membrs", "settled'), "targets"),
        (("horizon = 2018", ""), "horizon"),
        ((LEVEL, "policy.cooperators.startup_per_member"), "parameter"),
    ],
)
def test_a_bad_calibration_is_refused_before_anything_runs(known, okoshi, change, key) -> None:
    known.write_text(EXPERIMENT.replace(*change), encoding="utf-8")
    said = okoshi("calibrate", known)
    assert said.status == 2
    assert key in said.err
    assert not Path("results").exists()
    assert KnownModel.runs == 0


@pytest.mark.parametrize("horizon", ["2008", "2010", "2051", "x"])
def test_a_horizon_by_which_nothing_was_known_is_refused_before_anything_runs(known, okoshi, horizon) -> None:
    """Companies that answered were counted once, in FY2024."""
    known.write_text(
        EXPERIMENT.replace('"members", "settled_share_all"', '"companies_replied"').replace(
            "horizon = 2018", "horizon = 2024"
        ),
        encoding="utf-8",
    )
    said = okoshi("calibrate", known, "--horizon", "2024", "--horizon", horizon)
    assert (said.status, f"--horizon = {horizon}" in said.err) == (2, True)
    assert KnownModel.runs == 0


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_calibration_is_no_sweep(known, okoshi, language) -> None:
    said = okoshi("sweep", known, "--language", language)
    assert (said.status, said.out) == (2, "")
    for words in (
        known.name,
        "method",
        "abc",
        "okoshi calibrate",
        "推定" if language == "ja" else "calibration",
    ):
        assert words in said.err


def test_another_experiment_is_no_calibration(okoshi: Okoshi) -> None:
    said = okoshi("calibrate", "example_grid")
    assert said.status == 2
    assert "history_matching, abc" in said.err


@pytest.fixture
def draws(tmp_path: Path) -> Path:
    luck = np.random.default_rng(2)
    names = ("behaviour.cooperators.quit_level", LEVEL)
    rows = np.column_stack([luck.uniform(-5.5, -4.3, 30), luck.uniform(2000, 4000, 30)])
    about = {"horizon": 2018, "model": "another", "rests_on": {"members": {"word": "data"}}}
    path = tmp_path / "draws.parquet"
    write_posterior(path, Posterior(names, rows, rows[::-1].copy(), about))
    return path


def test_run_with_draws_holds_parameters_and_chance(draws: Path, okoshi: Okoshi) -> None:
    said = okoshi("run", "baseline", *SMALL, "--set", f"behaviour.parameters={draws}", "--draws", 3)
    assert said.status == 0, said.err
    assert "3 draws of parameters fitted to figures up to FY2018" in said.out
    assert "another version of the model" in said.out
    record = json.loads(Path("results/baseline/run.json").read_text(encoding="utf-8"))
    assert record["draws"] == 3
    import pandas

    national = pandas.read_parquet("results/baseline/national.parquet")
    assert national.replicate.unique().tolist() == [0, 1, 2]
    assert national[national.fiscal_year == 2013].members.nunique() > 1


def test_compare_with_draws_says_on_what_each_difference_rests(draws: Path, okoshi: Okoshi) -> None:
    one = ("--set", f"behaviour.parameters={draws}", "--draws", 2)
    said = okoshi("compare", "baseline", "no_measure", *SMALL[:3], "2009:2010", "--no-figures", *one)
    assert said.status == 0, said.err
    import pandas

    table = pandas.read_parquet("results/baseline_vs_no_measure/differences.parquet")
    assert set(table.rests_on) <= {"data", "rule", "prior"}
    assert "Members" in said.out
    assert "  prior" in said.out


def test_more_draws_than_there_are_is_refused(draws: Path, okoshi: Okoshi) -> None:
    said = okoshi("run", "baseline", *SMALL, "--set", f"behaviour.parameters={draws}", "--draws", 31)
    assert said.status == 2
    assert "30" in said.err
    assert not Path("results/baseline/run.json").exists()


@pytest.mark.parametrize("command", ["check", "calibrate"])
@pytest.mark.parametrize("world", ['prefectures = ["島根県"]', "scale = 2"])
@pytest.mark.parametrize(("language", "words"), [("en", "of the whole country"), ("ja", "全国の値")])
def test_a_part_of_the_country_is_not_fitted_to_the_nations_figures(
    command: str, world: str, language: str, words: str, okoshi: Okoshi
) -> None:
    Path("part.toml").write_text(f'extends = "baseline"\n[world]\n{world}\n', encoding="utf-8")
    text = EXPERIMENT.replace('scenario = "baseline"', 'scenario = "./part.toml"')
    Path("fit.toml").write_text(text, encoding="utf-8")
    said = okoshi(command, "fit.toml", "--language", language)
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert not Path("results").exists()
