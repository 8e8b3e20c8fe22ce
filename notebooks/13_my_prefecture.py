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
# # 13. My prefecture: towns like mine, who hosts and who does not
# ## 私の県：似た市町村、受け入れる市町村と受け入れない市町村
#
# Someone in a prefecture asks: which of our municipalities host members (隊員), which do not, and why? What do towns that
# are like one of ours, wherever they lie, do? The towns here are invented (合成): the question can be asked, and asked of
# real towns with a world made by `okoshi world import`.

# %% [markdown]
# **日本語の要約** 島根県（合成）を例に、隊員を受け入れる市町村と受け入れない市町村、その理由を見ます。受け入れていない一つの市町村について、
# 人口・高齢化率・財政力の似た市町村を全国から探し、そこでは何が起きているかを比べます。

# %%
import numpy as np
import okoshi
import pandas as pd
from common import SMALL, answer, headed, number, readable, scenario, where
from okoshi import figures

MINE = "島根県"
YEAR = 2024
REASONS = {
    "none": "hosts members (取り組んでいる)",
    "not_eligible": "may not take part (対象外)",
    "not_yet": "has not come to it yet (まだ検討していない)",
    "stopped": "stopped hosting (受入れをやめた)",
    "unwilling": "unwilling (意思なし)",
    "funds": "funds (財源不足)",
    "staff": "staff (職員不足)",
    "wants_none": "wants none this year (需要なし)",
    "no_applicants": "no applicants (応募なし)",
}
ALIKE = 8 if SMALL else 20

# %% [markdown]
# ## One run, every municipality

# %%
baseline = scenario("baseline", whole_country=True)
model = okoshi.RegionalModel(baseline, rng=baseline.seed)
model.run()
tables = {
    name: pd.DataFrame(columns) for name, columns in model.tables(["municipalities", "prefectures"]).items()
}
towns = tables["municipalities"].assign(replicate=0)
prefectures = tables["prefectures"].assign(replicate=0)
about = figures.About.of_scenario(baseline)
places = figures.places_of(model.world)
figures.map_of_municipalities(towns, places, about, "members", YEAR, prefecture=MINE)

# %%
figures.map_of_prefectures(prefectures, about, "members", YEAR, per_people=True)

# %% [markdown]
# ## Who hosts, and why the others do not

# %%
now = towns[(towns["fiscal_year"] == YEAR) & (towns["population"] > 0)].copy()  # one town was evacuated
now["hosts"] = now["members"] > 0
now["share_65plus"] = now["population_65plus"] / now["population"]
strength = pd.Series(model.world.fiscal_strength, index=model.world.code)
now["fiscal_strength"] = now["municipality"].map(strength)
mine = now[now["prefecture"] == MINE]
SIZES = [0, 5_000, 10_000, 30_000, 50_000, 100_000, np.inf]
now["size"] = pd.cut(
    now["population"],
    SIZES,
    right=False,
    labels=["under 5,000", "5,000-", "10,000-", "30,000-", "50,000-", "100,000 and over"],
)
by_size = now.groupby("size", observed=True).agg(
    municipalities=("hosts", "size"),
    hosting=("hosts", "mean"),
    members=("members", "sum"),
    settled=("settled_stock", "sum"),
)
headed(readable(by_size, hosting="{:.0%}", members="{:,.0f}", settled="{:,.0f}"))

# %%
reasons = (
    pd.DataFrame(
        {
            f"my prefecture (自県・{MINE}), municipalities (市町村数)": mine.loc[
                ~mine["hosts"], "reason_not_joined"
            ].value_counts(),
            "all, municipalities (全体・市町村数)": now.loc[
                ~now["hosts"], "reason_not_joined"
            ].value_counts(),
        }
    )
    .fillna(0)
    .astype(int)
)
headed(reasons.rename(index=REASONS), "municipalities")

# %% [markdown]
# ## Towns like mine
# One that does not host (or hosts fewest): the nearest others by people, ageing and fiscal strength
# (財政力), of those that the scheme admits.

# %%
town = (
    mine[mine["reason_not_joined"] != "not_eligible"]
    .sort_values(["members", "ended_so_far", "population"])
    .iloc[0]
)
traits = pd.DataFrame(
    {"people": np.log(now["population"]), "ageing": now["share_65plus"], "strength": now["fiscal_strength"]}
)
scaled = (traits - traits.mean()) / traits.std()
admitted = now["reason_not_joined"] != "not_eligible"
away = ((scaled - scaled.loc[town.name]) ** 2).sum(axis=1)[admitted].drop(town.name)
alike = now.loc[away.nsmallest(ALIKE).index]
columns = [
    "name",
    "prefecture",
    "population",
    "share_65plus",
    "fiscal_strength",
    "members",
    "ended_so_far",
    "settled_stock",
    "reason_not_joined",
]
headed(
    alike[columns].round(2).head(12).replace({"reason_not_joined": REASONS}),
    "municipalities",
    units={"share_65plus": ("0 to 1", "0～1")},
)

# %%
figures.series(
    towns[towns["municipality"].isin(alike["municipality"])]
    .groupby("fiscal_year", as_index=False)[["members", "settled_stock", "startups_by_members"]]
    .mean()
    .assign(replicate=0)
    .rename(columns={"settled_stock": "settled"}),
    pd.DataFrame({"fiscal_year": [], "series": [], "value": [], "uncertainty": [], "label": []}),
    about,
    ["members", "settled"],
    title="Towns like mine: members and settlers, mean of a town (似た市町村の平均)",
)

# %% [markdown]
# ## Answer 答え

# %%
assert np.isfinite(scaled.to_numpy()).all()
hosting = alike[alike["members"] > 0]
main = mine.loc[~mine["hosts"], "reason_not_joined"].mode()
why = REASONS[main.iloc[0]] if len(main) else "none (なし)"
all_hosting = now["hosts"].mean()
english, japanese = where(baseline)
verb = "has no members" if not town["hosts"] else f"has {town['members']:.0f} members"
answer(
    f"In FY{YEAR} {mine['hosts'].sum()} of {len(mine)} municipalities of {MINE} host members ({mine['hosts'].mean():.0%}; {english}: {all_hosting:.0%}). "
    f"Why the others do not, most often: {why}. {town['name']} ({town['population']:,.0f} people, {town['share_65plus']:.0%} of 65 and over) {verb}; of the {len(alike)} towns "
    f"most like it {len(hosting)} host, with {number(hosting['members'].mean(), 1)} members each, and {number(alike['settled_stock'].mean(), 1)} former members live in "
    f"such a town. One run: a single town's fate is luck as much as rule; read groups, not names.",
    f"{YEAR}年度、{MINE}の{len(mine)}市町村のうち{mine['hosts'].sum()}が受入（{mine['hosts'].mean():.0%}、{japanese}では{all_hosting:.0%}）。受け入れない理由で最も多いのは「{why}」。"
    f"{town['name']}（人口{town['population']:,.0f}人）に似た{len(alike)}市町村では{len(hosting)}が受け入れ、平均{number(hosting['members'].mean(), 1)}人。1回の実行であり、個々の市町村名ではなく集団として読む。",
    "prior",
)
