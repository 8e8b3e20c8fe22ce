"""The commands that only answer: check, diff, parameters, outcomes, quote, world, new."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
import tomli_w
from as_a_user import Okoshi

from okoshi.app.idle import idle_in_words
from okoshi.app.world_words import figure_words, group_words
from okoshi.language.messages import set_language
from okoshi.observe.declarations import TABLES
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.changes import RENAMED
from okoshi.scenario.differences import diff
from okoshi.scenario.scenario import load_scenario
from okoshi.scenario.shipped import shipped_names
from okoshi.study.runs import run
from okoshi.world.country import choose_prefectures, load_world
from okoshi.world.describing import describe
from okoshi.world.storage import DEFAULT_FOLDER, read_world

STARTUP = "policy.cooperators.startup_per_member"


def test_check_says_what_differs_and_what_it_costs(okoshi: Okoshi) -> None:
    said = okoshi("check", "startup_aid_2_million", "--replicates", "10")
    assert said.status == 0
    (line,) = [line for line in said.out.splitlines() if STARTUP in line]
    assert line.split() == [STARTUP, "2025–2034", "1,000,000", "2,000,000"]
    assert "10 run(s) with 1 worker(s): about" in said.out
    assert (
        "1,360 MB of memory" in said.out
    )  # the tables of one, what pictures read of ten, beside the country


def test_check_follows_a_base_that_is_a_path(okoshi: Okoshi) -> None:
    Path("a").mkdir()
    Path("a/base.toml").write_text('extends = "baseline"\nseed = 5\n', encoding="utf-8")
    Path("mine.toml").write_text('extends = "a/base.toml"\nseed = 6\n', encoding="utf-8")
    said = okoshi("check", "mine.toml")
    assert [line.split() for line in said.out.splitlines() if line.startswith("seed")] == [
        ["seed", "all", "5", "6"]
    ]


def test_an_experiment_is_checked_as_one_and_no_scenario_to_others(okoshi: Okoshi) -> None:
    assert okoshi("new", "experiment", "mine").status == 0
    said = okoshi("check", "mine.toml", "--workers", "2")
    assert (said.status, said.err) == (0, "")
    assert "128 points are 32 blocks of 4" in said.out
    assert "256 run(s)" in said.out
    for command in (("run", "mine.toml"), ("diff", "baseline", "mine.toml")):
        said = okoshi(*command)
        assert said.status == 2
        assert "an experiment" in said.err
    changed = okoshi("check", "mine.toml", "--seed", "3")
    assert (changed.status, changed.out) == (2, "")


def test_diff_is_the_same_in_words_csv_and_json(okoshi: Okoshi) -> None:
    assert okoshi("diff", "baseline", "baseline").out == "There is no difference.\n"
    rows = json.loads(okoshi("diff", "baseline", "supplement_every_year", "--format", "json").out)
    assert rows == [
        {
            "key": "policy.cooperators.supplement.budget",
            "first_year": 2025,
            "last_year": 2034,
            "one": None,
            "other": 145_000_000,
        }
    ]
    table = okoshi("diff", "baseline", "supplement_every_year", "--format", "csv").out
    assert next(iter(csv.DictReader(io.StringIO(table))))["other"] == "145000000"
    assert "no rule" in okoshi("diff", "baseline", "supplement_every_year").out
    assert "2025–2028" in okoshi("diff", "baseline", "startup_aid_0", "--years", "2009:2028").out


def test_parameters_lists_all_with_source_and_marks_what_is_assumed(okoshi: Okoshi) -> None:
    drawn = okoshi("parameters", "behaviour.applicants.number_a_year").out.splitlines()[2]
    assert drawn.startswith("    calibrated to figures up to FY2023: ")
    single = float(drawn.split(": ")[1].split(" ")[0].replace(",", ""))
    assert single == pytest.approx(
        load_scenario("baseline").settings.value("behaviour.applicants.number_a_year"), rel=0.01
    )
    said = okoshi("parameters", "--format", "csv")
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(said.out))}
    assert list(rows) == list(catalogue())
    assert list(rows[STARTUP]) == [
        "name",
        "value",
        "unit",
        "year",
        "source",
        "assumed",
        "low",
        "high",
        "description",
    ]
    assert (rows[STARTUP]["value"], rows[STARTUP]["year"], rows[STARTUP]["assumed"]) == (
        "1000000",
        "2024",
        "false",
    )
    assert all(row["source"] for row in rows.values() if row["assumed"] == "false" and row["value"])
    earlier = okoshi("parameters", "startup_per_member", "--year", "2013")
    assert "no rule" in earlier.out
    assert "1,000,000" in okoshi("parameters", "起業に要する経費の上限", "--language", "ja").out
    assumed = ("parameters", "behaviour.applicants.word_of_mouth", "--language", "ja")
    assert "仮定（根拠となる数値なし）" in okoshi(*assumed).out
    assert "仮定（根拠となる数値なし）" in okoshi(*assumed, "--format", "csv").out
    assert rows["behaviour.applicants.word_of_mouth"]["source"] == "assumed: no figure known"
    assert okoshi("parameters", "nothing of the kind").status == 2
    assert okoshi("parameters", "--year", "1999").status == 2


def test_outcomes_lists_every_column_of_every_table(okoshi: Okoshi) -> None:
    rows = json.loads(okoshi("outcomes", "--format", "json").out)
    expected = [(table, column.name) for table, columns in TABLES.items() for column in columns]
    assert [(row["table"], row["column"]) for row in rows] == expected
    said = okoshi("outcomes", "settled_share_all").out
    assert "national.settled_share_all  [share]" in said
    assert " / " in said
    assert okoshi("outcomes", "national.settled_share_all").out == said  # as an experiment names it
    assert okoshi("outcomes", "setled").status == 2
    assert "did you mean members.settled?" in okoshi("outcomes", "members.setled").err


def test_quote_prints_one_object_or_a_table(okoshi: Okoshi) -> None:
    arguments = ("quote", "cooperators", "--year", "2024", "startups=1", "startup=1500000")
    answer = json.loads(okoshi(*arguments, "--format", "json").out)
    item = {"cost": 1_500_000, "special_allocation_tax": 1_000_000, "municipal": 500_000}
    assert answer == {"items": [{"item": "startup", **item}], "total": item}
    assert "1,000,000" in okoshi(*arguments).out
    assert "特別交付税" in okoshi(*arguments, "--language", "ja").out
    wrong = okoshi("quote", "cooperators", "--year", "2024", "startup")
    assert (wrong.status, wrong.out) == (2, "")


def test_world_is_described_built_and_described_again(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = okoshi("world", "describe")
    assert "合成" in said.out
    rows = {row["fact"]: row for row in json.loads(okoshi("world", "describe", "--format", "json").out)}
    assert rows["n"]["expected"] == rows["n"]["found"] == 1741
    built = choose_prefectures(read_world(DEFAULT_FOLDER), (31,))  # building anew takes seconds
    with monkeypatch.context() as patch:
        patch.setattr("okoshi.world.building.build_world", lambda seed, prefectures: built)
        assert okoshi("world", "build", "--prefecture", "島根県", "--out", "shimane").status == 0
    assert okoshi("world", "describe", "--world", "shimane").status == 0
    assert okoshi("check", "baseline", "--set", "world.source=shimane").status == 0
    for wrong in (("build", "--prefecture", "島根市", "--out", "x"), ("describe", "--world", "nowhere")):
        said = okoshi("world", *wrong)
        assert (said.status, said.out) == (2, "")
    assert not Path("x").exists()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_new_scenario_can_be_read_at_once_and_is_never_overwritten(language: str, okoshi: Okoshi) -> None:
    assert okoshi("new", "scenario", "my_aid", "--language", language).status == 0
    scenario = load_scenario("my_aid.toml")
    assert scenario.title == "my aid"
    assert scenario.settings.value(STARTUP, 2027) == 2_000_000
    before = Path("my_aid.toml").read_bytes()
    again = okoshi("new", "scenario", "my_aid.toml", "--language", language)
    assert again.status == 2
    assert Path("my_aid.toml").read_bytes() == before


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_keys_in_the_comments_of_a_new_scenario_are_right(language: str, okoshi: Okoshi) -> None:
    """Whoever takes a comment sign away gets a scenario that loads."""
    okoshi("new", "scenario", "mine", "--language", language)
    lines = Path("mine.toml").read_text(encoding="utf-8").splitlines()
    opened = [line[2:] if line.startswith("# ") and " = " in line else line for line in lines]
    Path("all.toml").write_text("\n".join(opened), encoding="utf-8")
    assert okoshi("check", "all.toml").err == ""
    assert load_scenario("all.toml").world.prefectures == ("北海道", "島根県")


def test_a_new_file_may_be_called_anything(okoshi: Okoshi) -> None:
    name = 'con"quote\\and space'
    said = okoshi("new", "scenario", name)
    assert f"okoshi check './{name}.toml'" in said.out
    assert load_scenario(f"{name}.toml").title == name


def test_new_into_a_folder_that_is_not_there_is_refused(okoshi: Okoshi) -> None:
    said = okoshi("new", "scenario", "nowhere/mine")
    assert said.status == 2
    assert "cannot be written" in said.err


def test_check_of_a_scenario_in_full_says_how_it_differs_from_the_baseline(okoshi: Okoshi) -> None:
    full = load_scenario("startup_aid_0").in_full()
    Path("full.toml").write_text(tomli_w.dumps(full), encoding="utf-8")
    said = okoshi("check", "full.toml")
    assert "What differs from baseline:" in said.out
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith("policy.")] == [STARTUP]
    assert "nothing in it differs" in okoshi("check", "baseline").out


def test_a_line_of_a_budget_that_there_is_not_is_said_to_change_nothing(okoshi: Okoshi) -> None:
    """The extra of FY2024 is spent in FY2025 under the lines of FY2024: dated from 2025 they are read by nobody."""
    platform, target = "policy.university.platform_budget", "policy.digital.accelerators_target"
    said = okoshi("check", "baseline", "--set", f"{platform}@2025=0", "--set", f"{target}@2024=900")
    assert said.status == 0
    idle = next(line for line in said.out.splitlines() if "change nothing" in line)
    assert platform in idle
    assert target not in idle
    budget = (
        "policy.university.supplement.budget@2025=50_000_000"  # where there is a budget, its lines are read
    )
    assert (
        "change nothing"
        not in okoshi("check", "baseline", "--set", f"{platform}@2025=0", "--set", budget).out
    )


@pytest.mark.parametrize(
    ("assignment", "until", "idle"),
    [
        ("policy.cooperators.supplement.enabled@2026=false", 2034, True),  # the extra is spent in FY2025
        ("policy.cooperators.supplement.enabled@2025=false", 2034, False),
        ("policy.dispatch.supplement.enabled@2024=false", 2024, False),  # the survey of companies
        ("policy.university.supplement.budget@2024=5", 2024, True),
        ("policy.university.supplement.budget@2024=5", 2025, False),
        ("policy.university.supplement.budget@2026=5", 2026, True),  # spent in FY2027
        ("policy.shopping.supplement.spent_in=2026", 2024, True),
        ("policy.shopping.supplement.spent_in=2026", 2034, False),
        ("policy.local_10000.supplement.spent_in=2024", 2024, False),
        ("policy.local_10000.supplement.spent_in=2026", 2025, False),  # the share for women and young people
        ("policy.university.sites_placing@2026=concentrated", 2034, True),
        ("policy.university.sites_placing@2025=concentrated", 2034, False),
        ("policy.digital.enabled@2026=false", 2034, True),  # these three are an extra alone
        ("policy.university.enabled@2026=false", 2034, True),
        ("policy.shopping.enabled@2026=false", 2034, True),
        ("policy.shopping.enabled@2025=false", 2034, False),
        ("policy.local_10000.enabled@2026=false", 2034, False),
        ("policy.shopping.hypothetical_subsidy_rate@2026=1.0", 2034, True),  # there is no subsidy
        ("policy.shopping.hypothetical_subsidy@2026=mobile", 2034, False),
        ("policy.university.model_projects@2024=30", 2034, True),  # the line pays for fifteen
        ("policy.university.model_projects@2024=10", 2034, False),
        ("policy.digital.deadline@2024=2024", 2034, True),  # the extra is spent later
        ("policy.digital.deadline@2024=2027", 2034, False),
    ],
)
def test_a_key_of_an_extra_that_the_run_does_not_spend_is_said_to_change_nothing(
    okoshi: Okoshi, assignment: str, until: int, idle: bool
) -> None:
    said = okoshi("check", "baseline", "--years", f"2009:{until}", "--set", assignment)
    assert said.status == 0
    assert [assignment.partition("@")[0].partition("=")[0] in line for line in _nothing(said.out)] == [
        True
    ] * idle


@pytest.mark.parametrize(
    ("changes", "idle"),
    [
        ({"policy.digital.enabled": {2026: False}, "policy.shopping.enabled": {2026: False}}, True),
        ({"policy.university.enabled": {2026: False}, "policy.university.model_projects": {2024: 30}}, True),
        (
            {
                "policy.shopping.hypothetical_subsidy": {2026: "mobile"},
                "policy.shopping.hypothetical_subsidy_cap": {2026: 0},
            },
            True,
        ),
        ({"policy.digital.enabled": {2025: False}}, False),
        ({"policy.dispatch.since_fiscal_year.side_job": 2015}, True),  # without caps before FY2024
        ({"policy.dispatch.since_fiscal_year.side_job": 2028}, False),
    ],
)
def test_what_is_said_to_change_nothing_changes_nothing(changes: dict[str, object], idle: bool) -> None:
    """In the tables of a run, bit for bit; and what acts is not said to."""
    base = load_scenario("baseline", set={"world.prefectures": ["島根県"]}, years=(2009, 2028))
    other = base.changed(changes)
    named = " ".join(idle_in_words(base, other, diff(base, other, base.years)))
    assert all(key in named for key in changes) == idle
    names = tuple(name for name in TABLES if name != "observed")
    one, two = run(base, tables=names), run(other, tables=names)
    assert all(one.frame(name).equals(two.frame(name)) for name in names) == idle


def _nothing(said: str) -> list[str]:
    return [line for line in said.splitlines() if "change nothing" in line]


def test_a_value_after_the_last_year_of_the_run_is_no_difference_of_it(okoshi: Okoshi) -> None:
    late = ("--set", f"{STARTUP}@2025=0")
    said = okoshi("check", "baseline", "--years", "2009:2020", *late).out
    assert [STARTUP in line for line in _nothing(said)] == [True]
    assert not [line for line in said.splitlines() if line.startswith(STARTUP)]
    in_time = okoshi("check", "baseline", "--years", "2015:2025", *late).out
    assert not _nothing(in_time)
    assert [line.split()[1] for line in in_time.splitlines() if line.startswith(STARTUP)] == ["2025"]


def test_an_abolished_cap_is_said_to_shut_what_it_bounds(okoshi: Okoshi) -> None:
    window, shut = "policy.cooperators.startup_from_year_of_term", "not that a limit is lifted"
    said = okoshi(
        "check", "baseline", "--set", f'{STARTUP}@2025="abolished"', "--set", f'{window}="abolished"'
    ).out
    line = next(line for line in said.splitlines() if shut in line)
    assert STARTUP in line
    assert window in line
    for key in (
        "policy.local_10000.budget",
        "policy.cooperators.term_years",
        "policy.cooperators.startup_rate",
    ):
        said = okoshi("check", "baseline", "--set", f'{key}@2026="abolished"').out
        assert key in next(line for line in said.splitlines() if shut in line)
    company = 'policy.dispatch.dispatched.minimum_company_capital="abolished"'  # this does lift a limit
    assert shut not in okoshi("check", "baseline", "--set", company, "--set", f"{STARTUP}=0").out


def test_an_old_name_of_a_key_works_with_a_warning(okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RENAMED, "policy.cooperators.startup_grant", STARTUP)
    Path("mine.toml").write_text(
        'extends = "baseline"\npolicy.cooperators.startup_grant = 5\n', encoding="utf-8"
    )
    said = okoshi("check", "mine.toml")
    assert said.status == 0
    assert STARTUP in said.out
    assert (
        said.err
        == f"okoshi: warning: policy.cooperators.startup_grant is now called {STARTUP}; the old name still works\n"
    )


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_figure_of_the_world_has_words(language: str) -> None:
    set_language(language)
    try:
        for row in describe(load_world(), prefectures=True):
            words = group_words(row.group) + figure_words(row.group, row.fact)
            assert not re.search("[a-z0-9]_", words), (row, words)
    finally:
        set_language(None)


@pytest.mark.parametrize(("command", "name"), [("run", "startup_aid_3"), ("sweep", "example_grit")])
def test_a_wrong_name_is_answered_in_few_lines_that_say_where_all_names_stand(
    command: str, name: str, okoshi: Okoshi
) -> None:
    said = okoshi(command, name)
    assert (said.status, said.out) == (2, "")
    assert len(said.err) < 300
    assert "allowed: " in said.err
    assert "did you mean" in said.err
    assert "`okoshi check --help` lists" in said.err
    shown = okoshi("check", "--help").out.replace(",", "").split()
    assert set(shipped_names()) <= set(shown)
    assert {"example_grid", "startup_aid"} <= set(shown)
