"""Where one is signed in: listed, ended, and ending by themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from platform_core.audit.models import AuditEvent
from platform_core.identity.models import User
from platform_core.signin.models import Session
from tests.api.signin.browser import PASSWORD, Browser, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_person()


def signed_in(device: str, address: str = "127.0.0.1") -> Browser:
    browser = Browser(device=device, address=address)
    assert browser.sign_in().status_code == 200
    return browser


def test_people_see_where_they_are_signed_in_and_nobody_else_does(person: User) -> None:
    phone, desk = signed_in("Phone", "10.1.2.3"), signed_in("Desk")
    make_person("li@example.org")
    stranger = Browser()
    stranger.sign_in("li@example.org")

    listed = desk.get("/api/v1/me/sessions").json()["items"]
    assert [(row["device"], row["address"], row["current"]) for row in listed] == [
        ("Desk", "127.0.0.1", True),
        ("Phone", "10.1.2.3", False),
    ]
    assert len(stranger.get("/api/v1/me/sessions").json()["items"]) == 1
    others = listed[1]["id"]
    assert stranger.delete(f"/api/v1/me/sessions/{others}").status_code == 404
    assert phone.is_signed_in()


def test_one_browser_is_signed_out_from_another(person: User) -> None:
    phone, desk = signed_in("Phone"), signed_in("Desk")
    (row,) = [row for row in desk.get("/api/v1/me/sessions").json()["items"] if not row["current"]]
    assert desk.delete(f"/api/v1/me/sessions/{row['id']}").status_code == 204
    assert not phone.is_signed_in()
    assert desk.is_signed_in()
    assert AuditEvent.objects.filter(name="user.session_ended", user=person).count() == 1


def test_signing_out_elsewhere_leaves_this_browser_signed_in(person: User) -> None:
    first, second, here = signed_in("1"), signed_in("2"), signed_in("3")
    assert here.delete("/api/v1/me/sessions").status_code == 204
    assert [browser.is_signed_in() for browser in (first, second, here)] == [False, False, True]


def test_a_changed_password_ends_the_other_sessions_at_once(person: User) -> None:
    thief, owner = signed_in("Thief"), signed_in("Owner")
    answer = owner.post("account/password/change", {"current_password": PASSWORD, "new_password": "another-good-one"})
    assert answer.status_code == 200
    assert Session.objects.filter(user=person).count() == 1
    assert not thief.is_signed_in()
    assert owner.is_signed_in()
    assert Browser().sign_in().status_code == 400
    assert Browser().sign_in(password="another-good-one").status_code == 200
    assert AuditEvent.objects.filter(name="user.password_changed", user=person).count() == 1


def test_a_session_ends_when_it_is_not_used(person: User) -> None:
    browser = signed_in("Desk")
    row = Session.objects.get(user=person)
    assert row.expires_at - row.seen_at == timedelta(minutes=120)
    Session.objects.update(started_at=row.started_at - timedelta(hours=3), expires_at=timezone.now())
    assert not browser.is_signed_in()


def test_use_lengthens_a_session_but_not_beyond_its_absolute_end(person: User) -> None:
    browser = signed_in("Desk")
    row = Session.objects.get(user=person)
    started = timezone.now() - timedelta(hours=11)
    Session.objects.update(started_at=started, seen_at=started, expires_at=timezone.now() + timedelta(minutes=1))
    assert browser.is_signed_in()
    row.refresh_from_db()
    assert row.seen_at > started
    assert row.expires_at == started + timedelta(hours=12)


def test_reading_does_not_write_the_session_at_every_request(person: User) -> None:
    browser = signed_in("Desk")
    seen = Session.objects.get(user=person).seen_at
    assert browser.is_signed_in()
    assert Session.objects.get(user=person).seen_at == seen


def test_an_ended_session_is_not_brought_back_by_a_request_under_way(person: User) -> None:
    from django.contrib.sessions.backends.base import UpdateError

    from platform_core.signin.sessions import SessionStore

    browser = signed_in("Desk")
    under_way = SessionStore(browser.client.cookies["sessionid"].value)
    under_way["seat"] = "chosen"
    Session.objects.filter(user=person).delete()
    with pytest.raises(UpdateError):
        under_way.save()
    assert not Session.objects.filter(user=person).exists()
