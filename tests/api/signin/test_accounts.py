"""Closing an account shuts every door at once, and only who keeps the installation may do it."""

from typing import Any

import pytest
from django.test import Client

from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Seat, User
from platform_core.identity.roles import Role
from platform_core.signin.models import ApiToken, Session
from tests.api.core.clients import client_of
from tests.api.signin.browser import PASSWORD, Browser, make_person
from tests.factories.core import give_role, make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Seat:
    seat = make_seat()
    give_role(seat, Role.SITE_ADMIN)
    return seat


@pytest.fixture
def person() -> User:
    return make_person()


def step(seat: Seat, user: User, name: str, reason: str = "Left the company.") -> Any:
    return client_of(seat).post(
        f"/api/v1/accounts/{user.pk}/{name}", {"reason": reason}, content_type="application/json"
    )


def token_of(browser: Browser) -> str:
    browser.post("auth/reauthenticate", {"password": PASSWORD})
    made = browser.post("/api/v1/me/tokens", {"name": "export", "days": 9})
    assert made.status_code == 201
    return str(made.json()["key"])


def reads_with(token: str) -> int:
    return Client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_closed_account_is_out_everywhere_and_comes_in_nowhere(keeper: Seat, person: User) -> None:
    desk, phone = Browser(), Browser()
    assert desk.sign_in().status_code == phone.sign_in().status_code == 200
    token = token_of(desk)
    assert reads_with(token) == 200

    answer = step(keeper, person, "closing")
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert not desk.is_signed_in()
    assert not phone.is_signed_in()
    assert not Session.objects.filter(user=person).exists()
    assert reads_with(token) == 401
    assert Browser().sign_in().status_code != 200
    assert not Session.objects.filter(user=person).exists()
    event = AuditEvent.objects.get(name="user.account_closed")
    assert event.subject_id == person.pk
    assert event.changes["reason"]["new"] == "Left the company."
    assert event.changes["sessions"] == {"old": 2, "new": 0}
    assert step(keeper, person, "closing").json()["code"] == "wrong_state"


def test_a_reopened_account_signs_in_again_but_its_old_tokens_stay_dead(keeper: Seat, person: User) -> None:
    browser = Browser()
    browser.sign_in()
    token = token_of(browser)
    assert step(keeper, person, "reopening").json()["code"] == "wrong_state"
    step(keeper, person, "closing")
    assert step(keeper, person, "reopening", "Came back.").status_code == 200
    assert Browser().sign_in().status_code == 200
    assert reads_with(token) == 401
    assert ApiToken.objects.get(user=person).revoked_at is not None
    assert AuditEvent.objects.filter(name="user.account_reopened").count() == 1


def test_nobody_closes_their_own_account_and_no_reason_is_no_reason(keeper: Seat, person: User) -> None:
    assert step(keeper, keeper.user, "closing").status_code == 403
    assert step(keeper, person, "closing", " ").status_code == 422
    assert not User.objects.filter(is_active=False).exists()


@pytest.mark.parametrize("role", [Role.MEMBER_ADMIN, None])
def test_others_cannot_even_of_their_own_colleagues(person: User, role: Role | None) -> None:
    colleague = make_seat(organisation=person.seats.get().organisation)
    if role is not None:
        give_role(colleague, role)
    # An administrator sees the colleague and is refused; anybody else does not find the account.
    assert step(colleague, person, "closing").status_code == (403 if role else 404)
    person.refresh_from_db()
    assert person.is_active
    assert not AuditEvent.objects.filter(name="user.account_closed").exists()


def test_somebody_without_a_seat_sees_and_ends_where_they_are_signed_in() -> None:
    User.objects.create_user("new@example.org", name="新人", password=PASSWORD)
    phone, desk = Browser(device="Phone"), Browser(device="Desk")
    assert phone.sign_in("new@example.org").status_code == desk.sign_in("new@example.org").status_code == 200
    listed = desk.get("/api/v1/me/sessions").json()["items"]
    assert [row["device"] for row in listed] == ["Desk", "Phone"]
    assert desk.delete(f"/api/v1/me/sessions/{listed[1]['id']}").status_code == 204
    assert [browser.is_signed_in() for browser in (phone, desk)] == [False, True]
    again = Browser()
    again.sign_in("new@example.org")
    assert desk.delete("/api/v1/me/sessions").status_code == 204
    assert [browser.is_signed_in() for browser in (again, desk)] == [False, True]
    assert Client().get("/api/v1/me/sessions").status_code == 401
