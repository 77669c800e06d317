"""People come in by invitation: to what the one who invites may give, and by the link alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.access.acting import actor_in_seat
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Alliance, RoleAssignment, Seat, User
from platform_core.identity.roles import Role
from platform_core.identity.seating import end_seat
from platform_core.messaging.models import Message
from platform_core.signin.models import Invitation
from tests.api.core.clients import client_of
from tests.api.signin.browser import Browser, make_person
from tests.api.signin.letters import letters_to, link_in
from tests.factories.core import command_line, give_role, make_alliance, make_organisation, make_seat

pytestmark = pytest.mark.django_db

NEW = {"name": "李 Li", "password": "quite-a-good-one"}


@pytest.fixture
def admin() -> Seat:
    seat = make_seat()
    give_role(seat, Role.MEMBER_ADMIN)
    return seat


def invite(seat: Seat, key: str = "first-key", **more: Any) -> Any:
    body = {"organisation": str(seat.organisation_id), "email": "Li@Example.org", "roles": [{"role": "member_staff"}]}
    return client_of(seat).post(
        "/api/v1/invitations", {**body, **more}, content_type="application/json", headers={"Idempotency-Key": key}
    )


def key_sent_to(email: str = "li@example.org") -> str:
    return link_in(letters_to(email)[-1][1], "/sign-in/invitation/")


def accept(browser: Browser, key: str, **more: Any) -> Any:
    return browser.post("/api/v1/invitations/acceptance", {"key": key, **more})


def test_a_new_person_follows_the_link_chooses_a_password_and_signs_in(admin: Seat) -> None:
    assert invite(admin).status_code == 201
    key = key_sent_to()
    assert key not in str(list(Invitation.objects.values()))

    browser = Browser()
    seen = browser.get("/api/v1/invitations/acceptance", **{"X-Invitation-Key": key}).json()
    assert (seen["email"], seen["invited_by_name"], seen["has_account"]) == (
        "li@example.org",
        admin.user.name,
        False,
    )
    assert accept(browser, key, **NEW, language="en").status_code == 201
    assert browser.sign_in("li@example.org", NEW["password"]).status_code == 200
    me = browser.get("/api/v1/me").json()
    assert (me["name"], me["language"], [role["role"] for role in me["roles"]]) == ("李 Li", "en", ["member_staff"])

    role = RoleAssignment.objects.get(seat__user__email="li@example.org")
    given = AuditEvent.objects.get(name="role.assigned", subject_id=role.pk)
    assert given.user == admin.user
    assert accept(Browser(), key, **NEW).status_code == 404
    assert AuditEvent.objects.filter(name="invitation.accepted").count() == 1


def test_a_weak_password_is_refused_and_the_link_stays_good(admin: Seat) -> None:
    invite(admin)
    answer = accept(Browser(), key_sent_to(), name="Li", password="12345678901")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/password"
    assert not User.objects.filter(email="li@example.org").exists()
    assert accept(Browser(), key_sent_to(), **NEW).status_code == 201


def test_somebody_with_an_account_signs_in_first_and_keeps_the_password(admin: Seat) -> None:
    person = make_person("li@example.org")
    invite(admin)
    browser = Browser()
    refused = accept(browser, key_sent_to(), **NEW)
    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_needed")
    browser.sign_in("li@example.org")
    assert accept(browser, key_sent_to()).status_code == 201
    assert Seat.objects.filter(user=person, organisation=admin.organisation, ended_at=None).exists()
    assert Browser().sign_in("li@example.org").status_code == 200


def test_a_forwarded_link_is_not_for_whoever_else_is_signed_in(admin: Seat) -> None:
    invite(admin)
    make_person("other@example.org")
    browser = Browser()
    browser.sign_in("other@example.org")
    assert accept(browser, key_sent_to()).status_code == 403
    assert Invitation.objects.get().state == "open"


def test_nobody_invites_to_what_they_may_not_give(admin: Seat) -> None:
    alliance: Alliance = make_alliance()
    elsewhere = make_organisation()
    staff = make_seat(organisation=admin.organisation)
    give_role(staff, Role.MEMBER_STAFF)
    refused = [
        invite(admin, roles=[{"role": "site_admin"}]),
        invite(admin, roles=[{"role": "secretariat", "alliance": str(alliance.pk)}]),
        invite(admin, roles=[{"role": "member_staff"}, {"role": "licensee"}]),
        invite(admin, organisation=str(elsewhere.pk)),
        invite(staff),
    ]
    assert [answer.status_code for answer in refused] == [403, 404, 403, 404, 403]
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_the_invitation_is_void_once_the_one_who_invited_may_no_longer_do_so(admin: Seat) -> None:
    invite(admin)
    key = key_sent_to()
    end_seat(actor=command_line(), seat_id=admin.pk)
    answer = accept(Browser(), key, **NEW)
    assert answer.status_code == 409
    assert not User.objects.filter(email="li@example.org").exists()
    assert Invitation.objects.get().state == "open"


def test_a_withdrawn_an_old_and_an_invented_link_lead_nowhere_alike(admin: Seat) -> None:
    row = invite(admin).json()
    withdrawn = key_sent_to()
    address = f"/api/v1/invitations/{row['id']}/withdrawal"
    stranger = make_seat()
    give_role(stranger, Role.MEMBER_ADMIN)
    assert client_of(stranger).post(address).status_code == 404
    assert client_of(admin).post(address).status_code == 200
    invite(admin, "second-key")
    old = key_sent_to()
    Invitation.objects.filter(state="open").update(expires_at=timezone.now() - timedelta(seconds=1))
    answers = [accept(Browser(), key, **NEW) for key in (withdrawn, old, "invented")]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len({answer.json()["detail"] for answer in answers}) == 1


def test_sending_again_makes_the_old_link_void_and_is_limited(admin: Seat) -> None:
    address = f"/api/v1/invitations/{invite(admin).json()['id']}/resending"
    old = key_sent_to()
    soon = client_of(admin).post(address)
    assert soon.status_code == 429
    assert int(soon["Retry-After"]) > 0
    for _ in range(4):
        Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
        assert client_of(admin).post(address).status_code == 200
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert client_of(admin).post(address).status_code == 409
    assert accept(Browser(), old, **NEW).status_code == 404
    assert accept(Browser(), key_sent_to(), **NEW).status_code == 201


def test_one_address_has_one_open_invitation_to_an_organisation(admin: Seat) -> None:
    assert invite(admin).status_code == 201
    assert invite(admin, "second-key").status_code == 409
    assert Message.objects.count() == 1


def test_inviting_does_not_tell_who_has_an_account(admin: Seat) -> None:
    make_person("known@example.org")
    answers = []
    for number, email in enumerate(("known@example.org", "unknown@example.org")):
        body = invite(admin, f"key-number-{number}", email=email).json()
        answers.append(
            {name: value for name, value in body.items() if name not in ("id", "email") and "_at" not in name}
        )
    assert answers[0] == answers[1]


def test_whoever_tries_keys_is_locked_out_by_network_address(admin: Seat) -> None:
    from platform_core.signin.lockout import LIMITS
    from platform_core.signin.models import LockKind

    browser = Browser(address="10.6.6.6")
    limit = LIMITS[LockKind.ADDRESS].failures
    answers = [accept(browser, f"invented-{number}", **NEW).status_code for number in range(limit + 1)]
    assert answers == [404] * limit + [429]


def test_an_invited_role_keeps_its_end(admin: Seat) -> None:
    end = (timezone.now() + timedelta(days=30)).replace(microsecond=0)
    invite(admin, roles=[{"role": "member_finance", "ends_at": end.isoformat()}])
    accept(Browser(), key_sent_to(), **NEW)
    seat = Seat.objects.get(user__email="li@example.org")
    assert [row.ends_at for row in seat.role_assignments.all()] == [end]
    assert actor_in_seat(seat.pk).holds(Role.MEMBER_FINANCE)
