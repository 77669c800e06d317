"""Suspensions and departures that reach back into closed periods: corrections open, nothing is edited."""

from datetime import date

import pytest

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun, PayeeResult
from licensing.close.services import approve_close_run
from members.memberships.moving import StepDetails
from members.memberships.services import leave_alliance, suspend_member
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.problems import Conflict
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def suspended(world: SmallWorld, day: date) -> None:
    suspend_member(
        actor=world.acting("secretariat"),
        membership_id=world.members["M2"].pk,
        details=StepDetails(effective_on=day, reason="Fees unpaid"),
    )


def leaving(world: SmallWorld, day: date, shares_from_on: date | None = None) -> None:
    leave_alliance(
        actor=Actor.system(COMMAND_LINE, clock=world.clock),
        membership_id=world.members["M2"].pk,
        details=StepDetails(effective_on=day, shares_from_on=shares_from_on),
    )


def amounts(run: CloseRun) -> dict[str, int]:
    return dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor"))


def test_a_suspended_member_earns_and_is_not_paid_for_periods_that_end_in_its_suspension(
    world: SmallWorld, filed: Filed
) -> None:
    suspended(world, date(2025, 6, 30))
    before, within = world.calculated("2025Q1"), world.calculated("2025Q2")
    assert amounts(before)["M2"] > 0
    assert "~held:M2" not in amounts(before)
    assert amounts(within)["M2"] == 0
    assert amounts(within)["~held:M2"] > 0


def test_closed_periods_that_a_step_reaches_back_into_are_opened_for_correction(
    world: SmallWorld, filed: Filed
) -> None:
    for period in ("2025Q1", "2025Q2", "2025Q3"):
        world.closed(period)
    suspended(world, date(2025, 5, 10))
    drafts = CloseRun.objects.filter(status=RunStatus.DRAFT).order_by("first_month")
    assert [(run.period, run.corrects.period if run.corrects else "") for run in drafts] == [
        ("2025Q2", "2025Q2"),
        ("2025Q3", "2025Q3"),
    ]


def test_shares_that_end_after_what_is_closed_leave_it_alone(world: SmallWorld, filed: Filed) -> None:
    world.closed("2025Q1")
    leaving(world, date(2025, 3, 15), shares_from_on=date(2025, 4, 1))
    assert not CloseRun.objects.filter(status=RunStatus.DRAFT).exists()
    assert amounts(world.calculated("2025Q2"))["M2"] == 0


def test_a_departure_after_the_period_does_not_stand_in_the_way_of_its_approval(
    world: SmallWorld, filed: Filed
) -> None:
    first, second = world.calculated("2025Q1"), world.calculated("2025Q2")
    leaving(world, date(2025, 4, 1))
    assert approve_close_run(actor=world.acting("approver"), run_id=first.pk).status == RunStatus.APPROVED
    with pytest.raises(Conflict, match=r"members.csv"):
        approve_close_run(actor=world.acting("approver"), run_id=second.pk)
