"""What cannot be kept is refused with its place before anybody reads it, on every address alike."""

import itertools
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from platform_core.connections.models import Connection
from platform_core.exchange.models import Import
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_alliance, make_organisation, make_seat

pytestmark = pytest.mark.django_db

HALF = "\ud800"


@pytest.fixture
def client() -> Client:
    seat = make_seat(organisation=make_organisation("own"))
    alliance = make_alliance("uhd", association=seat.organisation)
    give_role(seat, Role.SITE_ADMIN)
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    return client_of(seat)


_keys = itertools.count()


def send(client: Client, address: str, body: Any, method: str = "POST", of: str = "application/json") -> Any:
    client.raise_request_exception = False
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Idempotency-Key": f"key-{next(_keys):06}", "If-Match": "*"}
    return client.generic(method, address, sent, content_type=of, headers=headers)


def refused(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.content
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


@pytest.mark.parametrize("letter", [HALF, "\x00"])
def test_text_that_cannot_be_kept_is_refused_wherever_it_stands(client: Client, letter: str) -> None:
    text = f"a{letter}b"
    before = Organisation.objects.count()
    named = {"name_en": text, "name_zh": "甲", "other_names": ["x", text]}
    assert refused(send(client, "/api/v1/organisations", named)) == [
        ("/name_en", "bad_text"),
        ("/other_names/1", "bad_text"),
    ]
    connection = {"kind": "file_drop", "name": "x", "settings": {"sheet": text, "owners": {text: "1"}}}
    assert refused(send(client, "/api/v1/connections", connection)) == [
        ("/settings/sheet", "bad_text"),
        ("/settings/owners", "bad_text"),
    ]
    address = f"/api/v1/organisations/{Organisation.objects.earliest('pk').pk}"
    assert refused(send(client, address, {"a/b~": [text]}, "PATCH")) == [("/a~1b~0/0", "bad_text")]
    assert (Organisation.objects.count(), Connection.objects.count()) == (before, 0)


def test_json_in_a_form_is_held_to_the_same(client: Client) -> None:
    for choices, status in (('{"sheet": "a\\ud800"}', 422), ("[" * 5000, 400)):
        given = {
            "alliance_id": "01980000-0000-7000-8000-000000000000",
            "subject": "patents.patent",
            "file": SimpleUploadedFile("a.csv", b"x"),
            "choices": choices,
        }
        answer = client.post("/api/v1/imports", given, headers={"Idempotency-Key": f"key-{next(_keys):06}"})
        assert answer.status_code == status, answer.content
    assert not Import.objects.exists()


def test_what_is_too_deep_or_without_an_end_is_refused(client: Client) -> None:
    for deep in (b"[" * 100_000, b'{"name_en": ' + b"[" * 70 + b"]" * 70 + b"}"):
        answer = send(client, "/api/v1/organisations", deep)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    endless = send(client, "/api/v1/organisations", b'{"name_en": [1e999]}')
    assert refused(endless) == [("/name_en/0", "bad_number")]


def test_whatever_encoding_a_request_claims_it_is_read_as_utf_8(client: Client) -> None:
    """The names of encodings are also names of ways to unpack what would be large, and of halves of characters."""
    named = {"name_en": "+2AA-", "name_zh": "甲", "kind": "company", "country": "CN"}
    answer = send(client, "/api/v1/organisations", named, of="application/json; charset=utf-7")
    assert answer.status_code == 201, answer.content
    assert answer.json()["name_en"] == "+2AA-"
