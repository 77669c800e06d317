"""Numbers of the other offices: what all have in common is an office, a row of characters and a kind code."""

import re
from typing import Final

from platform_core.codes import COUNTRIES
from pools.patents.numbers.results import PatentNumber, Stage, epodoc_kind, unreadable

OFFICES: Final = COUNTRIES | frozenset("EP WO EA AP OA GC EM IB BX XN XV QZ SU DD YU CS".split())
"""ST.3: countries, regional and international offices, and those that are no more."""

_MARKS = str.maketrans("", "", " -/.,")
_NUMBER = re.compile(r"([A-Z]{0,4}\d[0-9A-Z]*?)([A-Z]\d?)?")
# Several offices (DE, AT, CH, …) print a check digit behind a dot; others leave it out, so it belongs to no form but
# the printed one.
_CHECK = re.compile(r"\.(\d)$")


def read(office: str, text: str, stage: Stage | None) -> PatentNumber:
    """Read what stands after the two letters of an office that has no reader of its own."""
    if office not in OFFICES:
        return unreadable("", "unknown_office", f"{office} is the code of no patent office (ST.3).", office=office)
    check = _CHECK.search(text)
    found = _NUMBER.fullmatch(_CHECK.sub("", text).translate(_MARKS))
    if not found:
        return unreadable(office, "wrong_form", "Digits are missing in the number.")
    number, kind = found[1], found[2] or ""
    stage = stage or Stage.PUBLICATION
    return PatentNumber(
        office=office,
        stage=stage,
        canonical=f"{office}{number}{kind}",
        key=f"{office}{number}",
        docdb=f"{office} {number} {kind}".rstrip(),
        epodoc=f"{office}{number}{epodoc_kind(office, kind)}",
        printed=f"{office} {number}{check[0] if check else ''} {kind}".rstrip(),
        kind=kind,
    )
