"""Finding the right that each row speaks of, within the file and on record, and what the row would do."""

from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from platform_core.exchange.models import Import
from pools.patents.formats import Doubt
from pools.patents.imports.days import days_fit
from pools.patents.imports.fields import OF_BIBLIOGRAPHY, OF_PATENT
from pools.patents.imports.outside import is_outside
from pools.patents.imports.staging import TABLE
from pools.patents.models.imports import Outcome
from pools.patents.models.records import Source

_VALUE: Final = "%%s"
"""Where the database puts a value into a sentence."""


def _told(problem: Doubt, value: str) -> str:
    """Return the SQL of a problem of a row, with a value in its sentence."""
    detail = f"format('{problem.detail}', {value})"
    return f"jsonb_build_object('field', '{problem.field}', 'code', '{problem.code}', 'detail', {detail})"


_APPLICATIONS: Final = f"""
    UPDATE {TABLE} s SET application_key = o.application_key, application = o.application
      FROM (SELECT publication_key, country, min(application_key) AS application_key, min(application) AS application
              FROM {TABLE}
             WHERE of_import_id = %(import)s AND application_key <> '' AND publication_key <> ''
             GROUP BY publication_key, country HAVING count(DISTINCT application_key) = 1) o
     WHERE s.of_import_id = %(import)s AND s.application_key = ''
       AND s.publication_key = o.publication_key AND s.country = o.country
"""
"""What one row says of a publication's application counts for the other rows of the same publication."""

_PARTS_OF: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.PART}', new_id = r.main_id, patent_id = NULL
      FROM (SELECT id, row_number() OVER same AS place, first_value(new_id) OVER same AS main_id
              FROM {TABLE}
             WHERE of_import_id = %(import)s AND outcome NOT IN ('{Outcome.REFUSED}', '{Outcome.PART}') AND {{given}}
            WINDOW same AS (PARTITION BY {{same}}
                                ORDER BY granted_on IS NULL, published_on DESC NULLS LAST, line, id)) r
     WHERE s.id = r.id AND r.place > 1
"""
_PARTS: Final = _PARTS_OF.format(given="true", same="country, coalesce(nullif(application_key, ''), publication_key)")
_PARTS_ON_RECORD: Final = _PARTS_OF.format(
    given=f"patent_id IS NOT NULL AND outcome = '{Outcome.NEW}'", same="patent_id"
)
"""Of several rows of one right the one of the grant, or the latest, is its row; the others are publications of it."""

_REFUSE_AGAIN: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.REFUSED}', patent_id = NULL,
           problems = jsonb_build_array({{problem}}) || problems
      FROM (SELECT id, row_number() OVER same AS place, first_value(line) OVER same AS line
              FROM {TABLE}
             WHERE of_import_id = %(import)s AND outcome NOT IN ('{Outcome.REFUSED}', '{Outcome.PART}') AND {{given}}
            WINDOW same AS (PARTITION BY {{same}} ORDER BY outcome = '{Outcome.DOUBTFUL}', line, id)) r
     WHERE s.id = r.id AND r.place > 1
"""
_PUBLISHED_TWICE: Final = _REFUSE_AGAIN.format(
    problem=_told(
        Doubt("application", "application_differs", f"Line {_VALUE} has another application for the same publication."),
        "r.line",
    ),
    given="publication <> ''",
    same="country, publication",
)
_PATENT_TWICE: Final = _REFUSE_AGAIN.format(
    problem=_told(
        Doubt("publication", "patent_twice", f"Line {_VALUE} speaks of the same patent on record, and says otherwise."),
        "r.line",
    ),
    given="patent_id IS NOT NULL",
    same="patent_id",
)
"""Rows that cannot both be true of one patent: the first that is not doubtful counts."""

_SAME_RIGHT: Final = (
    ("patents_patent p", "p.application_key = s.application_key AND s.application_key <> ''"),
    ("patents_patent p", "p.publication_key = s.publication_key AND s.publication_key <> ''"),
    (
        "patents_publication d JOIN patents_patent p ON p.id = d.patent_id",
        "d.key = s.publication_key AND s.publication_key <> ''",
    ),
)
"""Where the right of a row is looked for, and by what it is known; the first that is found counts."""

_OF_ALLIANCE: Final = "p.alliance_id = %(alliance)s AND p.country = s.country"
_MATCHES: Final = tuple(
    f"""UPDATE {TABLE} s SET patent_id = p.id
          FROM {where}
         WHERE s.of_import_id = %(import)s AND s.patent_id IS NULL
           AND s.outcome NOT IN ('{Outcome.REFUSED}', '{Outcome.PART}')
           AND {_OF_ALLIANCE} AND {known_by}"""
    for where, known_by in _SAME_RIGHT
)
_HAS_CHANGED: Final = "SELECT " + " OR ".join(
    [
        *(
            f"""EXISTS (SELECT FROM {TABLE} s JOIN {where} ON {_OF_ALLIANCE} AND {known_by}
                 WHERE s.of_import_id = %(import)s AND s.patent_id IS NULL
                   AND s.outcome NOT IN ('{Outcome.REFUSED}', '{Outcome.PART}'))"""
            for where, known_by in _SAME_RIGHT
        ),
        f"""EXISTS (SELECT FROM {TABLE} s
             WHERE s.of_import_id = %(import)s AND s.patent_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM patents_patent p WHERE p.id = s.patent_id))""",
    ]
)
"""Whether rows would find other patents now than when the file was read."""

_CONTRADICTED: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.DOUBTFUL}',
           problems = problems || jsonb_build_array({
    _told(
        Doubt("application", "applications_differ", f"On record the publication has another application: {_VALUE}."),
        "p.application",
    )
})
      FROM patents_patent p
     WHERE s.of_import_id = %(import)s AND s.patent_id = p.id AND s.application_key <> ''
       AND p.application_key <> '' AND p.application_key <> s.application_key
"""

_DAYS_CONTRADICTED: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.DOUBTFUL}',
           problems = problems || jsonb_build_array({
    _told(
        Doubt(
            "filed_on",
            "days_contradict_record",
            f"The days cannot all be true with those on record ({_VALUE}), which would stay.",
        ),
        "concat_ws(', ', p.filed_on, p.granted_on, p.ends_on)",
    )
})
      FROM patents_patent p
     WHERE s.of_import_id = %(import)s AND s.patent_id = p.id AND s.outcome <> '{Outcome.REFUSED}'
       AND NOT {days_fit(Source.Kind.OWN, "s", "p")}
"""
"""Rows of our own that would have a right granted before it was filed, or end before it was granted."""

_DIFFERS: Final = " OR ".join(
    [
        *(field.differs("s", "p") for field in OF_PATENT),
        *(field.differs("s", "b") for field in OF_BIBLIOGRAPHY),
        "(s.application_key <> '' AND p.application_key = '')",
        """(s.publication <> '' AND NOT EXISTS (SELECT FROM patents_publication d
             WHERE d.patent_id = p.id AND d.number = s.publication))""",
    ]
)
_OUTCOMES: Final = f"""
    UPDATE {TABLE} s SET outcome = CASE WHEN {_DIFFERS} THEN '{Outcome.CHANGED}' ELSE '{Outcome.SAME}' END
      FROM patents_patent p LEFT JOIN patents_bibliography b ON b.patent_id = p.id
     WHERE s.of_import_id = %(import)s AND s.patent_id = p.id AND s.outcome = '{Outcome.NEW}'
"""

_BROUGHT_BY_PARTS: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.CHANGED}'
      FROM {TABLE} d
     WHERE s.of_import_id = %(import)s AND s.outcome = '{Outcome.SAME}'
       AND d.of_import_id = s.of_import_id AND d.new_id = s.new_id AND d.outcome = '{Outcome.PART}'
       AND d.publication <> ''
       AND NOT EXISTS (SELECT FROM patents_publication o WHERE o.patent_id = s.patent_id AND o.number = d.publication)
"""
"""A row changes nothing but by further publications of its right, which other rows bring."""


def match(found: Import) -> dict[str, int]:
    """Find what each row of an import speaks of and would do, and return how many rows do what."""
    values = {"import": found.pk, "alliance": found.alliance_id}
    with connection.cursor() as cursor:
        prepare_for_many(cursor)
        for statement in (
            _APPLICATIONS,
            _PARTS,
            _PUBLISHED_TWICE,
            *_MATCHES,
            _CONTRADICTED,
            # The word of others is kept beside the record, whatever it says.
            *(() if is_outside(found) else (_DAYS_CONTRADICTED,)),
            _PARTS_ON_RECORD,
            _PATENT_TWICE,
            _OUTCOMES,
            _BROUGHT_BY_PARTS,
        ):
            cursor.execute(statement, values)
        cursor.execute(f"SELECT outcome, count(*) FROM {TABLE} WHERE of_import_id = %(import)s GROUP BY 1", values)
        counts = dict(cursor.fetchall())
    return {outcome: counts.get(outcome, 0) for outcome in Outcome.values}


def register_has_changed(cursor: CursorWrapper, found: Import) -> bool:
    """Say whether rows of an import would find other patents now than when its file was read."""
    cursor.execute(_HAS_CHANGED, {"import": found.pk, "alliance": found.alliance_id})
    [has_changed] = cursor.fetchone() or (False,)
    return bool(has_changed)


def prepare_for_many(cursor: CursorWrapper) -> None:
    """Have the rest of the transaction join many rows with many.

    The rows of an import are new, and the database has not counted them yet: it would take them for a handful and
    look each one up.
    """
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL work_mem = '128MB'")
