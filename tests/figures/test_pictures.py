"""Each picture: right numbers in its alternative text, units on its axes, nothing cut off, in both languages."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace

import hand_made
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image

from okoshi import figures
from okoshi.figures import About, ColumnsMissingError, Picture
from okoshi.figures.comparing import is_by_age, outcomes_by_group
from okoshi.figures.gallery import NAMES, pictures_of_comparison, pictures_of_prefecture, pictures_of_run
from okoshi.figures.lines import text_places, wrapped
from okoshi.figures.people_flow import count_flows
from okoshi.figures.style import COLOURS, FILLS, HATCHES, LINES, MARKERS, canvas, look
from okoshi.figures.words import figure_text, unit_text
from okoshi.language.errors import InputError
from okoshi.language.messages import LANGUAGES, set_language

TABLES = {
    name: getattr(hand_made, name)()
    for name in ("national", "observed", "members", "ledger", "prefectures", "municipalities", "enterprises")
}

EDGES = 4  # pixels of 130 to the inch


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    yield
    set_language(None)


def draw(name: str) -> Picture:
    """Draw a picture with every warning an error: a letter that no font has is a warning of matplotlib."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = hand_made.PICTURES[name][0]()
        picture.png(dpi=40)
    return picture


def test_words_stand_in_the_file() -> None:
    picture = draw("series")
    with Image.open(io.BytesIO(picture.png(dpi=40))) as image:
        assert image.info["Description"] == picture.alternative
        assert image.info["Title"] == picture.title
    shown, more = picture._repr_mimebundle_()
    assert shown["image/png"] == picture.png()
    assert more["image/png"] == {"alt": picture.alternative}


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", hand_made.PICTURES)
def test_right_words_nothing_cut_off_and_axes_with_names(name: str, language: str, narrow: bool) -> None:
    set_language(language)
    picture = draw(name)
    if narrow:
        wide, picture = picture, picture.narrow()
        assert picture.alternative == wide.alternative
        picture.png(dpi=40)
    for words in hand_made.PICTURES[name][1] if language == "en" else ():
        assert words in picture.alternative
    figure = picture.figure
    with look():
        FigureCanvasAgg(figure).draw()
    panels = [*figure.axes, *(bar for axes in figure.axes for bar in axes.child_axes)]
    unseen = {label for axes in panels for label in _not_drawn(axes)}
    texts = [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]
    shown = [text for text in texts if text not in unseen]
    outside = [
        text.get_text()
        for text in shown
        if not _holds(figure.bbox.padded(2).extents, text.get_window_extent().extents)
    ]
    assert not outside
    assert not _on_one_another(shown)
    whole = " ".join(text.get_text().replace("\n", " ") for text in texts)
    official = name in ("misses_by_label", "places_in_ranges")  # how far official figures are off is data
    assert {"en": "[data]" if official else "[prior]", "ja": "[データ]" if official else "[仮定]"}[
        language
    ] in whole
    assert "合成" in whole
    assert "baseline" in whole
    headline, foot = (text.get_window_extent() for text in figure.texts[:2])
    for axes in figure.axes:
        _assert_named(axes)
        if axes.get_visible() and (box := axes.get_tightbbox()) is not None:
            assert foot.y1 <= box.y0 + 1
            assert box.y1 <= headline.y0 + 1
    for box in (one.get_window_extent() for one in figure.legends):
        assert foot.y1 <= box.y0 + 1
        assert box.x1 <= figure.bbox.x1
        assert all(box.y1 <= bounds.y0 + 1 for axes in figure.axes if (bounds := axes.get_tightbbox()))


def _on_one_another(texts: list[Text]) -> list[tuple[str, str]]:
    """Return pairs of texts of which one hides a part of the other, by more than the edges of letters."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    return [
        (one, other)
        for number, (one, box) in enumerate(boxes)
        for other, beside in boxes[:number]
        if min(box.x1, beside.x1) - max(box.x0, beside.x0) > EDGES
        and min(box.y1, beside.y1) - max(box.y0, beside.y0) > EDGES
    ]


def _not_drawn(axes: Axes) -> set[object]:
    """Return the letters of ticks beyond the ends of an axis, and of axes that are hidden."""
    if not axes.get_visible() or not axes.axison:
        return {label for axis in (axes.xaxis, axes.yaxis) for label in axis.get_ticklabels(which="both")} | {
            axes.xaxis.label,
            axes.yaxis.label,
        }
    found: set[object] = set()
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                found |= {tick.label1, tick.label2}
    return found


def _holds(outer: tuple[float, ...], inner: tuple[float, ...]) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _assert_named(axes: Axes) -> None:
    """An axis with ticks says what it shows: in its label, below it in the column, or in the panel's title."""
    if not axes.axison or not axes.get_visible():
        return
    for axis in (axes.xaxis, axes.yaxis):
        numbers = [label for label in axis.get_ticklabels() if label.get_text().strip(" 0123456789.,+−-°")]
        has_ticks = len(axis.get_ticklocs()) > 0 and any(
            label.get_visible() for label in axis.get_ticklabels()
        )
        named = axis.get_label_text() or axes.get_title(loc="left") or numbers
        assert named or not has_ticks


def test_on_a_narrow_screen_panels_stand_one_below_the_other() -> None:
    wide = draw("coverage_of_shops")
    narrow = wide.narrow()
    assert narrow.figure.get_figwidth() < 0.6 * wide.figure.get_figwidth()
    assert narrow.figure.get_figheight() > 1.5 * wide.figure.get_figheight()
    assert all(draw(name).narrow().figure.get_figwidth() < 5 for name in hand_made.PICTURES)


@pytest.mark.parametrize("most", [0, 1, 2, 7])
def test_what_is_counted_is_shown_in_whole_numbers(most: int) -> None:
    places = hand_made.municipalities().assign(members=[most] + [0] * (len(TABLES["municipalities"]) - 1))
    picture = figures.map_of_municipalities(places, hand_made.places(), hand_made.ABOUT)
    sizes = [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert all("." not in text for text in sizes)
    assert any(text.startswith(str(most)) for text in sizes) is bool(most)
    lived = hand_made.national().assign(members=most)
    picture = figures.series(lived, hand_made.observed().head(0), hand_made.ABOUT, ["members"])
    axes = picture.figure.axes[0]
    ticks = [tick for tick in axes.get_yticks() if axes.get_ylim()[0] <= tick <= axes.get_ylim()[1]]
    assert most == 0 or all(tick == round(tick) for tick in ticks)


@pytest.mark.parametrize("name", ["series", "map_of_prefectures", "flows"])
def test_same_tables_give_the_same_bytes_and_leave_no_settings(name: str) -> None:
    before = dict(mpl.rcParams)
    assert hand_made.PICTURES[name][0]().png() == hand_made.PICTURES[name][0]().png()
    assert dict(mpl.rcParams) == before


def test_lines_and_areas_differ_without_colour() -> None:
    assert len({str(line) for line in LINES}) == len(LINES) == len(COLOURS)
    assert len(set(MARKERS)) == len(MARKERS)
    assert len(set(HATCHES)) == len(HATCHES) == len(FILLS)


def test_signs_and_japanese_stand_in_every_language() -> None:
    """≤ and ≥ are not in the Japanese font, Japanese not in the Latin one: each falls back on the other."""
    for language in LANGUAGES:
        set_language(language)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with look():
                figure, (axes,) = canvas("≤ ≥ − 合成 $x_1$", hand_made.ABOUT)
                axes.set_title("≤ ≥ 島根県")
                figure.savefig(io.BytesIO(), format="png")


def test_a_headline_rests_on_something() -> None:
    with pytest.raises(ValueError, match="data, rule, prior"):
        canvas("title", hand_made.ABOUT, "hope")


@given(st.text(alphabet="ab 島根、。（", max_size=60), st.integers(8, 40))
def test_wrapped_text_keeps_its_letters_and_its_width(text: str, places: int) -> None:
    lines = wrapped(text, places).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(text_places(line) <= max(places, *map(text_places, _pieces(text))) for line in lines)


def _pieces(text: str) -> list[str]:
    """Return what cannot be broken: words, with the signs that may not begin a line."""
    from okoshi.figures.lines import _words

    return [*_words(text), ""]


DIFFERENT = hand_made.differences()
COLUMNS = [
    (
        "series",
        lambda: figures.series(
            TABLES["national"].drop(columns="members"), TABLES["observed"], hand_made.ABOUT
        ),
    ),
    (
        "flows",
        lambda: figures.flows(TABLES["national"], TABLES["members"].drop(columns="settled"), hand_made.ABOUT),
    ),
    ("money", lambda: figures.money_by_payer(TABLES["national"].drop(columns="yen_bank"), hand_made.ABOUT)),
    (
        "ladder",
        lambda: figures.bunching_at_the_ladder(TABLES["enterprises"].drop(columns="loan"), hand_made.ABOUT),
    ),
    (
        "shops",
        lambda: figures.coverage_of_shops(
            TABLES["national"].drop(columns="covered_share_65plus"), TABLES["observed"], hand_made.ABOUT
        ),
    ),
    (
        "differences",
        lambda: figures.paired_differences(hand_made.differences().drop(columns="low_90"), hand_made.ABOUT),
    ),
]
MISSING = dict(
    zip(
        [name for name, _ in COLUMNS],
        [
            "national lacks members",
            "members lacks settled",
            "yen_bank",
            "lacks loan",
            "covered_share_65plus",
            "low_90",
        ],
        strict=True,
    )
)


def test_official_points_stand_beside_the_whole_country_alone() -> None:
    about = replace(hand_made.ABOUT, whole=False)
    shown = [
        figures.series(hand_made.national(), hand_made.observed(), about, ["members"]),
        figures.coverage_of_shops(hand_made.national(), hand_made.observed(), about),
    ]
    assert not [picture for picture in shown if "fficial figure" in picture.alternative]
    assert shown[0].title == "Simulated: Members"
    whole = figures.series(hand_made.national(), hand_made.observed(), hand_made.ABOUT, ["members"])
    assert "Official figures beside it: 2" in whole.alternative


@pytest.mark.parametrize(("name", "drawing"), COLUMNS, ids=[name for name, _ in COLUMNS])
def test_a_column_that_is_missing_is_one_clear_error(name: str, drawing: object) -> None:
    with pytest.raises(ColumnsMissingError, match=MISSING[name]) as caught:
        drawing()  # type: ignore[operator]
    assert isinstance(caught.value, InputError)


def test_empty_tables_and_funded_nobody_are_said() -> None:
    nobody = TABLES["enterprises"].assign(grant=0)
    for drawing in (
        lambda: figures.bunching_at_the_ladder(nobody, hand_made.ABOUT),
        lambda: figures.money_by_payer(TABLES["national"].iloc[:0], hand_made.ABOUT),
        lambda: figures.gains_and_losses(hand_made.differences().query("group == 'nation'"), hand_made.ABOUT),
    ):
        with pytest.raises(ColumnsMissingError, match="no rows"):
            drawing()
    spent_nothing = TABLES["national"].copy()
    spent_nothing[[name for name in spent_nothing if name.startswith("yen_")]] = 0
    with pytest.raises(ColumnsMissingError, match="nothing was spent"):
        figures.money_by_payer(spent_nothing, hand_made.ABOUT)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["same", "nearby", "elsewhere", "serving", "died in office", "died"]),
            st.sampled_from(["same", "elsewhere"]),
        ),
        min_size=1,
        max_size=30,
    ),
    st.integers(0, 50),
    st.integers(0, 50),
)
def test_flows_add_up_at_every_group(people: list[tuple[str, str]], refused: int, idle: int) -> None:
    """Who comes in goes out again: nobody is lost between looking and settling."""
    told = {"died": "same", "serving": "", "died in office": ""}  # where it stayed at the end
    states = [where for where, _ in people]
    members = pd.DataFrame(
        {
            "start_month": "2023-04",
            "end_month": ["" if where == "serving" else "2023-12" for where in states],
            "stayed_at_end": [
                end if where == "elsewhere" else told.get(where, where) for where, end in people
            ],
            "settled": [where if where in ("same", "nearby", "elsewhere") else "" for where in states],
        }
    )
    hired = len(people)
    national = pd.DataFrame(
        {
            "replicate": [0],
            "fiscal_year": [2023],
            "applicants": [hired + refused + idle],
            "applied": [hired + refused],
            "hired": [hired],
        }
    )
    found = count_flows(national, members)
    for group in ("applied", "hired", "ended"):
        into = sum(flow.people for flow in found if flow.end == group)
        out = sum(flow.people for flow in found if flow.start == group)
        assert into == pytest.approx(out)
    assert all(flow.people >= 0 for flow in found)
    size = {flow.end: flow.people for flow in found}
    assert size["serving"] == states.count("serving")
    assert size["died"] == sum(where.startswith("died") for where in states)
    assert size["same"] == states.count("same")


def test_gallery_draws_all_and_says_what_it_left_out() -> None:
    left_out: list[str] = []
    drawn = [
        picture.name for picture in pictures_of_run(TABLES, hand_made.ABOUT, hand_made.places(), left_out)
    ]
    assert left_out == []
    assert set(drawn) <= set(NAMES)
    assert len(drawn) == len(set(drawn)) == 11
    few = {name: TABLES[name] for name in ("national", "observed")}
    drawn = [picture.name for picture in pictures_of_run(few, hand_made.ABOUT, None, left_out)]
    assert "money_by_payer" in drawn
    assert any("there is no table members" in reason for reason in left_out)
    of_one = pictures_of_prefecture(
        {**TABLES, "prefectures": TABLES["prefectures"].assign(ended_so_far=1, startups_by_members=1)},
        hand_made.ABOUT,
        "島根県",
        hand_made.places(),
    )
    assert next(picture.name for picture in of_one) == "series_of_prefecture"
    by_place = hand_made.differences(("島根県", "東京都"))
    assert [one.name for one in pictures_of_comparison(by_place, hand_made.ABOUT)][-1] == "map_of_differences"
    by_size = pictures_of_comparison(hand_made.differences(), hand_made.ABOUT)
    assert [one.name for one in by_size][-1] == "gains_and_losses"


@pytest.mark.parametrize(
    ("value", "unit", "english", "japanese"),
    [
        (0.6543, "share", "65.4%", "65.4%"),
        (38_412_000_000, "yen (nominal)", "38.4 billion yen", "384億円"),
        (1_500_000, "yen", "1.50 million yen", "150万円"),
        (900, "yen", "900 yen", "900円"),
        (7_074.3, "persons", "7,074", "7,074"),
        (float("nan"), "persons", "–", "–"),
    ],
)
def test_numbers_as_people_read_them(value: float, unit: str, english: str, japanese: str) -> None:
    assert figure_text(value, unit) == english
    set_language("ja")
    assert figure_text(value, unit) == japanese
    assert unit_text("persons") == "人"


def test_the_foot_of_a_comparison_names_all_scenarios_and_the_base_is_the_first() -> None:
    about = About.of_record(
        {
            "scenarios": {"baseline": "x", "more": "y"},
            "scenario_hash": "abc",
            "seeds": [3, 4],
            "replicates": 2,
        }
    )
    assert (about.base, about.seed) == ("baseline", 3)
    assert "baseline, more" in about.foot()


def test_scenarios_are_called_by_titles_that_tell_them_apart() -> None:
    def titled(*titles: tuple[str, str]) -> About:
        scenarios = {
            name: {"title": en, "title_ja": ja} for name, (en, ja) in zip("abc", titles, strict=False)
        }
        return About.of_record({"scenarios": dict.fromkeys("abc", "x"), "scenarios_in_full": scenarios})

    about = titled(("Now", "今"), ("More", ""), ("More", "別"))
    assert [about.called(name) for name in "abc"] == ["Now", "b", "c"]
    set_language("ja")
    assert about.called("a") == "今"
    assert titled(("Now", "")).called("a") == "Now"
    assert About("a").called("a") == "a"


def test_by_group_is_shown_what_the_policy_moves() -> None:
    """Where members and settlers cannot move (a fixed total of the tax), who pays is shown in their place."""
    zero = {"difference": 0.0, "low_90": np.nan, "high_90": np.nan}
    usual = hand_made.differences().query("group != 'nation' and fiscal_year == 2024").assign(**zero)
    taken = usual.assign(outcome="yen_municipality", difference=3e9, low_90=2e9, high_90=4e9)
    both = pd.concat([usual, taken])
    assert outcomes_by_group(usual) == ["members"]
    assert outcomes_by_group(both) == ["yen_municipality"]
    moved = both.assign(difference=both["difference"] + 1.0)  # members by chance alone: they stand behind
    assert outcomes_by_group(moved) == ["yen_municipality", "members"]
    assert "Paid by municipality" in figures.gains_and_losses(both, hand_made.ABOUT).alternative
    settlers = usual.assign(outcome="settled", difference=1.0)  # as they are called by sex and age
    assert outcomes_by_group(pd.concat([usual, settlers])) == ["settled"]


@pytest.mark.parametrize(
    ("group", "english", "japanese"),
    [
        ("0.25-0.5", "fiscal strength 0.25-0.5", "財政力指数 0.25～0.5"),
        ("1 and over", "fiscal strength 1 and over", "財政力指数 1以上"),
        ("5000-10000 people", "5,000-10,000 people", "5,000～10,000人"),
    ],
)
def test_a_group_says_what_its_numbers_are_of(group: str, english: str, japanese: str) -> None:
    for code, text in (("en", english), ("ja", japanese)):
        set_language(code)
        assert figures.group_in_words(group) == text


def test_groups_of_sex_and_age_are_told_from_others() -> None:
    assert is_by_age(hand_made.differences(("man, under 30 years", "woman, 30-39 years")))
    assert not is_by_age(hand_made.differences())


def test_the_map_of_a_comparison_shows_what_the_policy_moves() -> None:
    usual = hand_made.differences(("島根県", "東京都")).query("group != 'nation'")
    still = usual.assign(difference=0.0, low_90=np.nan, high_90=np.nan)
    taken = usual.assign(outcome="yen_municipality", difference=3e9, low_90=2e9, high_90=4e9)
    drawn = figures.map_of_differences(pd.concat([still, taken]), hand_made.ABOUT)
    assert "Paid by municipality" in drawn.title
    assert "Members" in figures.map_of_differences(still, hand_made.ABOUT).title


def test_places_without_any_are_those_of_a_replicate_not_of_all_together() -> None:
    """One town has a member in one replicate, one in the other, one in none: two are without in each."""
    one = hand_made.municipalities().assign(members=[1, 0, 0])
    both = pd.concat([one, one.assign(replicate=1, members=[0, 1, 0])])
    picture = figures.map_of_municipalities(both, hand_made.places(), hand_made.ABOUT)
    assert "3 municipalities, 2 of them without any in a run on average" in picture.alternative
    crosses = picture.figure.axes[0].collections[0]
    assert crosses.get_label() == "none in any run"
    assert len(crosses.get_offsets()) == 1
    alone = figures.map_of_municipalities(one, hand_made.places(), hand_made.ABOUT)
    assert alone.figure.axes[0].collections[0].get_label() == "none"


def test_loans_of_several_replicates_are_said_to_be_of_them_together() -> None:
    several = figures.bunching_at_the_ladder(hand_made.enterprises(), hand_made.ABOUT)
    assert several.title.endswith("loans of 4 funded enterprises in 2 runs")
    alone = figures.bunching_at_the_ladder(hand_made.enterprises().assign(replicate=0), hand_made.ABOUT)
    assert alone.title.endswith("loans of 4 funded enterprises")
    assert "replicate" not in alone.alternative


def test_losses_are_highest_and_lowest_and_nought_is_no_most() -> None:
    losses = hand_made.differences(("島根県", "東京都")).assign(difference=[-20.0] * 18)
    assert figures.map_of_differences(losses, hand_made.ABOUT).alternative.startswith("Highest: ")
    nought = hand_made.prefectures().assign(members=0)
    assert figures.map_of_prefectures(nought, hand_made.ABOUT).alternative == "0 in all 2 prefectures."
    towns = hand_made.municipalities().assign(members=0)
    empty = figures.map_of_municipalities(towns, hand_made.places(), hand_made.ABOUT)
    assert empty.alternative == "0 in all 3 municipalities."
    same = figures.map_of_differences(losses.assign(difference=0.0), hand_made.ABOUT)
    assert same.alternative == "0 in all 2 prefectures."
    never = figures.series(
        hand_made.national().assign(members=0), TABLES["observed"], hand_made.ABOUT, ["members"]
    )
    assert never.alternative.startswith(
        "Members (baseline, variant): none in any year from FY2022 to FY2024."
    )
