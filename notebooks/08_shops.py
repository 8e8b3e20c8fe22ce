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
# # 8. Shops: fixed or mobile?
# ## 買物：固定店舗か移動販売か、公的な定義とカバー率の両方で
#
# Official statistics count who lives far from a store without a car (difficult access, 食料品アクセス困難人口), by two
# definitions: that of 2020 counts drug stores as shops. A van never changes them. Okoshi's own coverage counts whom a
# store or a service reaches, and who uses one. Which looks better depends on the yardstick. No such subsidy exists:
# both scenarios are hypothetical and have the same rules and one billion yen a year, for fixed shops or for mobile ones.

# %% [markdown]
# **日本語の要約** 同じ条件の（架空の）補助を固定店舗に出す場合と移動販売に出す場合を比べます。食料品アクセス困難人口の二つの公的な定義と、
# 本モデル独自のカバー率・利用率の四つの物差しで示します。

# %%
import okoshi
import pandas as pd
from common import LAST, REPLICATES, answer, difference, headed, is_open, said, scenario, where
from okoshi import figures

YARDSTICKS = {
    "access_difficult_share_65plus": "official, definition of 2020 (公的・2020年定義)",
    "access_difficult_share_65plus_definition_2015": "official, definition of 2015 (公的・2015年定義)",
    "covered_share_65plus": "own: reached (独自・カバー率)",
    "using_share_65plus": "own: using (独自・利用率)",
}
FEWER_IS_BETTER = [name for name in YARDSTICKS if name.startswith("access")]

# %% [markdown]
# ## The rules in force

# %%
baseline = scenario("baseline", whole_country=True)
result = okoshi.run(baseline, tables=["national", "observed"])
figures.coverage_of_shops(result.national, result.observed, figures.About.of_result(result))

# %% [markdown]
# ## The same money for fixed and for mobile shops

# %%
base = scenario("baseline")
fixed, mobile = scenario("hypothetical_subsidy_fixed"), scenario("hypothetical_subsidy_mobile")
comparison = okoshi.compare([base, fixed, mobile], replicates=REPLICATES)
table = comparison.frame()
about = figures.About.of_comparison(comparison)
figures.paired_differences(table, about, list(YARDSTICKS))

# %%
figures.paired_differences(
    table,
    about,
    ["mobile_vans", "community_stores", "supermarkets", "convenience_stores", "public_so_far_yen"],
    name="shops",
)

# %%
headed(
    pd.DataFrame(
        {
            f"{one.name.replace('_', ' ')}, points (ポイント)": {
                label: said(difference(table, one.name, outcome), 2, 0.01)
                for outcome, label in YARDSTICKS.items()
            }
            for one in (fixed, mobile)
        }
    )
)

# %% [markdown]
# ## Answer 答え


# %%
def better(outcome: str) -> str:
    """Return which of the two does more good by a yardstick, judged against the base."""
    rows = {one.name: difference(table, one.name, outcome) for one in (fixed, mobile)}
    good = {
        name: -row["difference"] if outcome in FEWER_IS_BETTER else row["difference"]
        for name, row in rows.items()
    }
    if all(is_open(row) for row in rows.values()):
        return "neither beyond chance (どちらも偶然の範囲)"
    best = max(good, key=good.__getitem__)
    if is_open(rows[best]) or good[best] <= 0:
        return "neither for the better (どちらも改善なし)"
    return (
        "mobile (移動)" if best == mobile.name else "fixed (固定)"
    ) + f", {said(rows[best], 2, 0.01)} points (ポイント)"


english, japanese = where(base)
found = "; ".join(f"{label}: {better(outcome)}" for outcome, label in YARDSTICKS.items())
spent = {one.name: difference(table, one.name, "public_so_far_yen") for one in (fixed, mobile)}
answer(
    f"In {english} in FY{LAST}, which does more by each yardstick: {found}. Public money spent more by then: fixed {said(spent[fixed.name], 0, 1e6)}, "
    f"mobile {said(spent[mobile.name], 0, 1e6)} million yen. No distance to a store changes when a van calls: the official figures cannot see it.",
    f"{japanese}の{LAST}年度、物差しごとに効果の大きい方：{found}。公費の増は固定{said(spent[fixed.name], 0, 1e6)}・移動{said(spent[mobile.name], 0, 1e6)}百万円。"
    f"移動販売は公的な定義には現れない。",
    figures.weakest(table),
)
