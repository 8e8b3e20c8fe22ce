"""Input that nobody means but somebody types: refused in one answer, in the language in use, and nothing written."""

import errno
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow
import pytest
from as_a_user import SMALL, Okoshi
from pyarrow import parquet

from okoshi.app.analyse import read_sweep
from okoshi.app.command_line import run_command_line
from okoshi.app.record import why_unread
from okoshi.app.report_calibration import fits_of
from okoshi.language.errors import InputError, nearest_name
from small_experiment import write_experiment

PART = "experiment"
FACTOR = "policy.cooperators.startup_per_member"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a results folder of a small run."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    assert run_command_line(["run", "baseline", *SMALL, "--out", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (("--seed", "x"), "--seed = x"),
        (("--seed",), "--seed"),
        (("--format", "xml"), "--format = xml"),
        (("--replicates", "0"), "--replicates = 0"),
        (("--draws", "-1"), "--draws = -1"),
        (("--no-figures=1",), "--no-figures"),
        (("one_more",), "one_more"),
        (("--out", ""), '--out = ""'),
        (("--draws", "9999"), "--draws = 9999"),
    ],
)
def test_options_are_refused_by_their_names_in_both_languages(
    arguments: tuple[str, ...], shown: str, language: str, okoshi: Okoshi, tmp_path: Path
) -> None:
    said = okoshi("--language", language, "run", "baseline", *SMALL, *arguments)
    assert (said.status, said.out) == (2, "")
    assert shown in said.err
    english = ("valid", "value", "number", "given", "extra", "choices", "thing", "fewer", "missing")
    assert language == "en" or not any(word in said.err for word in english)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("[0, 3_000_000]", f"[0, {'9' * 400}]", "factors#1.range"),
        ("@2011", "@２０１１", "not a fiscal year"),
        ("@2011", "@02011", "not a fiscal year"),
        ("seed = 3\n", "seed = 3\nhorizon = 2018\n", "belongs to another method"),
        ("seed = 3\n", 'seed = 3\ntargets = ["members"]\n', "belongs to another method"),
        ("year = 2013\n", f"year = 2013\ntarget = {'9' * 400}\n", "outcomes#1.target"),
        ('"./small.toml"', '"~nobody_of_this_name/x.toml"', "there is no such file"),
    ],
)
def test_an_experiment_says_nothing_that_is_passed_over_or_breaks(
    before: str, after: str, words: str, okoshi: Okoshi
) -> None:
    path = write_experiment(Path(PART))
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    said = okoshi("sweep", path, "--out", "out")
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert not Path("out").exists()


def test_a_design_without_outcomes_and_a_lattice_without_end_are_refused(okoshi: Okoshi) -> None:
    path = write_experiment(Path(PART))
    text = path.read_text(encoding="utf-8")
    path.write_text("outcomes = []\n" + text.partition("[[outcomes]]")[0], encoding="utf-8")
    assert "outcomes" in okoshi("check", path).err
    split = 'scenario = "baseline"\nmethod = "split"\nsamples = 1000\n[[outcomes]]\n'
    path.write_text(split + 'column = "national.members"\nyear = 2034\n', encoding="utf-8")
    assert "too many points" in okoshi("check", path).err


def test_what_the_command_line_says_to_an_experiment_is_never_passed_over(okoshi: Okoshi) -> None:
    path = write_experiment(Path(PART))
    for arguments in (("--seed", "0"), ("--replicates", "1"), ("--years", "2009:2010")):
        said = okoshi("check", path, *arguments)
        assert (said.status, said.out) == (2, "")
        assert f"{arguments[0]}\n" in said.err


def test_a_broken_profile_is_refused_before_the_folder_is_made(okoshi: Okoshi) -> None:
    Path("profile.toml").write_text('kind = "slrum"\n', encoding="utf-8")
    said = okoshi("sweep", write_experiment(Path(PART)), "--cluster", "profile.toml", "--out", "out")
    assert (said.status, Path("out").exists()) == (2, False)
    assert "profile.toml:1: kind" in said.err


@pytest.mark.parametrize("command", ["sweep", "calibrate"])
def test_a_scenario_in_the_place_of_an_experiment_is_told_so(command: str, okoshi: Okoshi) -> None:
    """It got a fault for each of its keys, and was asked for a method and outcomes."""
    Path("mine.toml").write_text('title = "x"\nextends = "baseline"\n[policy]\n', encoding="utf-8")
    for name in ("./mine.toml", "no_measure"):
        said = okoshi(command, name)
        assert (said.status, said.out) == (2, "")
        assert "this is a scenario; an experiment is wanted" in said.err
        assert "no such key" not in said.err


def test_check_knows_the_shipped_scenario_that_a_path_means(okoshi: Okoshi) -> None:
    said = okoshi("check", "scenarios/no_measure.toml")
    assert (said.status, "did you mean no_measure?" in said.err) == (2, True)


def test_years_upside_down_are_refused_by_diff_too(okoshi: Okoshi) -> None:
    assert okoshi("diff", "baseline", "no_measure", "--years", "2010:2009").status == 2


@pytest.mark.parametrize("value", ["[" * 5000, "9" * 5000])
def test_a_value_that_no_reader_takes_is_text(value: str, okoshi: Okoshi) -> None:
    said = okoshi("check", "baseline", "--set", f"{FACTOR}={value}")
    assert said.status == 2
    assert "of the wrong kind" in said.err


def test_the_nearest_name_is_found_whatever_the_keyboard_did() -> None:
    known = ("seed", FACTOR)
    assert nearest_name("SEED", known) == nearest_name("ｓｅｅｄ", known) == "seed"
    assert nearest_name("POLICY.COOPERATORS.Startup-Per-Member", known) == FACTOR


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("schema", True),
        ("seeds", 3),
        ("replicates", "x"),
        ("scenario", "../../x"),
        ("platform", []),
        ("scenarios_in_full", {"a": 3}),
    ],
)
def test_a_record_that_was_edited_is_refused_by_key(
    key: str, value: object, finished: Path, okoshi: Okoshi
) -> None:
    folder = Path(shutil.copytree(finished, "run"))
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    (folder / "run.json").write_text(json.dumps({**record, key: value}), encoding="utf-8")
    said = okoshi("report", folder, "--out", "page.html")
    assert (said.status, Path("page.html").exists()) == (2, False)
    assert f"run.json: {key} = " in said.err


def test_tables_that_were_changed_are_refused_by_column(finished: Path, okoshi: Okoshi) -> None:
    folder = Path(shutil.copytree(finished, "run"))
    table = parquet.read_table(folder / "national.parquet")
    members = table.column_names.index("members")
    for changed, words in (
        (table.drop_columns(["members"]), "national.parquet: members"),
        (table.set_column(members, "members", table["members"].cast(pyarrow.string())), "members"),
        (table.slice(0, 0), "the table has no row"),
    ):
        parquet.write_table(changed, folder / "national.parquet")
        said = okoshi("report", folder)
        assert said.status == 2
        assert words in said.err
    parquet.write_table(parquet.read_table(folder / "members.parquet").select(["replicate", "member"]), "m")
    shutil.move("m", folder / "members.parquet")
    assert okoshi("explain", folder, "--member", "1").status == 2


def test_a_report_never_takes_the_place_of_a_runs_own_file(finished: Path, okoshi: Okoshi) -> None:
    before = (finished / "run.json").read_bytes()
    for option in ("--out", "--archive"):
        assert okoshi("report", finished, option, finished / "run.json").status == 2
    assert okoshi("report", finished, "--out", "nowhere/page.html").status == 2
    assert (finished / "run.json").read_bytes() == before


def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(finished: Path, okoshi: Okoshi) -> None:
    folder = Path(shutil.copytree(finished, "run"))
    (folder / "run.json").unlink()
    os.mkfifo(folder / "run.json")
    assert okoshi("report", folder).status == 2


def test_a_reader_that_stops_early_stops_no_work() -> None:
    program = "from okoshi.app.start import main; main()"
    command = [sys.executable, "-c", program, "parameters"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1
        assert b"standard output takes nothing more" in done.stderr


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
def test_standard_error_that_nobody_hears_stops_no_work(closed: str, tmp_path: Path) -> None:
    program = "from okoshi.app.start import main; main()"
    small = f"run baseline {shlex.join(SMALL)} --tables national --out {shlex.quote(str(tmp_path / 'run'))}"
    for arguments, status in ((small, 0), ("run no_such_scenario", 2)):
        command = f"{shlex.quote(sys.executable)} -c '{program}' {arguments} {closed} >/dev/null"
        assert subprocess.run(command, shell=True, check=False).returncode == status, command
    assert (tmp_path / "run" / "run.json").is_file()


def test_a_file_that_may_not_be_read_is_not_called_broken() -> None:
    refused = PermissionError(errno.EACCES, os.strerror(errno.EACCES), "run.json")
    assert why_unread(refused, "report.bad_record") == "the file cannot be read (Permission denied)"
    assert why_unread(ValueError(), "report.bad_record") == "this file is broken"


def test_a_number_for_a_switch_is_of_the_wrong_kind(okoshi: Okoshi) -> None:
    said = okoshi("check", "baseline", "--set", "policy.local_10000.enabled=5").err
    assert "the value is of the wrong kind; allowed: true or false\n" in said


def test_every_unit_of_a_description_has_japanese_words(okoshi: Okoshi) -> None:
    said = okoshi("world", "describe", "--prefectures", "--language", "ja").out
    for english in (
        "municipalities",
        "people",
        "share",
        "ratio",
        "index",
        "stores",
        "staff",
        "pairs",
        "neighbours",
    ):
        assert f" {english}\n" not in said, english


def test_a_name_that_is_no_text_is_refused_before_anything_runs(okoshi: Okoshi) -> None:
    said = okoshi("run", "baseline", *SMALL, "--out", "r\udcff")
    assert said.status == 2
    assert "no text in the encoding" in said.err
    assert not list(Path().iterdir())


def test_forbidden_tables_of_a_sweep_and_of_a_calibration_are_not_called_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    small = write_experiment(tmp_path)
    small.rename(tmp_path / "experiment.toml")
    (tmp_path / "posterior_fy2018.parquet").touch()
    tables = {
        "results.parquet": (read_sweep, "okoshi.study.sweep_folder.SweepFolder.read_results"),
        "posterior_fy2018.parquet": (fits_of, "okoshi.parameters.posterior.read_posterior"),
    }
    for name, (read, reader) in tables.items():
        monkeypatch.setattr(reader, refuse)
        with pytest.raises(InputError) as refused:
            read(tmp_path)
        assert str(refused.value) == f"{tmp_path / name}\n    the file cannot be read (Permission denied)"
