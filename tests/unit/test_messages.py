"""Both languages say the same things, and everything that the code says exists."""

import re
import string
from importlib import resources
from pathlib import Path

import pytest

from okoshi.agents import kinds
from okoshi.language.declared import reading_in_words, source_in_words, unit_in_words
from okoshi.language.messages import LANGUAGES, language, say, set_language, texts
from okoshi.observe.declarations import TABLES
from okoshi.observe.observed import observed_figures
from okoshi.parameters.catalogue import catalogue

FILES = sorted(
    item.name.removesuffix(".toml")
    for item in resources.files("okoshi.language").iterdir()
    if item.name.endswith(".toml")
)
SPOKEN = re.compile(r"""\bsay\(\s*f?["']([a-z0-9_]+)\.([a-z0-9_{}.]+)["']""")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", FILES)
def test_every_text_is_there_in_both_languages_with_the_same_placeholders(file: str) -> None:
    for name, entry in texts(file).items():
        assert set(entry) == set(LANGUAGES), f"{file}.{name}"
        assert all(text.strip() for text in entry.values()), f"{file}.{name}"
        assert placeholders(entry["en"]) == placeholders(entry["ja"]), f"{file}.{name}"


def test_everything_that_the_code_says_exists(repository: Path) -> None:
    said = {
        (match.group(1), match.group(2), path.name)
        for path in (repository / "model").rglob("*.py")
        for match in SPOKEN.finditer(path.read_text(encoding="utf-8"))
    }
    assert len(said) > 50
    for file, name, place in said:
        if "{" in name:  # made while running: at least the file, and a name that begins so
            assert any(known.startswith(name.partition("{")[0]) for known in texts(file)), (place, file, name)
        else:
            assert name in texts(file), (place, file, name)


def test_language_is_chosen_by_hand_or_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKOSHI_LANGUAGE", "ja_JP.UTF-8")
    assert language() == "ja"
    try:
        set_language("en")
        assert say("faults.no_file") == "there is no such file"
        set_language("ja")
        assert say("faults.no_file") == "ファイルがありません"
        with pytest.raises(ValueError, match="fr"):
            set_language("fr")
    finally:
        set_language(None)
    monkeypatch.setenv("OKOSHI_LANGUAGE", "fr")
    assert language() == "en"


def test_a_text_without_its_values_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("faults.renamed_key", old="x")
    with pytest.raises(KeyError):
        say("faults.no_such_text")


def test_nothing_is_written_that_nobody_says(repository: Path) -> None:
    literal = re.compile(rf"""["'](?:{"|".join(FILES)})\.([a-z0-9_]*)""")
    code = [path.read_text(encoding="utf-8") for path in (repository / "model").rglob("*.py")]
    for file in FILES:
        said = {match.group(0)[1:] for text in code for match in literal.finditer(text)}
        begun = [name for text in code for name in re.findall(rf"""["']({file}\.[a-z0-9_]*)\{{""", text)]
        unsaid = [
            name
            for name in texts(file)
            if f"{file}.{name}" not in said and not any(f"{file}.{name}".startswith(start) for start in begun)
        ]
        assert not unsaid, f"{file}: {unsaid}"


JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff／％²～＝]")


def test_what_columns_are_declared_with_has_japanese_words() -> None:
    """Units, what a share is of, how a statistic reads it: no English in a Japanese answer."""
    columns = [column for table in TABLES.values() for column in table]
    tables = [
        kind.table_class
        for kind in vars(kinds).values()
        if isinstance(kind, type) and "table_class" in vars(kind)
    ]
    assert len(tables) > 8
    units = {column.unit for column in columns} | {parameter.unit for parameter in catalogue().values()}
    units |= {one.unit for kind in tables for one in kind.columns.values()}
    read = {
        text for column in columns for text in (column.numerator, column.denominator, column.official) if text
    }
    set_language("ja")
    try:
        plain = [unit for unit in sorted(units) if unit and not JAPANESE.search(unit_in_words(unit))]
        plain += [text for text in sorted(read) if not JAPANESE.search(reading_in_words(text))]
    finally:
        set_language(None)
    assert not plain


CODE = re.compile(r"[A-Za-z]\w*(?:[/._]\w+)+|exp\(", re.ASCII)  # paths and names of the code stay as they are
ENGLISH = re.compile(r"[a-z]{3,}|FY[0-9]|[A-Za-z]+ [a-z]+")


def sources_of_parameters() -> set[str]:
    return {entry.source for parameter in catalogue().values() for entry in parameter.values if entry.source}


def test_where_figures_and_parameters_come_from_is_said_in_japanese() -> None:
    """No English word is left beside code and the names of authors, so that a new source needs its words."""
    sources = {figure.source for figure in observed_figures()} | sources_of_parameters()
    assert len(sources) > 200
    set_language("ja")
    try:
        said = {text: source_in_words(text) for text in sources}
    finally:
        set_language(None)
    authors = re.compile("Rogers|Volden")
    assert not {
        text: words for text, words in said.items() if ENGLISH.search(authors.sub("", CODE.sub("", words)))
    }
    assert all(source_in_words(text) == text for text in sources), "English stays as the files have it"


def test_no_words_are_kept_for_a_source_that_is_gone() -> None:
    kept = {entry["en"] for entry in texts("parameter_sources").values()}
    assert kept <= sources_of_parameters()
