"""A request with a key happens once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from platform_core.access.grants.models import Grant
from platform_core.api.idempotency import KEPT_FOR, forget_old_answers
from platform_core.api.models import IdempotentAnswer
from platform_core.clock import SystemClock
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat
from tests.factories.grants import make_grant
from tests.factories.patents import make_patent

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.core.views")]


@pytest.fixture
def seat() -> Seat:
    return make_seat()


@pytest.fixture
def client(seat: Seat) -> Client:
    return client_of(seat)


def send(client: Client, key: str | None = "my-key-0001", **body: Any) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/once", {"name": "甲", **body}, content_type="application/json", headers=headers)


def made() -> int:
    return Organisation.objects.filter(name_zh="甲").count()


def test_a_repeated_request_gets_the_first_answer_and_changes_nothing(client: Client) -> None:
    first, again = send(client), send(client)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == json.loads(first.content)
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert made() == 1


def test_another_key_is_another_request(client: Client) -> None:
    assert send(client, "my-key-0001").json() != send(client, "my-key-0002").json()
    assert made() == 2


def test_the_same_key_with_another_request_is_refused(client: Client) -> None:
    send(client)
    response = send(client, other="contents")
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_mismatch")
    assert made() == 1


def test_keys_of_different_seats_do_not_meet(client: Client) -> None:
    send(client)
    assert send(client_of()).status_code == 201
    assert made() == 2


@pytest.mark.parametrize("key", [None, "", "short", "with blank in", "x" * 256, "ключ-ключ"])
def test_a_key_is_needed_and_has_a_form(client: Client, key: str | None) -> None:
    response = send(client, key)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "idempotency_key")
    assert made() == 0


@pytest.mark.parametrize(("then", "status"), [("fail", 409), ("crash", 500), ("refuse", 409)])
def test_a_request_that_fails_leaves_nothing_and_can_be_sent_again(client: Client, then: str, status: int) -> None:
    assert send(client, then=then).status_code == status
    assert made() == 0
    assert not IdempotentAnswer.objects.exists()
    assert send(client).status_code == 201
    assert made() == 1


def test_an_answer_is_not_repeated_to_a_seat_whose_rights_changed(client: Client, seat: Seat) -> None:
    send(client)
    give_role(seat, Role.MEMBER_STAFF)
    response = send(client)
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
    assert made() == 1


def test_an_answer_is_not_repeated_to_a_seat_whose_grant_has_ended(client: Client, seat: Seat) -> None:
    now = SystemClock().now()
    patent, day = make_patent(make_alliance(), "CN1B", make_organisation()), timedelta(days=1)
    grant = make_grant(patent, seat, "patent.read", by=make_seat(), starts_at=now - day, ends_at=now + day)
    send(client)
    assert send(client)["Idempotency-Replayed"] == "true"
    Grant.objects.filter(pk=grant.pk).update(ends_at=now)
    response = send(client)
    assert (response.status_code, response.json()["code"]) == (403, "not_allowed")
    assert made() == 1


def test_files_are_compared_by_their_contents_not_by_their_wrapping(client: Client) -> None:
    def upload(contents: bytes) -> Any:
        file = SimpleUploadedFile("report.csv", contents)
        return client.post("/once", {"name": "甲", "file": file}, headers={"Idempotency-Key": "my-key-0001"})

    first, again, other = upload(b"1,2\n"), upload(b"1,2\n"), upload(b"1,3\n")
    assert first.status_code == 201
    assert again["Idempotency-Replayed"] == "true"
    assert other.status_code == 422
    assert made() == 1


def test_whoever_is_not_signed_in_is_asked_to_before_anything_else() -> None:
    assert send(Client()).status_code == 401


def test_answers_are_forgotten_when_nobody_will_ask_again(client: Client) -> None:
    send(client, "my-key-0001")
    send(client, "my-key-0002")
    answer = IdempotentAnswer.objects.get(key="my-key-0001")
    IdempotentAnswer.objects.filter(pk=answer.pk).update(answered_at=answer.answered_at - KEPT_FOR - timedelta(hours=1))
    assert forget_old_answers(clock=SystemClock()) == 1
    assert [row.key for row in IdempotentAnswer.objects.all()] == ["my-key-0002"]
