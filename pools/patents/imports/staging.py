"""Reading a file into rows of the database, piece by piece."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg.types.json import Json

from platform_core.exchange.models import Import, SavedMapping
from platform_core.exchange.reading import DayOrder, Table, UnreadableFile, normalise_heading
from platform_core.exchange.reading.xml import looks_like_xml
from platform_core.exchange.registry import Progress
from platform_core.ids import new_id
from pools.patents.formats import (
    FIELDS,
    Mapping,
    ReadEvent,
    ReadPatent,
    Refusal,
    open_patent_table,
    profiles,
    read_office_xml,
    read_patents,
    recognise,
)
from pools.patents.imports.events import Spool
from pools.patents.models.imports import ImportedPatent, Outcome
from pools.patents.models.rights import RightKind
from pools.patents.numbers import kind_meanings

COLUMNS: Final = (
    "of_import_id",
    "line",
    "outcome",
    "new_id",
    "publication",
    "publication_key",
    "application",
    "application_key",
    "country",
    "right",
    "title",
    "title_en",
    "abstract",
    "first_claim",
    "filed_on",
    "published_on",
    "granted_on",
    "ends_on",
    "priority_on",
    "applicants",
    "owners",
    "inventors",
    "agency",
    "agents",
    "address",
    "ipc",
    "cpc",
    "priorities",
    "claims_count",
    "family",
    "standards",
    "office_status",
    "problems",
)
TABLE: Final = ImportedPatent._meta.db_table

_TOLD_EVERY = 5_000
_LONGEST_NUMBER = 64
_SAMPLED = 20
_MOST_SAMPLES = 2
_LONGEST_SAMPLE = 80
_MOST_COLUMNS_TOLD = 300


def stage(found: Import, path: Path, progress: Progress) -> dict[str, Any]:
    """Read a file into the rows of an import, and return what it was taken for. Raises UnreadableFile."""
    told, rows = _open(found, path)
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    with connection.cursor() as cursor, TemporaryFile("w+", encoding="utf-8") as aside:
        events, count = Spool(aside), 0
        with cursor.copy(f"COPY {TABLE} ({names}) FROM STDIN") as copy:
            for count, row in enumerate(rows, start=1):
                if isinstance(row, ReadEvent):
                    events.put(row)
                    continue
                copy.write_row(_refused(found.pk, row) if isinstance(row, Refusal) else _staged(found.pk, row))
                if count % _TOLD_EVERY == 0:
                    progress(count, 0)
        if not count:
            raise UnreadableFile("empty", "The file has no rows below its headings.")
        events.write(cursor, found.pk)
        left_out = {"legal_events_left_out": events.left_out} if events.left_out else {}
        return {**told, "legal_events": events.count, **left_out}


def _open(found: Import, path: Path) -> tuple[dict[str, Any], Iterable[ReadPatent | ReadEvent | Refusal]]:
    if looks_like_xml(path):
        return {"kind": "xml", "profile": "office_xml", "verified": True}, read_office_xml(path)
    choices = found.choices
    table = open_patent_table(
        path,
        encoding=choices.get("encoding", ""),
        delimiter=choices.get("delimiter", ""),
        sheet=choices.get("sheet", ""),
    )
    recognised = recognise(table)
    profile = next((one for one in profiles() if one.code == choices.get("profile")), recognised.profile)
    saved = None if profile or choices.get("mapping") else _saved_mapping(found, table)
    mapping: Mapping = choices.get("mapping") or (saved.mapping if saved else recognised.mapping)
    if unknown := sorted(set(mapping.values()) - set(FIELDS)):
        raise UnreadableFile("unknown_field", f"No column can be “{unknown[0]}”.")
    order = DayOrder(choices["day_order"]) if choices.get("day_order") else recognised.day_order
    told = {
        "kind": table.told.kind,
        "encoding": table.told.encoding,
        "is_sure_of_encoding": table.told.is_sure_of_encoding,
        "delimiter": table.told.delimiter,
        "sheet": table.told.sheet,
        "sheets": list(table.told.sheets),
        "preamble": list(table.told.preamble),
        "header_line": table.told.header_line,
        "columns": _columns(table, mapping),
        "profile": profile.code if profile else "",
        "verified": bool(profile and profile.verified),
        "saved_mapping": saved.name if saved else "",
        "mapping": mapping,
        "day_order": str(order),
        "day_samples": list(recognised.day_samples),
    }
    if not {"publication", "application", "grant_number"} & set(mapping.values()):
        raise UnreadableFile(
            "no_number_column",
            "No column holds numbers of publications or applications: say which one does.",
            told,
        )
    is_family_rows = profile is not None and profile.is_family_rows
    return told, read_patents(table, mapping, day_order=order, is_family_rows=is_family_rows)


def _saved_mapping(found: Import, table: Table) -> SavedMapping | None:
    """Return the saved mapping of the most columns, all of which the table has."""
    present = set(map(normalise_heading, table.headings))
    fitting = [
        saved
        for saved in SavedMapping.objects.filter(alliance=found.alliance_id, subject=found.subject)
        if saved.mapping.keys() <= present
    ]
    return max(fitting, key=lambda saved: (len(saved.mapping), saved.saved_at), default=None)


def _columns(table: Table, mapping: Mapping) -> list[dict[str, Any]]:
    """Return each column with what it was taken for and what its first cells hold."""
    first = list(itertools.islice(table.rows(), _SAMPLED))
    return [
        {
            "heading": heading,
            "field": mapping.get(normalise_heading(heading), ""),
            "samples": [cell[:_LONGEST_SAMPLE] for row in first if (cell := row.cells[place].strip())][:_MOST_SAMPLES],
        }
        for place, heading in enumerate(table.headings[:_MOST_COLUMNS_TOLD])
    ]


def _staged(import_id: UUID, read: ReadPatent) -> tuple[Any, ...]:
    publication = read.publication if read.publication and read.publication.is_valid else None
    application = read.application if read.application and read.application.is_valid else None
    right = read.right if read.right in RightKind.values else ""
    priorities = [[number, day.isoformat() if day else None] for number, day in read.priorities]
    return (
        import_id,
        read.line,
        Outcome.DOUBTFUL if read.doubts else Outcome.NEW,
        new_id(),
        publication.canonical if publication else "",
        publication.key if publication else "",
        application.canonical if application else "",
        application.key if application else "",
        read.country,
        right,
        read.title,
        read.title_en,
        read.abstract,
        read.first_claim,
        read.filed_on,
        read.published_on,
        _granted(read),
        read.ends_on,
        read.priority_on,
        [person.name for person in read.applicants],
        [person.name for person in read.owners],
        [person.name for person in read.inventors],
        read.agency,
        read.agents,
        read.address,
        read.ipc,
        read.cpc,
        Json(priorities),
        read.claims_count,
        read.family_code or (read.family[0] if read.family else ""),
        read.standards,
        read.status,
        Json([{"field": doubt.field, "code": doubt.code, "detail": doubt.detail} for doubt in read.doubts]),
    )


def _refused(import_id: UUID, refusal: Refusal) -> tuple[Any, ...]:
    problem = {"field": refusal.field, "code": refusal.code, "detail": refusal.detail}
    values: dict[str, Any] = {
        "of_import_id": import_id,
        "line": refusal.line,
        "outcome": Outcome.REFUSED,
        "new_id": new_id(),
        "priorities": Json([]),
        "problems": Json([problem]),
    }
    if refusal.field in ("publication", "application"):
        # So that people see which row it is; what is refused is compared with nothing.
        values[refusal.field] = refusal.text[:_LONGEST_NUMBER]
    lists = ("applicants", "owners", "inventors", "agents", "ipc", "cpc", "standards")
    blanks = {"filed_on", "published_on", "granted_on", "ends_on", "priority_on", "claims_count"}
    return tuple(values.get(name, [] if name in lists else None if name in blanks else "") for name in COLUMNS)


def _granted(read: ReadPatent) -> date | None:
    """Return the day of the grant: as told, or that of a document by which the office publishes grants."""
    if read.granted_on or not read.publication or not read.published_on:
        return read.granted_on
    meanings = kind_meanings(read.publication.office, read.publication.kind, on=read.published_on)
    return read.published_on if len(meanings) == 1 and meanings[0].document == "grant" else None


def refused_rows(found: Import, path: Path) -> Iterator[list[str]]:
    """Yield the headings and the rows that were refused as they came, each with its reason in front."""
    reasons = {
        row.line: row.problems[0]["detail"]
        for row in ImportedPatent.objects.filter(of_import=found, outcome=Outcome.REFUSED).iterator()
        if row.problems
    }
    if found.told.get("kind") == "xml":
        yield ["reason", "document"]
        for line, reason in sorted(reasons.items()):
            yield [reason, str(line)]
        return
    told = found.told
    table = open_patent_table(path, encoding=told["encoding"], delimiter=told["delimiter"], sheet=told["sheet"])
    yield ["reason", *table.headings]
    for row in table.rows():
        if row.line in reasons:
            yield [reasons[row.line], *row.cells]
