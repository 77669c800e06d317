"""Second factors: authenticator app, recovery codes and passkeys, from being added to being asked for."""

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import TestCase

from platform_core.audit.models import AuditEvent
from platform_core.identity.models import User
from platform_core.secrets import CannotOpen, unseal
from platform_core.signin import factors
from platform_core.signin.adapters import place_of_factor
from platform_core.signin.models import Session
from tests.api.signin.browser import PASSWORD, Browser, make_person
from tests.api.signin.letters import letters_to
from tests.api.signin.passkeys import SecurityKey

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_person()


@pytest.fixture
def browser(person: User) -> Browser:
    browser = Browser()
    browser.client.defaults["SERVER_NAME"] = "localhost"
    browser.sign_in()
    return browser


def another() -> Browser:
    browser = Browser()
    browser.client.defaults["SERVER_NAME"] = "localhost"
    return browser


def prove(browser: Browser) -> None:
    assert browser.post("auth/reauthenticate", {"password": PASSWORD}).status_code == 200


def code_of(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def with_app(browser: Browser) -> str:
    """Add an authenticator app and return its secret."""
    prove(browser)
    secret: str = browser.get("account/authenticators/totp").json()["meta"]["secret"]
    # The library tells of it once it is committed, which a test that is rolled back has to ask for.
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert browser.post("account/authenticators/totp", {"code": code_of(secret)}).status_code == 200
    cache.clear()
    return secret


def recovery_codes(browser: Browser) -> list[str]:
    found: list[str] = browser.get("account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    return found


def pending(answer: Any) -> list[str]:
    return [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]


def test_a_factor_is_added_only_after_a_fresh_proof(browser: Browser) -> None:
    answer = browser.post("account/authenticators/totp", {"code": "123456"})
    assert answer.status_code in (400, 401)
    assert not Authenticator.objects.exists()


def test_the_app_is_asked_for_after_the_password_and_a_code_works_once(browser: Browser, person: User) -> None:
    secret = with_app(browser)
    assert AuditEvent.objects.filter(name="user.authenticator_app_added", user=person).count() == 1
    assert "sign_in.app_added" in [kind for kind, _ in letters_to(person.email)]

    phone = another()
    answer = phone.sign_in()
    assert answer.status_code == 401
    assert pending(answer) == ["mfa_authenticate"]
    assert not phone.is_signed_in()
    code = code_of(secret)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert phone.post("auth/2fa/authenticate", {"code": wrong}).status_code == 400
    assert phone.post("auth/2fa/authenticate", {"code": code}).status_code == 200
    assert phone.is_signed_in()

    thief = another()
    thief.sign_in()
    assert thief.post("auth/2fa/authenticate", {"code": code}).status_code == 400


def test_the_secret_stands_encrypted_and_opens_for_its_person_only(browser: Browser, person: User) -> None:
    secret = with_app(browser)
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in str(list(Authenticator.objects.values())) + str(list(Session.objects.values()))
    assert unseal(kept, bound_to=place_of_factor(person.pk)) == secret
    other = make_person("li@example.org")
    with pytest.raises(CannotOpen):
        unseal(kept, bound_to=place_of_factor(other.pk))
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert seed.startswith("v1.")


def test_guessing_the_second_factor_is_limited(browser: Browser) -> None:
    secret = with_app(browser)
    thief = another()
    thief.sign_in()
    for _ in range(5):
        assert thief.post("auth/2fa/authenticate", {"code": "000000"}).json()["errors"][0]["code"] == "incorrect_code"
    answer = thief.post("auth/2fa/authenticate", {"code": code_of(secret)})
    assert answer.json()["errors"][0]["code"] == "too_many_login_attempts"
    assert not thief.is_signed_in()


@pytest.mark.parametrize(
    ("language", "wrong", "limited"),
    [("zh-hans", "下一个验证码", "15 分钟"), ("en", "the next one that your app shows", "Wait 15 minutes")],
)
def test_wrong_codes_are_told_with_what_to_do_in_the_readers_language(
    browser: Browser, language: str, wrong: str, limited: str
) -> None:
    with_app(browser)
    phone = another()
    phone.sign_in()
    headers = {"Accept-Language": language}

    def told() -> str:
        answer = phone.post("auth/2fa/authenticate", {"code": "000000"}, **headers)
        message: str = answer.json()["errors"][0]["message"]
        return message

    assert wrong in told()
    for _ in range(4):
        told()
    assert limited in told()


def test_a_factor_and_its_record_are_kept_together_or_not_at_all(
    browser: Browser, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the record cannot be written")

    prove(browser)
    secret: str = browser.get("account/authenticators/totp").json()["meta"]["secret"]
    with monkeypatch.context() as patched:
        patched.setattr(factors, "record_event", broken)
        browser.client.raise_request_exception = False
        assert browser.post("account/authenticators/totp", {"code": code_of(secret)}).status_code == 500
    assert not Authenticator.objects.filter(user=person).exists()
    assert browser.post("account/authenticators/totp", {"code": code_of(secret)}).status_code == 200
    names = (
        AuditEvent.objects.filter(user=person, name__startswith="user.").order_by("pk").values_list("name", flat=True)
    )
    assert list(names)[-2:] == ["user.authenticator_app_added", "user.recovery_codes_made"]


def test_recovery_codes_are_shown_once_and_each_works_once(browser: Browser) -> None:
    with_app(browser)
    codes = recovery_codes(browser)
    assert len(codes) == 10
    assert "unused_codes" not in browser.get("account/authenticators/recovery-codes").json()["data"]
    for expected in (200, 400):
        phone = another()
        phone.sign_in()
        assert phone.post("auth/2fa/authenticate", {"code": codes[0]}).status_code == expected


def test_a_removed_app_is_asked_for_no_more_and_the_owner_is_told(browser: Browser, person: User) -> None:
    with_app(browser)
    assert browser.delete("account/authenticators/totp").status_code == 200
    assert another().sign_in().status_code == 200
    assert AuditEvent.objects.filter(name="user.authenticator_app_removed", user=person).count() == 1
    assert letters_to(person.email)[-1][0] == "sign_in.app_removed"


def test_the_server_rendered_form_is_no_way_around_the_second_factor(browser: Browser, person: User) -> None:
    from django.test import Client

    with_app(browser)
    client = Client()
    client.post("/sign-in/", {"username": person.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def with_passkey(browser: Browser, key: SecurityKey) -> None:
    prove(browser)
    options = browser.get("account/authenticators/webauthn?passwordless").json()["data"]["creation_options"]
    answer = browser.post("account/authenticators/webauthn", {"name": "Laptop", "credential": key.made(options)})
    assert answer.status_code == 200, answer.content


def options_of(browser: Browser, path: str) -> dict[str, Any]:
    found: dict[str, Any] = browser.get(path).json()["data"]["request_options"]
    return found


def test_a_passkey_signs_in_without_a_password(browser: Browser, person: User) -> None:
    key = SecurityKey()
    with_passkey(browser, key)
    assert AuditEvent.objects.filter(name="user.passkey_added", user=person).count() == 1

    phone = another()
    answer = phone.post("auth/webauthn/login", {"credential": key.signed(options_of(phone, "auth/webauthn/login"))})
    assert answer.status_code == 200
    assert phone.get("/api/v1/me").json()["user"] == str(person.pk)


def test_a_passkey_is_a_second_factor_too(browser: Browser) -> None:
    key = SecurityKey()
    with_passkey(browser, key)
    phone = another()
    assert pending(phone.sign_in()) == ["mfa_authenticate"]
    options = options_of(phone, "auth/webauthn/authenticate")
    assert phone.post("auth/webauthn/authenticate", {"credential": key.signed(options)}).status_code == 200
    assert phone.is_signed_in()


def test_a_passkey_of_somebody_else_an_old_challenge_and_another_site_are_refused(browser: Browser) -> None:
    key = SecurityKey()
    with_passkey(browser, key)
    phone = another()
    old = options_of(phone, "auth/webauthn/login")
    fresh = options_of(phone, "auth/webauthn/login")
    forged = SecurityKey()
    forged.id, forged.user_handle = key.id, key.user_handle
    elsewhere = SecurityKey(origin="https://evil.example")
    elsewhere.private, elsewhere.id, elsewhere.user_handle = key.private, key.id, key.user_handle
    for credential in (
        key.signed(old),
        forged.signed(fresh),
        elsewhere.signed(fresh),
        key.signed(fresh, verified=False),
    ):
        assert phone.post("auth/webauthn/login", {"credential": credential}).status_code == 400
    assert not phone.is_signed_in()


def test_a_passkey_gets_in_although_the_password_is_locked(browser: Browser) -> None:
    key = SecurityKey()
    with_passkey(browser, key)
    for number in range(6):
        another().sign_in(password=f"guess {number}")
    assert another().sign_in().status_code == 429
    phone = another()
    answer = phone.post("auth/webauthn/login", {"credential": key.signed(options_of(phone, "auth/webauthn/login"))})
    assert answer.status_code == 200


def test_rubbish_for_a_passkey_is_refused_in_order(browser: Browser) -> None:
    phone = another()
    options_of(phone, "auth/webauthn/login")
    for rubbish in ({}, {"response": {"userHandle": "!!"}}, {"id": "x", "response": {"userHandle": "bm9ib2R5"}}, "x"):
        assert phone.post("auth/webauthn/login", {"credential": rubbish}).status_code == 400, rubbish
