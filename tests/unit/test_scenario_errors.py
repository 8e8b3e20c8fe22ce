"""Everything that can be wrong with a scenario: all at once, with file, line, key, value and nearest name."""

import os
import pickle
from pathlib import Path

import pytest

from okoshi.language.errors import Fault, InputError, describe_fault
from okoshi.language.messages import set_language
from okoshi.scenario.scenario import load_scenario

COOPERATORS = "policy.cooperators"


def faults_of(path: Path | str, **more: object) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        load_scenario(path, **more)  # type: ignore[arg-type]
    return caught.value.faults


def fault_of(tmp_path: Path, text: str) -> Fault:
    """Return the one fault of a scenario with this text below a good head."""
    path = tmp_path / "mine.toml"
    path.write_text(f'title = "x"\nextends = "baseline"\n{text}\n', encoding="utf-8")
    (fault,) = faults_of(path)
    assert fault.file == str(path)
    return fault


# text -> line, key, words of what is wrong or allowed, nearest name
WRONG: dict[str, tuple[str, int, str, str, str | None]] = {
    "unknown key": (
        "[policy.cooperators]\nstartup_per_membr = 5",
        4,
        f"{COOPERATORS}.startup_per_membr",
        "no such key",
        f"{COOPERATORS}.startup_per_member",
    ),
    "unknown top-level key": ("yeers = [2009, 2012]", 3, "yeers", "no such key", "years"),
    "word that is like no key of a file": ('reason = "so"', 3, "reason", "title_ja, why, why_ja", None),
    "unknown group": ("[policies]\nx = 1", 3, "policies", "no such key", "policy"),
    "misplaced key": (
        "startup_per_member = 5",
        3,
        "startup_per_member",
        "wrong place",
        f"{COOPERATORS}.startup_per_member",
    ),
    "key of one measure in another": (
        "[policy.digital]\nstartup_per_member = 5",
        4,
        "policy.digital.startup_per_member",
        "wrong place",
        f"{COOPERATORS}.startup_per_member",
    ),
    "key that two measures have": (
        "[policy.shopping]\nbudget = 5",
        4,
        "policy.shopping.budget",
        "wrong place",
        "policy.shopping.supplement.budget",
    ),
    "key that is near one of its group and one elsewhere by name": (
        "[policy.cooperators]\nadvisors_share = 0.5",
        4,
        f"{COOPERATORS}.advisors_share",
        "no such key",
        f"{COOPERATORS}.supplement.advisers_share",
    ),
    "key that shares a word": (
        "[policy.local_10000]\ncaps = 5",
        4,
        "policy.local_10000.caps",
        "no such key",
        "policy.local_10000.grant_cap_by_loan_ratio",
    ),
    "key of a measure that is like none": (
        "[policy.dispatch]\nxyz = 5",
        4,
        "policy.dispatch.xyz",
        "okoshi parameters policy.dispatch",
        None,
    ),
    "key of the file in a group": ("[world]\nyears = [2009, 2012]", 4, "world.years", "wrong place", "years"),
    "unknown key of a small group": (
        "[structure]\nfoo = 1",
        4,
        "structure.foo",
        "structure.matching, structure.adoption, structure.settlement",
        None,
    ),
    "near key of a small group": (
        '[world]\nprefecture = ["島根県"]',
        4,
        "world.prefecture",
        "no such key",
        "world.prefectures",
    ),
    "whole key in quotes": (
        f'"{COOPERATORS}.startup_per_member" = 5',
        3,
        f"{COOPERATORS}.startup_per_member",
        "without quotes",
        f"{COOPERATORS}.startup_per_member",
    ),
    "capital group": ("[Policy.cooperators]\nenabled = true", 3, "Policy", "no such key", "policy"),
    "world that is empty": ('world.source = ""', 3, "world.source", "okoshi world import", None),
    "draw in wide digits": (
        'behaviour.parameters = "calibrated:１"',
        3,
        "behaviour.parameters",
        "calibrated:17",
        "calibrated",
    ),
    "rate over 1 as a fraction": (
        'policy.cooperators.activity_rate = "3/2"',
        3,
        f"{COOPERATORS}.activity_rate",
        "over 1",
        None,
    ),
    "prices that end": (
        '[context]\nprice_index = { 2027 = "abolished" }',
        4,
        "context.price_index.2027",
        "a number",
        None,
    ),
    "prices that begin late": (
        "in_full = true\ncontext.price_index = { 2020 = 1.0 }",
        4,
        "context.price_index",
        "FY2009",
        None,
    ),
    "structure in the wrong place": (
        'matching = "search"',
        3,
        "matching",
        "wrong place",
        "structure.matching",
    ),
    "group for a key": (
        "[policy]\ncooperators = 5",
        4,
        COOPERATORS,
        "a group of keys",
        f"{COOPERATORS}.enabled",
    ),
    "unknown measure": (
        "[policy.coperators]\nenabled = false",
        4,
        "policy.coperators.enabled",
        "no such measure",
        "cooperators",
    ),
    "number for a group": ("world = 5", 3, "world", "a group of keys", "world.source"),
    "empty group of no measure": (
        "[policy.coperators]",
        3,
        "policy.coperators",
        "no such measure",
        "cooperators",
    ),
    "empty group of nothing": ("[worlds]", 3, "worlds", "no such key", "world"),
    "a date for a value": (
        "policy.cooperators.startup_per_member = 2027-04-01",
        3,
        f"{COOPERATORS}.startup_per_member",
        "whole yen",
        None,
    ),
    "wrong type": (
        '[policy.cooperators]\nstartup_per_member = "a lot"',
        4,
        f"{COOPERATORS}.startup_per_member",
        "whole yen",
        None,
    ),
    "yes for true": (
        'policy.cooperators.enabled = "yes"',
        3,
        f"{COOPERATORS}.enabled",
        "true or false",
        None,
    ),
    "part of a yen": (
        "policy.cooperators.startup_per_member = 0.5",
        3,
        f"{COOPERATORS}.startup_per_member",
        "whole yen",
        None,
    ),
    "more yen than there are": (
        "policy.cooperators.startup_per_member = 1_000_000_000_000_000_000",
        3,
        f"{COOPERATORS}.startup_per_member",
        "from 0 to 1_000_000_000_000_000",
        None,
    ),
    "share over 1": (
        "policy.cooperators.supplement.publicity_share = 25",
        3,
        f"{COOPERATORS}.supplement.publicity_share",
        "over 1",
        None,
    ),
    "rate over 1": (
        "policy.cooperators.activity_rate = 1.5",
        3,
        f"{COOPERATORS}.activity_rate",
        "over 1",
        None,
    ),
    "negative yen": (
        "[policy.cooperators]\n# a comment\nstartup_per_member = { 2027 = -1 }",
        5,
        f"{COOPERATORS}.startup_per_member.2027",
        "negative",
        None,
    ),
    "no number": (
        "context.openings_per_applicant = nan",
        3,
        "context.openings_per_applicant",
        "no number",
        None,
    ),
    "infinite": ("context.wage_index = inf", 3, "context.wage_index", "no number", None),
    "minimum over maximum": (
        "policy.cooperators.term_years = [4, 3]",
        3,
        f"{COOPERATORS}.term_years",
        "minimum is over the maximum",
        None,
    ),
    "unknown choice": (
        'policy.special_allocation_tax.total = "fixd"',
        3,
        "policy.special_allocation_tax.total",
        '"fixed"',
        "fixed",
    ),
    "date before 2000": (
        "policy.cooperators.startup_per_member = { 1999 = 5 }",
        3,
        f"{COOPERATORS}.startup_per_member.1999",
        "2000 to 2100",
        None,
    ),
    "date that is none": (
        '[policy.cooperators]\n"startup_per_member@FY27" = 5',
        4,
        f"{COOPERATORS}.startup_per_member@FY27",
        "2000 to 2100",
        None,
    ),
    "date for what has none": (
        "behaviour.recruitment.pay = { 2027 = 1 }",
        3,
        "behaviour.recruitment.pay",
        "one value for all years",
        None,
    ),
    "years before the first": ("years = [2008, 2012]", 3, "years", "from 2009 to 2050", None),
    "years after the last": ("years = [2009, 2051]", 3, "years", "from 2009 to 2050", None),
    "years backwards": ("years = [2012, 2009]", 3, "years", "cannot be simulated", None),
    "years as text": ('years = "2009:2012"', 3, "years", "[first, last]", None),
    "negative seed": ("seed = -1", 3, "seed", "2^63-1", None),
    "large seed": ("seed = 9223372036854775808", 3, "seed", "2^63-1", None),
    "seed with a point": ("seed = 1.0", 3, "seed", "2^63-1", None),
    "no world": ("[world]\nscale = 0", 4, "world.scale", "from 1 to 100", None),
    "unknown world": ('world.source = "nowhere"', 3, "world.source", "okoshi world import", None),
    "folder without a world": ('world.source = "."', 3, "world.source", "okoshi world build", None),
    "unknown prefecture": (
        '[world]\nprefectures = ["島根市"]',
        4,
        "world.prefectures",
        "47 prefectures",
        "島根県",
    ),
    "prefecture in English": (
        'world.prefectures = ["Simane"]',
        3,
        "world.prefectures",
        "47 prefectures",
        "Shimane",
    ),
    "unknown structure": (
        'structure.matching = "serch"',
        3,
        "structure.matching",
        "deferred_acceptance",
        "search",
    ),
    "no such draws": (
        'behaviour.parameters = "calibratd"',
        3,
        "behaviour.parameters",
        "FILE.parquet",
        "calibrated",
    ),
    "a draw of none": (
        'behaviour.parameters = "calibrated:100000"',
        3,
        "behaviour.parameters",
        "the last is",
        None,
    ),
    "newer schema": ("schema = 2", 3, "schema", "1 to 1", None),
    "empty title": ('why = ""', 3, "why", "text in quotes", None),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_a_fault_says_where_what_and_what_instead(case: str, tmp_path: Path) -> None:
    text, line, key, words, nearest = WRONG[case]
    fault = fault_of(tmp_path, text)
    assert (fault.line, fault.key, fault.nearest) == (line, key, nearest)
    assert words in describe_fault(fault)


def test_all_faults_of_all_files_and_of_set_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('extends = "baseline"\nseed = -1\n', encoding="utf-8")
    child = tmp_path / "child.toml"
    child.write_text(
        'extends = "base.toml"\nyears = 3\n[policy.cooperators]\nstartup_rate = 2\n', encoding="utf-8"
    )
    found = faults_of(child, set={"policy.cooperators.startup": 1, "context.price_index@1900": 2})
    assert [(Path(fault.file or "").name, fault.line, fault.key) for fault in found] == [
        ("child.toml", 2, "years"),
        ("child.toml", 4, f"{COOPERATORS}.startup_rate"),
        ("base.toml", 2, "seed"),
        ("", None, f"{COOPERATORS}.startup"),
        ("", None, "context.price_index@1900"),
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.write_bytes(b""), "empty"),
        (lambda path: path.write_bytes(b"\n  \n"), "empty"),
        (lambda path: path.write_bytes(bytes(range(256))), "not a text file"),
        (lambda path: path.write_bytes(b"title = 'a\0b'"), "not a text file"),
        (lambda path: path.mkdir(), "a folder"),
        (lambda path: path.symlink_to(path), "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_a_scenario_gives_one_clear_fault(make, words, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "mine.toml"
    make(path)
    (fault,) = faults_of(path)
    assert fault.file == str(path)
    assert words in describe_fault(fault)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("seed = 1")
    path.chmod(0)
    (fault,) = faults_of(path)
    assert "cannot be read" in fault.what


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("seed = 1\nyears = [2009, \nx", 3),
        ("seed =", 1),
        ("seed = 1\nseed = 2\n", 2),
        ("[a\n", 1),
        ('title = "a\u2028b"\nseed =', 2),
    ],
)
def test_bad_toml_names_the_line(text: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    (fault,) = faults_of(path)
    assert fault.line == line
    assert "TOML" in fault.what


def test_extends_in_a_circle_is_refused_and_shown(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{one}.toml").write_text(f'extends = "{other}.toml"\n', encoding="utf-8")
    (fault,) = faults_of(tmp_path / "a.toml")
    assert "circle" in fault.what
    assert "a → b → c → a" in (fault.value or "")


def test_an_experiment_that_is_extended_is_blamed_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "sweep.toml").write_text('method = "sobol"\n', encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text('title = "x"\nextends = "sweep.toml"\n', encoding="utf-8")
    (fault,) = faults_of(path)
    assert (fault.file, fault.line, fault.key) == (str(path), 2, "extends")
    assert "experiment file" in fault.what


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("seed = 1", None),
        ('extends = "basline"', "baseline"),
        ('extends = "gone.toml"', None),
        ('extends = "./mime.toml"', None),  # like no file but itself
        ('extends = "./ground.toml"', "grounds.toml"),
        ('extends = "./"', None),
        ("extends = 5", None),
        ('extends = " "', None),
    ],
)
def test_extends_must_name_something_that_is_there(text: str, nearest: str | None, tmp_path: Path) -> None:
    (tmp_path / "grounds.toml").write_text('extends = "baseline"', encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    (fault,) = faults_of(path)
    assert (fault.file, fault.key, fault.nearest) == (str(path), "extends", nearest)
    assert "baseline" in str(fault.allowed)


def test_a_file_that_is_not_there_gets_the_nearest_that_is(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('extends = "baseline"', encoding="utf-8")
    (fault,) = faults_of(tmp_path / "nine.toml")
    assert fault.nearest == str(tmp_path / "mine.toml")
    (fault,) = faults_of("scenarios/of/mine/no_measure.toml")
    assert fault.nearest == "no_measure"


@pytest.mark.parametrize("key", ["behaviour.parameters", "seed", "structure.matching"])
def test_what_has_one_value_for_all_years_is_not_dated(key: str) -> None:
    (fault,) = faults_of("baseline", set={f"{key}@2027": "prior"})
    assert (fault.key, "all years" in fault.what) == (f"{key}@2027", True)


def test_a_key_without_end_is_cut_short(tmp_path: Path) -> None:
    assert len(str(fault_of(tmp_path, f"[policy.cooperators]\n{'a' * 5000} = 1").key)) < 100


@pytest.mark.parametrize("key", ["extends", "title", "in_full"])
def test_what_only_a_file_can_say_is_refused_in_set(key: str) -> None:
    (fault,) = faults_of("baseline", set={key: "no_measure"})
    assert fault.key == key
    assert "only a scenario file" in fault.what


def test_a_device_is_not_read_for_ever() -> None:
    (fault,) = faults_of("/dev/zero")
    assert "a device" in fault.what


def test_a_device_that_is_extended_is_blamed_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('title = "x"\nextends = "/dev/zero"\n', encoding="utf-8")
    (fault,) = faults_of(path)
    assert (fault.file, fault.line, fault.key, "a device" in fault.what) == (str(path), 2, "extends", True)


@pytest.mark.parametrize(
    ("value", "words"),
    [("[1, 100]", "outside its range"), ("[3, 1]", "minimum is over"), ("[1.5, 3]", "kind")],
)
def test_what_is_wrong_with_a_pair_is_told(value: str, words: str, tmp_path: Path) -> None:
    assert words in fault_of(tmp_path, f"[policy.cooperators]\nterm_years = {value}").what


def test_an_unknown_shipped_name_gets_the_nearest() -> None:
    (fault,) = faults_of("startup_aid_2_milion")
    assert fault.nearest == "startup_aid_2_million"


def test_what_a_file_holds_does_nothing_to_a_terminal(tmp_path: Path) -> None:
    shown = describe_fault(fault_of(tmp_path, 'structure.matching = "\\u001b[31m\\nred"'))
    assert "\\x1b[31m\\nred" in shown
    assert len(shown.splitlines()) == 2


def test_an_error_travels_between_processes_and_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("seed = -1\nyears = 3\n")
    with pytest.raises(InputError) as caught:
        load_scenario(tmp_path / "mine.toml")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own
    assert again.faults == caught.value.faults
    assert str(again) == "\n".join(map(describe_fault, again.faults))


def test_faults_read_like_sentences_in_both_languages(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, "[policy.cooperators]\nstartup_per_membr = 5")
    assert describe_fault(fault).splitlines() == [
        f"{fault.file}:4: policy.cooperators.startup_per_membr",
        "    there is no such key; did you mean policy.cooperators.startup_per_member?",
    ]
    try:
        set_language("ja")
        japanese = fault_of(tmp_path, "[policy.cooperators]\nstartup_per_membr = 5")
        assert describe_fault(japanese).splitlines()[1] == (
            "    このような項目はありません。もしかして：policy.cooperators.startup_per_member"
        )
    finally:
        set_language(None)
