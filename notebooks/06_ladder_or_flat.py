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
# # 6. Local 10,000: ladder or flat cap? And is the theme of women and youth new firms or new labels?
# ## ローカル10,000：段階制の上限か一律か。女性・若者の重点支援は新しい事業か、看板の掛け替えか
#
# The cap of the grant rises with the loan: 25, 35 and 50 million yen at loans of 1, 1.5 and 2 times the grant. Do
# founders bend their loans to the steps, and what do flat caps do? Since FY2024 a theme raises the national share to
# 3/4: do projects under it exist because of it, or would they have come under another name?

# %% [markdown]
# **日本語の要約** 融資に応じた段階制の上限を、一律2,500万円・5,000万円と比べます。段差での集中（バンチング）を図で示し、
# 女性・若者のテーマについて、テーマがなければ存在しなかった事業と、別の名で申請していた事業を分けます。

# %%
import okoshi
import pandas as pd
from common import LAST, REPLICATES, answer, difference, headed, said, scenario, sure, where
from okoshi import figures

OUTCOMES = [
    "local_10000_projects_so_far",
    "local_10000_grants_so_far_yen",
    "local_10000_loans_so_far_yen",
    "enterprises_alive",
    "sales_taken_from_others_yen",
]

# %% [markdown]
# ## Loans at the steps of the ladder

# %%
country = {name: scenario(name, whole_country=True) for name in ("baseline", "themes_off")}
runs = {name: okoshi.run(one, tables=["national", "enterprises"]) for name, one in country.items()}
about = figures.About.of_result(runs["baseline"])
figures.bunching_at_the_ladder(runs["baseline"].enterprises, about)

# %% [markdown]
# ## Ladder against flat caps from FY2025

# %%
base = scenario("baseline")
flat = [scenario(name) for name in ("flat_cap_25_million", "flat_cap_50_million")]
comparison = okoshi.compare([base, *flat], replicates=REPLICATES)
table = comparison.frame()
about_flat = figures.About.of_comparison(comparison)
figures.paired_differences(table, about_flat, OUTCOMES)

# %%
headed(
    pd.DataFrame(
        {
            one.name: {
                outcome: said(difference(table, one.name, outcome), 1, 1e6 if outcome.endswith("yen") else 1)
                for outcome in OUTCOMES
            }
            for one in flat
        }
    ),
    units={outcome: ("million yen", "百万円") for outcome in OUTCOMES if outcome.endswith("yen")},
)

# %% [markdown]
# ## Women and youth: new or relabelled
# Each funded enterprise knows the theme that it would have been filed under without relabelling, and has a lasting key:
# in a country without themes the same founders decide again.


# %%
def funded(name: str) -> pd.DataFrame:
    """Return the enterprises founded with a grant from FY2024 on, by their lasting keys."""
    rows = runs[name].enterprises
    return rows[(rows["grant"] > 0) & (rows["founded"] >= 2024)].set_index("enterprise")


KINDS = {
    "under the theme": "このテーマでの採択",
    "its own theme": "もともとこのテーマ",
    "relabelled from another or none": "他のテーマ・テーマなしからの掛け替え",
    "funded without themes, too": "テーマがなくても採択",
    "not funded without themes": "テーマがなければ不採択",
    "would have started anyway": "助成がなくても開始",
}
THEMES = {
    "decarbonising": "decarbonising (脱炭素)",
    "digital": "digital (デジタル)",
    "women_youth": "women and youth (女性・若者)",
    "none": "none (なし)",
}
with_themes, without = funded("baseline"), funded("themes_off")
theirs = with_themes[with_themes["theme"] == "women_youth"]
kinds = pd.DataFrame(
    {
        "under the theme": len(theirs),
        "its own theme": int((theirs["theme_alternative"] == "women_youth").sum()),
        "relabelled from another or none": int((theirs["theme_alternative"] != "women_youth").sum()),
        "funded without themes, too": int(theirs.index.isin(without.index).sum()),
        "not funded without themes": int((~theirs.index.isin(without.index)).sum()),
        "would have started anyway": int(theirs["would_have_started_anyway"].sum()),
    },
    index=["projects"],
).T
headed(kinds.rename(index={name: f"{name} ({japanese})" for name, japanese in KINDS.items()}))

# %%
themes = with_themes.groupby(["theme", "theme_alternative"]).size().rename("projects").reset_index()
headed(themes.replace(THEMES))

# %% [markdown]
# ## Answer 答え


# %%
def of_them(count: str) -> str:
    """Return a count of the table above with its share of the projects under the theme."""
    part, whole = int(kinds.loc[count, "projects"]), max(len(theirs), 1)
    return f"{part} ({part / whole:.0%})"


funded_all = runs["baseline"].enterprises
ratio = (funded_all["loan"] / funded_all["grant"])[funded_all["grant"] > 0]
at_steps = sum(((ratio / step - 1).abs() <= 0.001).mean() for step in (1.0, 1.5, 2.0))
low, high = (difference(table, one.name, "local_10000_projects_so_far") for one in flat)
english, japanese = where(base)
everywhere, everywhere_ja = where(country["baseline"])
answer(
    f"In {everywhere} {at_steps:.0%} of {len(ratio)} funded projects have a loan exactly at a step of the ladder. In {english} a flat cap of 25 "
    f"million yen gives {said(low, 1)} projects by FY{LAST} ({sure(low)}), one of 50 million {said(high, 1)} ({sure(high)}). Of {len(theirs)} "
    f"projects filed under women and youth from FY2024 on, {of_them('relabelled from another or none')} would have had another label or none, "
    f"{of_them('funded without themes, too')} are funded in a country without themes as well, and {of_them('not funded without themes')} are not. One "
    f"run of the country: counts, not certainties.",
    f"{everywhere_ja}では助成{len(ratio)}件のうち融資が段差ちょうどのものが{at_steps:.0%}。{japanese}で一律2,500万円なら{LAST}年度までの件数の差は"
    f"{said(low, 1)}、一律5,000万円なら{said(high, 1)}。女性・若者テーマの{len(theirs)}件のうち、掛け替えは{of_them('relabelled from another or none')}、"
    f"テーマがなくても採択されたものは{of_them('funded without themes, too')}。",
    figures.weakest(table),
)
