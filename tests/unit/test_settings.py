"""The catalogue's values with overrides on top: what holds in which year."""

import pickle
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.settings import (
    Change,
    Settings,
    apply_change,
    base_series,
    difference,
    value_at,
    without_repetition,
)

STARTUP = "policy.cooperators.startup_per_member"
CAP = "policy.cooperators.activity_per_member"
SUPPLEMENT = "policy.cooperators.supplement.budget"

values = st.one_of(st.none(), st.integers(0, 3))
points = st.dictionaries(st.integers(2000, 2100), values, max_size=5).map(
    lambda found: tuple(sorted(found.items()))
)
series = points.map(without_repetition)


def test_without_overrides_the_catalogue_speaks() -> None:
    for name, parameter in catalogue().items():
        for year in (2000, 2009, 2016, 2024, 2050):
            assert Settings().value(name, year) == parameter.in_year(year)


def test_a_plain_value_holds_in_all_years_in_which_the_rule_exists() -> None:
    settings = Settings().changed({STARTUP: Change(everywhere=5, plain=True)})
    assert [settings.value(STARTUP, year) for year in (2013, 2014, 2024, 2050)] == [None, 5, 5, 5]


def test_a_dated_value_holds_from_its_year_on_and_beats_later_changes_of_the_base() -> None:
    settings = Settings().changed({CAP: Change(dated=((2018, 4_100_000),))})
    assert settings.value(CAP, 2017) == 4_000_000
    assert {settings.value(CAP, year) for year in range(2018, 2051)} == {4_100_000}


def test_a_dated_value_makes_a_rule_where_there_was_none_and_abolished_ends_it() -> None:
    settings = Settings().changed({SUPPLEMENT: Change(dated=((2030, 7), (2032, None)))})
    assert [settings.value(SUPPLEMENT, year) for year in (2024, 2025, 2030, 2031, 2032)] == [
        145_000_000,
        None,
        7,
        7,
        None,
    ]


def test_a_later_layer_wins_and_can_take_an_override_back() -> None:
    first = Settings().changed({STARTUP: Change(dated=((2025, 2),))})
    assert first.changed({STARTUP: Change(dated=((2025, 1_000_000),))}) == Settings()
    plain = first.changed({STARTUP: Change(everywhere=3, plain=True)})
    assert [plain.value(STARTUP, year) for year in (2014, 2025)] == [3, 3]


def test_settings_travel_to_another_process_and_are_known_by_their_content() -> None:
    settings = Settings().changed({STARTUP: Change(dated=((2025, 2),))})
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301  # our own
    assert len({settings, Settings().changed({STARTUP: Change(dated=((2025, 2),))})}) == 1


def test_a_dated_parameter_needs_a_year_and_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="fiscal year"):
        Settings().value(STARTUP)
    with pytest.raises(KeyError):
        Settings().value("policy.cooperators.startup", 2024)


def test_fill_puts_parameters_into_the_fields_of_their_name() -> None:
    @dataclass(frozen=True)
    class Rules:
        startup_per_member: int | None
        vacant_house_renovation_rate: Fraction | None

    @dataclass(frozen=True)
    class Wrong:
        startup_per_head: int

    settings = Settings().changed({STARTUP: Change(dated=((2025, 2),))})
    assert settings.fill(Rules, "policy.cooperators", 2025) == Rules(2, Fraction(1, 2))
    assert settings.fill(Rules, "policy.cooperators", 2010) == Rules(None, None)
    with pytest.raises(KeyError, match="startup_per_head"):
        settings.fill(Wrong, "policy.cooperators", 2025)


@given(series, points, st.booleans(), st.integers(0, 3))
def test_a_change_is_what_its_words_say_in_every_year(base, dated, plain, everywhere) -> None:  # type: ignore[no-untyped-def]
    after = apply_change(base, Change(everywhere=everywhere, plain=plain, dated=dated))
    for year in range(1999, 2102):
        expected = value_at(base, year)
        if plain and expected is not None:
            expected = everywhere
        if dated and year >= dated[0][0]:
            expected = value_at(dated, year)
        assert value_at(after, year) == expected


@given(series, series)
def test_the_shortest_override_makes_one_series_out_of_the_other(base, wanted) -> None:  # type: ignore[no-untyped-def]
    override = difference(base, wanted)
    assert apply_change(base, Change(dated=override)) == wanted  # type: ignore[arg-type]
    assert (not override) == (base == wanted)


@given(st.lists(st.tuples(st.booleans(), points), max_size=4))
def test_equal_values_in_every_year_mean_equal_settings(layers) -> None:  # type: ignore[no-untyped-def]
    settings = Settings()
    for plain, dated in layers:
        settings = settings.changed({STARTUP: Change(everywhere=2, plain=plain, dated=dated)})
    again = Settings().changed({STARTUP: Change(dated=settings.series(STARTUP), whole=True)})
    assert again == settings
    same = all(settings.value(STARTUP, year) == Settings().value(STARTUP, year) for year in range(1999, 2102))
    assert (settings == Settings()) == same
    assert (settings.series(STARTUP) == base_series(STARTUP)) == same
