"""Taking back what an import brought, but for what others built on it; events that another file told go to that."""

from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignKey, OneToOneField

from platform_core.access.actors import Actor
from platform_core.exchange.models import Import, ImportState
from platform_core.exchange.registry import Progress
from pools.patents.differences.comparing import compare_patents
from pools.patents.events import patents_changed
from pools.patents.imports.applying import CHANGED, NEW, lock_register, spoken_of
from pools.patents.imports.events import TAKE_IN, TOLD_BY_OTHERS
from pools.patents.imports.fields import OF_BIBLIOGRAPHY, OF_PATENT, Field, kept
from pools.patents.imports.matching import prepare_for_many
from pools.patents.imports.outside import TAKEN, is_outside
from pools.patents.imports.staging import TABLE
from pools.patents.models import (
    Bibliography,
    Difference,
    LegalEvent,
    OutsideRecord,
    Ownership,
    Patent,
    PatentWords,
    Publication,
    Source,
)
from pools.patents.models.imports import ImportedPatent

# Fields whose source is the import have the one they had before, if they had any.
_SOURCES_BEFORE: Final = """(
    SELECT coalesce(jsonb_object_agg(told.name, told.source), '{}'::jsonb)
      FROM (SELECT key AS name, CASE WHEN value = to_jsonb(%(source)s::text) THEN s.changes -> 'sources' -> 0 -> key
                                     ELSE value END AS source
              FROM jsonb_each(t.sources)) told
     WHERE told.source IS NOT NULL)"""
_APPLICATION: Final = {
    "application": "s.changes -> 'application' ->> 0",
    "application_key": "''",
}
"""What a patent without a readable application number had before a file brought one."""

_RECORDS: Final = (Difference, OutsideRecord, LegalEvent, Ownership, Publication, Bibliography, PatentWords)
"""What is on record about a patent and goes with it; whatever else refers to it has it stay."""


def undo_rows(found: Import, actor: Actor, progress: Progress) -> dict[str, int]:
    """Take back what an import brought, and return how many patents are gone, as before, and stay.

    Those stay on which others build (an entry in a pool, a right given, a paper), or which were changed since.
    """
    source = Source.objects.filter(of_import=found).first()
    values: dict[str, Any] = {
        "import": found.pk,
        "alliance": found.alliance_id,
        "doubtful": bool(found.choices.get("take_doubtful")),
        "source": None if source is None else str(source.pk),
    }
    same = " AND ".join(f'p."{field.name}" IS NOT DISTINCT FROM {kept(field, "s")}' for field in OF_PATENT)
    free = " AND ".join(
        f'NOT EXISTS (SELECT FROM "{table}" r WHERE r."{column}" = p.id)' for table, column in _building_on()
    )
    with connection.cursor() as cursor:
        prepare_for_many(cursor)
        lock_register(cursor, found, TAKEN if is_outside(found) else f"(({NEW}) OR ({CHANGED}))", values)
        concerned = spoken_of(cursor, values)
        cursor.execute(f"SELECT count(*) FROM {TABLE} s WHERE {NEW}", values)
        [made] = cursor.fetchone()
        # The rows themselves note which of their patents go.
        cursor.execute(
            f"""UPDATE {TABLE} s SET patent_id = p.id FROM patents_patent p
                 WHERE s.new_id = p.id AND {NEW} AND {same} AND {free}""",
            values,
        )
        gone = cursor.rowcount
        going = f"(SELECT s.new_id FROM {TABLE} s WHERE s.of_import_id = %(import)s AND s.patent_id = s.new_id)"
        for model in _RECORDS:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE patent_id IN {going}', values)
        if source is not None:
            LegalEvent.objects.filter(source=source).delete()
            OutsideRecord.objects.filter(source=source).delete()
            _take_in_what_others_told(cursor, values)
        cursor.execute(f"DELETE FROM patents_patent WHERE id IN {going}", values)
        restored = _restore(cursor, values)
        cursor.execute(f"SELECT count(*) FROM {TABLE} s WHERE {CHANGED}", values)
        [changed] = cursor.fetchone()
        compare_patents(concerned, clock=actor.clock)
    patents_changed.tell(actor, found.alliance_id, None)
    progress(1, 1)
    return {
        "patents_removed": gone,
        "patents_restored": len(restored),
        "patents_kept": made - gone + changed - len(restored),
    }


def _take_in_what_others_told(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    """Give events that another file told as well to that file: it found them on record when it was taken in."""
    cursor.execute(TOLD_BY_OTHERS, values)
    others = Import.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()], state=ImportState.APPLIED)
    for other in others.select_related("patent_source").order_by("applied_at", "pk"):
        cursor.execute(
            TAKE_IN,
            {
                "import": other.pk,
                "alliance": other.alliance_id,
                "doubtful": bool(other.choices.get("take_doubtful")),
                "source": str(other.patent_source.pk),
            },
        )


def _restore(cursor: CursorWrapper, values: dict[str, Any]) -> set[UUID]:
    """Give patents back what they had, where they still have what the import gave them; return those patents."""
    restored: set[UUID] = set()
    for table, key, fields in (
        ("patents_patent", "id", OF_PATENT),
        ("patents_bibliography", "patent_id", OF_BIBLIOGRAPHY),
    ):
        settings = [f'"{field.name}" = {_was(field)}' for field in fields]
        still = [
            f"(NOT s.changes ? '{field.name}' OR t.\"{field.name}\" IS NOT DISTINCT FROM {field.of('s')})"
            for field in fields
        ]
        if fields is OF_BIBLIOGRAPHY:
            settings.append(f"sources = {_SOURCES_BEFORE}")
        else:
            settings += [
                f"{name} = CASE WHEN s.changes ? 'application' THEN {before} ELSE t.{name} END"
                for name, before in _APPLICATION.items()
            ]
            still.append("(NOT s.changes ? 'application' OR t.application = s.application)")
        cursor.execute(
            f"""UPDATE {table} t SET {", ".join(settings)} FROM {TABLE} s
                 WHERE s.patent_id = t.{key} AND {CHANGED} AND {" AND ".join(still)}
             RETURNING s.patent_id""",
            values,
        )
        restored = {patent_id for (patent_id,) in cursor.fetchall()}
    cursor.execute(
        "DELETE FROM patents_publication WHERE patent_id = ANY (%(restored)s) AND source_id = %(source)s::uuid",
        {**values, "restored": list(restored)},
    )
    return restored


def _was(field: Field) -> str:
    """Return the SQL of what a row `t` had of a field before the import, which may be what it has."""
    told = f"jsonb_build_object('{field.name}', s.changes -> '{field.name}' -> 0)"
    record = f'(jsonb_populate_record(t, {told}))."{field.name}"'
    return f"CASE WHEN s.changes ? '{field.name}' THEN {record} ELSE t.\"{field.name}\" END"


def _building_on() -> list[tuple[str, str]]:
    """Return the columns of other tables that refer to patents: whatever has a row there stays."""
    own = {*_RECORDS, ImportedPatent}
    found = []
    for relation in Patent._meta.related_objects:
        field = relation.field
        if relation.related_model not in own and isinstance(field, (ForeignKey, OneToOneField)):
            found.append((relation.related_model._meta.db_table, field.column))
    return found
