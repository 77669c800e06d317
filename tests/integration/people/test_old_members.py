"""Members that were put on record before memberships had a life cycle are brought into it, and back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from members.memberships.models import Membership, MembershipStep
from platform_site.database.embedded import EmbeddedDatabase
from tests.factories.old_databases import database_as_of

BEFORE = ("memberships", "0001_initial")
JOINED, LEFT = date(2025, 3, 18), date(2026, 1, 1)


@pytest.fixture
def old_database(
    postgres: EmbeddedDatabase, django_db_setup: None, django_db_blocker: Any, worker_id: str
) -> Iterator[None]:
    with django_db_blocker.unblock(), database_as_of(postgres, BEFORE, name=f"test_lianchi_old_{worker_id}"):
        yield


def add_members() -> None:
    old = MigrationExecutor(connection).loader.project_state([BEFORE]).apps
    alliance = old.get_model("identity", "Alliance").objects.create(code="old", name_zh="旧联盟")
    for code, enters_on, leaves_on in (("STAYED", None, None), ("CAME", JOINED, None), ("WENT", JOINED, LEFT)):
        organisation = old.get_model("identity", "Organisation").objects.create(name_zh=code)
        old.get_model("memberships", "Membership").objects.create(
            alliance=alliance, organisation=organisation, code=code, enters_on=enters_on, leaves_on=leaves_on
        )


def test_old_members_get_their_state_and_the_history_that_their_days_tell(old_database: None) -> None:
    add_members()
    before = list(Membership.objects.order_by("code").values("pk", "code", "enters_on", "leaves_on"))

    for room in ("identity", "memberships"):
        call_command("migrate", room, interactive=False, verbosity=0)

    after = Membership.objects.order_by("code")
    assert list(after.values("pk", "code", "enters_on", "leaves_on")) == before
    assert dict(after.values_list("code", "state")) == {"STAYED": "admitted", "CAME": "admitted", "WENT": "left"}
    steps = MembershipStep.objects.order_by("membership__code", "number")
    assert list(steps.values_list("membership__code", "number", "kind", "state_after", "effective_on")) == [
        ("CAME", 1, "admission", "admitted", JOINED),
        ("STAYED", 1, "admission", "admitted", None),
        ("WENT", 1, "admission", "admitted", JOINED),
        ("WENT", 2, "departure", "left", LEFT),
    ]
    assert all(steps.values_list("taken_over", flat=True))
    assert {str(row.organisation) for row in after.select_related("organisation")} == {"STAYED", "CAME", "WENT"}

    call_command("migrate", *BEFORE, interactive=False, verbosity=0)

    assert list(Membership.objects.order_by("code").values("pk", "code", "enters_on", "leaves_on")) == before
