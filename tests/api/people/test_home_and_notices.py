"""What people's affairs tell the home page and by notices: applications, charters, grants, each to those concerned."""

from datetime import date, timedelta
from typing import Any

import pytest

from members.charter.models import CharterKind, CharterVersion
from members.charter.services import draft_version, publish_version, start_charter
from members.memberships.moving import StepDetails
from members.memberships.services import apply_for_membership, refuse_application, review_application
from platform_core.access.grants.services import grant_access
from platform_core.identity.merging import merge_organisations
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.composition import make_pool
from tests.factories.core import actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db


def seat_with(role: Role, **where: Any) -> Seat:
    seat = make_seat(organisation=where.pop("organisation", None))
    give_role(seat, role, **where)
    return seat


def waiting(seat: Seat) -> list[dict[str, Any]]:
    response = client_of(seat).get("/api/v1/home")
    assert response.status_code == 200, response.content
    rows: list[dict[str, Any]] = response.json()["waiting"]
    return rows


def told(seat: Seat) -> list[str]:
    return [row["kind"] for row in client_of(seat).get("/api/v1/notices").json()["items"]]


def test_organisations_of_one_code_wait_for_whoever_runs_the_site_and_for_nobody_else() -> None:
    alliance, admin = make_alliance(), seat_with(Role.SITE_ADMIN)
    office = seat_with(Role.SECRETARIAT, alliance=alliance)
    first, second = (make_organisation(name, uscc="91110000600037341L") for name in ("京东方", "BOE"))
    make_organisation(uscc="91310000132200821H")
    make_membership(alliance, first, "M1")

    assert [(row["kind"], row["title"], row["detail"]) for row in waiting(admin)] == [
        ("organisation.recorded_twice", "京东方", {"count": 2})
    ]
    assert waiting(office) == []
    duplicates = client_of(admin).get(f"/api/v1/organisations/{first.pk}/duplicates").json()
    assert [row["id"] for row in duplicates] == [str(second.pk)]

    merge_organisations(actor=actor_of_seat(admin), kept_id=first.pk, merged_id=second.pk)
    assert waiting(admin) == []


def test_an_application_waits_for_the_office_and_then_for_its_second_person() -> None:
    alliance, applicant = make_alliance(), make_organisation("申请人")
    first, second = (seat_with(Role.SECRETARIAT, alliance=alliance) for _ in range(2))
    elsewhere = seat_with(Role.SECRETARIAT)
    admin = seat_with(Role.MEMBER_ADMIN, organisation=applicant)

    make_pool(alliance, "public")

    membership = apply_for_membership(actor=actor_of_seat(admin), alliance_id=alliance.pk, organisation_id=applicant.pk)
    assert [(row["kind"], row["title"], row["step"]) for row in waiting(first)] == [
        ("membership.review", "申请人", "review")
    ]
    assert told(first) == told(second) == ["membership.applied"]
    assert waiting(elsewhere) == []
    assert told(elsewhere) == []

    review_application(actor=actor_of_seat(first), membership_id=membership.pk, details=StepDetails())
    assert waiting(first) == []
    assert [row["kind"] for row in waiting(second)] == ["membership.admission"]
    assert told(admin) == ["membership.review_started"]

    refuse_application(actor=actor_of_seat(second), membership_id=membership.pk, details=StepDetails(reason="no"))
    assert waiting(second) == []
    assert told(admin) == ["membership.refused", "membership.review_started"]


def test_a_published_version_waits_for_each_member_and_the_office_hears_how_many() -> None:
    alliance = make_alliance()
    office = seat_with(Role.SECRETARIAT, alliance=alliance)
    members = [make_organisation() for _ in range(2)]
    for number, organisation in enumerate(members):
        make_membership(alliance, organisation, f"M{number}")
    admins = [seat_with(Role.MEMBER_ADMIN, organisation=organisation) for organisation in members]
    stranger = seat_with(Role.MEMBER_ADMIN)
    actor = actor_of_seat(office)
    charter = start_charter(actor=actor, alliance_id=alliance.pk, kind=CharterKind.CHARTER, title_zh="章程")
    version = draft_version(
        actor=actor,
        charter_id=charter.pk,
        text_zh="第一条",
        effective_on=date(2026, 3, 2),
        sign_by_on=date(2026, 4, 1),
    )
    assert waiting(admins[0]) == []

    publish_version(actor=actor, version_id=version.pk)

    (row,) = waiting(office)
    assert (row["kind"], row["detail"], row["due_on"]) == ("charter.unsigned", {"count": 2}, "2026-04-01")
    for admin in admins:
        assert [(row["kind"], row["title"]) for row in waiting(admin)] == [("charter.sign", "章程")]
    assert waiting(stranger) == []
    assert CharterVersion.objects.count() == 1


def test_who_is_given_a_right_is_told_for_as_long_as_it_holds() -> None:
    alliance, owner = make_alliance(), make_organisation()
    make_membership(alliance, owner, "M1")
    admin, friend = seat_with(Role.MEMBER_ADMIN, organisation=owner), make_seat(organisation=owner)
    patent = make_patent(alliance, "CN1", owner)
    actor = actor_of_seat(admin)

    grant_access(
        actor=actor,
        subject_type="patents.patent",
        subject_id=patent.pk,
        seat_id=friend.pk,
        actions=["patent.read"],
        reason="They asked.",
        ends_at=actor.clock.now() + timedelta(days=400),
    )

    assert told(friend) == ["grant.given"]
    assert told(make_seat()) == told(admin) == []
