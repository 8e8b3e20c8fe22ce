"""compare under rival structures, official definitions and draws of parameters; attribution in parts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from okoshi.app.command_line import run_command_line
from okoshi.figures import About, differences_by_year, paired_differences
from okoshi.language.errors import InputError
from okoshi.language.messages import set_language
from okoshi.study.comparing import Comparison, compare, refuse_other_structures, worlds_of
from okoshi.study.doubt_words import doubt_lines
from okoshi.study.intervals import Sampling
from okoshi.study.runs import run
from small_country import scenario_of

TOTTORI = ("鳥取県",)
YEARS = (2009, 2014)
ATTACHMENT = (1.0, 2.0, 3.0)
EXAMPLE = Path(__file__).resolve().parents[2] / "experiments" / "example_attribution.toml"


@pytest.fixture(scope="module")
def drawn() -> Comparison:
    """Three draws of parameters, two replicates of each."""
    base, variant = scenario_of(YEARS, TOTTORI), scenario_of(YEARS, TOTTORI, base="no_measure")
    draws = [{"behaviour.settlement.attachment": value} for value in ATTACHMENT]
    return compare([base, variant], replicates=2, draws=draws)


def test_the_differences_are_those_over_all_draws(drawn: Comparison) -> None:
    base, variant = scenario_of(YEARS, TOTTORI), scenario_of(YEARS, TOTTORI, base="no_measure")
    alone = []
    for draw, value in enumerate(ATTACHMENT):  # each draw under luck of its own: the next two replicates
        settled = []
        for one in (base, variant):
            lived = run(
                one.changed({"behaviour.settlement.attachment": value}), 6, tables=["national"]
            ).national
            last = lived[lived["fiscal_year"] == YEARS[1]].sort_values("replicate")["settled"].to_numpy()
            settled.append(last[2 * draw : 2 * draw + 2])
        alone.append(float((settled[1] - settled[0]).mean()))
    found = pandas.DataFrame(drawn.differences)
    row = found[(found["outcome"] == "settled") & (found["fiscal_year"] == YEARS[1])].iloc[0]
    assert row["difference"] == pytest.approx(np.mean(alone))
    assert row["low_90"] <= row["difference"] <= row["high_90"]


def test_a_comparison_over_draws_says_so_in_its_words_and_under_its_pictures(drawn: Comparison) -> None:
    assert "middle 90% over 3 draws of parameters, 2 replicates each;" in drawn.summary()[0]
    about = About.of_comparison(drawn)
    assert "seed 1, 3 draws of parameters, 2 replicates each ·" in about.foot()
    table = pandas.DataFrame(drawn.differences)
    for draw in (paired_differences, differences_by_year):
        assert draw(table, about).title.endswith("with the middle 90% of draws of parameters")
        assert draw(table, replace(about, draws=1)).title.endswith("90% intervals over paired replicates")
    (line,) = (
        one for one in replace(drawn, sampling=Sampling(1, 1)).summary() if "paired" in one or "pairs" in one
    )
    assert "over the pairs of one replicate;" in line


def test_shares_of_doubt_add_up_and_name_parameters(drawn: Comparison) -> None:
    known = [one for one in drawn.doubt if one.chance == one.chance]
    assert known
    for one in known:
        assert one.structure == one.together == 0.0
        assert one.parameters + one.chance == pytest.approx(1.0)
    head, *lines = doubt_lines(drawn, "no_measure")
    assert len(lines) == len(known)
    assert "--structures all" in head
    assert all("parameters" in line and "structure" not in line for line in lines), "structures did not vary"


def test_all_structures_and_operators_from_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["compare", "baseline", "no_measure", "--set", 'world.prefectures=["島根県"]']
    asked += ["--years", "2009:2012", "--replicates", "2", "--structures", "all", "--operators", "all"]
    try:
        assert run_command_line([*asked, "--no-figures", "--out", str(tmp_path), "--language", "ja"]) == 0
    finally:
        set_language(None)
    said = capsys.readouterr().out
    assert "通り" in said
    assert (
        "反復 2 回では偶然の幅を示せません" in said
    )  # two replicates tell nothing of chance, and nobody says so
    assert "頑健" not in said.replace("頑健でない", "")
    assert np.isnan(pandas.read_parquet(tmp_path / "differences.parquet")["low_90"]).all()
    tables = {path.stem: pandas.read_parquet(path) for path in tmp_path.glob("*.parquet")}
    assert set(tables) == {"differences", "settlers", "costs", "structures", "rankings", "doubt"}
    members = tables["structures"][tables["structures"]["outcome"] == "members"]
    assert members.iloc[0][["matching", "adoption", "settlement"]].tolist() == [
        "search",
        "diffusion",
        "choice",
    ]
    assert len(members.drop_duplicates(["matching", "adoption", "settlement"])) == len(members) == 8
    assert (members["difference"] < 0).all()
    last = tables["differences"].query("outcome == 'members' and group == 'nation' and fiscal_year == 2012")
    assert last["difference"].item() == members.iloc[0]["difference"]
    settled = tables["rankings"][tables["rankings"]["definition"] == "settled"]
    assert settled["scenario"].tolist()[0] == "baseline"


@pytest.mark.full
def test_an_attribution_in_two_parts_gives_the_bytes_of_the_whole(tmp_path: Path) -> None:
    assert run_command_line(["sweep", str(EXAMPLE), "--out", str(tmp_path / "whole")]) == 0
    for part in ("1/2", "2/2"):
        assert (
            run_command_line(["sweep", str(EXAMPLE), "--shard", part, "--out", str(tmp_path / "parts")]) == 0
        )
    whole, parts = ((tmp_path / name / "results.parquet").read_bytes() for name in ("whole", "parts"))
    assert whole == parts
    assert run_command_line(["analyse", str(tmp_path / "parts")]) == 0
    table = pandas.read_parquet(tmp_path / "parts" / "shapley.parquet")
    each = table[(table["kind"] == "shapley") & (table["player"] != "all")]
    assert each["yen"].sum() == pytest.approx(table.loc[table["player"] == "all", "yen"].item(), rel=1e-12)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"replicates": 0}, "replicates = 0\n    値が範囲の外です。使えるもの：1 から 10000 までの整数"),
        (
            {"replicates": 2.5},
            "replicates = 2.5\n    値の種類が違います。使えるもの：1 から 10000 までの整数",
        ),
        ({"workers": 0}, "workers = 0\n    値が範囲の外です。使えるもの：1 から 1024 までの整数"),
        ({"by": "sexage"}, "もしかして：sex_age"),
    ],
)
def test_what_a_comparison_cannot_do_is_said_in_the_language_in_use(asked: dict[str, Any], said: str) -> None:
    base = scenario_of()
    set_language("ja")
    try:
        with pytest.raises(InputError) as refused:
            compare([base, base], **asked)
        assert said in str(refused.value)
        for too_few in (base, [base]):
            with pytest.raises(InputError, match="比較には二つ以上"):
                compare(too_few)  # type: ignore[arg-type]
    finally:
        set_language(None)


def test_draws_never_take_the_place_of_other_values_that_a_scenario_asks_for() -> None:
    """A comparison of start values with a fit said "no difference" under draws, which both then stood on."""
    base = scenario_of(**{"behaviour.parameters": "calibrated"})
    for own in ("prior", "calibrated:7"):
        other = base.changed({"behaviour.parameters": own})
        with pytest.raises(InputError, match=r"behaviour.parameters = .*\n.*unlike .*allowed: .calibrated"):
            compare([base, other], replicates=1, draws=[{"behaviour.settlement.attachment": 1.0}])
        with pytest.raises(InputError, match=r"behaviour.parameters = .*\n.*leave out --draws"):
            run(other, draws=1)


def test_structures_that_scenarios_choose_apart_are_not_run_over_by_all_of_them(tmp_path: Path) -> None:
    """Two that differ in nothing but their structure were told to have no difference in any column."""
    base = scenario_of(YEARS, TOTTORI)
    for key, own in (("matching", "deferred_acceptance"), ("adoption", "budget")):
        other = base.changed({f"structure.{key}": own})
        with pytest.raises(
            InputError, match=rf"structure.{key} = .{own}.\n.*unlike .*leave out --structures.*allowed: "
        ):
            compare([base, base, other], replicates=1, structures=True)
    (tmp_path / "own.toml").write_text('extends = "baseline"\n[structure]\nadoption = "budget"\n', "utf-8")
    said = ["compare", "baseline", str(tmp_path / "own.toml"), "--structures", "all"]
    assert run_command_line([*said, "--out", str(tmp_path / "results")]) == 2
    assert not (tmp_path / "results").exists()
    alike = [one.changed({"structure.adoption": "budget"}) for one in (base, base)]
    refuse_other_structures(alike)  # one that all choose is the first of those they are run under
    assert worlds_of(alike, structures=True, draws=0)[0].structure == ("search", "budget", "choice")
