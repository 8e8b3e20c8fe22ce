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
# # 4. What does one more settled resident cost, now and after 5 and 10 years?
# ## 追加的な定住者1人の費用：現在・5年後・10年後、施策別・負担者別
#
# "So many former members settled" is not "the measure brought so many": some would have come anyway, and some come from
# the next town. Here each measure is taken out of the six and put back. Gross: people living where they would not.
# Net: what is left over all places. Net and not anyway: without those who would have moved there in any case.
#
# Settlers (定住者) are former cooperators. Without that scheme there are none, so that for the scheme as a whole gross and
# net agree; they part for a change of its rules (notebook 3). The other five can bring settlers only beside it.

# %% [markdown]
# **日本語の要約** 六つの施策から一つずつ外した場合と比べ、追加の定住者1人当たりの費用を、負担者別に、現在・5年後・10年後の時点で、
# 粗・純・自力で来た人を除いた純の三通りで示します。定住者は元協力隊員であり、ほかの五施策は協力隊を通じてのみ定住者を増やします。
# 増えたか分からない場合は費用を出しません。

# %%
import okoshi
import pandas as pd
from common import LAST, MEASURES, NOT_TOLD, PAYERS, SMALL, answer, between, cost, headed, scenario, where
from okoshi import figures

SHOWN = ["cooperators", "local_10000"] if SMALL else list(MEASURES)
REPLICATES = 2 if SMALL else 6
READINGS = {"gross": "gross (粗)", "net": "net (純)", "net_of_incumbents": "net, not anyway (自力の人を除く)"}
MARKS = {0: "now (現在)", 5: "still there after 5 years (5年後)", 10: "after 10 years (10年後)"}

# %% [markdown]
# ## Each measure beside the other five

# %%
base = scenario("baseline")
found = {
    measure: okoshi.compare([scenario(f"without_{measure}"), base], replicates=REPLICATES)
    for measure in SHOWN
}
table = pd.concat([one.frame().assign(scenario=measure) for measure, one in found.items()])
costs = pd.concat([pd.DataFrame(one.tables()["costs"]).assign(scenario=name) for name, one in found.items()])
settlers = costs[costs["unit"] == "settler"]
about = figures.About("the six less the measure, the six", base.hash, base.seed, REPLICATES)
figures.paired_differences(table, about, ["settled", "population", "public_so_far_yen"])

# %% [markdown]
# ## Additional settlers
# At the end, and of those whose term ended 5 or 10 years before the end.

# %%
pd.set_option("display.max_rows", 60, "display.max_colwidth", 60)
public = settlers[settlers["payer"] == "yen_public"].reset_index(drop=True)
public["settlers"] = [
    between(row.additional, row.additional_low_90, row.additional_high_90) for row in public.itertuples()
]
public["million yen each"] = [cost(row) for _, row in public.iterrows()]
KEYS = {"index": ["scenario", "years_after"], "columns": "reading", "aggfunc": "first", "sort": False}
headed(public.pivot_table(values="settlers", **KEYS).rename(columns=READINGS, index=MEASURES))

# %% [markdown]
# ## What each costs the public, in million yen
# "Not told": the interval of the additional settlers holds zero, so that no sum of yen buys one for sure. Yen for those
# there 5 or 10 years on are those spent until so many years before the end.

# %%
headed(public.pivot_table(values="million yen each", **KEYS).rename(columns=READINGS, index=MEASURES))

# %% [markdown]
# ## Who pays
# Net of other places, where the cost can be told; million yen.

# %%
told = settlers[
    settlers["payer"].isin(PAYERS) & settlers["yen_each"].notna() & (settlers["reading"] == "net")
]
by_payer = told.assign(million=told["yen_each"] / 1e6).pivot_table(
    index="payer", columns=["scenario", "years_after"], values="million", sort=False
)
by_payer = by_payer.reindex([payer for payer in PAYERS if payer in by_payer.index])
headed(by_payer.rename(index=PAYERS, columns=MEASURES).round(2))

# %%
net = public[(public["reading"] == "net") & public["yen_each"].notna() & (public["additional"] > 0)]
places = {name: place for place, name in enumerate(dict.fromkeys(net["scenario"]))}
title = "What one more settler costs the public, net of other places"
with figures.look():
    figure, (axes,) = figures.canvas(
        title, about, figures.weakest(table), height=0.8 + 0.7 * max(len(places), 1)
    )
    for shift, (years, label) in enumerate(MARKS.items()):
        mine = net[net["years_after"] == years]
        at = [places[name] + 0.22 * (shift - 1) for name in mine["scenario"]]
        reach = [mine["yen_each"] - mine["yen_each_low_90"], mine["yen_each_high_90"] - mine["yen_each"]]
        style = figures.line_style(shift)
        axes.errorbar(
            mine["yen_each"] / 1e6,
            at,
            xerr=[part.clip(lower=0) / 1e6 for part in reach],
            fmt=style["marker"],
            color=style["color"],
            capsize=3,
            label=label,
        )
    axes.set_yticks(list(places.values()), [name.replace("_", " ") for name in places])
    axes.set_ylim(len(places) - 0.4, -0.6)
    figures.name_axes(axes, across="public yen for one more settler (million yen, nominal)")
    figures.legend(figure, *axes.get_legend_handles_labels())
told_of = "; ".join(f"{row['scenario']} {MARKS[row['years_after']]} {cost(row)}" for _, row in net.iterrows())
figures.picture("yen_per_settler", title, f"Million yen: {told_of}.", figure)

# %% [markdown]
# ## Answer 答え


# %%
def one(measure: str, years: int, reading: str) -> str:
    """Return the public cost of one more settler of a measure in words."""
    row = public[
        (public["scenario"] == measure) & (public["years_after"] == years) & (public["reading"] == reading)
    ].iloc[0]
    return cost(row)


now = public[(public["years_after"] == 0) & (public["reading"] == "net")].set_index("scenario")
more, less = now["additional_low_90"] > 0, now["additional_high_90"] < 0
known = [m for m in SHOWN if more[m] and one(m, 0, "net") != NOT_TOLD]
fewer = ", ".join(f"{MEASURES[m]} {now.loc[m, 'settlers']}" for m in SHOWN if less[m])
unknown = [m for m in SHOWN if not more[m] and not less[m]]
english, japanese = where(base)
lines = "; ".join(
    f"{MEASURES[m]}: now {one(m, 0, 'gross')} gross and {one(m, 0, 'net')} net, net and not anyway {one(m, 0, 'net_of_incumbents')}, still there after 5 years "
    f"{one(m, 5, 'net')}, after 10 years {one(m, 10, 'net')}"
    for m in known
)
lines_ja = "；".join(
    f"{MEASURES[m]}：現在 粗{one(m, 0, 'gross')}・純{one(m, 0, 'net')}、5年後 純{one(m, 5, 'net')}、10年後 純{one(m, 10, 'net')}"
    for m in known
)
answer(
    f"Public yen for one more settler in {english} by FY{LAST}, in millions. {lines or 'No measure brings settlers beyond chance'}. "
    f"Whether any settler comes of it is not told from chance for: {', '.join(MEASURES[m] for m in unknown) or 'none'}. "
    f"Fewer settlers with the measure than without: {fewer or 'none'}. "
    f"{REPLICATES} paired replicates; the yen are nominal.",
    f"{japanese}、{LAST}年度末までの追加定住者1人当たり公費（百万円）。{lines_ja or '偶然を超えて定住者を増やす施策はない'}。"
    f"定住者が増えたと言えないもの：{'、'.join(MEASURES[m] for m in unknown) or 'なし'}。定住者が減るもの：{fewer or 'なし'}。反復{REPLICATES}組。",
    figures.weakest(table),
)
