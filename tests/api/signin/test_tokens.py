"""Personal tokens act as a person in one seat, within limits, and manage nothing of the account."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.access.staff.models import StaffSession
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import User
from platform_core.identity.roles import Role
from platform_core.identity.seating import end_seat
from platform_core.signin.models import ApiToken
from platform_core.webhooks.models import Webhook
from tests.api.signin.browser import PASSWORD, Browser, make_person
from tests.factories.core import command_line, give_role, make_alliance, make_organisation, make_seat
from tests.factories.webhooks import make_webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    user = make_person()
    give_role(user.seats.get(), Role.MEMBER_ADMIN)
    return user


@pytest.fixture
def browser(person: User) -> Browser:
    browser = Browser()
    browser.sign_in()
    browser.post("auth/reauthenticate", {"password": PASSWORD})
    return browser


def make(browser: Browser, **more: Any) -> dict[str, Any]:
    answer = browser.post("/api/v1/me/tokens", {"name": "nightly export", "days": 30, **more})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def use(key: str, path: str = "/api/v1/me", method: str = "GET", **headers: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.generic(
        method, path, "{}", content_type="application/json", headers={"Authorization": f"Bearer {key}", **headers}
    )


def test_a_token_reads_as_its_person_and_its_key_is_kept_nowhere(browser: Browser, person: User) -> None:
    made = make(browser)
    assert made["key"].startswith("lct_")
    assert len(made["key"]) >= 4 + 43
    assert use(made["key"]).json()["email"] == person.email
    row = ApiToken.objects.get()
    assert row.key_hash == hashlib.sha256(made["key"].encode()).hexdigest()
    assert made["key"] not in str(list(ApiToken.objects.values()))
    assert row.used_at is not None
    assert row.used_from == "127.0.0.1"
    (listed,) = browser.get("/api/v1/me/tokens").json()["items"]
    assert "key" not in listed
    assert listed["start"] == made["key"][:12]
    assert made["key"] not in str(list(AuditEvent.objects.values()))


def test_making_a_token_needs_a_fresh_proof(person: User) -> None:
    browser = Browser()
    browser.sign_in()
    answer = browser.post("/api/v1/me/tokens", {"name": "x", "days": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_needed")
    assert not ApiToken.objects.exists()


def test_a_token_may_only_read_unless_it_was_made_to_write(browser: Browser) -> None:
    reading, writing = make(browser)["key"], make(browser, read_only=False)["key"]
    body = '{"language": "en"}'
    for key, status in ((reading, 403), (writing, 200)):
        answer = Client(enforce_csrf_checks=True).patch(
            "/api/v1/me", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
        )
        assert answer.status_code == status


def test_a_token_reaches_its_areas_only(browser: Browser) -> None:
    key = make(browser, areas=["organisations"])["key"]
    assert use(key, "/api/v1/organisations").status_code == 200
    assert use(key, "/api/v1/seats").status_code == 403
    assert use(key, "/api/v1/me").status_code == 403
    answer = browser.post("/api/v1/me/tokens", {"name": "x", "days": 1, "areas": ["unicorns"]})
    assert answer.status_code == 422


def test_a_token_acts_in_its_seat_only(browser: Browser, person: User) -> None:
    made = make(browser)
    other = make_seat(person, make_organisation())
    assert use(made["key"]).json()["seat"] == made["seat"]
    assert use(made["key"], **{"X-Seat": str(other.pk)}).status_code == 403
    assert use(made["key"], **{"X-Seat": made["seat"]}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/me/tokens"),
        ("POST", "/api/v1/me/tokens"),
        ("GET", "/api/v1/me/sessions"),
        ("DELETE", "/api/v1/me/sessions"),
        ("PUT", "/api/v1/me/seat"),
        ("GET", "/api/v1/invitations"),
        ("POST", "/api/v1/invitations"),
        ("GET", "/api/v1/sign-in-locks"),
        ("GET", "/_allauth/browser/v1/account/authenticators"),
        ("POST", "/_allauth/browser/v1/account/password/change"),
    ],
)
def test_a_token_manages_nothing_of_the_account(browser: Browser, method: str, path: str) -> None:
    key = make(browser, read_only=False)["key"]
    assert use(key, path, method).status_code in (401, 403)


def test_a_token_ends_with_its_day_its_seat_its_person_or_when_it_is_revoked(browser: Browser, person: User) -> None:
    keys = [make(browser) for _ in range(2)]
    assert use(keys[0]["key"]).status_code == 200
    assert browser.delete(f"/api/v1/me/tokens/{keys[0]['id']}").status_code == 204
    assert use(keys[0]["key"]).status_code == 401

    key = keys[1]["key"]
    now = timezone.now()
    ApiToken.objects.filter(pk=keys[1]["id"]).update(created_at=now - timedelta(days=2), expires_at=now)
    assert use(key).status_code == 401
    ApiToken.objects.filter(pk=keys[1]["id"]).update(expires_at=now + timedelta(days=1))
    User.objects.update(is_active=False)
    assert use(key).status_code == 401
    User.objects.update(is_active=True)
    assert use(key).status_code == 200
    end_seat(actor=command_line(), seat_id=person.seats.get().pk)
    assert use(key).status_code == 401
    names = AuditEvent.objects.filter(name__startswith="user.api_token").order_by("pk").values_list("name", flat=True)
    assert list(names) == ["user.api_token_made"] * 2 + ["user.api_token_revoked"]


def test_somebody_elses_token_is_not_found(browser: Browser) -> None:
    made = make(browser)
    make_person("li@example.org")
    stranger = Browser()
    stranger.sign_in("li@example.org")
    assert stranger.delete(f"/api/v1/me/tokens/{made['id']}").status_code == 404
    assert use(made["key"]).status_code == 200


def test_a_year_is_the_longest_and_the_database_says_so_too(browser: Browser, person: User) -> None:
    from django.db import IntegrityError, transaction

    assert browser.post("/api/v1/me/tokens", {"name": "x", "days": 366}).status_code == 422
    make(browser, days=365)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=400))


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer lct_x", "Bearer " + "x" * 5000, "bearer lct_\x00"])
def test_an_invented_key_is_refused_and_no_session_is_looked_for(browser: Browser, header: str) -> None:
    answer = browser.get("/api/v1/me", Authorization=header)
    assert answer.status_code == 401


def test_a_token_opens_nothing_that_would_outlive_it_or_reach_further(browser: Browser, person: User) -> None:
    give_role(person.seats.get(), Role.SITE_ADMIN)
    alliance = make_alliance()
    key = make(browser, read_only=False)["key"]
    webhook = {"url": "https://hooks.example.com/", "events": ["*"]}
    session = {"alliance_id": str(alliance.pk), "reason": "a close hangs", "minutes": 30}
    for path, body in (("webhooks", webhook), ("staff-sessions", session)):
        answer = Client().post(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}", "Idempotency-Key": f"by-token-{path}"},
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), answer.content
    assert not Webhook.objects.exists()
    assert not StaffSession.objects.exists()
    assert browser.post("/api/v1/webhooks", webhook).status_code == 201


def test_a_token_turns_no_webhook_elsewhere(browser: Browser, person: User) -> None:
    webhook = make_webhook(person.seats.get())
    key = make(browser, read_only=False)["key"]
    address = f"/api/v1/webhooks/{webhook.pk}"
    headers = {"Authorization": f"Bearer {key}", "If-Match": use(key, address)["ETag"]}
    body = {"url": "https://elsewhere.example.com/"}
    assert Client().patch(address, body, content_type="application/json", headers=headers).status_code == 403
    assert Client().post(f"{address}/secret", headers=headers).status_code == 403
    webhook.refresh_from_db()
    assert webhook.url == "https://hooks.example.com/"
