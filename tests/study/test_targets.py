"""What a fit may read: the horizon holds, what the source itself claims is in no fit, figures agree with evidence."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from okoshi.observe.observed import observed_figures
from okoshi.study.experiment import load_experiment
from okoshi.study.targets import error_covariance, fitted_series, official_values, targets_of

EVIDENCE = Path(__file__).resolve().parents[3] / "shared" / "source" / "evidence.toml"
HORIZONS = range(2009, 2035)
ADMITTED = {"exited_within_6_months_share", "exited_within_12_months_share"}


@pytest.mark.parametrize("horizon", HORIZONS)
def test_no_fit_reads_what_was_known_after_march_of_the_next_year(horizon):
    read = [target.figure for target in targets_of(horizon, fitted_series())]
    late = [figure for figure in read if figure.dated > f"{horizon + 1}-03"]
    assert {figure.series for figure in late} <= ADMITTED
    assert {figure.series for figure in read} >= ADMITTED
    measured = [figure for figure in read if figure.series not in ADMITTED and figure.measure != "people"]
    assert all(figure.fiscal_year <= horizon for figure in measured)  # people have projections


def test_what_the_source_itself_claims_is_in_no_fit():
    claims = {("settled_share_all", 2022), ("settled_share_last_5_years", 2022)}
    figures = {(figure.series, figure.fiscal_year): figure for figure in observed_figures()}
    assert all(figures[claim].never_fitted for claim in claims)
    read = {(t.figure.series, t.figure.fiscal_year) for t in targets_of(2100, fitted_series())}
    assert not claims & read
    assert not any(figure.value == 10_000 for figure in observed_figures())


def test_a_count_stands_at_the_nearest_31_march_and_is_read_only_when_it_was_known():
    vans = {figure.value: figure for figure in observed_figures() if figure.series == "mobile_vans"}
    at = {int(value): figure.fiscal_year for value, figure in vans.items()}
    assert at == {124: 2015, 303: 2017, 500: 2019, 1000: 2021, 1148: 2022}  # 31 March of the year after
    assert not vans[303].may_be_fitted(2017)  # counted in April 2018
    assert vans[303].may_be_fitted(2018)
    projects = [figure for figure in observed_figures() if figure.value == 241]
    assert [(figure.fiscal_year, figure.series) for figure in projects] == [
        (2015, "local_10000_projects_to_mid_year")
    ]


def test_an_early_horizon_knows_less():
    counts = [
        len(targets_of(horizon, load_experiment("calibration").targets)) for horizon in (2015, 2018, 2023)
    ]
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2]
    labels = {target.label for target in targets_of(2018, ["dispatched_dispatched", "members"])}
    assert "national.members@2018" in labels
    assert not any("dispatched" in label for label in labels)  # FY2014 was said in 2020


def test_errors_of_a_series_are_alike_in_neighbouring_years_and_add_up():
    targets = targets_of(2018, ["members", "settled_share_all"])
    covariance = error_covariance(targets)
    assert np.linalg.eigvalsh(covariance).min() > 0
    at = {target.label: number for number, target in enumerate(targets)}
    last, before = at["national.members@2018"], at["national.members@2017"]
    assert covariance[before, before] == pytest.approx(0.03**2 + 0.04**2, rel=0.01)
    assert covariance[last, last] == pytest.approx(0.015**2, rel=0.01)  # the forecast starts there
    assert covariance[last, before] == pytest.approx(0.7 * 0.04 * 0.015, rel=0.01)
    assert covariance[before, at["national.members@2016"]] == pytest.approx(0.7 * 0.04**2, rel=0.01)
    assert covariance[last, at["national.settled_share_all@2018"]] == 0
    assert official_values(targets)[last] == pytest.approx(np.log(5359 + 1))


@pytest.mark.skipif(not EVIDENCE.is_file(), reason="the page of evidence lies outside the repository")
def test_figures_are_those_of_the_evidence():
    evidence = tomllib.loads(EVIDENCE.read_text(encoding="utf-8"))
    found = {(figure.series, figure.fiscal_year): figure for figure in observed_figures()}
    for survey in evidence["settled"]:
        year = int(survey["survey"][:4]) - 1
        assert found["settled_share_all", year].value == pytest.approx(survey["settled"] / 100)
        assert found["settled_share_all", year].dated == survey["survey"]
        if "ended" in survey:
            assert found["ended_so_far", year].value == survey["ended"]
        for series, key in (
            ("settled_same_share", "same_municipality"),
            ("settled_nearby_share", "nearby_municipality"),
        ):
            if key in survey:
                assert found[series, year].value == pytest.approx(survey[key] / 100)
    for row in evidence["dispatch"]["series"]:
        assert found["dispatched_dispatched", row["fiscal_year"]].value == row["persons"]
        assert found["municipalities_with_dispatched", row["fiscal_year"]].value == row["municipalities"]
    for year, companies in evidence["dispatch"]["companies"]["by_fiscal_year"].items():
        assert found["companies_with_dispatched", int(year)].value == companies
    early = evidence["early_exit"]
    assert found["exited_within_6_months_share", 2019].value == pytest.approx(early["within_6_months"] / 100)
    assert found["exited_within_12_months_share", 2019].value == pytest.approx(
        early["within_12_months"] / 100
    )
    gone = evidence["after_term"]["gone_after_3_to_4_years"] / 100
    assert found["gone_after_3_to_4_years_share", 2023].value == pytest.approx(gone)
