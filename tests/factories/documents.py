"""Papers of organisations."""

from hashlib import sha256
from typing import TYPE_CHECKING

from platform_core.documents.models import Document, MediaType
from platform_core.models import Record
from tests.factories.core import NOON

if TYPE_CHECKING:
    from tests.factories.world import World


def make_document(subject: Record, title: str = "letter", **columns: object) -> Document:
    """A paper without its file."""
    return Document.objects.create(
        **{
            "subject_type": subject._meta.label_lower,
            "subject_id": subject.pk,
            "alliance_id": subject.audit_alliance_id(),
            "operating_entity_id": subject.audit_operating_entity_id(),
            "title": title,
            "name": f"{title}.pdf",
            "media_type": MediaType.PDF,
            "size": 1,
            "sha256": sha256(title.encode()).hexdigest(),
            "uploaded_at": NOON,
            **columns,
        }
    )


def populate(world: "World") -> None:
    for organisation in world.organisations:
        make_document(organisation, "certificate")
