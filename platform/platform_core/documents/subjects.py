"""What documents may hang on: declared by the rooms that keep it, with who may read and who may add papers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from platform_core.access.actors import Actor, Assignment
from platform_core.access.kernel import permitted_rows
from platform_core.access.registry import Permission
from platform_core.access.relations import NOTHING, Relation
from platform_core.models import Record
from platform_core.problems import invalid


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing with papers: whoever may do `read` with it reads them, whoever may do `attach` adds to them."""

    model: type[Record]
    read: Permission
    attach: Permission

    @property
    def label(self) -> str:
        """The name of the kind, as in topics and the audit record."""
        return self.model._meta.label_lower


_subjects: dict[str, Subject] = {}


def declare_subject(model: type[Record], *, read: Permission, attach: Permission) -> None:
    """Declare that documents may hang on rows of a model; its room does so where its policy stands."""
    subject = Subject(model, read, attach)
    _subjects[subject.label] = subject


def subjects() -> tuple[Subject, ...]:
    """Every kind of thing that may have papers, by name."""
    return tuple(_subjects[label] for label in sorted(_subjects))


def subject_named(label: str) -> Subject:
    """Return a kind of thing by name; any other is refused as input."""
    found = _subjects.get(label.lower())
    if found is None:
        raise invalid("/subject_type", "unknown", f"Documents hang on: {', '.join(sorted(_subjects))}.")
    return found


def of_readable_subject() -> Relation:
    """Reach documents of those things whose papers the actor may read."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = NOTHING
        for subject in subjects():
            readable = subject.model.objects.filter(permitted_rows(actor, subject.read, subject.model))
            rows |= Q(subject_type=subject.label, subject_id__in=readable.order_by().values("pk"))
        return rows

    return Relation("of something whose papers may be read", reach)


def get_subject(subject: Subject, subject_id: UUID, *, actor: Actor) -> Record | None:
    """Return the thing a document is to hang on if the actor sees it."""
    return subject.model.objects.visible_to(actor).filter(pk=subject_id).first()
