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
# # 1. First steps: one run of the whole country
# ## 第1歩：全国を一度動かす
#
# What does Okoshi (おこし) give when it is asked nothing in particular? We run the rules in force, look at the tables,
# hold them against the official figures, change one amount, and compare. The country is invented (合成) and has the
# shape of the real one.

# %% [markdown]
# **日本語の要約** 現行制度のまま全国を一度シミュレーションし、結果の表、公表値との比較、制度を一つ変えた場合との差を見ます。
# 数値は全て実行結果から計算しています。

# %%
import okoshi
from common import REPLICATES, answer, command, difference, headed, said, scenario, sure, sure_ja, where
from okoshi import figures

# %% [markdown]
# ## One run
# `okoshi.load_scenario` reads a scenario, `okoshi.run` gives its tables as pandas data frames.

# %%
baseline = scenario("baseline", whole_country=True)
result = okoshi.run(baseline, tables=["national", "members", "observed"])
about = figures.About.of_result(result)
headed(result.national[["fiscal_year", "applicants", "hired", "members", "ended", "settled"]].tail(8))

# %% [markdown]
# ## Beside the official figures
# Dots are official: filled in as an input, fitted, or left for the model to meet by itself (emergent).

# %%
figures.series(result.national, result.observed, about, ["members", "settled_share_all"])

# %% [markdown]
# ## From applicants to settlers

# %%
figures.flows(result.national, result.members, about)

# %% [markdown]
# ## What can be changed, and what is counted
# In a terminal: `okoshi parameters startup_per_member` and `okoshi outcomes settled_share`.

# %%
print(command("parameters", "startup_per_member", "--year", "2025"))

# %% [markdown]
# ## Change one amount and compare
# The same people meet another rule: a replicate of one scenario and of the other has the same seed, person by person.

# %%
changed = scenario("baseline", {"policy.cooperators.startup_per_member@2025": 2_000_000})
comparison = okoshi.compare([scenario("baseline"), changed], replicates=REPLICATES)
differences = comparison.frame()
variant = differences["scenario"].iloc[0]
about_both = figures.About.of_scenario(changed, REPLICATES)
figures.differences_by_year(differences, about_both, ["startups_by_members", "settled"])

# %% [markdown]
# ## Answer 答え

# %%
official = result.observed[result.observed["series"] == "members"].sort_values("fiscal_year").iloc[-1]
year = int(official["fiscal_year"])
simulated = result.national.set_index("fiscal_year").loc[year, "members"]
last = differences["fiscal_year"].max()
settled = difference(differences, variant, "settled")
english, japanese = where(baseline)
answer(
    f"One run of {english} has {simulated:,} members in FY{year}; the official count of the real whole country is "
    f"{official['value']:,.0f} ({official['label']}). With startup aid of up to 2 million yen from FY2025 there are "
    f"{said(settled)} settled in FY{last} in {where(changed)[0]}: {sure(settled)}, over {REPLICATES} paired replicates.",
    f"{japanese}を一度動かすと、{year}年度の隊員は{simulated:,}人（実際の全国の公表値は{official['value']:,.0f}人）。"
    f"2025年度から起業支援を200万円にすると、{where(changed)[1]}の{last}年度の定住者の差は{said(settled)}人（{sure_ja(settled)}）。",
    figures.weakest(differences),
)
