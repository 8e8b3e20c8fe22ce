"""Whatever stands in an experiment file, it is read or refused with faults that a person can find: never a crash."""

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from okoshi.language.errors import InputError, describe_fault
from okoshi.study.design import design_of, scenario_of
from okoshi.study.experiment import TOP, load_experiment
from okoshi.study.methods import METHODS

GOOD: dict[str, Any] = {
    "title": "x",
    "scenario": "baseline",
    "method": "morris",
    "samples": 4,
    "factors": [
        {"parameter": "policy.cooperators.startup_per_member@2025", "range": [0, 3_000_000]},
        {"parameter": "structure.settlement", "values": ["choice", "threshold"]},
    ],
    "outcomes": [{"column": "national.members", "year": 2030}],
}
simple = st.one_of(
    st.booleans(),
    st.integers(-5, 300),
    st.just(2**63),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(
        ["baseline", "sobol", "more", "choice", "national.members", "behaviour.applicants.women"]
    ),
    st.dates(),
)
values = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=2)
    ),
    max_leaves=5,
)
factor_keys = st.sampled_from(["parameter", "range", "values", "group", "ragne"])
outcome_keys = st.sampled_from(["column", "year", "better", "target", "yaer"])
damage = st.one_of(
    st.tuples(st.just("top"), st.sampled_from([*TOP, "factors", "outcomes", "sampels"]), values),
    st.tuples(st.just("factors"), factor_keys, values),
    st.tuples(st.just("outcomes"), outcome_keys, values),
    st.tuples(st.just("top"), st.just("method"), st.sampled_from(list(METHODS))),
)


def damaged(changes: list[tuple[str, str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {
        **GOOD,
        **{key: [dict(one) for one in GOOD[key]] for key in ("factors", "outcomes")},
    }
    for place, key, value in changes:
        target = content if place == "top" else content[place]
        if isinstance(target, list) and target and isinstance(target[0], dict):
            target[0][key] = value
        elif isinstance(target, dict):
            target[key] = value
    return content


@settings(max_examples=120)
@given(changes=st.lists(damage, min_size=1, max_size=3))
def test_anything_is_read_or_refused_in_words(
    changes: list[tuple[str, str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path: Path = tmp_path_factory.mktemp("fuzz") / "x.toml"
    path.write_text(tomli_w.dumps(damaged(changes)), encoding="utf-8")
    try:
        experiment = load_experiment(path)
    except InputError as error:
        for fault in error.faults:
            assert "\n" not in describe_fault(fault).replace("\n    ", "")
        return
    if METHODS[experiment.method].is_design and experiment.points < 1000:
        scenario_of(design_of(experiment), 0)
