"""Taking the rows of an import in, all at once."""

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from platform_core.access.actors import Actor
from platform_core.checks import told_as
from platform_core.exchange.models import Import
from platform_core.exchange.registry import Progress
from platform_core.identity.models import Organisation
from platform_core.identity.ties import organisations_for_office
from platform_core.problems import Conflict, Problem
from pools.patents.differences.comparing import compare_patents
from pools.patents.events import patents_changed
from pools.patents.imports.days import written
from pools.patents.imports.events import SPOKEN_OF, TAKE_IN, patents_spoken_of
from pools.patents.imports.fields import ALL, CONSISTENT, OF_BIBLIOGRAPHY, OF_PATENT, Field, kept
from pools.patents.imports.matching import prepare_for_many, register_has_changed
from pools.patents.imports.outside import OUTSIDE_RECORDS, TAKEN, is_outside, source_kind
from pools.patents.imports.staging import TABLE
from pools.patents.keys import READING
from pools.patents.models import (
    Bibliography,
    Difference,
    LegalEvent,
    OutsideRecord,
    Source,
)
from pools.patents.models.imports import Outcome

# A row is taken if it is new or changed; one in doubt only if people said so.
NEW: Final = f"""s.of_import_id = %(import)s AND s.patent_id IS NULL
    AND (s.outcome = '{Outcome.NEW}' OR (s.outcome = '{Outcome.DOUBTFUL}' AND %(doubtful)s))"""
CHANGED: Final = f"""s.of_import_id = %(import)s AND s.patent_id IS NOT NULL
    AND s.patent_id <> s.new_id
    AND (s.outcome = '{Outcome.CHANGED}' OR (s.outcome = '{Outcome.DOUBTFUL}' AND %(doubtful)s))"""

_CODE: Final = "left(coalesce(nullif(s.family, ''), nullif(s.publication, ''), s.application), 200)"
_FAMILIES: Final = f"""
    INSERT INTO patents_patentfamily (id, alliance_id, code)
    SELECT (array_agg(s.new_id ORDER BY s.line, s.id))[1], %(alliance)s, {_CODE}
      FROM {TABLE} s WHERE {NEW} GROUP BY {_CODE}
    ON CONFLICT (alliance_id, code) DO NOTHING
"""
_PATENTS: Final = f"""
    INSERT INTO patents_patent (id, alliance_id, family_id, publication, publication_key, application, application_key,
                                numbers_read, country, {{names}})
    SELECT s.new_id, %(alliance)s, f.id, coalesce(nullif(s.publication, ''), s.application), s.publication_key,
           s.application, s.application_key, {READING}, s.country, {{values}}
      FROM {TABLE} s JOIN patents_patentfamily f ON f.alliance_id = %(alliance)s AND f.code = {_CODE}
     WHERE {NEW}
"""
_BIBLIOGRAPHIES: Final = f"""
    INSERT INTO patents_bibliography (id, patent_id, {{names}}, sources)
    SELECT s.new_id, s.new_id, {{values}}, {{sources}}
      FROM {TABLE} s WHERE {NEW}
"""
_PUBLICATIONS: Final = f"""
    INSERT INTO patents_publication (id, patent_id, number, key, published_on, source_id)
    SELECT gen_random_uuid(), taken.patent_id, taken.publication, taken.publication_key, min(taken.published_on),
           %(source)s::uuid
      FROM (SELECT coalesce(m.patent_id, m.new_id) AS patent_id, d.publication, d.publication_key, d.published_on
              FROM {TABLE} d JOIN {TABLE} m ON m.of_import_id = d.of_import_id AND m.new_id = d.new_id
                   AND m.outcome <> '{Outcome.PART}'
             WHERE d.of_import_id = %(import)s AND d.publication <> '' AND d.outcome <> '{Outcome.REFUSED}'
               AND (m.outcome IN ('{Outcome.NEW}', '{Outcome.CHANGED}')
                    OR (m.outcome = '{Outcome.DOUBTFUL}' AND %(doubtful)s))) taken
     GROUP BY taken.patent_id, taken.publication, taken.publication_key
    ON CONFLICT (patent_id, number) DO NOTHING
"""
_OWNERS: Final = f"""
    INSERT INTO patents_ownership (id, patent_id, alliance_id, owner_id, source_id)
    SELECT DISTINCT ON (s.new_id, o.owner_id) gen_random_uuid(), s.new_id, %(alliance)s, o.owner_id, %(source)s::uuid
      FROM {TABLE} s
      JOIN LATERAL (SELECT n.owner_id FROM unnest(s.owners || s.applicants) AS told (name)
                      JOIN unnest(%(names)s::text[], %(owners)s::uuid[]) AS n (name, owner_id) ON n.name = told.name
                     WHERE cardinality(s.owners) = 0 OR told.name = ANY (s.owners)) o ON true
     WHERE {NEW}
"""
_OWNER_OF_ALL: Final = f"""
    INSERT INTO patents_ownership (id, patent_id, alliance_id, owner_id, source_id)
    SELECT gen_random_uuid(), s.new_id, %(alliance)s, %(owner)s, %(source)s::uuid FROM {TABLE} s WHERE {NEW}
"""

_BEFORE: Final = f"""
    UPDATE {TABLE} s SET changes = {{before}}
      FROM patents_patent p LEFT JOIN patents_bibliography b ON b.patent_id = p.id
     WHERE s.patent_id = p.id AND {CHANGED}
"""
_NO_BIBLIOGRAPHY: Final = f"""
    SELECT s.patent_id FROM {TABLE} s
     WHERE {CHANGED} AND NOT EXISTS (SELECT FROM patents_bibliography b WHERE b.patent_id = s.patent_id)
"""
_CHANGE: Final = f"""
    UPDATE {{table}} t SET {{settings}} FROM {TABLE} s {{beside}} WHERE s.patent_id = t.{{key}} AND {CHANGED}
"""


_MOST_UNKNOWN: Final = 50
"""Names that nobody here has, told of a file; the rest are behind them in number."""
_BATCH: Final = 5_000

READ_AGAIN: Final = (
    "Patents of this file were put on the register, or taken off it, after the file was read: have it read again."
)
_PROBLEMS: Final[dict[str, Problem]] = dict.fromkeys(
    (
        "patent_publication_once_in_country",
        "patent_application_once_in_country",
        "patent_granted_no_earlier_than_filed",
        "patent_ends_no_earlier_than_granted",
    ),
    Conflict(READ_AGAIN),
)
"""What others wrote between the look at the register and the writing."""


def apply_rows(found: Import, actor: Actor, progress: Progress) -> dict[str, int]:
    """Take the rows of an import in, and return how many patents were made and changed."""
    kind = source_kind(found)
    source = Source.objects.create(
        alliance_id=found.alliance_id,
        organisation_id=found.organisation_id,
        kind=kind,
        name=found.file_name[:200],
        read_at=actor.clock.now(),
        of_import=found,
    )
    values = _values(found, source)
    owner = found.choices.get("owner_id")
    statements = [
        _BEFORE.format(before=_before(kind)),
        *_changes(kind),
        _FAMILIES,
        _PATENTS.format(names=_names(OF_PATENT), values=", ".join(kept(field, "s") for field in OF_PATENT)),
        _BIBLIOGRAPHIES.format(
            names=_names(OF_BIBLIOGRAPHY),
            values=", ".join(field.of("s") for field in OF_BIBLIOGRAPHY),
            sources=_sources("'{}'::jsonb", of_new=True),
        ),
        _PUBLICATIONS,
        _OWNER_OF_ALL if owner else _OWNERS,
        *([OUTSIDE_RECORDS] if is_outside(found) else []),
    ]
    with connection.cursor() as cursor, told_as(_PROBLEMS):
        prepare_for_many(cursor)
        lock_register(cursor, found, TAKEN if is_outside(found) else CHANGED, values)
        if register_has_changed(cursor, found):
            raise Conflict(READ_AGAIN)
        cursor.execute(_NO_BIBLIOGRAPHY, values)
        Bibliography.objects.bulk_create(
            (Bibliography(patent_id=patent_id) for (patent_id,) in cursor.fetchall()), batch_size=_BATCH
        )
        for step, statement in enumerate(statements):
            progress(step, len(statements))
            cursor.execute(statement, values)
        cursor.execute(f"SELECT count(*) FROM {TABLE} s WHERE {NEW}", values)
        [made] = cursor.fetchone()
        cursor.execute(f"SELECT count(*) FROM {TABLE} s WHERE {CHANGED}", values)
        [changed] = cursor.fetchone()
        cursor.execute(TAKE_IN, values)
        events = cursor.rowcount
        differing = compare_patents(spoken_of(cursor, values), clock=actor.clock)
    patents_changed.tell(actor, found.alliance_id, None)
    progress(len(statements), len(statements))
    return {
        "patents_made": made,
        "patents_changed": changed,
        "legal_events": events,
        "open_differences": differing,
    }


def lock_register(cursor: CursorWrapper, found: Import, rows: str, values: Mapping[str, Any]) -> None:
    """Let one import at a time change an alliance's register, and nobody else the patents that rows speak of."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"patents of {found.alliance_id}"])
    cursor.execute(
        f"""SELECT FROM patents_patent p
             WHERE p.id IN (SELECT coalesce(s.patent_id, s.new_id) FROM {TABLE} s WHERE {rows} UNION ({SPOKEN_OF}))
             ORDER BY p.id FOR UPDATE""",
        values,
    )


def spoken_of(cursor: CursorWrapper, values: dict[str, Any]) -> set[UUID]:
    """Return the patents of an import of which others say something, now or by its events: most are none of them."""
    by_others = " OR ".join(
        f'EXISTS (SELECT FROM "{model._meta.db_table}" o WHERE o.patent_id = t.id)'
        for model in (OutsideRecord, LegalEvent, Difference)
    )
    cursor.execute(
        f"""SELECT t.id FROM (SELECT coalesce(s.patent_id, s.new_id) AS id FROM {TABLE} s WHERE {TAKEN}) t
             WHERE {by_others}""",
        values,
    )
    return {patent_id for (patent_id,) in cursor.fetchall()} | set(patents_spoken_of(cursor, values))


def _values(found: Import, source: Source) -> dict[str, Any]:
    values = {
        "import": found.pk,
        "alliance": found.alliance_id,
        "doubtful": bool(found.choices.get("take_doubtful")),
        "source": str(source.pk),
    }
    if owner := found.choices.get("owner_id"):
        return {**values, "owner": owner}
    owners = owners_named(found)
    return {**values, "names": list(owners), "owners": list(owners.values())}


def owners_named(found: Import) -> dict[str, UUID]:
    """Return the organisation of each name of an owner or applicant: as people said, otherwise of that very name.

    Only those are found that the alliance's office sees: others are none that it could name.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT told.name FROM {TABLE} s, unnest(s.owners || s.applicants) AS told (name)
                 WHERE s.of_import_id = %s""",
            [found.pk],
        )
        names = [name for (name,) in cursor.fetchall()]
    chosen = {name: UUID(value) for name, value in (found.choices.get("owners") or {}).items()}
    known: dict[str, UUID] = {}
    for column in ("name_en", "name_zh"):
        organisations = Organisation.objects.filter(
            organisations_for_office(found.alliance_id), merged_into__isnull=True, **{f"{column}__in": names}
        )
        known |= dict(organisations.values_list(column, "pk"))
    return {name: chosen.get(name) or known[name] for name in names if name in chosen or name in known}


def owners_unknown(found: Import, known: Mapping[str, UUID]) -> dict[str, Any]:
    """Return how many new patents would have no owner on record, and the names that most of them have."""
    if found.choices.get("owner_id"):
        return {"patents_without_owner": 0, "owners_unknown": []}
    rows = f"""SELECT s.id, told.name FROM {TABLE} s
                 LEFT JOIN LATERAL unnest(CASE WHEN cardinality(s.owners) = 0 THEN s.applicants ELSE s.owners END)
                      AS told (name) ON true
                WHERE {NEW}"""
    values: dict[str, Any] = {
        "import": found.pk,
        "doubtful": bool(found.choices.get("take_doubtful")),
        "known": list(known),
        "most": _MOST_UNKNOWN,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH told AS MATERIALIZED ({rows}),
                     ownerless AS (SELECT id FROM told GROUP BY id
                                   HAVING NOT coalesce(bool_or(name = ANY (%(known)s)), false))
                SELECT (SELECT count(*) FROM ownerless),
                       (SELECT coalesce(jsonb_agg(jsonb_build_array(name, count) ORDER BY count DESC, name), '[]')
                          FROM (SELECT name, count(*) FROM told JOIN ownerless USING (id) WHERE name IS NOT NULL
                                 GROUP BY name ORDER BY 2 DESC, 1 LIMIT %(most)s) counted)""",
            values,
        )
        without, names = cursor.fetchone()
    names = json.loads(names) if isinstance(names, str) else names
    return {"patents_without_owner": without, "owners_unknown": names}


def _names(fields: tuple[Field, ...]) -> str:
    return ", ".join(f'"{field.name}"' for field in fields)


def _sources(base: str, kind: Source.Kind = Source.Kind.OWN, *, of_new: bool = False) -> str:
    """Return the SQL of where each field is from: what only fills blanks is the source of what it changed alone.

    Our own word is the source of what it only confirms as well; of days that it brought in vain, it is none.
    """
    told = []
    for field in ALL:
        if kind is not Source.Kind.OWN:
            says = f"s.changes ? '{field.name}'"
        elif of_new and field.name in CONSISTENT:
            says = f"({kept(field, 's')}) IS NOT NULL"
        elif not of_new and field in OF_PATENT:
            says = f'(NOT {field.says_nothing("s")} AND p."{field.name}" IS NOT DISTINCT FROM {field.of("s")})'
        else:
            says = f"NOT {field.says_nothing('s')}"
        told.append(f"'{field.name}', CASE WHEN {says} THEN %(source)s END")
    return f"{base} || jsonb_strip_nulls(jsonb_build_object({', '.join(told)}))"


def _before(kind: Source.Kind) -> str:
    """Return the SQL of what a patent has now of each field that a row changes, and of where its fields are from."""
    rows = (("p", OF_PATENT), ("b", OF_BIBLIOGRAPHY))
    parts = [
        f"'{field.name}', CASE WHEN {written(field, kind, 's', row)} IS DISTINCT FROM {row}.\"{field.name}\" "
        f'THEN jsonb_build_array({row}."{field.name}") END'
        for row, fields in rows
        for field in fields
    ]
    parts.append("'sources', jsonb_build_array(b.sources)")
    parts.append(
        "'application', CASE WHEN p.application_key = '' AND s.application_key <> '' "
        "THEN jsonb_build_array(p.application) END"
    )
    return f"jsonb_strip_nulls(jsonb_build_object({', '.join(parts)}))"


def _changes(kind: Source.Kind) -> list[str]:
    """Return the SQL that brings what rows say to the patents they speak of."""
    of_patent = [f'"{field.name}" = {written(field, kind, "s", "t")}' for field in OF_PATENT]
    of_patent += [
        f"{name} = CASE WHEN t.application_key = '' AND s.application_key <> '' THEN s.{name} ELSE t.{name} END"
        for name in ("application", "application_key")
    ]
    of_bibliography = [f'"{field.name}" = {written(field, kind, "s", "t")}' for field in OF_BIBLIOGRAPHY]
    of_bibliography.append(f"sources = {_sources('t.sources', kind)}")
    return [
        _CHANGE.format(table="patents_patent", key="id", settings=", ".join(of_patent), beside=""),
        _CHANGE.format(
            table="patents_bibliography",
            key="patent_id",
            settings=", ".join(of_bibliography),
            beside="JOIN patents_patent p ON p.id = s.patent_id",
        ),
    ]
