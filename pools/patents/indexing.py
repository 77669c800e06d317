"""Reading the words of patents that are new or were changed, for finding them by."""

from typing import Final

from django.db import connection, transaction

from pools.patents.models import Bibliography, Patent, PatentWords
from pools.patents.models.words import WORDS_READING
from pools.patents.words import CLASSES, PEOPLE, TEXT, TITLE, vector

_BATCH: Final = 2_000


def read_words_again() -> int:
    """Read the words of patents that triggers noted, or that were read by less, and return how many those were."""
    count = 0
    while rows := _read_some():
        count += rows
    return count


@transaction.atomic
def _read_some() -> int:
    noted = PatentWords.objects.select_for_update(skip_locked=True).filter(reading__lt=WORDS_READING)
    ids = list(noted.order_by("patent").values_list("patent", flat=True)[:_BATCH])
    if not ids:
        return 0
    titles = dict(Patent.objects.filter(pk__in=ids).values_list("pk", "title"))
    records = {row.patent_id: row for row in Bibliography.objects.filter(patent__in=ids)}
    vectors = [_vector(titles[patent], records.get(patent)) for patent in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE patents_patentwords w SET words = made.words::tsvector, reading = %s
                 FROM unnest(%s::uuid[], %s::text[]) AS made (patent_id, words) WHERE w.patent_id = made.patent_id""",
            [WORDS_READING, ids, vectors],
        )
    return len(ids)


def _vector(title: str, record: Bibliography | None) -> str:
    parts = [(TITLE, title)]
    if record is not None:
        parts += [(TITLE, record.title_en), (TEXT, record.abstract)]
        parts += [(PEOPLE, name) for name in (*record.applicants, *record.inventors)]
        parts += [(CLASSES, symbol) for symbol in dict.fromkeys((*record.ipc, *record.cpc))]
    return vector(parts)
