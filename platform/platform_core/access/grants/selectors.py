"""Finding what was given by hand, and when it ends."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Case, CharField, DateTimeField, F, Min, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from platform_core.access.actors import Actor
from platform_core.access.grants.models import Grant
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.identity.models import Organisation, Seat

_NAME = Coalesce(NullIf("name_zh", Value("")), "name_en", output_field=CharField())


def grants(*, actor: Actor, current: bool | None = None) -> VisibleQuerySet[Grant]:
    """List the grants and assignments the actor may see: all, those in force now (True) or the others (False).

    People and organisations are named in them only as far as the actor may see these.
    """
    seats, organisations = Seat.objects.visible_to(actor), Organisation.objects.visible_to(actor)
    rows = Grant.objects.visible_to(actor).annotate(
        organisation_of_holder=Coalesce("organisation_id", "seat__organisation_id")
    )
    named = rows.annotate(
        seat_shown=_only(seats, "seat_id", "pk"),
        seat_name=_only(seats, "seat_id", "user__name"),
        organisation_shown=_only(organisations, "organisation_of_holder", "pk"),
        organisation_name=_only(organisations, "organisation_of_holder", _NAME),
        granted_by_shown=_only(seats, "granted_by_id", "pk"),
        granted_by_name=_only(seats, "granted_by_id", "user__name"),
        granted_by_organisation_name=_only(organisations, "granted_by__organisation_id", _NAME),
    )
    found = cast("VisibleQuerySet[Grant]", named)
    if current is None:
        return found
    now = actor.clock.now()
    in_force = {"starts_at__lte": now, "ends_at__gt": now}
    return found.filter(**in_force) if current else found.exclude(**in_force)


def get_grant(grant_id: UUID, *, actor: Actor, for_change: bool = False) -> Grant:
    """Return one grant the actor may see, locked if it is to be changed."""
    return get_visible(Grant, grant_id, actor=actor, for_change=for_change)


def next_turn_of_grants(actor: Actor) -> datetime | None:
    """Return the next instant at which something given to the actor's seat or organisation begins or ends."""
    holders = [holder for holder in (actor.seat_id, actor.organisation_id) if holder is not None]
    if not holders:
        return None
    now = actor.clock.now()
    turn = Case(When(starts_at__gt=now, then=F("starts_at")), default=F("ends_at"), output_field=DateTimeField())
    found = Grant.objects.filter(holder__in=holders, ends_at__gt=now).order_by().aggregate(next=Min(turn))
    instant: datetime | None = found["next"]
    return instant


def grants_in_force(actor: Actor) -> list[UUID]:
    """Return the ids of what is given to the actor's seat or organisation now."""
    holders = [holder for holder in (actor.seat_id, actor.organisation_id) if holder is not None]
    now = actor.clock.now()
    rows = Grant.objects.filter(holder__in=holders, starts_at__lte=now, ends_at__gt=now)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _only(visible: "QuerySet[Seat] | QuerySet[Organisation]", key: str, column: "str | Coalesce") -> Subquery:
    return Subquery(visible.filter(pk=OuterRef(key)).order_by().values_list(column)[:1])
