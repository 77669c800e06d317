"""Numbers under the Patent Cooperation Treaty: applications bear the receiving office, publications WO."""

import re

from pools.patents.numbers.results import NOT_AN_APPLICATION, Flaw, PatentNumber, Right, Stage, unreadable, wrong_kind

_SPACES = str.maketrans("", "", " -")
_APPLICATION = re.compile(r"PCT/?([A-Z]{2})(\d{4}|\d{2})/?(\d{5,6})W?")
# An office of four digits' year takes six for the serial, of two digits' year five: told apart by their length.
_DOCDB = re.compile(r"([A-Z]{2})(?:(\d{4})/?0?(\d{6})|(\d{2})(\d{5}))W")
_EPODOC = re.compile(r"(\d{4})([A-Z]{2})(\d{5,6})")
_PUBLICATION = re.compile(r"(?:((?:19|20)\d{2})/?(\d{5,6})|(\d{2})/?(\d{5,6}))([A-Z]\d?)?")
_LONGER_FROM = 2002
"""From July 2002 the serial of a publication has six digits; from 2004 its year has four."""


def read(text: str, stage: Stage | None) -> PatentNumber:
    """Read `PCT/CN2013/123456` and its other forms, or what stands after WO."""
    compact = text.translate(_SPACES)
    if found := _APPLICATION.fullmatch(compact) or _APPLICATION.fullmatch(f"PCT{compact}"):
        return _application(found[1], found[2], found[3])
    if found := _DOCDB.fullmatch(compact):
        return _application(found[1], found[2] or found[4], found[3] or found[5])
    if found := _EPODOC.fullmatch(compact):
        return _application(found[2], found[1], found[3])
    if found := _PUBLICATION.fullmatch(compact.removeprefix("/")):
        return _publication(found[1] or found[3], found[2] or found[4], found[5] or "", stage)
    return unreadable(
        "WO",
        "wrong_form",
        "An international application is written PCT/CN2013/123456, its publication WO 2013/123456.",
    )


def _application(receiving: str, year: str, serial: str) -> PatentNumber:
    whole_year = _whole(year)
    serial = serial.zfill(6)
    return PatentNumber(
        office="WO",
        stage=Stage.APPLICATION,
        canonical=f"PCT/{receiving}{whole_year}/{serial}",
        key=f"PCT/{receiving}{whole_year}/{serial}",
        docdb=f"{receiving} {whole_year}{serial} W" if whole_year >= 2004 else f"{receiving} {year[-2:]}{serial[1:]} W",
        epodoc=f"WO{whole_year}{receiving}{serial if serial[0] != '0' else serial[1:]}",
        printed=f"PCT/{receiving}{whole_year}/{serial}"
        if whole_year >= 2004
        else f"PCT/{receiving}{year[-2:]}/{serial[1:]}",
        right=Right.INVENTION,
        year=whole_year,
    )


def _publication(year: str, serial: str, kind: str, stage: Stage | None) -> PatentNumber:
    whole_year = _whole(year)
    flaws: tuple[Flaw, ...] = ()
    if stage is Stage.APPLICATION:
        flaws = (NOT_AN_APPLICATION,)
    elif kind and kind[0] != "A":
        flaws = (wrong_kind(kind),)
    short_year = f"{whole_year % 100:02}"
    # As the office printed it then; a canonical number has one length, so that it sorts and matches.
    shown_year = str(whole_year) if whole_year >= 2004 else short_year
    shown = serial.zfill(6) if whole_year >= _LONGER_FROM and len(serial) == 6 else serial.zfill(6)[1:]
    if whole_year > _LONGER_FROM:
        shown = serial.zfill(6)
    return PatentNumber(
        office="WO",
        stage=Stage.PUBLICATION,
        canonical=f"WO{whole_year}{serial.zfill(6)}{kind}",
        key=f"WO{whole_year}{serial.zfill(6)}",
        docdb=f"WO {shown_year}{shown} {kind}".rstrip(),
        epodoc=f"WO{shown_year}{shown}",
        printed=f"WO {shown_year}/{shown} {kind}".rstrip(),
        kind=kind,
        right=Right.INVENTION,
        year=whole_year,
        flaws=flaws,
    )


def _whole(year: str) -> int:
    return int(year) if len(year) == 4 else 1900 + int(year) if int(year) >= 78 else 2000 + int(year)
