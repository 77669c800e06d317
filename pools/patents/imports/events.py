"""Legal events of files: noted while a file is read, taken in with its patents, and taken back with them."""

import json
import re
from collections.abc import Iterator
from typing import IO, Any, Final
from uuid import UUID

from django.db.backends.utils import CursorWrapper
from psycopg.types.json import Json

from platform_core.exchange.models import Import
from platform_core.exchange.reading import NoDay, read_day
from pools.patents.formats import ReadEvent
from pools.patents.models.events import ImportedEvent, LegalEvent
from pools.patents.models.imports import ImportedPatent, Outcome

_COLUMNS: Final = (
    "of_import_id",
    "line",
    "publication_key",
    "application_key",
    "office",
    "code",
    "announced_on",
    "effective_on",
    "at_office",
    "at_code",
    "text",
    "document",
    "told",
)
_OWN_COLUMNS: Final = frozenset(("effective_on", "at_office", "at_code"))
"""What an event tells besides its code that has a column; everything else is kept as it was told."""
_OFFICE: Final = re.compile("[A-Z]{2}")
_LONGEST_CODE: Final = 10
_TABLE: Final = ImportedEvent._meta.db_table
_OF_PATENTS: Final = LegalEvent._meta.db_table
_ROWS: Final = ImportedPatent._meta.db_table


class Spool:
    """Events that come between the patents of a file, put aside until these are written: one table at a time is."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.count = 0
        self.left_out = 0
        """Events that name no office or no code of the form that these have: nothing could be told by them."""

    def put(self, event: ReadEvent) -> None:
        """Put an event aside."""
        if not (_OFFICE.fullmatch(event.office) and event.code.strip() and len(event.code) <= _LONGEST_CODE):
            self.left_out += 1
            return
        self._file.write(json.dumps(_values(event), ensure_ascii=False) + "\n")
        self.count += 1

    def write(self, cursor: CursorWrapper, import_id: UUID) -> None:
        """Write all events to the rows of an import."""
        self._file.seek(0)
        with cursor.copy(f"COPY {_TABLE} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for line in self._file:
                *values, told = json.loads(line)
                copy.write_row((import_id, *values, Json(told)))


def _values(event: ReadEvent) -> list[Any]:
    at_office, at_code = event.told.get("at_office", ""), event.told.get("at_code", "")
    return [
        event.line,
        event.publication.key if event.publication and event.publication.is_valid else "",
        event.application.key if event.application and event.application.is_valid else "",
        event.office,
        event.code,
        event.on.isoformat(),
        _effective_on(event),
        at_office if len(at_office) == 2 else "",
        at_code[:20],
        event.description,
        event.publication.canonical if event.publication and event.publication.is_valid else "",
        {name: text for name, text in event.told.items() if name not in _OWN_COLUMNS},
    ]


def _effective_on(event: ReadEvent) -> str | None:
    try:
        return read_day(event.told["effective_on"]).isoformat() if event.told.get("effective_on") else None
    except NoDay:
        # The day of the announcement counts where no other can be read.
        return None


# A European patent is one right in each country: what was announced of it concerns all, or the one that is named.
_SPOKEN_OF: Final = f"""
    WITH said AS (
        SELECT e.* FROM {_TABLE} e
         WHERE e.of_import_id = %(import)s
           AND NOT EXISTS (
               SELECT FROM {_ROWS} d JOIN {_ROWS} m ON m.of_import_id = d.of_import_id AND m.new_id = d.new_id
                WHERE d.of_import_id = e.of_import_id AND d.line = e.line AND d.publication_key = e.publication_key
                  AND (m.outcome = '{Outcome.REFUSED}' OR (m.outcome = '{Outcome.DOUBTFUL}' AND NOT %(doubtful)s)))
    ), spoken_of AS (
        SELECT e.id AS event_id, p.id AS patent_id, p.country FROM said e
          JOIN patents_patent p ON p.application_key = e.application_key AND p.alliance_id = %(alliance)s
         WHERE e.application_key <> ''
        UNION
        SELECT e.id, p.id, p.country FROM said e
          JOIN patents_patent p ON p.publication_key = e.publication_key AND p.alliance_id = %(alliance)s
         WHERE e.publication_key <> ''
        UNION
        SELECT e.id, p.id, p.country FROM said e
          JOIN patents_publication d ON d.key = e.publication_key
          JOIN patents_patent p ON p.id = d.patent_id AND p.alliance_id = %(alliance)s
         WHERE e.publication_key <> ''
    ), concerned AS (
        SELECT o.patent_id, e.* FROM spoken_of o JOIN said e ON e.id = o.event_id
         WHERE e.at_office IN ('', o.country) OR e.office = o.country
    )
"""
SPOKEN_OF: Final = f"{_SPOKEN_OF} SELECT patent_id FROM concerned"
"""The patents on record that events of a file speak of."""

TAKE_IN: Final = f"""
    {_SPOKEN_OF}
    INSERT INTO {_OF_PATENTS} (id, patent_id, source_id, office, code, announced_on, effective_on, at_office, at_code,
                               text, document, told)
    SELECT gen_random_uuid(), c.patent_id, %(source)s, c.office, c.code, c.announced_on, c.effective_on, c.at_office,
           c.at_code, c.text, c.document, c.told
      FROM concerned c ORDER BY c.line, c.id
    ON CONFLICT (patent_id, announced_on, office, code, at_office, at_code) DO NOTHING
"""

TOLD_BY_OTHERS: Final = f"""
    SELECT DISTINCT o.of_import_id FROM {_TABLE} e
      JOIN {_TABLE} o ON o.announced_on = e.announced_on AND o.office = e.office AND o.code = e.code
       AND o.of_import_id <> e.of_import_id
       AND ((o.application_key <> '' AND o.application_key = e.application_key)
            OR (o.publication_key <> '' AND o.publication_key = e.publication_key))
      JOIN {Import._meta.db_table} i ON i.id = o.of_import_id AND i.alliance_id = %(alliance)s
     WHERE e.of_import_id = %(import)s
"""
"""Imports whose files tell events that a file tells as well."""


def patents_spoken_of(cursor: CursorWrapper, values: dict[str, Any]) -> Iterator[UUID]:
    """Yield the patents on record that events of a file speak of."""
    cursor.execute(SPOKEN_OF, values)
    yield from {patent_id for (patent_id,) in cursor.fetchall()}
