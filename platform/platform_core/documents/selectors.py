"""Finding documents and their files."""

from pathlib import Path
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.documents import storage
from platform_core.documents.models import Document


def documents(*, actor: Actor) -> VisibleQuerySet[Document]:
    """List the documents the actor may read."""
    return Document.objects.visible_to(actor).select_related("uploaded_by", "organisation")


def get_document(document_id: UUID, *, actor: Actor) -> Document:
    """Return one document the actor may read."""
    return get_visible(Document, document_id, actor=actor)


def document_file(document: Document) -> Path:
    """Return where the file of a document is; the caller has seen to it that it may be read."""
    return storage.file_of(document.sha256)
