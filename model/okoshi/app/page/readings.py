"""What the page reads off a running model: numbers of this month, tables for the pictures, one place, one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from okoshi.agents.cooperators import NEVER
from okoshi.engine.calendar import MONTHS, month_text
from okoshi.engine.columns import Array, Column
from okoshi.figures.words import figure_text, unit_text
from okoshi.language.errors import InputError
from okoshi.language.messages import say
from okoshi.observe import operators
from okoshi.observe.declarations import TABLES
from okoshi.observe.tables import key_texts, observed_table, place_codes
from okoshi.study.whole_country import is_whole

if TYPE_CHECKING:
    import pandas as pd

    from okoshi.agents.views import ColumnAgent
    from okoshi.simulation import RegionalModel

MOST_FOUND, KEY_DIGITS = 12, 16
NUMBERS = ("serving", "hosts", "ended", "settled", "firms", "enterprises")
LIVE_COLUMNS = ("members", "settled_stock", "posts", "hired", "support_capacity")
YEARLY_COLUMNS = (
    "population",
    "related_people",
    "startups_by_members",
    "ended_so_far",
    "enterprises_alive",
    "dispatched",
    "covered_share",
    "covered_share_65plus",
    "access_difficult_share_65plus",
    "digital_capacity",
)


def numbers(model: RegionalModel) -> dict[str, int]:
    """Return the headline numbers at the end of the month lived last."""
    members, month = model.members, model.month
    serving = operators.serving_on_31_march(members, month)
    return {
        "serving": int(serving.sum()),
        "hosts": len(np.unique(members.municipality[serving])),
        "ended": int(operators.ended_by(members, month).sum()),
        "settled": int(operators.settled_now(members).sum()),
        "firms": int((members.startup_month < month).sum()),
        "enterprises": sum(len(agents) for kind, agents in _kinds(model) if kind == "Enterprise"),
    }


def national_frame(model: RegionalModel) -> pd.DataFrame | None:
    """Return the national table of the years lived so far; None before the first has ended."""
    import pandas as pd

    if not any(model.scenario.years[0] <= year for year in model.records.fiscal_years):
        return None
    table = pd.DataFrame(model.tables(["national"])["national"])
    table.insert(0, "replicate", 0)
    return table


def observed_frame(model: RegionalModel) -> pd.DataFrame:
    """Return the official figures of the scenario's years: none beside a part of the country."""
    import pandas as pd

    observed = pd.DataFrame(observed_table(model.scenario.years))
    world = model.scenario.world
    return observed if is_whole(world.source, world.prefectures, world.scale) else observed.iloc[:0]


def national_columns() -> list[str]:
    """Return the numbers that can be shown as a series."""
    skipped = {"replicate", "fiscal_year", "short_side"}
    return [
        column.name
        for column in TABLES["national"]
        if column.name not in skipped and column.dtype in ("int64", "float64")
    ]


def map_columns(model: RegionalModel) -> list[str]:
    """Return what the map can show: what changes by the month, then what is counted once a year, if it was."""
    known = {column.name for column in TABLES["municipalities"]}
    yearly = model.records.municipal[-1] if model.records.municipal else {}
    return [*LIVE_COLUMNS, *(name for name in YEARLY_COLUMNS if name in yearly and name in known)]


def municipal_frame(model: RegionalModel, column: str) -> pd.DataFrame:
    """Return one column of the municipalities, as a table with one year: this month's, or of the last 31 March."""
    import pandas as pd

    world = model.world
    table: pd.DataFrame = pd.DataFrame(
        {
            "municipality": place_codes(world)[: len(world)],
            "name": world.name,
            "prefecture": world.prefectures.name[world.prefecture],
            "fiscal_year": shown_year(model, column),
            column: _municipal_values(model, column),
        }
    )
    chosen: pd.DataFrame = table.loc[world.copy == 0]
    return chosen


def shown_year(model: RegionalModel, column: str) -> int:
    """Return the fiscal year that a column on the map tells of."""
    if column in LIVE_COLUMNS or not model.records.fiscal_years:
        return model.scenario.years[0] if not model.month else _year_lived(model)
    return model.records.fiscal_years[-1]


def _year_lived(model: RegionalModel) -> int:
    return int(model.fiscal_year if model.month % MONTHS else model.fiscal_year - 1)


def _municipal_values(model: RegionalModel, column: str) -> Array:
    members, places = model.members, len(model.world)
    match column:
        case "members":
            serving = operators.serving_on_31_march(members, model.month)
            return np.bincount(members.municipality[serving], minlength=places)
        case "settled_stock":
            settled = operators.settled_now(members)
            return np.bincount(members.settled_municipality[settled], minlength=places)
        case "posts" | "hired" | "support_capacity":
            return np.array(getattr(model.municipalities, column))
        case _:
            return np.array(model.records.municipal[-1][column])


# -- distributions of any column of any kind of agent


def _kinds(model: RegionalModel) -> list[tuple[str, Any]]:
    return [
        (kind.__name__, agents)
        for kind, agents in model.agents_by_type.items()
        if hasattr(kind, "table_class")
    ]


def kinds(model: RegionalModel) -> dict[str, tuple[str, ...]]:
    """Return the columns of each kind of agent, the lasting key apart."""
    return {name: tuple(columns_of(model, name)) for name, _ in _kinds(model)}


def columns_of(model: RegionalModel, kind: str) -> dict[str, Column[Any]]:
    """Return the declared columns of a kind of agent, the lasting key apart."""
    declared = dict(_kinds(model))[kind].kind.agent_class.table_class.columns
    return {name: column for name, column in declared.items() if name != "key"}


@dataclass(frozen=True)
class Values:
    """A column of the living agents of a kind: its values, and how many have none (yet)."""

    column: Column[Any]
    values: Array
    without: int


def values_of(model: RegionalModel, kind: str, column: str) -> Values:
    """Return a column of the agents of a kind that live now; months that have not come count as none."""
    agents = dict(_kinds(model))[kind]
    values = np.asarray(agents.array(column))
    declared = agents.kind.agent_class.table_class.columns[column]
    there = values < NEVER if declared.unit == "month" else np.isfinite(values.astype(np.float64))
    return Values(declared, values[there], int((~there).sum()))


def kind_name(kind: str) -> str:
    """Return what a kind of agent is called."""
    return say(f"page.kind_{kind.lower()}")


def meaning_of(kind: str, column: Column[Any]) -> str:
    """Return what a column of agents means, in the language in use."""
    return say(f"agents.{kind.lower()}_{column.name}")


def labels_of(column: Column[Any]) -> list[str]:
    """Return the words of a coded column or a flag, in the language in use; none for numbers."""
    if column.unit == "flag":
        return [say("page.no"), say("page.yes")]
    return [word(label) for label in column.labels]


def word(label: str) -> str:
    """Return the word of a code in the language in use."""
    return say(f"agents.label_{label}")


# -- one place, one person


def names_of_places(model: RegionalModel) -> dict[str, str]:
    """Return prefecture and name of each municipality by code."""
    world = model.world
    prefectures = world.prefectures.name[world.prefecture]
    codes = place_codes(world)[: len(world)].tolist()
    return {
        code: f"{prefecture}{name}"
        for code, prefecture, name in zip(codes, prefectures, world.name, strict=True)
    }


def place_row(model: RegionalModel, code: str) -> int:
    """Return the row of a municipality. Raises InputError for a code that is not there."""
    found = np.flatnonzero(place_codes(model.world)[: len(model.world)] == code)
    if not len(found):
        raise InputError(say("page.no_place", code=code))
    return int(found[0])


def place_years(model: RegionalModel, code: str) -> list[dict[str, Any]]:
    """Return what was seen of one municipality on each 31 March so far."""
    row = place_row(model, code)
    return [
        {"fiscal_year": year, **{name: columns[name][row].item() for name in columns}}
        for year, columns in zip(model.records.fiscal_years, model.records.municipal, strict=True)
    ]


def members_there(model: RegionalModel, code: str) -> list[str]:
    """Return the keys of who serves there now."""
    serving = operators.serving_on_31_march(model.members, model.month)
    mine = serving & (model.members.municipality == place_row(model, code))
    return sorted(key_texts(model.members.key[mine]).tolist())


def find_members(model: RegionalModel, begins: str = "") -> list[str]:
    """Return the keys that begin so, of those who started last."""
    members = model.members
    started = np.flatnonzero(members.start_month < model.month)
    latest = started[np.argsort(-members.start_month[started], kind="stable")]
    if not begins:
        return key_texts(members.key[latest[:MOST_FOUND]]).tolist()  # type: ignore[no-any-return]
    texts = key_texts(members.key[latest])
    return texts[np.char.startswith(texts, begins)][:MOST_FOUND].tolist()  # type: ignore[no-any-return]


def member_record(model: RegionalModel, key: str) -> Mapping[str, Any]:
    """Return a member's row of the table of members. Raises InputError for a key that nobody has."""
    table = model.tables(["members"])["members"]
    found = np.flatnonzero(table["member"] == key.strip().lower())
    if not len(found):
        raise InputError(say("page.no_member", wanted=key, some=", ".join(find_members(model)[:3]) or "–"))
    return {name: values[found[0]].item() for name, values in table.items()}


def member_agent(model: RegionalModel, key: str) -> ColumnAgent | None:
    """Return the agent of that key, None when it has left for good."""
    from okoshi.agents.kinds import Cooperator

    agents = model.agents_by_type[Cooperator]
    found = np.flatnonzero(key_texts(model.members.key[agents.rows]) == key.strip().lower())
    agent: ColumnAgent | None = agents[int(found[0])] if len(found) else None
    return agent


def place_agent(model: RegionalModel, code: str) -> ColumnAgent:
    """Return the municipality of that code as an agent."""
    from okoshi.agents.kinds import Municipality

    agent: ColumnAgent = model.agents_by_type[Municipality][place_row(model, code)]
    return agent


def agent_rows(model: RegionalModel, agent: ColumnAgent) -> list[tuple[str, str, str]]:
    """Return meaning and name, value, and unit of each column of an agent."""
    kind = type(agent).__name__
    return [
        (f"{meaning_of(kind, column)} ({name})", *_shown(model, column, getattr(agent, name)))
        for name, column in type(agent).table_class.columns.items()
    ]


def _shown(model: RegionalModel, column: Column[Any], value: Any) -> tuple[str, str]:
    """Return a value and its unit as people read them; codes, flags, months and rows in words, without a unit."""
    if column.name == "key":
        return str(key_texts(np.array([value], dtype=np.uint64))[0]), ""
    if column.labels:
        return word(column.labels[value]), ""
    match column.unit:
        case "flag":
            return say("page.yes" if value else "page.no"), ""
        case "month":
            return "–" if value >= NEVER else month_text(value), ""
        case "row":
            return _name_of_row(model, column.name, value), ""
        case "fiscal year":
            return str(value) if value else "–", ""
        case _:
            return _number(value, column.unit), unit_text(column.unit) if column.unit != "share" else ""


def _number(value: float, unit: str) -> str:
    if unit == "share":
        return figure_text(value, unit)
    return (
        f"{value:,}" if isinstance(value, int) else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    )


def _name_of_row(model: RegionalModel, name: str, row: int) -> str:
    if row < 0:
        return "–"
    if name.endswith("municipality"):
        return list(names_of_places(model).values())[row]
    if name.endswith("prefecture"):
        return str(model.world.prefectures.name[row])
    return str(row)
