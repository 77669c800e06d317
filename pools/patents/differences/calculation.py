"""Which fields of a patent are said differently by our record, the office and the docket, and how risky that is.

Pure. A field's value is a list of texts, empty where nothing is said of it.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pools.patents.status import State

Values = Mapping[str, list[str]]
"""What one side says, by field."""

OPEN_END: Final = "not_ended"
"""An end that is not there: the right goes on."""
NOT_GRANTED: Final = "not_granted"


class Standing(StrEnum):
    """How a right stands, as far as all sources tell it alike."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    UNPAID = "unpaid"
    """In force, with a fee that is overdue."""
    ENDED = "ended"


STANDING: Final = "legal_status"
OWNERS: Final = "owners"
ENDS_ON: Final = "ends_on"
GRANTED_ON: Final = "granted_on"

RISKS: Final[Mapping[str, int]] = {
    OWNERS: 70,
    ENDS_ON: 60,
    GRANTED_ON: 55,
    "filed_on": 50,
    "right": 45,
    "claims_count": 35,
    "priority_on": 30,
    "priorities": 30,
    "applicants": 25,
    "inventors": 25,
    "ipc": 20,
    "cpc": 20,
    "standards": 20,
    "title": 10,
    "title_en": 10,
    "agency": 5,
    "agents": 5,
}
"""How much may be lost if ours is wrong, where the standing does not decide: by field, from 0 to 100."""
_ENDED_OR_NOT: Final = 100
_PAID_OR_NOT: Final = 90
_GRANTED_OR_NOT: Final = 80


@dataclass(frozen=True, slots=True)
class Found:
    """A field that is said differently, and the risk of it."""

    own: list[str]
    office: list[str]
    docket: list[str]
    risk: int


def contradictions(own: Values, office: Values, docket: Values) -> dict[str, Found]:
    """Return the fields of which two of three sides say something else."""
    found: dict[str, Found] = {}
    for field in (STANDING, *RISKS):
        said = [side.get(field, []) for side in (own, office, docket)]
        forms = {_form(field, values) for values in said if values}
        if len(forms) > 1:
            risk = _risk_of_standing(said) if field == STANDING else RISKS[field]
            found[field] = Found(own.get(field, []), office.get(field, []), docket.get(field, []), risk)
    # How a right stands follows from its days: where these are in question too, they are what is to be decided.
    days = [field for field in (ENDS_ON, GRANTED_ON) if field in found]
    if STANDING in found and days:
        standing = found.pop(STANDING)
        first = found[days[0]]
        found[days[0]] = Found(first.own, first.office, first.docket, risk=max(first.risk, standing.risk))
    return found


def standing_in_words(text: str) -> Standing | None:
    """Return how a right stands by what a source calls it; None: the words are not known, or say two things."""
    asked = _plain(text)
    known = [(len(word), standing) for word, standing in _words() if word in asked]
    longest = max((length for length, _ in known), default=0)
    found = {standing for length, standing in known if length == longest}
    return found.pop() if len(found) == 1 else None


def standing_by_days(granted_on: date | None, ends_on: date | None, on: date) -> Standing:
    """Return how a right stands on a day by the days on record."""
    if ends_on is not None and ends_on <= on:
        return Standing.ENDED
    return Standing.IN_FORCE if granted_on is not None and granted_on <= on else Standing.PENDING


def standing_of_state(state: State) -> Standing | None:
    """Return how a right stands by what legal events made of it."""
    if state is State.UNKNOWN:
        return None
    if state in (State.PENDING, State.IN_FORCE):
        return Standing(state.value)
    return Standing.ENDED


def _risk_of_standing(said: Iterable[list[str]]) -> int:
    standings = {values[0] for values in said if values}
    if Standing.ENDED in standings:
        return _ENDED_OR_NOT
    return _PAID_OR_NOT if Standing.UNPAID in standings else _GRANTED_OR_NOT


def _form(field: str, values: list[str]) -> tuple[str, ...]:
    """Return what is compared: blanks, width and case of letters and the order of a list make no difference."""
    return tuple(sorted({_plain(value) for value in values}))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def _words() -> tuple[tuple[str, Standing], ...]:
    data = tomllib.loads(Path(__file__).with_name("standings.toml").read_text(encoding="utf-8"))
    return tuple((_plain(word), Standing(standing)) for standing, words in data.items() for word in words)
