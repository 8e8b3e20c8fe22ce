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
# # 12. Can 15 sites show anything?
# ## 15か所のモデル事業で何が分かるか
#
# The supplement of FY2024 pays for 15 model projects of universities with regions. Afterwards someone will evaluate them.
# Here the model is the known truth: it runs the country with and without the pilot, and each method of evaluation looks
# at what an evaluator would see. Bias: how far the estimate lies from the truth. Power (検出力): how often an effect that
# is there is found. False alarms: how often one is found that is not there.

# %% [markdown]
# **日本語の要約** モデルの中では真の効果が分かるため、モデル事業を評価する方法（前後比較・マッチング・差の差）がどれほど偏り、どれほどの
# 確率で効果を見つけられるかを計算できます。無作為・段階的・手挙げの三つの選び方で、必要な箇所数も求めます。

# %%
import json
import tempfile
from pathlib import Path

import pandas as pd
from common import NOT_TOLD, PREFECTURES, SMALL, answer, between, command, headed, heading, readable, scenario
from okoshi import figures

SITES, YEARS = (5, 2) if SMALL else (15, 3)
REPLICATES = 2 if SMALL else 6
ENOUGH_POWER, MOST_FALSE_ALARMS = 0.8, 0.1
METHODS = {
    "before_after": "before and after (前後比較)",
    "matching": "matching (マッチング)",
    "difference_in_differences": "difference in differences (差の差)",
}
NAMES_OF_DESIGNS = {
    "random": "random (無作為)",
    "staggered": "staggered (段階的)",
    "volunteers": "volunteers (手挙げ)",
}
DESIGNS = ["random", "volunteers"] if SMALL else ["random", "staggered", "volunteers"]

# %% [markdown]
# ## `okoshi pilot`, three ways to choose the sites


# %%
def pilot(measure: str, design: str, sites: int = SITES) -> pd.DataFrame:
    """Return what `okoshi pilot` finds: a row an outcome and method."""
    out = Path(tempfile.mkdtemp()) / "pilot"
    part = f"world.prefectures={json.dumps(PREFECTURES, ensure_ascii=False)}"
    printed = command(
        "pilot",
        measure,
        "--sites",
        str(sites),
        "--years",
        str(YEARS),
        "--design",
        design,
        "--set",
        part,
        "--replicates",
        str(REPLICATES),
        "--format",
        "json",
        "--out",
        str(out),
    )
    return pd.DataFrame(json.loads(printed)).assign(design=design, sites=sites)


found = pd.concat([pilot("university", design) for design in DESIGNS], ignore_index=True)
shown = readable(
    found[["design", "outcome", "method", "truth", "bias", "false_alarms", "power", "eligible"]],
    truth="{:+,.2f}",
    bias="{:+,.2f}",
    false_alarms="{:.0%}",
    power="{:.0%}",
)
headed(shown.replace({"method": METHODS, "design": NAMES_OF_DESIGNS}), "municipalities", words=("outcome",))

# %% [markdown]
# ## Power and false alarms
# A method is of use to the right of the dotted line (80% power) and only while its false alarms are few.

# %%
outcomes = list(dict.fromkeys(found["outcome"]))
methods = list(dict.fromkeys(found["method"]))
names = [(method, design) for method in methods for design in DESIGNS]
title = f"{SITES} university sites for {YEARS} years: what an evaluation finds"
about = figures.About.of_scenario(scenario("baseline"), REPLICATES)
with figures.look():
    height = 0.9 + 0.24 * len(names)
    figure, panels = figures.canvas(title, about, height=height, columns=len(outcomes), sharey=True)
    for axes, outcome in zip(panels, outcomes, strict=True):
        rows = found[found["outcome"] == outcome].set_index(["method", "design"]).loc[names]
        axes.barh(range(len(names)), rows["power"] * 100, height=0.7, label="power", **figures.fill_style(0))
        axes.plot(rows["false_alarms"] * 100, range(len(names)), "kX", label="false alarms")
        axes.axvline(100 * ENOUGH_POWER, color="black", linestyle=":")
        axes.set_xlim(0, 100)
        axes.set_title(outcome.replace("_", "\n"))
        figures.name_axes(axes, "% of pilots")
    ticks = [f"{method.replace('_', ' ')}, {design}" for method, design in names]
    panels[0].set_yticks(range(len(names)), ticks)
    panels[0].invert_yaxis()
    figures.legend(figure, *panels[0].get_legend_handles_labels())
best = found.loc[found.groupby("outcome")["power"].idxmax()]
words = "; ".join(
    f"{row.outcome}: highest power {row.power:.0%} ({row.method}, {row.design})" for row in best.itertuples()
)
figures.picture("pilot", title, words, figure)

# %% [markdown]
# ## Answer 答え

# %%
found["there is an effect"] = (found["truth_low_90"] > 0) | (found["truth_high_90"] < 0)
found["trusted"] = found["false_alarms"] <= MOST_FALSE_ALARMS
found["shows it"] = found["there is an effect"] & found["trusted"] & (found["power"] >= ENOUGH_POWER)
eligible = int(found["eligible"].min())


def in_words(outcome: str) -> tuple[str, str]:
    """Return what can be shown of an outcome, in English and Japanese."""
    rows = found[found["outcome"] == outcome]
    name, name_ja = outcome.replace("_", " "), heading(outcome, "municipalities")
    truth = between(*rows.iloc[0][["truth", "truth_low_90", "truth_high_90"]], digits=2)
    if not rows["there is an effect"].any():
        return (
            f"{name}: true effect a site and year {truth}, none beyond chance",
            f"{name_ja}：真の効果{truth}（偶然の範囲）",
        )
    able = rows[rows["trusted"] & rows["there is an effect"]].sort_values("power")
    if able.empty:
        return f"{name}: {truth}; no method can be trusted", f"{name_ja}：{truth}（信頼できる方法なし）"
    best = able.iloc[-1]
    method = f"{best['method'].replace('_', ' ')}, {best['design']}"
    method_ja = f"{METHODS[best['method']]}・{NAMES_OF_DESIGNS[best['design']]}"
    needed = float(best["sites_needed"])
    agrees = (needed <= SITES) == (
        best["power"] >= ENOUGH_POWER
    )  # an estimate by formula; the power is counted
    many = f"{needed:,.0f}" if needed <= eligible else f"more than all {eligible:,} (全対象{eligible:,}か所でも不足)"
    many = many if agrees else NOT_TOLD
    return (
        f"{name}: {truth}; best {method}, found in {best['power']:.0%} of pilots; sites for {ENOUGH_POWER:.0%}: {many}",
        f"{name_ja}：{truth}、最良は{method_ja}（検出力{best['power']:.0%}）、必要な箇所数{many}",
    )


words = [in_words(outcome) for outcome in outcomes]
shown = found[found["shows it"]]["outcome"].nunique()
false = found.groupby("method")["false_alarms"].max()
misled = [
    f"{METHODS[method]} {alarms:.0%}"
    for method, alarms in false.items()
    if alarms > MOST_FALSE_ALARMS
]
answer(
    f"{SITES} sites over {YEARS} years show an effect on {shown} of {len(outcomes)} outcomes. {'; '.join(word for word, _ in words)}. Methods that find effects that are "
    f"not there too often (in the worst design): {', '.join(misled) or 'none'}. The effects are the model's own and rest on assumptions; what an evaluation can "
    f"see of an effect of this size rests on how much towns vary anyway. {REPLICATES} seeds, many choices of sites each.",
    f"{SITES}か所・{YEARS}年で効果を示せるのは{len(outcomes)}項目中{shown}。{'；'.join(word for _, word in words)}。ない効果を見つけすぎる方法：{'、'.join(misled) or 'なし'}。",
    "prior",
)
