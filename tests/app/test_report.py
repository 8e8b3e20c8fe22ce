"""`okoshi report`: pages that need nothing else and that everybody can read, and an archive that runs again."""

import json
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from as_a_user import SMALL, Okoshi
from report_reading import ReadPage

from official_table import ITEMS, MORE, table_of, write_csv
from okoshi.app.command_line import run_command_line
from okoshi.app.report_indices import indices_section
from okoshi.app.report_numbers import interval_text, number_text, share_text
from okoshi.app.report_page import Column, Page, Section, TableView, render
from okoshi.figures import About, paired_differences
from okoshi.language.messages import set_language
from okoshi.parameters.posterior import read_posterior, shipped
from okoshi.study.maker import this_maker
from okoshi.world.storage import DEFAULT_FOLDER

LARGEST = 5_000_000
RUN = tuple(word for word in SMALL if word != "--no-figures")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two replicates, with pictures."""
    folder = tmp_path_factory.mktemp("report") / "run"
    assert run_command_line(["run", "baseline", *RUN, "--replicates", "2", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison by prefecture, with pictures."""
    folder = tmp_path_factory.mktemp("report") / "compared"
    names = ("baseline", "no_measure")
    # A seed by which FY2013 has something to tell beyond chance.
    more = ("--replicates", "3", "--seed", "3", "--by", "prefecture", "--out", str(folder))
    assert run_command_line(["compare", *names, *RUN, *more]) == 0
    return folder


def test_a_page_says_whether_its_parameters_were_fitted(ran: Path, okoshi: Okoshi) -> None:
    """The run of the tests stands on calibrated draws; the record of one on start values says so."""
    fitted, searched = "was fitted to official figures", "a rough search against official figures"
    text = " ".join(page_of(okoshi, ran).text)
    assert fitted in text
    assert searched not in text
    shutil.copytree(ran, "prior")
    record = json.loads(Path("prior/run.json").read_text(encoding="utf-8"))
    Path("prior/run.json").write_text(
        json.dumps(record | {"behaviour_parameters": "prior"}), encoding="utf-8"
    )
    text = " ".join(page_of(okoshi, Path("prior")).text)
    assert searched in text
    assert fitted not in text


@pytest.mark.parametrize(
    ("values", "unit", "english", "japanese"),
    [
        ((6, -3.46, 15.46), "persons", "+6.0 [-3.5, +15.5] open", "+6.0 ［-3.5, +15.5］ 不定"),
        ((96.2, 87.04, 105.6), "persons", "+96 [+87, +106]", "+96 ［+87, +106］"),
        ((0, 0, 0), "persons", "0 [0, 0]", "0 ［0, 0］"),
        ((-3.7, -10.2, -0.02), "persons", "-3.70 [-10.20, -0.02]", "-3.70 ［-10.20, -0.02］"),  # not "-0.0"
        (
            (-83e-4, -165e-4, -3e-5),
            "share",
            "-0.830 points [-1.650, -0.003]",
            "-0.830 ポイント ［-1.650, -0.003］",
        ),
        ((-0.001, -0.96, 0.96), "persons", "0.00 [-0.96, +0.96] open", "0.00 ［-0.96, +0.96］ 不定"),
        ((4.6e7, 2.45e7, 2.29e8), "yen", "+46 million yen [+24, +229]", "+4,600万円 ［+2,450, +22,900］"),
        ((4.6e8, 2e8, 2e9), "yen", "+460 million yen [+200, +2,000]", "+4.6億円 ［+2.0, +20.0］"),
        (
            (0.0102, -0.0026, 0.0229),
            "share",
            "+1.02 points [-0.26, +2.29] open",
            "+1.02 ポイント ［-0.26, +2.29］ 不定",
        ),
        ((1e-9, -1e-9, 2e-6), "share", "below 0.001 points", "0.001 ポイント未満"),
    ],
)
def test_a_difference_and_its_interval_have_one_scale_and_the_same_decimals(
    values: tuple[float, ...], unit: str, english: str, japanese: str
) -> None:
    assert interval_text(values, unit) == english
    set_language("ja")
    try:
        assert interval_text(values, unit) == japanese
    finally:
        set_language(None)


def test_lines_end_between_words_and_short_cells_stay_in_one_line() -> None:
    table = TableView("Facts", [Column("what"), Column("value")], [["seeds", "a longer text than fits"]])
    counts = TableView("Counts", [Column("what"), Column("members", True)], [["all", "7,213"]])
    section = Section("repeat", "Repeat", commands=["okoshi run <x> --replicates 2"], tables=[table, counts])
    page = render(Page("Title", "", [], [section], "foot"))
    assert 'okoshi run &lt;x&gt; <span class="option">--replicates</span> 2</code>' in page
    assert page.count('<table role="table" class="pair">') == 1  # none of numbers
    assert '<td role="cell" data-label="value"><span>a longer text than fits' in page
    assert '<td role="cell" data-label="members" class="number short"><span>7,213' in page


@pytest.mark.parametrize("unit", ["persons", "share", "yen"])
def test_a_difference_without_an_interval_says_so_and_is_not_called_open(unit: str) -> None:
    unknown = float("nan")
    assert "no interval" in interval_text([0.5, unknown, unknown], unit)
    assert "open" not in interval_text([0.5, unknown, unknown], unit)
    assert interval_text([unknown] * 3, unit) == "–"


def page_of(okoshi: Okoshi, folder: Path, *more: str) -> ReadPage:
    said = okoshi("report", folder, "--out", "page.html", *more)
    assert said.status == 0, said.err
    text = Path("page.html").read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST
    page = ReadPage.of(text)
    assert page.outside == []
    assert page.headings[0][0] == 1
    assert {level for level, _ in page.headings[1:]} == {2}
    assert all(len(alternative) > 20 for alternative in page.alternatives)
    assert page.headers_without_scope == 0
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert page.links[0] == "#content"
    assert {"main", "nav", "header", "footer"} <= set(page.tags)
    assert not {"script", "iframe", "link"} & set(page.tags)
    return page


def test_a_run_draws_pictures_and_the_tables_stay_as_they_are(ran: Path, okoshi: Okoshi) -> None:
    drawn = {path.name for path in (ran / "figures").iterdir()}
    assert {"series_cooperators.png", "money_by_payer.png", "map_of_prefectures.png"} <= drawn
    assert okoshi("run", "baseline", *SMALL, "--replicates", "2", "--out", "plain").status == 0
    assert not Path("plain/figures").exists()
    for path in ran.glob("*.parquet"):
        assert path.read_bytes() == Path("plain", path.name).read_bytes()


def test_another_run_takes_the_pictures_of_the_last_away(ran: Path, okoshi: Okoshi) -> None:
    shutil.copytree(ran, "out")
    Path("out/figures/mine.png").write_bytes(b"my own")
    assert okoshi("run", "baseline", *SMALL, "--seed", "7", "--out", "out", "--overwrite").status == 0
    assert [path.name for path in Path("out/figures").iterdir()] == ["mine.png"]


def test_report_of_a_run_in_both_languages(ran: Path, okoshi: Okoshi) -> None:
    english, japanese = (page_of(okoshi, ran, "--language", language) for language in ("en", "ja"))
    assert (english.language, japanese.language) == ("en", "ja")
    assert [level for level, _ in english.headings] == [level for level, _ in japanese.headings]
    assert len(english.alternatives) == len(japanese.alternatives) >= 5
    national = pd.read_parquet(ran / "national.parquet").query("fiscal_year == 2013")
    members = national["members"].mean()
    assert f"Members in FY2013: {members:,.1f}".removesuffix(".0") in english.words
    assert re.search(r"Members in FY2013: [^\[]*\[prior\]", english.words), "no fit looked at a part"
    for words in (
        "合成",
        "What this cannot say",
        "fitted",
        "[prior]",
        "How to repeat it",
        "1 of 47 prefectures",
    ):
        assert words in english.words
    for page, words in ((english, "official figures"), (japanese, "公式統計")):
        assert not [one for one in page.alternatives if words.capitalize() in one], (
            "the nation's beside a part"
        )
    assert "are met" not in english.words
    record = json.loads((ran / "run.json").read_text(encoding="utf-8"))
    for word in (
        record["version"],
        record["scenario_hash"],
        str(record["seeds"][1]),
        "okoshi run ./baseline.toml",
    ):
        assert word in english.words
        assert word in japanese.words
    assert "［仮定］" in japanese.words
    assert "公式統計とシミュレーションの対照" not in japanese.words


def test_official_figures_of_the_whole_country_are_met_or_not(ran: Path, okoshi: Okoshi) -> None:
    shutil.copytree(ran, "whole")
    record = json.loads((ran / "run.json").read_text(encoding="utf-8"))
    record["scenario_in_full"]["world"]["prefectures"] = []
    Path("whole/run.json").write_text(json.dumps(record), encoding="utf-8")
    page = page_of(okoshi, Path("whole"))
    _assert_met_as_reckoned(ran, page)
    assert re.search(r"Members in FY2013: [^\[]*\[data\]", page.words)
    assert any("Official figures beside it" in one for one in page.alternatives)
    assert "of 47 prefectures" not in page.words


def test_official_figures_are_no_test_of_a_past_that_was_not(ran: Path, okoshi: Okoshi) -> None:
    """From the year in which policy departs from the one in force they stand beside the run and score nothing."""
    shutil.copytree(ran, "other_past")
    record = json.loads((ran / "run.json").read_text(encoding="utf-8"))
    record["scenario_in_full"]["world"]["prefectures"] = []
    observed = pd.read_parquet(ran / "observed.parquet").query("2009 <= fiscal_year <= 2013")
    national = set(pd.read_parquet(ran / "national.parquet").columns)
    years = observed.loc[observed["series"].isin(national), "fiscal_year"]
    for departure, before in ((2012, int((years < 2012).sum())), (2009, 0)):
        enabled = {"2009": True, str(departure): False}
        record["scenario_in_full"]["policy"]["cooperators"]["enabled"] = enabled
        Path("other_past/run.json").write_text(json.dumps(record), encoding="utf-8")
        words = page_of(okoshi, Path("other_past")).words
        assert f"From FY{departure} on this scenario's policy" in words
        assert f"the {len(years) - before} official figures of these years" in words
        assert "no test" in words
        assert (f"Of {before} official figures" in words) is bool(before)
        assert ("are met" in words) is bool(before)


def _assert_met_as_reckoned(ran: Path, page: ReadPage) -> None:
    """Reckon again whether the 90% range of each official figure and the replicates' range overlap."""
    national, observed = (pd.read_parquet(ran / f"{name}.parquet") for name in ("national", "observed"))
    count = met = 0
    for figure in observed.itertuples():
        values = national.loc[national["fiscal_year"] == figure.fiscal_year, figure.series].dropna()
        if values.empty:
            continue
        count += 1
        low, high = np.quantile(values, (0.05, 0.95))
        reach = 1.645 * figure.uncertainty
        compared = figure.value - figure.counted_beside
        met += low <= compared + reach and high >= compared - reach
    assert f"Of {count} official figures {met} are met" in page.words


def test_a_report_says_what_official_tables_of_the_country_did_not(okoshi: Okoshi) -> None:
    ssdse = write_csv(Path("SSDSE-A-2031.csv"), table_of([*ITEMS, *MORE]))
    assert okoshi("world", "import", "--ssdse", str(ssdse), "--out", "real").status == 0
    own = ("run", "baseline", "--set", 'world.source="real"', "--years", "2009:2010", "--no-figures")
    assert okoshi(*own, "--out", "out").status == 0
    text = " ".join(page_of(okoshi, Path("out")).text)
    assert "filled in" in text
    assert "fiscal strength of 6 municipalities" in text


def test_a_report_says_that_a_run_ended_early(ran: Path, okoshi: Okoshi) -> None:
    shutil.copytree(ran, "early")
    record = json.loads(Path("early/run.json").read_text(encoding="utf-8"))
    asked = {"unfinished": {"replicates": 50}}
    Path("early/run.json").write_text(json.dumps(record | asked), encoding="utf-8")
    words = "This run ended early: 2 of 50 replicates were finished"
    assert words in " ".join(page_of(okoshi, Path("early")).text)
    assert words not in " ".join(page_of(okoshi, ran).text)


def changed(folder: Path, name: str, **record: object) -> Path:
    """Copy a folder of results with another record."""
    shutil.copytree(folder, name, ignore=shutil.ignore_patterns("figures"))
    known = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    Path(name, "run.json").write_text(json.dumps(known | record), encoding="utf-8")
    return Path(name)


def test_a_report_of_a_run_on_draws_says_that_its_bands_hold_parameters(ran: Path, okoshi: Okoshi) -> None:
    kept = {"draws": 2, "replicates": 1, "unfinished": {"draws": 20, "replicates": 1}}
    drawn = changed(ran, "drawn", **kept)
    words = page_of(okoshi, drawn).words
    assert "Bands and intervals hold parameters and chance together (2 draws of parameters)" in words
    assert "ended early: 2 of 20 draws of parameters were finished" in words
    assert "seed 1, 2 draws of parameters ·" in words
    assert "replicates" not in words.replace("--replicates", "")
    assert "one replicate" not in words
    assert "There is one replicate" not in words
    japanese = page_of(okoshi, drawn, "--language", "ja").words
    assert "パラメータの標本 20 個のうち終わった 2 個だけを" in japanese
    assert "乱数の種 1、パラメータの標本 2 個・" in japanese
    assert "反復" not in japanese
    alone = page_of(okoshi, ran).words
    assert "of chance over 2 replicates alone" in alone
    assert "draws of parameters" not in alone


def test_a_report_of_a_comparison_on_draws_speaks_of_draws(compared: Path, okoshi: Okoshi) -> None:
    drawn = changed(compared, "drawn", draws=3, replicates=1)
    page = page_of(okoshi, drawn)
    for said in (
        "same luck (3 draws of parameters). Brackets: the middle 90% of draws",
        "beyond the doubt about parameters and chance: ",
        "hold parameters and chance together (3 draws of parameters)",
        "with the middle 90% of draws of parameters",
    ):
        assert said in page.words
    for unsaid in (
        "replicates)",
        "paired replicates",
        "over the pairs",
        "alone; the doubt",
        "in FY2013, beyond chance",
    ):
        assert unsaid not in page.words
    japanese = page_of(okoshi, drawn, "--language", "ja").words
    assert "パラメータと偶然の不確かさの幅を超える" in japanese
    assert "パラメータの標本の中央90%" in japanese
    assert "対の90%区間" not in japanese
    once = page_of(okoshi, changed(compared, "once", draws=0, replicates=1)).words
    assert "same luck (one replicate). Brackets: 90% interval over the pairs" in once
    assert "an interval needs three or more, not one replicate (okoshi compare … --replicates 10)" in once
    few = page_of(okoshi, changed(compared, "few", draws=2, replicates=5)).words
    assert "not 2 draws of parameters, 5 replicates each (okoshi compare … --draws 20)" in few
    single = page_of(okoshi, changed(compared, "single", draws=1, replicates=3)).words
    assert "same luck (3 replicates)" in single
    assert "So few" not in single


def test_what_all_replicates_give_alike_is_not_called_chance(compared: Path, okoshi: Okoshi) -> None:
    copy = changed(compared, "copy")
    table = pd.read_parquet(copy / "differences.parquet")
    mine = (table["group"] == "nation") & (table["fiscal_year"] == 2013)
    ends, unknown = ["low_90", "high_90"], float("nan")
    for outcome, values in {
        "population": (5.0, unknown, unknown),
        "settled_share_all": (0.1, unknown, unknown),  # nobody to count in some replicates: too few are left
        "hired": (4.0, -1.0, 9.0),
    }.items():
        table.loc[mine & (table["outcome"] == outcome), ["difference", *ends]] = values
    table.to_parquet(copy / "differences.parquet")
    words = page_of(okoshi, copy).words
    same = words.partition("FY2013 by the same in all replicates: ")[2].partition(" “")[0]
    assert "People on 1 October (persons) +5" in same
    assert "no interval" not in same
    (chance,) = re.findall(r"not to be told from chance: (.*?)\.(?= “| Differences)", words)
    assert "People" not in chance
    assert "Settled, of all who ended" in chance
    assert "Posts filled" in chance
    japanese = page_of(okoshi, copy, "--language", "ja").words
    assert "差が全ての反復で同じもの（2013年度）：" in japanese
    table.loc[mine, ends] = unknown
    table.to_parquet(copy / "differences.parquet")
    words = page_of(okoshi, copy).words
    assert "in nothing that is beyond chance" not in words
    assert "cannot be told" not in words.partition("Differences from")[0].rpartition("At a glance")[2]
    assert "(persons) -" in words.partition("by the same in all replicates: ")[2]


@pytest.mark.parametrize("there", ["0.1.0+aaaa", None])
def test_a_report_says_that_the_fit_is_of_another_model(there: str | None, ran: Path, okoshi: Okoshi) -> None:
    record = json.loads((ran / "run.json").read_text(encoding="utf-8"))
    assert record["model"] == this_maker().model
    assert record["fitted_with"] == read_posterior(shipped()).about["model"]
    said = f"another version of the model ({there}) than the one that ran ({this_maker().model})"
    words = page_of(okoshi, changed(ran, "other", fitted_with=there)).words
    assert (said in words) == (there is not None)
    assert (
        "than the one that ran"
        not in page_of(okoshi, changed(ran, "same", fitted_with=record["model"])).words
    )
    older = changed(ran, "older", model=None, fitted_with=None)
    asks = record["fitted_with"] != record["model"]  # of this version of Okoshi both are known here
    assert ("than the one that ran" in page_of(okoshi, older).words) == asks
    foreign = changed(ran, "foreign", model=None, fitted_with=None, version="0.0.1")
    assert "than the one that ran" not in page_of(okoshi, foreign).words


def test_what_is_taken_away_of_settlers_and_what_yen_are_set_against_is_said(
    compared: Path, okoshi: Okoshi
) -> None:
    words = page_of(okoshi, compared).words
    assert (
        "in another place of the scheme under the base, and those who live in one under the base alone."
        in words
    )
    assert "their yen are never to be added" in words
    assert "counts these enterprises alone" in words
    japanese = page_of(okoshi, compared, "--language", "ja").words
    assert "他の受入地に住む人と、基準だけで定住している人を差し引いたもの" in japanese
    assert "円を行どうしで足すことはできず" in japanese


def test_a_report_says_where_yen_do_not_compare_payer_by_payer(compared: Path, okoshi: Okoshi) -> None:
    words, japanese = "only the sum of all payers compares", "比べられるのは全負担者の合計だけ"
    assert words not in page_of(okoshi, compared).words
    full = json.loads((compared / "run.json").read_text(encoding="utf-8"))["scenarios_in_full"]
    full["no_measure"]["policy"]["special_allocation_tax"]["total"] = {"2009": "open", "2013": "fixed"}
    mixed = changed(compared, "mixed", scenarios_in_full=full)
    assert page_of(okoshi, mixed).words.count(words) == 1
    assert japanese in page_of(okoshi, mixed, "--language", "ja").words
    full["no_measure"]["policy"]["special_allocation_tax"]["total"] = {"2009": "open", "2014": "fixed"}
    later = changed(compared, "later", scenarios_in_full=full)  # after the last year, so nobody is paid by it
    assert words not in page_of(okoshi, later).words


def test_a_report_says_which_tables_of_the_run_are_gone(ran: Path, okoshi: Okoshi) -> None:
    shutil.copytree(ran, "less")
    Path("less/ledger.parquet").unlink()
    words = "the run wrote them: ledger."
    assert words in " ".join(page_of(okoshi, Path("less")).text)
    assert words not in " ".join(page_of(okoshi, ran).text)


def test_report_of_one_prefecture(ran: Path, okoshi: Okoshi) -> None:
    page = page_of(okoshi, ran, "--prefecture", "Shimane")
    assert page.headings[0][1].startswith("Shimane: ")
    places = pd.read_parquet(ran / "municipalities.parquet", columns=["name"])["name"].unique()
    assert len(places) == 19
    assert all(name in page.words for name in places)
    for name, words in (("Shimana", "did you mean"), ("Tokyo", "not in the run")):
        said = okoshi("report", ran, "--prefecture", name, "--out", "none.html")
        assert (said.status, said.out) == (2, "")
        assert words in said.err
    assert not Path("none.html").exists()


def number_after(words: str, text: str) -> float:
    """Return the difference that stands behind these words in a table, before its interval."""
    found = re.search(rf"{words} ([+-][\d,.]+) \[", text)
    assert found, words
    return float(found.group(1).replace(",", ""))


def test_report_of_a_comparison(compared: Path, okoshi: Okoshi) -> None:
    page = page_of(okoshi, compared)
    table = pd.read_parquet(compared / "differences.parquet")
    last = table.query("fiscal_year == 2013 and outcome == 'members' and group == 'nation'").iloc[0]
    assert number_after(r"Members \(persons\)", page.words) == pytest.approx(last["difference"], abs=0.05)
    assert "policy.cooperators.enabled" in page.words
    assert "Difference from “The rules in force go on” in FY2013" in page.words
    assert "figure None of the six measures Members (persons)" in page.words  # not by its name
    _assert_glance(table.query("fiscal_year == 2013 and group == 'nation'"), page.words)
    assert "Net of other places" in page.words
    net = pd.read_parquet(compared / "settlers.parquet").query("kind == 'net'")["additional"].item()
    assert number_after("Net of other places", page.words) == pytest.approx(net, abs=0.05)
    assert any("Shimane" in alternative for alternative in page.alternatives)
    assert "島根での差" in page_of(okoshi, compared, "--prefecture", "島根", "--language", "ja").words


def _assert_glance(rows: pd.DataFrame, words: str) -> None:
    """What is said to be more or less is what the intervals tell, and what they leave open is no difference."""
    told = {
        kind: found.group(1) if (found := re.search(rf"{start}(.*?)\.(?= “| Differences)", words)) else ""
        for kind, start in {
            "more": "gives more than .*? beyond chance: ",
            "less": "gives less than .*? beyond chance: ",
            "open": "not to be told from chance: ",
        }.items()
    }
    by_outcome = rows.set_index("outcome")
    for outcome, title in {"members": "Members", "settled": "Settled", "hired": "Posts filled"}.items():
        low, high = (float(by_outcome.at[outcome, end]) for end in ("low_90", "high_90"))
        kind = "more" if 0 < low < high else "less" if low < high < 0 else "open"
        assert title in told[kind], (outcome, told)
    assert any(told.values())


def test_a_sign_is_robust_where_it_holds_in_every_structure_and_here_beyond_chance(
    compared: Path, okoshi: Okoshi
) -> None:
    shutil.copytree(compared, "copy", ignore=shutil.ignore_patterns("figures"))
    rows = [
        ("members", 5.0, 1.0, 9.0),  # here: beyond chance
        ("members", 2.0, -1.0, 5.0),  # elsewhere: the same sign is enough
        ("settled", 5.0, -1.0, 9.0),  # here within chance
        ("settled", 5.0, 1.0, 9.0),
        ("hired", 5.0, 1.0, 9.0),
        ("hired", -5.0, -9.0, -1.0),  # elsewhere the other way
    ]
    table = pd.DataFrame(rows, columns=["outcome", "difference", "low_90", "high_90"])
    table.assign(scenario="no_measure").to_parquet("copy/structures.parquet")
    shares = {"structure": [0.25], "parameters": [0.0], "together": [0.0], "chance": [0.75]}
    doubt = pd.DataFrame({"scenario": ["no_measure"], "outcome": ["members"], **shares})
    doubt.to_parquet("copy/doubt.parquet")
    words = page_of(okoshi, Path("copy")).words
    assert "Members robust: same in 2 of 2, beyond chance in 1" in words
    assert "Settled not robust: same in 2 of 2, beyond chance in 1" in words
    assert "Posts filled not robust: same in 1 of 2, beyond chance in 1" in words
    assert "Members 25% 75%" in words, "parameters did not vary: no share of theirs is told"
    record = json.loads(Path("copy/run.json").read_text(encoding="utf-8"))
    Path("copy/run.json").write_text(json.dumps({**record, "draws": 3}), encoding="utf-8")
    assert "Members 25% 0% 0% 75%" in page_of(okoshi, Path("copy")).words
    Path("copy/structures.parquet").unlink()
    assert "Members 0% 75%" in page_of(okoshi, Path("copy")).words, "structures did not vary"


def test_report_of_a_sweep_counts_failed_runs_and_takes_its_pictures(compared: Path, okoshi: Okoshi) -> None:
    folder = Path("sweep")
    (folder / "figures").mkdir(parents=True)
    record = json.loads((compared / "run.json").read_text(encoding="utf-8"))
    record = {
        **record,
        "okoshi": "sweep",
        "scenarios": None,
        "scenarios_in_full": None,
        "title": "What drives it",
    }
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    outcome = "national.settled_share_all@2034"
    results = {
        "point": [0, 0, 1],
        "replicate": [0, 1, 0],
        "pay": [1.0, 1.0, 3.0],
        outcome: [0.5, 0.7, np.nan],
        "national.present_after_10_years_share@2034": [np.nan] * 3,
    }
    beyond = "Still there ten years after the end, FY2034"
    pd.DataFrame({**results, "status": ["done", "done", "failed"]}).to_parquet(folder / "results.parquet")
    indices = {
        "outcome": [outcome] * 3,
        "factor": ["pay", "pay", ""],
        "index": ["total", "change", "noise_share_of_means"],
        "value": [0.42, 0.0123, 1e-6],
    }
    limits = {
        "low_90": [0.4, -0.001, -2e-6],
        "high_90": [0.44, 0.0246, 3e-6],
        "no_effect": [0.01, np.nan, np.nan],
        "interval_wider_than_index": [False, True, True],
    }
    pd.DataFrame({**indices, **limits}).to_parquet(folder / "indices.parquet")
    pd.DataFrame({"forecast": ["same as last year"], "error": [0.093]}).to_parquet(folder / "scores.parquet")
    differences = pd.read_parquet(compared / "differences.parquet")
    picture = paired_differences(differences, About("baseline"), ("members",))
    picture.save(folder / "figures" / "members_change.png")
    page = page_of(okoshi, folder)
    assert "3 runs of 2 design points; 1 of them" in page.words
    assert "runs with a number" in page.words
    assert f"{beyond} – – – – – 0" in page.words  # nobody is there yet: said, not left out
    assert "60.0%" in page.words
    assert "Settled, of all who ended, FY2034" in page.words
    assert (
        "factor total change, low to high pay 0.42 [0.40, 0.44] +1.23 points [-0.10, +2.46] open"
        in page.words
    )
    assert "(a factor without effect, on average by chance) 0.01 –" in page.words
    assert "which no factor explains: below 0.0001 of means over replicates." in page.words
    assert outcome not in page.words
    japanese = page_of(okoshi, folder, "--language", "ja")
    assert "反復の平均では 0.0001 未満" in japanese.words
    assert "noise" not in japanese.words
    assert "same as last year 0.093" in page.words
    assert picture.alternative in page.alternatives[0]
    said = okoshi("report", folder, "--prefecture", "島根県")
    assert said.status == 2


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((0.42, 0.40, 0.44), "0.42 [0.40, 0.44]"),
        ((0.0031, 0.0002, 0.0049), "0.0031 [0.0002, 0.0049]"),
        ((0.02, 0.003, 0.04), "0.020 [0.003, 0.040]"),  # not as if it reached nought
        ((0.02, -0.003, 0.04), "0.02 [0.00, 0.04]"),
        ((2e-6, -1e-6, 3e-6), "below 0.0001"),
        ((0.0, 0.0, 0.0), "0.00 [0.00, 0.00]"),
        ((0.0012,), "0.0012"),
    ],
)
def test_an_index_has_as_many_places_as_tell_it_from_nought(values: tuple[float, ...], text: str) -> None:
    assert share_text(values) == text


def test_only_the_size_is_unsure_of_an_index_whose_sign_is_clear() -> None:
    rows = [
        ("change", 30.8, 9.9, 51.7, "+30.8 [+9.9, +51.7] size unsure"),
        ("mu", 5.0, -2.0, 12.0, "+5 [-2, +12] open"),
        ("mu_star", 5.0, -2.0, 12.0, "5 [-2, 12] size unsure"),
        ("rank_correlation", -0.2, -0.5, 0.1, "-0.20 [-0.50, 0.10] open"),
        ("total", 0.2, 0.1, 0.4, "0.20 [0.10, 0.40] size unsure"),
        ("first", 0.5, 0.4, 0.6, "0.50 [0.40, 0.60]"),
    ]
    table = pd.DataFrame(rows, columns=["index", "value", "low_90", "high_90", "said"])
    table = table.assign(outcome="national.members@2034", factor="pay", other_factor="", no_effect=np.nan)
    wide = table["high_90"] - table["low_90"] > table["value"].abs()
    section = indices_section(table.assign(interval_wider_than_index=wide), {})
    assert section.tables[0].rows == [["pay", *table["said"]]]
    for word in ("size unsure", "open"):
        assert f"“{word}”" in section.paragraphs[0]


def test_report_of_a_discovery_says_conditions_policies_and_states_in_words(
    compared: Path, okoshi: Okoshi
) -> None:
    folder = Path("discovery")
    folder.mkdir()
    pay, form = "policy.cooperators.startup_per_member@2025", "structure.settlement"
    factors = [
        {"parameter": pay, "values": [0, 3000000]},
        {"parameter": form, "values": ["choice", "threshold"]},
    ]
    outcomes = [{"column": f"national.{name}", "year": 2034} for name in ("members", "yen_bank", "settled")]
    experiment = {"title": "Where", "method": "grid", "factors": factors, "outcomes": outcomes}
    record = json.loads((compared / "run.json").read_text(encoding="utf-8"))
    record = {
        **record,
        "okoshi": "sweep",
        "scenarios": None,
        "scenarios_in_full": None,
        "experiment": experiment,
    }
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    box = {"density": 0.8, "coverage": 1.0, "mass": 0.3, "bad_share": 0.25, "chance": 1e-5}
    boxes = [
        {
            "outcome": "national.members@2034",
            "bad": "< 50",
            "factor": pay,
            "low": np.nan,
            "high": 2e6,
            "values": "",
        },
        {"outcome": "national.yen_bank@2034", "bad": ">= 4.07e+08", "factor": form, "values": "choice"},
    ]
    pd.DataFrame([one | box for one in boxes]).to_parquet(folder / "boxes.parquet")
    regret = {
        "outcome": "national.settled@2034",
        "policy": f"{pay} = 3000000",
        "state": f"{form} = threshold",
        "largest_regret": 12.0,
        "low_90": 3.0,
        "high_90": 20.0,
        "mean_regret": 4.0,
        "least_share": 0.9,
    }
    pd.DataFrame([regret]).to_parquet(folder / "regret.parquet")
    page = page_of(okoshi, folder)
    assert "Members, FY2034 counts as bad below 50 (25% of all points)" in page.words
    assert "at most 2 million yen below 0.1%" in page.words
    assert "counts as bad at least 407 million yen" in page.words
    assert "Form of the model: settling discrete choice" in page.words
    assert "Settled, FY2034: no condition is told" in page.words
    assert "from FY2025: 3 million yen 12 [3, 20] 4 90%" in page.words
    assert "Form of the model: settling: threshold" in page.words
    for name in (pay, form, "bad_share", "largest_regret", "4.07e+08"):
        assert name not in page.words
    japanese = page_of(okoshi, folder, "--language", "ja")
    assert "200万円以下" in japanese.words
    assert "モデルの形：定住＝閾値" in japanese.words


def test_report_of_runs_under_way_says_how_to_end_them(okoshi: Okoshi) -> None:
    Path("under_way").mkdir()
    Path("under_way/experiment.toml").write_text("", encoding="utf-8")
    said = okoshi("report", "under_way")
    assert said.status == 2
    assert "not at their end" in said.err
    assert "okoshi status DIR" in said.err


def test_report_of_a_pilot_says_what_it_can_show(okoshi: Okoshi) -> None:
    asked = ("cooperators", "--sites", "3", "--years", "2", "--replicates", "3", "--out", "pilot")
    said = okoshi("pilot", *asked, "--set", 'world.prefectures=["鳥取県"]')
    assert said.status == 0
    answers = [
        line
        for line in said.out.splitlines()
        if re.search(": (no|yes|nothing to show|cannot be told)[,;]?", line)
    ]
    assert len(answers) == pd.read_parquet("pilot/pilot.parquet")["outcome"].nunique() > 2
    page = page_of(okoshi, Path("pilot"))
    assert all(answer.split(" [")[0] in page.words for answer in answers)
    assert "3 sites over 2 year(s)" in page.words
    assert len(page.alternatives) == 1
    japanese = page_of(okoshi, Path("pilot"), "--language", "ja")
    assert "差の差" in japanese.words
    assert "difference in differences" not in japanese.words


def test_report_of_a_validation_scores_what_was_not_fitted_apart(compared: Path, okoshi: Okoshi) -> None:
    folder = Path("validated")
    folder.mkdir()
    shutil.copy(compared / "run.json", folder)
    shutil.copy(compared / "scenario.toml", folder)
    rows = {
        "part": ["figures", "figures", "forecast from FY2018"],
        "name": ["main", "main", "model"],
        "figure": ["members", "members", "members"],
        "fiscal_year": [2018, 2019, 2020],
        "label": ["fitted", "emergent", "fitted"],
        "read_by_fit": [True, False, False],
        "official_low": [90.0, 90.0, 100.0],
        "official": [100.0, 100.0, 100.0],
        "official_high": [110.0, 110.0, 100.0],
        "median": [101.0, 150.0, 110.0],
        "low_90": [95.0, 140.0, 90.0],
        "high_90": [105.0, 160.0, 120.0],
        "hit": [True, False, True],
        "median_within": [True, False, False],
    }
    pd.DataFrame(rows).to_parquet(folder / "validation.parquet")
    page = page_of(okoshi, folder)
    assert "Of 2 official figures 1 lie within" in page.words
    assert "0 of 1 figures within the 90% interval, middle miss 50.0%" in page.alternatives[0]
    assert "forecast from FY2018" in page.words
    assert "draws of the calibrated parameters" in page.words


def test_what_is_written_in_a_scenario_is_text_never_markup(okoshi: Okoshi) -> None:
    title = "<script>alert(1)</script> & <b>"
    text = f'title = "{title}"\nextends = "baseline"\nwhy = "<img src=x>"\n'
    Path("mine.toml").write_text(text, encoding="utf-8")
    assert okoshi("run", "mine.toml", *SMALL, "--tables", "national,observed", "--out", "out").status == 0
    page = page_of(okoshi, Path("out"))
    assert title in page.words
    assert "<img src=x>" in page.words


def test_what_is_no_results_folder_is_refused(ran: Path, okoshi: Okoshi) -> None:
    Path("empty").mkdir()
    shutil.copytree(ran, "broken")
    Path("broken/run.json").write_text("{", encoding="utf-8")
    shutil.copytree(ran, "torn")
    Path("torn/national.parquet").write_bytes(b"PAR1 no table PAR1")
    for folder, words in (
        ("empty", "no finished results"),
        ("none", "no finished"),
        ("broken", "broken"),
        ("torn", ""),
    ):
        said = okoshi("report", folder, "--out", "page.html")
        assert (said.status, said.out) == (2, "")
        assert folder in said.err
        assert words in said.err
    assert okoshi("report", ran, "--out", "empty").status == 2
    assert okoshi("report", ran, "--archive", "x.zip", "--prefecture", "島根県").status == 2
    assert okoshi("report", ran, "--out", "no/such/folder.html").status == 2
    assert not Path("page.html").exists()


def test_a_report_takes_the_place_of_none_but_its_like(ran: Path, okoshi: Okoshi) -> None:
    Path("mine.toml").write_text('extends = "baseline"', encoding="utf-8")
    for option, file in (("--out", "page.html"), ("--archive", "all.zip")):
        said = okoshi("report", ran, option, "mine.toml")
        assert (said.status, "not of Okoshi's making" in said.err) == (2, True)
        assert [okoshi("report", ran, option, file).status for _ in "ab"] == [0, 0]
    assert Path("mine.toml").read_text(encoding="utf-8") == 'extends = "baseline"'


def test_an_archive_of_a_cut_off_table_is_refused(okoshi: Okoshi, ran: Path, tmp_path: Path) -> None:
    shutil.copytree(ran, tmp_path / "cut")
    table = tmp_path / "cut" / "members.parquet"
    table.write_bytes(table.read_bytes()[:-20])
    said = okoshi("report", "cut", "--archive", "it.zip")
    assert said.status == 2
    assert "members.parquet" in said.err
    assert not Path("it.zip").exists()


def test_a_record_of_another_format_is_refused(okoshi: Okoshi, ran: Path, tmp_path: Path) -> None:
    shutil.copytree(ran, tmp_path / "later")
    record = tmp_path / "later" / "run.json"
    for content in ({}, {**json.loads(record.read_text("utf-8")), "schema": 99}):
        record.write_text(json.dumps(content), encoding="utf-8")
        said = okoshi("report", "later")
        assert said.status == 2
        assert "run.json" in said.err
        assert "schema" in said.err


def _unpack(archive: Path, folder: Path) -> str:
    with zipfile.ZipFile(archive) as found:
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        found.extractall(folder)
    return (folder / "README.txt").read_text(encoding="utf-8")


def _commands(readme: str) -> set[str]:
    return {line.strip() for line in readme.splitlines() if line.startswith("    okoshi ")}


def test_an_archive_runs_again_to_the_same_bytes(
    ran: Path, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("one.zip", "two.zip"):
        assert okoshi("report", ran, "--archive", name).status == 0
    assert Path("one.zip").read_bytes() == Path("two.zip").read_bytes()
    readme = _unpack(Path("one.zip"), Path("unpacked"))
    assert "おこし：baseline" in readme
    monkeypatch.chdir(tmp_path / "unpacked")
    (command,) = _commands(readme)
    assert okoshi(*shlex.split(command)[1:], "--no-figures").status == 0
    for name in ("national", "members", "ledger"):
        assert Path("again", f"{name}.parquet").read_bytes() == (ran / f"{name}.parquet").read_bytes()
    assert {"parameters.csv", "versions.txt", "baseline.toml", "results"} <= {
        path.name for path in Path().iterdir()
    }


def test_an_archive_of_a_comparison_holds_all_scenarios(
    compared: Path, okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert okoshi("report", compared, "--archive", "it.zip").status == 0
    readme = _unpack(Path("it.zip"), Path("unpacked"))
    monkeypatch.chdir(tmp_path / "unpacked")
    (command,) = _commands(readme)
    assert okoshi(*shlex.split(command)[1:], "--no-figures").status == 0
    again = pd.read_parquet("again/differences.parquet")
    pd.testing.assert_frame_equal(again, pd.read_parquet(compared / "differences.parquet"))


@pytest.mark.parametrize("line", [("run", "baseline"), ("compare", "baseline", "startup_aid_0")])
def test_an_archive_of_draws_runs_them_again(
    line: tuple[str, ...], okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without them the numbers would be others than those that lie beside the command."""
    more = ("--draws", "3", "--replicates", "2", "--no-figures")
    assert okoshi(*line, *SMALL, *more, "--out", "out").status == 0
    assert okoshi("report", "out", "--archive", "it.zip").status == 0
    readme = _unpack(Path("it.zip"), Path("unpacked"))
    monkeypatch.chdir(tmp_path / "unpacked")
    (command,) = _commands(readme)
    assert okoshi(*shlex.split(command)[1:], "--no-figures").status == 0
    name = "national.parquet" if line[0] == "run" else "differences.parquet"
    assert Path("again", name).read_bytes() == Path("results", name).read_bytes()


def test_an_archive_takes_the_country_along(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(DEFAULT_FOLDER, "worlds/mine", ignore=shutil.ignore_patterns("__pycache__"))
    own = ("run", "baseline", "--set", 'world.source="worlds/mine"', *SMALL)
    assert okoshi(*own, "--tables", "national", "--out", "out").status == 0
    assert okoshi("report", "out", "--archive", "it.zip").status == 0
    readme = _unpack(Path("it.zip"), Path("elsewhere"))
    shutil.rmtree("worlds")
    monkeypatch.chdir(tmp_path / "elsewhere")
    (command,) = _commands(readme)
    assert okoshi(*shlex.split(command)[1:], "--no-figures").status == 0
    assert Path("again/national.parquet").read_bytes() == Path("results/national.parquet").read_bytes()


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (5e7, "yen", "50 million yen"),
        (0.014, "share", "1.40 points"),
        (1e-6, "share", "below 0.001 points"),
        (1e-6, "persons", "below 0.01"),
        (0.0, "persons", "0"),
        (681.2, "persons", "681"),
        (float("nan"), "persons", "–"),
    ],
)
def test_what_chance_alone_gives_keeps_its_unit(value: float, unit: str, text: str) -> None:
    assert number_text(value, unit) == text
