"""Numbers of the European Patent Office. Application numbers bear a Luhn digit over their eight digits."""

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
    wrong_kind,
)

_SPACES = str.maketrans("", "", " -,")
_APPLICATION = re.compile(r"(\d{2})(\d{6})(?:\.([0-9]))?([A-Z]\d?)?")
_WITH_CHECK = re.compile(r"(\d{2})(\d{6})([0-9])([A-Z]\d?)?")
_EPODOC = re.compile(r"((?:19|20)\d{2})0?(\d{6})([A-Z]\d?)?")
_PUBLICATION = re.compile(r"(\d{5,7})([A-Z]\d?)?")
_FIRST_YEAR: Final = 78
"""The office took its first applications in 1978."""


def check_digit(digits: str) -> str:
    """Return the Luhn digit of the eight digits of an application number."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_right(text: str) -> bool:
    """Say whether eight digits, a dot and a check digit are an application of this office."""
    return text[-1] == check_digit(text[:8])


def read(text: str, stage: Stage | None) -> PatentNumber:
    """Read what stands after EP."""
    compact = text.translate(_SPACES)
    if (found := _EPODOC.fullmatch(compact)) and len(found[0].rstrip(found[3] or "")) >= 10:
        return _application(found[1][2:], found[2], None, found[3] or "")
    if found := _APPLICATION.fullmatch(compact):
        return _application(found[1], found[2], found[3], found[4] or "")
    if found := _WITH_CHECK.fullmatch(compact):
        return _application(found[1], found[2], found[3], found[4] or "")
    if found := _PUBLICATION.fullmatch(compact):
        return _publication(found[1].zfill(7), found[2] or "", stage)
    digits = sum(letter.isdigit() for letter in compact)
    return unreadable(
        "EP",
        "wrong_form",
        "A European application number has 8 digits, a dot and a check digit, a publication number 7 digits and a "
        f"kind code; this one has {digits} digits.",
        digits=str(digits),
    )


def _application(year: str, serial: str, check: str | None, kind: str) -> PatentNumber:
    digits = year + serial
    right_check = check_digit(digits)
    whole_year = 1900 + int(year) if int(year) >= _FIRST_YEAR else 2000 + int(year)
    shown = check or right_check
    flaws: tuple[Flaw, ...] = ()
    if check and check != right_check:
        flaws = (wrong_check(check, right_check),)
    return PatentNumber(
        office="EP",
        stage=Stage.APPLICATION,
        canonical=f"EP{digits}.{shown}",
        key=f"EP{digits}.{shown}",
        docdb=f"EP {digits} {kind or 'A'}",
        epodoc=f"EP{whole_year}0{serial}",
        printed=f"{digits}.{shown}",
        kind=kind,
        right=Right.INVENTION,
        year=whole_year,
        check=Check.MISSING if not check else Check.OK if check == right_check else Check.WRONG,
        check_digit=right_check,
        flaws=flaws,
    )


def _publication(number: str, kind: str, stage: Stage | None) -> PatentNumber:
    flaws: tuple[Flaw, ...] = ()
    if stage is Stage.APPLICATION:
        flaws = (NOT_AN_APPLICATION,)
    elif kind and kind[0] not in "AB":
        flaws = (wrong_kind(kind),)
    return PatentNumber(
        office="EP",
        stage=Stage.PUBLICATION,
        canonical=f"EP{number}{kind}",
        key=f"EP{number}",
        docdb=f"EP {number} {kind}".rstrip(),
        epodoc=f"EP{number}{epodoc_kind('EP', kind)}",
        printed=f"EP {number[0]} {number[1:4]} {number[4:]} {kind}".rstrip(),
        kind=kind,
        right=Right.INVENTION,
        flaws=flaws,
    )
