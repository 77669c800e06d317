"""Finding the right that each row speaks of, within the file and on record, and what the row would do."""

from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from platform_core.exchange.models import Import
from pools.patents.imports.fields import OF_BIBLIOGRAPHY, OF_PATENT
from pools.patents.imports.staging import TABLE
from pools.patents.models.imports import Outcome

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

_PARTS: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.PART}', new_id = r.main_id
      FROM (SELECT id, row_number() OVER same AS place, first_value(new_id) OVER same AS main_id
              FROM {TABLE}
             WHERE of_import_id = %(import)s AND outcome <> '{Outcome.REFUSED}'
            WINDOW same AS (PARTITION BY country, coalesce(nullif(application_key, ''), publication_key)
                                ORDER BY granted_on IS NULL, published_on DESC NULLS LAST, line, id)) r
     WHERE s.id = r.id AND r.place > 1
"""
"""Of several rows of one right the one of the grant, or the latest, is its row; the others are publications of it."""

_MATCHES: Final = (
    "p.application_key = s.application_key AND s.application_key <> ''",
    "p.publication_key = s.publication_key AND s.publication_key <> ''",
)
_MATCH: Final = f"""
    UPDATE {TABLE} s SET patent_id = p.id
      FROM patents_patent p
     WHERE s.of_import_id = %(import)s AND s.patent_id IS NULL
       AND s.outcome NOT IN ('{Outcome.REFUSED}', '{Outcome.PART}')
       AND p.alliance_id = %(alliance)s AND p.country = s.country AND {{}}
"""
_MATCH_PUBLICATIONS: Final = f"""
    UPDATE {TABLE} s SET patent_id = p.id
      FROM patents_publication d JOIN patents_patent p ON p.id = d.patent_id
     WHERE s.of_import_id = %(import)s AND s.patent_id IS NULL
       AND s.outcome NOT IN ('{Outcome.REFUSED}', '{Outcome.PART}') AND s.publication_key <> ''
       AND d.key = s.publication_key AND p.alliance_id = %(alliance)s AND p.country = s.country
"""

_CONTRADICTED: Final = f"""
    UPDATE {TABLE} s SET outcome = '{Outcome.DOUBTFUL}',
           problems = problems || jsonb_build_array(jsonb_build_object(
               'field', 'application', 'code', 'applications_differ',
               'detail', 'On record the publication has another application: ' || p.application || '.'))
      FROM patents_patent p
     WHERE s.of_import_id = %(import)s AND s.patent_id = p.id AND s.application_key <> ''
       AND p.application_key <> '' AND p.application_key <> s.application_key
"""

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


def match(found: Import) -> dict[str, int]:
    """Find what each row of an import speaks of and would do, and return how many rows do what."""
    values = {"import": found.pk, "alliance": found.alliance_id}
    with connection.cursor() as cursor:
        prepare_for_many(cursor)
        for statement in (
            _APPLICATIONS,
            _PARTS,
            *(_MATCH.format(condition) for condition in _MATCHES),
            _MATCH_PUBLICATIONS,
            _CONTRADICTED,
            _OUTCOMES,
        ):
            cursor.execute(statement, values)
        cursor.execute(f"SELECT outcome, count(*) FROM {TABLE} WHERE of_import_id = %(import)s GROUP BY 1", values)
        counts = dict(cursor.fetchall())
    return {outcome: counts.get(outcome, 0) for outcome in Outcome.values}


def prepare_for_many(cursor: CursorWrapper) -> None:
    """Have the rest of the transaction join many rows with many.

    The rows of an import are new, and the database has not counted them yet: it would take them for a handful and
    look each one up.
    """
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("SET LOCAL work_mem = '128MB'")
