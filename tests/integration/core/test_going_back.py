"""Going back behind a migration: refused, with what to do, once there is what the version before cannot keep."""

from contextlib import nullcontext
from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations import Migration

from licensing.audits.models import AuditReversal
from licensing.direct.models import DirectState
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionItem
from platform_core.database_rules import GoBackUnless
from tests.factories.audits import make_audit
from tests.factories.billing import make_billing_terms, make_invoice, make_issued, make_series
from tests.factories.close import make_run
from tests.factories.core import NOON, make_user
from tests.factories.direct import make_direct_licence, make_owner_consent
from tests.factories.distribution import UNTIL, fill_distribution, make_distribution, move_distribution
from tests.factories.payments import make_online_payment, make_stripe_account
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
        ("distribution", "0015_breakdown_rules"),
        ("direct", "0005_clauses_of_direct_licences"),
        ("payments", "0010_parts_under_way"),
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


@pytest.mark.parametrize("clauses", [{"grant_back": "non_exclusive"}, {"most_favoured": True}])
@pytest.mark.parametrize(
    ("state", "signed_on", "is_lost"),
    [
        (DirectState.DRAFT, None, False),
        (DirectState.SENT, None, True),
        (DirectState.IN_FORCE, None, True),
        (DirectState.CANCELLED, None, False),
        (DirectState.CANCELLED, date(2026, 2, 25), True),
    ],
)
def test_clauses_of_a_licence_that_was_sent_are_not_lost(
    clauses: dict[str, Any], state: DirectState, signed_on: date | None, *, is_lost: bool
) -> None:
    house = make_house()
    made = DirectState.SENT if state == DirectState.CANCELLED else state
    licence = make_direct_licence(house.owner, house.rival, [house.patent], made, **clauses)
    if state == DirectState.CANCELLED:
        licence.state, licence.signed_on = state, signed_on
        licence.save()
    with pytest.raises(CommandError, match="most-favoured clause") if is_lost else nullcontext():
        go_back_behind("direct", "0005_clauses_of_direct_licences")


def test_what_released_statements_are_made_of_is_not_lost() -> None:
    world = make_small_world()
    people = [world.seats[who].user for who in ("calculator", "approver")]
    close = make_run(world.programme, date(2025, 1, 1), person=people[0])
    run = make_distribution(world.programme, person=people[0])
    fill_distribution(run, close, list(world.members.values()), [world.licences["L1"]])
    move_distribution(run, DistributionStatus.APPROVED, calculator=people[0], approver=people[1])
    DistributionItem.objects.filter(payee="M1").update(breakdown={"why": "held"})
    go_back_behind("distribution", "0015_breakdown_rules")
    run.status, run.released_by, run.released_at = DistributionStatus.RELEASED, people[0], NOON
    run.objections_until = UNTIL
    run.save()
    with pytest.raises(CommandError, match="would verify no more"):
        go_back_behind("distribution", "0015_breakdown_rules")


def test_two_parts_under_way_are_ended_first() -> None:
    world = make_small_world()
    run = make_run(world.programme, date(2025, 1, 1), person=world.seats["calculator"].user)
    invoice = make_invoice(world.licences["L1"], run, make_billing_terms(world.programme))
    make_issued(invoice, make_series(world.entity))
    account = make_stripe_account(world.entity)
    first, _ = (make_online_payment(invoice, account, state="open") for _ in range(2))
    with pytest.raises(CommandError, match="end all but one of each first"):
        go_back_behind("payments", "0010_parts_under_way")
    type(first).objects.filter(pk=first.pk).update(state="cancelled")
    go_back_behind("payments", "0010_parts_under_way")
