"""Patterns as they are read: a survey's date decides who counts as settled."""

import numpy as np
import pytest

from okoshi.study.patterns import PATTERNS


def test_who_went_after_the_survey_was_still_there_then():
    members = {
        "sex": np.array(["woman"] * 6 + ["man"]),
        "age": np.array([40, 45, 49, 44, 50, 41, 61]),
        "end_month": np.array(["2016-03", "2016-03", "2019-05", "2020-04", "2015-03", "", "2015-03"]),
        "settled": np.array(["same", "elsewhere", "elsewhere", "same", "same", "", "nearby"]),
        "gone_again_month": np.array(["", "2020-03", "2021-06", "", "", "", ""]),
        "died_month": np.array([""] * 7),
    }
    read = {pattern.name: pattern.read for pattern in PATTERNS}
    # Of three who ended by then: one lives there, one went in that very month, one went a year later.
    assert read["women_in_their_40s"]({}, members) == pytest.approx(2 / 3)
    assert read["men_over_60"]({}, members) == 1.0
