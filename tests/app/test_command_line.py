"""The command line about itself: help, languages, exit statuses, completion, how quickly it starts."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from as_a_user import Okoshi

from okoshi.app import compare, pilot
from okoshi.app.command_line import COMMANDS
from okoshi.language.errors import RunError
from okoshi.language.messages import texts
from okoshi.study import grouping
from okoshi.study.pilot_sites import Design

PROGRAM = Path(sys.executable).parent / "okoshi"
HEAVY = {"numpy", "scipy", "pandas", "pyarrow", "mesa", "pydantic", "rich", "networkx", "matplotlib"}


def test_help_names_every_command_and_has_examples_that_are_commands(okoshi: Okoshi) -> None:
    said = okoshi("--help")
    assert said.status == 0
    assert [line.split()[0] for line in said.out.splitlines() if re.match(r"  [a-z]+  ", line)] == list(
        COMMANDS
    )
    assert "okoshi run baseline" in said.out
    assert okoshi().out == said.out


@pytest.mark.parametrize("command", [*COMMANDS, "world describe", "world build", "world import"])
def test_help_of_each_command_is_in_both_languages_with_an_example(command: str, okoshi: Okoshi) -> None:
    english, japanese = (
        okoshi(*command.split(), "--help"),
        okoshi("--language", "ja", *command.split(), "--help"),
    )
    assert (english.status, japanese.status) == (0, 0)
    assert f"  okoshi {command}" in english.out.partition("Example:")[2]
    assert re.search("[ぁ-ん]", japanese.out)
    assert not re.search("[ぁ-ん]", english.out)


@pytest.mark.parametrize("command", ["check", "diff", "parameters", "outcomes", "quote", "describe", "new"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_examples_run(command: str, language: str, okoshi: Okoshi) -> None:
    name, *arguments = shlex.split(texts("commands")[f"{command}_example"][language])
    assert name == "okoshi"
    said = okoshi(*arguments, "--language", language)
    assert (said.status, said.err) == (0, "")
    assert said.out


@pytest.mark.full
def test_examples_that_take_longer_run(okoshi: Okoshi) -> None:
    assert okoshi("run", "baseline").status == 0, "what the example of explain looks at"
    for command in ("run", "compare", "explain", "build"):
        _, *arguments = shlex.split(texts("commands")[f"{command}_example"]["en"])
        said = okoshi(*arguments)
        assert said.status == 0, said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("rum baseline", "no command rum; did you mean okoshi run?"),
        ("run", "SCENARIO is missing"),
        ("check baseline --sed 3", "no option --sed"),
        ("run baseline --replicates 0", "--replicates = 0"),
        ("run baseline --seed three", "allowed: a whole number"),
        ("parameters --language fr", "no language fr; allowed: en, ja"),
        ("new scenery x", "did you mean scenario?"),
        ("world bild", "did you mean okoshi world build?"),
        ("compare baseline", "two scenarios or more"),
    ],
)
def test_a_wrong_command_line_says_what_is_wrong(arguments: str, words: str, okoshi: Okoshi) -> None:
    said = okoshi(*arguments.split())
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert "Traceback" not in said.err


def test_wrong_command_lines_are_answered_in_japanese_too(okoshi: Okoshi) -> None:
    assert "もしかして：okoshi run" in okoshi("rum", "--language=ja").err
    assert "SCENARIO が指定されていません" in okoshi("--language", "ja", "run").err


def test_the_environment_chooses_the_language(okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKOSHI_LANGUAGE", "ja")
    assert "コマンド" in okoshi("--help").out
    assert "Commands" in okoshi("--help", "--language", "en").out


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (KeyboardInterrupt(), 130, "finished runs of a sweep are kept"),
        (RunError("replicate 3 failed"), 1, "replicate 3 failed"),
        (ZeroDivisionError("division by zero"), 1, "ZeroDivisionError: division by zero"),
    ],
)
def test_every_way_of_ending_has_its_status_and_no_traceback(
    error: BaseException, status: int, words: str, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("okoshi.app.running.run_tasks", fail)
    said = okoshi("run", "baseline", "--out", "out")
    assert said.status == status
    assert words in said.err
    assert "Traceback" not in said.err
    assert type(error).__name__ in Path("out/run.log").read_text(encoding="utf-8")


def test_debug_shows_where_an_error_arose(okoshi: Okoshi) -> None:
    assert "Traceback" in okoshi("check", "nothing.toml", "--debug").err


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    everything = os.environ | environment
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env=everything, check=False)


@pytest.mark.full
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_with_130_and_keeps_what_is_finished(
    how: signal.Signals, workers: str, tmp_path: Path
) -> None:
    arguments = ["run", "cooperators_only", "--replicates", "50", "--workers", workers, "--out", "out"]
    process = subprocess.Popen(
        [PROGRAM, *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    while "1/50" not in read_log(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.2)
    if how == signal.SIGINT:
        os.killpg(process.pid, how)  # as a terminal does: to the workers as well
    else:
        process.send_signal(how)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["unfinished"] == {"replicates": 50}
    assert 1 <= record["replicates"] == len(record["seeds"]) < 50


def read_log(folder: Path) -> str:
    log = folder / "out" / "run.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""


def test_help_loads_no_model() -> None:
    """`experiments/benchmarks/national_run.py` prints the time."""
    assert run("--help").returncode == 0
    script = "import sys; from okoshi.app.command_line import run_command_line; run_command_line(['--help'])"
    script += "; print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())


def test_choices_that_are_written_out_to_load_no_model_are_those_there_are() -> None:
    assert compare.GROUPS == grouping.GROUPS
    assert tuple(Design) == pilot.DESIGNS


def test_the_shell_completes_commands_and_options() -> None:
    words = {"COMP_WORDS": "okoshi par", "COMP_CWORD": "1", "_OKOSHI_COMPLETE": "bash_complete"}
    assert run(**words).stdout.split() == ["plain,parameters"]
    words = {"COMP_WORDS": "okoshi run --repl", "COMP_CWORD": "2", "_OKOSHI_COMPLETE": "bash_complete"}
    assert run(**words).stdout.split() == ["plain,--replicates"]


def test_the_installed_program_ends_with_the_right_status() -> None:
    assert run("--version").stdout.startswith("okoshi ")
    wrong = run("check", "nothing.toml")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.splitlines() == ["okoshi: nothing.toml", "    there is no such file"]
