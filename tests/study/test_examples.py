"""The experiments that come with Okoshi: each is in order, and the small ones go from file to indices."""

from pathlib import Path

import pytest

from okoshi.app.command_line import run_command_line
from okoshi.language.errors import InputError
from okoshi.scenario.shipped import shipped_names
from okoshi.study.experiment import load_experiment
from okoshi.study.methods import METHODS

FOLDER = Path(__file__).resolve().parents[2] / "experiments"
FILES = sorted([*FOLDER.glob("*.toml"), *FOLDER.glob("large/*.toml")])
SMALL = sorted(FOLDER.glob("example_*.toml"))
# Columns of measures that join the national table after this was written.
TO_COME = (
    "local_10000_projects",
    "enterprises_alive",
    "student_participants",
    "student_movers",
    "related_people",
)
SECONDS_ON_TWO_CORES = 20 * 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_is_in_order_but_for_columns_to_come(path: Path) -> None:
    try:
        experiment = load_experiment(path)
    except InputError as error:
        for fault in error.faults:
            assert fault.key is not None
            assert fault.key.startswith("outcomes#"), fault
            assert any(f'"national.{column}"' == fault.value for column in TO_COME), fault
        return
    assert experiment.title_ja
    if path.parent == FOLDER and METHODS[experiment.method].is_design:
        assert (
            experiment.runs * 4 / 2 < SECONDS_ON_TWO_CORES
        )  # four seconds a run, all measures, busy machine


def test_there_is_a_small_one_of_each_design() -> None:
    shown = {path.stem.removeprefix("example_") for path in SMALL}
    assert shown == {name for name, method in METHODS.items() if method.is_design}


@pytest.mark.parametrize(
    "path",
    [path if "grid" in path.stem else pytest.param(path, marks=pytest.mark.full) for path in SMALL],
    ids=lambda path: path.stem,
)
def test_small_ones_go_from_file_to_indices(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    assert run_command_line(["sweep", str(path), "--out", str(out)]) == 0
    capsys.readouterr()
    assert run_command_line(["analyse", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "runs are there" in shown
    own = {"attribution": ("shapley", "cooperators", 1), "split": ("split", "unspent", 1)}
    table, word, pictures = own.get(path.stem.removeprefix("example_"), ("indices", "settlement", 4))
    assert word in shown
    assert (out / f"{table}.parquet").is_file()
    assert len(list((out / "figures").glob("*.png"))) == pictures


def test_no_experiment_goes_by_the_name_of_a_scenario() -> None:
    assert not {path.stem for path in FILES} & set(shipped_names())
