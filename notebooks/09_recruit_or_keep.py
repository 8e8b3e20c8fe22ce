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
# # 9. Recruit or keep?
# ## 呼び込むか、引き留めるか（パレート）
#
# 60 million yen a year of the ministry's own budget more from FY2025: into publicity that finds members, or into the
# support desk and training that keep them? Between the two ends lie mixtures. Which of them is not beaten in both,
# members and settlers (Pareto, パレート最適)?

# %% [markdown]
# **日本語の要約** 総務省の直接経費を年6,000万円増やし、広報（募集）と支援・研修（定着）に配分する割合を変えて比べます。
# 隊員数と定住者数の両方で他の配分に負けない配分（パレート最適）を示します。

# %%
import okoshi
import pandas as pd
from common import LAST, SMALL, answer, difference, headed, is_open, said, scenario, where
from okoshi import figures

MORE, REPLICATES = 60_000_000, 2 if SMALL else 8
SHARES = [0.0, 1.0] if SMALL else [0.0, 0.25, 0.5, 0.75, 1.0]
SUPPORT = "policy.cooperators.support."

# %% [markdown]
# ## Mixtures of the same money

# %%
base = scenario("baseline")


def mixture(recruit: float) -> okoshi.Scenario:
    """Return the baseline with so large a share of the money for recruiting and the rest for keeping."""
    now = {
        name: base.settings.value(SUPPORT + name, 2024)
        for name in ("publicity_budget", "support_desk_budget", "member_training_budget")
    }
    parts = {
        "publicity_budget": recruit,
        "support_desk_budget": (1 - recruit) / 2,
        "member_training_budget": (1 - recruit) / 2,
    }
    return scenario(
        "baseline", {f"{SUPPORT}{name}@2025": now[name] + round(MORE * part) for name, part in parts.items()}
    )


names = {share: f"{share:.0%} recruit" for share in SHARES}
names_ja = {name: f"募集{share:.0%}" for share, name in names.items()}
comparison = okoshi.compare([base, *(mixture(share) for share in SHARES)], replicates=REPLICATES)
table = comparison.frame()
table["scenario"] = table["scenario"].map(
    dict(zip(dict.fromkeys(table["scenario"]), names.values(), strict=True))
)
about = figures.About("baseline, 60 million yen a year more", base.hash, base.seed, REPLICATES)
figures.paired_differences(
    table,
    about,
    ["members", "settled", "settled_share_last_5_years", "startups_by_members", "public_so_far_yen"],
)

# %% [markdown]
# ## Members against settlers

# %%
points = pd.DataFrame(
    {
        name: {outcome: difference(table, name, outcome)["difference"] for outcome in ("members", "settled")}
        for name in names.values()
    }
).T
points["beaten"] = [
    bool(((points >= row).all(axis=1) & (points > row).any(axis=1)).any()) for _, row in points.iterrows()
]
title = "Recruit or keep: the same money, mixed"
with figures.look():
    figure, (axes,) = figures.canvas(title, about, figures.weakest(table), height=3.9)
    for number, (name, row) in enumerate(points.iterrows()):
        found = [difference(table, name, outcome) for outcome in ("members", "settled")]
        reach = [[[one["difference"] - one["low_90"]], [one["high_90"] - one["difference"]]] for one in found]
        style = figures.line_style(number)
        axes.errorbar(
            row["members"],
            row["settled"],
            xerr=reach[0],
            yerr=reach[1],
            fmt=style["marker"],
            color=style["color"],
            mfc="white" if row["beaten"] else style["color"],
            capsize=3,
            label=f"{name}, beaten in both" if row["beaten"] else name,
        )
    axes.axhline(0, color="#888888", linewidth=0.8)
    axes.axvline(0, color="#888888", linewidth=0.8)
    figures.name_axes(
        axes,
        f"members in FY{LAST}, more than under the baseline (persons)",
        f"settled in FY{LAST}, more (persons)",
    )
    figures.legend(figure, *axes.get_legend_handles_labels())
words = "; ".join(
    f"{name}: members {row['members']:+.1f}, settled {row['settled']:+.1f}" for name, row in points.iterrows()
)
figures.picture("recruit_or_keep", title, words, figure)

# %%
headed(
    pd.DataFrame(
        {
            name: {outcome: said(difference(table, name, outcome), 1) for outcome in ("members", "settled")}
            for name in names.values()
        }
    ).T
)

# %% [markdown]
# ## Answer 答え

# %%
front = [name for name in points.index if not points.loc[name, "beaten"]]
ends = {share: names[share] for share in (0.0, 1.0)}
keep, recruit = (
    {outcome: difference(table, ends[share], outcome) for outcome in ("members", "settled")}
    for share in (0.0, 1.0)
)
open_ends = [
    label
    for label, row in (
        ("keep/members (全額定着・隊員)", keep["members"]),
        ("keep/settled (全額定着・定住者)", keep["settled"]),
        ("recruit/members (全額募集・隊員)", recruit["members"]),
        ("recruit/settled (全額募集・定住者)", recruit["settled"]),
    )
    if is_open(row)
]
english, japanese = where(base)
answer(
    f"In {english} by FY{LAST}: all for keeping gives {said(keep['members'], 1)} members and {said(keep['settled'], 1)} settlers; all for recruiting "
    f"{said(recruit['members'], 1)} and {said(recruit['settled'], 1)}. By the means no other mixture beats: {', '.join(front)}. "
    f"Not told from chance at {REPLICATES} pairs: {', '.join(open_ends) or 'none of the four'}. Where bars overlap, the order of mixtures may be luck.",
    f"{japanese}の{LAST}年度：全額を定着に充てると隊員{said(keep['members'], 1)}・定住者{said(keep['settled'], 1)}、全額を募集に充てると隊員{said(recruit['members'], 1)}・定住者{said(recruit['settled'], 1)}。"
    f"平均で見て他に負けない配分：{'、'.join(names_ja[name] for name in front)}。偶然と区別できないもの：{'、'.join(open_ends) or 'なし'}。",
    figures.weakest(table),
)
