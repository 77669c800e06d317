"""Numbers of the United States: series and serial for applications, year and serial for publications."""

import re
from typing import Final

from pools.patents.numbers.results import PatentNumber, Right, Stage, epodoc_kind, unreadable

_SPACES = str.maketrans("", "", " -,")
_PRINTED = re.compile(r"(\d{2})/(\d{6})([AP]\d?)?")
_DOCDB = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{6})([A-Z]\d?)?")
# Older DOCDB forms lost the series: serial, then the year of filing.
# Designs have kind F.
_OLD_DOCDB = re.compile(r"(\d{1,6})(\d{2})([AFP])")
# EPODOC fills the serial of those up to seven digits: the form of a publication, so that only the stage tells.
_OLD_EPODOC = re.compile(r"((?:19|20)\d{2})0(\d{6})([AP]?)")
# Where an application's number is not known DOCDB writes that of the grant, with D.
_UNKNOWN = re.compile(r"(\d{5,8})D(?:A\d?)?")
_PUBLICATION = re.compile(r"(20\d{2})/?(\d{6,7})([A-Z]\d?)?")
_GRANT = re.compile(r"(\d{1,8})([A-Z]\d?)?")
_SPECIAL = re.compile(r"(D|RE|PP|H|T|X|AI)0*(\d{1,7})([A-Z]\d?)?")
LETTERS: Final = frozenset({"RE", "PP", "AI"})
"""What stands before numbers of some rights here, and could be taken for an office."""
_SPECIAL_RIGHTS: Final = {"D": Right.DESIGN, "PP": Right.PLANT}
_PROVISIONAL: Final = frozenset({"60", "61", "62", "63", "64"})
_DESIGNS: Final = frozenset({"29", "35"})

_ONLY_SERIES: Final = {
    **dict.fromkeys(range(1980, 1987), "06"),
    **dict.fromkeys(range(1988, 1993), "07"),
    **dict.fromkeys(range(1994, 1998), "08"),
    **dict.fromkeys(range(1999, 2001), "09"),
    **dict.fromkeys(range(2002, 2004), "10"),
    **dict.fromkeys(range(2005, 2007), "11"),
    **dict.fromkeys(range(2008, 2010), "12"),
}
"""The series that all applications of a year have; a year in which one followed another is not among them."""


def read(text: str, stage: Stage | None) -> PatentNumber:
    """Read what stands after US."""
    compact = text.translate(_SPACES)
    if found := _PRINTED.fullmatch(compact):
        return _application(found[1], found[2], None, found[3] or "")
    if found := _SPECIAL.fullmatch(compact):
        return _special(found[1], found[2], found[3] or "")
    if found := _DOCDB.fullmatch(compact):
        return _application(found[2], found[3], int(found[1]), found[4] or "")
    if stage is Stage.APPLICATION and (found := _OLD_EPODOC.fullmatch(compact)):
        return _old_application(found[2], found[1][2:], found[3] or "A")
    if found := _PUBLICATION.fullmatch(compact):
        return _publication(found[1], found[2].zfill(7), found[3] or "")
    # Grants of before 2001 bear kind A as well, but have seven digits at most.
    if (found := _OLD_DOCDB.fullmatch(compact)) and (
        stage is Stage.APPLICATION or found[3] == "F" or (stage is None and len(found[1]) == 6)
    ):
        return _old_application(found[1], found[2], found[3])
    if found := _UNKNOWN.fullmatch(compact):
        return PatentNumber(
            office="US",
            stage=Stage.APPLICATION,
            canonical=f"US{found[1]}D",
            key=f"US{found[1]}D",
            docdb=f"US {found[1]}D A",
            epodoc=f"US{found[1]}D",
            printed=f"({found[1]})",
            kind="A",
            right=Right.INVENTION,
        )
    if found := _GRANT.fullmatch(compact):
        return _grant(found[1], found[2] or "")
    return unreadable(
        "US",
        "wrong_form",
        "A number of the United States is written US 13/657,122 for an application, US 2013/0101709 A1 for a "
        "publication, US 9,021,929 B2 for a patent.",
    )


def _application(series: str, serial: str, year: int | None, kind: str) -> PatentNumber:
    right = Right.PROVISIONAL if series in _PROVISIONAL else Right.DESIGN if series in _DESIGNS else Right.INVENTION
    kind_shown = kind or ("P" if right is Right.PROVISIONAL else "A")
    return PatentNumber(
        office="US",
        stage=Stage.APPLICATION,
        canonical=f"US{series}/{serial}",
        key=f"US{series}/{serial}",
        # DOCDB has the year before the series; it cannot be told from the number as it is printed.
        docdb=f"US {year}{series}{serial} {kind_shown}" if year else "",
        epodoc=f"US{year}{series}{serial}{epodoc_kind('US', kind_shown)}" if year else "",
        printed=f"{series}/{serial[:3]},{serial[3:]}",
        kind=kind,
        right=right,
        year=year,
    )


def _old_application(serial: str, year: str, kind: str) -> PatentNumber:
    whole_year = 1900 + int(year) if int(year) >= 20 else 2000 + int(year)
    serial = serial.zfill(6)
    is_design = kind == "F"
    series = "29" if is_design else _ONLY_SERIES.get(whole_year, "") if kind == "A" else ""
    # Without its series a serial is met again every few years: the year of filing tells them apart.
    known = f"US{series}/{serial}" if series else f"US{whole_year}/{serial}{kind}"
    return PatentNumber(
        office="US",
        stage=Stage.APPLICATION,
        canonical=known,
        key=known,
        docdb=f"US {int(serial)}{year} {kind}",
        epodoc=f"US{whole_year}0{serial}{epodoc_kind('US', kind)}",
        printed=f"{series}/{serial[:3]},{serial[3:]}" if series else f"{serial[:3]},{serial[3:]} ({whole_year})",
        kind=kind,
        right=Right.PROVISIONAL if kind == "P" else Right.DESIGN if is_design else Right.INVENTION,
        year=whole_year,
    )


def _publication(year: str, serial: str, kind: str) -> PatentNumber:
    # DOCDB drops the first of the seven digits, which is zero.
    short = serial[1:] if serial[0] == "0" else serial
    return PatentNumber(
        office="US",
        stage=Stage.PUBLICATION,
        canonical=f"US{year}{serial}{kind}",
        key=f"US{year}{serial}",
        docdb=f"US {year}{short} {kind}".rstrip(),
        epodoc=f"US{year}{short}{epodoc_kind('US', kind)}",
        printed=f"US {year}/{serial} {kind}".rstrip(),
        kind=kind,
        right=Right.PLANT if kind[:1] == "P" else Right.INVENTION,
        year=int(year),
    )


def _grant(number: str, kind: str) -> PatentNumber:
    number = number.lstrip("0") or "0"
    grouped = f"{int(number):,}"
    return PatentNumber(
        office="US",
        stage=Stage.GRANT,
        canonical=f"US{number}{kind}",
        key=f"US{number}",
        docdb=f"US {number} {kind}".rstrip(),
        epodoc=f"US{number}{epodoc_kind('US', kind)}",
        printed=f"US {grouped} {kind}".rstrip(),
        kind=kind,
        right=Right.INVENTION,
    )


def _special(letters: str, number: str, kind: str) -> PatentNumber:
    return PatentNumber(
        office="US",
        stage=Stage.GRANT,
        canonical=f"US{letters}{number}{kind}",
        key=f"US{letters}{number}",
        docdb=f"US {letters}{number} {kind}".rstrip(),
        epodoc=f"US{letters}{number}{epodoc_kind('US', kind)}",
        printed=f"US {letters}{int(number):,} {kind}".rstrip(),
        kind=kind,
        right=_SPECIAL_RIGHTS.get(letters, Right.INVENTION),
    )
