"""How every picture looks: fonts, colours with line styles and hatches beside them, headline, foot, alternative text.

A drawing function is decorated with `@look()`, takes its axes from `canvas` and returns a `Picture`. Nothing here
changes matplotlib's own settings for longer than a picture is drawn.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache, partial, wraps
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from okoshi.figures.about import About
from okoshi.figures.lines import text_places, wrapped
from okoshi.language.messages import language, say
from okoshi.study.rests_on import WORDS

JAPANESE_FONT, LATIN_FONT = "IPAexGothic", "DejaVu Sans"  # the one lacks ≤ and ≥, the other Japanese
DPI = 130
COMPRESSION = {"compress_level": 1}  # of PNG: half the time of the usual 6 for a file a twentieth larger
WIDTH = 7.2  # inches: an A4 page between its margins
NARROW_WIDTH = 3.9  # of a telephone held upright, where letters stay as large: one panel below the other
TITLE_PLACES = {"en": 76, "ja": 84}  # letters of a line over the whole width (a Japanese one takes two)
FOOT_PLACES = {"en": 118, "ja": 124}
LEGEND_PLACES = {"en": 98, "ja": 108}
AXIS_PLACES = 52  # beside the names of rows
TITLE_SIZE, LEGEND_SIZE, FOOT_SIZE = 11.5, 8.5, 7.5
LINE_SPACING, LEGEND_SPACING, POINTS = 1.35, 1.65, 72  # of the letters' size; points of an inch
EDGE = 0.012  # of the width
EDGE_INCHES = 0.06
HANDLE_PLACES = 9
UPRIGHT = 3  # letters
YEARS_NAMED = 7
WHOLE_FROM = 1.0  # of a thing that is counted
INK, FAINT = "#222222", "#6b6b6b"

# Okabe and Ito's colours, from dark to light: told apart by the colour-blind, and in grey by their lightness.
COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#999999")
LINES: tuple[Any, ...] = (
    "-",
    "--",
    "-.",
    ":",
    (0, (7, 2)),
    (0, (3, 1, 1, 1, 1, 1)),
    (0, (1, 2)),
    (0, (9, 3)),
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
FILLS = ("#4477AA", "#EE9988", "#F7E3A0", "#88BBDD", "#CC99BB", "#AACC99", "#DDDDDD", "#BBAA88")
HATCHES = ("", "////", "....", "\\\\\\\\", "xx", "++", "oo", "--")

_SETTINGS: dict[str, Any] = {
    "axes.unicode_minus": True,
    "text.parse_math": False,  # a name with $ in it is a name
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.6,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "font.size": 9,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 3.2,
    "lines.linewidth": 1.8,
    "lines.markersize": 4.5,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}


@dataclass(frozen=True)
class Picture:
    """A finished picture: its file name without ending, its headline, what it shows in words, and the figure.

    `draw_again` is how it was drawn, where that is known.
    """

    name: str
    title: str
    alternative: str
    figure: Figure
    language: str
    draw_again: Callable[[], Picture] | None = field(default=None, repr=False, compare=False)

    def narrow(self) -> Picture:
        """Return the same picture drawn for a narrow screen; itself where it is not known how it was drawn."""
        if self.draw_again is None:
            return self
        with narrow_form():
            return self.draw_again()

    def png(self, dpi: int = DPI) -> bytes:
        """Return the picture as PNG; headline and alternative text stand in it, no clock and no version."""
        file = io.BytesIO()
        said: Any = {"Title": self.title, "Description": self.alternative, "Software": None}
        with _settings(self.language):
            _settle(self.figure)
            drawn = _drawn(self.figure, dpi)  # savefig would draw everything twice
            imsave(file, drawn, format="png", dpi=dpi, metadata=said, pil_kwargs=COMPRESSION)
        return file.getvalue()

    def save(self, path: Path | str, dpi: int = DPI) -> None:
        """Write the picture as PNG."""
        Path(path).write_bytes(self.png(dpi))

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, object], dict[str, object]]:
        """Show the picture in a notebook, with its alternative text."""
        shown: dict[str, object] = {
            "image/png": self.png(),
            "text/plain": f"{self.title}. {self.alternative}",
        }
        return shown, {"image/png": {"alt": self.alternative}}


@cache
def register_fonts() -> None:
    """Make the Japanese font known to matplotlib, without importing the package, which would change its settings."""
    found = importlib.util.find_spec("matplotlib_fontja")
    for folder in (found.submodule_search_locations or ()) if found else ():
        font_manager.fontManager.addfont(str(Path(folder) / "fonts" / "ipaexg.ttf"))


class look(contextlib.ExitStack):  # noqa: N801  # a decorator
    """Okoshi's style in the language in use: within `with`, or as a decorator of a function that draws a picture."""

    def __enter__(self) -> look:
        """Take the style on."""
        super().__enter__()
        self.enter_context(_settings(language()))
        return self

    def __call__[**P](self, draw: Callable[P, Picture]) -> Callable[P, Picture]:
        """Draw in the style, and remember how, so that the picture can be drawn again in a narrow form."""

        @wraps(draw)
        def drawn(*args: P.args, **kwargs: P.kwargs) -> Picture:
            with look():
                made = draw(*args, **kwargs)
            return replace(made, draw_again=partial(drawn, *args, **kwargs))

        return drawn


_narrow: ContextVar[bool] = ContextVar("narrow", default=False)


@contextlib.contextmanager
def narrow_form(wanted: bool = True) -> Iterator[None]:
    """Draw for a narrow screen, or not."""
    before = _narrow.set(wanted)
    try:
        yield
    finally:
        _narrow.reset(before)


def is_narrow() -> bool:
    """Return whether a picture is drawn for a narrow screen now."""
    return _narrow.get()


def abreast(panels: int) -> int:
    """Return how many of so many panels stand side by side: on a narrow screen one."""
    return 1 if is_narrow() else panels


def places(of_whole_width: int) -> int:
    """Return how many letters a line has room for, given how many it has over the whole width."""
    return int(of_whole_width * NARROW_WIDTH / WIDTH) if is_narrow() else of_whole_width


@contextlib.contextmanager
def _settings(language: str) -> Iterator[None]:
    register_fonts()
    families = [JAPANESE_FONT, LATIN_FONT] if language == "ja" else [LATIN_FONT, JAPANESE_FONT]
    settings: Any = {**_SETTINGS, "font.family": families}
    with mpl.rc_context(settings):
        yield


def canvas(
    title: str,
    about: About,
    rests_on: str = "prior",
    *,
    height: float = 4.0,
    rows: int = 1,
    columns: int = 1,
    official: str = "",
    **grid: Any,
) -> tuple[Figure, list[Axes]]:
    """Return a figure with its headline and foot, and its axes row by row; `height` (inches) is that of the axes.

    On a narrow screen columns stand one below the other, each as high as it was beside the others.
    The headline says on what it rests: `data`, `rule` or `prior`. `official` names the source of official figures
    that are drawn, for the foot. Raises ValueError for another word than these three.
    """
    if rests_on not in WORDS:
        raise ValueError(f"a headline rests on one of {', '.join(WORDS)}, not {rests_on!r}")
    beside, width = abreast(columns), NARROW_WIDTH if is_narrow() else WIDTH
    rows, height, columns = rows * columns // beside, height * columns / beside, beside
    headline = marked(title, rests_on, places(TITLE_PLACES[language()]))
    said = about.foot() if not official else say("pictures.between").join((about.foot(), official))
    foot = wrapped(said, places(FOOT_PLACES[language()]))
    above, below = _inches(headline, TITLE_SIZE), _inches(foot, FOOT_SIZE)
    figure = Figure(figsize=(width, height + above + below), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)  # one renderer lays out and draws: it measures each word once
    _place(figure, above, below)
    inch = figure.dpi_scale_trans
    top = figure.transFigure + ScaledTranslation(0, -EDGE_INCHES, inch)
    figure.text(EDGE, 1, headline, ha="left", va="top", fontsize=TITLE_SIZE, transform=top)
    figure.text(
        EDGE * width,
        EDGE_INCHES,
        foot,
        ha="left",
        va="bottom",
        fontsize=FOOT_SIZE,
        color=FAINT,
        transform=inch,
    )
    panels: list[Axes] = list(figure.subplots(rows, columns, squeeze=False, **grid).ravel())
    for axes in panels:
        axes.yaxis.set_major_formatter("{x:,.10g}")
    return figure, panels


def marked(title: str, word: str, room: int) -> str:
    """Return a title in lines of so many letters, with the word on what it rests in one piece behind it."""
    lines, mark = wrapped(title, room), f"[{say(f'pictures.rests_on_{word}')}]"
    fits = text_places(f"{lines.split('\n')[-1]} {mark}") <= room
    return f"{lines} {mark}" if fits else f"{lines}\n{mark}"


def _inches(text: str, size: float) -> float:
    return (text.count("\n") + 1) * size * LINE_SPACING / POINTS + 2 * EDGE_INCHES


def _place(figure: Figure, above: float, below: float) -> None:
    """Keep these inches at the upper and lower edge free of axes."""
    whole = figure.get_figheight()
    _engine(figure).set(w_pad=0.08, h_pad=0.08, rect=(0, below / whole, 1, 1 - (above + below) / whole))


def _drawn(figure: Figure, dpi: int) -> Any:
    """Return the pixels of a figure that is laid out; it keeps the resolution that it was laid out in."""
    before, canvas = figure.dpi, figure.canvas
    pixels: Any = canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    figure.set_dpi(dpi)
    try:
        pixels.draw()
        return pixels.buffer_rgba()
    finally:
        figure.set_dpi(before)


def _engine(figure: Figure) -> ConstrainedLayoutEngine:
    engine = figure.get_layout_engine()
    if not isinstance(engine, ConstrainedLayoutEngine):
        raise TypeError("pictures are made by `canvas`")
    return engine


def _settle(figure: Figure) -> None:
    """Lay a figure out once and for all, so that it looks the same however often and finely it is drawn."""
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        engine.execute(figure)
        figure.set_layout_engine("none")


def legend(figure: Figure, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """Write a legend between the axes and the foot, in as many columns as there is room for."""
    room = places(LEGEND_PLACES[language()])
    labels = [wrapped(label, room - HANDLE_PLACES) for label in labels]
    most = max(text_places(line) for label in labels for line in label.split("\n")) + HANDLE_PLACES
    columns = max(1, min(len(labels), room // most))
    lines = [label.count("\n") + 1 for label in labels]
    rows = -(-len(labels) // columns)
    most_lines = max(sum(lines[first : first + rows]) for first in range(0, len(labels), rows))
    needed = most_lines * LEGEND_SIZE * LEGEND_SPACING / POINTS + EDGE_INCHES
    whole, (_, bottom, _, part) = figure.get_figheight(), _engine(figure).get()["rect"]
    above, below = whole * (1 - bottom - part), whole * bottom
    figure.set_figheight(whole + needed)
    _place(figure, above, below + needed)
    figure.legend(
        handles,
        labels,
        loc="lower left",
        ncols=columns,
        bbox_to_anchor=(EDGE * figure.get_figwidth(), below),
        bbox_transform=figure.dpi_scale_trans,
        borderaxespad=0,
        borderpad=0,
        fontsize=LEGEND_SIZE,
    ).set_in_layout(False)


def name_axes(axes: Axes, across: str | None = None, upwards: str | None = None) -> None:
    """Name the axes with their units; a short Japanese name of the vertical axis stands upright."""
    if across is not None:
        axes.set_xlabel(wrapped(across, places(AXIS_PLACES)))
    if upwards is None:
        return
    if language() == "ja" and not upwards.isascii() and len(upwards) <= UPRIGHT:
        axes.set_ylabel("\n".join(upwards), rotation=0, va="center", ha="right", labelpad=6, linespacing=1.5)
    else:
        axes.set_ylabel(upwards)


def axis_lines(across: str) -> int:
    """Return how many lines beyond the first the name of a horizontal axis takes."""
    return wrapped(across, places(AXIS_PLACES)).count("\n")


class WholeSteps(MaxNLocator):
    """Ticks at whole numbers, where the axis is long enough for two; means that differ by less have parts."""

    def tick_values(self, low: float, high: float) -> Any:
        """Return where the ticks stand between two ends."""
        self.set_params(integer=abs(high - low) >= WHOLE_FROM)
        return super().tick_values(low, high)


def count_in_whole(axis: Axis, ticks: int = 6) -> None:
    """Let an axis of things that are counted go in whole steps, with at most so many ticks or a few more."""
    axis.set_major_locator(WholeSteps(nbins=ticks, steps=[1, 2, 2.5, 5, 10], min_n_ticks=2))


def name_years(axes: Axes) -> None:
    """Name the horizontal axis of fiscal years, which are whole numbers also where there are few."""
    axes.set_xlabel(say("pictures.fiscal_year"))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=YEARS_NAMED, min_n_ticks=1))


def picture(name: str, title: str, alternative: str, figure: Figure) -> Picture:
    """Return a finished picture in the language in use."""
    return Picture(name, title, alternative, figure, language())


def line_style(number: int) -> dict[str, Any]:
    """Return colour, line and marker of the n-th line of a picture: three ways to tell it from the others."""
    return {
        "color": COLOURS[number % len(COLOURS)],
        "linestyle": LINES[number % len(LINES)],
        "marker": MARKERS[number % len(MARKERS)],
    }


def fill_style(number: int) -> dict[str, Any]:
    """Return colour and hatch of the n-th area of a picture; edges stand out in grey, too."""
    return {
        "facecolor": FILLS[number % len(FILLS)],
        "hatch": HATCHES[number % len(HATCHES)],
        "edgecolor": INK,
        "linewidth": 0.6,
    }
