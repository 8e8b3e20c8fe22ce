"""Names and codes of invented municipalities: they look Japanese and are nobody's.

A name begins with a character that no municipality's name begins with (dream, rainbow, mist, ...), and codes end
in 701 and above, which the official codes of municipalities leave free. So no row can be taken for a real town.
"""

from __future__ import annotations

import numpy as np

from okoshi.engine.draws import Luck, combine_keys
from okoshi.world.arrays import Integers, Texts
from okoshi.world.country import MunicipalityKind

_FIRST = "夢虹幻暁響煌凪澪茜翠瑠璃琥珀紺緋燈蛍詩絵煙陽彗昴宙紡綴絆縁眺憩奏晶麗樹渚萌慧颯蒼黎曙霽銀鞠"
_SECOND = "野川沢浜森里丘坂原田島津崎瀬谷峰岡橋松杉竹池泉滝牧平根越江代場窪畑桐柏楠梨柿栗藤"
_SUFFIX = {
    MunicipalityKind.CITY: "市",
    MunicipalityKind.TOWN: "町",
    MunicipalityKind.VILLAGE: "村",
    MunicipalityKind.WARD: "区",
}
FIRST_NUMBER = 701


def invent_names(luck: Luck, kind: Integers) -> Texts:
    """Return one name for each municipality, all different in the whole country."""
    pairs = [first + second for first in _FIRST for second in _SECOND]
    if len(kind) > len(pairs):
        raise ValueError(f"only {len(pairs)} names can be invented")
    order = np.argsort(luck("world.name").uniform(combine_keys(np.arange(len(pairs)))), kind="stable")
    return np.array(
        [pairs[k] + _SUFFIX[MunicipalityKind(own)] for k, own in zip(order, kind.tolist(), strict=False)]
    )


def invent_codes(prefecture: Integers) -> Texts:
    """Return five-digit codes: the prefecture's two digits and a running number from 701."""
    seen = dict.fromkeys(range(47), FIRST_NUMBER)
    codes = []
    for index in prefecture.tolist():
        codes.append(f"{index + 1:02d}{seen[index]:03d}")
        seen[index] += 1
    return np.array(codes)
