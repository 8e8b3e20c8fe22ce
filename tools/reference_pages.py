"""The reference of the documentation, written from the code by each build: nothing of it is kept in the repository.

Each parameter with its value, unit, source and range, and each column of each table with its
meaning, in English and in Japanese.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from okoshi.language.declared import reading_in_words, source_in_words, unit_in_words
from okoshi.language.messages import language, set_language
from okoshi.observe.column_declaration import ColumnDeclaration
from okoshi.observe.declarations import TABLES
from okoshi.parameters.listing import DEFAULT_YEAR, ParameterRow, parameters_table

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "parameters": "Parameters",
        "outcomes": "Tables and columns",
        "about_parameters": (
            "Every number, switch and ladder there is, with its value in FY{year}: what `okoshi parameters` shows. "
            "Values marked **assumed** rest on judgement; the range is the one to sweep."
        ),
        "about_outcomes": "Every column of every table of a run: what `okoshi outcomes` shows.",
        "not_there": "no rule in that year",
        "range": "Range {low} to {high}",
        "assumed": "**Assumed**: {source}",
        "source": "Source: {source}",
        "share": "Share of *{numerator}* in *{denominator}*",
        "official": "Official statistic: {text}",
    },
    "ja": {
        "parameters": "設定値の一覧",
        "outcomes": "表と列の一覧",
        "about_parameters": (
            "全ての数値・切替・段階と、{year}年度の値です（`okoshi parameters` と同じ）。"
            "**仮定**と記したものは判断によります。範囲は感度分析で動かす幅です。"
        ),
        "about_outcomes": "計算結果の全ての表の全ての列です（`okoshi outcomes` と同じ）。",
        "not_there": "この年度には制度なし",
        "range": "範囲 {low} から {high}",
        "assumed": "**仮定**：{source}",
        "source": "出典：{source}",
        "share": "*{denominator}* に占める *{numerator}*",
        "official": "公式統計：{text}",
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
    parts = [f"# {words['parameters']}", words["about_parameters"].format(year=DEFAULT_YEAR)]
    groups: dict[str, list[ParameterRow]] = {}
    for row in parameters_table():
        groups.setdefault(".".join(row.name.split(".")[:2]), []).append(row)
    for name, rows in groups.items():
        parts += [f"## {name}", "\n".join(_parameter(row, words) for row in rows)]
    return "\n\n".join(parts) + "\n"


def _parameter(row: ParameterRow, words: Mapping[str, str]) -> str:
    value = f"`{row.value}`" if row.value else words["not_there"]
    parts = [f"`{row.name}`", f"{value}{_bracketed(unit_in_words(row.unit))}", row.description]
    if row.low is not None and row.high is not None:
        parts.append(words["range"].format(low=f"{row.low:,.10g}", high=f"{row.high:,.10g}"))
    if row.assumed or row.source:
        said = source_in_words(row.source)
        for twice in ("assumed: ", "仮定："):  # said by the word before it
            said = said.removeprefix(twice) if row.assumed else said
        parts.append(words["assumed" if row.assumed else "source"].format(source=said))
    return _item(parts)


def outcomes_page() -> str:
    """Return the page of all tables, a heading for each."""
    words = WORDS[language()]
    parts = [f"# {words['outcomes']}", words["about_outcomes"]]
    for table, columns in TABLES.items():
        parts += [f"## {table}", "\n".join(_column(column, words) for column in columns)]
    return "\n\n".join(parts) + "\n"


def _column(column: ColumnDeclaration, words: Mapping[str, str]) -> str:
    meaning = column.meaning_ja if language() == "ja" else column.meaning
    parts = [f"`{column.name}`", f"{meaning}{_bracketed(unit_in_words(column.unit))}"]
    if column.numerator:
        parts.append(
            words["share"].format(
                numerator=reading_in_words(column.numerator), denominator=reading_in_words(column.denominator)
            )
        )
    if column.official:
        parts.append(words["official"].format(text=reading_in_words(column.official)))
    return _item(parts)


def _bracketed(text: str) -> str:
    return f"（{text}）" if language() == "ja" else f" ({text})"


def _item(parts: Sequence[str]) -> str:
    """Return one line of a list: the name, then the rest, sentence by sentence."""
    name, *rest = (part.replace("\n", " ").replace("<", "&lt;").strip().rstrip(".") for part in parts)
    colon, stop, end = ("：", "。", "。") if language() == "ja" else (": ", ". ", ".")
    return f"- {name}{colon}{stop.join(part.rstrip('。') for part in rest)}{end}"
