"""The record as a file, for those who keep or examine it elsewhere."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any, Final

from platform_core.access.actors import Actor
from platform_core.api.exports.writers import safe_cell
from platform_core.audit.models import AuditEvent
from platform_core.audit.searching import searched
from platform_core.canonical import canonical
from platform_core.identity.models import Alliance
from platform_core.problems import NotFound

COLUMNS: Final = (
    "number",
    "hash",
    "id",
    "at",
    "name",
    "actor_kind",
    "user",
    "user_name",
    "seat",
    "organisation",
    "organisation_name",
    "work",
    "request_id",
    "subject_type",
    "subject_id",
    "alliance",
    "operating_entity",
    "changes",
)


def export_events(*, actor: Actor, form: str, alliance: str = "", from_: str = "", to: str = "") -> Iterator[bytes]:
    """Write the events an actor may see, the oldest first, whole, as `csv` or `jsonl`; numbers of sealed rows included.

    For whoever runs the server, who may read everything: contents are not narrowed by their subjects.
    """
    rows = searched(AuditEvent.objects.visible_to(actor), {"from": from_, "to": to}, actor=actor)
    if alliance:
        found = Alliance.objects.visible_to(actor).filter(code=alliance).first()
        if found is None:
            raise NotFound(f"There is no alliance with the code “{alliance}”.")
        rows = rows.filter(alliance=found)
    documents = map(_document, rows.select_related("user", "organisation", "sealed").order_by("pk").iterator(2000))
    return _csv(documents) if form == "csv" else _lines(documents)


def _document(event: AuditEvent) -> dict[str, Any]:
    sealed = getattr(event, "sealed", None)
    return {
        "number": sealed.number if sealed else None,
        "hash": sealed.hash if sealed else None,
        "id": str(event.pk),
        "at": event.at.isoformat(),
        "name": event.name,
        "actor_kind": event.actor_kind,
        "user": _id(event.user_id),
        "user_name": event.user.name if event.user else None,
        "seat": _id(event.seat_id),
        "organisation": _id(event.organisation_id),
        "organisation_name": str(event.organisation) if event.organisation else None,
        "work": event.work,
        "request_id": event.request_id,
        "subject_type": event.subject_type,
        "subject_id": str(event.subject_id),
        "alliance": _id(event.alliance_id),
        "operating_entity": _id(event.operating_entity_id),
        "changes": event.changes,
    }


def _id(value: object) -> str | None:
    return None if value is None else str(value)


def _lines(documents: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    for document in documents:
        yield json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _csv(documents: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for document in documents:
        cells = {**document, "changes": canonical(document["changes"])}
        writer.writerow(["" if cells[name] is None else safe_cell(str(cells[name])) for name in COLUMNS])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
    if rest := text.getvalue():
        yield rest.encode()
