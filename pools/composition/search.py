"""Finding pools by code and name."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from platform_core.search.asked import Asked
from platform_core.search.columns import contains
from platform_core.search.registry import Searched
from pools.composition.models import Pool


def _pools(rows: Any, asked: Asked) -> "Sequence[QuerySet[Pool]]":
    found: QuerySet[Pool] = rows.filter(contains(asked, "code", "name")).order_by("code", "pk")
    return (found,)


POOLS: Final = Searched(Pool, _pools, lambda pool: pool.name, lambda pool: {"code": pool.code, "state": pool.state})
