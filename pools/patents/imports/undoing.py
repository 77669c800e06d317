"""Taking back what an import brought, but for what others built on it; what another file told as well goes to that."""

from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignKey, ManyToOneRel

from platform_core.access.actors import Actor
from platform_core.exchange.models import Import, ImportState
from platform_core.exchange.registry import Progress
from pools.patents.differences.comparing import compare_patents
from pools.patents.events import patents_changed
from pools.patents.imports.applying import CHANGED, NEW, lock_register, spoken_of
from pools.patents.imports.events import TAKE_IN, TOLD_BY_OTHERS
from pools.patents.imports.fields import OF_BIBLIOGRAPHY, OF_PATENT, kept
from pools.patents.imports.matching import prepare_for_many
from pools.patents.imports.outside import TAKEN, is_outside
from pools.patents.imports.restoring import IS_TAKEN, STANDING, restore
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

_FROM_FILES: Final = (Ownership, Publication, LegalEvent, OutsideRecord)
"""What is on record about a patent with where it is from: a row from elsewhere has the patent stay."""
_RECORDS: Final = (Difference, *_FROM_FILES, Bibliography, PatentWords)
"""What is on record about a patent and goes with it; whatever else refers to it has it stay."""

_SPOKEN_OF_BY_OTHERS: Final = f"""
    SELECT FROM {TABLE} o JOIN {Import._meta.db_table} i ON i.id = o.of_import_id
     WHERE o.patent_id = p.id AND o.patent_id <> o.new_id AND {STANDING} AND {IS_TAKEN}
"""


def undo_rows(found: Import, actor: Actor, progress: Progress) -> dict[str, int]:
    """Take back what an import brought, and return how many patents are gone, as before, and stay.

    Those stay on which others build (an entry in a pool, a right given, a paper), of which people or other files have
    said something, or which were changed since.
    """
    source = Source.objects.filter(of_import=found).first()
    values: dict[str, Any] = {
        "import": found.pk,
        "alliance": found.alliance_id,
        "doubtful": bool(found.choices.get("take_doubtful")),
        "source": None if source is None else str(source.pk),
    }
    with connection.cursor() as cursor:
        prepare_for_many(cursor)
        lock_register(cursor, found, TAKEN if is_outside(found) else f"(({NEW}) OR ({CHANGED}))", values)
        concerned = spoken_of(cursor, values)
        cursor.execute(f"SELECT count(*) FROM {TABLE} s WHERE {NEW}", values)
        [made] = cursor.fetchone()
        # The rows themselves note which of their patents go.
        cursor.execute(
            f"""UPDATE {TABLE} s SET patent_id = p.id FROM patents_patent p
                  LEFT JOIN patents_bibliography b ON b.patent_id = p.id
                 WHERE s.new_id = p.id AND {NEW} AND {_untouched()}""",
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
        changed, restored = restore(cursor, values)
        compare_patents(concerned, clock=actor.clock)
    patents_changed.tell(actor, found.alliance_id, None)
    progress(1, 1)
    return {
        "patents_removed": gone,
        "patents_restored": restored,
        "patents_kept": made - gone + changed - restored,
    }


def _untouched() -> str:
    """Return the SQL condition that all there is of a patent `p` is what the row `s` that made it brought."""
    conditions = [f'p."{field.name}" IS NOT DISTINCT FROM {kept(field, "s")}' for field in OF_PATENT]
    conditions += [f'b."{field.name}" IS NOT DISTINCT FROM {field.of("s")}' for field in OF_BIBLIOGRAPHY]
    conditions += [
        f'NOT EXISTS (SELECT FROM "{model._meta.db_table}" r '
        f"WHERE r.patent_id = p.id AND r.source_id IS DISTINCT FROM %(source)s::uuid)"
        for model in _FROM_FILES
    ]
    conditions += [
        f'NOT EXISTS (SELECT FROM "{table}" r WHERE r."{column}" = p.id)' for table, column in _building_on()
    ]
    conditions += ["p.application = s.application", f"NOT EXISTS ({_SPOKEN_OF_BY_OTHERS})"]
    return " AND ".join(conditions)


def _building_on() -> list[tuple[str, str]]:
    """Return the columns of other tables that refer to patents: whatever has a row there stays."""
    own = {*_RECORDS, ImportedPatent}
    return [
        (relation.related_model._meta.db_table, relation.field.column)
        for relation in Patent._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel)
        and isinstance(relation.field, ForeignKey)
        and relation.related_model not in own
    ]


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
