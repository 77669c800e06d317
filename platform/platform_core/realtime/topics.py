"""What can be listened to: one topic for each thing the platform keeps, open to whoever may see that thing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model

from platform_core.access.actors import Actor
from platform_core.access.kernel import permitted_rows, visible_rows
from platform_core.access.registry import Permission, policy_of
from platform_core.problems import NotFound

RIGHTS_GROUP: Final = "rights"
"""The group on which every process hears of rights that were given or withdrawn."""

_of_seats: set[str] = set()


def declare_topic_of_seats(label: str) -> None:
    """Declare a topic that each seat has for itself, named after the seat: whoever else sees the seat hears nothing."""
    _of_seats.add(label)


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing whose changes can be listened to, written `close.closerun:<id>`."""

    label: str
    subject_id: UUID

    @classmethod
    def of(cls, subject: Model) -> Self:
        """Return the topic of something the platform keeps."""
        return cls(subject._meta.label_lower, subject.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a topic a client names; whatever is not one does not exist."""
        label, _, tail = text.partition(":")
        try:
            subject_id = UUID(tail)
            if label.lower() not in _of_seats:
                apps.get_model(label)
        except (ValueError, LookupError):
            raise NotFound("There is no such topic, or you may not listen to it.") from None
        return cls(label.lower(), subject_id)

    @property
    def group(self) -> str:
        """The name of the channel group that carries this topic between processes."""
        return f"topic.{self.label}.{self.subject_id}"

    def __str__(self) -> str:
        return f"{self.label}:{self.subject_id}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a thing that not all may know who see the thing: a row, and what one has to be allowed with it."""

    row: Topic
    permission: str

    @classmethod
    def of(cls, row: Model, to: Permission | None = None) -> Self:
        """Return the part that a row of its own is, or what somebody may do a certain thing with; else its contents."""
        return cls(Topic.of(row), (to or policy_of(type(row)).read_contents).name)


def parts_known_to(actor: Actor, parts: Iterable[Part]) -> set[Part]:
    """Return those of the parts that the actor may know of now (one query for each kind and permission)."""
    kinds: defaultdict[tuple[str, str], dict[UUID, Part]] = defaultdict(dict)
    for part in parts:
        kinds[part.row.label, part.permission][part.row.subject_id] = part
    known: set[Part] = set()
    for (label, permission), wanted in kinds.items():
        model = apps.get_model(label)
        rows = model._default_manager.filter(permitted_rows(actor, Permission(permission), model), pk__in=wanted)
        known.update(wanted[pk] for pk in rows.order_by().values_list("pk", flat=True))
    return known


def topics_heard_by(actor: Actor, topics: Iterable[Topic]) -> set[Topic]:
    """Return those of the topics whose things the actor may see (one query for each kind of thing)."""
    kinds: defaultdict[str, set[UUID]] = defaultdict(set)
    for topic in topics:
        kinds[topic.label].add(topic.subject_id)
    heard: set[Topic] = set()
    for label, ids in kinds.items():
        if label in _of_seats:
            heard.update(Topic(label, pk) for pk in ids if pk == actor.seat_id)
            continue
        model = apps.get_model(label)
        try:
            rows = visible_rows(actor, model)
        except ImproperlyConfigured:
            continue
        seen = model._default_manager.filter(rows, pk__in=ids).order_by().values_list("pk", flat=True)
        heard.update(Topic(label, pk) for pk in seen)
    return heard
