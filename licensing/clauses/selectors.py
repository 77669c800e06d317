"""Finding clauses of licences, and later licences of the same programme with better rates."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.agreements.selectors import licences
from licensing.clauses.lifecycle import EndingState
from licensing.clauses.models import FavourEnding, FavourNotice, LicenceClauses
from licensing.clauses.policies import (
    COMPARE_FAVOURS,
    DECIDE_FAVOUR_ENDING,
    WITHDRAW_FAVOUR_ENDING,
)
from licensing.engine.model import month_of
from licensing.terms.prices import Licensed, TooManyCases, price_rises
from licensing.terms.selectors import terms_in_force, typed_terms
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, permitted_rows, require
from platform_core.access.querysets import VisibleQuerySet


def licence_clauses(*, actor: Actor) -> VisibleQuerySet[LicenceClauses]:
    """List the clauses of licences that the actor may read."""
    return LicenceClauses.objects.visible_to(actor).select_related("licence")


def favour_notices(*, actor: Actor) -> VisibleQuerySet[FavourNotice]:
    """List what licensees were told of better terms, as far as the actor may read it."""
    return FavourNotice.objects.visible_to(actor).select_related("licence")


def favour_endings(*, actor: Actor) -> VisibleQuerySet[FavourEnding]:
    """List the proposals to end most-favoured clauses that the actor may read."""
    return FavourEnding.objects.visible_to(actor).select_related("licence", "proposed_by", "decided_by")


def ending_steps(endings: Collection[FavourEnding], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return what the actor may do with each of these proposals, in two queries however many."""
    waiting = FavourEnding.objects.filter(pk__in=[ending.pk for ending in endings], state=EndingState.PROPOSED)
    steps: dict[UUID, list[str]] = {ending.pk: [] for ending in endings}
    for step, permission in (("decision", DECIDE_FAVOUR_ENDING), ("withdrawal", WITHDRAW_FAVOUR_ENDING)):
        for pk in waiting.filter(permitted_rows(actor, permission, FavourEnding)).values_list("pk", flat=True):
            steps[pk].append(step)
    return steps


@dataclass(frozen=True, slots=True)
class Favour:
    """A later licence that has a better rate, from its first day: which rate, and which one the earlier has."""

    licence: Licence
    from_on: date
    rate: str
    better: str
    comparable: bool
    """Whether the rates are of one kind; if not, people have to compare them."""


def favours(licence_id: UUID, *, actor: Actor) -> list[Favour]:
    """Return which later licences of the programme have better rates than one with a most-favoured clause.

    Under the terms in force on the later licence's first day, for the same products, countries, options and standing.
    """
    licence = get_visible(Licence, licence_id, actor=actor)
    require(actor, COMPARE_FAVOURS, licence)
    clauses = LicenceClauses.objects.visible_to(actor).filter(licence=licence).first()
    if clauses is None or not clauses.most_favoured or licence.signed_on is None:
        return []
    later = licences(actor=actor).filter(
        programme=licence.programme_id,
        state__in=[state.value for state in BINDING_STATES],
        signed_on__gt=licence.signed_on,
    )
    found: list[Favour] = []
    for other in later.exclude(licensee=licence.licensee_id).order_by("signed_on", "code", "pk"):
        found += _better(licence, other)
    return found


def _better(licence: Licence, other: Licence) -> list[Favour]:
    from_on = max(day for day in (other.starts_on, other.signed_on, licence.starts_on) if day is not None)
    if any(one.ends_on is not None and one.ends_on < from_on for one in (licence, other)):
        return []
    version = terms_in_force(licence.programme_id, from_on)
    if version is None:
        return []
    terms = typed_terms(version)
    month = month_of(from_on.year, from_on.month)
    try:
        # What a renewal would rise by, if the other's rates became this licence's.
        rises = price_rises(terms, terms, _licensed(other), _licensed(licence), at_most=Fraction(0), in_force=month)
    except TooManyCases:
        return [Favour(other, from_on, "", "", comparable=False)]
    return [Favour(other, from_on, rise.after, rise.before, rise.comparable) for rise in rises]


def _licensed(licence: Licence) -> Licensed:
    last = licence.ends_on
    return Licensed(licence.code, licence.signed_on, None if last is None else month_of(last.year, last.month))
