"""What the core itself has to be found: organisations, alliances, people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet

from platform_core.identity.models import Alliance, Named, Organisation, OrganisationName, User
from platform_core.search.asked import Asked
from platform_core.search.columns import contains, name_grams
from platform_core.search.registry import Searched

_USCC: Final = 18
"""Characters of a unified social credit code."""


def _organisations(rows: Any, asked: Asked) -> "Sequence[QuerySet[Organisation]]":
    named = contains(asked, "name_zh", "name_en") & Q(grams__contains=asked.grams)
    # Names that are no more, and those of records that turned out to be this one, are few: looked through one by one.
    named |= Q(pk__in=OrganisationName.objects.filter(contains(asked, "name")).order_by().values("organisation"))
    meant = named | Q(uscc=asked.key) if len(asked.key) == _USCC else named
    grams = name_grams("name_zh", "name_en")
    found: QuerySet[Organisation] = rows.filter(merged_into=None).alias(grams=grams).filter(meant)
    return (found.order_by("name_zh", "name_en", "pk"),)


def _alliances(rows: Any, asked: Asked) -> "Sequence[QuerySet[Alliance]]":
    found: QuerySet[Alliance] = rows.filter(contains(asked, "code", "name_zh", "name_en")).order_by("code", "pk")
    return (found,)


def _people(rows: Any, asked: Asked) -> "Sequence[QuerySet[User]]":
    found: QuerySet[User] = rows.filter(contains(asked, "name", "email")).order_by("name", "pk")
    return (found,)


def names(row: Named) -> Mapping[str, Any]:
    """Return both names of something."""
    return {"name_zh": row.name_zh, "name_en": row.name_en}


ORGANISATIONS: Final = Searched(Organisation, _organisations, str, names)
ALLIANCES: Final = Searched(Alliance, _alliances, str, lambda row: {"code": row.code, **names(row)})
PEOPLE: Final = Searched(User, _people, lambda row: row.name, lambda row: {"email": row.email})
