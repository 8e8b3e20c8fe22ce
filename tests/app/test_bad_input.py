"""Bad input of every kind: one clear answer, status 2, and nothing written."""

import re
from pathlib import Path

import pytest
from as_a_user import Okoshi

from okoshi.language.errors import InputError
from okoshi.study.segments import read_table

HEAD = 'extends = "baseline"\n'
KEY = "policy.cooperators.startup_per_member"

# what is wrong -> scenario file (None: there is none), further arguments, words of the answer
BAD: dict[str, tuple[bytes | str | None, tuple[str, ...], str]] = {
    "unknown key": (HEAD + f"{KEY}s = 1", (), f"did you mean {KEY}?"),
    "wrong type": (HEAD + f'{KEY} = "much"', (), "allowed: whole yen, 0 or more"),
    "share over 1": (
        HEAD + "policy.cooperators.startup_rate = 65",
        (),
        "cannot be over 1 (write 65% as 0.65)",
    ),
    "negative yen": (HEAD + f"{KEY} = -1", (), "cannot be negative"),
    "no number": (HEAD + "context.wage_index = nan", (), "no number"),
    "minimum over maximum": (
        HEAD + "policy.cooperators.term_years = [3, 1]",
        (),
        "minimum is over the maximum",
    ),
    "missing file": (None, (), "there is no such file"),
    "empty file": ("", (), "the file is empty"),
    "binary file": (bytes(range(256)), (), "not a text file"),
    "circular extends": ('extends = "mine.toml"', (), "in a circle"),
    "a year that cannot be": (HEAD + "years = [1999, 2010]", (), "from 2009 to 2050"),
    "a year that cannot be, typed": (HEAD, ("--years", "2009:2090"), "from 2009 to 2050"),
    "years that are none": (HEAD, ("--years", "soon"), "allowed: 2009:2034"),
    "unknown prefecture": (HEAD + 'world.prefectures = ["島根市"]', (), "did you mean 島根県?"),
    "no prefecture": (HEAD + "world.prefectures = []", (), "world.prefectures"),
    "nested too deeply": (HEAD + "x = " + "[" * 5000 + "]" * 5000, (), "nested too deeply"),
    "replicates without end": (HEAD, ("--replicates", "99999999999"), "a whole number from 1 to 10000"),
    "unknown measure": (HEAD + "policy.coperators.enabled = false", (), "did you mean cooperators?"),
    "seed out of range": (HEAD + "seed = -1", (), "from 0 to 2^63-1"),
    "seed out of range, typed": (HEAD, ("--seed", str(2**63)), "from 0 to 2^63-1"),
    "wrong --set": (HEAD, ("--set", "startup_per_membr=1"), f"did you mean {KEY}?"),
    "--set without value": (HEAD, ("--set", KEY), "no assignment; allowed: KEY=VALUE"),
    "--set one year twice": (HEAD, ("--set", f"{KEY}@2027=1", "--set", f"{KEY}={{2027=2}}"), "given twice"),
    "a year in odd digits": (f'{HEAD}{KEY} = {{ "+2027" = 1, 2027 = 5 }}\n', (), "2027"),
    "--set twice": (HEAD, ("--set", f"{KEY}=1", "--set", f"{KEY}=2"), "given twice"),
    "unknown table": (HEAD, ("--tables", "nation"), "did you mean national?"),
}


@pytest.mark.parametrize("case", list(BAD))
def test_a_run_on_bad_input_is_refused_before_anything_is_written(case: str, okoshi: Okoshi) -> None:
    content, arguments, words = BAD[case]
    path = Path("mine.toml")
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = okoshi("run", path, *arguments, "--out", "out")
    assert (said.status, said.out) == (2, "")
    assert words in said.err
    assert len(said.err.splitlines()) <= 3
    assert not Path("out").exists()
    assert not Path("results").exists()


def test_a_long_chain_of_scenarios_is_no_circle(okoshi: Okoshi) -> None:
    Path("s0.toml").write_text('extends = "baseline"\n', encoding="utf-8")
    for number in range(1, 60):
        Path(f"s{number}.toml").write_text(f'extends = "s{number - 1}.toml"\n', encoding="utf-8")
    said = okoshi("check", "s59.toml")
    assert said.status == 2
    assert "too many scenarios extend one another" in said.err
    assert "circle" not in said.err


def test_commas_that_part_no_thousands_make_no_number(okoshi: Okoshi) -> None:
    said = okoshi("quote", "cooperators", "--year", 2024, "members=3,5", "remuneration=1,000")
    assert (said.status, said.out) == (2, "")
    assert "members = 3,5" in said.err
    assert "remuneration" not in said.err
    assert okoshi("quote", "cooperators", "--year", 2024, "members=1", "remuneration=2,400,000").status == 0


def test_a_new_file_needs_a_name(okoshi: Okoshi, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("", ".", "..", "x/..", "folder/", ".toml"):
        assert okoshi("new", "scenario", name).status == 2
    assert [*tmp_path.iterdir(), *(tmp_path / "folder").iterdir()] == [tmp_path / "folder"]


def test_a_world_is_no_results_folder(okoshi: Okoshi) -> None:
    """Its tables have the names of a run's: `--overwrite` is for another run's files."""
    assert okoshi("world", "build", "--prefecture", "島根県", "--out", "own").status == 0
    before = {path: path.read_bytes() for path in Path("own").iterdir()}
    line = ("--set", 'world.source="own"', "--years", "2009:2010", "--out", "own", "--overwrite")
    for command in (("run", "baseline"), ("compare", "baseline", "no_measure")):
        said = okoshi(*command, *line)
        assert (said.status, "holds a world" in said.err) == (2, True)
    assert {path: path.read_bytes() for path in Path("own").iterdir()} == before
    Path("mine.toml").write_text(
        f'{HEAD}world = {{ source = "own", prefectures = ["東京都"] }}', encoding="utf-8"
    )
    said = okoshi("check", "mine.toml")
    assert (said.status, "mine.toml: world.prefectures = 東京都" in said.err) == (2, True)


@pytest.mark.parametrize("seed", ["-5", "18446744073709551611"])
def test_the_seed_of_a_world_is_one_that_any_run_could_have(seed: str, okoshi: Okoshi) -> None:
    said = okoshi("world", "build", "--seed", seed, "--out", "own")
    assert (said.status, f"--seed = {seed}" in said.err) == (2, True)
    assert not Path("own").exists()


def test_a_file_where_a_world_is_wanted_is_said_to_be_one(okoshi: Okoshi) -> None:
    Path("file").write_text("x", encoding="utf-8")
    said = okoshi("world", "describe", "--world", "file")
    assert (said.status, "a world is a folder" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"{KEY} = 2,000,000", "余分な文字"),
        (f"{KEY} = “2”", "値として読めません"),
        (f"{KEY} = 1\n{KEY} = 2", "同じキーが二度"),
        ("[world", "] で閉じていません"),
        ("title = 'x", "閉じる引用符など"),
        ("seed = " + "9" * 5000, "桁数の多すぎる"),
    ],
)
def test_what_is_no_toml_is_said_in_japanese_too(line: str, words: str, okoshi: Okoshi) -> None:
    Path("mine.toml").write_text(HEAD + line, encoding="utf-8")
    said = okoshi("check", "mine.toml", "--language", "ja")
    assert said.status == 2
    assert re.search(words, said.err), said.err
    assert not re.search("[a-z]{3,} [a-z]{3,} [a-z]{3,}", said.err), said.err


def test_a_name_too_long_for_a_folder_is_said(okoshi: Okoshi) -> None:
    for command in (("run", "baseline"), ("world", "build")):
        said = okoshi(*command, "--out", "x" * 300)
        assert said.status == 2
        assert "File name too long" in said.err


def test_a_damaged_part_of_finished_runs_is_named(okoshi: Okoshi) -> None:
    part = Path("runs.parquet")
    part.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"runs\.parquet"):
        list(read_table(part))


def test_a_directory_is_no_scenario(okoshi: Okoshi) -> None:
    Path("folder.toml").mkdir()
    said = okoshi("run", "folder.toml")
    assert said.status == 2
    assert "this is a folder" in said.err


@pytest.mark.parametrize("out", ["file", "file/below", "/proc/okoshi"])
def test_an_unwritable_folder_is_refused_before_the_run(
    out: str, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("file").write_text("mine")
    monkeypatch.setattr("okoshi.study.runs.run", lambda *_, **__: pytest.fail("it ran"))
    said = okoshi("run", "baseline", "--out", out)
    assert (said.status, said.out) == (2, "")
    assert out in said.err
    assert Path("file").read_text() == "mine"


def test_a_full_disk_before_the_run_is_a_failure_and_not_an_input(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "touch", refuse)
    said = okoshi("run", "baseline", "--out", "new")
    assert said.status == 1
    assert "the disk is full" in said.err


def test_a_name_without_its_ending_gets_the_file_that_is_there(okoshi: Okoshi) -> None:
    Path("mine.toml").write_text(HEAD, encoding="utf-8")
    assert "did you mean ./mine.toml?" in okoshi("check", "mine").err


def test_folders_made_on_the_way_to_an_unwritable_one_are_taken_away(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    said = okoshi("run", "baseline", "--out", "new/folder")
    assert said.status == 2
    assert "Permission denied" in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_world_is_refused_before_the_run(okoshi: Okoshi) -> None:
    Path("empty").mkdir()
    said = okoshi("run", "baseline", "--set", "world.source=empty", "--out", "out")
    assert said.status == 2
    assert not Path("out").exists()


def test_a_link_that_leads_nowhere_is_no_suggestion_for_itself(okoshi: Okoshi) -> None:
    Path("mine.toml").symlink_to("gone.toml")
    said = okoshi("check", "mine.toml")
    assert (said.status, said.err.splitlines()) == (
        2,
        ["okoshi: mine.toml", "    the link leads to a file that is not there"],
    )


def test_all_faults_come_at_once_each_with_its_line(okoshi: Okoshi) -> None:
    Path("mine.toml").write_text(HEAD + f"seed = -1\n{KEY} = -5\nyears = 3\n", encoding="utf-8")
    said = okoshi("check", "mine.toml")
    assert [line for line in said.err.splitlines() if "mine.toml:" in line] == [
        "okoshi: mine.toml:2: seed = -1",
        f"mine.toml:3: {KEY} = -5",
        "mine.toml:4: years = 3",
    ]
