"""Who guesses is locked out, and learns nothing by it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Seat, User
from platform_core.identity.roles import Role
from platform_core.signin.lockout import LIMITS
from platform_core.signin.models import Lock, LockKind
from tests.api.core.clients import client_of
from tests.api.signin.browser import PASSWORD, Browser, make_person
from tests.factories.core import give_role, make_seat

pytestmark = pytest.mark.django_db

FAILURES = LIMITS[LockKind.ACCOUNT].failures


@pytest.fixture
def person() -> User:
    return make_person()


def guess(browser: Browser, times: int, email: str = "wang@example.org") -> list[int]:
    return [browser.sign_in(email, f"guess {number}").status_code for number in range(times)]


def test_after_five_failures_even_the_right_password_is_not_looked_at(person: User) -> None:
    browser = Browser()
    assert guess(browser, FAILURES + 1) == [400] * FAILURES + [429]
    answer = Browser(address="10.9.9.9").sign_in()
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "sign_in_locked"
    assert 0 < problem["retry_after"] <= 15 * 60
    assert answer["Retry-After"] == str(problem["retry_after"])
    assert problem["detail"].startswith("Too many attempts to sign in failed. Try again in 15 minutes")
    chinese = Browser(address="10.9.9.9").sign_in(**{"Accept-Language": "zh-CN"}).json()
    assert chinese["detail"] == "登录失败次数过多，请在 15 分钟后重试，或联系管理员。"


def told(answer: Any) -> tuple[int, dict[str, Any], set[str]]:
    document = answer.json()
    document.pop("instance", None)
    document.pop("retry_after", None)
    return answer.status_code, document, set(answer.headers) - {"Retry-After"}


def test_an_unknown_account_is_answered_and_locked_exactly_like_a_known_one(person: User) -> None:
    known = [told(Browser().sign_in(person.email, f"guess {n}")) for n in range(FAILURES + 2)]
    unknown = [told(Browser().sign_in("nobody@example.org", f"guess {n}")) for n in range(FAILURES + 2)]
    assert known == unknown
    assert {status for status, _, _ in known} == {400, 429}


def test_what_strangers_typed_is_not_kept(person: User) -> None:
    guess(Browser(), 1, "someone.private@example.org")
    row = Lock.objects.get(kind=LockKind.ACCOUNT)
    assert "private" not in " ".join(str(getattr(row, field.attname)) for field in Lock._meta.concrete_fields)


def test_a_right_password_begins_the_count_anew(person: User) -> None:
    browser = Browser()
    for _ in range(3):
        assert guess(browser, FAILURES - 1) == [400] * (FAILURES - 1)
        assert browser.sign_in().status_code == 200
        browser.delete("auth/session")


def test_a_lock_ends_by_itself_and_the_next_is_longer(person: User) -> None:
    guess(Browser(), FAILURES)
    row = Lock.objects.get(kind=LockKind.ACCOUNT)
    assert row.locked_until is not None
    assert row.locked_at is not None
    assert row.locked_until - row.locked_at == timedelta(minutes=15)
    Lock.objects.filter(pk=row.pk).update(locked_until=timezone.now())
    assert guess(Browser(), FAILURES) == [400] * FAILURES
    row.refresh_from_db()
    assert row.locked_until - row.locked_at == timedelta(minutes=30)
    Lock.objects.filter(pk=row.pk).update(locked_until=timezone.now())
    assert Browser().sign_in().status_code == 200


def test_an_address_that_tries_many_accounts_is_locked_and_others_are_not(person: User) -> None:
    limit = LIMITS[LockKind.ADDRESS].failures
    browser = Browser(address="10.0.0.66")
    for number in range(limit):
        assert guess(browser, 1, f"someone{number}@example.org") == [400]
    assert browser.sign_in().status_code == 429
    assert Browser(address="10.0.0.67").sign_in().status_code == 200


def test_own_sign_ins_between_do_not_win_more_guesses_at_others(person: User) -> None:
    """A right password takes back its own attempt only: what was wrong from this address stays counted."""
    browser = Browser(address="10.0.0.66")
    for number in range(3):
        guess(browser, 1, f"someone{number}@example.org")
        browser.sign_in()
        browser.delete("auth/session")
    assert Lock.objects.get(kind=LockKind.ADDRESS).failures == 3


def test_guessing_at_a_reauthentication_locks_too(person: User) -> None:
    browser = Browser()
    browser.sign_in()
    for number in range(FAILURES):
        assert browser.post("auth/reauthenticate", {"password": f"guess {number}"}).status_code == 400
    assert browser.post("auth/reauthenticate", {"password": PASSWORD}).status_code == 429


def test_an_administrator_lifts_a_lock_and_a_stranger_does_not_see_it(person: User) -> None:
    guess(Browser(), FAILURES)
    seat = person.seats.get()
    admin = make_seat(organisation=seat.organisation)
    give_role(admin, Role.MEMBER_ADMIN)
    stranger = make_seat()
    give_role(stranger, Role.MEMBER_ADMIN)

    assert client_of(stranger).get("/api/v1/sign-in-locks").json()["items"] == []
    (row,) = client_of(admin).get("/api/v1/sign-in-locks").json()["items"]
    assert (row["user"], row["failures"]) == (str(person.pk), FAILURES)
    address = f"/api/v1/sign-in-locks/{row['id']}/lifting"
    reason = {"reason": "He called, and was himself"}

    def lift(seat: Seat, said: dict[str, str]) -> int:
        return int(client_of(seat).post(address, said, content_type="application/json").status_code)

    assert lift(stranger, reason) == 404
    # Why is asked for, and nothing is lifted without.
    assert [lift(admin, said) for said in ({}, {"reason": "  "})] == [422, 422]
    assert Browser().sign_in().status_code == 429
    assert lift(admin, reason) == 200
    assert Browser().sign_in().status_code == 200
    assert lift(admin, reason) == 409
    event = AuditEvent.objects.get(name="sign_in_lock.lifted")
    assert event.changes["reason"]["new"] == "He called, and was himself"


def _lift(admin: Seat, lock: Lock) -> int:
    address, said = f"/api/v1/sign-in-locks/{lock.pk}/lifting", {"reason": "They called."}
    return int(client_of(admin).post(address, said, content_type="application/json").status_code)


def test_a_lifted_lock_remembers_how_often_it_was_locked(person: User) -> None:
    guess(Browser(), FAILURES)
    admin = make_seat(organisation=person.seats.get().organisation)
    give_role(admin, Role.MEMBER_ADMIN)
    lock = Lock.objects.get(kind=LockKind.ACCOUNT)
    assert _lift(admin, lock) == 200
    guess(Browser(), FAILURES)
    lock.refresh_from_db()
    assert lock.times_locked == 2


def test_whoever_left_is_locked_and_let_in_by_no_former_employer(person: User) -> None:
    guess(Browser(), FAILURES)
    seat = person.seats.get()
    admin = make_seat(organisation=seat.organisation)
    give_role(admin, Role.MEMBER_ADMIN)
    make_seat(person)
    seat.ended_at = timezone.now()
    seat.save(update_fields=["ended_at"])
    lock = Lock.objects.get(kind=LockKind.ACCOUNT)
    assert client_of(admin).get("/api/v1/sign-in-locks").json()["items"] == []
    assert _lift(admin, lock) == 404
    assert Browser().sign_in().status_code == 429
