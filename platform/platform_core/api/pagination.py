"""Long lists in pages: the next page begins behind the last row of this one, however much is added meanwhile."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, IntegerField, Model, Q, QuerySet, prefetch_related_objects
from django.utils.timezone import is_naive
from rest_framework.request import Request

from platform_core.access.probing import rights_left_out, row_by_row
from platform_core.api.bodies import is_kept
from platform_core.problems import InvalidInput, invalid
from platform_core.secrets import CannotOpen, seal, unseal

M = TypeVar("M", bound=Model)

SIZE: Final = 50
SIZE_AT_MOST: Final = 200
COUNTED_TO: Final = 10_000
"""Totals that are asked for are exact up to here; to count further has to be asked for expressly."""

ASKED_AT_MOST: Final = 2_000
"""Rows that are asked one by one for a page; where it lies further behind, it is found by the set after all."""


MET_AT_MOST: Final = 300
"""Rows that a search meets first and that are asked one by one for a page, where some of the very first may be seen."""

FEW_REACHED: Final = 5_000
"""Rows of a reader who is looked for among these alone, whatever a search meets elsewhere."""

LONGEST_CURSOR: Final = 16_000
"""Letters of a cursor, which holds one value of a column; a longer one is none of ours."""

_DIGITS: Final = 19
"""Of the greatest key that counts: however long one is, its cursor is as long."""

_SIZE: Final = re.compile("[1-9][0-9]{0,2}")


class Count(StrEnum):
    """How far a list is counted beyond the page."""

    BOUNDED = "bounded"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Search(Generic[M]):
    """What a list was narrowed by that is no matter of its order, such as words."""

    among: QuerySet[M]
    """The rows it was made among, as the reader sees them."""
    reached: QuerySet[Any, Any] | None
    """The ids of all rows that the reader's rights reach, where these are lists (`kernel.reached_ids`)."""


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """A part of a list: its rows, where the next part begins, and how many rows there are in all, or at least."""

    rows: list[M]
    next: str | None
    total: int
    total_is_exact: bool
    """Whether there are no more than the total in all."""

    def document(self, represent: Callable[[Sequence[M]], Any]) -> dict[str, Any]:
        """Return the page as the API answers it."""
        return {
            "items": represent(self.rows),
            "next": self.next,
            "total": self.total,
            "total_is_exact": self.total_is_exact,
        }


def paginate(
    rows: QuerySet[M],
    request: Request,
    *,
    orders: Mapping[str, str],
    default: str,
    search: Search[M] | None = None,
) -> Page[M]:
    """Return the page of a list that a request asks for, in at most three queries and one that counts.

    `orders` maps the names a client may order by to columns of the model that are never null; a name with a
    minus in front orders downwards. Rows with equal values are ordered by id, so that no two pages overlap. `search`
    says what a search that is no matter of an order narrowed.
    The request may carry `order`, `limit` (1 to 200), `after` and `count` (`bounded` or `exact`). To count is to read
    all that the reader may see, where a page reads little more than what stands on it: without being asked for, a
    total is known only of a list that ends on its first page.
    """
    asked = request.query_params
    order, column, down = asked_order(request, orders=orders, default=default)
    limit = _limit(asked.get("limit"))
    count = _count(asked.get("count"))
    after = asked.get("after")

    part = in_order(rows, column, down)
    if after:
        part = part.filter(_behind(rows.model, column, down, _read_cursor(after, order)))
    # What is fetched along with the rows is fetched of these alone.
    along = part._prefetch_related_lookups  # type: ignore[attr-defined]  # Django offers no other way to read it
    if search is None:
        found = _first(part.prefetch_related(None), column, down, limit + 1)
    else:
        found = _first_met(part.prefetch_related(None), search, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    with row_by_row():
        prefetch_related_objects(found, *along)
    total, exact = _total(rows, count) if after or more else (len(found), True)
    return Page(
        rows=found,
        next=_write_cursor(order, found[-1], column) if more else None,
        total=max(total, len(found)),
        total_is_exact=exact,
    )


def _total(rows: QuerySet[M], count: Count | None) -> tuple[int, bool]:
    """Count a list as far as is asked for, and say whether that is all of it; nothing is asked for by default."""
    if count is None:
        return 0, False
    counted = rows.order_by()
    if count is Count.EXACT:
        return counted.count(), True
    total = counted[: COUNTED_TO + 1].count()
    return min(total, COUNTED_TO), total <= COUNTED_TO


def _first(part: QuerySet[M], column: str, down: bool, size: int) -> list[M]:
    """Return the first rows of an ordered list.

    The first are near: walking along the order and asking of each row finds them sooner than the whole set does. Unless
    all that may be seen lies far behind; so the walk has an end, at a row that so many others stand before.
    """
    with rights_left_out():
        end = part.values_list(column, "pk")[ASKED_AT_MOST : ASKED_AT_MOST + 1].first()
    with row_by_row():
        found = list((part if end is None else part.filter(_before(part.model, column, down, end)))[:size])
    return found if end is None or len(found) == size else list(part[:size])


def _first_met(part: QuerySet[M], search: Search[M], size: int) -> list[M]:
    """Return the first rows of an ordered list that a search narrowed.

    The index that is searched knows no order, so that walking along one would search for each row. Who sees few rows
    has those found that the search meets. Of whoever sees many, what the search meets first is asked about by itself,
    and somewhat more where the reader sees some of that; in the end, all of it is.
    """
    if search.reached is not None and search.reached[: FEW_REACHED + 1].count() <= FEW_REACHED:
        return _first_reached(part, search.reached, size)
    for most in (size, MET_AT_MOST):
        with rights_left_out():
            met = list(part[:most])
        with row_by_row():
            # By their keys: in order, the rows would be looked for along all others.
            asked = search.among.filter(pk__in=[row.pk for row in met]).order_by()
            seen = set(asked.values_list("pk", flat=True))
        found = [row for row in met if row.pk in seen]
        if len(met) < most or len(found) >= size:
            return found[:size]
        if len(found) < most // 10:
            break
    return list(part[:size]) if search.reached is None else _first_reached(part, search.reached, size)


def _first_reached(part: QuerySet[M], reached: QuerySet[Any, Any], size: int) -> list[M]:
    # The rights stay in the question: the ids only tell where to look.
    with row_by_row():
        return list(part.filter(pk__in=reached)[:size])


def asked_order(request: Request, *, orders: Mapping[str, str], default: str) -> tuple[str, str, bool]:
    """Return by what a request wants its list ordered: the name it gave, the column, and whether downwards."""
    order = request.query_params.get("order", default)
    name = order.removeprefix("-")
    if name not in orders:
        raise invalid("/order", "unknown_order", f"Lists are ordered by: {', '.join(sorted(orders))}.")
    return order, orders[name], order.startswith("-")


def in_order(rows: QuerySet[M], column: str, down: bool) -> QuerySet[M]:
    """Order a list by a column, rows with equal values by their ids."""
    sign = "-" if down else ""
    return rows.order_by(f"{sign}{column}", f"{sign}pk")


def _limit(text: str | None) -> int:
    if text is None:
        return SIZE
    # As people write a number: what reads differently from what it looks like is no size of a page.
    if not _SIZE.fullmatch(text) or int(text) > SIZE_AT_MOST:
        raise invalid("/limit", "bad_limit", f"A page has 1 to {SIZE_AT_MOST} rows.")
    return int(text)


def _count(text: str | None) -> Count | None:
    try:
        return Count(text) if text else None
    except ValueError:
        raise invalid("/count", "bad_count", f"Count is {' or '.join(Count)}.") from None


def _behind(model: type[Model], column: str, down: bool, cursor: tuple[str, str]) -> Q:
    field = _column(model, column)
    try:
        value, pk = field.to_python(cursor[0]), model._meta.pk.to_python(_clear_key(model, cursor[1]))
    except (ValidationError, CannotOpen):
        raise _bad_cursor() from None
    if isinstance(value, datetime) and is_naive(value):
        raise _bad_cursor()
    return _on_side("lt" if down else "gt", model, column, value, pk)


def _before(model: type[Model], column: str, down: bool, end: tuple[Any, Any]) -> Q:
    return _on_side("gt" if down else "lt", model, column, *end)


def _on_side(side: str, model: type[Model], column: str, value: Any, pk: Any) -> Q:
    if column in ("pk", model._meta.pk.name):
        return Q(**{f"pk__{side}": pk})
    # The first condition is implied by the second; it lets an index on the column be used.
    return Q(**{f"{column}__{side}e": value}) & (Q(**{f"{column}__{side}": value}) | Q(**{f"pk__{side}": pk}))


def _column(model: type[Model], path: str) -> "Field[Any, Any]":
    here = model
    *steps, last = path.split("__")
    for step in steps:
        related = here._meta.get_field(step).related_model
        if related is None or isinstance(related, str):
            raise FieldDoesNotExist(f"{here._meta.label}.{step} leads nowhere")
        here = related
    field = here._meta.pk if last == "pk" else here._meta.get_field(last)
    if not isinstance(field, Field) or field.null:
        raise FieldDoesNotExist(f"{model._meta.label}.{path} may be null, so lists cannot be ordered by it")
    return field


def _write_cursor(order: str, row: Model, column: str) -> str:
    value: Any = row
    for step in column.split("__"):
        value = getattr(value, step)
    text = json.dumps([order, str(value), _key_in_cursor(row)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _key_in_cursor(row: Model) -> str:
    """Return a row's key as a page tells it: one that counts all rows would tell how many others have."""
    if not _counts(type(row)):
        return str(row.pk)
    return seal(f"{row.pk:0{_DIGITS}}", bound_to=f"{type(row)._meta.label_lower}.cursor")


def _clear_key(model: type[Model], told: str) -> str:
    return unseal(told, bound_to=f"{model._meta.label_lower}.cursor") if _counts(model) else told


def _counts(model: type[Model]) -> bool:
    return isinstance(model._meta.pk, IntegerField)


def _read_cursor(text: str, order: str) -> tuple[str, str]:
    if len(text) > LONGEST_CURSOR:
        raise _bad_cursor()
    try:
        cursor = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise _bad_cursor() from None
    match cursor:
        case [str(of_order), str(value), str(pk)] if of_order == order and is_kept(value) and is_kept(pk):
            return value, pk
    raise _bad_cursor()


def _bad_cursor() -> InvalidInput:
    return invalid("/after", "bad_cursor", "Take “after” from the “next” of the page before, with the same order.")
