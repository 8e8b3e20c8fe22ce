"""`okoshi explain`: one person's history in words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from okoshi.app.options import Command, option
from okoshi.app.record import why_unread
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.study.limits import MOST_REPLICATES

Row = Mapping[str, Any]
type Event = tuple[str, list[str]]  # month, and what is said of it
EXAMPLES = 3
LONGEST_NUMBER = 6  # a key has 16 digits


@click.command("explain", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(readable=False))
@option("--member", "key", metavar="KEY", required=True, help="member")
@option(
    "--replicate", type=click.IntRange(0, MOST_REPLICATES), default=0, show_default=True, help="replicate"
)
def command(folder: str, key: str, replicate: int) -> None:
    """Tell what became of one member."""
    table = Path(folder) / "members.parquet"
    member = find_member(table, key, replicate)
    names = place_names(Path(folder))
    try:
        told = history(member, names)
    except KeyError as error:  # a column, or the word for a value, that no run writes
        what = say("report.no_column")
        raise InputError(Fault(what, file=str(table), key=str(error.args[0]))) from error
    if is_invented(table):
        click.echo(say("run.invented"))
    click.echo("\n".join(told))


def find_member(table: Path, key: str, replicate: int) -> Row:
    """Return the row of a member given by key, or by number in the table (from 1).

    Raises InputError where there is no such table or member.
    """
    wanted = ("replicate", "==", replicate)
    if key.isdecimal() and len(key) <= LONGEST_NUMBER:
        rows = _read(table, [wanted])[int(key) - 1 : int(key)] if int(key) else []
    else:
        rows = _read(table, [wanted, ("member", "==", key)])
    if not rows:
        there = _read(table, [wanted])
        if not there:
            raise InputError(_no_replicate(table, replicate))
        elsewhere = sorted({int(row["replicate"]) for row in _read(table, [("member", "==", key)])})
        if elsewhere:
            allowed, what = ", ".join(map(str, elsewhere)), say("faults.member_elsewhere")
            raise InputError(
                Fault(what, file=str(table), key="--replicate", value=str(replicate), allowed=allowed)
            )
        some = ", ".join(str(row.get("member")) for row in there[:EXAMPLES])
        raise InputError(
            Fault(say("faults.no_such_member", some=some), file=str(table), key="--member", value=key)
        )
    return rows[0]


def _no_replicate(table: Path, replicate: int) -> Fault:
    from pyarrow import parquet

    found = sorted(set(parquet.read_table(table, columns=["replicate"]).column(0).to_pylist()))
    allowed = f"{found[0]} … {found[-1]}" if len(found) > 1 else "".join(map(str, found))
    what = say("faults.no_such_replicate")
    return Fault(what, file=str(table), key="--replicate", value=str(replicate), allowed=allowed or None)


def _read(table: Path, filters: list[tuple[str, str, Any]]) -> list[Row]:
    import pyarrow
    from pyarrow import parquet

    if not table.is_file():
        raise InputError(Fault(say("faults.no_members_table"), file=str(table)))
    try:
        there = parquet.read_schema(table).names
        if wrong := [name for name, _, _ in filters if name not in there]:
            raise InputError(Fault(say("report.no_column"), file=str(table), key=", ".join(wrong)))
        found: list[Row] = parquet.read_table(table, filters=filters).to_pylist()
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(Fault(why_unread(error, "faults.bad_table"), file=str(table))) from error
    return found


def is_invented(table: Path) -> bool:
    """Return whether a table says of itself that its country is invented (合成)."""
    from pyarrow import parquet

    return b"okoshi.invented" in (parquet.read_schema(table).metadata or {})


def place_names(folder: Path) -> dict[str, str]:
    """Return the names of municipalities by code, where the folder has them."""
    import pyarrow
    from pyarrow import parquet

    table = folder / "municipalities.parquet"
    if not table.is_file():
        return {}
    try:
        found = parquet.read_table(table, columns=["municipality", "prefecture", "name"])
    except (OSError, pyarrow.ArrowException) as error:
        raise InputError(Fault(why_unread(error, "faults.bad_table"), file=str(table))) from error
    codes, prefectures, names = (found.column(position).to_pylist() for position in range(3))
    return {
        code: f"{prefecture}{name}" for code, prefecture, name in zip(codes, prefectures, names, strict=True)
    }


def history(member: Row, names: Mapping[str, str]) -> list[str]:
    """Return the sentences of a member's life, in the language in use."""
    place = _place(member["municipality"], names)
    lines = [
        say("explain.who", member=member["member"]),
        say(
            "explain.came",
            sex=word("sex", member),
            age=member["age"],
            work=word("former_work", member),
            origin=member["from_prefecture"],
            month=member["start_month"],
            place=place,
            field=word("field", member),
        ),
        word("household", member),
    ]
    lines += [say(f"explain.{flag}") for flag in ("foreign", "stayed_before") if member[flag]]
    events = [*_business(member), *_end(member, names), *_departure(member)]
    lines += [line for _, told in sorted(events, key=lambda event: event[0]) for line in told if line]
    if not member["end_month"]:
        lines.append(say("explain.still_serving"))
    if member["would_have_moved_anyway"]:
        lines.append(say("explain.moved_anyway"))
    return lines


def _business(member: Row) -> list[Event]:
    if not member["startup"]:
        return []
    anyway = "opened_anyway" if member["would_have_started_anyway"] else "opened_by_grant"
    opened, closed = member["startup_month"], member["startup_closed_month"]
    events: list[Event] = [(opened, [say(f"explain.{anyway}", month=opened)])]
    return [*events, (closed, [say("explain.closed", month=closed)])] if closed else events


def _end(member: Row, names: Mapping[str, str]) -> list[Event]:
    """Return the end of the term, and what it leads to: how somebody lives there, or lived who is there no longer."""
    month = member["end_month"]
    if not month:
        return []
    months = months_between(member["start_month"], month)
    lines = [say("explain.ended", month=month, months=months, why=word("why_ended", member))]
    if member["why_ended"] != "died":
        lines.append(say(f"explain.stayed_at_end_{member['stayed_at_end'] or 'elsewhere'}"))
    if member["stayed_at_end"] in ("same", "nearby"):
        if member["stayed_at_end"] == "nearby" and member["settled_municipality"]:
            lines.append(say("explain.lives_in", place=_place(member["settled_municipality"], names)))
        if member["path"]:
            is_there = not (member["gone_again_month"] or member["died_month"])
            lines.append(word("path", member) if is_there else say(f"explain.once_{member['path']}"))
    return [(month, lines)]


def _departure(member: Row) -> list[Event]:
    events: list[Event] = []
    if month := member["gone_again_month"]:
        events.append((month, [say("explain.gone_again", month=month)]))
    if (month := member["died_month"]) and member["why_ended"] != "died":
        events.append((month, [say("explain.died", month=month)]))
    return events


def word(column: str, member: Row) -> str:
    """Return the words for a coded value."""
    return say(f"explain.{column}_{member[column]}")


def months_between(first: str, last: str) -> int:
    """Return how many months a term had, its first and its last month included."""
    years = int(last[:4]) - int(first[:4])
    return years * 12 + int(last[5:]) - int(first[5:]) + 1


def _place(code: str, names: Mapping[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code
