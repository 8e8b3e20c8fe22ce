"""Every example of the tutorial runs as it stands; both languages have the same; the reference is whole."""

import re
import shutil
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import pytest

from documents import FILE, blocks, type_in, work_through
from official_table import ITEMS, MORE, table_of, write_csv
from okoshi.observe.declarations import TABLES
from okoshi.parameters.catalogue import catalogue
from okoshi.scenario.scenario import load_scenario

TUTORIALS = ("tutorial.md", "tutorial.ja.md")
SMALLER = {
    "--replicates 10": "--replicates 2 --years 2009:2026",
    "run startup_aid.toml": "run startup_aid.toml --no-figures",
    "--draws 3 ": "--draws 2 --years 2009:2016 --no-figures ",
    "--draws 30": "--draws 2",
}


def _code(document: Path) -> list[tuple[str, str]]:
    """Return the blocks without titles, which are in the reader's language."""
    return [(kind, re.sub(r"^title = .*", "", text, flags=re.MULTILINE)) for kind, text in blocks(document)]


def test_both_tutorials_have_the_same_examples(repository: Path) -> None:
    english, japanese = (_code(repository / "docs" / name) for name in TUTORIALS)
    assert english == japanese
    assert len(english) > 12


@pytest.mark.parametrize("name", TUTORIALS)
def test_keys_that_the_text_gives_the_model_are_taken(name: str, repository: Path) -> None:
    """What stands inside a sentence is typed, too."""
    text = (repository / "docs" / name).read_text(encoding="utf-8")
    given = re.findall(r"`RegionalModel\(scenario, rng=1, \*\*(\{.*?\})\)`", text)
    assert given
    for keys in given:
        load_scenario("baseline").changed(literal_eval(keys))


def test_scripts_of_the_tutorial_do_what_they_say(repository: Path, tmp_path: Path) -> None:
    """The two agents' examples, in one small prefecture and few years."""
    for _, text in blocks(repository / "docs" / "tutorial.md"):
        file = FILE.match(text)
        if file:
            small = text.replace('prefectures = ["島根県", "高知県"]', 'prefectures = ["鳥取県"]')
            small = small.replace("years = [2009, 2030]", "years = [2009, 2018]")
            (tmp_path / file.group(1)).write_text(small, encoding="utf-8")
    advised = type_in("python advisers.py", tmp_path)
    visits = [int(number) for number in re.findall(r"(\d+) visits", advised)]
    assert len(visits) == 2
    assert visits[0] == 0 < visits[1]
    assert re.search(r"[+-]\d+", type_in("python vacant_houses.py", tmp_path))


@pytest.mark.full
def test_the_tutorial_works_as_written(repository: Path, tmp_path: Path) -> None:
    write_csv(tmp_path / "SSDSE-A-2025.csv", table_of([*ITEMS, *MORE]))
    said = work_through(repository / "docs" / "tutorial.md", tmp_path, SMALLER)
    assert len(said) > 18
    for made in (
        "results/aid_or_not/report.html",
        "results/aid_and_pay/report.html",
        "results/what_each_adds/report.html",
        "results/pilot/report.html",
        "results/validation/report.html",
        "worlds/shimane/world.toml",
    ):
        assert (tmp_path / made).stat().st_size > 1000, made


@pytest.mark.full
def test_documentation_is_built_whole(repository: Path, tmp_path: Path) -> None:
    """One command, no warning, every parameter and every column on a page, nothing fetched from elsewhere."""
    pytest.importorskip("sphinx", reason="needs okoshi[docs]")
    source = shutil.copytree(repository / "docs", tmp_path / "repository" / "docs")
    shutil.copytree(repository / "tools", tmp_path / "repository" / "tools")
    site = tmp_path / "site"
    subprocess.run([sys.executable, "-m", "sphinx", "-W", "-q", source, site], check=True)
    for ending in ("", ".ja"):
        parameters = (site / f"reference/parameters{ending}.html").read_text(encoding="utf-8")
        assert [name for name in catalogue() if name not in parameters] == []
        outcomes = (site / f"reference/outcomes{ending}.html").read_text(encoding="utf-8")
        names = {column.name for columns in TABLES.values() for column in columns}
        assert [name for name in names if name not in outcomes] == []
    for page in site.rglob("*.html"):
        fetched = re.findall(
            r'<(?:script|link|img)[^>]*(?:src|href)="(https?:[^"]*)"', page.read_text(encoding="utf-8")
        )
        assert not fetched, (page, fetched)
