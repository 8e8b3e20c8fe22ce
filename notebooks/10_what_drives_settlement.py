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
# # 10. What drives settlement?
# ## 定住を左右するものは何か（感度分析）
#
# Eighteen factors of behaviour, support and rules: which of them decide how many former members live there (定住)? A
# screening by Morris's method moves one factor at a time along random paths: mu* is how much the outcome moves, sigma
# how unevenly, or only together with others. What moves less than chance alone would is not told from nothing.

# %% [markdown]
# **日本語の要約** 行動・支援・制度の18要因を一つずつ動かし、定住率と定住者数への影響の大きさを調べます（モリス法）。計算に数分かかるため、
# 保存した結果を読みます（`make notebook-studies` で再計算）。

# %%
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from common import RESULTS, YES_NO, answer, command, factor, headed
from IPython.display import Image, display

# %% [markdown]
# ## The screening
# Stored results of `okoshi sweep notebooks/studies/what_drives_settlement.toml`: the shipped experiment in five
# prefectures with fewer paths. `okoshi analyse` reads them.

# %%
folder = Path(tempfile.mkdtemp()) / "what_drives_settlement"
shutil.copytree(RESULTS / "what_drives_settlement", folder)
print("\n".join(command("analyse", str(folder)).splitlines()[:3]))

# %%
indices = pd.read_parquet(folder / "indices.parquet")
share = "national.settled_share_last_5_years@2034"
sizes = indices[(indices["index"] == "mu_star") & (indices["outcome"] == share)].sort_values(
    "value", ascending=False
)
sizes = sizes.assign(words=sizes["factor"].map(factor))
alt = "; ".join(f"{row.words} mu* {row.value:.3f}" for row in sizes.head(5).itertuples())
for picture in sorted((folder / "figures").glob("*settled_share*morris.png")):
    display(Image(picture, metadata={"alt": f"{picture.stem}: {alt}"}))

# %% [markdown]
# ## Policy beside behaviour
# The largest of each kind: what a government can set, and what it cannot.

# %%
sizes = sizes.assign(
    kind=sizes["factor"]
    .str.partition(".")[0]
    .map(
        {
            "policy": "policy (制度)",
            "behaviour": "behaviour (行動)",
            "structure": "form of the model (モデルの形)",
        }
    ),
    told=(sizes["value"] > sizes["no_effect"]) & (sizes["low_90"] > sizes["no_effect"]),
)
headed(
    sizes[["kind", "words", "value", "low_90", "high_90", "no_effect", "told"]]
    .assign(told=sizes["told"].map(YES_NO))
    .rename(columns={"words": "factor"})
    .reset_index(drop=True)
    .round(4)
)

# %% [markdown]
# ## In which direction: seen from one run to the next
# A path moves from a low to a high end: the mean change, with its sign.

# %%
changes = indices[(indices["index"] == "mu") & (indices["outcome"] == share)]
largest = changes["value"].abs().sort_values(ascending=False).index
changes = changes.assign(factor=changes["factor"].map(factor))
headed(changes[["factor", "value", "low_90", "high_90"]].loc[largest].head(8).reset_index(drop=True).round(4))

# %% [markdown]
# ## Answer 答え

# %%
told = sizes[sizes["told"]]
policy = sizes[sizes["kind"].str.startswith("policy")]
noise = indices[(indices["outcome"] == share) & (indices["index"] == "noise_share_of_means")]["value"].iloc[0]
blocks = int(sizes["blocks"].iloc[0])
first = "; ".join(f"{row.words} {row.value * 100:.1f} points (ポイント)" for row in told.head(5).itertuples())
levers = "; ".join(
    f"{row.words} {row.value * 100:.1f} points (ポイント), {'told from nothing (偶然を超える)' if row.told else 'not told from nothing (偶然と区別できない)'}"
    for row in policy.itertuples()
)
policies = [row.words for row in told.head(5).itertuples() if row.factor.startswith("policy")]
among = f"Levers of policy among the first five: {', '.join(policies) or 'none'}."
answer(
    f"Of {len(sizes)} factors {len(told)} move the share of former members settled by FY2034 by more than chance would; the first: {first or 'none'}. "
    f"The levers of policy among them: {levers}. {among} "
    f"Share of chance in the results: {noise:.0%}. {blocks} paths: a screening, which says what is worth a closer look, not shares of variance.",
    f"{len(sizes)}要因のうち、2034年度の定住率を偶然以上に動かすのは{len(told)}個。上位：{first or 'なし'}。制度の手段：{levers}。偶然の割合{noise:.0%}、経路{blocks}本のふるい分けで、分散の割合ではない。",
    "prior",
)
