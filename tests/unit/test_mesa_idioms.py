"""Mesa 3.5's own idioms on a small model of two kinds of columns and one ordinary kind of agent."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import pickle
import re
from pathlib import Path

import mesa
import numpy as np
import pytest
from mesa.agentset import AgentSet
from mesa.experimental.data_collection.dataset import NumpyAgentDataSet
from mesa.experimental.mesa_signals import ModelSignals

import okoshi
from okoshi.agents.agent_sets import ColumnAgentSet
from okoshi.agents.mesa_model import ColumnDataCollector, ColumnModel
from okoshi.agents.views import ColumnAgent
from okoshi.engine.columns import Column, Table
from okoshi.engine.draws import combine_keys


class Sheep(Table):
    wool = Column(np.float64, unit="kg", meaning="wool on it", low=0, high=10)
    breed = Column(np.int8, unit="label", meaning="its breed", labels=("merino", "texel"))
    born = Column(np.int64, unit="month", meaning="month of birth")
    living = Column(np.bool_, unit="flag", meaning="whether it lives", fill=True)


class Pastures(Table):
    grass = Column(np.float64, unit="t", meaning="grass on it")
    name = Column(np.dtype("U8"), unit="text", meaning="what it is called", fill="")  # type: ignore[arg-type]


class Ewe(ColumnAgent, table=Sheep):
    def shear(self, share=1.0):
        self.wool = self.wool * (1 - share)
        return self.row

    @property
    def is_woolly(self):
        return self.wool > 5


class Pasture(ColumnAgent, table=Pastures):
    pass


class Dog(mesa.Agent):
    def __init__(self, model, mood=1):
        super().__init__(model)
        self.mood = mood
        self.barks = 0

    def step(self):
        self.barks += 1


def is_living(sheep):
    return sheep.living


def slaughter(sheep, rows):
    sheep.living[rows] = False


class Farm(ColumnModel):
    def __init__(self, sheep=6, rng=1, scenario=None, collector=ColumnDataCollector):
        super().__init__(rng=rng, scenario=scenario)
        self.sheep, self.pastures = Sheep(), Pastures()
        self.add_kind(Ewe, self.sheep, alive=is_living, remove=slaughter)
        self.add_kind(Pasture, self.pastures)
        self.give_birth(sheep)
        self.pastures.append(2, key=combine_keys([1, 2], 9), grass=[10.0, 20.0], name=["hill", "dale"])
        self.dogs = [Dog(self, mood=3) for _ in range(2)]
        self.datacollector = collector(
            model_reporters={"sheep": count_sheep},
            agenttype_reporters={Ewe: {"wool": "wool", "woolly": is_woolly}, Dog: {"mood": "mood"}},
            tables={"shearings": ["key", "wool"]},
        )

    def give_birth(self, count):
        number = np.arange(self.sheep.size, self.sheep.size + count)
        self.sheep.append(
            count, key=combine_keys(number, 5), wool=number % 10, breed=number % 2, born=int(self.time)
        )

    def step(self):
        self.sheep.wool = np.minimum(self.sheep.wool + 0.5, 10)
        self.agents_by_type[Dog].do("step")
        self.datacollector.collect(self)


def count_sheep(model):
    return len(model.agents_by_type[Ewe])


def is_woolly(agent):
    return agent.wool > 5


@pytest.fixture
def farm():
    return Farm()


@pytest.fixture
def ewes(farm):
    return farm.agents_by_type[Ewe]


# -- agents


def test_attributes_read_and_write_the_columns(farm, ewes):
    ewe = ewes[3]
    ewe.wool = 7.5
    farm.sheep.breed[3] = 0
    assert farm.sheep.wool[3] == 7.5
    assert (ewe.breed, ewe.row, type(ewe.wool)) == (0, 3, float)
    assert ewe.key == int(farm.sheep.key[3])
    assert ewe.label("breed") == "merino"
    assert Ewe.wool.unit == "kg"


@pytest.mark.parametrize(("name", "value"), [("wool", 10.5), ("wool", -1), ("breed", 0.5), ("breed", 300)])
def test_a_value_out_of_range_or_with_a_fraction_cut_off_is_refused(ewes, name, value):
    before = ewes.get(name)
    with pytest.raises(ValueError, match=name):
        setattr(ewes[0], name, value)
    with pytest.raises(ValueError, match=name):
        ewes.set(name, value)
    assert ewes.get(name) == before


def test_the_key_cannot_be_changed(ewes):
    with pytest.raises(AttributeError, match="lasting name"):
        ewes[0].key = 1
    with pytest.raises(AttributeError, match="lasting name"):
        ewes.set("key", 1)


def test_a_view_is_the_same_object_while_its_agent_lives(ewes):
    ewes[2].nickname = "Dolly"
    gc.collect()
    assert ewes.to_list()[2].nickname == "Dolly"
    assert ewes[2] is ewes.to_list()[2]


def test_a_view_outlives_growth_of_the_table(farm, ewes):
    ewe = ewes[1]
    farm.give_birth(1000)
    ewe.wool = 4.5
    assert farm.sheep.wool[1] == 4.5


def test_at_death_a_view_keeps_its_last_values(farm, ewes):
    ewe = ewes[4]
    farm.sheep.living[4] = False
    farm.step()
    last = ewe.wool
    farm.sheep.wool[4] = 9.0
    ewe.breed = 1
    assert (ewe.wool, ewe.is_gone, ewe in ewes) == (last, True, False)
    assert farm.sheep.breed[4] == 0
    assert 4 not in farm.agents_by_type[Ewe].kind.views


def test_numbers_for_mesa_do_not_depend_on_who_looked_when(farm):
    looked_early = farm.agents.to_list()[-3].unique_id
    farm.give_birth(3)
    numbers = farm.agents.get("unique_id")
    assert looked_early in numbers
    assert len(set(numbers)) == len(farm.agents) == 13
    assert numbers[:9] == Farm(9).agents.get("unique_id")[:9]
    assert [agent.unique_id for agent in farm.agents] == numbers


def test_an_agent_in_columns_cannot_be_made_or_added_by_hand(farm, ewes):
    for make in (lambda: Ewe(farm), lambda: Ewe.create_agents(farm, 2)):
        with pytest.raises(TypeError, match="append a row"):
            make()
    with pytest.raises(TypeError, match="append to the table"):
        ewes.add(Dog(farm))
    with pytest.raises(TypeError, match="append to its table"):
        farm.agents.add(ewes[0])


def test_a_column_with_one_of_mesas_names_is_refused():
    class Steps(Table):
        step = Column(np.int64, unit="-", meaning="a name that Mesa uses")

    with pytest.raises(TypeError, match="step"):
        type("Stepper", (ColumnAgent,), {}, table=Steps)


def test_remove_ends_a_life_where_the_kind_allows_it(farm, ewes):
    ewe = ewes[0]
    ewe.remove()
    ewe.remove()
    assert (len(ewes), bool(farm.sheep.living[0]), ewe.is_gone) == (5, False, True)
    with pytest.raises(TypeError, match="cannot be removed by hand"):
        farm.agents_by_type[Pasture][0].remove()
    assert len(farm.agents_by_type[Pasture]) == 2


def test_mesa_stays_at_the_edge():
    rooms = Path(okoshi.__file__).parent
    importing = {
        path.relative_to(rooms).as_posix()
        for path in rooms.rglob("*.py")
        if re.search(r"^\s*(from|import) mesa\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    edge = {"views", "agent_sets", "all_agents", "mesa_model", "mesa_scenario"}
    assert importing == {f"agents/{name}.py" for name in edge}


# -- the model


def test_the_model_knows_all_kinds(farm, ewes):
    assert farm.agent_types == [Ewe, Pasture, Dog]
    assert {kind: len(agents) for kind, agents in farm.agents_by_type.items()} == {Ewe: 6, Pasture: 2, Dog: 2}
    assert len(farm.agents) == len(list(farm.agents)) == 10
    assert ewes[0] in farm.agents
    assert farm.dogs[0] in farm.agents
    assert Farm().agents_by_type[Ewe][0] not in farm.agents


def test_a_step_is_one_unit_of_time_and_makes_no_warning(recwarn):
    farm = Farm(rng=7)
    for _ in range(3):
        farm.step()
    farm.run_for(2)
    assert (farm.steps, farm.time) == (5, 5.0)
    assert farm.dogs[0].barks == 5
    assert not recwarn.list


def test_any_object_may_be_the_scenario():
    scenario = ("baseline", 2009)
    farm = Farm(scenario=scenario)
    assert farm.scenario is farm.agents_by_type[Ewe][0].scenario is scenario
    assert Farm(rng=5).scenario.rng == 5


def test_signals_tell_of_ordinary_agents(farm):
    heard = []

    def listen(message):
        heard.append(message.signal_type)

    farm.observe("agents", ModelSignals.AGENT_ADDED, listen)
    farm.observe("agents", ModelSignals.AGENT_REMOVED, listen)
    dog = Dog(farm)
    dog.remove()
    assert heard == [ModelSignals.AGENT_ADDED, ModelSignals.AGENT_REMOVED]
    assert dog not in farm.agents_by_type[Dog]
    assert dog not in farm.agents


def test_remove_all_agents(farm, ewes):
    ewe = ewes[5]
    farm.remove_all_agents()
    assert len(farm.agents) == len(farm.sheep) == 0
    assert (ewe.wool, ewe.is_gone) == (5.0, True)
    farm.give_birth(1)
    assert ewes.get(["born", "living"]) == [[0, True]]


def test_scheduled_events_run_and_a_kind_is_added_once(farm):
    dog = farm.dogs[0]
    farm.schedule_event(dog.step, at=1.5)
    farm.run_until(2)
    assert (dog.barks, farm.steps) == (3, 2)
    with pytest.raises(ValueError, match="there already"):
        farm.add_kind(Ewe, Sheep())
    with pytest.raises(TypeError, match="row of Sheep"):
        farm.add_kind(type("Ram", (Ewe,), {}), Pastures())


def test_deep_copy_and_pickle_stand_on_their_own_columns(farm, ewes):
    ewes[0].nickname = "Dolly"
    for twin in (copy.deepcopy(farm), pickle.loads(pickle.dumps(farm))):  # noqa: S301
        flock = twin.agents_by_type[Ewe]
        flock.set("wool", 1.0)
        twin.sheep.living[1] = False
        twin.step()
        assert (flock[0].nickname, flock[0].wool, len(flock)) == ("Dolly", 1.5, 5)
    assert ewes.get("wool") == [0, 1, 2, 3, 4, 5]
    assert len(ewes) == 6


# -- sets


def test_get_reads_columns_properties_and_missing_values(farm, ewes):
    assert ewes.get("wool") == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert ewes.get(["breed", "is_woolly"])[1] == [1, False]
    assert ewes.get("unique_id") == [ewe.unique_id for ewe in ewes]
    assert farm.agents.get("wool", "default", -1)[5:] == [5.0, -1, -1, -1, -1]
    with pytest.raises(AttributeError, match="barks"):
        ewes.get("barks")
    with pytest.raises(ValueError, match="handle_missing"):
        ewes.get("wool", handle_missing="ignore")


def test_agg_gives_what_mesa_gives(farm, ewes):
    plain = AgentSet(ewes.to_list(), farm.random)
    for function in (sum, max, np.mean, len, [min, np.std, sorted]):
        assert ewes.agg("wool", function) == plain.agg("wool", function)
    assert farm.agents_by_type[Dog].agg("mood", sum) == 6


def test_set_writes_a_column_or_an_attribute(farm, ewes):
    assert ewes.set("wool", 3).set("note", "shorn") is ewes
    assert set(farm.sheep.wool) == {3.0}
    assert ewes.get("note") == ["shorn"] * 6
    farm.sheep.living[0] = False
    ewes.set("wool", np.arange(5))
    assert farm.sheep.wool.tolist() == [3, 0, 1, 2, 3, 4]


def test_select_by_function_number_share_and_type(farm, ewes):
    assert ewes.select(lambda ewe: ewe.wool > 2).get("row") == [3, 4, 5]
    assert ewes.select(lambda ewe: ewe.wool > 2, at_most=2).get("row") == [3, 4]
    assert len(ewes.select(at_most=0.5)) == 3
    assert len(ewes.select(at_most=1)) == 1
    assert len(ewes.select(agent_type=Dog)) == 0
    assert isinstance(farm.agents.select(agent_type=Ewe), ColumnAgentSet)
    assert len(farm.agents.select(agent_type=Dog)) == 2
    assert len(farm.agents.select(lambda agent: agent.unique_id > 5)) == 8


def test_select_in_place_is_for_ones_own_sets(ewes):
    own = ewes.copy()
    assert own.select(lambda ewe: ewe.breed == 1, inplace=True) is own
    assert (len(own), len(ewes)) == (3, 6)
    with pytest.raises(TypeError, match="select from it"):
        ewes.select(at_most=1, inplace=True)


def test_arrays_and_masks_of_the_living(farm, ewes):
    farm.sheep.living[0] = False
    assert ewes.array("wool").tolist() == [1, 2, 3, 4, 5]
    assert ewes.mask(ewes.array("wool") > 3).get("row") == [4, 5]
    with pytest.raises(ValueError, match="5 true or false"):
        ewes.mask(farm.sheep.wool > 3)
    with pytest.raises(AttributeError, match="no column 'hair'"):
        ewes.array("hair")


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("key", ["breed", "wool", "is_woolly", lambda ewe: -ewe.row])
def test_sort_is_mesas_sort(farm, ewes, key, ascending):
    plain = AgentSet(ewes.to_list(), farm.random).sort(key, ascending=ascending)
    assert ewes.sort(key, ascending=ascending).to_list() == plain.to_list()


def test_shuffle_in_place_keeps_newborn_and_drops_dead(farm, ewes):
    order = [ewe.row for ewe in ewes.shuffle(inplace=True)]
    assert sorted(order) == [0, 1, 2, 3, 4, 5]
    assert order != sorted(order)
    farm.give_birth(2)
    farm.sheep.living[order[0]] = False
    assert ewes.get("row") == [*order[1:], 6, 7]


def test_same_seed_same_shuffle():
    first, second = (Farm(50).agents_by_type[Ewe].shuffle().get("key") for _ in range(2))
    assert first == second


def test_do_map_and_shuffle_do(farm, ewes):
    assert ewes.map("shear", share=0.5) == [0, 1, 2, 3, 4, 5]
    assert ewes.do(lambda ewe, more: setattr(ewe, "wool", ewe.wool + more), 1).get("wool")[4] == 3.0
    called = []
    farm.agents.shuffle_do(lambda agent: called.append(agent.unique_id))
    assert sorted(called) == sorted(farm.agents.get("unique_id"))


def test_do_passes_over_whom_an_earlier_call_removed(farm, ewes):
    reached = []

    def eat_the_next(ewe):
        reached.append(ewe.row)
        if ewe.row % 2 == 0:
            ewes.kind.view(ewe.row + 1).remove()

    ewes.do(eat_the_next)
    assert reached == [0, 2, 4]


def test_groupby_column_function_and_list(farm, ewes):
    groups = ewes.groupby("breed")
    assert groups.count() == {0: 3, 1: 3}
    assert groups.agg("wool", np.sum) == {0: 6.0, 1: 9.0}
    assert groups.map(len) == {0: 3, 1: 3}
    groups.do("set", "wool", 1)
    assert set(farm.sheep.wool) == {1.0}
    listed = ewes.groupby(lambda ewe: ewe.row > 3, result_type="list")
    assert [ewe.row for ewe in listed.groups[True]] == [4, 5]
    assert farm.agents.groupby(type).count() == {Ewe: 6, Pasture: 2, Dog: 2}


def test_copies_keep_their_members_and_lose_the_dead(farm, ewes):
    taken = copy.copy(ewes)
    farm.give_birth(1)
    farm.sheep.living[2] = False
    assert taken.get("row") == [0, 1, 3, 4, 5]
    taken.discard(ewes[0])
    taken.add(ewes.kind.view(6))
    assert taken.get("row") == [1, 3, 4, 5, 6]
    with pytest.raises(KeyError):
        taken.remove(ewes[0])
    assert len(ewes) == 6


def test_slices_membership_and_set_algebra(farm, ewes):
    assert [ewe.row for ewe in ewes[1:3]] == [1, 2]
    assert ewes[-1].row == 5
    with pytest.raises(IndexError):
        ewes[6]
    few, many = ewes.select(at_most=2), ewes.select(lambda ewe: ewe.row > 0)
    assert {ewe.row for ewe in few & many} == {1}
    assert len(few | many) == 6
    assert few <= ewes
    assert farm.dogs[0] not in ewes


def test_weak_sets_of_views_do_not_empty(farm):
    found = farm.agents.select(lambda agent: isinstance(agent, Ewe) and agent.wool > 2)
    gc.collect()
    assert isinstance(found, AgentSet)
    assert len(found) == 3


# -- collecting


@pytest.mark.parametrize("collector", [ColumnDataCollector, mesa.DataCollector])
def test_a_data_collector_collects(collector):
    farm = Farm(collector=collector)
    farm.step()
    farm.sheep.living[0] = False
    farm.step()
    farm.datacollector.add_table_row("shearings", {"key": 1, "wool": 2.0})
    wool = farm.datacollector.get_agenttype_vars_dataframe(Ewe)
    assert farm.datacollector.get_model_vars_dataframe()["sheep"].tolist() == [6, 5]
    assert wool.loc[2.0]["wool"].tolist() == [2, 3, 4, 5, 6]
    assert wool.loc[2.0].index.tolist() == farm.agents_by_type[Ewe].get("unique_id")
    assert wool["woolly"].sum() == 2
    assert len(farm.datacollector.get_agenttype_vars_dataframe(Dog)) == 4
    assert len(farm.datacollector.get_table_dataframe("shearings")) == 1


def test_agent_reporters_read_all_kinds_and_name_a_missing_attribute(farm):
    collector = ColumnDataCollector(agent_reporters={"id": "unique_id", "twice": [multiply, [2]]})
    collector.collect(farm)
    frame = collector.get_agent_vars_dataframe()
    assert (frame["twice"] == 2 * frame["id"]).all()
    assert len(frame) == 10
    with pytest.raises(AttributeError, match="wool"):
        ColumnDataCollector(agent_reporters={"wool": "wool"}).collect(farm)


def multiply(agent, factor):
    return agent.unique_id * factor


def test_batch_run_loses_no_row():
    method = multiprocessing.get_start_method(allow_none=True)
    try:
        rows = mesa.batch_run(
            Farm, {"sheep": [3, 4]}, rng=[1, 2], max_steps=2, data_collection_period=1, display_progress=False
        )
    finally:
        multiprocessing.set_start_method(method, force=True)
    assert len(rows) == 2 * 2 * (3 + 2) + 2 * 2 * (4 + 2)
    of_first = [row for row in rows if row["RunId"] == 0 and row["Step"] == 2.0]
    assert [row.get("wool") for row in of_first] == [1.0, 2.0, 3.0, None, None]
    assert {row["sheep"] for row in of_first} == {3}


def test_tracking_works_but_for_mesas_numpy_tracker(farm):
    tracked = farm.data_registry.track_agents(farm.agents_by_type[Ewe], "wool", fields=["wool"])
    assert [record["wool"] for record in tracked.data] == [0, 1, 2, 3, 4, 5]
    with pytest.raises(TypeError, match="every other model"):
        farm.data_registry.track_agents_numpy(Ewe, "numbers", fields=["wool"])
    with pytest.raises(TypeError, match="every other model"):
        farm.data_registry.create_dataset(NumpyAgentDataSet, "numbers", Dog, fields=["mood"])
