"""Countries and policies at the edge: they run, stay whole, and mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

import okoshi.simulation
from okoshi.agents.books import Payer
from okoshi.agents.cooperators import Settled, WhyEnded
from okoshi.policy.cooperator_support import SupportLine
from okoshi.world.country import load_world
from small_country import lived, rows_of, scenario_of

LINES = [f"policy.cooperators.support.{line}_budget" for line in SupportLine]


def whole(model):
    """Return the tables of a model whose columns and books have no fault."""
    assert model.members.faults() == []
    assert model.municipalities.faults() == []
    assert model.ledger.faults() == []
    return model.tables()


def yen_of(tables, **wanted):
    ledger = tables["ledger"]
    rows = np.ones(len(ledger["yen"]), dtype=bool)
    for name, value in wanted.items():
        rows &= ledger[name] == value
    return int(ledger["yen"][rows].sum())


def test_without_any_measure_nobody_is_hired_or_granted_and_no_yen_is_the_nations():
    model = lived(scenario_of((2009, 2026), base="no_measure"))
    tables = whole(model)
    national = tables["national"]
    for table in ("members", "dispatches"):
        assert all(len(values) == 0 for values in tables[table].values()), table
    none = (
        "members",
        "local_10000_projects",
        "dispatched_dispatched",
        "dispatched_side_job",
        "university_sites",
    )
    assert not any(national[name].any() for name in none)
    assert not tables["enterprises"]["grant"].any()
    assert not tables["projects"]["contract"].any()
    assert not model.measures.digital.strength.hiring.any()
    assert model.measures.shopping.knowledge == 0.0
    # What bodies do of their own goes on: they help shops, hire digital talent and pay it themselves.
    assert set(tables["ledger"]["item"].tolist()) <= {"own_talent", "pool_pay", "municipal_support"}
    assert set(tables["ledger"]["layer"].tolist()) <= {"scheme"}
    paid = {payer for payer in Payer if national[f"yen_{payer.name.lower()}"].any()}
    assert paid <= {Payer.MUNICIPALITY, Payer.PREFECTURE}
    reasons = tables["municipalities"]["reason_not_joined"]
    assert set(reasons.tolist()) <= {"scheme_closed", "not_eligible"}
    assert np.isnan(tables["national"]["settled_share_all"]).all()


def test_without_support_lines_the_scheme_goes_on():
    zero = {**dict.fromkeys(LINES, 0), "policy.cooperators.supplement.enabled": False}
    # Publicity is left: a scheme that nobody hears of is another question.
    del zero["policy.cooperators.support.publicity_budget"]
    tables = whole(lived(scenario_of((2009, 2026)).changed(zero)))
    items = set(tables["ledger"]["item"][tables["ledger"]["payer"] == "national_direct"].tolist())
    assert items == {"publicity"}
    assert tables["national"]["members"][-1] > 20


def test_a_cut_of_publicity_does_not_end_the_scheme():
    silent = {
        "policy.cooperators.support.publicity_budget": 0,
        "policy.cooperators.supplement.enabled": False,
    }
    tables = whole(lived(scenario_of((2009, 2022)).changed(silent)))
    assert tables["national"]["members"][-1] > 0


@pytest.mark.parametrize("prefecture", ["東京都", "沖縄県", "北海道", "大阪府"])
def test_any_prefecture_alone(prefecture):
    tables = whole(lived(scenario_of((2009, 2014), (prefecture,))))
    assert set(tables["municipalities"]["prefecture"].tolist()) == {prefecture}
    assert set(tables["prefectures"]["prefecture"].tolist()) == {prefecture}


@pytest.mark.parametrize("eligible", [True, False])
def test_one_municipality_alone(monkeypatch, eligible):
    nation = load_world("default")
    rows = np.flatnonzero((nation.eligible_cooperators == eligible) & (nation.population_2020 > 15_000))
    alone = rows_of(nation, rows[:1])
    monkeypatch.setattr(okoshi.simulation, "load_world", lambda source, p=(), s=1: alone if p else nation)
    eager = {
        "behaviour.municipalities.adoption_innovation": 1.0,
        "behaviour.municipalities.willingness_level": 5.0,
        "behaviour.municipalities.wanted_median": 9.0,
        "behaviour.applicants.number_a_year": 60_000,
    }
    tables = whole(lived(scenario_of((2009, 2026)).changed(eager)))
    members = tables["members"]
    assert (len(members["member"]) > 10) == eligible
    # There is no place nearby to settle in.
    assert set(members["settled"].tolist()) <= {"", "same", "elsewhere"}


@pytest.mark.parametrize("structure", ["search", "deferred_acceptance"])
def test_without_applicants_posts_stay_open(structure):
    nobody = {
        "behaviour.applicants.number_a_year": 0.001,
        "behaviour.applicants.foreign_a_year": 0.001,
        "behaviour.municipalities.trial_programme_share": 0,
        "behaviour.municipalities.internship_programme_share": 0,
        "structure.matching": structure,
    }
    tables = whole(lived(scenario_of((2009, 2020)).changed(nobody)))
    national = tables["national"]
    assert len(tables["members"]["member"]) == 0
    assert national["vacancies"][-1] > 10
    assert set(national["short_side"][national["vacancies"] > 0].tolist()) == {"applicants"}
    reasons = tables["municipalities"]["reason_not_joined"]
    assert (reasons[tables["municipalities"]["posts"] > 0] == "no_applicants").all()
    # What is paid is recruiting and support lines, no member.
    assert yen_of(tables, item="activity") == yen_of(tables, item="overhead") == 0
    assert yen_of(tables, item="recruitment") > 0


def test_many_applicants_make_posts_the_short_side():
    crowd = {"behaviour.applicants.number_a_year": 50_000}
    national = whole(lived(scenario_of((2009, 2020)).changed(crowd)))["national"]
    assert (national["short_side"][4:] == "posts").all()
    assert np.nanmin(national["hires_by_posts"][4:]) > 0.8
    assert np.nanmax(national["hires_by_applicants"][4:]) < 0.2
    assert national["vacancies_unfilled"][4:].sum() < 0.2 * national["vacancies"][4:].sum()


def test_everybody_leaves_at_once():
    gone = {"behaviour.cooperators.quit_level": 30.0}
    model = lived(scenario_of((2009, 2020)).changed(gone))
    tables = whole(model)
    members = model.members
    assert len(members) > 20
    assert (members.end_month == members.start_month + 1).all()
    assert set(members.why_ended.tolist()) <= {WhyEnded.QUIT, WhyEnded.NOT_RENEWED}
    national = tables["national"]
    assert national["exited_within_6_months_share"][-1] == 1.0
    assert np.isnan(national["settled_share_all_served_1_year"][-1])
    # Hosts learn from it and lose heart.
    assert model.municipalities.belief_left.sum() > model.municipalities.belief_settled.sum()


def test_nobody_settles_when_leaving_is_all_there_is():
    away = {"behaviour.settlement.attachment": 0.0, "behaviour.settlement.trait": 0.0}
    away |= {
        f"behaviour.settlement.{path}": -60.0
        for path in ("startup", "employed", "public_job", "farming_forestry", "succession", "other")
    }
    for structure in ("choice", "threshold"):
        model = lived(scenario_of((2009, 2020), **{"structure.settlement": structure}).changed(away))
        tables = whole(model)
        assert tables["national"]["settled"][-1] == 0
        assert (model.members.settled[model.members.end_month <= model.month] == Settled.ELSEWHERE).all()


def test_a_scheme_shut_half_way_runs_out():
    shut = scenario_of((2009, 2022), ("島根県", "鳥取県"), **{"policy.cooperators.enabled@2016": False})
    tables = whole(lived(shut))
    national = {name: values[7:] for name, values in tables["national"].items()}  # FY2016 on
    assert not national["hired"].any()
    assert not national["vacancies"].any()
    assert national["members"][0] > 0
    assert not national["members"][4:].any()
    assert national["settled"][-1] > 0
    assert yen_of(tables, fiscal_year=2016, item="activity") > 0
    for year in (2021, 2022):
        assert yen_of(tables, fiscal_year=year, measure="cooperators") == 0
    assert not any(yen_of(tables, fiscal_year=year, item="recruitment") for year in range(2016, 2023))
    late = tables["municipalities"]["fiscal_year"] == 2022
    assert set(tables["municipalities"]["reason_not_joined"][late].tolist()) <= {
        "scheme_closed",
        "not_eligible",
    }


def test_without_a_term_nobody_is_appointed_and_who_serves_ends_by_the_rules_before():
    """No term is no appointment: it shuts the scheme for new members as the switch does."""
    key = "policy.cooperators.{}@2013".format
    shut, without = (
        lived(scenario_of((2009, 2016), **{key(name): value}))
        for name, value in (("enabled", False), ("term_years", "abolished"))
    )
    assert len(without.members) > 0
    assert without.members.end_month.tolist() == shut.members.end_month.tolist()
    assert without.members.end_month.max() <= 12 * 7


def test_terms_of_up_to_five_years_are_for_those_who_start_under_them():
    longer = scenario_of((2009, 2026), ("長野県",), **{"policy.cooperators.term_years@2015": [1, 5]})
    model = lived(longer)
    tables = whole(model)
    members = model.members
    served = members.end_month - members.start_month
    over = members.why_ended == WhyEnded.END_OF_TERM
    early = members.start_month < 12 * 6
    # Nobody serves longer than the rules of the year of hiring allow, and some serve that long.
    assert served[over & early].max() == 36
    assert served[over & ~early].max() == 60
    assert not (served[over] % 12).any()
    assert (tables["national"]["settled_share_all"][-1] > 0.2).all()


def test_terms_of_one_year():
    model = lived(scenario_of((2009, 2016), **{"policy.cooperators.term_years": [1, 1]}))
    members = model.members
    over = members.why_ended == WhyEnded.END_OF_TERM
    assert set((members.end_month - members.start_month)[over].tolist()) == {12}
    whole(model)


def test_a_fixed_total_gives_nothing_to_the_country_as_a_whole():
    fixed = scenario_of((2009, 2013), (), **{"policy.special_allocation_tax.total": "fixed"})
    tables = whole(lived(fixed))
    national, places = tables["national"], tables["municipalities"]
    for row, year in enumerate(range(2009, 2014)):
        back = yen_of(tables, fiscal_year=year, payer="special_allocation_tax")
        assert yen_of(tables, fiscal_year=year, item="pool") == back > 0
        # Every yen that came back was taken from somebody: the tax bears nothing.
        assert national["yen_special_allocation_tax"][row] == 0
    # Those without members pay for those with: both lose and win.
    without = places["members"] == 0
    assert (places["yen_municipality"][without] > 0).any()


def test_in_a_part_of_the_country_nobody_gives_more_than_came_back():
    fixed = scenario_of((2009, 2020), **{"policy.special_allocation_tax.total": "fixed"})
    tables = whole(lived(fixed))
    back = yen_of(tables, payer="special_allocation_tax")
    assert 0 < yen_of(tables, item="pool") <= back


def test_everybody_hosts_within_staff_and_funds():
    eager = {
        "behaviour.municipalities.adoption_innovation": 1.0,
        "behaviour.municipalities.adoption_imitation": 50.0,
        "behaviour.municipalities.willingness_level": 9.0,
        "behaviour.municipalities.wanted_median": 500.0,
        "behaviour.applicants.number_a_year": 90_000,
    }
    model = lived(scenario_of((2009, 2014)).changed(eager))
    tables = whole(model)
    places = tables["municipalities"]
    last = places["fiscal_year"] == 2014
    behaviour, world = model.behaviour.municipalities, model.world
    staff = behaviour.staff_share * 1_900 * world.general_staff / behaviour.staff_hours_per_member
    on_31_march = places["members_on_31_march"][last]
    assert (on_31_march <= np.ceil(staff)).all()
    assert on_31_march.sum() > 0.5 * np.floor(staff[world.eligible_cooperators]).sum()


def test_two_countries_side_by_side_are_about_twice_one():
    years, place = (2009, 2018), ("長野県",)
    models = [lived(scenario_of(years, place, **{"world.scale": scale})) for scale in (1, 2)]
    one, two = (whole(model)["national"] for model in models)
    ratio = two["hired"].sum() / one["hired"].sum()
    assert 1.7 < ratio < 2.3
    # Both have the same people of the background: they differ by who was brought, one person each.
    brought = [sum(year.agents.sum() for year in model.people.closed) for model in models]
    assert brought[0] > 100
    for row, year in enumerate(models[0].people.closed):
        agents = models[1].people.closed[row].agents.sum() - 2 * year.agents.sum()
        few = (
            2 + abs(agents) / 4 + two["population"][row] / 1_000_000
        )  # whom agents leave moves on a little otherwise
        assert two["population"][row] == pytest.approx(2 * one["population"][row] + agents, abs=few)


def test_caps_of_nothing_pay_nothing():
    caps = {
        f"policy.cooperators.{name}": 0
        for name in ("activity_remuneration_per_member", "recruitment_per_municipality", "startup_per_member")
    }
    tables = whole(lived(scenario_of((2009, 2020), ("長野県",)).changed(caps)))
    assert yen_of(tables, item="recruitment", payer="special_allocation_tax") == 0
    assert yen_of(tables, item="startup", payer="special_allocation_tax") == 0
