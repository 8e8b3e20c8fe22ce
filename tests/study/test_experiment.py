"""Experiment files: what a good one says, and every fault of a bad one at once."""

from pathlib import Path

import pytest

from okoshi.app.command_line import run_command_line
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import set_language
from okoshi.study.experiment import load_experiment

STARTUP = "policy.cooperators.startup_per_member"
GOOD = f"""title = "What drives settlement"
scenario = "baseline"
method = "sobol"
samples = 8
replicates = 2

[[factors]]
parameter = "{STARTUP}@2025"
range = [0, 3_000_000]
group = "money"

[[factors]]
parameter = "structure.matching"
values = ["search", "deferred_acceptance"]

[[outcomes]]
column = "national.members"
year = 2030
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(tmp_path: Path, text: str) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        load_experiment(written(tmp_path, text))
    return caught.value.faults


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    found = load_experiment(written(tmp_path, GOOD))
    assert (found.name, found.title, found.method) == ("mine", "What drives settlement", "sobol")
    assert (found.samples, found.replicates, found.seed, found.scenario.name) == (8, 2, 1, "baseline")
    assert found.factors[0].range == (0, 3_000_000)
    assert found.factors[1].values == ("search", "deferred_acceptance")
    assert found.parts == ("money", "structure.matching")
    assert [outcome.label for outcome in found.outcomes] == ["national.members@2030"]
    assert (found.block, found.points, found.runs) == (4, 32, 64)
    assert found.text == GOOD


def test_second_order_takes_more_runs_of_a_block(tmp_path: Path) -> None:
    found = load_experiment(written(tmp_path, GOOD.replace("samples", "second_order = true\nsamples")))
    assert (found.block, found.points) == (6, 48)


def test_a_scenario_beside_the_experiment_is_found(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        'title = "x"\nextends = "baseline"\nyears = [2009, 2012]\nseed = 9\n', encoding="utf-8"
    )
    text = GOOD.replace('"baseline"', '"own.toml"').replace("2030", "2011").replace("2025", "2010")
    found = load_experiment(written(tmp_path, text))
    assert (found.scenario.years, found.seed) == ((2009, 2012), 9)
    (late,) = faults_of(tmp_path, GOOD.replace('"baseline"', '"own.toml"'))
    assert (late.key, late.value) == ("outcomes#1.year", "2030")


# what is replaced, by what -> line, key, words of the fault or of what is allowed, nearest name
WRONG: dict[str, tuple[str, str, int | None, str, str, str | None]] = {
    "unknown key": ("title =", "titel =", 1, "titel", "no such key", "title"),
    "unknown scenario": ('"baseline"', '"baselin"', 2, "scenario", "no scenario", "baseline"),
    "folder for a scenario": ('"baseline"', '"./"', 2, "scenario", "a folder", None),
    "no scenario file": ('"baseline"', '"./no.toml"', 2, "scenario", "no such file", None),
    "an experiment for a scenario": (
        '"baseline"',
        '"./mine.toml"',
        2,
        "scenario",
        "an experiment file",
        None,
    ),
    "unknown method": ('"sobol"', '"soboll"', 3, "method", "choices", "sobol"),
    "method that is no text": ('"sobol"', "5", 3, "method", "choices", None),
    "no power of two": ("samples = 8", "samples = 12", 4, "samples", "power of two", "16"),
    "no number": ("samples = 8", 'samples = "8"', 4, "samples", "wrong kind", None),
    "too many": ("samples = 8", "samples = 10_000_000", 4, "samples", "outside", None),
    "no replicates": ("replicates = 2", "replicates = 0", 5, "replicates", "outside", None),
    "unknown parameter": (f"{STARTUP}@", f"{STARTUP}s@", 8, "factors#1.parameter", "no such key", STARTUP),
    "impossible date": ("@2025", "@1999", 8, "factors#1.parameter", "fiscal year", None),
    "date of what has none": (
        f"{STARTUP}@2025",
        "behaviour.applicants.women@2025",
        8,
        "factors#1.parameter",
        "one value for all years",
        None,
    ),
    "what cannot vary": (f"{STARTUP}@2025", "world.source", 8, "factors#1.parameter", "cannot vary", None),
    "negative yen": ("range = [0,", "range = [-1,", 9, "factors#1.range", "negative", None),
    "upside down": ("range = [0, 3_000_000]", "range = [5, 5]", 9, "factors#1.range", "not below", None),
    "range of what is no number": (
        'values = ["search", "deferred_acceptance"]',
        "range = [0, 1]",
        14,
        "factors#2.range",
        "between two numbers",
        None,
    ),
    "unknown value": (
        '"deferred_acceptance"]',
        '"deferred"]',
        14,
        "factors#2.values",
        "choices",
        None,
    ),
    "one value": (', "deferred_acceptance"]', "]", 14, "factors#2.values", "two different", None),
    "neither range nor values": ("range = [0, 3_000_000]", "", 7, "factors#1", "range or values", None),
    "after all that is looked at": (
        f'"{STARTUP}@2025"',
        f'"{STARTUP}@2036"',
        8,
        "factors#1.parameter",
        "without effect",
        None,
    ),
    "twice": ('"structure.matching"', f'"{STARTUP}@2025"', 13, "factors#2.parameter", "varied twice", None),
    "group named as a factor": (
        '"money"',
        '"structure.matching"',
        10,
        "factors#1.group",
        "name of a factor",
        None,
    ),
    "unknown column": (
        "national.members",
        "national.membrs",
        17,
        "outcomes#1.column",
        "no number",
        "national.members",
    ),
    "another table": ("national.members", "members.age", 17, "outcomes#1.column", "no number", None),
    "text for a year": ("year = 2030", 'year = "2030"', 18, "outcomes#1.year", "wrong kind", None),
    "second order of another method": (
        'method = "sobol"',
        'method = "morris"\nsecond_order = true',
        4,
        "second_order",
        "sobol",
        None,
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_fault_has_its_place_and_its_remedy(case: str, tmp_path: Path) -> None:
    old, new, line, key, words, near = WRONG[case]
    assert GOOD.count(old) >= 1
    faults = [fault for fault in faults_of(tmp_path, GOOD.replace(old, new, 1)) if fault.key == key]
    (fault,) = faults[:1]
    assert fault.line == line
    assert words in f"{fault.what} {fault.allowed}"
    if near is not None:
        assert fault.nearest == near


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("title", "titel").replace("samples = 8", "samples = 7").replace("[0,", "[-1,")
    text = text.replace("2030", "1999")
    keys = {fault.key for fault in faults_of(tmp_path, text)}
    assert keys == {"titel", "samples", "factors#1.range", "outcomes#1.year"}


@pytest.mark.parametrize("method", ["grid", "latin_hypercube", "delta", "rbd_fast"])
def test_a_method_that_would_ignore_groups_refuses_them(method: str, tmp_path: Path) -> None:
    text = GOOD.replace("sobol", method).replace("samples = 8", "samples = 128")
    (fault,) = faults_of(tmp_path, text)
    assert (fault.key, fault.line, fault.value) == ("factors#1.group", 10, '"money"')
    assert "sobol" in str(fault.allowed)


@pytest.mark.parametrize("method", ["history_matching", "abc"])
@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("", ""), None),
        (('targets = ["members"]\n', ""), "targets"),
        (("samples = 40\n", ""), "samples"),
        (("samples = 40", "samples = 39"), "samples"),
        (('"members"', '"companies_replied"'), "horizon"),  # its only figure is of FY2024
        (("horizon = 2018", "waves = [2008, 2018]"), "waves"),
    ],
)
def test_a_calibration_that_nothing_could_be_fitted_with_is_refused(
    method: str, change: tuple[str, str], key: str | None, tmp_path: Path
) -> None:
    head = f'title = "x"\nscenario = "baseline"\nmethod = "{method}"\n'
    text = f"""{head}samples = 40\nhorizon = 2018\ntargets = ["members"]\n
[[factors]]\nparameter = "behaviour.settlement.attachment"\n"""
    text = text.replace(*change)
    if key is None:
        assert load_experiment(written(tmp_path, text)).method == method
    else:
        assert {fault.key for fault in faults_of(tmp_path, text)} == {key}


@pytest.mark.parametrize("method", ["attribution", "split"])
def test_methods_that_lay_out_their_own_factors_are_accepted(method: str, tmp_path: Path) -> None:
    head, _, rest = GOOD.replace("sobol", method).partition("[[factors]]")
    text = head.replace("samples = 8\n", "") + "[[outcomes]]" + rest.partition("[[outcomes]]")[2]
    assert load_experiment(written(tmp_path, text)).method == method


def test_an_empty_file_is_told_how_an_experiment_begins(tmp_path: Path) -> None:
    assert "okoshi new experiment NAME" in faults_of(tmp_path, "")[0].what


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    missing = {fault.key for fault in faults_of(tmp_path, 'title = "x"\n')}
    assert missing == {"method", "scenario", "outcomes"}
    text = GOOD.replace("samples = 8\n", "")
    assert [fault.key for fault in faults_of(tmp_path, text)] == ["samples"]


def test_a_method_that_compares_needs_two_that_move_apart(tmp_path: Path) -> None:
    text = GOOD.replace(
        'values = ["search", "deferred_acceptance"]',
        'values = ["search", "deferred_acceptance"]\ngroup = "money"',
    )
    (fault,) = faults_of(tmp_path, text)
    assert fault.key == "factors"
    assert "2 or more" in fault.what


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_file_to_start_from_is_in_order(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        assert run_command_line(["new", "experiment", "mine", "--language", language]) == 0
        assert run_command_line(["check", "./mine.toml", "--language", language]) == 0
    finally:
        set_language(None)
    assert "256" in capsys.readouterr().out
    found = load_experiment(Path("mine.toml"))
    assert (found.method, found.parts, found.runs) == ("sobol", ("money", "structure.settlement"), 256)
