"""Reading the audit record: whose events, and whose contents."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, permitted_rows
from platform_core.access.registry import policy_of
from platform_core.audit.heads import Head, head_of_seal
from platform_core.audit.keys import known_keys
from platform_core.audit.models import AuditEvent, AuditSeal


def audit_events(*, actor: Actor) -> QuerySet[AuditEvent]:
    """Return the events the actor may see, each with its user and organisation."""
    return AuditEvent.objects.visible_to(actor).select_related("user", "organisation")


def audit_seals(*, actor: Actor) -> QuerySet[AuditSeal]:
    """Return the seals of the record, to those who may keep its heads."""
    return AuditSeal.objects.visible_to(actor)


def head_of(seal_id: UUID, *, actor: Actor) -> Head:
    """Return the signed head of the record as one seal left it, complete by itself."""
    return _complete(get_visible(AuditSeal, seal_id, actor=actor))


def latest_head(*, actor: Actor) -> Head | None:
    """Return the present head of the record; None where nothing is sealed yet."""
    seal = audit_seals(actor=actor).order_by("-number").first()
    return _complete(seal) if seal else None


def _complete(seal: AuditSeal) -> Head:
    return head_of_seal(seal, known_keys().get(seal.key_id))


def readable_contents(events: Iterable[AuditEvent], *, actor: Actor) -> frozenset[UUID]:
    """Return the ids of the events whose contents the actor may read, as it may read everything of their subject.

    One query for each kind of subject on the page, however many events there are.
    """
    by_type: defaultdict[str, dict[UUID, list[UUID]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        by_type[event.subject_type][event.subject_id].append(event.pk)
    readable: set[UUID] = set()
    for label, subjects in by_type.items():
        try:
            model = apps.get_model(label)
            rows = permitted_rows(actor, policy_of(model).read_contents, model)
        except (LookupError, ImproperlyConfigured):
            # A kind of thing that is gone from this version, or that nobody reads: its contents stay closed.
            continue
        for subject_id in model._default_manager.filter(rows, pk__in=list(subjects)).values_list("pk", flat=True):
            readable.update(subjects[subject_id])
    return frozenset(readable)
