"""Scenario files: what they mean, what extends what, the hash, and writing them in full."""

import os
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.parameters.catalogue import ABOLISHED, Parameter, catalogue
from okoshi.scenario import changes
from okoshi.scenario.differences import Difference, diff
from okoshi.scenario.scenario import Adoption, Scenario, load_scenario, to_toml
from okoshi.scenario.settings import base_series

STARTUP = "policy.cooperators.startup_per_member"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_kind_of_key_is_read(tmp_path: Path) -> None:
    scenario = load_scenario(
        write(
            tmp_path,
            "all",
            """
title = "All kinds"
extends = "baseline"
years = [2012, 2040]
seed = 9223372036854775807
[world]
prefectures = ["島根県", "Hokkaido"]
scale = 10
[policy.cooperators]
startup_per_member = { 2027 = 2_000_000 }
supplement.enabled = false
vacant_house_renovation_rate = "2/3"
[policy.special_allocation_tax]
total = { 2030 = "fixed" }
[context]
openings_per_applicant = { 2024 = 1.25, 2030 = 1.4 }
announced_targets = { 2026 = 12_000 }
[behaviour]
parameters = "prior"
[structure]
adoption = "budget"
""",
        )
    )
    value = scenario.settings.value
    assert (scenario.name, scenario.title, scenario.base) == ("all", "All kinds", "baseline")
    assert (scenario.years, scenario.seed) == ((2012, 2040), 2**63 - 1)
    assert scenario.world.prefectures == ("北海道", "島根県")
    assert scenario.world.scale == 10
    assert scenario.structure.adoption is Adoption.BUDGET
    assert (value(STARTUP, 2026), value(STARTUP, 2027)) == (1_000_000, 2_000_000)
    assert value("policy.cooperators.supplement.enabled", 2024) is False
    assert value("policy.cooperators.vacant_house_renovation_rate", 2021) == Fraction(2, 3)
    assert value("policy.special_allocation_tax.total", 2031) == "fixed"
    assert value("context.openings_per_applicant", 2050) == 1.4
    assert value("context.announced_targets", 2026) == 12_000


def test_extends_follows_paths_from_the_file_and_the_nearer_layer_wins(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    write(
        tmp_path / "base",
        "one",
        'extends = "baseline"\nseed = 5\n[policy.cooperators]\nstartup_per_member = { 2025 = 5 }\n',
    )
    child = write(
        tmp_path, "two", 'extends = "base/one.toml"\n[policy.cooperators]\n"startup_per_member@2030" = 6\n'
    )
    scenario = load_scenario(child)
    assert scenario.seed == 5
    assert [scenario.settings.value(STARTUP, year) for year in (2024, 2025, 2030)] == [1_000_000, 5, 6]
    assert scenario.title == "two"


def test_set_takes_plain_and_dated_keys_in_any_order() -> None:
    keys = {
        f"{STARTUP}@2030": 6,
        f"{STARTUP}@2025": 5,
        STARTUP: 4,
        "structure.matching": "deferred_acceptance",
    }
    scenario = load_scenario("baseline", set=keys, seed=3, years=(2009, 2012))
    assert [scenario.settings.value(STARTUP, year) for year in (2014, 2025, 2030)] == [4, 5, 6]
    assert (scenario.seed, scenario.years) == (3, (2009, 2012))
    assert (
        scenario.hash
        == load_scenario("baseline", set=dict(reversed(keys.items())), seed=3, years=(2009, 2012)).hash
    )


def test_what_a_notebook_computed_is_as_good_as_what_is_written() -> None:
    """`for aid in numpy.arange(...)` gives numbers of numpy's kinds, and pandas the same."""
    written = load_scenario(
        "baseline", set={f"{STARTUP}@2025": 5, "world.prefectures": ["島根県"]}, seed=3, years=(2009, 2012)
    )
    computed = load_scenario(
        "baseline",
        set={f"{STARTUP}@2025": np.arange(6)[5], "world.prefectures": np.array(["島根県"])},
        seed=np.int64(3),  # type: ignore[arg-type]
        years=np.array([2009, 2012]),  # type: ignore[arg-type]
    )
    assert computed == written
    assert computed.hash == written.hash


def test_hash_changes_with_all_that_can_change_a_number_and_with_nothing_else(tmp_path: Path) -> None:
    base = load_scenario("baseline")
    renamed = write(tmp_path, "other", 'title = "Another title"\nwhy = "x"\nextends = "baseline"\n')
    assert load_scenario(renamed).hash == base.hash
    assert base.changed({STARTUP: {2025: 1_000_000}}).hash == base.hash
    others = [
        base.changed(seed=2),
        base.changed(years=(2009, 2033)),
        base.changed({"world.prefectures": ["島根県"]}),
        base.changed({"world.scale": 2}),
        base.changed({"structure.settlement": "threshold"}),
        base.changed({f"{STARTUP}@2025": 999_999}),
        base.changed({f"{STARTUP}@2025": ABOLISHED}),
    ]
    assert len({base.hash, *(other.hash for other in others)}) == 1 + len(others)


def test_hash_follows_the_content_of_a_world_and_not_its_place(tmp_path: Path) -> None:
    for name, content in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "world.toml").write_text(content)
    a, b, c = (load_scenario("baseline", set={"world.source": str(tmp_path / name)}).hash for name in "abc")
    assert a == b != c


def test_a_renamed_key_goes_on_working_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(changes.RENAMED, "policy.cooperators.startup_grant", STARTUP)
    with pytest.warns(changes.RenamedKey, match=STARTUP):
        scenario = load_scenario("baseline", set={"policy.cooperators.startup_grant@2025": 5})
    assert scenario.settings.value(STARTUP, 2025) == 5
    assert all(new in catalogue() for new in changes.RENAMED.values())


def test_diff_joins_the_years_in_which_both_sides_stay_the_same() -> None:
    one = load_scenario("baseline")
    other = one.changed(
        {f"{STARTUP}@2012": 1_000_000, "policy.cooperators.term_years@2030": [1, 5], "seed": 4}
    )
    assert diff(one, one) == []
    assert diff(one, other) == [
        Difference("seed", None, None, 1, 4),
        Difference("policy.cooperators.term_years", 2030, 2034, (1, 3), (1, 5)),
        Difference(STARTUP, 2012, 2013, None, 1_000_000),
    ]
    assert diff(one, other, (2020, 2030))[1:] == [
        Difference("policy.cooperators.term_years", 2030, 2030, (1, 3), (1, 5))
    ]


def test_diff_begins_where_every_run_begins_and_not_with_the_years_that_are_written() -> None:
    late = load_scenario("baseline", years=(2030, 2034))
    early = late.changed(
        {f"{STARTUP}@2012": 1_000_000, f"{STARTUP}@2014": late.settings.value(STARTUP, 2014)}
    )
    assert diff(late, early) == [Difference(STARTUP, 2012, 2013, None, 1_000_000)]
    assert diff(late, early, (2030, 2034)) == []
    sooner = late.changed({"policy.cooperators.term_years@2033": [1, 5]}, years=(2020, 2032))
    spans = [(one.key, one.first, one.last) for one in diff(late, sooner)]
    assert spans == [("years", None, None), ("policy.cooperators.term_years", 2033, 2034)]


def test_a_target_that_falls_due_after_the_run_and_acts_in_it_is_a_difference() -> None:
    """`announced_years_ahead` is 4: known in FY2032 and heeded from FY2033 on."""
    targets, one = "context.announced_targets", load_scenario("baseline", years=(2009, 2034))
    acts = one.changed({f"{targets}@2036": 30_000})
    assert diff(one, acts) == [Difference(targets, 2036, 2036, 10_000, 30_000)]
    assert diff(one, acts, (2009, 2034)) == []
    assert diff(one, one.changed({f"{targets}@2038": 30_000})) == []  # announced in FY2034, heeded in FY2035
    bound = one.changed(
        {"context.announced_growth_most@2036": 0.3}
    )  # dated like all else: no year of the run reads it
    assert diff(one, bound) == []
    lasting = one.changed({f"{targets}@2026": 12_000})
    assert diff(one, lasting) == [Difference(targets, 2026, 2034, 10_000, 12_000)]


def test_loading_a_scenario_is_quick() -> None:
    load_scenario("baseline")
    times = []
    for _ in range(5):
        start = time.perf_counter()
        load_scenario("target_10000").hash  # noqa: B018  # the hash is part of the cost
        times.append(time.perf_counter() - start)
    assert min(times) < 0.06


def other_value(parameter: Parameter) -> st.SearchStrategy[object]:
    """Return values that a parameter takes, as a scenario file writes them."""
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    low, high = parameter.bounds
    low, high = max(low, -1e9), min(high, 1e15)
    match parameter.type:
        case "yen" | "count":
            return st.integers(int(low), int(high))
        case "rate" | "rates":
            rate = st.fractions(Fraction(low), Fraction(high), max_denominator=97).map(to_toml)
            return rate if parameter.type == "rate" else rate.map(lambda one: [one])
        case "share" | "number":
            return st.floats(low, high)
        case "switch":
            return st.booleans()
        case "pair":
            return st.tuples(st.integers(int(low), int(high)), st.integers(int(low), int(high))).map(sorted)
        case "steps":
            return st.integers(0, 10**9).map(lambda yen: [["3/2", yen], [2, yen]])
    return st.text(min_size=1)


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.lists(st.sampled_from(sorted(catalogue())), max_size=4, unique=True))
    chosen: dict[str, object] = {}
    for name in names:
        parameter = catalogue()[name]
        one = other_value(parameter)
        needed = (
            name.startswith("context.") and parameter.in_year(2009) is not None
        )  # prices and wages cannot end
        ends = st.nothing() if needed else st.just(ABOLISHED)
        dated = st.dictionaries(st.integers(2000, 2100), st.one_of(one, ends), min_size=1, max_size=3)
        chosen[name] = draw(st.one_of(one, dated) if parameter.dated else one)
    return chosen


@settings(max_examples=60, deadline=None)
@given(overrides(), st.integers(0, 2**63 - 1), st.sampled_from(["search", "deferred_acceptance"]))
def test_a_scenario_written_in_full_loads_back_to_the_same(  # type: ignore[no-untyped-def]
    tmp_path_factory, chosen: dict[str, object], seed: int, matching: str
) -> None:
    scenario = load_scenario("baseline", set={**chosen, "structure.matching": matching}, seed=seed)
    again = read_back(scenario, tmp_path_factory.mktemp("full"))
    assert again.settings == scenario.settings
    assert again.hash == scenario.hash
    assert (again.title, again.why) == (scenario.title, scenario.why)


def read_back(scenario: Scenario, folder: Path) -> Scenario:
    path = folder / "scenario.toml"
    path.write_text(tomli_w.dumps(scenario.in_full()), encoding="utf-8")
    return load_scenario(path)


def test_a_scenario_in_full_stands_when_the_catalogue_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was in force is all in the file: a rule that is dated earlier later on does not show."""
    before = load_scenario("baseline")
    full = tmp_path / "scenario.toml"
    full.write_text(tomli_w.dumps(before.in_full()), encoding="utf-8")
    earlier = ((2011, 7), *base_series(STARTUP))
    monkeypatch.setattr(
        "okoshi.scenario.settings.base_series", lambda name: earlier if name == STARTUP else base_series(name)
    )
    assert load_scenario("baseline").settings.series(STARTUP)[0] == (2011, 7)
    assert load_scenario(full).settings.series(STARTUP) == base_series(STARTUP)


def test_a_relative_world_lies_beside_its_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "files" / "japan").mkdir(parents=True)
    (tmp_path / "files" / "japan" / "world.toml").touch()
    file = write(tmp_path / "files", "mine", 'extends = "baseline"\nworld.source = "japan"\n')
    monkeypatch.chdir(tmp_path)
    scenario = load_scenario(os.path.relpath(file))
    assert scenario.world.source == str(tmp_path / "files" / "japan")
