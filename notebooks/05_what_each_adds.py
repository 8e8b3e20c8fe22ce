# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. What does each of the six measures add, which help each other, and where would 100 million yen more go furthest?
# ## 六つの施策はそれぞれ何を加えるか、どの組合せが助け合うか、あと1億円はどこに
#
# Leaving one measure out understates those that do the same work, and running one alone understates those that need
# each other. The Shapley value is the mean over all orders in which the six could have come: all 64 coalitions run
# under the same seeds. Beside it: what 100 million yen more in one line of the supplement gives.

# %% [markdown]
# **日本語の要約** 六つの施策の全ての組合せ（64通り）を同じ乱数で計算し、それぞれの寄与（シャープレイ値）と相互作用を求めます。
# あわせて、補正予算の一つの項目を1億円増やした場合の差を見ます。組合せの計算は数分かかるため、保存した結果を読みます
# （`make notebook-studies` で再計算）。

# %%
import shutil
import tempfile
from pathlib import Path

import okoshi
import pandas as pd
from common import (
    LAST,
    MEASURES,
    RESULTS,
    SMALL,
    answer,
    between,
    command,
    difference,
    headed,
    heading,
    is_open,
    said,
    scenario,
    where,
)
from IPython.display import Image
from okoshi import figures

# %% [markdown]
# ## All 64 coalitions
# Stored results of `okoshi sweep notebooks/studies/what_each_adds.toml`, analysed here by `okoshi analyse`.

# %%
folder = Path(tempfile.mkdtemp()) / "what_each_adds"
shutil.copytree(RESULTS / "what_each_adds", folder)
print(command("analyse", str(folder)))

# %%
shapley = pd.read_parquet(folder / "shapley.parquet")
parts = shapley[(shapley["kind"] == "shapley") & (shapley["player"] != "all")]
settled = parts[parts["outcome"].str.contains(".settled@", regex=False)]
alt = "; ".join(
    f"{row.player} {between(row.value, row.value_low_90, row.value_high_90)}" for row in settled.itertuples()
)
picture = next((folder / "figures").glob("*settled*shapley.png"))
Image(picture, metadata={"alt": f"Shapley values of settlers: {alt}"})

# %% [markdown]
# ## Which measures are told from nothing

# %%
added = parts.assign(
    outcome=parts["outcome"].map(lambda name: heading(name.partition(".")[2].partition("@")[0])),
    measure=parts["player"].map(MEASURES),
    adds=[
        between(row.value, row.value_low_90, row.value_high_90, digits=6 if "share" in row.outcome else 1)
        for row in parts.itertuples()
    ],
).pivot_table(index="measure", columns="outcome", values="adds", aggfunc="first", sort=False)
headed(added)

# %% [markdown]
# ## One more 100 million yen
# The part of it that falls to the five prefectures, added to one line of the supplement of FY2024, spent once.

# %%
base = scenario("baseline")
now = {
    measure: okoshi.load_scenario("baseline").settings.value(f"policy.{measure}.supplement.budget", 2024)
    for measure in MEASURES
}
lines = ["cooperators", "university"] if SMALL else list(MEASURES)
more = [
    scenario("baseline", {f"policy.{measure}.supplement.budget": now[measure] + 100_000_000})
    for measure in lines
]
comparison = okoshi.compare([base, *more], replicates=2 if SMALL else 6)
table = comparison.frame()
table["scenario"] = table["scenario"].map(dict(zip(dict.fromkeys(table["scenario"]), lines, strict=True)))
about = figures.About(
    "baseline, 100 million yen more in one line", base.hash, base.seed, len(comparison.seeds)
)
OUTCOMES = ["settled", "startups_by_members", "enterprises_alive", "related_people", "covered_share_65plus"]
figures.paired_differences(table, about, OUTCOMES)

# %%
headed(
    pd.DataFrame(
        {
            outcome: {
                MEASURES[line]: said(difference(table, line, outcome), 5 if "share" in outcome else 1)
                for line in lines
            }
            for outcome in OUTCOMES
        }
    )
)

# %% [markdown]
# ## Answer 答え


# %%
def clear(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that chance alone does not explain."""
    return frame[(frame["value_low_90"] > 0) | (frame["value_high_90"] < 0)]


adds = clear(settled).sort_values("value", ascending=False)
all_pairs = shapley[(shapley["kind"] == "interaction") & ~shapley["outcome"].str.contains("share")]
pairs = clear(all_pairs)
told = "; ".join(
    f"{MEASURES[row.player]} {between(row.value, row.value_low_90, row.value_high_90)}"
    for row in adds.itertuples()
)
together = "; ".join(
    f"{MEASURES[row.player]} × {MEASURES[row.other_player]} [{heading(row.outcome.split('.')[1].split('@')[0])}] "
    f"{between(row.value, row.value_low_90, row.value_high_90, 1)}"
    for row in pairs.itertuples()
)
helped = {
    outcome: [
        MEASURES[line]
        for line in lines
        if not is_open(difference(table, line, outcome))
        and difference(table, line, outcome)["difference"] > 0
    ]
    for outcome in OUTCOMES
}
gains = "; ".join(
    f"{heading(outcome)}: {', '.join(names) or 'no line (なし)'}" for outcome, names in helped.items()
)
seeds = int(shapley["seeds"].iloc[0])
year = settled["outcome"].iloc[0].rpartition("@")[2]
english, japanese = where(base)
answer(
    f"Settlers in FY{year} that chance does not explain, by measure: {told or 'none'}. The others add none that could be told "
    f"from nothing, at {seeds} seeds. Pairs that give more (+) or less (-) than their parts beyond chance, of {len(all_pairs)} looked at (one in ten would by luck): {together or 'none'}. "
    f"A one-off 100 million yen more ({english} get their part) is told from chance until FY{LAST} for: {gains}.",
    f"{year}年度の定住者への寄与のうち偶然を超えるもの：{told or 'なし'}。相互作用（{len(all_pairs)}組のうち。偶然でも1割は現れる）：{together or 'なし'}（シード{seeds}個）。"
    f"あと1億円（{japanese}にはその割合）で{LAST}年度までに偶然を超えて増えるもの：{gains}。",
    figures.weakest(table),
)
