"""Reading one's notices, those whose thing one may still see; and finding whom to tell."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import known_rows
from platform_core.identity.models import RoleAssignment
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.models import Notice, Reminder

R = TypeVar("R", bound=Reminder)

REMINDED_LATELY: Final = timedelta(days=1)
"""For how long nobody is reminded again unless whoever does it was told of the last time."""


def notices(*, actor: Actor, unread: bool = False) -> QuerySet[Notice]:
    """Return the notices of the seat that acts; one about a thing that it may not be told of any more is not there."""
    own = Notice.objects.visible_to(actor)
    if unread:
        own = own.filter(read_at=None)
    shown = Q(pk__in=())
    for label in own.order_by().values_list("subject_type", flat=True).distinct():
        try:
            model = apps.get_model(label)
            rows = model._default_manager.filter(known_rows(actor, model)).order_by().values("pk")
        except (LookupError, ImproperlyConfigured):
            # A kind of thing that this version does not know: nobody can say who may see it.
            continue
        shown |= Q(subject_type=label, subject_id__in=rows)
    return own.filter(shown)


def seats_holding(
    role: Role,
    *,
    actor: Actor,
    operating_entity: UUID | None = None,
    alliance: UUID | None = None,
    organisation: UUID | None = None,
    purpose: Purpose | None = None,
) -> list[UUID]:
    """Return the open seats that hold a role now, at an operating entity, in an alliance or at an organisation."""
    held = _held_now(actor).filter(role=role)
    if operating_entity is not None:
        held = held.filter(operating_entity=operating_entity)
    if alliance is not None:
        held = held.filter(alliance=alliance)
    if organisation is not None:
        held = held.filter(seat__organisation=organisation)
    if purpose is not None:
        held = held.filter(purpose=purpose)
    return sorted(set(held.values_list("seat", flat=True)))


def seats_by_organisation(
    roles: Collection[Role], *, actor: Actor, organisations: Iterable[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the open seats of each of some organisations that hold one of some roles now, by one question."""
    found: dict[UUID, list[UUID]] = {organisation: [] for organisation in organisations}
    held = _held_now(actor).filter(role__in=roles, seat__organisation__in=found)
    for organisation, seat in held.order_by("seat").values_list("seat__organisation", "seat").distinct():
        found[organisation].append(seat)
    return found


def seats_told(kind: str, model: type[Model], pks: Collection[UUID], **values: object) -> dict[UUID, set[UUID]]:
    """Return for each of some things the seats that were told something of it already, by one question.

    With `values` only notices with these count. The seats need not hear it again.
    """
    found: dict[UUID, set[UUID]] = {pk: set() for pk in pks}
    told = Notice.objects.filter(kind=kind, subject_type=model._meta.label_lower, subject_id__in=found)
    for pk, seat in told.filter(values__contains=values).order_by().values_list("subject_id", "seat").distinct():
        found[pk].add(seat)
    return found


def _held_now(actor: Actor) -> QuerySet[RoleAssignment]:
    now = actor.clock.now()
    return RoleAssignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, seat__ended_at=None)


def latest_reminders(reminders: QuerySet[R], about: str) -> dict[UUID, R]:
    """Return the last of some reminders for each thing that a column names, with who sent it."""
    latest = reminders.select_related("sent_by").order_by(about, "-sent_at", "-pk").distinct(about)
    return {getattr(reminder, about): reminder for reminder in latest}


def reminded_lately(reminders: QuerySet[R], about: str, *, actor: Actor) -> Collection[UUID]:
    """Return of which things somebody was reminded within the last day."""
    since = actor.clock.now() - REMINDED_LATELY
    return set(reminders.filter(sent_at__gt=since).order_by().values_list(about, flat=True))
