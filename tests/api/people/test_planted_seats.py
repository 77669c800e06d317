"""An office plants its own person at an organisation that has nothing yet, and it comes to have something.

The whole attack over HTTP, by every way there is: a seat, an invitation, a colleague let in by the planted person, a
merger; and what is refused on the way to having it confirmed.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from django.test import Client

from licensing.agreements.models import Licence
from licensing.close.models import Statement
from members.memberships.models import Membership, MembershipState
from platform_core.access.acting import actor_in_seat
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.api.signin.browser import Browser
from tests.api.signin.letters import letters_to, link_in
from tests.factories.agreements import make_licence
from tests.factories.core import acting, give_role, make_alliance, make_organisation, make_seat, make_user
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.reports import make_filed_report
from tests.factories.royalties import SmallWorld, make_person, make_small_world, month

pytestmark = pytest.mark.django_db

NEW = {"name": "Friend", "password": "quite-a-good-one"}

_keys = count(1)


@pytest.fixture
def world() -> SmallWorld:
    world = make_small_world()
    office = world.seats["secretariat"].organisation
    world.seats["colleague"] = make_person(office, "colleague", Role.SECRETARIAT, alliance=world.alliance)
    return world


def send(client: Client, address: str, **body: Any) -> Any:
    return client.post(
        f"/api/v1/{address}",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": f"planted-{next(_keys):06d}"},
    )


def made(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.content
    document: dict[str, Any] = answer.json()
    return document


def plant(world: SmallWorld) -> Seat:
    """Register an organisation that nobody deals with, and seat a person there, as the office may."""
    office = client_of(world.seats["secretariat"])
    organisation = made(send(office, "organisations", name_zh="新公司", name_en="New company"))["id"]
    friend = make_user("friend")
    # Whom an office seats it has to see: here, somebody who sits at its own organisation too.
    make_seat(user=friend, organisation=world.seats["secretariat"].organisation)
    planted = made(send(office, "seats", user=str(friend.pk), organisation=organisation))["id"]
    for role in (Role.MEMBER_ADMIN, Role.LICENSEE):
        made(send(office, "role-assignments", seat=planted, role=role.value))
    return Seat.objects.get(pk=planted)


def license_to(world: SmallWorld, organisation: Organisation) -> Licence:
    licence = make_licence(world.programme, organisation, "PLANTED")
    make_filed_report(licence, month("2025-04"))
    return licence


def seen(seat: Seat, address: str) -> list[Any]:
    answer = client_of(seat).get(f"/api/v1/{address}")
    return list(answer.json()["items"]) if answer.status_code == 200 else []


def confirm(seat: Seat, by: Seat) -> int:
    return int(send(client_of(by), f"seats/{seat.pk}/confirmation").status_code)


def test_a_planted_licensee_reads_no_report_of_the_later_licence(world: SmallWorld) -> None:
    planted = plant(world)
    assert planted.waits
    license_to(world, planted.organisation)
    assert seen(planted, "sales-reports") == []
    assert seen(planted, "licences?state=draft") == []
    assert client_of(planted).get("/api/v1/me").json()["roles"] == []

    assert confirm(planted, world.seats["secretariat"]) == 403, "it is the office's own work"
    assert confirm(planted, planted) in (403, 404)
    assert seen(planted, "sales-reports") == []
    assert not AuditEvent.objects.filter(name="seat.confirmed").exists()

    assert confirm(planted, world.seats["colleague"]) == 200
    assert len(seen(planted, "sales-reports")) == 1
    assert AuditEvent.objects.filter(name="seat.confirmed", seat=world.seats["colleague"]).exists()


def test_a_planted_administrator_reads_no_statement_of_the_later_member(world: SmallWorld) -> None:
    planted = plant(world)
    membership = make_membership(world.alliance, planted.organisation, "NEW", state=MembershipState.APPLIED)
    assert [row["id"] for row in seen(planted, "memberships")] == [str(membership.pk)], "who applies follows it"
    Membership.objects.filter(pk=membership.pk).update(state=MembershipState.ADMITTED)
    member = actor_in_seat(planted.pk, clock=world.clock)
    assert (member.organisation_id, member.assignments) == (None, ())
    assert not Statement.objects.visible_to(member).exists()
    assert seen(planted, "memberships") == []
    more = send(client_of(planted), "seats", user=str(planted.user_id), organisation=str(planted.organisation_id))
    assert more.status_code in (403, 404), "nor does it let anybody in"


def test_a_member_of_another_alliance_is_closed_to_the_planted_as_well(world: SmallWorld) -> None:
    planted = plant(world)
    make_membership(make_alliance(), planted.organisation, "ELSEWHERE")
    make_membership(world.alliance, planted.organisation, "NEW")
    assert confirm(planted, world.seats["colleague"]) in (403, 404), "another alliance is concerned"
    assert seen(planted, "memberships") == []


def test_whom_the_planted_person_lets_in_waits_in_the_name_of_the_same_office(world: SmallWorld) -> None:
    planted = plant(world)
    invited = {"email": "second@example.org", "roles": [{"role": "member_admin"}]}
    made(send(client_of(planted), "invitations", organisation=str(planted.organisation_id), **invited))
    link = link_in(letters_to("second@example.org")[-1][1], "/sign-in/invitation/")
    accepted = Browser().post("/api/v1/invitations/acceptance", {"key": link, **NEW})
    assert accepted.status_code == 201, accepted.content
    seat = Seat.objects.exclude(pk=planted.pk).get(organisation=planted.organisation)
    assert (seat.waits, seat.prepared_by) == (True, world.seats["secretariat"].user)
    assert confirm(seat, planted) == 403, "whoever waits confirms nobody"
    assert confirm(seat, world.seats["secretariat"]) == 403
    make_membership(world.alliance, planted.organisation, "NEW")
    assert seen(seat, "memberships") == []


def test_an_invitation_plants_nobody_either(world: SmallWorld) -> None:
    office = client_of(world.seats["secretariat"])
    organisation = made(send(office, "organisations", name_zh="新公司"))["id"]
    made(
        send(office, "invitations", organisation=organisation, email="friend@example.org", roles=[{"role": "licensee"}])
    )
    accepted = Browser().post(
        "/api/v1/invitations/acceptance",
        {"key": link_in(letters_to("friend@example.org")[-1][1], "/sign-in/invitation/"), **NEW},
    )
    assert accepted.status_code == 201, accepted.content
    planted = Seat.objects.get(organisation=organisation)
    assert planted.prepared_by == world.seats["secretariat"].user
    license_to(world, planted.organisation)
    assert seen(planted, "sales-reports") == []


def test_a_merger_lets_the_people_of_one_see_nothing_of_the_other(world: SmallWorld) -> None:
    planted = plant(world)
    licensee = world.licences["L1"].licensee
    make_filed_report(world.licences["L1"], month("2025-04"))
    office = client_of(world.seats["secretariat"])
    made(send(office, f"organisations/{licensee.pk}/merger", merged=str(planted.organisation_id)))
    planted.refresh_from_db()
    assert (planted.organisation, planted.waits) == (licensee, True)
    assert seen(planted, "sales-reports") == []
    assert len(seen(world.seats["L1"], "sales-reports")) == 1, "its own people go on"


def test_a_merger_the_other_way_round_has_the_planted_wait_too(world: SmallWorld) -> None:
    planted = plant(world)
    assert confirm(planted, world.seats["colleague"]) == 200, "nothing to be seen there yet"
    make_filed_report(world.licences["L1"], month("2025-04"))
    office = client_of(world.seats["secretariat"])
    address = f"organisations/{planted.organisation_id}/merger"
    made(send(office, address, merged=str(world.licences["L1"].licensee_id)))
    planted.refresh_from_db()
    assert planted.waits
    assert seen(planted, "sales-reports") == []
    assert len(seen(world.seats["L1"], "sales-reports")) == 1


def test_what_is_granted_to_the_organisation_is_not_for_the_planted(world: SmallWorld) -> None:
    planted = plant(world)
    patent = make_patent(make_alliance(), "CN1Z", make_organisation())
    make_grant(patent, planted.organisation, "patent.read", by=make_seat(), ends_at=datetime(2036, 1, 1, tzinfo=UTC))
    assert seen(planted, "patents") == []
    own = make_seat(organisation=planted.organisation)
    assert [row["id"] for row in seen(own, "patents")] == [str(patent.pk)]
    assert confirm(planted, world.seats["colleague"]) in (200, 404)


def test_its_own_administrator_confirms_and_then_no_office_does(world: SmallWorld) -> None:
    planted = plant(world)
    own = make_seat(organisation=planted.organisation)
    give_role(own, Role.MEMBER_ADMIN)
    license_to(world, planted.organisation)
    assert confirm(planted, world.seats["colleague"]) == 403, "it has an administrator of its own"
    administrator = acting(Role.SITE_ADMIN)
    assert administrator.seat_id is not None
    assert confirm(planted, Seat.objects.get(pk=administrator.seat_id)) == 403
    assert confirm(planted, own) == 200
    assert confirm(planted, own) == 409


PEOPLE: dict[str, Callable[[SmallWorld], Seat]] = {
    "a member": lambda world: world.seats["M1"],
    "finance": lambda world: world.seats["calculator"],
    "another office": lambda world: make_small_world("second").seats["secretariat"],
}


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_else_confirms(world: SmallWorld, who: str) -> None:
    planted = plant(world)
    make_membership(world.alliance, planted.organisation, "NEW")
    assert confirm(planted, PEOPLE[who](world)) in (403, 404)
    planted.refresh_from_db()
    assert planted.waits
