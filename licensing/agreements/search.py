"""Finding licences by code, for those who may read the licence itself."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from licensing.agreements.models import Licence
from platform_core.search.asked import Asked
from platform_core.search.columns import contains
from platform_core.search.registry import Searched


def _licences(rows: Any, asked: Asked) -> "Sequence[QuerySet[Licence]]":
    found: QuerySet[Licence] = (
        rows.filter(contains(asked, "code")).select_related("programme").order_by("programme__code", "code", "pk")
    )
    return (found,)


LICENCES: Final = Searched(
    Licence, _licences, lambda licence: licence.code, lambda licence: {"programme": licence.programme.code}
)
