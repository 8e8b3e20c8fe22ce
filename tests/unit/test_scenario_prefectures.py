"""Prefectures by every name that people use for them, and by no other."""

import pytest

from okoshi.scenario.prefectures import PREFECTURES, find_prefecture, in_order


@pytest.mark.parametrize("name", ["島根県", "島根", "Shimane", "SHIMANE", " shimane ", "32"])
def test_a_prefecture_goes_by_several_names(name: str) -> None:
    assert find_prefecture(name) == "島根県"


def test_letters_that_look_the_same_are_the_same() -> None:
    assert find_prefecture("\ufa19奈川県") == "神奈川県"
    assert find_prefecture("Ｓｈｉｍａｎｅ") == "島根県"


@pytest.mark.parametrize("name", ["", "島", "根県", "県", "0", "48", "島根市", "東京府", "Tokyo-to", "北海"])
def test_nothing_else_is_a_prefecture(name: str) -> None:
    assert find_prefecture(name) is None


def test_all_47_are_there_once_and_in_their_official_order() -> None:
    assert len(PREFECTURES) == len(set(PREFECTURES.values())) == 47
    assert [find_prefecture(str(code)) for code in range(1, 48)] == list(PREFECTURES)
    assert in_order({"沖縄県", "北海道", "京都府"}) == ("北海道", "京都府", "沖縄県")
    assert {find_prefecture(short) for short in ("北海道", "東京", "京都", "大阪")} == {
        "北海道",
        "東京都",
        "京都府",
        "大阪府",
    }
