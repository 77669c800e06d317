"""What a kind code means. Some changed their meaning on a day, so that they are never read alone."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

_DATA: Final = Path(__file__).with_name("kinds.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindMeaning:
    """What a document of this kind is, while the code means that."""

    office: str
    code: str
    document: str
    """application, examined_application, search_report, grant, amended_grant, partial_invalidation, …"""
    right: str
    zh: str
    en: str
    from_on: date | None
    until_on: date | None
    """First day on which it means that no longer; None: still."""

    @property
    def is_granted(self) -> bool:
        """Say whether a right stands once this is published."""
        return self.document in ("grant", "amended_grant", "partial_invalidation")

    def holds(self, on: date) -> bool:
        """Say whether the code meant that on a day."""
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on < self.until_on)


def kind_meanings(office: str, kind: str, *, on: date | None = None) -> tuple[KindMeaning, ...]:
    """Return what a kind code can mean: one thing if the day of publication is given, or if it never changed.

    A code with a number that has no meaning of its own means what its letter means. Nothing: not a known code.
    """
    known = _meanings()
    found = known.get((office, kind)) or known.get((office, kind[:1]), ())
    return found if on is None else tuple(meaning for meaning in found if meaning.holds(on))


@cache
def _meanings() -> dict[tuple[str, str], tuple[KindMeaning, ...]]:
    found: dict[tuple[str, str], tuple[KindMeaning, ...]] = {}
    for row in tomllib.loads(_DATA.read_text(encoding="utf-8"))["kind"]:
        for code in (row["code"], *row.get("codes", ())):
            place = (row["office"], code)
            found[place] = (*found.get(place, ()), _meaning(row, code))
    return found


def _meaning(row: dict[str, Any], code: str) -> KindMeaning:
    return KindMeaning(
        office=row["office"],
        code=code,
        document=row["document"],
        right=row.get("right", ""),
        zh=row["zh"],
        en=row["en"],
        from_on=row.get("from"),
        until_on=row.get("until"),
    )
