"""The reference of the documentation, written from the code by each build: nothing of it is kept in the repository.

Each parameter with its value, unit, source and range, and each column of each table with its
meaning, in English and in Japanese.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from okoshi.language.messages import language, set_language
from okoshi.observe.declarations import TABLES
from okoshi.parameters.listing import DEFAULT_YEAR, ParameterRow, parameters_table

WORDS = {
    "en": {
        "parameters": "Parameters",
        "outcomes": "Tables and columns",
        "about_parameters": (
            "Every number, switch and ladder there is, with its value in FY{year}: what `okoshi parameters` shows. "
            "Values marked **assumed** rest on judgement; the range is the one to sweep."
        ),
        "about_outcomes": "Every column of every table of a run: what `okoshi outcomes` shows.",
        "parameter_heads": ("Name", "Value", "Unit", "Meaning", "Range", "Source"),
        "outcome_heads": (
            "Column",
            "Unit",
            "Meaning",
            "Numerator / denominator",
            "How the official statistic reads it",
        ),
        "assumed": "**assumed**",
    },
    "ja": {
        "parameters": "設定値の一覧",
        "outcomes": "表と列の一覧",
        "about_parameters": (
            "全ての数値・切替・段階と、{year}年度の値です（`okoshi parameters` と同じ）。"
            "**仮定**と記したものは判断によります。範囲は感度分析で動かす幅です。"
        ),
        "about_outcomes": "計算結果の全ての表の全ての列です（`okoshi outcomes` と同じ）。",
        "parameter_heads": ("名前", "値", "単位", "意味", "範囲", "出典"),
        "outcome_heads": ("列", "単位", "意味", "分子／分母", "公式統計での読み方"),
        "assumed": "**仮定**",
    },
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield path and text of each generated page."""
    try:
        for chosen, ending in (("en", ""), ("ja", ".ja")):
            set_language(chosen)
            yield f"reference/parameters{ending}.md", parameters_page()
            yield f"reference/outcomes{ending}.md", outcomes_page()
    finally:
        set_language(None)


def parameters_page() -> str:
    """Return the page of all parameters, a heading for each group of names."""
    words = WORDS[language()]
    parts = [f"# {words['parameters']}", str(words["about_parameters"]).format(year=DEFAULT_YEAR)]
    groups: dict[str, list[ParameterRow]] = {}
    for row in parameters_table():
        groups.setdefault(".".join(row.name.split(".")[:2]), []).append(row)
    for name, rows in groups.items():
        parts += [
            f"## {name}",
            _table(words["parameter_heads"], [_parameter(row, words["assumed"]) for row in rows]),
        ]
    return "\n\n".join(parts) + "\n"


def _parameter(row: ParameterRow, assumed: Any) -> list[str]:
    span = f"{row.low:g} – {row.high:g}" if row.low is not None and row.high is not None else ""
    source = f"{assumed} {row.source}".strip() if row.assumed else row.source
    return [f"`{row.name}`", row.value, row.unit, row.description, span, source]


def outcomes_page() -> str:
    """Return the page of all tables, a heading for each."""
    words = WORDS[language()]
    parts = [f"# {words['outcomes']}", str(words["about_outcomes"])]
    for table, columns in TABLES.items():
        rows = [
            [
                f"`{column.name}`",
                column.unit,
                column.meaning_ja if language() == "ja" else column.meaning,
                f"{column.numerator} / {column.denominator}" if column.numerator else "",
                column.official,
            ]
            for column in columns
        ]
        parts += [f"## {table}", _table(words["outcome_heads"], rows)]
    return "\n\n".join(parts) + "\n"


def _table(heads: Any, rows: list[list[str]]) -> str:
    lines = [list(heads), ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
