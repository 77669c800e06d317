"""What a file says of patents in the name of an office or a docket, kept beside our own record of them."""

from typing import Final

from django.db import connection

from platform_core.exchange.models import Import
from pools.patents.imports.fields import ALL, NEVER_FILLED, OF_PATENT, Field
from pools.patents.models.imports import ImportedPatent, Outcome
from pools.patents.models.records import Source

TABLE: Final = ImportedPatent._meta.db_table
_NOT_COMPARED: Final = ("abstract", "first_claim", "address")
"""Long texts that nobody decides by: they fill what is blank, and that is all."""
_LISTS: Final = ("applicants", "inventors", "agents", "ipc", "cpc", "standards")

TAKEN: Final = f"""s.of_import_id = %(import)s
    AND (s.outcome IN ('{Outcome.NEW}', '{Outcome.CHANGED}', '{Outcome.SAME}')
         OR (s.outcome = '{Outcome.DOUBTFUL}' AND %(doubtful)s))"""
"""Rows that a patent was taken from, or found the same."""


def source_kind(found: Import) -> Source.Kind:
    """Return whose word a file is, as people said; nothing said: our own."""
    return Source.Kind(found.choices.get("source_kind") or Source.Kind.OWN)


def is_outside(found: Import) -> bool:
    """Say whether a file is the word of somebody outside, which never overwrites our own."""
    return source_kind(found) is not Source.Kind.OWN


def takes_over(field: Field, kind: Source.Kind, row: str, kept: str) -> str:
    """Return the SQL condition that what a row says of a field is written to the record kept.

    Our own word always is. That of others is where our record says nothing; what an office calls the status of a right
    is its own word anyway.
    """
    says = f"NOT {field.says_nothing(row)}"
    if kind is Source.Kind.OWN or (kind is Source.Kind.OFFICE and field.name == "office_status"):
        return f"({says})"
    if field.name in NEVER_FILLED:
        return "(false)"
    return f"({says} AND {field.says_nothing(kept)})"


def _told(field: Field) -> str:
    value = field.of("s")
    if field.name in _LISTS:
        value = f"to_jsonb({value})"
    elif field.name == "priorities":
        value = f"(SELECT jsonb_agg(concat_ws(' ', told ->> 0, told ->> 1)) FROM jsonb_array_elements({value}) told)"
    else:
        value = f"jsonb_build_array({value}::text)"
    return f"'{field.name}', CASE WHEN NOT {field.says_nothing('s')} THEN {value} END"


_VALUES: Final = ", ".join(_told(field) for field in ALL if field.name not in _NOT_COMPARED)
# Most tables name whoever owns a patent now in the column of applicants, and nowhere else.
_OWNERS: Final = """'owners', CASE WHEN cardinality(s.owners) > 0 THEN to_jsonb(s.owners)
    WHEN cardinality(s.applicants) > 0 THEN to_jsonb(s.applicants) END"""

OUTSIDE_RECORDS: Final = f"""
    INSERT INTO patents_outsiderecord (id, patent_id, source_id, values)
    SELECT gen_random_uuid(), coalesce(s.patent_id, s.new_id), %(source)s,
           jsonb_strip_nulls(jsonb_build_object({_VALUES}, {_OWNERS}))
      FROM {TABLE} s WHERE {TAKEN}
    ON CONFLICT (patent_id, source_id) DO NOTHING
"""

_CONTRADICTS: Final = " OR ".join(
    f"(NOT {field.says_nothing(kept)} AND {field.differs('s', kept)})"
    for kept, fields in (("p", OF_PATENT), ("b", tuple(one for one in ALL if one not in OF_PATENT)))
    for field in fields
    if field.name not in (*_NOT_COMPARED, "office_status")
)
_CONTRADICTING: Final = f"""
    SELECT count(*) FROM {TABLE} s JOIN patents_patent p ON p.id = s.patent_id
      LEFT JOIN patents_bibliography b ON b.patent_id = p.id
     WHERE {TAKEN} AND ({_CONTRADICTS})
"""


def contradictions(found: Import) -> int:
    """Return how many rows of somebody outside say otherwise than our record; our own say what it is to say."""
    if not is_outside(found):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_CONTRADICTING, {"import": found.pk, "doubtful": bool(found.choices.get("take_doubtful"))})
        [count] = cursor.fetchone()
    return int(count)
