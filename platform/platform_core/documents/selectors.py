"""Finding documents and their files."""

from pathlib import Path
from typing import BinaryIO, ClassVar
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.documents import storage
from platform_core.documents.models import Document
from platform_core.models import Record
from platform_core.problems import Problem, invalid


class DocumentFileMissing(Problem):
    """The file of a document is not where it was kept."""

    code: ClassVar[str] = "files_missing"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "The file of this document is missing: restore it from the backup"


def documents(*, actor: Actor) -> VisibleQuerySet[Document]:
    """List the documents the actor may read."""
    return Document.objects.visible_to(actor).select_related("uploaded_by", "organisation")


def get_document(document_id: UUID, *, actor: Actor) -> Document:
    """Return one document the actor may read."""
    return get_visible(Document, document_id, actor=actor)


def paper_on(subject: Record, document_id: UUID, *, actor: Actor, field: str = "document_id") -> Document:
    """Return a document that hangs on what it is named for; any other, though it can be read, is refused."""
    label = subject._meta.label_lower
    found = documents(actor=actor).filter(subject_type=label, subject_id=subject.pk, pk=document_id).first()
    if found is None:
        raise invalid(f"/{field}", "unknown", "Attach the paper here first.")
    return found


def document_file(document: Document) -> Path:
    """Return where the file of a document is; the caller has seen to it that it may be read."""
    return storage.file_of(document.sha256)


def open_document_file(document: Document) -> BinaryIO:
    """Open the file of a document, which the caller has seen to that it may be read; say so if it is gone."""
    try:
        return document_file(document).open("rb")
    except FileNotFoundError as e:
        raise DocumentFileMissing from e
