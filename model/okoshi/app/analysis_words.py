"""What `okoshi analyse` prints: for each outcome what is left out, what is noise, and a table of indices."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import click

from okoshi.app.showing import MISSING, Heading, as_table, number, value_text
from okoshi.language.messages import say
from okoshi.study.gathered import Completeness
from okoshi.study.intervals import Interval
from okoshi.study.left_over import is_full_grid
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.sensitivity import Analysis, Index, largest_first, unsure_indices

UNSURE = "!"
ORDER = ("total", "mu_star", "pawn_median", "delta", "rank_correlation", "first", "change")
MOST_NAMED = 3


def show_completeness(found: Completeness) -> None:
    """Print how many runs there are, and how many are missing or failed."""
    whole = found.done == found.wanted
    key = "analyse.complete" if whole else "analyse.incomplete"
    click.echo(say(key, wanted=found.wanted, missing=found.missing, failed=found.failed))


def show_analysis(outcome: OutcomeChoice, analysis: Analysis) -> None:
    """Print one outcome: what was left out, the noise, the indices, and what they cannot tell."""
    gathered = analysis.gathered
    click.echo()
    click.echo(f"{outcome.label}: {outcome.meaning}")
    if gathered.dropped and (gathered.not_finite or not analysis.too_few):
        key = "analyse.dropped_blocks" if gathered.block > 1 else "analyse.dropped_points"
        click.echo(
            say(
                key,
                outcome=outcome.label,
                dropped=gathered.dropped,
                blocks=gathered.blocks,
                rows=gathered.block,
                not_finite=gathered.not_finite,
            )
        )
    if analysis.too_few:
        whole = gathered.whole_blocks
        click.echo(say("analyse.too_few", outcome=outcome.label, whole=whole, blocks=gathered.blocks))
        return
    if analysis.constant:
        click.echo(say("analyse.constant", outcome=outcome.label))
        return
    _show_noise(analysis)
    for factor, values in analysis.absent.items():
        shown = ", ".join(value_text(value) for value in values)
        click.echo(say("analyse.absent", factor=factor, values=shown))
    if gathered.dropped and analysis.indices[0].method == "grid" and not is_full_grid(gathered.unit):
        click.echo(say("analyse.holes"))
    click.echo(_table([index for index in analysis.indices if not index.other]))
    pairs = [index for index in analysis.indices if index.other]
    if pairs:
        click.echo()
        click.echo(_pairs(pairs))
    unsure = unsure_indices(analysis)
    if unsure:
        names = ", ".join(_named(index) for index in unsure[:MOST_NAMED])
        click.echo(say("analyse.unsure", count=len(unsure), all=len(analysis.indices), names=names))


def _show_noise(analysis: Analysis) -> None:
    replicates = analysis.gathered.values.shape[1]
    if isnan(analysis.noise.of_means.value):
        click.echo(say("analyse.noise_unknown" if replicates < 2 else "analyse.noise_of_few"))
        return
    means, run = (_percent(share) for share in (analysis.noise.of_means, analysis.noise.of_a_run))
    click.echo(say("analyse.noise", means=means, run=run, replicates=replicates))


def _percent(share: Interval) -> str:
    if isnan(share.low):
        return f"{share.value:z.0%}"
    return f"{share.value:z.0%} [{share.low:z.0%}, {share.high:z.0%}]"


def _named(index: Index) -> str:
    return f"{say(f'analyse.{index.index}')} {' × '.join(part for part in (index.part, index.other) if part)}"


def _table(indices: Sequence[Index]) -> str:
    """Return a row a factor, most important first, and below what a factor without effect would get."""
    names = list(dict.fromkeys(index.index for index in indices))
    leading = next(name for name in ORDER if name in names)
    sizes = {index.part: abs(index.value) for index in indices if index.index == leading}
    parts = sorted(
        dict.fromkeys(index.part for index in indices), key=lambda part: largest_first(sizes.get(part))
    )
    by_place = {(index.part, index.index): index for index in indices}
    headings = [Heading("part", say("analyse.factor"))]
    headings += [Heading(name, say(f"analyse.{name}"), right=True) for name in names]
    rows: list[dict[str, str]] = []
    for part in parts:
        found = {name: by_place.get((part, name)) for name in names}
        rows.append({"part": part} | {name: _cell(index) for name, index in found.items()})
    floors = {
        name: max((i.floor for i in indices if i.index == name and not isnan(i.floor)), default=None)
        for name in names
    }
    if any(floors.values()):
        shown = {name: MISSING if floor is None else number(floor) for name, floor in floors.items()}
        rows.append({"part": say("analyse.no_effect")} | shown)
    return as_table(headings, rows)


def _pairs(indices: Sequence[Index]) -> str:
    headings = [
        Heading("part", say("analyse.factor")),
        Heading("other", say("analyse.and_factor")),
        Heading("second", say("analyse.second"), right=True),
    ]
    ordered = sorted(indices, key=lambda index: largest_first(index.value))
    rows = [{"part": index.part, "other": index.other, "second": _cell(index)} for index in ordered]
    return as_table(headings, rows)


def _cell(index: Index | None) -> str:
    if index is None or isnan(index.value):
        return MISSING
    if isnan(index.low):
        return number(index.value)
    mark = UNSURE if index.is_unsure else " "
    return f"{number(index.value)} [{number(index.low)}, {number(index.high)}]{mark}"
