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
# # 2. Does "10,000 members by FY2026" hold, and what would it take?
# ## 「令和8年度に隊員1万人」は達成できるか、何が必要か
#
# The government's target for the cooperators (地域おこし協力隊) is 10,000 members in FY2026. Do the rules in force reach
# it? Does money reach it: every amount that can bring members doubled? And which side of the market is short: posts or
# applicants?

# %% [markdown]
# **日本語の要約** 現行制度と、関係する金額を全て2倍にした場合（target_10000）の隊員数を比べ、募集と応募のどちらが足りないかを見ます。
# さらに手段を一つずつ変えて、どれが隊員数を動かすかを調べます。

# %%
import okoshi
import pandas as pd
from common import (
    LAST,
    SMALL,
    answer,
    difference,
    headed,
    heading,
    said,
    scenario,
    sure,
    sure_ja,
    where,
)
from okoshi import figures

TARGET, TARGET_YEAR = 10_000, 2026
COUNTRY_RUNS = 2

# %% [markdown]
# ## The rules in force, and the amounts that bring members doubled

# %%
names = ["baseline", "target_10000"]
scenarios = {name: scenario(name, whole_country=True) for name in names}
results = {
    name: okoshi.run(one, replicates=COUNTRY_RUNS, tables=["national", "observed"])
    for name, one in scenarios.items()
}
national = {name: result.national for name, result in results.items()}
observed = results["baseline"].observed
about = figures.About(
    ", ".join(names), scenarios["target_10000"].hash, scenarios["baseline"].seed, COUNTRY_RUNS
)
figures.series(
    national,
    observed,
    about,
    ["members", "municipalities_with_members", "vacancies_unfilled", "applicants_refused"],
)

# %% [markdown]
# ## Growth needed, growth found
# What counts is growth since the latest official count: it can be asked of a part of the country, too. A part, or the
# whole, may start from a level of its own.

# %%
official = observed[observed["series"] == "members"].sort_values("fiscal_year").iloc[-1]
start = int(official["fiscal_year"])
needed = TARGET / (official["value"] - official["counted_beside"])


def growth(table: pd.DataFrame, year: int) -> pd.Series:
    """Return members of a year over those of the latest official count, one number a replicate."""
    by_year = table.set_index(["replicate", "fiscal_year"])["members"].unstack()
    return by_year[year] / by_year[start]


rows = [
    {
        "scenario": name,
        "fiscal_year": year,
        f"members, FY{start} = 1 (隊員数・{start}年度＝1)": growth(table, year).mean(),
        "lowest run (最小)": growth(table, year).min(),
        "highest run (最大)": growth(table, year).max(),
        "needed by FY2026 (2026年度に必要)": needed,
    }
    for name, table in national.items()
    for year in (TARGET_YEAR, LAST)
]
headed(pd.DataFrame(rows).round(3))

# %% [markdown]
# ## One lever at a time
# In five prefectures, each lever moved alone from FY2025 and compared with the rules in force. The last is not
# policy: jobs elsewhere become as scarce as one opening an applicant.

# %%
base = scenario("baseline")
LEVERS = {
    "pay_cap_up": {
        "policy.cooperators.activity_per_member@2025": 6_200_000,
        "policy.cooperators.activity_remuneration_per_member@2025": 4_200_000,
    },
    "recruitment_x2": {"policy.cooperators.recruitment_per_municipality@2025": 6_000_000},
    "publicity_x2": {"policy.cooperators.support.publicity_budget@2025": 100_000_000},
    "trials_x2": {
        "policy.cooperators.trial_per_municipality@2025": 2_000_000,
        "policy.cooperators.internship_per_municipality@2025": 2_000_000,
    },
    "terms_to_5_years": {"policy.cooperators.term_years@2025": [1, 5]},
    "slack_labour_market": {"context.openings_per_applicant@2025": 1.0},
}
IN_JAPANESE = {
    "pay_cap_up": "報償費等の上限を引上げ",
    "recruitment_x2": "募集経費の上限を2倍",
    "publicity_x2": "広報予算を2倍",
    "trials_x2": "おためし・インターンの上限を2倍",
    "terms_to_5_years": "任期を最長5年",
    "slack_labour_market": "求人倍率1.0",
}
if SMALL:
    LEVERS = {name: LEVERS[name] for name in ("recruitment_x2", "slack_labour_market")}
levers = [
    okoshi.load_scenario(
        "baseline", set={"world.prefectures": list(base.world.prefectures), **change}, years=base.years
    )
    for change in LEVERS.values()
]
comparison = okoshi.compare([base, *levers], replicates=2 if SMALL else 4)
table = comparison.frame()
found = list(dict.fromkeys(table["scenario"]))
table["scenario"] = table["scenario"].map(dict(zip(found, LEVERS, strict=True)))
about_levers = figures.About("baseline, one lever each", base.hash, base.seed, len(comparison.seeds))
figures.paired_differences(
    table, about_levers, ["members", "hired", "vacancies_unfilled", "applicants_refused"], TARGET_YEAR
)

# %%
base_members = (
    okoshi.run(base, tables=["national"]).national.set_index("fiscal_year").loc[TARGET_YEAR, "members"]
)
effect = pd.DataFrame(
    [
        {
            "lever (手段)": f"{name.replace('_', ' ')} ({IN_JAPANESE[name]})",
            heading("members"): said(row),
            "of members of that year, % (その年度の隊員数比・%)": f"{row['difference'] / base_members:+.1%}",
            "beyond chance? (偶然を超えるか)": f"{sure(row)} ({sure_ja(row)})",
        }
        for name in LEVERS
        for row in [difference(table, name, "members", TARGET_YEAR)]
    ]
)
effect

# %% [markdown]
# ## Answer 答え


# %%
def says(name: str) -> tuple[str, int]:
    """Return the growth of a scenario by the target year in words, and how many replicates reach the target."""
    values = growth(national[name], TARGET_YEAR)
    table = national[name]
    members = table.loc[table["fiscal_year"] == TARGET_YEAR, "members"].mean()
    words = f"{values.mean() - 1:+.0%} ({values.min() - 1:+.0%} … {values.max() - 1:+.0%}; {members:,.0f})"
    return words, int((values >= needed).sum())


(now, now_reaches), (doubled, doubled_reaches) = says("baseline"), says("target_10000")
short = national["target_10000"].set_index("fiscal_year").loc[TARGET_YEAR, "short_side"].mode()[0]
best = max(LEVERS, key=lambda name: difference(table, name, "members", TARGET_YEAR)["difference"])
best_row = difference(table, best, "members", TARGET_YEAR)
english, japanese = where(scenarios["baseline"])
answer(
    f"From {official['value']:,.0f} members in FY{start}, 10,000 in FY{TARGET_YEAR} means {needed - 1:+.0%}. "
    f"In {english} the rules in force give (lowest … highest run; members as simulated) {now}: {now_reaches} of {COUNTRY_RUNS} runs reach the target. "
    f"With the amounts that bring members doubled it is {doubled}: {doubled_reaches} of {COUNTRY_RUNS} reach it, and the side "
    f"that is short is then: {short}. Of the levers moved alone, {best.replace('_', ' ')} does most by FY{TARGET_YEAR}: {said(best_row)} members "
    f"({sure(best_row)}). {COUNTRY_RUNS} runs of the country and {len(comparison.seeds)} pairs a lever: a sign can be told, a digit cannot.",
    f"{start}年度の{official['value']:,.0f}人から1万人には{needed - 1:+.0%}が必要。{japanese}では現行制度で{now}（{COUNTRY_RUNS}回の実行のうち目標に届くのは{now_reaches}回）、"
    f"隊員を増やす金額を2倍にして{doubled}（同{doubled_reaches}回）。そのとき足りないのは{ {'applicants': '応募者', 'posts': '募集', 'neither': 'どちらでもない'}[short] }。"
    f"単独で最も効く手段は「{IN_JAPANESE[best]}」で、隊員数の差は{said(best_row)}人（{sure_ja(best_row)}）。",
    figures.weakest(table),
)
