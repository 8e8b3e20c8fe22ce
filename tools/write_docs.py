"""Fill the parts of docs/ that come from code, parameters and studies, so that they cannot drift.

    python tools/write_docs.py            write them
    python tools/write_docs.py --check    say which are not up to date, and fail

A page holds `<!-- generated: NAME -->` and `<!-- end -->`; what stands between is replaced.
"""

from __future__ import annotations

import ast
import csv
import inspect
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from okoshi.agents import kinds
from okoshi.agents.streams import STREAMS
from okoshi.engine.columns import Column
from okoshi.observe import operators
from okoshi.observe.observed import observed_figures
from okoshi.parameters.catalogue import Parameter, catalogue
from okoshi.scenario.draft import STRUCTURE
from okoshi.simulation import RegionalModel
from okoshi.study.experiment import load_experiment

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs"
CODE = ROOT / "model" / "okoshi"
REASONS = PAGES / "missed.toml"
VALIDATION = ROOT / "notebooks" / "results" / "validation" / "validation.parquet"
BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
HEADLINE_TOLERANCES = {
    "members": 0.05,
    "ended_so_far": 0.045,
    "settled": 0.05,
    "settled_share_all": 0.014,
    "settled_share_last_5_years": 0.018,
    "startup_share": 0.036,
    "dispatched_dispatched": 0.094,
    "municipalities_with_members": 0.036,
}
HEADLINE_YEAR = "2023"
ASSUMPTIONS_SHOWN = 60


def first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if text else ""


def agents() -> str:
    lines = ["| kind | what it is | state (columns) |", "|---|---|---|"]
    for name, kind in inspect.getmembers(kinds, inspect.isclass):
        if kind.__module__ == kinds.__name__:
            columns = ", ".join(f"`{column}`" for column in columns_of(kind))
            lines.append(f"| `{name}` | {first_line(kind.__doc__)} | {columns} |")
    return "\n".join(lines)


def columns_of(kind: type) -> list[str]:
    return [name for name in dir(kind) if isinstance(getattr(kind, name, None), Column)]


def schedule() -> str:
    parts = []
    for step in ("open_year", "live_month", "close_year"):
        function = getattr(RegionalModel, step)
        parts.append(f"**`{step}`.** {' '.join(inspect.getdoc(function).split())}")
    return "\n\n".join(parts)


def steps() -> str:
    names = re.findall(
        r"self\.(\w+)\(",
        inspect.getsource(RegionalModel.open_year) + inspect.getsource(RegionalModel.close_year),
    )
    return "\n".join(
        f"{number}. `{name}`: {first_line(getattr(RegionalModel, name).__doc__)}"
        for number, name in enumerate(names, start=1)
    )


def submodels() -> str:
    lines = []
    for room in ("agents", "markets", "measures", "policy"):
        lines.append(f"**{room}**\n")
        for path in sorted((CODE / room).glob("*.py")):
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            if doc and path.name != "__init__.py":
                lines.append(f"- `{room}/{path.name}`: {first_line(doc)}")
        lines.append("")
    return "\n".join(lines).rstrip()


def parameters() -> str:
    lines = [
        "| file | parameters | with a source | assumed | with a range |",
        "|---|---|---|---|---|",
    ]
    rooms: dict[str, list[Parameter]] = {}
    for name, parameter in catalogue().items():
        room = "context" if name.startswith("context.") else ".".join(name.split(".")[:2])
        rooms.setdefault(room, []).append(parameter)
    for room, found in rooms.items():
        assumed = sum(any(value.assumed for value in parameter.values) for parameter in found)
        ranged = sum(parameter.range is not None for parameter in found)
        lines.append(f"| `{room}` | {len(found)} | {len(found) - assumed} | {assumed} | {ranged} |")
    return "\n".join(lines)


def structures() -> str:
    return "\n".join(
        f"- `structure.{name}`: "
        + " or ".join(f"`{choice}`" for choice in forms)
        + f" — {first_line(forms.__doc__)}"
        for name, forms in STRUCTURE.items()
    )


def context() -> str:
    return "\n".join(
        f"- `{name}`: {parameter.description} ({parameter.unit})"
        for name, parameter in catalogue().items()
        if name.startswith("context.")
    )


def streams() -> str:
    return (
        f"{len(STREAMS)} streams, one a decision: " + ", ".join(f"`{name}`" for name in sorted(STREAMS)) + "."
    )


def observation() -> str:
    lines = [
        f"- `{name}`: {first_line(function.__doc__)}"
        for name, function in inspect.getmembers(operators, inspect.isfunction)
        if function.__module__ == operators.__name__
    ]
    return "\n".join(lines)


def figures() -> str:
    lines = ["| measure | label | may be fitted | figures |", "|---|---|---|---|"]
    count = Counter((figure.measure, figure.label, figure.use == "fit") for figure in observed_figures())
    for (measure, label, fit), number in sorted(count.items()):
        lines.append(f"| {measure} | {label} | {'yes' if fit else 'no'} | {number} |")
    return "\n".join(lines)


def varied() -> str:
    experiment = load_experiment("calibration")
    names = [factor.parameter.removeprefix("behaviour.") for factor in experiment.factors]
    fixed = sum(
        name.startswith("behaviour.") and parameter.range is not None
        for name, parameter in catalogue().items()
    ) - len(names)
    listed = ", ".join(f"`{name}`" for name in names)
    rest = f"The other {fixed} assumed numbers of behaviour stay where they are."
    return f"{len(names)} parameters vary: {listed}. {rest}"


def screening() -> list[dict[str, str]]:
    with (ROOT / "experiments" / "calibration" / "screening.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def assumptions() -> str:
    """Order assumptions by the root mean square of what each alone moves the headlines, in tolerances."""
    rows = []
    for row in screening():
        parameter = catalogue().get(row["parameter"])
        moved = {name: float(row[f"{name}@{HEADLINE_YEAR}"]) / by for name, by in HEADLINE_TOLERANCES.items()}
        size = (sum(value**2 for value in moved.values()) / len(moved)) ** 0.5
        most = max(moved, key=lambda name: abs(moved[name]))
        if parameter is not None:
            rows.append((size, parameter, row["value"], most, moved[most]))
    rows.sort(key=lambda row: (-row[0], row[1].name))
    lines = [
        "| | assumption | what it is | from → to | moves (tolerances) | most of all |",
        "|---|---|---|---|---|---|",
    ]
    starts = {row["parameter"]: row["start"] for row in screening()}
    for number, (size, parameter, value, most, by) in enumerate(rows[:ASSUMPTIONS_SHOWN], start=1):
        change = f"{float(starts[parameter.name]):g} → {float(value):g} {parameter.unit}"
        lines.append(
            f"| {number} | `{parameter.name.removeprefix('behaviour.')}` | {parameter.description} | {change} "
            f"| {size:.2f} | `{most}` {by:+.1f} |"
        )
    return "\n".join(lines)


def missed(reasons: Path = REASONS, validation: Path = VALIDATION) -> str:
    """Name what the stored validation misses, with what was tried and why; refuse a list that does not fit it."""
    rows = _figures(validation)
    off = [row for row in rows if not (row["hit"] and row["median_within"])]
    entries = tomllib.loads(reasons.read_text(encoding="utf-8"))["missed"]
    named = Counter(figure for entry in entries for figure in entry["figures"])
    found = {row["figure"] for row in off}
    if faults := [
        *(f"misses {name}, which no entry names" for name in sorted(found - set(named))),
        *(f"meets {name}, which an entry names" for name in sorted(set(named) - found)),
        *(f"is named twice in {name}" for name, times in named.items() if times > 1),
    ]:
        raise SystemExit(f"{reasons.name}: the stored validation " + "; ".join(faults))
    outside = sum(not row["hit"] for row in off)
    lines = [
        f"Of {len(rows)} figures and patterns {outside} lie outside the interval, and of {len(off) - outside} more the "
        f"median alone is off; in {len(entries)} groups:\n"
    ]
    for entry in entries:
        lines.append(f"**{entry['title']}.** " + "; ".join(_numbers(entry["figures"], off)) + ".")
        lines.append(f"*Tried:* {' '.join(entry['tried'].split())}")
        lines.append(f"*Why:* {' '.join(entry['reason'].split())}\n")
    return "\n".join(lines).rstrip()


def patterns(validation: Path = VALIDATION) -> str:
    """Return every official figure and pattern beside the ensemble of the stored validation."""
    lines = ["| figure | FY | label | official | simulated | 90% | |", "|---|---|---|---|---|---|---|"]
    for row in _figures(validation):
        verdict = "" if row["hit"] and row["median_within"] else "median off" if row["hit"] else "missed"
        official, simulated, interval = _told(row)
        lines.append(
            f"| `{row['figure']}` | {row['fiscal_year'] or ''} | {row['label']} | {official} "
            f"| {simulated} | {interval} | {verdict} |"
        )
    return "\n".join(lines)


def _numbers(figures: Sequence[str], off: Sequence[dict[str, Any]]) -> list[str]:
    """Write each figure as official, then simulated (90%), by year where it has one."""
    found = []
    for figure in figures:
        for number, row in enumerate(one for one in off if one["figure"] == figure):
            name = "" if number else f"`{figure}` ({row['label']}) "
            official, simulated, interval = _told(row)
            year = f"FY{row['fiscal_year']} " if row["fiscal_year"] else ""
            found.append(f"{name}{year}{official}, simulated {simulated} ({interval})")
    return found


def _figures(validation: Path) -> list[dict[str, Any]]:
    """Return the figures and patterns of a stored validation, a row each."""
    return [row for row in parquet.read_table(validation).to_pylist() if row["part"] == "figures"]


def _told(row: dict[str, Any]) -> tuple[str, str, str]:
    """Write a figure, or the ends of a pattern, the median of the ensemble, and its 90% interval."""
    low, high = (_short(row[f"official_{end}"]) for end in ("low", "high"))
    official = _short(row["official"]) if row["fiscal_year"] else f"{low} to {high}"
    return official, _short(row["median"]), f"{_short(row['low_90'])} to {_short(row['high_90'])}"


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 2 else f"{number:.3f}"


def tests() -> str:
    lines = []
    for folder in sorted(path for path in (ROOT / "tests").iterdir() if path.is_dir()):
        found = sorted(folder.glob("test_*.py"))
        if not found:
            continue
        lines.append(f"**`pytest tests/{folder.name}`**\n")
        for path in found:
            doc = first_line(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))
            lines.append(f"- `{path.name}`: {doc}")
        lines.append("")
    return "\n".join(lines).rstrip()


GENERATED: dict[str, Callable[[], str]] = {
    function.__name__: function
    for function in (
        agents,
        schedule,
        steps,
        submodels,
        parameters,
        structures,
        context,
        streams,
        observation,
        figures,
        varied,
        assumptions,
        missed,
        patterns,
        tests,
    )
}


def filled(text: str) -> str:
    """Return a page with its generated parts anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{GENERATED[found[2]]()}\n{found[3]}", text)


def stale() -> list[Path]:
    """Return the pages that are not up to date."""
    return [
        path
        for path in sorted(PAGES.glob("*.md"))
        if filled(path.read_text("utf-8")) != path.read_text("utf-8")
    ]


def main() -> int:
    if "--check" in sys.argv[1:]:
        for path in stale():
            print(f"{path.relative_to(ROOT)} is not up to date: python tools/write_docs.py")
        return 1 if stale() else 0
    for path in sorted(PAGES.glob("*.md")):
        path.write_text(filled(path.read_text("utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
