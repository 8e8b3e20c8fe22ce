"""The measure over the years: what each rule, the survey and the platform set off, and what does not happen."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dispatch_country import behaviour_of, lived, luck_of
from okoshi.agents.companies import Roll, Stage, found_companies, heard, hearing_order, registering
from okoshi.agents.dispatch_behaviour import STREAMS_DISPATCH
from okoshi.agents.dispatch_contracts import Kind, Origin, months_in_year
from okoshi.agents.dispatch_hosts import Purse
from okoshi.agents.municipalities import Field
from okoshi.agents.rest_of_nation import rest_of_nation
from okoshi.engine.calendar import month_index
from okoshi.measures.dispatch import part_of_companies
from okoshi.observe.dispatch import (
    DECLARATIONS,
    DECLARATIONS_MUNICIPALITIES,
    DECLARATIONS_NATIONAL,
    dispatches_table,
    municipal_columns,
    national_row,
    short_side,
)
from okoshi.simulation import RegionalModel, share_of_nation
from okoshi.world.country import load_world
from small_country import rows_of, scenario_of, world_of

SOME = ("島根県", "北海道", "長野県")
FAST = {"behaviour.dispatch.companies": 9_000, "behaviour.dispatch.hear_innovation": 0.05}


@pytest.fixture(scope="module")
def some():
    return load_world("default", SOME)


@pytest.fixture(scope="module")
def usual(some):
    return lived(FAST, (2014, 2028), some)


def same_contracts(one, other, until=10_000):
    first, second = ((m.contracts, m.contracts.start_month < until) for m in (one, other))
    return all(
        np.array_equal(getattr(first[0], name)[first[1]], getattr(second[0], name)[second[1]])
        for name in ("key", "company", "kind", "start_month", "presence", "pay")
    )


def test_hearing_by_inversion_is_what_a_draw_a_year_would_give(some):
    behaviour = behaviour_of({"companies": 20_000, "size_spread": 0.0})
    companies = found_companies(some, behaviour, luck_of())
    order = Roll.of(companies, hearing_order(companies), 1)
    intensity = np.array([0.3])
    roll = heard(order, companies.hears_at[order.rows], intensity)
    assert set(roll.members().tolist()) == set(np.flatnonzero(companies.hears_at < 0.3).tolist())
    share = roll.length[0] / 20_000
    assert share == pytest.approx(1 - np.exp(-0.3), abs=5 * np.sqrt(0.25 / 20_000))
    assert (np.diff(companies.hears_at[order.rows]) >= 0).all()


def test_companies_sit_in_the_metropolitan_prefectures_with_shares_of_fields(some):
    companies = found_companies(some, behaviour_of(), luck_of())
    assert len(companies) == 55_000
    assert some.prefectures.metropolitan[np.unique(companies.prefecture)].all()
    share = np.bincount(companies.field, minlength=len(Field)) / len(companies)
    expected = [0.26, 0.28, 0.10, 0.12, 0.12, 0.12]
    assert np.abs(share - expected).max() < 5 * np.sqrt(0.25 / 55_000)
    assert companies.faults() == []


def test_off_nothing_happens_and_nothing_is_paid(some):
    measure, ledger = lived(FAST | {"policy.dispatch.enabled": False}, (2014, 2027), some)
    assert len(measure.contracts) == 0
    assert len(ledger.table()["yen"]) == 0
    assert not measure.companies.stage.any()
    assert not measure.capacity.any()
    assert measure.without is None


def test_without_any_company_posts_stay_empty(some):
    measure, ledger = lived({"behaviour.dispatch.companies": 0}, (2014, 2027), some)
    assert len(measure.contracts) == 0
    assert measure.hosts.asked.sum() > 0
    assert national_row(measure, 2027)["dispatch_short_side"] == "companies"
    assert ledger.faults() == []


def test_one_town_alone_and_a_country_without_eligible_towns_run():
    alone, ledger = lived(FAST, (2014, 2026), world_of(1))
    assert ledger.faults() == []
    assert len(alone.hosts) == 1
    nobody = world_of(3, eligible_dispatch=np.zeros(3, dtype=bool))
    measure, ledger = lived(FAST, (2014, 2026), nobody)
    assert len(measure.contracts) == 0


def test_abolished_half_way_running_contracts_end_by_their_rules(some, usual):
    seen = {}
    measure, ledger = lived(
        FAST | {"policy.dispatch.enabled@2022": False},
        (2014, 2026),
        some,
        each=lambda m, year: seen.update({year: len(months_in_year(m.contracts, month_index(year))[0])}),
    )
    assert seen[2021] > seen[2022] > seen[2023] >= seen[2024] >= seen[2025] == 0
    assert measure.contracts.start_month.max() < month_index(2022)
    paid = ledger.table()
    assert paid["fiscal_year"].max() <= 2024
    back = (paid["payer"] == 2) & (paid["fiscal_year"] == 2022)
    assert paid["yen"][back].sum() > 0
    assert same_contracts(measure, usual[0], month_index(2022))


def test_abolished_before_anybody_came_nobody_looks_any_more(some):
    _, ledger = lived(
        {"behaviour.dispatch.companies": 0, "policy.dispatch.enabled@2022": False}, (2014, 2025), some
    )
    assert ledger.table()["fiscal_year"].max() == 2021


@pytest.mark.parametrize("since", ["", "@2022"])
def test_without_a_term_that_is_allowed_no_contract_is_made(since, some):
    """Contracts of no month at all were signed, and their companies looked for beyond the last one."""
    measure, ledger = lived(FAST | {f"policy.dispatch.term_months{since}": "abolished"}, (2014, 2025), some)
    start, end = measure.contracts.start_month, measure.contracts.end_month
    assert (len(start) > 0) == bool(since)
    assert (end > start).all()
    assert not len(start) or start.max() < month_index(2022)
    assert ledger.faults() == []


def test_a_part_of_the_nation_gets_its_part_of_the_companies(some):
    """The same employees a municipality, within what chance allows, as in the whole country."""
    part, _ = lived({}, (2014, 2024), some)
    whole, _ = lived({}, (2014, 2024))
    rates = []
    for measure in (part, whole):
        rows, _ = months_in_year(measure.contracts, month_index(2024))
        rates.append(len(rows) / measure.hosts.eligible.sum())
    expected = rates[1] * part.hosts.eligible.sum()
    assert rates[0] == pytest.approx(rates[1], abs=5 * rates[1] * np.sqrt(3 / expected))


def test_companies_look_to_a_part_by_who_may_take_employees() -> None:
    """Of 43 municipalities of 大阪府 22 may host members, 16 employees: the companies were those of 22."""
    osaka, nation = RegionalModel(scenario_of(prefectures=("大阪府",))), load_world()
    assert (
        osaka.measures.dispatch.part == osaka.world.eligible_dispatch.sum() / nation.eligible_dispatch.sum()
    )
    assert osaka.measures.dispatch.part < 0.8 * osaka.nation_share
    assert part_of_companies(nation, nation) == part_of_companies(load_world("default", (), 2), nation) == 1.0


def test_companies_hear_of_a_part_as_of_the_nation_whose_rest_goes_on(some):
    nobody = {f"behaviour.dispatch.join_{name}": 0.0 for name in ("innovation", "imitation")}
    measure, _ = lived(nobody, (2020, 2024), some)
    assert not measure.hosts.joined.any()
    behaviour, part = behaviour_of(), some.eligible_dispatch.sum() / load_world().eligible_dispatch.sum()
    rest = sum(rest_of_nation().share_dispatch[year] for year in range(2020, 2025))
    assert (
        abs(part / share_of_nation(some, load_world()) - 1.0) > 0.001
    )  # who may host members is another part
    heard_of = 5 * behaviour.hear_innovation + behaviour.hear_imitation * (1.0 - part) * rest
    assert measure.course.intensity.tolist() == pytest.approx([heard_of])


def test_every_observed_series_is_a_national_column_and_every_stream_is_used_once():
    text = resources.files("okoshi.observe").joinpath("observed_dispatch.toml").read_text(encoding="utf-8")
    series = tomllib.loads(text)["series"]
    names = {declared.name for declared in DECLARATIONS_NATIONAL}
    assert {one["name"] for one in series} <= names
    assert {one["label"] for one in series} <= {"input", "fitted", "emergent", "predicted"}
    package = Path(str(resources.files("okoshi")))
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in package.rglob("*.py")
        if path.name != "dispatch_behaviour.py"
    )
    used = {name: source.count(f'luck("{name}")') for name in STREAMS_DISPATCH}
    assert used.pop("dispatch.keeps_tie") == 2  # whether, and by its second draw for how long
    assert used == dict.fromkeys(STREAMS_DISPATCH - {"dispatch.keeps_tie"}, 1)


def test_the_side_job_begins_in_2024_and_stands_alone_where_dispatch_is_shut(some, usual):
    table = usual[0].contracts
    side = table.kind == Kind.SIDE_JOB
    assert side.any()
    assert table.start_month[side].min() >= month_index(2024)
    assert (table.hours_per_month[side] >= 20).all()
    assert (table.days_present[side] >= 1).all()
    assert (table.presence[~side] >= 0.5).all()
    only, _ = lived(FAST | {"policy.dispatch.dispatched.enabled@2024": False}, (2014, 2028), some)
    late = only.contracts.start_month >= month_index(2024)
    assert set(only.contracts.kind[late].tolist()) == {Kind.SIDE_JOB}
    assert same_contracts(only, usual[0], month_index(2024))


def test_a_lower_cap_from_a_year_on_leaves_earlier_years_alone(some, usual):
    name = "policy.dispatch.dispatched.during_period_per_person_cap@2025"
    measure, _ = lived(FAST | {name: 1_000_000}, (2014, 2028), some)
    assert same_contracts(measure, usual[0], month_index(2025))
    assert len(measure.contracts) < len(usual[0].contracts)


def test_the_order_of_rows_decides_nothing(some):
    world = rows_of(some, np.arange(60))
    turned = rows_of(some, np.arange(60)[::-1])
    one, two = (lived(FAST, (2014, 2026), w)[0].contracts for w in (world, turned))
    for table in (one, two):
        assert len(np.unique(table.key)) == len(table)
    first, second = (np.argsort(table.key) for table in (one, two))
    assert one.key[first].tolist() == two.key[second].tolist()
    for name in ("company", "kind", "origin", "end_month"):
        assert getattr(one, name)[first].tolist() == getattr(two, name)[second].tolist()
    assert (59 - one.municipality[first]).tolist() == two.municipality[second].tolist()


def test_without_survey_and_platform_there_is_no_second_course(some, usual):
    off = FAST | {"policy.dispatch.supplement.enabled": False}  # the switch of the layer shuts both
    measure, ledger = lived(off, (2014, 2028), some)
    assert measure.without is None
    assert not measure.companies.contacted.any()
    assert set(measure.contracts.origin.tolist()) == {Origin.SAME}
    assert not measure.registered.any()
    assert 1 not in ledger.table()["layer"]
    # The course without, carried along, is the run without: contract by contract.
    beside = usual[0].without
    assert beside is not None
    assert beside.contracts.key.tolist() == measure.contracts.key.tolist()
    assert beside.contracts.company.tolist() == measure.contracts.company.tolist()
    assert beside.contracts.end_month.tolist() == measure.contracts.end_month.tolist()


def test_a_platform_that_does_nothing_changes_nothing(some, usual):
    idle = FAST | {
        "behaviour.dispatch.survey_reach": 0.0,
        "behaviour.dispatch.search_saving": 0.0,
        "behaviour.dispatch.platform_seen": 0,
    }
    measure, _ = lived(idle, (2014, 2028), some)
    assert measure.without is not None
    assert measure.registered.any()
    assert set(measure.contracts.origin.tolist()) == {Origin.SAME}
    assert measure.without.contracts.key.tolist() == measure.contracts.key.tolist()


def test_the_survey_raises_stages_once_and_changes_nothing_before_the_next_year(some):
    stages = {}
    lived(
        FAST,
        (2022, 2025),
        some,
        each=lambda m, year: stages.update({year: (m.companies.stage.copy(), m.without is None)}),
    )
    assert Stage.REPLIED not in stages[2023][0]
    assert (stages[2024][0] > Stage.UNAWARE).all()
    assert stages[2024][1]
    assert not stages[2025][1]
    assert (stages[2025][0] >= stages[2024][0]).all()
    assert set(stages[2025][0].tolist()) == set(Stage) - {Stage.UNAWARE}


@pytest.mark.parametrize("surveyed", [2023, 2024])
@pytest.mark.parametrize("since", ["", "@2024"])
def test_without_its_extra_there_is_no_survey(surveyed, since, some):
    """In FY2023 neither, when no extra stood in the rules yet: its switch is that of the first one."""
    asked = {**FAST, "behaviour.dispatch.survey_fiscal_year": surveyed}
    with_extra, _ = lived(asked, (2023, 2025), some)
    without, _ = lived({**asked, f"policy.dispatch.supplement.enabled{since}": False}, (2023, 2025), some)
    assert with_extra.surveyed
    assert not without.surveyed


def test_what_stays_is_a_part_of_what_was_built(some):
    built = {}
    lived(
        FAST | {"policy.dispatch.enabled@2022": False, "behaviour.dispatch.capacity_left": 0.5},
        (2014, 2027),
        some,
        each=lambda m, year: built.update({year: (m.capacity.sum(), m.staff_hours_freed.sum())}),
    )
    assert built[2021][0] > 0
    assert built[2026][0] == pytest.approx(0.5 * built[2025][0])
    assert built[2021][1] > 0
    assert built[2026][1] == 0
    off, _ = lived(
        FAST | {"behaviour.dispatch.link_capacity": 0.0, "behaviour.dispatch.link_hours_freed": 0.0},
        (2014, 2021),
        some,
    )
    assert not off.capacity.any()
    assert not off.staff_hours_freed.any()
    assert off.staff_hours.sum() > 0


def test_a_digital_town_hall_finds_more_through_its_link(some):
    able = np.ones(len(some))
    strong = FAST | {"behaviour.dispatch.link_digital_in_search": 0.5, "behaviour.dispatch.search": 3.0}
    with_link, _ = lived(strong, (2014, 2023), some, digital_capacity=able)
    without, _ = lived(strong, (2014, 2023), some, digital_capacity=np.zeros(len(some)))
    assert len(with_link.contracts) > len(without.contracts)


def test_an_empty_purse_asks_for_nobody(some):
    measure, _ = lived(FAST, (2014, 2020), some, purse=Purse(staff_hours=np.zeros(len(some))))
    assert len(measure.contracts) == 0
    assert not (measure.hosts.joined > 0).any()  # who cannot pay does not join either


def test_a_host_that_gives_up_stays_away_for_the_year(some):
    """Under a push that lets all join at once, five of six who gave up had joined again in the same April."""
    nobody_comes = {"companies": 30, "gives_up": 1.0, "join_innovation": 5.0, "push": 1.0}
    values = {f"behaviour.dispatch.{name}": value for name, value in nobody_comes.items()}
    seen: list[tuple[np.ndarray, np.ndarray]] = []

    def each(measure, fiscal_year):
        hosts = measure.hosts
        in_vain = (hosts.joined > 0) & (hosts.asked > 0) & (hosts.filled == 0)
        seen.append(
            (hosts.joined > 0, in_vain & ~np.isin(np.arange(len(hosts)), measure.contracts.municipality))
        )

    lived(values, (2014, 2018), some, each=each)
    for (_, in_vain), (joined, _) in pairwise(seen):
        assert not (in_vain & joined).any()
    assert sum(int(in_vain.sum()) for _, in_vain in seen[:-1]) > 50
    assert (seen[0][1] & seen[2][0]).sum() > 20  # most come back in another April


def test_two_countries_side_by_side_do_not_meet():
    world = load_world("default", ("島根県",), 2)
    measure, _ = lived(FAST | {"behaviour.dispatch.hear_innovation": 0.5}, (2014, 2026), world)
    table = measure.contracts
    assert len(measure.companies) == 18_000
    assert set(world.copy[table.municipality].tolist()) == {0, 1}
    assert (world.copy[table.municipality] == measure.companies.copy[table.company]).all()
    half = lived(FAST | {"behaviour.dispatch.survey_reach": 0.5}, (2022, 2024), world)[0].companies
    assert np.bincount(half.copy[half.contacted]).tolist() == [4_500, 4_500]


def test_every_table_has_the_columns_it_declares(some, usual):
    measure, _ = usual
    row = national_row(measure, 2028)
    assert list(row) == [declared.name for declared in DECLARATIONS_NATIONAL] or set(row) == {
        declared.name for declared in DECLARATIONS_NATIONAL
    }
    places = municipal_columns(measure)
    assert list(places) == [declared.name for declared in DECLARATIONS_MUNICIPALITIES]
    assert {len(column) for column in places.values()} == {len(some)}
    table = dispatches_table(measure, some, (2020, 2024))
    assert ["replicate", *table] == [declared.name for declared in DECLARATIONS]
    assert {str(kind) for kind in table["kind"]} == {"dispatched", "side_job"}
    assert (table["start_month"] < "2025-04").all()
    ended = table["end_month"] != ""
    assert ((table["end_month"][ended] >= "2020-04") & (table["end_month"][ended] < "2025-04")).all()
    assert (table["months"] >= 1).all()


@pytest.mark.parametrize(
    ("unfilled", "left", "side"), [(3, 1, "companies"), (1, 3, "posts"), (2, 2, "neither")]
)
def test_short_side(unfilled, left, side):
    assert short_side(unfilled, left) == side


def test_a_contract_that_ends_in_the_year_it_was_signed_in_is_asked_about_once_too(usual, some):
    """Where all renew, none has ended before its longest term."""
    measure, _ = lived(FAST | {"behaviour.dispatch.renewal": 1.0}, (2014, 2024), some)
    contracts, april = measure.contracts, month_index(2025)
    early = (contracts.end_month < april) & (contracts.end_month - contracts.start_month < 36)
    assert not early.any()
    usual_contracts = usual[0].contracts
    length = usual_contracts.end_month - usual_contracts.start_month
    assert ((length < 12) & (usual_contracts.renewed == 0)).any()  # short ones are there to be asked


def test_employees_whose_contract_ended_in_the_year_are_related_people_in_march(some):
    """All stay in touch for good: whoever ever came and has gone, and the side jobs of the year, each contract once."""
    seen = []

    def each(measure, year):
        table, until = measure.contracts, month_index(year + 1)
        rows, _ = months_in_year(table, month_index(year))
        of_year = np.zeros(len(table), dtype=bool)
        of_year[rows] = True
        side = of_year & (table.kind == Kind.SIDE_JOB)
        gone = table.end_month <= until
        expected = np.bincount(table.municipality[side | gone], minlength=len(some))
        assert measure.related_people.tolist() == expected.tolist()
        seen.append(((gone & of_year & ~side).any(), (gone & side).any()))

    lived(
        FAST | {"behaviour.dispatch.keeps_tie": 1.0, "behaviour.dispatch.ties_fading": 0.0},
        (2019, 2026),
        some,
        each=each,
    )
    assert np.any(seen, axis=0).all()  # both kinds ended in a year


def test_who_becomes_known_registers_from_then_on_and_at_the_end_of_the_roll():
    """Of 40,000 unknown in the first two years and known in the third, exp(-0.7) register in it and none before."""
    count, nobody = 40_000, np.zeros(0, dtype=np.int64)
    behaviour = behaviour_of({"registration": 0.7, "registration_by_federations": 0.0})
    waits = -np.log((np.arange(count) + 0.5) / count)
    assert [len(registering(behaviour, waits, nobody, 1.0)) for _ in range(2)] == [0, 0]
    rows = registering(behaviour, waits, np.arange(count), 1.0)
    assert len(rows) / count == pytest.approx(1 - np.exp(-0.7), abs=1e-4)
    later = registering(behaviour, waits, np.arange(count), 0.5)
    assert not set(rows.tolist()) & set(later.tolist())
    assert (len(rows) + len(later)) / count == pytest.approx(1 - np.exp(-0.7 * 1.5), abs=1e-4)
    assert (np.diff(waits[rows]) >= 0).all()


def test_the_roll_of_the_platform_only_grows_at_its_end(some):
    seen = []
    lived(
        FAST | {"policy.dispatch.supplement.budget@2024": 95_000_000},
        (2022, 2028),
        some,
        each=lambda m, _: seen.append(m.search_with_extra().registered_roll.rows.tolist()),
    )
    assert 0 < len(seen[-3]) < len(seen[-1])
    assert all(later[: len(before)] == before for before, later in pairwise(seen))


def test_staff_limit_counts_employees_who_stay_on(usual):
    measure, _ = usual
    rows, _ = months_in_year(measure.contracts, month_index(2028))
    on_31_march = measure.contracts.company[rows][measure.contracts.end_month[rows] >= month_index(2029)]
    limit = np.maximum(np.floor(measure.behaviour.staff_limit * measure.companies.relative_size), 1)
    away = np.bincount(on_31_march, minlength=len(limit))
    assert (away <= limit).all()
    start, end, company = (
        np.asarray(getattr(measure.contracts, name)) for name in ("start_month", "end_month", "company")
    )
    for month in range(month_index(2015), month_index(2029)):  # in every month, not in March alone
        away = np.bincount(company[(start <= month) & (end > month)], minlength=len(limit))
        assert (away <= limit).all()
    assert replace(measure.behaviour, staff_limit=0.0).staff_limit == 0.0
