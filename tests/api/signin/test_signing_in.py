"""Signing in with a password over HTTP, as the web application does it."""

import pytest

from platform_core.audit.models import AuditEvent
from platform_core.identity.models import User
from platform_core.signin.models import Session
from platform_core.signin.sessions import hash_of
from platform_site.demo.people import PEOPLE, SIGN_IN_WORD
from tests.api.signin.browser import PASSWORD, Browser, make_person

pytestmark = pytest.mark.django_db


def test_a_person_signs_in_with_a_password_and_out_again() -> None:
    person = make_person()
    browser = Browser()
    assert not browser.is_signed_in()
    answer = browser.sign_in("Wang@Example.org")
    assert answer.status_code == 200
    assert answer.json()["data"]["user"]["email"] == "wang@example.org"
    assert answer.json()["meta"]["is_authenticated"] is True
    assert browser.get("/api/v1/me").json()["user"] == str(person.pk)

    assert browser.delete("auth/session").status_code == 401
    assert not browser.is_signed_in()
    assert list(AuditEvent.objects.order_by("pk").values_list("name", flat=True)) == [
        "user.signed_in",
        "user.signed_out",
    ]
    assert set(AuditEvent.objects.values_list("user", "subject_id")) == {(person.pk, person.pk)}


def test_a_request_without_the_token_of_our_page_is_refused() -> None:
    make_person()
    browser = Browser()
    answer = browser.post(
        "auth/login", {"email": "wang@example.org", "password": PASSWORD}, **{"X-CSRFToken": "forged"}
    )
    assert answer.status_code == 403
    assert not browser.is_signed_in()


def test_nobody_makes_an_account_for_themselves() -> None:
    browser = Browser()
    assert browser.get("config").json()["data"]["account"]["is_open_for_signup"] is False
    answer = browser.post("auth/signup", {"email": "new@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert not User.objects.filter(email="new@example.org").exists()


def test_an_inactive_person_does_not_get_in() -> None:
    make_person(is_active=False)
    browser = Browser()
    assert browser.sign_in().status_code != 200
    assert not browser.is_signed_in()


def test_people_of_the_demonstration_sign_in_the_same_way() -> None:
    User.objects.create_user(PEOPLE[0].email, name=PEOPLE[0].name)
    assert Browser().sign_in(PEOPLE[0].email, SIGN_IN_WORD).status_code == 200
    assert Browser().sign_in(PEOPLE[0].email, "lianchi-other").status_code == 400


def test_the_key_of_a_session_is_not_kept_and_its_contents_are_encrypted() -> None:
    person = make_person()
    browser = Browser()
    browser.sign_in()
    key = browser.client.cookies["sessionid"].value
    row = Session.objects.get(user=person)
    assert row.key_hash == hash_of(key)
    kept = " ".join(str(getattr(row, field.attname)) for field in Session._meta.concrete_fields)
    assert key not in kept
    assert "_auth_user" not in kept
    assert row.contents.startswith("v1.k1.")


def test_the_session_key_changes_when_somebody_signs_in() -> None:
    make_person()
    browser = Browser()
    browser.get("auth/webauthn/login")
    before = browser.client.cookies["sessionid"].value
    browser.sign_in()
    assert browser.client.cookies["sessionid"].value != before
    assert not Session.objects.filter(key_hash=hash_of(before)).exists()
