"""Whatever stands in a scenario file, it is read or refused with faults that a person can find: never a crash."""

import datetime
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.language.errors import Fault, InputError, describe_fault
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.draft import READERS
from okoshi.scenario.scenario import Scenario, load_scenario

TOP = ["title", "extends", "years", "seed", "world", "policy", "context", "behaviour", "country", "structure"]
PARTS = sorted({part for name in (*catalogue(), *READERS) for part in name.split(".")})
keys = st.one_of(
    st.sampled_from(TOP),
    st.sampled_from(PARTS),
    st.sampled_from(sorted(catalogue())).map(lambda name: name.rsplit(".", 1)[-1] + "@2027"),
    st.integers(1990, 2110).map(str),
    st.text(min_size=1, max_size=8),
)
numbers = st.one_of(st.integers(-(2**70), 2**70), st.floats(), st.integers(2000, 2100))
simple = st.one_of(
    st.booleans(),
    numbers,
    st.text(max_size=8),
    st.sampled_from(["abolished", "open", "fixed", "2/3", "1/0", "default", "baseline", "島根県", "prior"]),
    st.dates(),
    st.datetimes(),
    st.just(datetime.time(4)),
)
values = st.recursive(
    simple,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)


def read_or_refuse(path: Path | str, chosen: dict[str, object] | None = None) -> Scenario | tuple[Fault, ...]:
    try:
        return load_scenario(path, set=chosen)
    except InputError as error:
        return error.faults


def tree(path: str, value: object) -> dict[str, Any]:
    for part in reversed(path.split(".")):
        value = {part: value}
    return value  # type: ignore[return-value]


documents = st.one_of(
    st.dictionaries(keys, values, max_size=4),
    st.builds(tree, st.sampled_from(sorted((*catalogue(), *READERS))), values),
)


@settings(max_examples=300, deadline=None)
@given(documents)
def test_a_file_is_read_or_refused_with_faults(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "mine.toml"
    path.write_text(tomli_w.dumps({"extends": "baseline", **document}), encoding="utf-8")
    found = read_or_refuse(path)
    if isinstance(found, Scenario):
        assert len(found.hash) == 64
        return
    assert found
    for fault in found:
        assert fault.file == str(path)
        assert len(describe_fault(fault).splitlines()) <= 3


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path: Path = tmp_path_factory.mktemp("fuzz") / "mine.toml"
    path.write_bytes(content)
    with pytest.raises(InputError):
        load_scenario(path)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(sorted((*catalogue(), *READERS))), st.text(min_size=1, max_size=12)), values
    )
)
def test_anything_set_is_taken_or_refused(chosen: dict[str, object]) -> None:
    found = read_or_refuse("baseline", chosen)
    assert isinstance(found, Scenario) or all(fault.key for fault in found)
