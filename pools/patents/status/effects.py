"""What a legal event does to a right."""

import csv
import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent
_WEIGHTY: Final = frozenset("BCFHK")
"""Classes of INPADOC: an application ends or revives, a right is granted, ends or revives."""


class Effect(StrEnum):
    """What an event does."""

    PUBLISHED = "published"
    EXAMINATION = "examination"
    GRANTED = "granted"
    LAPSED = "lapsed"
    """A yearly fee was not paid."""
    EXPIRED = "expired"
    ABANDONED = "abandoned"
    ENDED = "ended"
    INVALIDATED = "invalidated"
    """As a whole: the right never stood."""
    NARROWED = "narrowed"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    LICENSED = "licensed"
    LICENCE_CHANGED = "licence_changed"
    LICENCE_ENDED = "licence_ended"
    PLEDGED = "pledged"
    PLEDGE_CHANGED = "pledge_changed"
    PLEDGE_ENDED = "pledge_ended"
    PRESERVED = "preserved"
    PRESERVATION_ENDED = "preservation_ended"
    OPEN_LICENCE = "open_licence"
    OPEN_LICENCE_ENDED = "open_licence_ended"


ENDINGS: Final = frozenset((Effect.LAPSED, Effect.EXPIRED, Effect.ABANDONED, Effect.ENDED, Effect.INVALIDATED))
"""What a right that stood does not outlive."""
DISCONTINUED: Final = frozenset((Effect.WITHDRAWN, Effect.REJECTED))
"""What an application does not outlive."""


def effect_of(office: str, code: str) -> Effect | None:
    """Return what a code of an office does; None: nothing that is known."""
    return _effects().get((office, code.strip()))


def is_weighty(office: str, code: str) -> bool:
    """Say whether a code that does nothing by itself is of a class that ends, revives or grants: look at it."""
    return _classes().get((office, code.strip()), "") in _WEIGHTY and effect_of(office, code) is None


@cache
def _effects() -> dict[tuple[str, str], Effect]:
    data = tomllib.loads((_HERE / "events.toml").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], Effect] = {}
    for office, effects in data.items():
        for effect, codes in effects.items():
            for code in codes:
                if found.setdefault((office, code), Effect(effect)) is not effect and (
                    found[office, code] != Effect(effect)
                ):
                    raise ValueError(f"{office} {code} does two things")
    return found


@cache
def _classes() -> dict[tuple[str, str], str]:
    with (_HERE / "inpadoc.csv").open(encoding="utf-8", newline="") as lines:
        return {(row["office"], row["code"]): row["class"] for row in csv.DictReader(lines)}
