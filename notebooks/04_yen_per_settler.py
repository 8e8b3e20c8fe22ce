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
# the next town. Here each measure runs alone and is held against no measure at all. Gross: people living where they
# would not. Net: what is left over all places. Net of incumbents: without those who would have come anyway.

# %% [markdown]
# **日本語の要約** 各施策を単独で実施した場合と何もしない場合を比べ、追加の定住者1人当たりの費用を、負担者別に、現在・5年後・10年後の
# 時点で、粗・純・自力で来た人を除いた純の三通りで示します。増えたか分からない場合は費用を出しません。

# %%
import okoshi
import pandas as pd
from common import LAST, MEASURES, NOT_TOLD, PAYERS, SMALL, answer, between, cost, scenario, weakest, where
from okoshi import figures

SHOWN = ["cooperators", "local_10000"] if SMALL else list(MEASURES)
REPLICATES = 2 if SMALL else 6
READINGS = {"gross": "gross", "net": "net of other places", "net_of_incumbents": "net, and not anyway"}

# %% [markdown]
# ## Each measure alone, against none

# %%
base = scenario("no_measure")
ALONE = {measure: "cooperators_only" if measure == "cooperators" else f"only_{measure}" for measure in SHOWN}
BY_SCENARIO = {name: measure for measure, name in ALONE.items()}
alone = [scenario(name) for name in ALONE.values()]
comparison = okoshi.compare([base, *alone], replicates=REPLICATES)
table = comparison.frame()
costs = pd.DataFrame(comparison.tables()["costs"])
settlers = costs[costs["unit"] == "settler"]
about = figures.About("no_measure, " + ", ".join(one.name for one in alone), base.hash, base.seed, REPLICATES)
figures.paired_differences(table, about, ["settled", "population", "public_so_far_yen"])

# %% [markdown]
# ## Additional settlers and what each costs the public, in million yen
# "Not told": the interval of the additional settlers holds zero, so that no sum of yen buys one for sure. Yen for those
# there 5 or 10 years on are those spent until so many years before the end.

# %%
public = settlers[settlers["payer"] == "yen_public"]
rows = [
    {
        "measure": MEASURES[BY_SCENARIO[row.scenario]],
        "years after": row.years_after,
        "reading": READINGS[row.reading],
        "additional settlers": between(row.additional, row.additional_low_90, row.additional_high_90),
        "public yen each (million)": cost(public.loc[row.Index]),
    }
    for row in public.itertuples()
]
pd.set_option("display.max_rows", 60, "display.max_colwidth", 60)
pd.DataFrame(rows)

# %% [markdown]
# ## Who pays
# For the readings in which the cost can be told.

# %%
told = settlers[settlers["payer"].isin(PAYERS) & settlers["yen_each"].notna()]
wide = (
    told.pivot_table(
        index=["scenario", "years_after", "reading"], columns="payer", values="yen_each", sort=False
    )
    / 1e6
)
wide = wide[[payer for payer in PAYERS if payer in wide.columns]].rename(columns=PAYERS)
wide.round(1)

# %%
net = public[(public["reading"] == "net") & public["yen_each"].notna()]
MARKS = {0: "now (現在)", 5: "still there after 5 years (5年後)", 10: "after 10 years (10年後)"}
places = {name: place for place, name in enumerate(dict.fromkeys(net["scenario"]))}
title = "What one more settler costs the public, net of other places"
with figures.look():
    figure, (axes,) = figures.canvas(title, about, weakest(table), height=0.8 + 0.7 * max(len(places), 1))
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
    axes.set_yticks(list(places.values()), [BY_SCENARIO[name].replace("_", " ") for name in places])
    axes.set_ylim(len(places) - 0.4, -0.6)
    figures.name_axes(axes, across="public yen for one more settler (million yen, nominal)")
    figures.legend(figure, *axes.get_legend_handles_labels())
told_of = "; ".join(
    f"{BY_SCENARIO[row['scenario']]} {MARKS[row['years_after']]} {cost(row)}" for _, row in net.iterrows()
)
figures.picture("yen_per_settler", title, f"Million yen: {told_of}.", figure)

# %% [markdown]
# ## Answer 答え


# %%
def one(measure: str, years: int, reading: str) -> str:
    """Return the public cost of one more settler of a measure in words."""
    row = public[
        (public["scenario"] == ALONE[measure])
        & (public["years_after"] == years)
        & (public["reading"] == reading)
    ].iloc[0]
    return cost(row)


known = [m for m in SHOWN if one(m, 0, "net") != NOT_TOLD]
unknown = [m for m in SHOWN if m not in known]
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
    f"Public yen for one more settler in {english} by FY{LAST}, in millions. {lines or 'No measure alone brings settlers beyond chance'}. "
    f"Whether any settler comes of it is not told from chance for: {', '.join(MEASURES[m] for m in unknown) or 'none'}. "
    f"A negative sum means that it costs less than nothing here, through what it takes from other spending. "
    f"{REPLICATES} paired replicates; the yen are nominal.",
    f"{japanese}、{LAST}年度末までの追加定住者1人当たり公費（百万円）。{lines_ja or '単独で偶然を超えて定住者を増やす施策はない'}。"
    f"定住者が増えたと言えないもの：{'、'.join(MEASURES[m] for m in unknown) or 'なし'}。反復{REPLICATES}組。",
    weakest(table),
)
