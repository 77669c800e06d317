"""A monitor reads numbers, and finds no id among them."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.api.core.clients import client_of
from tests.factories.core import make_alliance

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-some-length-for-monitors"


def test_requests_are_counted_by_the_pattern_of_their_address() -> None:
    client = client_of()
    alliance = make_alliance()
    client.get(f"/api/v1/alliances/{alliance.pk}")
    client.get("/api/v1/no-such-thing/abc")
    text = client.get("/metrics").content.decode()
    assert 'lianchi_http_requests_total{method="GET",route="/api/v1/alliances/<uuid:alliance_id>",status="404"}' in text
    assert 'lianchi_jobs{state="waiting"} 0.0' in text
    assert "lianchi_database_up 1.0" in text
    assert "lianchi_sockets 0.0" in text
    assert str(alliance.pk) not in text
    assert "no-such-thing" not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.5", {}, 404),
        ("", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.5"}, 404),
        ("127.0.0.1", {"Forwarded": "for=203.0.113.5"}, 404),
    ],
)
def test_without_a_token_a_monitor_on_this_machine_reads_alone(
    address: str, headers: dict[str, str], status: int
) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


def test_behind_a_proxy_nobody_reads_without_a_token(settings: Any) -> None:
    settings.PROXIES = 1
    assert Client().get("/metrics").status_code == 404


def test_with_a_token_whoever_knows_it_reads_from_anywhere(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    far = Client(REMOTE_ADDR="203.0.113.5")
    assert far.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert far.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}x"}).status_code == 404
    assert Client().get("/metrics").status_code == 404


def test_the_description_of_the_api_is_written_once(client: Client) -> None:
    first = client.get("/api/v1/schema/")
    assert first.status_code == 200
    assert first.content == client.get("/api/v1/schema/").content
    assert first.content.startswith(b"openapi: 3.1")
