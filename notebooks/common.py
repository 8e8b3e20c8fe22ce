"""What the notebooks share: their size, and how they say a number. All else in them is Okoshi's public interface.

`OKOSHI_NOTEBOOK_SIZE=small` makes every notebook a matter of seconds: two prefectures, until FY2027, two replicates.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import okoshi
import pandas as pd
from IPython.display import Markdown, display

SMALL = os.environ.get("OKOSHI_NOTEBOOK_SIZE") == "small"
HERE = Path(__file__).resolve().parent
STUDIES, RESULTS = HERE / "studies", HERE / "results"
CHUGOKU = ["鳥取県", "島根県", "岡山県", "広島県", "山口県"]
PREFECTURES = CHUGOKU[:2] if SMALL else CHUGOKU
REPLICATES = 2 if SMALL else 6
FIRST, LAST = 2009, 2027 if SMALL else 2034
NOT_TOLD = "not told (不明)"
WORDS = ("data", "rule", "prior")  # what a headline may rest on, from the surest to the weakest
MEASURES = {
    "local_10000": "Local 10,000 (ローカル10,000)",
    "cooperators": "cooperators (地域おこし協力隊)",
    "dispatch": "company dispatch (地域活性化起業人)",
    "university": "university projects (大学連携)",
    "shopping": "shopping survey (買物サービス)",
    "digital": "digital talent (デジタル人材)",
}
PAYERS = {
    "yen_national_grant": "national grant (交付金)",
    "yen_national_direct": "nation directly (国の直接経費)",
    "yen_special_allocation_tax": "special allocation tax (特別交付税)",
    "yen_ordinary_allocation_tax": "ordinary allocation tax (普通交付税)",
    "yen_prefecture": "prefectures (都道府県)",
    "yen_municipality": "municipalities (市町村)",
    "yen_public": "public, in all (公費計)",
}


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


def weakest(table: pd.DataFrame) -> str:
    """Return the weakest thing that a comparison's differences rest on: data, rule or prior."""
    found = set(table["rests_on"])
    return next(word for word in reversed(WORDS) if word in found)


def answer(english: str, japanese: str, rests_on: str) -> None:
    """Show the answer of a notebook, what it rests on, and that the country is invented."""
    if rests_on not in WORDS:
        raise ValueError(f"a headline rests on one of {', '.join(WORDS)}, not {rests_on!r}")
    if SMALL:
        english += " (Small size: to try the notebook out, not to be read.)"
        japanese += "（小規模：動作確認用で、結果として読むものではない。）"
    resting = {"data": "データ", "rule": "制度", "prior": "仮定"}[rests_on]
    display(
        Markdown(
            f"**Answer** [rests on: **{rests_on}**] · 合成: an invented country, no real town\n\n{english}\n\n"
            f"**答え**［根拠：**{resting}**］・合成：架空の国で、実在の市町村ではない\n\n{japanese}"
        )
    )
