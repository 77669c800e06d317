"""Chinese numbers. Sources: ZC 0006-2003 (application numbers), ZC 0007 (document numbers), ZC 0008-2004 (kinds)."""

import re
from typing import Final

from pools.patents.numbers.results import (
    NOT_AN_APPLICATION,
    Check,
    Flaw,
    PatentNumber,
    Right,
    Stage,
    epodoc_kind,
    unreadable,
    wrong_check,
)

MARKS: Final = ("ZL", "GK", "SD", "GG")
"""Written before a number: ZL for a right granted; before 1993 GK (公开), SD (审定), GG (公告) for a document."""

_NEW = re.compile(r"(\d{4})(\d)(\d{7})(?:\.?([0-9X]))?([A-Z]\d?)?")
_OLD = re.compile(r"(8[5-9]|9\d|0[0-3])(\d)(\d{5})(?:\.?([0-9X]))?([A-Z]\d?)?")
_PUBLISHED = re.compile(r"([123])(\d{6}|\d{8})([A-Z]\d?)?")
# EPODOC drops the first zero of the serial; without the letters before it, it could be a number that lost a digit.
_EPODOC = re.compile(r"(\d{4})([12389])(\d{6})([A-Z]\d?)?")
_SPACES = str.maketrans("", "", " -")

_RIGHTS: Final = {
    "1": Right.INVENTION,
    "2": Right.UTILITY_MODEL,
    "3": Right.DESIGN,
    "8": Right.INVENTION,
    "9": Right.UTILITY_MODEL,
}
_KINDS: Final = {Right.INVENTION: "ABC", Right.UTILITY_MODEL: "UY", Right.DESIGN: "SD"}
_WEIGHTS: Final = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_FIRST_NEW_YEAR = 2003
_FIRST_TREATY_YEAR = 1998


def check_digit(digits: str) -> str:
    """Return the check digit of the 8 or 12 digits of an application number: 0 to 9, or X for ten."""
    rest = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def is_right(text: str) -> bool:
    """Say whether eight digits, a dot and a check digit are an application of before October 2003."""
    return text[-1] == check_digit(text[:8]) and text[2] in _RIGHTS


def read(text: str, stage: Stage | None, *, has_office: bool) -> PatentNumber:
    """Read what stands after CN, or a number with a mark of its own (ZL, GK, SD, GG)."""
    compact = text.translate(_SPACES)
    mark = ""
    if compact.startswith(MARKS):
        mark, compact = compact[:2], compact[2:].removeprefix("CN").lstrip(".:")
    if found := _NEW.fullmatch(compact):
        year, kind_of_right, serial, check, kind = found.groups()
        return _application(year, kind_of_right, serial, check, kind or "", mark)
    if found := _OLD.fullmatch(compact):
        year, kind_of_right, serial, check, kind = found.groups()
        if mark not in ("GK", "SD", "GG") and stage is not Stage.PUBLICATION:
            return _application(year, kind_of_right, serial, check, kind or "", mark)
        return _old_document(year, kind_of_right, serial, kind or "", mark)
    if not mark and (found := _PUBLISHED.fullmatch(compact)):
        return _document(found[1], found[2], found[3] or "", stage)
    if has_office and not mark and (found := _EPODOC.fullmatch(compact)):
        year, kind_of_right, serial, kind = found.groups()
        return _application(year, kind_of_right, "0" + serial, None, kind or "", mark)
    return _refused(compact)


def _application(year: str, kind_of_right: str, serial: str, check: str | None, kind: str, mark: str) -> PatentNumber:
    is_new = len(year) == 4
    whole_year = int(year) if is_new else _century(int(year))
    digits = f"{year}{kind_of_right}{serial}"
    right_check = check_digit(digits)
    flaws = []
    if kind_of_right not in _RIGHTS:
        flaws.append(
            Flaw(
                "unknown_type",
                f"{kind_of_right} stands for no kind of right: 1 invention, 2 utility model, 3 design, "
                "8 and 9 the first two from an international application.",
                {"type": kind_of_right},
            )
        )
    if is_new and not _FIRST_NEW_YEAR <= whole_year < 2100:
        flaws.append(Flaw("wrong_year", "Numbers with four digits for the year began in October 2003.", {"year": year}))
    if kind_of_right in "89" and whole_year < _FIRST_TREATY_YEAR:
        flaws.append(
            Flaw(
                "wrong_year", "Types 8 and 9 were given from 1998 on.", {"year": str(whole_year), "type": kind_of_right}
            )
        )
    right = _RIGHTS.get(kind_of_right)
    if right and kind and kind[0] not in _KINDS[right]:
        flaws.append(_kind_flaw(kind, kind_of_right))
    if check and check != right_check:
        flaws.append(wrong_check(check, right_check))
    # A wrong digit stays as it was written, so that it is never taken for the number it might have been.
    shown = check or right_check
    short = digits if is_new and serial[0] != "0" else f"{year}{kind_of_right}{serial[1:]}" if is_new else digits
    return PatentNumber(
        office="CN",
        stage=Stage.APPLICATION,
        canonical=f"CN{digits}.{shown}",
        key=f"CN{digits}.{shown}",
        docdb=f"CN {digits} {kind or _first_kind(right)}",
        epodoc=f"CN{short}{epodoc_kind('CN', kind or _first_kind(right))}",
        printed=f"{'ZL' if mark == 'ZL' else ''}{digits}.{shown}",
        kind=kind,
        right=right,
        year=whole_year,
        check=Check.MISSING if not check else Check.OK if check == right_check else Check.WRONG,
        check_digit=right_check,
        is_marked_granted=mark == "ZL",
        flaws=tuple(flaws),
    )


def _document(kind_of_right: str, serial: str, kind: str, stage: Stage | None) -> PatentNumber:
    number = kind_of_right + serial
    right = _RIGHTS[kind_of_right]
    flaws = (_kind_flaw(kind, kind_of_right),) if kind and kind[0] not in _KINDS[right] else ()
    if stage is Stage.APPLICATION:
        flaws = (*flaws, NOT_AN_APPLICATION)
    return PatentNumber(
        office="CN",
        stage=Stage.PUBLICATION,
        canonical=f"CN{number}{kind}",
        key=f"CN{number}",
        docdb=f"CN {number} {kind}".rstrip(),
        epodoc=f"CN{number}{epodoc_kind('CN', kind)}",
        printed=f"CN {number} {kind}".rstrip(),
        kind=kind,
        right=right,
        flaws=flaws,
    )


def _old_document(year: str, kind_of_right: str, serial: str, kind: str, mark: str) -> PatentNumber:
    """Return a document of before 1989, which bears the number of its application."""
    digits = f"{year}{kind_of_right}{serial}"
    kind = kind or {"GK": "A", "SD": "B"}.get(mark, "")
    return PatentNumber(
        office="CN",
        stage=Stage.PUBLICATION,
        canonical=f"CN{digits}{kind}",
        key=f"CN{digits}",
        docdb=f"CN {digits} {kind}".rstrip(),
        epodoc=f"CN{digits}{epodoc_kind('CN', kind)}",
        printed=f"{mark or 'CN'}{digits}",
        kind=kind,
        right=_RIGHTS.get(kind_of_right),
        year=_century(int(year)),
    )


def _refused(compact: str) -> PatentNumber:
    digits = sum(letter.isdigit() for letter in compact)
    return unreadable(
        "CN",
        "wrong_form",
        "A Chinese application number has 12 digits (8 before October 2003) and a check digit, a publication number "
        f"9 digits (7 before 2007) and a kind code; this one has {digits} digits.",
        digits=str(digits),
    )


def _kind_flaw(kind: str, kind_of_right: str) -> Flaw:
    return Flaw(
        "wrong_kind",
        f"Kind code {kind} is not given to numbers of type {kind_of_right}.",
        {"kind": kind, "type": kind_of_right},
    )


def _first_kind(right: Right | None) -> str:
    return "A" if right in (None, Right.INVENTION) else "U" if right is Right.UTILITY_MODEL else "S"


def _century(year: int) -> int:
    return 1900 + year if year >= 85 else 2000 + year
