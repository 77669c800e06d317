"""Every failure is a problem document, and no failure tells more than it should."""

import logging
from typing import Any

import pytest
from django.test import Client

from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.api.core.views import SECRET
from tests.factories.core import give_role, make_organisation, make_seat

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.core.views")]


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response["Content-Type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert (response.status_code, document["status"], document["code"]) == (status, status, code)
    assert document["type"] == f"urn:lianchi:problem:{code}"
    assert document["title"]
    assert response["X-Request-Id"]
    return document


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("conflict", 409, "conflict"),
        ("state", 409, "wrong_state"),
        ("missing", 404, "not_found"),
        ("forbidden", 403, "not_allowed"),
        ("throttled", 429, "too_many_requests"),
        ("parse", 400, "bad_request"),
    ],
)
def test_what_was_foreseen_is_told(kind: str, status: int, code: str) -> None:
    response = Client().get(f"/failing/{kind}")
    document = problem(response, status, code)
    assert document["instance"] == f"/failing/{kind}"
    if kind == "conflict":
        assert (document["detail"], document["existing"]) == ("Not twice.", "abc")
    if kind == "throttled":
        assert response["Retry-After"] == "13"
        assert document["retry_after"] == 13


def test_what_was_not_foreseen_is_logged_and_told_by_its_reference_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = Client().get("/failing/badly", headers={"X-Request-Id": "reference-12345"})
    document = problem(response, 500, "unexpected")
    assert document["reference"] == "reference-12345" == response["X-Request-Id"]
    assert SECRET not in response.content.decode()
    assert "RuntimeError" not in response.content.decode()
    assert "request reference-12345 failed unexpectedly" in caplog.text
    assert SECRET in caplog.text


def test_every_mistake_of_the_input_has_its_pointer() -> None:
    response = Client().post(
        "/failing/x",
        {"lines": [{"units": 1}, {"units": -1}, {}]},
        content_type="application/json",
    )
    document = problem(response, 422, "invalid_input")
    assert [(error["pointer"], error["code"]) for error in document["errors"]] == [
        ("/name", "required"),
        ("/lines/1/units", "min_value"),
        ("/lines/2/units", "required"),
    ]
    response = Client().post("/failing/x", {"name": "contradiction", "lines": []}, content_type="application/json")
    assert problem(response, 422, "invalid_input")["errors"] == [
        {"pointer": "", "code": "contradiction", "message": "These do not go together."}
    ]


@pytest.mark.parametrize(
    ("send", "status", "code"),
    [
        ({"data": "{", "content_type": "application/json"}, 400, "bad_request"),
        ({"data": "[]", "content_type": "application/json"}, 422, "invalid_input"),
        ({"data": "<a/>", "content_type": "application/xml"}, 415, "unsupported_media_type"),
        ({"data": b"\xff", "content_type": "application/json"}, 400, "bad_request"),
    ],
)
def test_what_cannot_be_read_is_told(send: dict[str, Any], status: int, code: str) -> None:
    problem(Client().post("/failing/x", **send), status, code)


def test_more_than_is_taken_is_told(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client_of().post(
        "/once", {"name": "x" * 200}, content_type="application/json", headers={"Idempotency-Key": "some-key-1"}
    )
    problem(response, 413, "too_large")


def test_methods_and_forms_that_are_not_there_are_told() -> None:
    problem(Client().delete("/failing/x"), 405, "method_not_allowed")
    problem(Client().get("/failing/conflict", headers={"Accept": "text/csv"}), 406, "not_acceptable")


def test_an_address_that_leads_nowhere_is_a_problem_document_too() -> None:
    problem(client_of().get("/api/v1/nowhere"), 404, "not_found")


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    response = Client().get("/api/v1/organisations")
    problem(response, 401, "sign_in_needed")
    assert response["WWW-Authenticate"] == "Session"


def test_a_change_without_its_csrf_token_is_refused() -> None:
    client = client_of(enforce_csrf_checks=True)
    response = client.post("/once", {"name": "x"}, headers={"Idempotency-Key": "some-key-1"})
    assert "CSRF" in problem(response, 403, "not_allowed")["detail"]


def test_somebody_without_a_seat_is_told_whom_to_ask() -> None:
    seat = make_seat()
    client = Client()
    client.force_login(seat.user)
    type(seat).objects.filter(pk=seat.pk).update(ended_at=seat.created_at)
    assert "ask its administrator" in problem(client.get("/api/v1/organisations"), 403, "not_allowed")["detail"]
    assert client.get("/api/v1/me").json()["seats"] == []


def test_a_posted_reference_to_something_hidden_looks_like_one_to_nothing() -> None:
    own, hidden = make_organisation(), make_organisation()
    client = client_of(make_seat(organisation=own))

    def answer(target: object) -> dict[str, Any]:
        document: dict[str, Any] = client.post(
            "/failing/reference", {"id": str(target)}, content_type="application/json"
        ).json()
        return document

    assert answer(own.pk) == {"found": str(own)}
    refused = answer(hidden.pk)
    assert refused["errors"][0]["pointer"] == "/id"
    assert refused == answer("00000000-0000-7000-8000-000000000000")


@pytest.mark.parametrize("given", ["short", "x" * 65, "has blank in it", "umläut-123456"])
def test_a_reference_of_another_form_is_replaced(given: str) -> None:
    response = Client().get("/failing/conflict", headers={"X-Request-Id": given})
    assert response["X-Request-Id"] != given


def test_the_seat_is_named_by_header_before_session_before_age() -> None:
    first = make_seat()
    second = make_seat(first.user)
    third = make_seat(first.user)
    stranger = make_seat()
    client = Client()
    client.force_login(first.user)
    assert client.get("/api/v1/me").json()["seat"] == str(first.pk)

    chosen = client.put("/api/v1/me/seat", {"seat": str(second.pk)}, content_type="application/json")
    assert chosen.status_code == 204
    assert client.get("/api/v1/me").json()["seat"] == str(second.pk)
    assert client.get("/api/v1/me", headers={"X-Seat": str(third.pk)}).json()["seat"] == str(third.pk)

    for wrong in (str(stranger.pk), "rubbish"):
        problem(client.get("/api/v1/me", headers={"X-Seat": wrong}), 403, "not_allowed")
    refused = client.put("/api/v1/me/seat", {"seat": str(stranger.pk)}, content_type="application/json")
    problem(refused, 403, "not_allowed")
    assert client.get("/api/v1/me").json()["seat"] == str(second.pk)


def test_me_lists_the_roles_of_the_seat_that_acts() -> None:
    seat = make_seat()
    give_role(seat, Role.MEMBER_ADMIN)
    document = client_of(seat).get("/api/v1/me").json()
    assert [row["role"] for row in document["roles"]] == ["member_admin"]
    assert document["seats"][0]["organisation_name"] == str(seat.organisation)
