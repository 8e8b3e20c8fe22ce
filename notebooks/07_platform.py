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
# # 7. The platform for company dispatch: new contracts, or moved ones?
# ## 地域活性化起業人のマッチング支援：新しい契約か、移っただけか
#
# The supplement of FY2024 pays for a survey of companies and a platform where they meet municipalities. Contracts found
# through it are often counted as its result. The model runs every year's market a second time under the same draws
# without survey and platform: a contract is new (the post would be empty), or moved from another company, another place
# or the other kind, or only earlier.

# %% [markdown]
# **日本語の要約** 企業アンケートとマッチング支援で見つかった契約のうち、本当に増えた契約と、別の企業・別の市町村・別の類型から移った契約を、
# 同じ乱数で施策なしの市場を並行計算して区別します。

# %%
import okoshi
from common import (
    LAST,
    REPLICATES,
    SMALL,
    answer,
    difference,
    headed,
    number,
    said,
    scenario,
    sure,
    sure_ja,
    where,
)
from okoshi import figures

RUNS = 2
ORIGINS = {
    "new": "新規",
    "moved_company": "別企業から",
    "moved_place": "別の市町村から",
    "moved_type": "別類型から",
    "earlier": "前倒し",
}

# %% [markdown]
# ## From survey to contract

# %%
baseline = scenario("baseline", whole_country=True)
result = okoshi.run(baseline, replicates=RUNS, tables=["national"])
national, about = result.national, figures.About.of_result(result)
figures.funnel_of_companies(national, about)

# %% [markdown]
# ## Where each year's contracts come from

# %%
figures.contracts_by_origin(national, about)

# %%
columns = ["dispatch_net", "dispatch_gross", *(f"dispatch_{origin}" for origin in ORIGINS)]
by_year = national.groupby("fiscal_year")[columns].mean()
by_year = by_year[(by_year != 0).any(axis=1)]
headed(by_year.round(1))

# %% [markdown]
# ## In a country of its own: no survey and platform, or a platform every year
# The market of one year under the same draws leaves out what follows: here the whole course runs again.

# %%
base = scenario("baseline")
others = [
    scenario(name)
    for name in ("dispatch_survey_and_platform_off", "dispatch_platform_off", "dispatch_platform_every_year")[
        : 1 if SMALL else 3
    ]
]
comparison = okoshi.compare([base, *others], replicates=REPLICATES)
table = comparison.frame()
about_part = figures.About.of_comparison(comparison)
figures.differences_by_year(table, about_part, ["dispatched_dispatched", "dispatched_side_job"])

# %% [markdown]
# ## Answer 答え

# %%
whole = by_year.sum()
gross = max(whole["dispatch_gross"], 1e-9)
counts = {origin: (whole[f"dispatch_{origin}"], whole[f"dispatch_{origin}"] / gross) for origin in ORIGINS}
parts = ", ".join(
    f"{origin.replace('_', ' ')} {number(count, 1)} ({share:.0%})"
    for origin, (count, share) in counts.items()
)
parts_ja = "、".join(
    f"{ORIGINS[origin]}{number(count, 1)}（{share:.0%}）" for origin, (count, share) in counts.items()
)
off = difference(table, "dispatch_survey_and_platform_off", "dispatched_dispatched")
side = difference(table, "dispatch_survey_and_platform_off", "dispatched_side_job")
english, japanese = where(baseline)
answer(
    f"In {english}, FY{int(by_year.index[0])}-FY{LAST}, contracts that are not the same with survey and platform add up to {number(whole['dispatch_gross'], 1)} "
    f"person-years: {parts}. Net of those that went elsewhere: {whole['dispatch_net']:+,.1f} person-years, the mean of {RUNS} runs. "
    f"Without both from the start, {where(base)[0]} have {said(off, 1)} dispatched employees in FY{LAST} ({sure(off)}) and {said(side, 1)} side jobs ({sure(side)}). "
    f"To count every contract found through the platform as its result would be to count the moved ones as new.",
    f"{japanese}で、アンケートとマッチング支援により変わった契約は延べ{number(whole['dispatch_gross'], 1)}人年（{parts_ja}）。差し引きの純増は{whole['dispatch_net']:+,.1f}人年（{RUNS}回平均）。"
    f"両方がない場合、{LAST}年度の企業派遣型の差は{said(off, 1)}人（{sure_ja(off)}）。",
    figures.weakest(table),
)
