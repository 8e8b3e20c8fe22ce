"""What all pictures share: size, colours, and letters that can write Japanese."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from okoshi.language.messages import language, set_language

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

JAPANESE_FONTS = (
    "Noto Sans CJK JP",
    "IPAexGothic",
    "Hiragino Sans",
    "Yu Gothic",
    "MS Gothic",
    "TakaoGothic",
    "Noto Serif CJK JP",
)
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#999999"  # told apart by the colour-blind (Okabe and Ito)
DOTS_PER_INCH = 120


@cache
def japanese_font() -> str | None:
    """Return an installed font that can write Japanese, or None."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in JAPANESE_FONTS if name in installed), None)


@contextmanager
def legible() -> Iterator[None]:
    """Draw in the language in use; in English where no font can write Japanese (empty boxes tell nothing)."""
    import matplotlib

    spoken, font = language(), japanese_font()
    families = [font] if font and spoken == "ja" else []
    try:
        if spoken == "ja" and font is None:
            set_language("en")
        with matplotlib.rc_context({"font.family": [*families, "DejaVu Sans"], "axes.unicode_minus": False}):
            yield
    finally:
        set_language(spoken)


def panel(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure with one panel, drawn without a window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG; its bytes depend on nothing but what is drawn."""
    figure.savefig(path, format="png", dpi=DOTS_PER_INCH, metadata={"Software": "okoshi"})
