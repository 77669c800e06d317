"""Work given by hand: who may be assigned to what, by whom, and what it opens."""

from typing import Any

import pytest

from platform_core.access.actors import Actor
from platform_core.access.grants.models import Grant
from platform_core.access.grants.selectors import grants
from platform_core.access.grants.services import assign_seat
from platform_core.access.kernel import can
from platform_core.identity.models import RoleAssignment
from platform_core.identity.roles import Role
from platform_core.identity.seating import end_role
from platform_core.problems import InvalidInput, NotAllowed
from pools.patents.models import Patent
from pools.patents.policies import EDIT_PATENT, READ_PATENT
from tests.factories.core import (
    NOON,
    acting,
    command_line,
    make_seat,
    seat_of,
)
from tests.factories.patents import make_patent
from tests.integration.grants.case import DAY, Case, refused

pytestmark = pytest.mark.django_db


def assign(case: Case, actor: Actor, role: Role, to: Actor, **other: Any) -> Grant:
    return assign_seat(
        actor=actor,
        subject_type="patents.patent",
        subject_id=case.patent.pk,
        role=role,
        seat_id=seat_of(to),
        reason="Evaluation round 3.",
        ends_at=NOON + DAY,
        **other,
    )


def test_an_evaluator_sees_what_it_is_assigned_to_while_it_is_and_while_it_is_one(case: Case) -> None:
    secretariat = acting(Role.SECRETARIAT, alliance=case.alliance, clock=case.clock)
    evaluator = acting(Role.EVALUATOR, clock=case.clock)
    make_patent(case.alliance, "CN2B", case.owner_company)

    assign(case, secretariat, Role.EVALUATOR, evaluator)

    assert list(Patent.objects.visible_to(evaluator)) == [case.patent]
    assert not can(evaluator, EDIT_PATENT, case.patent)
    assert [grant.role for grant in grants(actor=case.owner)] == ["evaluator"], "the owner sees whom it is shown to"
    end_role(actor=command_line(case.clock), assignment_id=RoleAssignment.objects.get(seat=evaluator.seat_id).pk)
    seat = evaluator.seat_id
    assert seat is not None
    from platform_core.access.acting import actor_in_seat

    assert not Patent.objects.visible_to(actor_in_seat(seat, clock=case.clock)).exists()


def test_an_operator_works_on_what_the_head_of_operations_assigns(case: Case) -> None:
    head = acting(Role.OPERATIONS_HEAD, alliance=case.alliance, clock=case.clock)
    operator = acting(Role.OPERATOR, alliance=case.alliance, clock=case.clock)
    elsewhere = acting(Role.OPERATOR, clock=case.clock)
    assert not can(operator, READ_PATENT, case.patent)
    assign(case, head, Role.OPERATOR, operator)
    assert can(operator, EDIT_PATENT, case.patent)
    refused(lambda: assign(case, head, Role.OPERATOR, elsewhere), InvalidInput)
    refused(lambda: assign(case, head, Role.EVALUATOR, operator), NotAllowed)
    refused(lambda: assign(case, case.owner, Role.OPERATOR, operator), NotAllowed)


def test_nobody_is_assigned_a_role_they_do_not_hold_or_one_nobody_is_assigned(case: Case) -> None:
    secretariat = acting(Role.SECRETARIAT, alliance=case.alliance, clock=case.clock)
    expert = acting(Role.EXPERT, clock=case.clock)
    assert "does not hold the role" in refused(lambda: assign(case, secretariat, Role.EVALUATOR, expert), InvalidInput)
    assert "Nobody is assigned" in refused(lambda: assign(case, secretariat, Role.NEUTRAL, expert), InvalidInput)


def test_nobody_evaluates_the_patent_of_an_organisation_they_work_at_in_whatever_seat(case: Case) -> None:
    secretariat = acting(Role.SECRETARIAT, alliance=case.alliance, clock=case.clock)
    evaluator = acting(Role.EVALUATOR, clock=case.clock)
    assign(case, secretariat, Role.EVALUATOR, evaluator)
    assert can(evaluator, READ_PATENT, case.patent)
    from platform_core.identity.models import Seat

    # Taken on by the owner afterwards: the assignment opens nothing any more.
    own = Seat.objects.get(pk=seat_of(evaluator))
    make_seat(user=own.user, organisation=case.owner_company)
    assert not can(evaluator, READ_PATENT, case.patent)
    assert not Patent.objects.visible_to(evaluator).exists()
    assert "conflict of interest" in refused(lambda: assign(case, secretariat, Role.EVALUATOR, evaluator), InvalidInput)
