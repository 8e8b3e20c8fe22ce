"""Factors of experiments are said in words, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from okoshi.figures import factor_in_words
from okoshi.language.messages import set_language
from okoshi.study.experiment import load_experiment

EXPERIMENTS = sorted((Path(__file__).parents[2] / "experiments").rglob("*.toml"))


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    yield
    set_language(None)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_factor_of_a_shipped_experiment_has_words_of_its_own(language: str) -> None:
    set_language(language)
    files = [path for path in EXPERIMENTS if "[[factors]]" in path.read_text(encoding="utf-8")]
    assert len(files) > 15
    for path in files:
        names = [factor.parameter for factor in load_experiment(path).factors if "." in factor.parameter]
        words = [factor_in_words(name) for name in names]
        assert not [word for word in words if "_" in word], path
        assert len(set(words)) == len(set(names)), path


def test_whose_it_is_what_it_is_and_from_when() -> None:
    set_language("en")
    assert factor_in_words("behaviour.settlement.support") == "Settling: Support capacity"
    assert factor_in_words("policy.cooperators.startup_per_member@2025") == (
        "Members: Cap on the startup cost of a member or former member, from FY2025"
    )
    assert factor_in_words("structure.adoption") == "Form of the model: who hosts"
    assert factor_in_words("a group") == "a group"
    set_language("ja")
    assert factor_in_words("behaviour.settlement.support") == "定住：支援力"
