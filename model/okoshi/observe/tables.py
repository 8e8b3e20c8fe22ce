"""Output tables of one run as columns, made from what was written down and from the columns of the agents."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from okoshi.agents.books import LABELS, Payer
from okoshi.agents.cooperators import NEVER, Members
from okoshi.agents.municipalities import Municipalities
from okoshi.engine.calendar import MONTHS, month_text
from okoshi.engine.columns import Array
from okoshi.engine.ledger import Ledger
from okoshi.observe.declarations import TABLES, WEIGHED_BY
from okoshi.observe.national import spent_so_far, yen_by_payer
from okoshi.observe.observed import observed_figures
from okoshi.observe.records import Records
from okoshi.world.country import World

Columns = dict[str, Array]
Texts = npt.NDArray[np.str_]
DIGITS = 12  # of a share: the digits beyond hang on the order of adding up


def national_table(records: Records, ledger: Ledger, years: tuple[int, int]) -> Columns:
    """Return one row a fiscal year."""
    net = ledger.net(("fiscal_year",))
    by_measure = ledger.net(("fiscal_year", "measure", "layer"))
    rows = []
    for fiscal_year, row in zip(records.fiscal_years, records.national, strict=True):
        if not years[0] <= fiscal_year <= years[1]:
            continue
        rows.append(
            {
                "fiscal_year": fiscal_year,
                **row,
                **(yen := yen_by_payer(net, fiscal_year)),
                **spent_so_far(by_measure, fiscal_year),
                "yen_total_at_fy2024_prices": round(
                    sum(map(float, yen.values())) / float(row["price_index"])
                ),
            }
        )
    return _in_declared_order("national", {name: np.array([row[name] for row in rows]) for name in rows[0]})


def municipality_table(records: Records, ledger: Ledger, world: World, years: tuple[int, int]) -> Columns:
    """Return one row a fiscal year and municipality, in the order of years and codes."""
    chosen = [i for i, year in enumerate(records.fiscal_years) if years[0] <= year <= years[1]]
    if not chosen:
        return {}
    fiscal_years = [records.fiscal_years[i] for i in chosen]
    places = len(world.code)
    table: Columns = {
        "fiscal_year": np.repeat(np.array(fiscal_years, dtype=np.int64), places),
        "municipality": np.tile(place_codes(world)[:places], len(chosen)),
        "name": np.tile(world.name, len(chosen)),
        "prefecture": np.tile(world.prefectures.name[world.prefecture], len(chosen)),
    }
    for name in records.municipal[0]:
        table[name] = np.concatenate([records.municipal[i][name] for i in chosen])
    table["reason_not_joined"] = labels_of(Municipalities, "reason")[table["reason_not_joined"]]
    table.update(_yen_of_places(ledger, fiscal_years, places))
    return _in_declared_order("municipalities", table)


def _yen_of_places(ledger: Ledger, fiscal_years: list[int], places: int) -> Columns:
    net = ledger.net(("fiscal_year", "place"))
    columns = {}
    first, last = fiscal_years[0], fiscal_years[-1]
    for payer in Payer:
        mine = (net["payer"] == payer) & (net["place"] >= 0) & (net["place"] < places)
        mine &= (net["fiscal_year"] >= first) & (net["fiscal_year"] <= last)
        yen = np.zeros(len(fiscal_years) * places, dtype=np.int64)
        yen[(net["fiscal_year"][mine] - first) * places + net["place"][mine]] = net["yen"][mine]
        columns[f"yen_{payer.name.lower()}"] = yen
    return columns


def prefecture_table(municipalities: Columns, ledger: Ledger, world: World) -> Columns:
    """Return the municipalities added up by prefecture and year, with what the prefecture itself paid and got."""
    pairs = np.array([municipalities["fiscal_year"].astype(str), municipalities["prefecture"]])
    _, first, group = np.unique(pairs, axis=1, return_index=True, return_inverse=True)
    table: Columns = {
        "fiscal_year": municipalities["fiscal_year"][first],
        "prefecture": municipalities["prefecture"][first],
        "municipalities_with_members": _sum_by(group, (municipalities["members"] > 0).astype(np.int64)),
    }
    for declaration in TABLES["prefectures"]:
        if declaration.name in WEIGHED_BY:
            by, values = WEIGHED_BY[declaration.name], municipalities[declaration.name]
            table[declaration.name] = _mean_by(
                group, values, municipalities[by] if by else np.ones(len(values))
            )
        elif declaration.name not in table and declaration.name != "replicate":
            table[declaration.name] = _sum_by(group, municipalities[declaration.name])
    _add_prefectures_own(table, ledger, world)
    return _in_declared_order("prefectures", table)


def _add_prefectures_own(table: Columns, ledger: Ledger, world: World) -> None:
    net = ledger.net(("fiscal_year", "place"))
    row_of = {
        (year, name): row
        for row, (year, name) in enumerate(
            zip(table["fiscal_year"].tolist(), table["prefecture"].tolist(), strict=True)
        )
    }
    for entry in np.flatnonzero(net["place"] >= len(world.code)).tolist():
        name = str(world.prefectures.name[net["place"][entry] - len(world.code)])
        row = row_of.get((int(net["fiscal_year"][entry]), name))
        if row is not None:
            table[f"yen_{Payer(int(net['payer'][entry])).name.lower()}"][row] += net["yen"][entry]


def _sum_by(group: Array, values: Array) -> Array:
    sums = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(sums, group.ravel(), values)
    return sums


def _mean_by(group: Array, values: Array, weight: Array) -> Array:
    over = np.bincount(group.ravel(), weights=values * weight)
    return rounded_ratio(over, np.bincount(group.ravel(), weights=weight))


def rounded_ratio(over: Array, under: Array) -> Array:
    """Return one number by the other, row by row, to the digits of a share; 0 where the lower one is 0."""
    return np.divide(over, under, out=np.zeros(len(under)), where=under > 0).round(DIGITS)


def member_table(members: Members, world: World, until: int) -> Columns:
    """Return one row a member who started before month `until`, in the order of keys."""
    rows = np.flatnonzero(members.start_month < until)
    rows = rows[np.argsort(members.key[rows], kind="stable")]
    codes = place_codes(world)
    lived = members.settled_municipality[rows]
    return {
        "member": key_texts(members.key[rows]),
        "sex": labels_of(Members, "sex")[members.sex[rows]],
        "age": members.age_at_start[rows].astype(np.int64),
        "former_work": labels_of(Members, "former_work")[members.former_work[rows]],
        "household": labels_of(Members, "household")[members.household[rows]],
        "foreign": members.foreign[rows].copy(),
        "stayed_before": members.guest[rows].copy(),
        "field": labels_of(Members, "field")[members.field[rows]],
        "municipality": codes[members.municipality[rows]],
        "from_prefecture": world.prefectures.name[members.origin_prefecture[rows]],
        "start_month": month_texts(members.start_month[rows]),
        "end_month": month_texts(members.end_month[rows], shift=-1),
        "why_ended": _unless_nowhere(labels_of(Members, "why_ended")[members.why_ended[rows]]),
        "startup": (members.startup_month[rows] < NEVER),
        "startup_month": month_texts(members.startup_month[rows]),
        "startup_closed_month": month_texts(members.closed_month[rows]),
        "would_have_started_anyway": members.would_have_started_anyway[rows].copy(),
        "settled": _unless_nowhere(labels_of(Members, "settled")[members.settled[rows]]),
        "stayed_at_end": _unless_nowhere(labels_of(Members, "settled")[members.stayed_at_end[rows]]),
        "path": _unless_nowhere(labels_of(Members, "path")[members.path[rows]]),
        "settled_municipality": np.where(lived >= 0, codes[np.maximum(lived, 0)], ""),
        "gone_again_month": month_texts(members.gone_again_month[rows]),
        "died_month": month_texts(members.died_month[rows]),
        "would_have_moved_anyway": members.moves_anyway[rows].copy(),
    }


def ledger_table(ledger: Ledger, world: World, years: tuple[int, int]) -> Columns:
    """Return every payment, summed by account and place."""
    books = ledger.table()
    rows = (books["fiscal_year"] >= years[0]) & (books["fiscal_year"] <= years[1])
    table: Columns = {"fiscal_year": books["fiscal_year"][rows]}
    for book in ("measure", "layer", "item", "payer", "payee"):
        table[book] = np.array(LABELS.of(book))[books[book][rows]]
    codes = np.append(place_codes(world), "")  # place -1, the nation, has no code
    table["municipality"] = codes[books["place"][rows]]
    table["yen"] = books["yen"][rows]
    return table


def observed_table(years: tuple[int, int]) -> Columns:
    """Return the official figures of the years written."""
    figures = [figure for figure in observed_figures() if years[0] <= figure.fiscal_year <= years[1]]
    return {
        declared.name: np.array(
            [getattr(figure, declared.name) for figure in figures],
            dtype="U" if declared.dtype == "text" else declared.dtype,
        )
        for declared in TABLES["observed"]
    }


def place_codes(world: World) -> Texts:
    """Return the code of each place of the ledger: municipalities, then prefectures as NN000.

    With several countries side by side the copy's number stands behind the code: `13101-2`.
    """
    codes = world.code.astype("U12")
    further = world.copy > 0
    codes[further] = np.char.add(np.char.add(codes[further], "-"), world.copy[further].astype(str))
    return np.concatenate([codes, np.char.add(world.prefectures.code.astype("U2"), "000")])


def month_texts(months: Array, shift: int = 0) -> Texts:
    """Return months as text, empty where there is none."""
    known = np.append([month_text(month) for month in range(100 * MONTHS)], "")
    return known[np.where(months >= NEVER, len(known) - 1, months + shift)]


def key_texts(keys: Array) -> Texts:
    """Return lasting keys as sixteen hexadecimal digits."""
    return np.array([f"{key:016x}" for key in keys.tolist()], dtype="U16")


def labels_of(table: type[Any], column: str) -> Texts:
    """Return the words of a coded column."""
    return np.array(table.columns[column].labels)


def _unless_nowhere(words: Texts) -> Texts:
    return np.where(np.isin(words, ("serving", "none", "dead")), "", words)


def _in_declared_order(table: str, columns: Columns) -> Columns:
    return {
        declared.name: columns[declared.name] for declared in TABLES[table] if declared.name != "replicate"
    }
