"""`okoshi run`: what it prints and writes, and that it writes all or nothing."""

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from as_a_user import SMALL, Okoshi, stops_after
from pyarrow import compute, parquet

from okoshi.app.command_line import run_command_line
from okoshi.app.doubt import show_doubt
from okoshi.app.growing import GrowingTables
from okoshi.app.table_files import Arrays
from okoshi.language.errors import RunError
from okoshi.observe.declarations import TABLES
from okoshi.scenario.scenario import load_scenario
from okoshi.simulation import RegionalModel
from okoshi.study.files import process_name

FILES = {"run.json", "run.log", "scenario.toml", *(f"{name}.parquet" for name in TABLES)}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "run"
    assert run_command_line(["run", "baseline", *SMALL, "--replicates", "2", "--out", str(folder)]) == 0
    return folder


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_results_folder_holds_what_another_person_needs(results: Path) -> None:
    assert names_in(results) == FILES
    run = json.loads((results / "run.json").read_text(encoding="utf-8"))
    scenario = load_scenario("baseline", set={"world.prefectures": ["島根県"]}, years=(2009, 2013))
    assert run["scenario_hash"] == scenario.hash == load_scenario(results / "scenario.toml").hash
    assert run["scenario_in_full"] == scenario.in_full()
    assert len(run["seeds"]) == run["replicates"] == 2
    assert run["structure"] == {"matching": "search", "adoption": "diffusion", "settlement": "choice"}
    assert {"version", "parameters_hash", "platform", "workers", "started", "seconds", "tables"} <= set(run)
    log = (results / "run.log").read_text(encoding="utf-8").splitlines()
    assert [line.split()[-1] for line in log[1:]] == ["1/2", "2/2", "done"]


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_says_in_its_metadata_what_it_is(name: str, results: Path) -> None:
    schema = parquet.read_schema(results / f"{name}.parquet")
    run = json.loads((results / "run.json").read_text(encoding="utf-8"))
    assert schema.names == [column.name for column in TABLES[name]]
    assert schema.metadata[b"okoshi.scenario_hash"].decode() == run["scenario_hash"]
    assert "合成" in schema.metadata[b"okoshi.invented"].decode()
    for column in TABLES[name]:
        metadata = schema.field(column.name).metadata
        assert metadata[b"unit"].decode() == column.unit
        assert metadata[b"meaning_ja"].decode() == column.meaning_ja


def test_a_part_of_the_country_stands_beside_no_official_figure(okoshi: Okoshi, results: Path) -> None:
    """617 members of FY2012 are the nation's: held against one prefecture they would say that the model is far off."""
    said = okoshi("run", "baseline", *SMALL, "--replicates", "2", "--out", "out", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert not any(row["official"] or row["label"] for row in rows)
    members = {int(row["fiscal_year"]): row for row in rows if row["series"] == "members"}
    national = parquet.read_table(results / "national.parquet").to_pylist()
    simulated = [row["members"] for row in national if row["fiscal_year"] == 2012]
    assert float(members[2012]["simulated"]) == pytest.approx(sum(simulated) / 2)
    for language, words in (("en", "1 of 47 prefectures"), ("ja", "47都道府県中 1")):
        table = okoshi("run", "baseline", *SMALL, "--out", "other", "--language", language).out
        assert "合成" in table
        assert words in table
        assert "617" not in table
        assert words in okoshi("check", "baseline", *SMALL[:2], "--language", language).out


@pytest.mark.parametrize(("draws", "kept"), [(0, 3), (3, 2)], ids=["replicates", "whole draws"])
def test_an_interrupted_run_keeps_what_is_finished(
    draws: int, kept: int, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first replicates are the whole run's, `run.json` says how many were asked for, and it can be run again."""
    each = 2 if draws else 5
    line = ["run", "baseline", *SMALL, "--no-figures", "--replicates", str(each), "--draws", str(draws)]
    whole_run = okoshi(*line, "--out", "whole")
    assert whole_run.status == 0
    runs = "3 draws of parameters, 2 replicates each" if draws else "5 replicates"
    assert f"\n{runs}: the mean, and in brackets" in whole_run.out
    with monkeypatch.context() as patched:
        patched.setattr(RegionalModel, "run", stops_after(3, KeyboardInterrupt()))
        said = okoshi(*line, "--out", "part")
    assert (said.status, said.out) == (130, "")
    of = f"1 of {draws} draws of parameters" if draws else f"{kept} of {each} replicates"
    assert f"{of} were finished and are kept in part" in said.err
    record = json.loads(Path("part/run.json").read_text(encoding="utf-8"))
    asked = {"replicates": each} | ({"draws": draws} if draws else {})
    assert record["unfinished"] == asked
    assert len(record["seeds"]) == record["replicates"] * record.get("draws", 1) == kept
    part, whole = (parquet.read_table(f"{out}/members.parquet") for out in ("part", "whole"))
    assert part.equals(whole.filter(compute.less(whole["replicate"], kept)))
    assert okoshi(*line, "--out", "part").status == 0  # the same run's folder: nothing to overwrite
    assert "unfinished" not in json.loads(Path("part/run.json").read_text(encoding="utf-8"))


@pytest.fixture
def heeded() -> Iterator[None]:
    """Let an interruption be heard also where the tests themselves run in the background of a script."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
def test_an_interruption_waits_until_all_tables_have_a_replicate(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replicates go to the disk as they come: no table may have one more than another."""
    add, written = GrowingTables.add, []

    def interrupted(tables: GrowingTables, name: str, arrays: Arrays) -> None:
        written.append(name)
        if written.count("members") == 2 and name == "members":
            signal.raise_signal(signal.SIGINT)
        add(tables, name, arrays)

    monkeypatch.setattr(GrowingTables, "add", interrupted)
    said = okoshi("run", "baseline", *SMALL, "--no-figures", "--replicates", "4", "--out", "out")
    assert said.status == 130
    assert "2 of 4 replicates were finished and are kept in out" in said.err
    for name in set(TABLES) - {"observed"}:
        found = parquet.ParquetFile(f"out/{name}.parquet")
        assert set(found.read()["replicate"].to_pylist()) <= {0, 1}
        assert found.num_row_groups == 2
    assert names_in(Path("out")) == FILES


def test_an_interruption_that_is_ignored_stays_ignored(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of a run in the background of a script, where a Ctrl-C is another's."""
    add = GrowingTables.add

    def interrupted(tables: GrowingTables, name: str, arrays: Arrays) -> None:
        signal.raise_signal(signal.SIGINT)
        add(tables, name, arrays)

    monkeypatch.setattr(GrowingTables, "add", interrupted)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert okoshi("run", "baseline", *SMALL, "--tables", "national", "--out", "out").status == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_interrupted_run_leaves_a_whole_one_alone(okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ["run", "baseline", *SMALL, "--no-figures", "--replicates", "2", "--out", "out"]
    assert okoshi(*line).status == 0
    before = Path("out/run.json").read_bytes()
    monkeypatch.setattr(RegionalModel, "run", stops_after(1, RunError("the second replicate fails")))
    said = okoshi(*line)
    assert said.status == 1
    assert "kept" not in said.err
    assert Path("out/run.json").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "first", "second"),
    [(("run", "baseline"), 3, 2), (("compare", "baseline", "startup_aid_0"), 4, 2)],
    ids=["run", "compare"],
)
def test_interrupted_sooner_than_before_the_larger_part_stays(
    line: tuple[str, ...], first: int, second: int, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command runs everything anew, so that its second interruption may come after fewer replicates."""

    def interrupt_after(count: int, replicates: int = 5) -> str:
        more = ("--no-figures", "--replicates", str(replicates), "--out", "out", "--overwrite")
        with monkeypatch.context() as patched:
            patched.setattr(RegionalModel, "run", stops_after(count, KeyboardInterrupt()))
            said = okoshi(*line, *SMALL, *more)
        assert said.status == 130
        return said.err

    assert "are kept in out" in interrupt_after(first)
    before = Path("out/run.json").read_bytes()
    assert "let go: out keeps" in interrupt_after(second)
    assert Path("out/run.json").read_bytes() == before
    assert "are kept in out" in interrupt_after(second, replicates=6)  # another run takes the folder's place
    assert json.loads(Path("out/run.json").read_bytes())["unfinished"] == {"replicates": 6}


def test_official_and_simulated_of_the_whole_country_stand_side_by_side(okoshi: Okoshi) -> None:
    table = okoshi("run", "baseline", "--years", "2009:2013", "--no-figures", "--out", "out").out
    assert "617" in table
    assert "off by" in table
    assert "of 47 prefectures" not in table


def test_csv_stands_beside_the_tables_with_a_byte_order_mark(okoshi: Okoshi) -> None:
    assert (
        okoshi("run", "baseline", *SMALL, "--tables", "national", "--format", "csv", "--out", "out").status
        == 0
    )
    assert names_in(Path("out")) == {
        "run.json",
        "run.log",
        "scenario.toml",
        "national.parquet",
        "national.csv",
    }
    content = Path("out/national.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["fiscal_year"] for row in rows] == ["2009", "2010", "2011", "2012", "2013"]


def test_json_is_all_that_stands_on_standard_output(okoshi: Okoshi) -> None:
    said = okoshi("run", "baseline", *SMALL, "--format", "json", "--out", "out")
    assert {"series", "fiscal_year", "official", "simulated"} <= set(json.loads(said.out)[0])
    assert "out" in said.err


def test_the_same_command_gives_the_same_bytes_whatever_the_workers(okoshi: Okoshi, results: Path) -> None:
    said = okoshi("run", "baseline", *SMALL, "--replicates", "2", "--workers", "2", "--out", "again")
    assert said.status == 0
    for name in TABLES:
        assert Path(f"again/{name}.parquet").read_bytes() == (results / f"{name}.parquet").read_bytes(), name


def test_default_folder_carries_the_name_of_the_scenario(okoshi: Okoshi, tmp_path: Path) -> None:
    Path("mine.toml").write_text('extends = "no_measure"\n', encoding="utf-8")
    assert okoshi("run", "mine.toml", *SMALL, "--tables", "national").status == 0
    assert (tmp_path / "results" / "mine" / "run.json").is_file()


def test_another_runs_folder_is_left_alone_unless_told_otherwise(okoshi: Okoshi) -> None:
    assert okoshi("run", "baseline", *SMALL, "--out", "out").status == 0
    before = Path("out/run.json").read_bytes()
    other = ("run", "baseline", *SMALL, "--seed", "7", "--tables", "national", "--out", "out")
    refused = okoshi(*other)
    assert (refused.status, refused.out) == (2, "")
    assert "another run's files" in refused.err
    assert "--overwrite" in refused.err
    assert Path("out/run.json").read_bytes() == before
    assert okoshi(*other, "--overwrite").status == 0
    assert names_in(Path("out")) == {"run.json", "run.log", "scenario.toml", "national.parquet"}
    assert okoshi(*other).status == 0, "the same run may be written again"


def test_a_users_own_files_in_the_folder_stay(okoshi: Okoshi) -> None:
    Path("out").mkdir()
    Path("out/notes.txt").write_text("mine")
    assert okoshi("run", "baseline", *SMALL, "--tables", "national", "--out", "out").status == 0
    assert okoshi("run", "baseline", *SMALL, "--seed", "7", "--out", "out", "--overwrite").status == 0
    assert Path("out/notes.txt").read_text() == "mine"


def test_what_a_killed_process_left_is_taken_away_and_a_living_ones_is_not(okoshi: Okoshi) -> None:
    Path("out").mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    host, _, moment = process_name().rsplit("-", 2)
    parts = [f".national.parquet.{host}-{process}-{moment}.part" for process in (gone.pid, 1)]
    for part in parts:
        Path("out", part).write_bytes(b"half")
    assert okoshi("run", "baseline", *SMALL, "--tables", "national", "--out", "out").status == 0
    assert [path.name for path in Path("out").glob(".*")] == parts[1:]


def test_a_full_disk_is_said_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    """The system refuses files over 8 kB: the tables do not fit, `run.log` does."""
    command = [Path(sys.executable).parent / "okoshi", "run", "baseline", *SMALL, "--out", "out"]

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = subprocess.run(
        command,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=small_disk,
        check=False,
        env=os.environ,
    )
    assert done.returncode == 1
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert names_in(tmp_path / "out") == {"run.log"}


def test_a_full_disk_while_replacing_keeps_the_earlier_run_whole(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert okoshi("run", "baseline", *SMALL, "--out", "out").status == 0
    before = {path.name: path.read_bytes() for path in Path("out").iterdir() if path.name != "run.log"}

    def full(path: Path, scenario: object) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("okoshi.app.writing._write_scenario", full)
    failed = okoshi("run", "baseline", *SMALL, "--seed", "7", "--out", "out", "--overwrite")
    assert failed.status == 1
    assert {
        path.name: path.read_bytes() for path in Path("out").iterdir() if path.name != "run.log"
    } == before


@pytest.mark.parametrize(
    ("change", "years", "told", "untold"),
    [
        ({}, (2009, 2023), ("On what headlines of FY2023 rest: members data",), ("count as prior",)),
        (
            {},
            (2009, 2034),
            ("FY2023 rest: members data", "Years after FY2023 count as prior"),
            ("All numbers",),
        ),
        (
            {"policy.cooperators.enabled": False},
            (2009, 2023),
            ("All numbers count as prior",),
            ("members data",),
        ),
        ({"world.prefectures": ["島根県"]}, (2009, 2023), ("All numbers count as prior",), ("members data",)),
    ],
)
def test_words_of_headlines_are_of_what_the_calibration_looked_at(
    change: dict[str, object],
    years: tuple[int, int],
    told: tuple[str, ...],
    untold: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_doubt(load_scenario("baseline", set=change, years=years), {}, 0)
    said = capsys.readouterr().out
    assert all(words in said for words in told), said
    assert not [words for words in untold if words in said]
