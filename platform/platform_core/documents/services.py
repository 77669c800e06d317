"""Taking papers in."""

from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.documents import storage
from platform_core.documents.models import Document, MediaType
from platform_core.documents.sniffing import EXTENSIONS, media_type_of
from platform_core.documents.subjects import Subject, subject_named
from platform_core.files import StoredFile, TooLargeError, write_stream
from platform_core.models import Record
from platform_core.problems import invalid
from platform_core.realtime.services import announce

LARGEST_DOCUMENT: Final = 50 * 2**20
"""The largest file that is taken in as a document, in bytes."""

_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it comes in: its own name, and its bytes as a stream."""

    name: str
    stream: BinaryIO


def add_document(*, actor: Actor, subject_type: str, subject_id: UUID, title: str, file: NewFile) -> Document:
    """Hang a paper on what it is about; what the file is shows in its bytes, and its name must agree with them."""
    subject = subject_named(subject_type)
    require(actor, subject.attach, get_visible(subject.model, subject_id, actor=actor))
    name = _plain_name(file.name)
    checks = Checks()
    checks.text("title", title)
    checks.text("file", name, longest=_LONGEST_NAME)
    checks.refuse()
    # The file is written before anything is locked; what is not kept in the end is removed.
    with storage.new_file() as path:
        try:
            stored = write_stream(file.stream, path, at_most=LARGEST_DOCUMENT)
        except TooLargeError:
            limit = LARGEST_DOCUMENT // 2**20
            raise invalid("/file", "too_large", f"The file is larger than {limit} MB.") from None
        media_type = _checked_type(path, name, stored.size)
        return _record(actor, subject, subject_id, title.strip(), name, media_type, stored)


@transaction.atomic
def _record(
    actor: Actor, subject: Subject, subject_id: UUID, title: str, name: str, media_type: MediaType, stored: StoredFile
) -> Document:
    # Locked, so that it is not removed from under what is hung on it.
    about: Record = get_visible(subject.model, subject_id, actor=actor, for_change=True)
    require(actor, subject.attach, about)
    document = Document.objects.create(
        subject_type=subject.label,
        subject_id=about.pk,
        alliance_id=about.audit_alliance_id(),
        operating_entity_id=about.audit_operating_entity_id(),
        title=title,
        name=name,
        media_type=media_type,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=actor.clock.now(),
        uploaded_by_id=actor.user_id,
        uploaded_from_id=actor.seat_id,
        organisation_id=actor.organisation_id,
    )
    # A file without a row, after a crash here, is never read; a row without its file would be.
    storage.keep(stored)
    record_event(
        "document.added",
        actor=actor,
        subject=document,
        changes={"title": (None, title), "sha256": (None, stored.sha256), "subject": (None, about)},
    )
    announce(about, part=document)
    return document


def _plain_name(name: str) -> str:
    return PurePath(name.replace("\\", "/")).name[-_LONGEST_NAME:]


def _checked_type(path: Path, name: str, size: int) -> MediaType:
    if size == 0:
        raise invalid("/file", "empty", "The file is empty.")
    expected = EXTENSIONS.get(PurePath(name).suffix.lower())
    if expected is None:
        taken = ", ".join(suffix.removeprefix(".") for suffix in EXTENSIONS)
        raise invalid("/file", "unknown_type", f"Files of these kinds are taken: {taken}.")
    if media_type_of(path) is not expected:
        raise invalid(
            "/file",
            "type_differs",
            f"By its name the file is a {expected.label}, but its contents are not one, are locked, or carry macros.",
        )
    return expected
