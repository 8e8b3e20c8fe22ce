"""`okoshi explain` and `okoshi compare`: what became of one person, and of two policies."""

import json
import re
from pathlib import Path

import pytest
from as_a_user import SMALL, Okoshi, stops_after
from pyarrow import parquet

from okoshi.agents.cooperators import Members
from okoshi.app.command_line import run_command_line
from okoshi.app.explain import history, months_between, word
from okoshi.language.messages import set_language
from okoshi.simulation import RegionalModel


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people") / "run"
    years = ("--set", 'world.prefectures=["島根県"]', "--years", "2009:2019")
    assert run_command_line(["run", "cooperators_only", *years, "--out", str(folder)]) == 0
    return folder


def test_every_member_of_a_run_has_a_history_in_both_languages(results: Path) -> None:
    members = parquet.read_table(results / "members.parquet").to_pylist()
    assert len(members) > 20
    try:
        for language in ("en", "ja"):
            set_language(language)
            stories = {"\n".join(history(member, {})) for member in members}
            assert len(stories) == len(members)
            assert not any("None" in story or "{" in story for story in stories)
    finally:
        set_language(None)


@pytest.mark.parametrize(("language", "now"), [("en", "Lives on"), ("ja", "暮らしている")])
def test_who_left_again_or_died_lives_on_nothing_there(results: Path, language: str, now: str) -> None:
    """Each path is told in the past of who is gone, in the present of who is there; of all there is one at least."""
    members = parquet.read_table(results / "members.parquet").to_pylist()
    settled = [member for member in members if member["path"] and member["path"] != "succession"]
    set_language(language)
    try:
        for code in Members.columns["path"].labels:
            if code not in ("none", "succession"):
                there = {**settled[0], "path": code, "gone_again_month": "", "died_month": ""}
                assert now in "\n".join(history(there, {}))
                for gone in ("gone_again_month", "died_month"):
                    assert now not in "\n".join(history({**there, gone: "2019-03"}, {}))
    finally:
        set_language(None)


@pytest.mark.parametrize("column", ["sex", "former_work", "field", "household", "why_ended", "path"])
def test_there_are_words_for_every_code(column: str) -> None:
    for code in Members.columns[column].labels:
        if code not in ("serving", "none"):
            assert word(column, {column: code})


def test_explain_tells_the_row_of_the_table(okoshi: Okoshi, results: Path) -> None:
    members = parquet.read_table(results / "members.parquet").to_pylist()
    one = next(member for member in members if member["end_month"])
    said = okoshi("explain", results, "--member", one["member"])
    assert said.status == 0
    assert "合成" in said.out
    for fact in (
        one["start_month"],
        one["end_month"],
        one["municipality"],
        str(one["age"]),
        one["from_prefecture"],
    ):
        assert fact in said.out
    number = str(1 + members.index(one))
    assert okoshi("explain", results, "--member", number).out == said.out
    months = months_between(one["start_month"], one["end_month"])
    assert f"after {months} months" in said.out


def test_a_life_is_told_in_its_order_and_nobody_lives_there_after_leaving(results: Path) -> None:
    members = parquet.read_table(results / "members.parquet").to_pylist()
    left = [one for one in members if one["path"] and (one["gone_again_month"] or one["died_month"])]
    stay = [one for one in members if one["path"] and one["settled"] in ("same", "nearby")]
    assert left
    assert stay
    try:
        for language, lives in (("en", "Lives on"), ("ja", "暮らしている")):
            set_language(language)
            assert not [one for one in left if any(lives in line for line in history(one, {}))]
            assert any(lives in line for one in stay for line in history(one, {}))
            for one in members:
                months = re.findall(r"20\d\d-\d\d", "\n".join(history(one, {})[2:]))
                assert months == sorted(months), one["member"]
    finally:
        set_language(None)


@pytest.mark.parametrize(
    ("folder", "key", "words"),
    [
        ("nowhere", "x", "no table of members"),
        (None, "x", "no such member"),
        (None, "0", "no such member"),
        (None, "999999", "no such member"),
        ("bad", "x", "broken"),
    ],
)
def test_explain_says_what_is_missing(
    folder: str | None, key: str, words: str, okoshi: Okoshi, results: Path
) -> None:
    Path("bad").mkdir()
    Path("bad/members.parquet").write_bytes(b"nonsense")
    said = okoshi("explain", folder or results, "--member", key)
    assert (said.status, said.out) == (2, "")
    assert words in said.err


def test_explain_names_the_replicates_that_there_are(okoshi: Okoshi, results: Path) -> None:
    said = okoshi("explain", results, "--member", "1", "--replicate", "7")
    assert (said.status, said.out) == (2, "")
    assert "--replicate = 7" in said.err
    assert "allowed: 0" in said.err


def test_explain_says_in_which_replicate_a_member_is(okoshi: Okoshi) -> None:
    okoshi("run", "baseline", *SMALL, "--replicates", "2", "--out", "two", "--no-figures")
    rows = parquet.read_table("two/members.parquet").to_pylist()
    first = {row["member"] for row in rows if row["replicate"] == 0}
    other = next(row["member"] for row in rows if row["replicate"] == 1 and row["member"] not in first)
    said = okoshi("explain", "two", "--member", other)
    assert (said.status, "--replicate = 0" in said.err, "allowed: 1" in said.err) == (2, True, True)
    assert okoshi("explain", "two", "--member", other, "--replicate", "1").status == 0


def test_compare_prints_a_summary_and_keeps_the_differences(okoshi: Okoshi) -> None:
    said = okoshi("compare", "baseline", "startup_aid_0", *SMALL, "--replicates", "2", "--out", "out")
    assert said.status == 0
    assert "合成" in said.out
    assert "startup_aid_0" in said.out
    run = json.loads(Path("out/run.json").read_text(encoding="utf-8"))
    assert set(run["scenarios"]) == {"baseline", "startup_aid_0"}
    table = parquet.read_table("out/differences.parquet")
    wanted = ["scenario", "fiscal_year", "outcome", "group", "difference", "low_90", "high_90", "rests_on"]
    assert table.column_names == wanted
    assert not any(table.column("difference").to_pylist()), "nothing differs before FY2025"
    again = okoshi(
        "compare", "baseline", "startup_aid_2_million", *SMALL, "--replicates", "2", "--out", "out"
    )
    assert again.status == 2


def test_an_interrupted_comparison_keeps_the_replicates_that_all_have_finished(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five of eight runs are two pairs: the same numbers as a comparison of two replicates."""
    line = ["compare", "baseline", "startup_aid_0", *SMALL, "--no-figures"]
    with monkeypatch.context() as patched:
        patched.setattr(RegionalModel, "run", stops_after(5, KeyboardInterrupt()))
        said = okoshi(*line, "--replicates", "4", "--out", "part")
    assert (said.status, said.out) == (130, "")
    assert "2 of 4 replicates were finished and are kept in part" in said.err
    record = json.loads(Path("part/run.json").read_text(encoding="utf-8"))
    assert (record["replicates"], len(record["seeds"])) == (2, 2)
    assert record["unfinished"] == {"replicates": 4}
    assert okoshi(*line, "--replicates", "2", "--out", "two").status == 0
    both = (parquet.read_table(f"{out}/differences.parquet") for out in ("part", "two"))
    assert next(both).equals(next(both))
    assert okoshi("report", "part", "--out", "page.html").status == 0
    assert okoshi(*line, "--replicates", "4", "--out", "part").status == 0


@pytest.mark.parametrize(
    ("language", "head", "place"),
    [("en", "by group, FY2013: Members", "Shimane"), ("ja", "区分別、2013年度：隊員数", "島根")],
)
def test_compare_by_prefecture_prints_a_line_a_prefecture(
    language: str, head: str, place: str, okoshi: Okoshi
) -> None:
    asked = ("compare", "baseline", "no_measure", *SMALL, "--replicates", "3", "--by", "prefecture")
    said = okoshi(*asked, "--out", "out", "--language", language)
    table = parquet.read_table("out/differences.parquet").to_pylist()
    (row,) = (
        one
        for one in table
        if (one["outcome"], one["group"], one["fiscal_year"]) == ("members", "島根県", 2013)
    )
    after = said.out[said.out.index(head) :].splitlines()[1]
    assert place in after
    assert f"{row['difference']:+.1f}" in after


def test_compare_prints_json_alone(okoshi: Okoshi) -> None:
    arguments = ("compare", "baseline", "no_measure", *SMALL, "--replicates", "2", "--by", "size_class")
    rows = json.loads(okoshi(*arguments, "--format", "json").out)
    assert {row["scenario"] for row in rows} == {"no_measure"}
    assert len({row["group"] for row in rows}) > 1
    members = [row["difference"] for row in rows if (row["outcome"], row["group"]) == ("members", "nation")]
    assert all(difference < 0 for difference in members)
    assert Path("results/baseline_vs_no_measure/run.json").is_file()


@pytest.mark.parametrize(
    ("first", "second"),
    [("baseline", "other_years.toml"), ("baseline", "other_world.toml"), ("baseline", "gone.toml")],
)
def test_what_cannot_be_compared_is_refused_before_anything_is_written(
    first: str, second: str, okoshi: Okoshi
) -> None:
    Path("other_years.toml").write_text('extends = "baseline"\nyears = [2010, 2020]\n', encoding="utf-8")
    Path("other_world.toml").write_text('extends = "baseline"\nworld.scale = 2\n', encoding="utf-8")
    said = okoshi("compare", first, second, "--replicates", "2")
    assert (said.status, said.out) == (2, "")
    assert re.search("other_years|other_world|gone", said.err)
    assert not Path("results").exists()
