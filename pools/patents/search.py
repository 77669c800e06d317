"""Finding patents by any form of their numbers, and by title."""

from typing import Any, Final

from django.db.models import Q, QuerySet

from platform_core.search.asked import FEWEST_DIGITS, Asked
from platform_core.search.columns import number_digits, number_key
from platform_core.search.registry import Searched
from pools.patents.models import Patent


def _patents(rows: Any, asked: Asked) -> "QuerySet[Patent] | None":
    """By publication or application number, with or without office, kind, check digit, blanks and marks.

    Each condition is met from an index of its own: the part of a number that is known is its beginning.
    """
    meant = Q()
    if len(asked.key) >= FEWEST_DIGITS and any(letter.isdigit() for letter in asked.key):
        meant |= Q(publication_key__startswith=asked.key)
    if asked.digits:
        by_digits = Q(publication_digits__startswith=asked.digits) | Q(application_digits__startswith=asked.digits)
        meant |= by_digits & (Q(publication__startswith=asked.office) if asked.office else Q())
    if not meant:
        return None
    found: QuerySet[Patent] = (
        rows.alias(
            publication_key=number_key("publication"),
            publication_digits=number_digits("publication"),
            application_digits=number_digits("application"),
        )
        .filter(meant)
        .order_by("publication", "country", "pk")
    )
    return found


PATENTS: Final = Searched(
    Patent,
    _patents,
    lambda patent: patent.publication,
    lambda patent: {"country": patent.country, "application": patent.application, "title": patent.title},
)
