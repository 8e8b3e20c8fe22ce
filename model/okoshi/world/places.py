"""The municipalities of the table, and which rows of another official file are theirs: by code, else by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from okoshi.language.messages import say
from okoshi.scenario.prefectures import find_prefecture
from okoshi.world.arrays import Floats, Integers
from okoshi.world.facts import prefecture_names
from okoshi.world.faults import Faults
from okoshi.world.official import KINDS, codes_of, municipalities_of, without_nation
from okoshi.world.sheets import Sheet, joined

CODE, PREFECTURE, NAME = "code", "pref", "name"
# How official files call what says whose a row is.
SPELLINGS = {
    CODE: (
        "cid",
        "団体コード",
        "市区町村コード",
        "市町村コード",
        "地域コード",
        "自治体コード",
        "全国地方公共団体コード",
        "コード",
        "lgcode",
    ),
    PREFECTURE: ("都道府県名", "都道府県"),
    NAME: ("市区町村名", "市町村名", "団体名", "自治体名", "市区町村", "市町村", "city"),
}
# By what part of its people, and how many more, a projection may be off: beyond, the row is another place's.
MOST_OFF, MOST_OFF_SINCE = (0.2, 100.0), (0.5, 5_000.0)  # of the same census, of an older one
_LABELS = {spelling for spellings in SPELLINGS.values() for spelling in spellings}
_SINCE_RENAMED = {"40305": "40231", "04423": "04216"}  # 那珂川 (October 2018) and 富谷 (2016) became cities
_RENAMED = 0.02  # of the municipalities, at most, between a file and the table
_NAMED_SINCE = {"篠山市": "丹波篠山市"}  # May 2019
_SAME_SIGNS = str.maketrans("ヶヵ檮鰺", "ケカ梼鯵")  # which official files write either way


@dataclass(frozen=True)
class Places:
    """The municipalities of the table, which the files beside it are held against."""

    codes: Sequence[str]
    names: Sequence[str]
    people: Floats
    off: tuple[float, float] = MOST_OFF  # how far people of 2020 may be from these
    strangers: dict[str, list[str]] = field(default_factory=dict)  # by file: codes that the table has not
    renamed: list[str] = field(default_factory=list)  # codes that files name otherwise than the table
    without: dict[str, list[str]] = field(
        default_factory=dict
    )  # by file: sheets without the columns of others
    far: list[str] = field(default_factory=list)  # codes whose office is too far from their prefecture


def rows_of(
    sheets: Sequence[Sheet], path: Path, faults: Faults, places: Places
) -> tuple[Sheet, list[str | None]] | None:
    """Return the rows that are a municipality's, and whose: None where that is a fault, or no name of the table.

    None instead of both where the sheets of the file do not go together.
    """
    code = CODE if sheets[0].has(CODE) else None
    parts = [municipalities_of(sheet, code, _LABELS) for sheet in sheets]
    sheet = joined(parts, path, (CODE,) if code else (PREFECTURE, NAME), faults)
    if sheet is None:
        return None
    if len(sheets) > 1 and sheet.without:
        places.without[path.name] = sheet.without
    if sheet.has(CODE):
        sheet = without_nation(sheet, CODE)
        codes = codes_of(sheet, CODE, faults)
        _check_prefectures(sheet, codes, faults)
        _check_names(sheet, codes, faults, places)
        refuse_successors(sheet, CODE, codes, faults)
        return sheet, codes
    return sheet, _codes_by_name(sheet, faults, places)


def _prefecture(cell: str) -> int | None:
    """Return the number of a prefecture from 0, however it is written; None where it is none."""
    found = find_prefecture(cell)
    return None if found is None else prefecture_names().index(found)


def refuse_successors(sheet: Sheet, column: str, codes: Sequence[str | None], faults: Faults) -> None:
    """Note a town that is there beside the city that it became: its people would count twice."""
    for i, code in enumerate(codes):
        new = _SINCE_RENAMED.get(code or "")
        if new in codes and new is not None:
            sheet.note(faults, i, say("world.renamed_twice", new=new), column, code)


def _check_prefectures(sheet: Sheet, own: list[str | None], faults: Faults) -> None:
    """Note rows that name another prefecture than that of their code."""
    names = prefecture_names()
    if not sheet.has(PREFECTURE):
        return
    for i, (code, said) in enumerate(zip(own, sheet.column(PREFECTURE), strict=True)):
        if code and said and _prefecture(said) != int(code[:2]) - 1:
            text, right = say("world.other_prefecture", code=code), names[int(code[:2]) - 1]
            sheet.note(faults, i, text, PREFECTURE, said, right)


def _check_names(sheet: Sheet, own: list[str | None], faults: Faults, places: Places) -> None:
    """Note rows named otherwise than the table has them: a few were renamed, more are codes of other rows.

    The name of another municipality of the prefecture is no new name, however few have one.
    """
    if not sheet.has(NAME):
        return
    known = {code: _plain_name(name) for code, name in zip(places.codes, places.names, strict=True)}
    names = {(code[:2], name) for code, name in known.items()}
    named = [
        (code, name, i)
        for i, (code, name) in enumerate(zip(own, sheet.column(NAME), strict=True))
        if code in known and name.endswith(KINDS)  # and not the name of its office
    ]
    other = [row for row in named if known[str(row[0])] not in _plain_names(row[1])]
    many = len(other) > _most_renamed(len(named))
    for code, name, i in other:
        if many or any((str(code)[:2], plain) in names for plain in _plain_names(name)):
            text = say("world.other_name", code=code)
            sheet.note(faults, i, text, NAME, name, known[str(code)])
        else:
            places.renamed.append(f"{code} {name}")


def _most_renamed(count: int) -> float:
    return max(_RENAMED * count, 1)


def _codes_by_name(sheet: Sheet, faults: Faults, places: Places) -> list[str | None]:
    """Return codes of a file that has none, as the list of depopulated areas, by prefecture and name."""
    known = {
        (code[:2], _plain_name(name)): code for code, name in zip(places.codes, places.names, strict=True)
    }
    prefectures = {code[:2] for code in places.codes}
    codes: list[str | None] = []
    seen: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    for i, (cell, name) in enumerate(zip(_prefectures(sheet), sheet.column(NAME), strict=True)):
        index = _prefecture(cell)
        first = "" if index is None else f"{index + 1:02d}"
        code = next((known[first, plain] for plain in _plain_names(name) if (first, plain) in known), None)
        if index is None:
            allowed = say("world.allowed_prefecture")
            sheet.note(faults, i, say("world.no_prefecture"), PREFECTURE, cell, allowed)
        elif code is None and first in prefectures:
            unknown.append((i, name))
        elif code in seen:
            sheet.note(faults, i, say("world.repeated_name", first=seen[code]), NAME, name)
        elif code is not None:
            seen[code] = sheet.numbers[i]
        codes.append(code)
    if len(unknown) > _most_renamed(len(codes)):
        for i, name in unknown:
            sheet.note(faults, i, say("world.unknown_name"), NAME, name)
    elif unknown:
        places.strangers.setdefault(sheet.file.name, []).extend(name for _, name in unknown)
    return codes


def _prefectures(sheet: Sheet) -> Iterator[str]:
    """Give the prefecture of each row: one cell may stand for the rows below it, too, on the same sheet."""
    above = ("", Path())
    for i, cell in enumerate(sheet.column(PREFECTURE)):
        file = sheet.files[i] if sheet.files else sheet.file
        above = (cell or above[0] if file == above[1] else cell, file)
        yield above[0]


def _plain_name(name: str) -> str:
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).translate(_SAME_SIGNS)
    return _NAMED_SINCE.get(plain, plain)


def _plain_names(name: str) -> Iterator[str]:
    """Give a name as it is, then without its district (郡): 上郡町 is a town, 赤穂郡上郡町 the same."""
    yield _plain_name(name)
    yield re.sub(r"^.+?郡(?=.+[町村]$)", "", _plain_name(name))


def placed(sheet: Sheet, own: list[str | None], places: Places, faults: Faults) -> tuple[Integers, Integers]:
    """Return rows of the file and rows of the table that go together. None in common is a fault."""
    where = {code: i for i, code in enumerate(places.codes)}
    for old, new in _SINCE_RENAMED.items():  # the files may be of another year than the table
        for mine, other in ((old, new), (new, old)):
            if mine in where and other not in where:
                where[other] = where[mine]
    pairs = [(i, where[code]) for i, code in enumerate(own) if code in where]
    if where and not pairs and (any(own) or not (sheet.has(CODE) or faults.count)):
        faults.add(sheet.file, say("world.no_codes_in_common"))
    prefectures = {code[:2] for code in where}  # a table of some prefectures is no fault of the file
    strangers = [
        code for code in own if code and code not in where and code[:2] in prefectures and not _is_other(code)
    ]
    if strangers:
        places.strangers.setdefault(sheet.file.name, []).extend(strangers)
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def _is_other(code: str) -> bool:
    """Return whether a code is of a whole prefecture, or of wards, whose people are in their city's row too."""
    return code.endswith("000") or code[2] == "1"
