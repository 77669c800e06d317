"""Going back behind a migration: refused, with what to do, once there is what the version before cannot keep."""

from importlib import import_module

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations import Migration

from licensing.audits.models import AuditReversal
from platform_core.database_rules import GoBackUnless
from tests.factories.audits import make_audit
from tests.factories.core import NOON, make_user
from tests.factories.direct import make_direct_licence, make_owner_consent
from tests.factories.royalties import make_small_world
from tests.integration.direct.conftest import make_house

pytestmark = pytest.mark.django_db


def go_back_behind(room: str, name: str) -> None:
    """Ask what is asked first when a migration of a room is undone: its last operation."""
    migration: type[Migration] = import_module(f"licensing.{room}.migrations.{name}").Migration
    last = list(migration.operations)[-1]
    assert isinstance(last, GoBackUnless)
    with connection.schema_editor() as editor:
        last.database_backwards(room, editor, None, None)


@pytest.mark.parametrize(
    ("room", "name"),
    [
        ("direct", "0003_consents_are_to_contents"),
        ("distribution", "0009_waiver_rules"),
        ("distribution", "0017_what_two_decide_rules"),
        ("audits", "0008_reversal_rules"),
    ],
)
def test_where_nothing_would_be_lost_nothing_stands_in_the_way(room: str, name: str) -> None:
    go_back_behind(room, name)


def test_a_second_consent_of_one_co_owner_is_not_lost() -> None:
    house = make_house()
    licence = make_direct_licence(house.owner, house.rival, [house.patent])
    first = make_owner_consent(licence, house.rival)
    go_back_behind("direct", "0003_consents_are_to_contents")
    first.pk, first.contents_sha256 = None, "1" * 64
    first.id = make_user().pk
    first.save(force_insert=True)
    with pytest.raises(CommandError, match="consented to a licence more than once"):
        go_back_behind("direct", "0003_consents_are_to_contents")


def test_a_reversal_is_not_lost() -> None:
    world = make_small_world()
    audit = make_audit(world.licences["L1"], world.seats["approver"])
    AuditReversal.objects.create(audit=audit, reason="why", proposed_at=NOON, proposed_by=make_user())
    with pytest.raises(CommandError, match="would count as charged again"):
        go_back_behind("audits", "0008_reversal_rules")
