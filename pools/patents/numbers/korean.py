"""Korean numbers: type of right, year and serial for applications and publications, type and serial for grants."""

import re
from typing import Final

from pools.patents.numbers.results import PatentNumber, Right, Stage, epodoc_kind, unreadable

_SPACES = str.maketrans("", "", " -")
_YEARLY = re.compile(r"([1-4]0)?((?:19|20)\d{2})(\d{7})([A-Z]\d?)?")
# Before about 2000 DOCDB left the type out, and the kind code tells it.
_GRANTED = re.compile(r"([1-4]0)?(\d{7})([A-Z]\d?)?")
_RIGHTS: Final = {"10": Right.INVENTION, "20": Right.UTILITY_MODEL, "30": Right.DESIGN}
_TYPE_OF_KIND: Final = {"A": "10", "B": "10", "U": "20", "Y": "20", "S": "30"}


def read(text: str, stage: Stage | None) -> PatentNumber:
    """Read what stands after KR, with or without hyphens."""
    compact = text.translate(_SPACES)
    if found := _YEARLY.fullmatch(compact):
        return _yearly(found[1] or "", found[2], found[3], found[4] or "", stage)
    if found := _GRANTED.fullmatch(compact):
        serial, kind = found[2], found[3] or ""
        type_of_right = found[1] or _TYPE_OF_KIND.get(kind[:1], "10")
        return PatentNumber(
            office="KR",
            stage=Stage.GRANT,
            canonical=f"KR{type_of_right}-{serial}{kind}",
            key=f"KR{type_of_right}-{serial}",
            docdb=f"KR {found[1] or ''}{serial} {kind}".rstrip(),
            epodoc=f"KR{found[1] or ''}{serial}{epodoc_kind('KR', kind)}",
            printed=f"{type_of_right}-{serial}",
            kind=kind,
            right=_RIGHTS.get(type_of_right),
        )
    return unreadable(
        "KR",
        "wrong_form",
        "A Korean application or publication is written 10-2003-0095224, a granted right 10-2545334.",
    )


def _yearly(type_of_right: str, year: str, serial: str, kind: str, stage: Stage | None) -> PatentNumber:
    type_of_right = type_of_right or _TYPE_OF_KIND.get(kind[:1], "10")
    is_application = stage is Stage.APPLICATION
    shown = f"{type_of_right}-{year}-{serial}"
    return PatentNumber(
        office="KR",
        stage=Stage.APPLICATION if is_application else Stage.PUBLICATION,
        canonical=f"KR{shown}" if is_application else f"KR{shown}{kind}",
        key=f"KR{shown}",
        docdb=f"KR {year}{serial} {kind}".rstrip(),
        epodoc=f"KR{year}{serial}{epodoc_kind('KR', kind)}",
        printed=shown,
        kind=kind,
        right=_RIGHTS.get(type_of_right),
        year=int(year),
        could_be=() if stage else (Stage.APPLICATION,),
    )
