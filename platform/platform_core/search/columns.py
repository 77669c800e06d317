"""The database's side of searching: columns as they are indexed, and conditions that use the index."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, TextField
from django.db.models.functions import Collate

from platform_core.search.asked import Asked

ANY: Final = Q(pk__isnull=False)


def number_key(column: str) -> Func:
    """A number's letters and digits alone, in capitals (the function `search_key` of the database).

    It is compared byte by byte, so that one index finds what begins with a text and has it in order.
    """
    return Collate(Func(F(column), function="search_key", output_field=TextField()), "C")


def number_digits(column: str) -> Func:
    """A number's digits without leading zeros (`search_digits`)."""
    return Collate(Func(F(column), function="search_digits", output_field=TextField()), "C")


def name_grams(first: str, second: str) -> Func:
    """Each two letters that stand together in one of two names (`search_grams`)."""
    return Func(F(first), F(second), function="search_grams", output_field=ArrayField(TextField()))


def contains(asked: Asked, *columns: str) -> Q:
    """Rows of which some column contains the text, whatever its capitals."""
    condition = Q(pk__in=())
    for column in columns:
        condition |= Q(**{f"{column}__icontains": asked.text})
    return condition
