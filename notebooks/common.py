"""What the notebooks share: their size, and how they say a number. All else in them is Okoshi's public interface.

`OKOSHI_NOTEBOOK_SIZE=small` makes every notebook a matter of seconds: two prefectures, until FY2027, two replicates.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import okoshi
import pandas as pd
from IPython.display import Markdown, display
from okoshi import figures

SMALL = os.environ.get("OKOSHI_NOTEBOOK_SIZE") == "small"
HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
CHUGOKU = ["鳥取県", "島根県", "岡山県", "広島県", "山口県"]
PREFECTURES = CHUGOKU[:2] if SMALL else CHUGOKU
REPLICATES = 2 if SMALL else 6
FIRST, LAST = 2009, 2027 if SMALL else 2034
NOT_TOLD = "not told (不明)"
BOTH = re.compile(r"[A-Za-z][A-Za-z0-9,:%'×./ -]*? \(([^()A-Za-z]*[ぁ-んァ-ヶ一-龠][^()]*)\)")  # words (言葉)
MEASURES = {
    "local_10000": "Local 10,000 (ローカル10,000)",
    "cooperators": "cooperators (地域おこし協力隊)",
    "dispatch": "company dispatch (地域活性化起業人)",
    "university": "university projects (大学連携)",
    "shopping": "shopping survey (買物サービス)",
    "digital": "digital talent (デジタル人材)",
}
YES_NO = {True: "yes (はい)", False: "no (いいえ)"}
PAYERS = {
    "yen_national_grant": "national grant (交付金)",
    "yen_national_direct": "nation directly (国の直接経費)",
    "yen_special_allocation_tax": "special allocation tax (特別交付税)",
    "yen_ordinary_allocation_tax": "ordinary allocation tax (普通交付税)",
    "yen_prefecture": "prefectures (都道府県)",
    "yen_municipality": "municipalities (市町村)",
    "yen_public": "public, in all (公費計)",
}
# What tables call what is no column of the results.
HEADINGS = {
    "additional": "additional (追加分)",
    "adds": "adds (追加分)",
    "all": "all (全国)",
    "bias": "bias (偏り)",
    "design": "design (設計)",
    "dispatch_earlier": "the same, but earlier, persons (前倒し・人)",
    "dispatch_gross": "contract not the same as without both, persons (変わった契約・人)",
    "dispatch_moved_company": "another company, persons (別企業から・人)",
    "dispatch_moved_place": "another place, persons (別の市町村から・人)",
    "dispatch_moved_type": "the other kind, persons (別類型から・人)",
    "dispatch_net": "more than without both, persons (純増・人)",
    "dispatch_new": "new, an empty post, persons (新規・人)",
    "eligible": "eligible towns (対象市町村数)",
    "factor": "factor (要因)",
    "false_alarms": "false alarms, % (誤検出・%)",
    "figures": "figures (公表値の数)",
    "fiscal_strength": "fiscal strength, index (財政力指数)",
    "fiscal_year": "fiscal year (年度)",
    "high_90": "90% interval, to (90%区間・上)",
    "horizon": "known until, fiscal year (この年度までの情報)",
    "hosting": "hosting, % (取組の割合・%)",
    "kind": "kind (種類)",
    "label": "the figure is (公表値の使い方)",
    "low_90": "90% interval, from (90%区間・下)",
    "mean_miss": "mean miss, % (平均誤差・%)",
    "measure": "measure (施策)",
    "met": "met (合致した数)",
    "method": "method (方法)",
    "name": "name (名称)",
    "middle_miss": "middle miss, % (誤差の中央値・%)",
    "municipalities": "municipalities (市町村数)",
    "no_effect": "no effect would give (効果なしの場合の値)",
    "outcome": "outcome (成果)",
    "payer": "payer (負担者)",
    "power": "power, % (検出力・%)",
    "projects": "projects (件数)",
    "reading": "reading (数え方)",
    "related_people": "Related people, persons (関係人口・人)",
    "scenario": "scenario (シナリオ)",
    "series": "series (系列)",
    "size": "people (人口規模)",
    "theme": "theme (テーマ)",
    "theme_alternative": "theme without relabelling (掛け替えのない場合のテーマ)",
    "told": "told from no effect (効果なしと区別できるか)",
    "truth": "true effect, a site and year (真の効果・1か所1年当たり)",
    "unit": "unit (単位)",
    "value": "size (大きさ)",
    "years": "years (年数)",
    "years_after": "years after the end (終了後の年数)",
    "years_inside_90": "years inside 90% (90%区間に入った年数)",
}
PER_CENT, A_SHARE = ("per cent", "%"), ("0 to 1", "0～1")  # pictures show per cent, the tables hold shares


def scenario(
    name: str, changes: Mapping[str, object] | None = None, *, whole_country: bool = False
) -> okoshi.Scenario:
    """Return a shipped scenario in the five prefectures of the notebooks, or (at full size) in the whole country."""
    part = {} if whole_country and not SMALL else {"world.prefectures": PREFECTURES}
    return okoshi.load_scenario(name, set={**part, **(changes or {})}, years=(FIRST, LAST))


def where(chosen: okoshi.Scenario) -> tuple[str, str]:
    """Return the part of the country that a scenario covers, in English and Japanese."""
    names = chosen.world.prefectures
    if not names:
        return "the whole country", "全国"
    return f"{len(names)} prefectures ({', '.join(names)})", f"{len(names)}県（{'、'.join(names)}）"


def command(*words: str) -> str:
    """Return what a command of Okoshi prints, as a user would call it in a terminal."""
    beside = Path(sys.executable).with_name("okoshi")
    program = str(beside) if beside.exists() else shutil.which("okoshi")
    if program is None:
        raise FileNotFoundError("the command okoshi is not installed")
    done = subprocess.run([program, *words], capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise RuntimeError(f"okoshi {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def difference(
    table: pd.DataFrame, variant: str, outcome: str, year: int | None = None, group: str = "nation"
) -> pd.Series:
    """Return one row of a comparison's differences, in the last year unless another is named."""
    year = int(table["fiscal_year"].max()) if year is None else year
    rows = table[
        (table["scenario"] == variant)
        & (table["outcome"] == outcome)
        & (table["group"] == group)
        & (table["fiscal_year"] == year)
    ]
    if len(rows) != 1:
        raise KeyError(f"{len(rows)} rows of {outcome} under {variant} for {group} in FY{year}")
    return rows.iloc[0]


def number(value: float, digits: int = 0) -> str:
    """Return a number with its thousands apart; not known is said."""
    return NOT_TOLD if pd.isna(value) else f"{value:,.{digits}f}"


def between(value: float, low: float, high: float, digits: int = 0, unit: float = 1.0) -> str:
    """Return a difference with its 90% interval: `+12 [+3, +21]`."""
    if pd.isna(value):
        return NOT_TOLD
    middle = f"{value / unit:+,.{digits}f}"
    return middle if pd.isna(low) else f"{middle} [{low / unit:+,.{digits}f}, {high / unit:+,.{digits}f}]"


def readable(table: pd.DataFrame, **formats: str) -> pd.DataFrame:
    """Return a table with some columns as text: `readable(table, share="{:.0%}")`."""
    columns = {name: table[name].map(form.format) for name, form in formats.items()}
    return table.assign(**columns)


@cache
def factor(name: str) -> str:
    """Return what a factor of an experiment is, in both languages."""
    said_in = []
    for language in ("en", "ja"):
        okoshi.set_language(language)
        said_in.append(figures.factor_in_words(name))
    okoshi.set_language(None)
    english, japanese = said_in
    return f"{english} ({japanese})"


@cache
def heading(name: object, table: str = "national", unit: tuple[str, str] | None = None) -> str:
    """Return what people call a column, in both languages with its unit: `Members, persons (隊員数・人)`.

    `unit` names another unit, in English and Japanese, where a table shows another than that of the results.
    """
    column = str(name)
    if column in HEADINGS or not column.isidentifier():  # words already
        return HEADINGS.get(column, column)
    said_in = []
    for place, language in enumerate(("en", "ja")):
        okoshi.set_language(language)
        words, own = figures.column_in_words(column, table)
        shown = unit[place] if unit is not None else A_SHARE[place] if own in PER_CENT else own
        words = words.removesuffix(f", {own}").replace(f"、{own}）", "）")
        said_in.append((", " if place == 0 else "・").join(filter(None, (words, shown))))
    okoshi.set_language(None)
    english, japanese = said_in
    return column.replace("_", " ") if english == japanese else f"{english} ({japanese})"


def headed(
    shown: pd.DataFrame,
    table: str = "national",
    *,
    words: Sequence[str] = (),
    units: Mapping[str, tuple[str, str]] | None = None,
) -> pd.DataFrame:
    """Return a table as people read it: words and units in place of names, also within the columns `words`."""
    named = {column: shown[column].map(partial(heading, table=table)) for column in words}

    def name(one: object) -> object:
        return heading(one, table, (units or {}).get(one)) if isinstance(one, str) else one

    changed = shown.assign(**named).rename(columns=name, index=name)
    for axis in (changed.columns, changed.index):
        axis.names = [one if one is None else heading(one, table) for one in axis.names]
    return changed


def cost(row: pd.Series) -> str:
    """Return the yen for one unit more, of a row of `costs`, in millions with its interval: `23.4 [22.1, 25.0]`."""
    if pd.isna(row["yen_each"]):
        return NOT_TOLD
    value, low, high = (row[name] / 1e6 for name in ("yen_each", "yen_each_low_90", "yen_each_high_90"))
    return f"{value:,.1f} [{low:,.1f}, {high:,.1f}]"


def said(row: pd.Series, digits: int = 0, unit: float = 1.0) -> str:
    """Return a row of differences with its interval."""
    return between(row["difference"], row["low_90"], row["high_90"], digits, unit)


def is_open(row: pd.Series) -> bool:
    """Return whether chance alone may have made the sign of a difference."""
    return pd.isna(row["low_90"]) or row["low_90"] <= 0 <= row["high_90"]


def sure(row: pd.Series) -> str:
    """Return in words whether a difference is told from chance."""
    if is_open(row):
        return "not told from chance"
    return "more, beyond chance" if row["difference"] > 0 else "less, beyond chance"


def sure_ja(row: pd.Series) -> str:
    """Return the same in Japanese."""
    if is_open(row):
        return "偶然と区別できない"
    return "偶然を超えて増" if row["difference"] > 0 else "偶然を超えて減"


@cache
def group(name: str) -> str:
    """Return what a group of `compare --by` is, in both languages: `man, under 30 years (男性・30歳未満)`."""
    okoshi.set_language("ja")
    japanese = figures.group_in_words(name)
    okoshi.set_language(None)
    return f"{name} ({japanese})"


def answer(english: str, japanese: str, rests_on: str) -> None:
    """Show the answer of a notebook, what it rests on, and that the country is invented.

    Of words in both languages, `words (言葉)`, the Japanese answer keeps its own.
    """
    japanese = BOTH.sub(r"\1", japanese).replace("; ", "；").replace(": ", "：")
    if SMALL:
        english += " (Small size: to try the notebook out, not to be read.)"
        japanese += "（小規模：動作確認用で、結果として読むものではない。）"
    resting = {"data": "データ", "rule": "制度計算", "prior": "仮定"}[rests_on]
    display(
        Markdown(
            f"**Answer** [rests on: **{rests_on}**] · 合成: an invented country, no real town\n\n{english}\n\n"
            f"**答え**［根拠：**{resting}**］・合成：架空の国で、実在の市町村ではない\n\n{japanese}"
        )
    )
