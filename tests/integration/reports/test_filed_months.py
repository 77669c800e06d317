"""Which months of a licence were reported: told without figures to those who may know, and to nobody else."""

from datetime import date

import pytest

from licensing.agreements.models import Licence
from licensing.reports.selectors import filed_months
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.problems import NotAllowed
from tests.api.core.clients import client_of
from tests.factories.core import (
    NOON,
    actor_of_seat,
    give_role,
    make_alliance,
    make_entity,
    make_organisation,
    make_seat,
)
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.reports import make_licence, make_nil_report, make_reported_programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def licence() -> Licence:
    """A licence from December 2025 on, seen in March 2026; January was reported, and March before its end."""
    alliance = make_alliance("uhd")
    made = make_licence(
        make_reported_programme(alliance, make_entity(alliance), launched=True), make_organisation("甲"), "L1"
    )
    made.starts_on = date(2025, 12, 15)
    made.save()
    for month in (1, 3):
        make_nil_report(made, date(2026, month, 1))
    return made


def seat_of(role: Role, licence: Licence) -> Seat:
    programme = licence.programme
    seat = make_seat(organisation=licence.licensee if role is Role.LICENSEE else make_organisation(role.value))
    if role is Role.FINANCE:
        give_role(seat, role, entity=programme.operating_entity)
    elif role in (Role.SECRETARIAT, Role.LEGAL):
        give_role(seat, role, alliance=programme.alliance)
    else:
        give_role(seat, role)
    return seat


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.FINANCE, Role.LICENSEE])
def test_each_month_that_is_over_is_told_the_latest_first_and_one_reported_early_too(
    licence: Licence, role: Role
) -> None:
    found = filed_months(licence.pk, actor=actor_of_seat(seat_of(role, licence)))
    assert [(f"{row.month:%Y-%m}", row.filed_at) for row in found] == [
        ("2026-03", NOON),
        ("2026-02", None),
        ("2026-01", NOON),
        ("2025-12", None),
    ]


def test_what_ended_asks_for_no_more_months(licence: Licence) -> None:
    licence.ends_on = date(2026, 1, 31)
    licence.save()
    found = filed_months(licence.pk, actor=actor_of_seat(seat_of(Role.SECRETARIAT, licence)))
    assert [f"{row.month:%Y-%m}" for row in found] == ["2026-03", "2026-01", "2025-12"]


def test_the_answer_holds_months_and_instants_and_nothing_else(licence: Licence) -> None:
    answer = client_of(seat_of(Role.SECRETARIAT, licence)).get(f"/api/v1/licences/{licence.pk}/filed-months").json()
    assert {key for row in answer for key in row} == {"month", "filed_at"}


def test_counsel_is_told_of_the_licences_they_are_put_on_alone(licence: Licence) -> None:
    counsel = seat_of(Role.LEGAL, licence)
    with pytest.raises(NotAllowed):
        filed_months(licence.pk, actor=actor_of_seat(counsel))
    make_grant(licence, counsel, by=make_seat(), role=Role.LEGAL)
    assert len(filed_months(licence.pk, actor=actor_of_seat(counsel))) == 4


def test_members_and_other_licensees_see_that_there_is_a_licence_and_not_whether_it_files(licence: Licence) -> None:
    rival = make_seat(organisation=make_organisation("乙"))
    give_role(rival, Role.LICENSEE)
    member = make_seat(organisation=make_organisation("丙"))
    give_role(member, Role.MEMBER_FINANCE)
    make_membership(licence.programme.alliance, member.organisation, "M1")
    for seat in (rival, member):
        with pytest.raises(NotAllowed):
            filed_months(licence.pk, actor=actor_of_seat(seat))
