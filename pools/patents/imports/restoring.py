"""Giving patents back what they had before an import, where nobody has changed it since."""

from typing import Any, Final

from django.db.backends.utils import CursorWrapper

from platform_core.exchange.models import Import, ImportState
from pools.patents.imports.applying import CHANGED
from pools.patents.imports.days import DAYS, in_order
from pools.patents.imports.fields import OF_BIBLIOGRAPHY, OF_PATENT, Field
from pools.patents.imports.staging import TABLE
from pools.patents.models import Source
from pools.patents.models.imports import Outcome

STANDING: Final = f"""i.alliance_id = %(alliance)s AND i.state = '{ImportState.APPLIED}' AND i.id <> %(import)s"""
"""What makes another import `i` one whose word counts."""
IS_TAKEN: Final = f"""(o.outcome IN ('{Outcome.NEW}', '{Outcome.CHANGED}', '{Outcome.SAME}')
    OR (o.outcome = '{Outcome.DOUBTFUL}' AND coalesce((i.choices ->> 'take_doubtful')::boolean, false)))"""
"""Whether a row `o` of such an import was taken, or found the same."""
_PASS_ON_PUBLICATIONS: Final = f"""
    UPDATE patents_publication d SET source_id = told.source_id
      FROM (SELECT DISTINCT ON (1, 2) coalesce(o.patent_id, o.new_id) AS patent_id, part.publication,
                   f.id AS source_id
              FROM {TABLE} o JOIN {TABLE} part ON part.of_import_id = o.of_import_id AND part.new_id = o.new_id
              JOIN {Import._meta.db_table} i ON i.id = o.of_import_id
              JOIN {Source._meta.db_table} f ON f.of_import_id = i.id
             WHERE {STANDING} AND {IS_TAKEN} AND part.publication <> '' AND part.outcome <> '{Outcome.REFUSED}'
             ORDER BY 1, 2, i.applied_at, i.id) told
     WHERE d.source_id = %(source)s::uuid AND d.patent_id = told.patent_id AND d.number = told.publication
"""
_DROP_PUBLICATIONS: Final = f"""
    DELETE FROM patents_publication d USING {TABLE} s
     WHERE {CHANGED} AND d.patent_id = s.patent_id AND d.source_id = %(source)s::uuid
"""


_HAS_APPLICATION: Final = "{record}.application = s.application"
_APPLICATION: Final = {
    "application": "s.changes -> 'application' ->> 0",
    "application_key": "''",
}
"""What a patent without a readable application number had before a file brought one."""


def restore(cursor: CursorWrapper, values: dict[str, Any]) -> tuple[int, int]:
    """Give patents back what they had, field by field, where they still have what the import gave them.

    What a later file found is by now what was before this one, so that taking that back does not bring this one's word
    back. Returns of how many patents something had been changed, and how many of them have all of it back.
    """
    is_whole = [f"({still})" for still in (*_still(OF_PATENT, "p"), *_still(OF_BIBLIOGRAPHY, "b"))]
    is_whole += [f"(NOT s.changes ? 'application' OR {_HAS_APPLICATION.format(record='p')})", _days_fit("p")]
    cursor.execute(
        f"""SELECT count(*), count(*) FILTER (WHERE {" AND ".join(is_whole)}) FROM {TABLE} s
              JOIN patents_patent p ON p.id = s.patent_id JOIN patents_bibliography b ON b.patent_id = p.id
             WHERE {CHANGED}""",
        values,
    )
    changed, restored = cursor.fetchone()
    cursor.execute(_HANDED_DOWN, values)
    of_patent = [f'"{field.name}" = {_back(field, "t")}' for field in OF_PATENT]
    of_patent += [
        f"{name} = CASE WHEN s.changes ? 'application' AND {_HAS_APPLICATION.format(record='t')} THEN {before} "
        f"ELSE t.{name} END"
        for name, before in _APPLICATION.items()
    ]
    of_bibliography = [f'"{field.name}" = {_back(field, "t")}' for field in OF_BIBLIOGRAPHY]
    of_bibliography.append(f"sources = {_sources_before('t.sources')}")
    for table, key, settings in (
        ("patents_patent", "id", of_patent),
        ("patents_bibliography", "patent_id", of_bibliography),
    ):
        cursor.execute(
            f"UPDATE {table} t SET {', '.join(settings)} FROM {TABLE} s WHERE s.patent_id = t.{key} AND {CHANGED}",
            values,
        )
    cursor.execute(_PASS_ON_PUBLICATIONS, values)
    cursor.execute(_DROP_PUBLICATIONS, values)
    return changed, restored


_SOURCES_OF_OTHER: Final = "coalesce(o.changes -> 'sources' -> 0, '{}'::jsonb)"


def _still(fields: tuple[Field, ...], record: str) -> list[str]:
    """Return the SQL conditions that a record has what a row gave it, one for each field."""
    return [
        f"NOT s.changes ? '{field.name}' OR {record}.\"{field.name}\" IS NOT DISTINCT FROM {field.of('s')}"
        for field in fields
    ]


def _before(field: Field, record: str) -> str:
    """Return the SQL of what a record had of a field before the import, which may be what it has."""
    told = f"jsonb_build_object('{field.name}', s.changes -> '{field.name}' -> 0)"
    before = f'(jsonb_populate_record({record}, {told}))."{field.name}"'
    is_ours = f"s.changes ? '{field.name}' AND {record}.\"{field.name}\" IS NOT DISTINCT FROM {field.of('s')}"
    return f'CASE WHEN {is_ours} THEN {before} ELSE {record}."{field.name}" END'


def _back(field: Field, record: str) -> str:
    """Return the SQL of what a record gets back of a field; no day that could not be true with those that stay."""
    before = _before(field, record)
    if field.name not in DAYS:
        return before
    return f'CASE WHEN {_days_fit(record)} THEN {before} ELSE {record}."{field.name}" END'


def _days_fit(record: str) -> str:
    return in_order(*(_before(field, record) for field in DAYS.values()))


def _sources_before(told: str) -> str:
    """Return the SQL of where fields are from: those the import gave, from where they were before, if known."""
    return f"""(
        SELECT coalesce(jsonb_object_agg(field.name, field.source), '{{}}'::jsonb)
          FROM (SELECT key AS name, CASE WHEN value = to_jsonb(%(source)s::text)
                                         THEN s.changes -> 'sources' -> 0 -> key ELSE value END AS source
                  FROM jsonb_each({told})) field
         WHERE field.source IS NOT NULL)"""


def _handed_down() -> str:
    """Return the SQL that has rows of later files know what was before the import, where they know its word."""
    fields = ", ".join(
        f"'{field.name}', CASE WHEN s.changes ? '{field.name}' "
        f"AND o.changes -> '{field.name}' -> 0 = to_jsonb({field.of('s')}) THEN s.changes -> '{field.name}' END"
        for field in (*OF_PATENT, *OF_BIBLIOGRAPHY)
    )
    sources = f"jsonb_build_array({_sources_before(_SOURCES_OF_OTHER)})"
    return f"""
        UPDATE {TABLE} o
           SET changes = o.changes || jsonb_strip_nulls(jsonb_build_object({fields}, 'sources', {sources}))
          FROM {TABLE} s, {Import._meta.db_table} i
         WHERE {CHANGED} AND o.patent_id = s.patent_id AND o.patent_id <> o.new_id AND o.changes IS NOT NULL
           AND i.id = o.of_import_id AND {STANDING}
    """


_HANDED_DOWN: Final = _handed_down()
