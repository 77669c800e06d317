"""What benchmarks are measured on is made by SQL of its own: it has to fit the tables as they are now."""

from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.made.rights import KINDS, LATE_SEEN, Size, fill
from platform_core.access.models import Grant
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.migrating import connected_as
from platform_site.database.roles import connect
from pools.composition.models import PoolEntry
from pools.patents.models import Ownership, Patent

TINY = Size(patents=20 * LATE_SEEN, organisations=40, pools=8, grants=LATE_SEEN + 100, rounds=1)


@pytest.mark.parametrize("kind", KINDS)
def test_made_up_rights_fit_the_tables(
    postgres: EmbeddedDatabase, migrated: str, django_db_blocker: Any, worker_id: str, kind: str
) -> None:
    name = f"test_lianchi_made_{worker_id}"
    own = SimpleNamespace(owner_url=lambda: postgres.owner_url(name), superuser_url=postgres.superuser_url)
    with connect(postgres.owner_url()) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{migrated}"')
    try:
        with django_db_blocker.unblock(), connected_as(postgres.owner_url(name)):
            fill(own, TINY, kind)

            assert Patent.objects.count() == TINY.patents + TINY.patents // 20
            assert Ownership.objects.count() == TINY.patents
            assert Grant.objects.count() == TINY.grants
            assert PoolEntry.objects.exists()
    finally:
        with connect(postgres.owner_url()) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
