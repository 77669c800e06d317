"""A forgotten password: reset by a link, telling nobody who has an account."""

from typing import Any

import pytest

from platform_core.identity.models import User
from platform_core.jobs.models import Job
from platform_core.messaging.models import Message
from tests.api.signin.browser import Browser, make_person
from tests.api.signin.letters import letters_to, link_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make_person()


def asked_for(email: str) -> Any:
    return Browser().post("auth/password/request", {"email": email})


def test_the_link_changes_the_password_and_lifts_a_lock_once(person: User) -> None:
    desk = Browser()
    desk.sign_in()
    for number in range(5):
        Browser().sign_in(person.email, f"guess {number}")
    assert asked_for("Wang@example.org").status_code == 200
    ((kind, text),) = letters_to(person.email)
    assert kind == "sign_in.password_reset"
    key = link_in(text, "/sign-in/reset/")

    browser = Browser()
    assert browser.get("auth/password/reset", **{"X-Password-Reset-Key": key}).status_code == 200
    weak = browser.post("auth/password/reset", {"key": key, "password": "12345"})
    assert weak.status_code == 400
    assert browser.post("auth/password/reset", {"key": key, "password": "quite-another-one"}).status_code == 401
    assert not desk.is_signed_in()
    assert Browser().sign_in(person.email, "quite-another-one").status_code == 200
    assert Browser().post("auth/password/reset", {"key": key, "password": "and-a-third-one"}).status_code == 400
    assert [kind for kind, _ in letters_to(person.email)][-1] == "sign_in.password_was_reset"


def test_known_and_unknown_addresses_get_the_same_answer_and_cause_the_same_work(person: User) -> None:
    answers, rows = [], []
    for email in (person.email, "nobody@example.org"):
        before = Message.objects.count(), Job.objects.count()
        answer = asked_for(email)
        answers.append((answer.status_code, answer.json(), sorted(answer.headers)))
        rows.append((Message.objects.count() - before[0], Job.objects.count() - before[1]))
    assert answers[0] == answers[1]
    assert rows == [(1, 1), (1, 1)]
    assert letters_to("nobody@example.org") == []
    assert Message.objects.filter(address="").count() == 1


def test_asking_again_and_again_is_limited_alike_for_everybody(person: User) -> None:
    for email in (person.email, "nobody@example.org"):
        assert [asked_for(email).status_code for _ in range(6)] == [200] * 5 + [429]


def test_somebody_elses_link_is_no_good(person: User) -> None:
    make_person("li@example.org")
    asked_for(person.email)
    ((_, text),) = letters_to(person.email)
    key = link_in(text, "/sign-in/reset/")
    uid, _, rest = key.partition("-")
    other = User.objects.get(email="li@example.org").pk.hex
    assert Browser().post("auth/password/reset", {"key": f"{other}-{rest}", "password": "x" * 12}).status_code == 400
    assert Browser().post("auth/password/reset", {"key": f"{uid}-{rest[:-1]}", "password": "x" * 12}).status_code == 400


def test_the_owner_of_a_locked_account_is_told(person: User) -> None:
    from platform_core.jobs.tasks import run

    for email in (person.email, "nobody@example.org"):
        for number in range(5):
            Browser().sign_in(email, f"guess {number}")
    for job in Job.objects.filter(task="sign_in.tell_of_lock"):
        run(job.pk)
    assert [kind for kind, _ in letters_to(person.email)] == ["sign_in.locked"]
    assert Job.objects.filter(task="sign_in.tell_of_lock").count() == 2
    assert Message.objects.count() == 1
