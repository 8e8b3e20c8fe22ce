"""The word on a headline: on what it rests by the calibration under it, the weakest of several."""

import pandas as pd

from okoshi.figures import About, series
from okoshi.scenario.scenario import load_scenario
from okoshi.study.runs import Result, run


def test_the_words_are_those_of_the_calibration_and_the_weakest_counts():
    calibrated = About.of_scenario(load_scenario("baseline"), invented=True)
    assert calibrated.words["members"] == "data"
    assert calibrated.rests_on(["members"]) == "data"
    assert calibrated.rests_on(["members", "mobile_vans"]) == "prior"  # no calibration looked at vans
    start = About.of_scenario(load_scenario("baseline", set={"behaviour.parameters": "prior"}), invented=True)
    assert start.rests_on(["members"]) == "prior"
    again = About.of_record({"scenario": "baseline", "behaviour_parameters": "calibrated"})
    assert again.words == calibrated.words
    assert About.of_record({"behaviour_parameters": "gone.parquet:3"}).words == {}


def test_the_foot_names_draws_of_parameters_and_the_replicates_of_each():
    scenario = load_scenario("baseline")
    feet = {
        (draws, replicates): About.of_result(
            Result(scenario, tuple(range(max(draws, 1) * replicates)), {}, 0.0, draws=draws)
        )
        for draws in (0, 1, 20)
        for replicates in (1, 2)
    }
    told = {key: about.foot().split(" · ")[2].removeprefix("seed 1, ") for key, about in feet.items()}
    assert told == {
        (0, 1): "one replicate",
        (0, 2): "2 replicates",
        (1, 1): "one replicate",  # a single draw tells nothing of parameters
        (1, 2): "2 replicates",
        (20, 1): "20 draws of parameters",
        (20, 2): "20 draws of parameters, 2 replicates each",
    }
    record = {"seeds": [1] * 40, "replicates": 2, "draws": 20}
    assert "seed 1, 20 draws of parameters, 2 replicates each" in About.of_record(record).foot()


def test_a_run_on_draws_knows_their_number():
    scenario = load_scenario("baseline", set={"world.prefectures": ["鳥取県"]}, years=(2009, 2010))
    assert run(scenario, tables=["national"], draws=2).draws == 2
    assert run(scenario, tables=["national"]).draws == 0


def test_a_picture_says_it_and_each_panel_its_own_where_they_differ():
    national = pd.DataFrame(
        {
            "replicate": 0,
            "fiscal_year": [2020, 2021],
            "members": [5.0, 6.0],
            "mobile_vans": [1.0, 2.0],
            "hired": [1, 2],
        }
    )
    observed = pd.DataFrame({"series": [], "fiscal_year": [], "value": [], "uncertainty": [], "label": []})
    about = About("one", words={"members": "data", "hired": "data"})
    both = series(national, observed, about, ["members", "mobile_vans"])
    heads = [axes.get_title("left") for axes in both.figure.axes]
    assert [head.rsplit("[")[-1] for head in heads[:2]] == ["data]", "prior]"]
    same = series(national, observed, about, ["members", "hired"])
    assert all("[" not in axes.get_title("left") for axes in same.figure.axes)
