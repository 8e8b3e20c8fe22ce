"""The whole model as a Mesa user meets it."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import subprocess
import sys

import mesa
import numpy as np
import pytest
from mesa.experimental.scenarios import Scenario as MesaScenario

import okoshi
from okoshi.agents.cooperators import Settled
from okoshi.agents.mesa_model import ColumnDataCollector

PLACES = """
title = "Two prefectures"
extends = "cooperators_only"
[world]
prefectures = ["島根県", "長野県"]
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "two.toml"
    path.write_text(PLACES, encoding="utf-8")
    return okoshi.load_scenario(str(path))


@pytest.fixture(scope="module")
def grown(scenario):
    model = okoshi.RegionalModel(scenario, rng=1)
    for _ in range(7):
        model.run_year()
    return model


@pytest.fixture
def model(grown):
    return copy.deepcopy(grown)


def same_members(one, other):
    return all(
        np.array_equal(one.members.store[name], other.members.store[name]) for name in one.members.columns
    )


def test_importing_the_package_does_not_import_mesa():
    code = "import okoshi, sys; okoshi.load_scenario('baseline'); assert 'mesa' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_step_is_a_month_and_warns_of_nothing(scenario, recwarn):
    model = okoshi.RegionalModel(scenario, rng=3)
    model.run_year()
    model.step()
    assert (model.time, model.steps, model.fiscal_year) == (13.0, 13, 2010)
    assert model.scenario == scenario
    assert model.scenario.hash == scenario.hash
    assert not recwarn.list


def test_running_by_months_years_or_mesas_clock_is_the_same(scenario):
    by_year, by_month, by_clock = (okoshi.RegionalModel(scenario, rng=3) for _ in range(3))
    for _ in range(5):
        by_year.run_year()
    for _ in range(60):
        by_month.step()
    by_clock.run_for(60)
    assert len(by_year.members) > 0
    assert same_members(by_year, by_month)
    assert same_members(by_year, by_clock)


def test_a_step_of_ones_own_sees_every_month_decided(scenario):
    seen = []

    class Watched(okoshi.RegionalModel):
        def step(self):
            super().step()
            members = self.members
            over = members.end_month <= self.month
            seen.append(int((over & (members.settled == Settled.SERVING)).sum()))
            seen.append(int(over.sum()))

    watched, plain = Watched(scenario, rng=3), okoshi.RegionalModel(scenario, rng=3)
    for _ in range(5):
        watched.run_year()
        plain.run_year()
    assert set(seen[0::2]) == {0}
    assert seen[-1] > 0
    assert same_members(watched, plain)


def test_the_scenario_is_one_of_mesas_kind(scenario):
    """SolaraViz asks for the class, and on a reset for the scenario by calling its class without arguments."""
    one, other = okoshi.RegionalModel(scenario, rng=3), okoshi.RegionalModel(scenario.changed(seed=9), rng=3)
    assert isinstance(one.scenario, MesaScenario)
    assert one.scenario.model is one
    assert type(one.scenario)() == scenario == one.scenario
    assert type(other.scenario)().seed == 9
    assert hash(one.scenario) == hash(scenario)
    assert copy.deepcopy(one).scenario == scenario != other.scenario


def test_keys_of_the_scenario_are_arguments_of_the_model(scenario):
    key = "policy.cooperators.startup_per_member@2025"
    given = okoshi.RegionalModel(scenario, rng=3, **{key: 2_000_000})
    assert given.scenario == scenario.changed({key: 2_000_000})
    with pytest.raises(okoshi.InputError, match="startup_per_member"):
        okoshi.RegionalModel(scenario, **{"policy.cooperators.startup_per_membr": 1})


@pytest.mark.parametrize("seed", [1.5, -1, True, 2**63, "3"])
def test_a_seed_that_cannot_be_is_refused(scenario, seed):
    """1.5 would run as 1, and -1 as a seed that no file can name."""
    with pytest.raises(okoshi.InputError, match=r"(?s)seed = .*whole number from 0 to 2\^63-1"):
        okoshi.RegionalModel(scenario, rng=seed)


def test_mesas_clock_ends_with_the_scenario(scenario):
    model = okoshi.RegionalModel(scenario.changed(years=(2009, 2010)), rng=3)
    model.run_model()
    assert (model.month, model.running) == (24, False)


def test_agents_are_the_rows_that_live_there(model):
    cooperators = model.agents_by_type[okoshi.Cooperator]
    assert sum(len(agents) for agents in model.agents_by_type.values()) == len(model.agents)
    assert len(model.agents_by_type[okoshi.Company]) == 55_000
    assert len(model.agents_by_type[okoshi.District]) > len(model.municipalities)
    bonded = cooperators.select(lambda cooperator: cooperator.attachment > 0.5)
    assert 0 < len(bonded) < len(cooperators)
    assert bonded.get("key") == cooperators.mask(cooperators.array("attachment") > 0.5).get("key")
    assert sum(cooperators.groupby("municipality").count().values()) == len(cooperators)


def test_looking_changes_nothing(model, grown):
    watched = copy.deepcopy(grown)
    watched.datacollector = ColumnDataCollector(
        model_reporters={"year": "fiscal_year"},
        agenttype_reporters={okoshi.Cooperator: {"bond": "attachment"}},
    )
    for _ in range(24):
        watched.step()
        watched.agents_by_type[okoshi.Cooperator].shuffle_do(lambda agent: agent.key)
        watched.agents_by_type[okoshi.Municipality].shuffle_do(lambda agent: agent.key)
        watched.datacollector.collect(watched)
    model.run_year()
    model.run_year()
    assert same_members(model, watched)
    frame = watched.datacollector.get_agenttype_vars_dataframe(okoshi.Cooperator)
    assert frame["bond"].between(0, 1).all()


def test_a_copy_and_a_pickle_live_on_alike(model):
    twin, thawed = copy.deepcopy(model), pickle.loads(pickle.dumps(model))  # noqa: S301
    for each in (model, twin, thawed):
        each.run_year()
    assert same_members(model, twin)
    assert same_members(model, thawed)


def test_writing_through_a_view_changes_the_life(model):
    twin = copy.deepcopy(model)
    twin.agents_by_type[okoshi.Cooperator].set("trait", -20.0)
    model.run_year()
    twin.run_year()
    assert (twin.members.end_month < model.members.end_month[: len(twin.members)]).any()


class Journalist(mesa.Agent):
    def step(self):
        self.story = self.model.agents_by_type[okoshi.Cooperator].agg("attachment", np.mean)


def test_an_ordinary_agent_lives_beside_the_columns(model):
    journalist = Journalist(model)
    model.schedule_recurring(journalist.step, mesa.time.Schedule(interval=1.0))
    model.run_year()
    assert 0 < journalist.story < 1
    assert journalist in model.agents_by_type[Journalist]


class Collected(okoshi.RegionalModel):
    def __init__(self, scenario, rng=None):
        super().__init__(scenario, rng)
        self.datacollector = ColumnDataCollector(
            model_reporters={"month": "month"},
            agenttype_reporters={okoshi.Municipality: {"serving": "serving"}},
        )

    def step(self):
        super().step()
        self.datacollector.collect(self)


def test_batch_run_runs_scenarios_and_seeds(scenario):
    method = multiprocessing.get_start_method(allow_none=True)
    try:
        rows = mesa.batch_run(
            Collected, {"scenario": [scenario]}, rng=[1, 2], max_steps=13, display_progress=False
        )
    finally:
        multiprocessing.set_start_method(method, force=True)
    places = len(okoshi.RegionalModel(scenario, rng=1).municipalities)
    assert len(rows) == 2 * places
    assert {row["month"] for row in rows} == {13}
    assert {row["rng"] for row in rows} == {1, 2}
