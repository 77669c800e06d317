"""Finding programmes by code and name."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from licensing.terms.models import Programme
from platform_core.search.asked import Asked
from platform_core.search.columns import contains
from platform_core.search.registry import Searched


def _programmes(rows: Any, asked: Asked) -> "Sequence[QuerySet[Programme]]":
    found: QuerySet[Programme] = rows.filter(contains(asked, "code", "name")).order_by("code", "pk")
    return (found,)


PROGRAMMES: Final = Searched(
    Programme,
    _programmes,
    lambda programme: programme.name,
    lambda programme: {"code": programme.code, "state": programme.state},
)
