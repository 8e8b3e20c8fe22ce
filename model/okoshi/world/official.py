"""What official tables say in cells: whose rows they are, codes and numbers, with every fault found at once."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from okoshi.language.errors import nearest_name
from okoshi.language.messages import say
from okoshi.language.written import without_thousands
from okoshi.world.arrays import Floats
from okoshi.world.facts import prefecture_names
from okoshi.world.faults import Faults
from okoshi.world.sheets import Sheet, plain_cell

MOST_SUBHEADINGS = 4
KINDS = ("市", "町", "村", "区")  # with one of which a municipality's name ends
_NIL = frozenset("-―‐−–—─ー")
# What official tables write where nothing is known, as `plain_cell` gives it.
_NOTHING = _NIL | {
    "",
    "..",
    "...",
    "・",
    "・・・",
    "*",
    "**",
    "***",
    "x",
    "χ",
    "n/a",
    "na",
    "#n/a",
    "nan",
    "null",
}
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")
_REMARK = re.compile(r"※|[(*]*(注|備考|資料|出典)")
_TOTAL = re.compile(r"[^\d]*(計|平均)")  # no municipality's name ends so
_NOUGHT = re.compile(r"r?0+(\.0)?")
_COUNTED = re.compile(r"[\d,，]+[市町村区]+")  # how many there are: 97市町村


@dataclass(frozen=True)
class Allowed:
    """What the cells of a column may say."""

    low: float = 0.0
    high: float = 1e9
    nothing: bool = False  # one of the marks for what is not known: nan
    nil: bool = False  # a dash is none at all, as in the tables of the census: 0
    whole: bool = False


_ANYTHING = Allowed()
_BY_CHANCE = 3  # codes of five digits may look as if the last were a check digit: one in eleven does


def municipalities_of(sheet: Sheet, code: str | None, labels: Container[str] = ()) -> Sheet:
    """Return the rows that are a municipality's, without headings in a second row, sums, means and remarks.

    A row at either end is none where it has no code and names none (labels apart) but has words, or signs alone (％).
    """
    place = -1 if code is None else sheet.header.index(code)
    first, last = 0, len(sheet.rows)
    while first < min(last, MOST_SUBHEADINGS) and _is_nobody(sheet.rows[first], place, labels):
        first += 1
    while last > first and _is_nobody(sheet.rows[last - 1], place, labels):
        last -= 1
    return sheet.only([i for i in range(first, last) if not _is_total(sheet.rows[i], place)])


def without_nation(sheet: Sheet, code: str) -> Sheet:
    """Return the table without a row of the whole country, which has nought for its code and is called so.

    Nought alone is no code, and a fault: a look-up that failed leaves it, too.
    """
    codes = [plain_cell(cell) for cell in sheet.column(code)]
    words = [[re.sub(r"\s", "", cell) for cell in row] for row in sheet.rows]
    nation = [
        bool(_NOUGHT.fullmatch(own))
        and any(cell.startswith("全国") or _TOTAL.fullmatch(cell) for cell in cells)
        for own, cells in zip(codes, words, strict=True)
    ]
    return sheet.only([i for i, is_nation in enumerate(nation) if not is_nation])


def _is_total(row: Sequence[str], place: int) -> bool:
    """Return whether a row between municipalities is a sum or mean of several (市計, 町村計, 県平均)."""
    coded = place >= 0 and any(sign.isdigit() for sign in row[place])
    words = [re.sub(r"\s", "", cell) for cell in row]
    total = any(_TOTAL.fullmatch(cell) for cell in words) and not any(_names_one(cell) for cell in words)
    return total and not coded


def _is_nobody(row: Sequence[str], place: int, labels: Container[str]) -> bool:
    if (
        place >= 0
        and any(sign.isdigit() for sign in row[place])
        and not _REMARK.match(plain_cell(row[place]))
    ):
        return False
    prefectures = prefecture_names()
    short = {name[:-1] for name in prefectures}
    others = [cell.strip() for i, cell in enumerate(row) if i != place and cell.strip() not in labels]
    named = any(_names_one(cell) or cell in prefectures or cell in short for cell in others)
    has_words = any(re.search(r"[^\W\d]", cell) for cell in row)
    return not named and (has_words or not any(re.search(r"\d", cell) for cell in row))


def _names_one(cell: str) -> bool:
    name = re.sub(r"\s", "", cell)
    return name.endswith(KINDS) and not _COUNTED.fullmatch(name)


def require(sheet: Sheet, names: Sequence[str], faults: Faults, allowed: str | None = None) -> bool:
    """Return whether all columns are there, each once; the others are noted."""
    missing = [name for name in names if not sheet.has(name)]
    if missing:
        near = nearest_name(missing[0], [name for name in sheet.header if name])
        faults.add(
            sheet.file, say("world.missing_column"), column=", ".join(missing), allowed=allowed, nearest=near
        )
    before = faults.count
    refuse_repeated(sheet, names, faults)
    return not missing and faults.count == before


def refuse_repeated(sheet: Sheet, names: Sequence[str], faults: Faults) -> None:
    """Note columns that are there more than once: nobody can say which is meant."""
    repeated = [name for name in names if sheet.header.count(name) > 1]
    if repeated:
        faults.add(sheet.file, say("world.repeated_column"), column=", ".join(repeated))


def numbers_of(sheet: Sheet, name: str, faults: Faults, may: Allowed = _ANYTHING) -> Floats:
    """Return a column as numbers; nan where nothing is said (if that may be) or a fault was noted."""
    values = np.full(len(sheet.rows), np.nan)
    allowed = say("world.allowed_number", low=f"{may.low:g}", high=f"{may.high:,.0f}")
    for i, cell in enumerate(sheet.column(name)):
        plain = plain_cell(cell)
        if may.nil and plain in _NIL:
            values[i] = 0
            continue
        if may.nothing and plain in _NOTHING:
            continue
        digits = without_thousands(plain)
        value = float(digits) if _NUMBER.fullmatch(digits) else math.nan
        if not math.isfinite(value):
            sheet.note(faults, i, say("world.not_a_number"), name, cell, allowed)
        elif not may.low <= value <= may.high:
            sheet.note(faults, i, say("world.out_of_range"), name, cell, allowed)
        elif may.whole and value != int(value):
            sheet.note(faults, i, say("world.not_whole"), name, cell, allowed)
        else:
            values[i] = value
    return values


def codes_of(sheet: Sheet, name: str, faults: Faults) -> list[str | None]:
    """Return five-digit codes of a column; None where a fault was noted. A lost leading zero is put back.

    Where most codes have six digits, or nearly all end in their check digit, it is tested and dropped. A code that is
    there twice is a fault.
    """
    bare = [re.sub(r"\.0$", "", plain_cell(cell)).removeprefix("r") for cell in sheet.column(name)]
    digits = _digits(bare)
    allowed = say("world.allowed_code" if digits == 5 else "world.allowed_six")
    seen: dict[str, int] = {}
    codes: list[str | None] = []
    for i, (whole, cell) in enumerate(zip(bare, sheet.column(name), strict=True)):
        whole = whole.zfill(digits)
        code = whole[:5]
        found: str | None = None
        if not re.fullmatch(rf"[0-9]{{{digits}}}", whole) or not 1 <= int(code[:2]) <= 47:
            sheet.note(faults, i, say("world.bad_code"), name, cell, allowed)
        elif digits == 6 and whole != (right := code + check_digit(code)):
            sheet.note(faults, i, say("world.bad_check_digit"), name, cell, allowed, right)
        elif code in seen:
            sheet.note(faults, i, say("world.repeated_code", first=seen[code]), name, cell)
        else:
            seen[code] = sheet.numbers[i]
            found = code
        codes.append(found)
    return codes


def _digits(codes: Sequence[str]) -> int:
    """Return how many digits these codes have: six also where the zero of prefectures 01 to 09 is lost."""
    six = sum(len(code) == 6 for code in codes)
    if 2 * six >= max(len(codes), 1):
        return 6
    whole = [code.zfill(6) for code in codes if re.fullmatch("[0-9]{5,6}", code)]
    right = sum(code == code[:5] + check_digit(code[:5]) for code in whole)
    return 6 if 10 * right >= 9 * len(codes) and (six or right > _BY_CHANCE) else 5


def check_digit(code: str) -> str:
    """Return the check digit (検査数字) of five digits: they weigh 6, 5, 4, 3, 2; what is left of 11 to the next 11."""
    total = sum(int(digit) * weight for digit, weight in zip(code, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)
