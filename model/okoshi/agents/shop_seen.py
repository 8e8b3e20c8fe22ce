"""What can be seen of shopping on 31 March, by district: who has access, who is reached, who uses a service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from okoshi.agents.arrays import Flags, Floats
from okoshi.agents.districts import Access, Residents
from okoshi.agents.shops import ServiceKind, Services, is_open


@dataclass(frozen=True)
class Seen:
    """What 31 March looks like, by district: difficult access by both definitions, and who is reached.

    `reached` marks districts where a service calls often enough; `customers_65plus` are users over
    65 by municipality.
    """

    residents: Residents
    access: Access
    access_2015: Access
    reached: Flags
    customers_65plus: Floats


def customers_over_65(services: Services, residents: Residents, places: int) -> Floats:
    """Return customers of 65 and over of all open services by municipality.

    Vans and deliveries serve people of 65 and over; of a community store's customers, the district's share of them.
    """
    users = np.where(is_open(services), services.customers, 0.0)
    stores = services.kind == ServiceKind.COMMUNITY_STORE
    old = residents.aged_65plus / np.maximum(residents.everybody, 1e-9)
    users = users * np.where(stores, old[np.where(stores, services.site, 0)], 1.0)
    return np.bincount(services.municipality, weights=users, minlength=places)
