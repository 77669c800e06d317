"""The three days of a right as a row and the record have them together: taken over only where they can all be true."""

from typing import Final

from pools.patents.imports.fields import CONSISTENT, OF_PATENT, Field
from pools.patents.imports.outside import takes_over
from pools.patents.models.records import Source

DAYS: Final = {field.name: field for field in OF_PATENT if field.name in ("filed_on", "granted_on", "ends_on")}


def in_order(filed: str, granted: str, ends: str) -> str:
    """Return the SQL condition that a right with these days may exist: each is blank or no earlier than the one before.

    It is what the database holds true of every patent.
    """
    return f"(coalesce({granted} >= {filed}, true) AND coalesce({ends} >= {granted}, true))"


def days_fit(kind: Source.Kind, row: str, record: str) -> str:
    """Return the SQL condition that the record's days are in order once a row has brought its own."""
    return in_order(*(_brought(field, kind, row, record) for field in DAYS.values()))


def written(field: Field, kind: Source.Kind, row: str, record: str) -> str:
    """Return the SQL of what a patent on record has of a field once a row has brought its own.

    Days that contradict each other, within the row or with the record, leave the record's as they are.
    """
    brought = _brought(field, kind, row, record)
    if field.name not in DAYS:
        return brought
    return f'CASE WHEN {days_fit(kind, row, record)} THEN {brought} ELSE {record}."{field.name}" END'


def _brought(field: Field, kind: Source.Kind, row: str, record: str) -> str:
    said = takes_over(field, kind, row, record)
    if field.name in CONSISTENT:
        said = f"({said} AND NOT coalesce({CONSISTENT[field.name].format(row=row)}, false))"
    return f'(CASE WHEN {said} THEN {field.of(row)} ELSE {record}."{field.name}" END)'
