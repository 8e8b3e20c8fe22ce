"""`okoshi world`: the country that the model starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from okoshi.app.options import Command, Group, format_option, option
from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say


class WorldGroup(Group):
    """The three things that can be done with a world."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they are needed."""
        return ["describe", "build", "import"]


@click.group(
    "world",
    cls=WorldGroup,
    invoke_without_command=True,
    about="commands.world_help",
    example="commands.world_example",
)
@click.pass_context
def command(context: click.Context) -> None:
    """Describe, build or import a country."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@command.command("describe", cls=Command)
@option("--world", "source", type=click.Path(readable=False), metavar="DIR", default="default", help="world")
@option("--prefectures", is_flag=True, help="world_prefectures")
@format_option()
def describe_command(source: str, prefectures: bool, form: str) -> None:
    """Print a country beside the facts."""
    from okoshi.app.showing import Heading, show
    from okoshi.app.world_words import figure_words, group_words
    from okoshi.language.declared import unit_in_words
    from okoshi.world.country import load_world
    from okoshi.world.describing import describe

    world = load_world(source)
    rows: list[dict[str, Any]] = [
        {
            "group": row.group,
            "fact": row.fact,
            "expected": row.expected,
            "found": row.found,
            "ratio": row.ratio,
            "unit": row.unit,
        }
        for row in describe(world, prefectures)
    ]
    if form == "table":
        if world.invented:
            click.echo(say("run.invented"))
        for row in rows:
            row["fact"] = figure_words(str(row["group"]), str(row["fact"]))
            row["group"] = group_words(str(row["group"]))
            row["unit"] = unit_in_words(str(row["unit"]))
            row |= {key: _figure(row[key]) for key in ("expected", "found", "ratio")}
    headings = [Heading("group", say("shown.group")), Heading("fact", say("shown.fact"), widest=56)]
    headings += [Heading(key, say(f"shown.{key}"), True) for key in ("expected", "found", "ratio")]
    show([*headings, Heading("unit", say("shown.unit"))], rows, form)


@command.command("build", cls=Command)
@option("--out", type=click.Path(readable=False), metavar="DIR", required=True, help="world_out")
@option("--prefecture", "prefectures", multiple=True, metavar="NAME", help="world_prefecture")
@option("--seed", type=int, default=None, help="world_seed")
def build_command(out: str, prefectures: tuple[str, ...], seed: int | None) -> None:
    """Build the invented country."""
    from okoshi.app.writing import refuse_unwritable
    from okoshi.scenario.draft import HIGHEST_SEED
    from okoshi.world.building import DEFAULT_SEED, build_world
    from okoshi.world.storage import refuse_other_files, write_world

    if seed is not None and not 0 <= seed <= HIGHEST_SEED:
        what, allowed = say("faults.out_of_range"), say("allowed.seed")
        raise InputError(Fault(what, key="--seed", value=str(seed), allowed=allowed))
    refuse_unwritable(Path(out))
    refuse_other_files(Path(out))
    world = build_world(DEFAULT_SEED if seed is None else seed, prefectures)
    write_world(world, out)
    _say_written(out)


@command.command("import", cls=Command)
@option("--ssdse", type=click.Path(readable=False), metavar="FILE", required=True, help="ssdse")
@option("--fiscal-strength", type=click.Path(readable=False), metavar="FILE", help="fiscal_strength")
@option("--projection", type=click.Path(readable=False), metavar="FILE", help="projection")
@option("--depopulated", type=click.Path(readable=False), metavar="FILE", help="depopulated")
@option("--offices", type=click.Path(readable=False), metavar="FILE", help="offices")
@option("--out", type=click.Path(readable=False), metavar="DIR", required=True, help="world_out")
def import_command(ssdse: str, out: str, **files: str | None) -> None:
    """Read the real municipalities from official files."""
    from okoshi.app.writing import refuse_unwritable
    from okoshi.scenario.prefectures import PREFECTURES
    from okoshi.world.importing import import_world

    refuse_unwritable(Path(out))

    others: dict[str, Any] = {name: Path(path) for name, path in files.items() if path is not None}
    world = import_world(Path(ssdse), **others, out=Path(out))
    people = int(world.columns["population_2020"].sum())
    click.echo(say("shown.imported", places=len(world.columns["code"]), people=people))
    absent = [name for row, name in enumerate(PREFECTURES) if row not in world.columns["prefecture"]]
    if absent:
        click.echo(say("shown.absent_prefectures", names="、".join(absent)))
    for note in world.about["notes"]:
        click.echo(note)
    for note in world.about["filled"]:
        click.echo(say("shown.filled", note=note))
    _say_written(out)


def _say_written(out: str) -> None:
    click.echo(say("shown.wrote_world", folder=out), err=True)


def _figure(value: object) -> str:
    from okoshi.app.showing import MISSING

    if not isinstance(value, int | float) or value != value:
        return MISSING
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
