"""What a body spends of what it wants where a part comes back, by two assumptions of what its own share is of.

For cooperators, whose costs come back whole up to a cap (措置率1.0), it is a share of what does not come back. For
dispatch, of which half comes back (措置率0.5), it is a share of all that is wanted: there the first assumption would
have a body spend money that neither comes back nor is its share.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from okoshi.agents.arrays import Floats, Yen


def worth_spending(wanted: Floats, cap: int | None, rate: Fraction | None, own_share: float) -> Yen:
    """Return what a body spends of what it wants, whole yen: what would come back, and of the rest a share of its own.

    `rate x min(wanted, cap) + own_share x (wanted - that)`: more never comes from a lower cap or rate.
    """
    back = float(rate or 0) * np.minimum(wanted, cap or 0)
    return np.asarray(np.floor(back + own_share * (wanted - back)), dtype=np.int64)


def within_own_share(wanted: Yen, cap: int | None, rate: Fraction | None, own_share: float) -> Yen:
    """Return what a body spends of what it wants, whole yen, where it bears a share of that itself at most.

    With `b = own_share x wanted` of its own it can spend `b / (1 - rate)` under the cap and `b + rate x cap` over it:
    never more by a lower cap or rate, and all that it wants where the rest comes back.
    """
    own, back = own_share * wanted, float(rate or 0) if cap else 0.0
    under = own / (1.0 - back) if back < 1.0 else wanted
    most = np.minimum(np.minimum(under, own + back * (cap or 0)), wanted)
    return np.asarray(np.floor(most), dtype=np.int64)
