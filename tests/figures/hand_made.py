"""Tables small enough to reckon by hand, and every picture drawn from them."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from okoshi import figures
from okoshi.figures import About, Picture
from okoshi.figures.attribution import shapley_bars
from okoshi.figures.fits import places_in_ranges
from okoshi.figures.judging import misses_by_label, power_of_methods
from okoshi.figures.over_time import series_of_prefecture
from okoshi.figures.sensitivity import changes_by_factor, size_and_spread, sizes_of_indices
from okoshi.figures.split import best_divisions
from okoshi.parameters.posterior import Posterior
from okoshi.policy.supplement import MEASURES
from okoshi.study.attribution import Attributed, Attribution
from okoshi.study.intervals import Interval
from okoshi.study.outcomes import OutcomeChoice
from okoshi.study.sensitivity import Index
from okoshi.study.split_design import SplitDesign
from okoshi.study.splitting import BestSplit, Split

YEARS = (2022, 2023, 2024)
ABOUT = About(
    "baseline, variant",
    "0123456789abcdef",
    seed=1,
    replicates=2,
    invented=True,
    version="9.9.9",
    titles={"variant": ("A variant with a title of some length", "いくらか長い題名のついた政策案")},
)
PAYERS = {"special_allocation_tax": 8_000_000_000, "municipality": 2_000_000_000, "private": 0}


def fit() -> Posterior:
    """Two parameters, all draws alike: one at four tenths of its range, one at its top."""
    names = ("behaviour.settlement.go_level", "behaviour.municipalities.support_learning")
    draws = np.array([[-2.8, 0.2]] * 3)
    ranges = {names[0]: [-3.6, -1.6], names[1]: [0.01, 0.2]}
    return Posterior(names, draws, draws, {"horizon": 2018, "ranges": ranges})


def national() -> pd.DataFrame:
    """Two replicates of three years: replicate 1 has ten members more."""
    rows = []
    for replicate in (0, 1):
        for number, year in enumerate(YEARS):
            row: dict[str, float] = {
                "replicate": replicate,
                "fiscal_year": year,
                "members": 100 + 50 * number + 10 * replicate,
                "municipalities_with_members": 40 + number,
                "settled": 30 + number,
                "settled_share_all": 0.6 + 0.01 * number,
                "settled_share_last_5_years": 0.7,
                "startups_by_members": 5,
                "applicants": 100,
                "applied": 60,
                "hired": 1,
                "dispatched_dispatched": 7,
                "companies_contacted": 1000,
                "companies_replied": 240,
                "companies_interested": 60,
                "companies_heard": 300,
                "companies_registered": 20,
                "companies_contracted": 50 + number,
                "dispatch_net": 4 * number,
                "dispatch_new": 3 * number,
                "dispatch_moved_company": 2 * number,
                "dispatch_moved_place": number,
                "dispatch_moved_type": 0,
                "dispatch_earlier": number,
                "access_difficult_share_65plus": 0.25,
                "access_difficult_share_65plus_definition_2015": 0.2,
                "covered_share_65plus": 0.9,
                "using_share_65plus": 0.02,
            }
            for payer in (
                "national_grant",
                "national_direct",
                "ordinary_allocation_tax",
                "prefecture",
                "bank",
                *PAYERS,
            ):
                row[f"yen_{payer}"] = PAYERS.get(payer, 0) * (number + 1)
            rows.append(row)
    return pd.DataFrame(rows)


def observed() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "fiscal_year": [2022, 2023, 2022, 2024],
            "series": ["members", "members", "settled_share_all", "access_difficult_share_65plus"],
            "value": [90.0, 170.0, 0.6, 0.256],
            "counted_beside": [0.0, 10.0, 0.0, 0.0],
            "uncertainty": [5.0, 5.0, 0.01, 0.005],
            "label": ["fitted", "emergent", "fitted", "input"],
            "source": ["survey"] * 4,
        }
    )


def members() -> pd.DataFrame:
    """Eight members of two replicates: one still serves; of seven who ended two live there, one nearby, two died.

    One died in office, one where it had settled.
    """
    return pd.DataFrame(
        {
            "replicate": [0, 0, 0, 0, 1, 1, 1, 1],
            "start_month": ["2022-04", "2023-04", "2024-04", "2022-04"] * 2,
            "end_month": ["2024-10"] * 6 + ["", "2024-12"],
            "stayed_at_end": ["same", "elsewhere", "same", "same", "same", "nearby", "", ""],
            "settled": ["same", "elsewhere", "elsewhere", "", "same", "nearby", "", ""],
        }
    )


def ledger() -> pd.DataFrame:
    """The municipality pays 10 for a member and gets 8 back; a dispatch costs 4: 14 were spent, not 22.

    It spends 3 on digital staff of its own, which is no measure's cost.
    """
    return pd.DataFrame(
        {
            "replicate": 0,
            "fiscal_year": 2024,
            "measure": ["cooperators", "cooperators", "dispatch", "digital"],
            "item": ["activity", "activity", "during", "own_talent"],
            "payee": ["members", "municipality", "companies", "staff"],
            "yen": [10_000_000, 8_000_000, 4_000_000, 3_000_000],
        }
    )


def prefectures() -> pd.DataFrame:
    rows = [
        {
            "replicate": replicate,
            "fiscal_year": year,
            "prefecture": name,
            "population": people,
            "members": count + replicate,
            "settled_stock": count,
        }
        for replicate in (0, 1)
        for year in YEARS
        for name, people, count in (("島根県", 600_000, 120), ("東京都", 14_000_000, 1))
    ]
    return pd.DataFrame(rows)


def municipalities() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "replicate": 0,
            "fiscal_year": 2024,
            "municipality": ["32001", "32002", "13001"],
            "name": ["紺牧市", "翠崎町", "都心区"],
            "prefecture": ["島根県", "島根県", "東京都"],
            "members": [13, 0, 2],
        }
    )


def places() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "municipality": ["32001", "32002", "13001"],
            "longitude": [132.5, 133.0, 139.7],
            "latitude": [35.2, 35.4, 35.7],
        }
    )


def enterprises() -> pd.DataFrame:
    """Two replicates. Of four funded one is at ratio 1, two at 2; one loan is 25 million; the fifth has no grant."""
    return pd.DataFrame(
        {
            "replicate": [0, 0, 0, 1, 1],
            "loan": [25_000_000, 60_000_000, 80_000_000, 33_000_000, 70_000_000],
            "grant": [25_000_000, 30_000_000, 40_000_000, 10_000_000, 0],
        }
    )


def differences(groups: tuple[str, ...] = ("0-5000 people", "5000-10000 people")) -> pd.DataFrame:
    """`variant` against `baseline`: in the nation members +20 [10, 30], yen open; in the groups +3 and -1."""
    rows = []
    for year in YEARS:
        for outcome, middle, reach in (
            ("members", 20.0, 10.0),
            ("settled", 4.0, 1.0),
            ("settled_share_last_5_years", 0.02, 0.01),
            ("yen_special_allocation_tax", 3e8, 5e8),
        ):
            rows.append((year, outcome, "nation", middle, reach))
        for group, middle in zip(groups, (3.0, -1.0), strict=True):
            rows.append((year, "members", group, middle, 2.0))
    return pd.DataFrame(
        [
            {
                "scenario": "variant",
                "fiscal_year": year,
                "outcome": outcome,
                "group": group,
                "difference": middle,
                "low_90": middle - reach,
                "high_90": middle + reach,
                "rests_on": "prior",
            }
            for year, outcome, group, middle, reach in rows
        ]
    )


# Each picture with what its alternative text must say, in English, reckoned from the tables above.
def pilot() -> pd.DataFrame:
    """Two outcomes under two methods: one with an effect that one method finds, one without any."""
    methods = ["before_after", "difference_in_differences"]
    return pd.DataFrame(
        {
            "outcome": ["support_capacity"] * 2 + ["startups_by_members"] * 2,
            "method": methods * 2,
            "power": [0.95, 0.4, 0.3, 0.05],
            "false_alarms": [0.9, 0.04, 0.3, 0.05],
            "sites": 4,
            "years": 2,
            "truth_low_90": [0.1, 0.1, -0.1, -0.1],
            "truth_high_90": [0.3, 0.3, 0.1, 0.1],
        }
    )


SETTLED = OutcomeChoice("national", "settled_share_last_5_years", 2034)
FACTORS = (  # from the least to the largest; names that are long in either language
    "structure.adoption",
    "policy.cooperators.daily_support_per_municipality@2025",
    "policy.cooperators.startup_per_member@2025",
    "behaviour.municipalities.support_learning",
    "behaviour.settlers.go_level",
)


def indices(*kinds: str) -> list[Index]:
    """One index of each kind a factor, each 0.01 larger than the last, with an interval of 0.01 to both sides."""
    return [
        Index("morris", SETTLED.label, factor, "", kind, size, size - 0.01, size + 0.01, 0.015)
        for kind in kinds
        for size, factor in zip((0.01, 0.02, 0.03, 0.04, 0.05), FACTORS, strict=True)
    ]


def attribution() -> Attribution:
    """Each measure adds one more than the last, and spends a million yen each."""
    adds = [
        Attributed(SETTLED.label, "shapley", name, "", Interval(one, one - 1.0, one + 1.0), yen, yen)
        for one, name in enumerate(MEASURES)
        for yen in (Interval(1e6 * one, float("nan"), float("nan")),)
    ]
    return Attribution(SETTLED, 3, 0, adds[-1], tuple(adds))


def division() -> Split:
    """A hundred million yen a line now; the best gives the first line all."""
    lines = np.full((1, len(MEASURES)), 1e8)
    yen = tuple(Interval(6e8 if not line else 0.0, 0.0, 6e8) for line in range(len(MEASURES)))
    best = BestSplit("matching=search", "settled", yen, 1, yen[0], 0.9)
    return Split(SplitDesign((), (), lines), (), (best,), None, None, 0)


def validation() -> pd.DataFrame:
    """One figure a label, each ten per cent too high but the first, which is right."""
    labels = ("input", "fitted", "emergent", "predicted")
    row = {"part": "figures", "fiscal_year": 2020, "official": 10.0}
    return pd.DataFrame(
        {**row, "label": label, "median": 10.0 + (label != "input"), "hit": label == "input"}
        for label in labels
    )


PICTURES: dict[str, tuple[Callable[[], Picture], tuple[str, ...]]] = {
    "series": (
        lambda: figures.series(national(), observed(), ABOUT),
        (
            "105 in FY2022",
            "205 in FY2024",
            "200 to 210",
            "Official figures beside it: 2; the latest, of FY2023, is 160",
        ),
    ),
    "two_runs": (
        lambda: figures.series({"a": national(), "b": national()}, observed(), ABOUT, ["members"]),
        ("Members (a)", "Members (b)"),
    ),
    "series_of_prefecture": (
        lambda: series_of_prefecture(
            prefectures().query("prefecture == '島根県'"), ABOUT, "島根県", ["members"]
        ),
        ("120 in FY2022",),
    ),
    "power_of_methods": (
        lambda: power_of_methods(pilot(), ABOUT),
        (
            "before-after finds the effect in 95% of pilots and one that is not there in 90%",
            "no true effect is known",
        ),
    ),
    "flows": (
        lambda: figures.flows(national(), members(), ABOUT),
        (
            "Of 300 who looked",
            "180 applied and 120 did not",
            "1 live in the same",
            "0.50 nearby",
            "3.50 have ended their term and 0.50 still serve",
            "1 have died, in office or where they had settled",
        ),
    ),
    "money_by_payer": (
        lambda: figures.money_by_payer(national(), ABOUT),
        ("10 billion yen in FY2022", "30 billion yen in FY2024", "60 billion yen over all years"),
    ),
    "money_by_measure": (
        lambda: figures.money_by_measure(ledger(), ABOUT),
        (
            "17 million yen over all years",
            "cooperators 10 million yen",
            "company dispatch 4 million yen",
            "bodies' own digital staff and support of shops (mostly spent with no measure too) 3 million yen",
        ),
    ),
    "map_of_prefectures": (
        lambda: figures.map_of_prefectures(prefectures(), ABOUT, per_people=True),
        ("Most: Shimane 20.1, Tokyo 0.01",),
    ),
    "map_of_differences": (
        lambda: figures.map_of_differences(differences(("島根県", "東京都")), ABOUT),
        ("Shimane +3", "In 1 of 2 prefectures the sign is open"),
    ),
    "map_of_municipalities": (
        lambda: figures.map_of_municipalities(municipalities(), places(), ABOUT),
        ("3 municipalities, 1 of them without any", "紺牧市 13"),
    ),
    "map_of_one_prefecture": (
        lambda: figures.map_of_municipalities(municipalities(), places(), ABOUT, prefecture="島根県"),
        ("2 municipalities",),
    ),
    "paired_differences": (
        lambda: figures.paired_differences(differences(), ABOUT),
        (
            "Members, “A variant with a title of some length”: +20 (from +10 to +30)",
            "+2.00 points",
            "+300 million yen (from -200 million yen",
        ),
    ),
    "differences_by_year": (
        lambda: figures.differences_by_year(differences(), ABOUT),
        ("FY2024: Members, “A variant with a title of some length”: +20",),
    ),
    "gains_and_losses": (
        lambda: figures.gains_and_losses(differences(), ABOUT),
        (
            "highest in 0-5,000 people (+3)",
            "lowest in 5,000-10,000 people (-1)",
            "of 2 groups the sign is open in 1",
        ),
    ),
    "funnel_of_companies": (
        lambda: figures.funnel_of_companies(national(), ABOUT),
        ("got the survey 1,000, answered it 240", "had a contract 52"),
    ),
    "contracts_by_origin": (
        lambda: figures.contracts_by_origin(national(), ABOUT),
        ("FY2024", "new (post empty without) 6, another company 4", "would have been there: +8"),
    ),
    "bunching_at_the_ladder": (
        lambda: figures.bunching_at_the_ladder(enterprises(), ABOUT),
        (
            "Of 4 funded enterprises in 2 runs together (2 in each on average)",
            "25.0% at a ratio of exactly 1,",
            "50.0% at a ratio of exactly 2",
            "25.0% with a loan",
        ),
    ),
    "coverage_of_shops": (
        lambda: figures.coverage_of_shops(national(), observed(), ABOUT),
        ("definition of 2020: 25.0%", "definition of 2015: 20.0%", "community store: 2.0%"),
    ),
    "sizes_of_indices": (
        lambda: sizes_of_indices(SETTLED, indices("first", "total"), ("first", "total"), ABOUT, name="sizes"),
        ("Settlers later: Going later",),
    ),
    "changes_by_factor": (
        lambda: changes_by_factor(SETTLED, indices("mu"), ABOUT, name="changes"),
        ("of 5 factors", "Settlers later: Going later", "5.00 points [4.00, 6.00]"),
    ),
    "size_and_spread": (
        lambda: size_and_spread(SETTLED, indices("mu_star", "sigma"), ABOUT, name="morris"),
        ("of 5 factors", "Municipalities: Support capacity learned"),
    ),
    "shapley_bars": (lambda: shapley_bars(attribution(), ABOUT), ("+100.00 points", "1 million yen")),
    "best_divisions": (lambda: best_divisions(division(), ABOUT), ("600",)),
    "places_in_ranges": (
        lambda: places_in_ranges(fit(), fit().names, ABOUT),
        ("2 parameters", "40 [40, 40]"),
    ),
    "misses_by_label": (lambda: misses_by_label(validation(), ABOUT), ("10.0%",)),
    "distribution": (
        lambda: figures.distribution(
            {"baseline": np.array([1, 1, 2])}, ABOUT, "Members of a town", "persons"
        ),
        ("2",),
    ),
}
