"""Answering a request for a list with a file."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from platform_core.api.exports.columns import columns_of
from platform_core.api.exports.writers import Part, Writer, write_csv, write_json_lines, write_xlsx
from platform_core.problems import invalid

M = TypeVar("M", bound=Model)

CHUNK: Final = 1000
"""Rows that are read and represented at once."""


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of file a list can be had as."""

    name: str
    media_type: str
    writer: Writer


FORMS: Final = {
    form.name: form
    for form in (
        Form("csv", "text/csv", write_csv),
        Form("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx),
        Form("jsonl", "application/x-ndjson", write_json_lines),
    )
}


class StreamedAnswer(StreamingHttpResponse):
    """An answer sent as it is made, in the thread of its request, so that it never stands in memory whole."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Make one part after the other where the view was called, whose connection to the database it has."""
        parts: Iterator[bytes] = iter(self)
        while (part := await sync_to_async(lambda: next(parts, None), thread_sensitive=True)()) is not None:
            yield part


def asked_form(request: Request) -> Form | None:
    """Return the kind of file that a request wants its list as; None for a page of it."""
    name = request.query_params.get("format", "json")
    if name == "json":
        return None
    if name not in FORMS:
        raise invalid("/format", "unknown_format", f"Lists are given as: json, {', '.join(FORMS)}.")
    return FORMS[name]


def export_answer(
    rows: QuerySet[M],
    form: Form,
    *,
    name: str,
    on: date,
    serializer: "Serializer[Any]",
    represent: Callable[[Sequence[M]], Part],
) -> StreamedAnswer:
    """Answer with all rows of a list as a file. What goes wrong before the first rows is still told as a problem."""
    writer = form.writer
    if writer is write_xlsx:
        writer = partial(write_xlsx, zone=ZoneInfo(settings.TIME_ZONE))
    parts = writer(name, columns_of(serializer), (represent(part) for part in _parts(rows)))
    first = next(iter(parts), b"")
    answer = StreamedAnswer(_resumed(first, parts), content_type=form.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{on.isoformat()}.{form.name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _parts(rows: QuerySet[M]) -> Iterator[list[M]]:
    part: list[M] = []
    # By a cursor of the server, from one snapshot.
    for row in rows.iterator(chunk_size=CHUNK):
        part.append(row)
        if len(part) == CHUNK:
            yield part
            part = []
    if part:
        yield part


def _resumed(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
