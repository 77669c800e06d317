"""Pure rules of scopes: when two licences reach the same use of a patent, and whether one shuts the other out."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from platform_core.canonical import hash_of

ALONE: Final = frozenset({"sole", "exclusive"})
"""Kinds under which nobody else is licensed for the same use."""


class Meeting(StrEnum):
    """How two scopes stand to one another."""

    APART = "apart"
    """They are kept apart by days or territory."""
    CLOSE = "close"
    """Only the words for fields of use or products keep them apart: people have to look."""
    SAME = "same"
    """There is a use that both are for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """For what, where and when a licence is; no territory, field or product named: all, a blank day: open."""

    territory: Sequence[str] = ()
    fields: Sequence[str] = ()
    products: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    """Its last day, as contracts write it."""


def plain_label(text: str) -> str:
    """Return a field or product as it is kept: full-width letters made plain, and single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def within(place: str, wider: str) -> bool:
    """Say whether a place (`CN`, or a part of it as `CN-44`) lies in another one."""
    return place == wider or place.startswith(f"{wider}-")


def in_country(territory: Collection[str], country: str) -> bool:
    """Say whether a territory reaches a country or a part of it."""
    return not territory or any(within(place, country) or within(country, place) for place in territory)


def meeting(one: Scope, other: Scope) -> Meeting:
    """Say how two scopes on the same patent stand to one another."""
    if not _days_meet(one, other) or not _places_meet(one.territory, other.territory):
        return Meeting.APART
    if _labels_meet(one.fields, other.fields) and _labels_meet(one.products, other.products):
        return Meeting.SAME
    return Meeting.CLOSE


def covers(wider: Scope, narrower: Scope) -> bool:
    """Say whether all of a scope lies in another one, as that of a sub-licence has to."""
    return (
        _places_covered(wider.territory, narrower.territory)
        and _labels_covered(wider.fields, narrower.fields)
        and _labels_covered(wider.products, narrower.products)
        and (wider.first is None or (narrower.first is not None and narrower.first >= wider.first))
        and (wider.last is None or (narrower.last is not None and narrower.last <= wider.last))
    )


def shuts_out(one: str, other: str) -> bool:
    """Say whether two kinds cannot stand beside each other for the same use by different licensees."""
    return one in ALONE or other in ALONE


def contents_hash(contents: Mapping[str, object]) -> str:
    """Return by which hash the contents of a licence are known; the order of what is listed in them says nothing."""
    plain = {
        name: sorted(str(each) for each in value) if isinstance(value, list | tuple | set | frozenset) else str(value)
        for name, value in contents.items()
    }
    return hash_of(plain)


def _days_meet(one: Scope, other: Scope) -> bool:
    return (one.first is None or other.last is None or one.first <= other.last) and (
        other.first is None or one.last is None or other.first <= one.last
    )


def _places_meet(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or any(within(a, b) or within(b, a) for a in one for b in other)


def _places_covered(wider: Sequence[str], narrower: Sequence[str]) -> bool:
    return not wider or (bool(narrower) and all(any(within(a, b) for b in wider) for a in narrower))


def _labels_meet(one: Sequence[str], other: Sequence[str]) -> bool:
    return not one or not other or bool(_keys(one) & _keys(other))


def _labels_covered(wider: Sequence[str], narrower: Sequence[str]) -> bool:
    return not wider or (bool(narrower) and _keys(narrower) <= _keys(wider))


def _keys(labels: Sequence[str]) -> set[str]:
    return {label.lower() for label in labels}
