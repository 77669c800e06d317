"""Finding patents by any form of their numbers, and by title."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import Func, Q, QuerySet

from platform_core.search.asked import FEWEST_DIGITS, Asked
from platform_core.search.columns import number_digits, number_key
from platform_core.search.registry import Searched
from pools.patents.models import Patent


def _patents(rows: Any, asked: Asked) -> "Sequence[QuerySet[Patent]]":
    """By publication, then by application number, with or without office, kind, check digit, blanks and marks.

    What is known of a number is its beginning; those that begin alike are met in the order of the number.
    """
    return [
        rows.alias(found_by=number)
        .filter(found_by__startswith=beginning, **office)
        .order_by("found_by", "country", "pk")
        for number, beginning, office in _ways(asked)
    ]


def _ways(asked: Asked) -> Iterator[tuple[Func, str, dict[str, str]]]:
    if len(asked.key) >= FEWEST_DIGITS and any(letter.isdigit() for letter in asked.key):
        yield number_key("publication"), asked.key, {}
    if asked.digits:
        office = {"publication__startswith": asked.office} if asked.office else {}
        yield number_digits("publication"), asked.digits, office
        yield number_digits("application"), asked.digits, office


def ids_by_number(asked: Asked) -> QuerySet[Any, Any] | None:
    """Return the ids of patents with a number that begins as what was asked for; None: that is no number."""
    if not asked.digits:
        return None
    office = Q(publication__startswith=asked.office) if asked.office else Q()
    found = Patent.objects.alias(
        key=number_key("publication"), digits=number_digits("publication"), filed_as=number_digits("application")
    ).filter(
        Q(key__startswith=asked.key)
        | (Q(digits__startswith=asked.digits) & office)
        | (Q(filed_as__startswith=asked.digits) & office)
    )
    return found.order_by().values("pk")


PATENTS: Final = Searched(
    Patent,
    _patents,
    lambda patent: patent.publication,
    lambda patent: {"country": patent.country, "application": patent.application, "title": patent.title},
)
