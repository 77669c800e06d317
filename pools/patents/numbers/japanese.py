"""Japanese numbers: imperial years until 1999, years of four digits since."""

import re
from typing import Final

from pools.patents.numbers.results import PatentNumber, Right, Stage, epodoc_kind, unreadable

_ERAS: Final = {"M": 1867, "T": 1911, "S": 1925, "H": 1988, "R": 2018}
_ERA_NAMES: Final = {"明": "M", "大": "T", "昭": "S", "平": "H", "令": "R"}
_ERA_SIGNS: Final = {letter: name for name, letter in _ERA_NAMES.items()}

# What the office prints before a number: stage, right, kind code.
_MARKED: Final[dict[str, tuple[Stage, Right, str]]] = {
    "特願": (Stage.APPLICATION, Right.INVENTION, ""),
    "実願": (Stage.APPLICATION, Right.UTILITY_MODEL, ""),
    "意願": (Stage.APPLICATION, Right.DESIGN, ""),
    "特開": (Stage.PUBLICATION, Right.INVENTION, "A"),
    "特表": (Stage.PUBLICATION, Right.INVENTION, "A"),
    "再表": (Stage.PUBLICATION, Right.INVENTION, "A1"),
    "特公": (Stage.PUBLICATION, Right.INVENTION, "B2"),
    "実開": (Stage.PUBLICATION, Right.UTILITY_MODEL, "U"),
    "実公": (Stage.PUBLICATION, Right.UTILITY_MODEL, "Y2"),
    "特許": (Stage.GRANT, Right.INVENTION, ""),
    "実用新案登録": (Stage.GRANT, Right.UTILITY_MODEL, ""),
    "意匠登録": (Stage.GRANT, Right.DESIGN, ""),
}
MARKS: Final = tuple(_MARKED)
"""What a number may begin with that only this office writes."""
_SIGNS: Final = {
    (Stage.APPLICATION, Right.INVENTION): "特願",
    (Stage.APPLICATION, Right.UTILITY_MODEL): "実願",
    (Stage.APPLICATION, Right.DESIGN): "意願",
    (Stage.PUBLICATION, Right.INVENTION): "特開",
    (Stage.PUBLICATION, Right.UTILITY_MODEL): "実開",
}
_GRANT_SIGNS: Final = {
    Right.INVENTION: "特許",
    Right.UTILITY_MODEL: "実用新案登録",
    Right.DESIGN: "意匠登録",
}

_NOISE = str.maketrans("", "", " .第号號")
_ERA = re.compile(r"([MTSHR]|明治?|大正?|昭和?|平成?|令和?)(\d{1,2})-?(\d{1,6})([A-Z]\d?)?")
_WESTERN = re.compile(r"((?:19|20)\d{2})(?:-(\d{1,6})|(\d{6}))([A-Z]\d?)?")
_EPODOC_APPLICATION = re.compile(r"((?:19|20)\d{2})0(\d{6})")
# DOCDB puts the year of old applications behind the serial: 5847480 is 58474 of 1980.
_OLD_APPLICATION = re.compile(r"(\d{1,6})(\d{2})A")
_GRANTED = re.compile(r"(\d{5,7})([A-Z]\d?)?")
_RIGHT_OF_KIND: Final = {"U": Right.UTILITY_MODEL, "Y": Right.UTILITY_MODEL, "S": Right.DESIGN}


def read(text: str, stage: Stage | None) -> PatentNumber:
    """Read what stands after JP, or a number with the office's own mark (特願, 特開, 特許 …)."""
    right: Right | None = None
    marked_kind, is_marked = "", False
    for mark, (marked_stage, marked_right, its_kind) in _MARKED.items():
        if text.startswith(mark):
            text, stage, right, marked_kind, is_marked = text[len(mark) :], marked_stage, marked_right, its_kind, True
            break
    compact = text.translate(_NOISE)
    if found := _ERA.fullmatch(compact):
        letter, year = _ERA_NAMES.get(found[1][0], found[1][0]), int(found[2])
        kind = found[4] or marked_kind
        return _yearly(_ERAS[letter] + year, letter, year, found[3], kind, stage, right, is_marked)
    if found := _WESTERN.fullmatch(compact):
        # Some databases write years of four digits for all; the office counted them by reigns until 1999.
        letter, imperial = _reign(int(found[1]))
        kind = found[4] or marked_kind
        return _yearly(int(found[1]), letter, imperial, found[2] or found[3], kind, stage, right, is_marked)
    digits = compact.replace("-", "")
    if found := _EPODOC_APPLICATION.fullmatch(digits):
        return _application(int(found[1]), found[2], right)
    if (found := _OLD_APPLICATION.fullmatch(digits)) and stage is not Stage.GRANT:
        return _application(1900 + int(found[2]), found[1], right)
    if found := _GRANTED.fullmatch(digits):
        return _granted(found[1], found[2] or "", right)
    return unreadable(
        "JP",
        "wrong_form",
        "A Japanese number is written JP2000-182770 (S56-154944 before 2000), a granted right JP5627636.",
    )


def _reign(year: int) -> tuple[str, int]:
    """Return the reign's letter and its year; blank and 0 from 2000 on."""
    letter = "" if year >= 2000 else "H" if year >= 1989 else "S"
    return letter, year - _ERAS[letter] if letter else 0


def _application(year: int, serial: str, right: Right | None) -> PatentNumber:
    letter, imperial = _reign(year)
    return _yearly(year, letter, imperial, serial, "", Stage.APPLICATION, right, True)


def _yearly(
    year: int,
    letter: str,
    imperial: int,
    serial: str,
    kind: str,
    stage: Stage | None,
    right: Right | None,
    is_marked: bool,
) -> PatentNumber:
    serial = serial.zfill(6)
    is_application = stage is Stage.APPLICATION
    stage = Stage.APPLICATION if is_application else Stage.PUBLICATION
    right = right or _RIGHT_OF_KIND.get(kind[:1], Right.INVENTION)
    shown_year = f"{_ERA_SIGNS[letter]}{imperial}" if letter else str(year)
    sign = _SIGNS.get((stage, right), "")
    if is_application:
        canonical = f"JP{year}-{serial}"
        docdb = f"JP {int(serial)}{year % 100:02} A" if letter else f"JP {year}{serial} {kind or 'A'}"
        epodoc = f"JP{year}0{serial}"
        kind = ""
    else:
        number = f"{letter}{imperial:02}{serial}" if letter else f"{year}{serial}"
        canonical = f"JP{number}"
        docdb = f"JP {number} {kind}".rstrip()
        epodoc = f"JP{number}{epodoc_kind('JP', kind)}"
    return PatentNumber(
        office="JP",
        stage=stage,
        canonical=f"{canonical}{kind}",
        key=canonical,
        docdb=docdb,
        epodoc=epodoc,
        printed=f"{sign}{shown_year}-{serial}",
        kind=kind,
        right=right,
        year=year,
        could_be=() if is_marked or letter or is_application else (Stage.APPLICATION,),
    )


def _granted(number: str, kind: str, right: Right | None) -> PatentNumber:
    right = right or _RIGHT_OF_KIND.get(kind[:1], Right.INVENTION)
    return PatentNumber(
        office="JP",
        stage=Stage.GRANT,
        canonical=f"JP{number}{kind}",
        key=f"JP{number}",
        docdb=f"JP {number} {kind}".rstrip(),
        epodoc=f"JP{number}{epodoc_kind('JP', kind)}",
        printed=f"{_GRANT_SIGNS[right]}第{number}号",
        kind=kind,
        right=right,
    )
