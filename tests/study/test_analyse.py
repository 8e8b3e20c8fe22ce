"""`okoshi analyse` on a folder as a sweep leaves it: table, files, pictures, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas
import pytest
from known_functions import LABEL, NAMES, additive, ishigami, swept

from okoshi.app.command_line import run_command_line
from okoshi.language.messages import set_language
from okoshi.study.experiment import load_experiment
from okoshi.study.sweep_folder import SweepFolder


def sweep_folder(
    folder: Path,
    method: str,
    samples: int,
    replicates: int = 1,
    extra: str = "",
    noise: float = 0.0,
    function: object = ishigami,
) -> Path:
    """Write what a sweep leaves: the experiment and its results."""
    factors = "".join(f'[[factors]]\nparameter = "{name}"\nrange = [0, 1]\n' for name in NAMES[:3])
    text = (
        f'title = "Known"\ntitle_ja = "既知"\nscenario = "baseline"\nmethod = "{method}"\nsamples = {samples}\n'
        f'replicates = {replicates}\n{extra}\n{factors}[[outcomes]]\ncolumn = "national.members"\nyear = 2020\n'
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "experiment.toml").write_text(text, encoding="utf-8")
    _, results = swept(load_experiment(folder / "experiment.toml"), function, noise)  # type: ignore[arg-type]
    pandas.DataFrame(results).to_parquet(folder / "results.parquet", index=False)
    return folder


def change(folder: Path, **cells: tuple[int, object]) -> None:
    """Change single cells of the results."""
    frame = pandas.read_parquet(folder / "results.parquet")
    for column, (row, value) in cells.items():
        frame.loc[row, LABEL if column == "outcome" else column] = value
    frame.to_parquet(folder / "results.parquet", index=False)


def analysed(folder: Path, capsys: pytest.CaptureFixture[str], *more: str, status: int = 0) -> str:
    capsys.readouterr()
    assert run_command_line(["analyse", str(folder), *more]) == status
    said = capsys.readouterr()
    return said.out + said.err


def test_indices_noise_and_pictures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sweep_folder(tmp_path / "s", "sobol", 128, 2, "second_order = true", noise=1.0)
    shown = analysed(folder, capsys)
    assert "All 2048 runs are there" in shown
    assert "Only noise between replicates" in shown
    table = pandas.read_parquet(folder / "indices.parquet")
    counts = table["index"].value_counts().to_dict()
    assert counts["first"] == counts["total"] == counts["second"] == counts["change"] == 3
    (noise,) = table.loc[table["index"] == "noise_share_of_means", "value"]
    assert noise == pytest.approx(0.5 / (0.5 + 13.84), abs=0.01)
    assert set(table["outcome"]) == {LABEL}
    assert (table["blocks"] == 128).all()
    pictures = sorted((folder / "figures").glob("*.png"))
    assert [path.name for path in pictures] == [
        "national_members_2020_change.png",
        "national_members_2020_indices.png",
    ]
    before = [path.read_bytes() for path in (*pictures, folder / "indices.parquet")]
    analysed(folder, capsys)
    assert [path.read_bytes() for path in (*pictures, folder / "indices.parquet")] == before
    assert not list(folder.glob("**/.*.part"))


def test_a_broken_block_is_said_and_its_runs_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sweep_folder(tmp_path / "s", "sobol", 32)
    change(folder, status=(0, "failed"))
    change(folder, outcome=(11, float("inf")))
    shown = analysed(folder, capsys)
    assert "Of 160 runs 0 are missing and 1 failed" in shown
    assert "2 of 32 blocks of 5 points are left out whole" in shown
    assert "(1)" in shown
    table = pandas.read_parquet(folder / "indices.parquet")
    assert set(table["blocks_left_out"]) == {2}


def test_it_warns_of_one_replicate_and_of_wide_intervals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = analysed(sweep_folder(tmp_path / "s", "sobol", 8), capsys)
    assert "With one replicate nobody can tell noise from effect" in shown
    assert "wider than the index itself" in shown


def test_too_little_is_a_failure_that_writes_no_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sweep_folder(tmp_path / "s", "sobol", 4)
    change(folder, status=(0, "failed"))
    assert "too few blocks" in analysed(folder, capsys, status=1)
    table = pandas.read_parquet(folder / "indices.parquet")
    assert set(table["index"]) == {"noise_share_of_means", "noise_share_of_a_run"}


def test_an_outcome_that_never_varies_has_nothing_to_explain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sweep_folder(tmp_path / "s", "morris", 6, function=lambda unit: np.ones(len(unit)))
    assert "the same at every point" in analysed(folder, capsys)


def test_programs_get_rows_and_japanese_readers_japanese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sweep_folder(tmp_path / "s", "morris", 12, 2, function=additive, noise=0.1)
    rows = analysed(folder, capsys, "--format", "csv").splitlines()
    assert rows[0].startswith("method,outcome,factor,other_factor,index,value,low_90,high_90,no_effect")
    try:
        shown = analysed(folder, capsys, "--language", "ja")
    finally:
        set_language(None)
    assert "反復間の雑音" in shown
    assert "効果の大きさの平均" in shown
    assert (folder / "figures" / "national_members_2020_morris.png").is_file()


def test_what_is_no_sweep_or_a_broken_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no sweep" in analysed(tmp_path, capsys, status=2)
    folder = sweep_folder(tmp_path / "s", "sobol", 8)
    change(folder, point=(3, 999))
    assert "another design" in analysed(folder, capsys, status=2)
    (folder / "results.parquet").write_bytes(b"PAR1 and nothing else")
    assert "results.parquet" in analysed(folder, capsys, status=2)
    assert not (folder / "indices.parquet").exists()


def test_indices_go_when_the_design_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = sweep_folder(tmp_path / "s", "sobol", 8)
    analysed(folder, capsys)
    experiment = load_experiment(folder / "experiment.toml")
    SweepFolder(folder).describe(
        replace(experiment, text=experiment.text.replace("samples = 8", "samples = 16"))
    )
    assert not list(folder.glob("**/*.png"))
    assert not (folder / "indices.parquet").exists()


def test_a_grid_with_holes_is_called_no_more_than_a_first_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = sweep_folder(tmp_path / "s", "grid", 3, function=additive)
    assert "A grid with holes" not in analysed(folder, capsys)
    change(folder, status=(4, "failed"))
    assert "A grid with holes mixes" in analysed(folder, capsys)
