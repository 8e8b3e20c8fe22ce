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
# # 3. Startup aid from 1 to 2 million yen: settlers, startups, deadweight, and who gains
# ## 起業支援を100万円から200万円へ：定住・起業・死荷重、男女・年齢別
#
# A member (隊員) who founds a business there may get up to 1 million yen of startup aid. What would 2 million do, and what
# does the first million do? How many firms would have opened anyway (deadweight, 死荷重)? And do women and the young gain?

# %% [markdown]
# **日本語の要約** 起業支援の上限を0円・100万円（現行）・200万円とした場合を同じ人々で比べます。起業のうち支援がなくても
# 起業していた割合（死荷重）と、性別・年齢別の差を示します。

# %%
import okoshi
import pandas as pd
from common import (
    LAST,
    REPLICATES,
    answer,
    between,
    cost,
    difference,
    group,
    headed,
    said,
    scenario,
    sure,
    where,
)
from okoshi import figures

OUTCOMES = [
    "startups_by_members",
    "startups_that_needed_the_grant",
    "settled",
    "enterprises_alive",
    "public_so_far_yen",
]

# %% [markdown]
# ## Nothing, and twice as much, against the rules in force

# %%
base, none, double = (scenario(name) for name in ("baseline", "startup_aid_0", "startup_aid_2_million"))
comparison = okoshi.compare([base, none, double], replicates=REPLICATES, by="sex_age")
table = comparison.frame()
about = figures.About.of_comparison(comparison)
figures.paired_differences(table, about, OUTCOMES)

# %% [markdown]
# ## By sex and age

# %%
two_million = table[table["scenario"] == "startup_aid_2_million"]
figures.gains_and_losses(two_million, about, ["startups_by_members", "settled"])

# %% [markdown]
# ## Deadweight: firms that would have opened there anyway
# Each firm of a member carries whether it would have opened without the aid: the same person, the same draws.


# %%
def deadweight(chosen: okoshi.Scenario) -> pd.Series:
    """Return firms opened from FY2025 on, those that needed the aid, and the share of the others."""
    rows = okoshi.run(chosen, replicates=2, tables=["national"]).national
    rows = rows[rows["fiscal_year"] >= 2025].groupby("replicate")[OUTCOMES[:2]].sum().mean()
    opened, needed = rows
    return pd.Series(
        {"opened": opened, "needed the aid": needed, "would have opened anyway": 1 - needed / opened}
    )


shares = pd.DataFrame({one.name: deadweight(one) for one in (none, base, double)}).T
shown = shares.assign(
    **{
        "opened": shares["opened"].map("{:,.1f}".format),
        "needed the aid": shares["needed the aid"].map("{:,.1f}".format),
        "would have opened anyway": shares["would have opened anyway"].map("{:.0%}".format),
    }
)
headed(
    shown.rename(
        columns={
            "opened": "opened, firms (起業・社)",
            "needed the aid": "needed the aid, firms (支援が必要だった起業・社)",
            "would have opened anyway": "would have opened anyway, % (支援がなくても起業・%)",
        }
    )
)

# %% [markdown]
# ## What a firm more costs
# For the second million; gross, net of other places, and net of incumbents and of those who would have come anyway.

# %%
costs = pd.DataFrame(comparison.tables()["costs"])
of_firms = costs[
    (costs["payer"] == "yen_public")
    & (costs["years_after"] == 0)
    & (costs["scenario"] == "startup_aid_2_million")
    & costs["unit"].isin(["settler", "startup"])
]
UNITS = {"settler": "settler (定住者)", "startup": "firm (起業)"}
READINGS = {"gross": "gross (粗)", "net": "net (純)", "net_of_incumbents": "net, not anyway (自力の人を除く)"}
pd.DataFrame(
    {
        "unit (単位)": of_firms["unit"].map(UNITS),
        "reading (数え方)": of_firms["reading"].map(READINGS),
        "additional (追加分・人または社)": [
            between(*row, digits=1)
            for row in of_firms[["additional", "additional_low_90", "additional_high_90"]].to_numpy()
        ],
        "public yen each, million (1単位当たり公費・百万円)": [cost(row) for _, row in of_firms.iterrows()],
    }
).reset_index(drop=True)

# %% [markdown]
# ## Answer 答え

# %%
settled = difference(table, "startup_aid_2_million", "settled")
grouped = two_million[
    (two_million["fiscal_year"] == LAST)
    & (two_million["group"] != "nation")
    & (two_million["outcome"] == "startups_by_members")
]
clear = grouped[(grouped["low_90"] > 0) | (grouped["high_90"] < 0)]
firms = of_firms[
    (of_firms["scenario"] == "startup_aid_2_million")
    & (of_firms["unit"] == "startup")
    & (of_firms["reading"] == "net")
].iloc[0]
more = between(firms["additional"], firms["additional_low_90"], firms["additional_high_90"], 1)
each = cost(firms)
groups = " / ".join(clear["group"]) or "none"
groups_ja = "、".join(map(group, clear["group"])) or "なし"
english, japanese = where(base)
anyway = shares["would have opened anyway"]
answer(
    f"In {english} a second million gives {more} firms open in FY{LAST} and {said(settled, 1)} settled ({sure(settled)}); a firm "
    f"more costs the public, in million yen: {each}. Of firms opened from FY2025 on, {anyway['baseline']:.0%} would have opened "
    f"anyway at 1 million and {anyway['startup_aid_2_million']:.0%} at 2 million. Groups of sex and age whose startups of FY{LAST} differ beyond chance: "
    f"{groups}, of {len(grouped)} looked at (one or so in ten would do so by chance alone).",
    f"{japanese}では、100万円の上乗せで{LAST}年度に営業中の事業所は{more}、定住者は{said(settled, 1)}人。追加の1事業所当たりの公費は{each}（百万円）。"
    f"2025年度以降の起業のうち支援がなくても起業した割合は、現行{anyway['baseline']:.0%}、200万円で{anyway['startup_aid_2_million']:.0%}。"
    f"性別・年齢別で偶然を超えて差がある区分：{groups_ja}（{len(grouped)}区分中）。",
    figures.weakest(table),
)
