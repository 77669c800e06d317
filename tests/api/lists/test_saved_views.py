"""People keep their own views of lists, and see nobody else's."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from platform_core.lists import services
from platform_core.lists.models import SavedView
from tests.api.core.clients import client_of
from tests.factories.core import make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return client_of()


def save(client: Client, name: str = "granted in China", key: str = "", **body: Any) -> Any:
    given = {"page": "patents", "name": name, "query": "country=CN&order=-publication", **body}
    headers = {"Idempotency-Key": key or str(uuid4())}
    return client.post("/api/v1/saved-views", given, content_type="application/json", headers=headers)


def test_a_view_is_kept_found_changed_and_removed(client: Client) -> None:
    made = save(client)
    assert made.status_code == 201, made.content
    save(client, "pools", page="pools")
    [listed] = client.get("/api/v1/saved-views?page=patents").json()["items"]
    assert (listed["name"], listed["query"]) == ("granted in China", "country=CN&order=-publication")
    address = f"/api/v1/saved-views/{listed['id']}"
    tag = client.get(address)["ETag"]
    assert client.patch(address, {"name": "x"}, content_type="application/json").status_code == 428
    edited = client.patch(address, {"name": "x"}, content_type="application/json", headers={"If-Match": tag})
    assert edited.json()["name"] == "x"
    assert (
        client.patch(address, {"name": "y"}, content_type="application/json", headers={"If-Match": tag}).status_code
        == 412
    )
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_the_same_name_for_the_same_list_is_replaced(client: Client) -> None:
    save(client)
    assert save(client, query="country=US").json()["query"] == "country=US"
    assert SavedView.objects.count() == 1


def test_a_name_that_is_taken_is_refused(client: Client) -> None:
    save(client, "a")
    other = save(client, "b")
    refused = client.patch(
        f"/api/v1/saved-views/{other.json()['id']}",
        {"name": "a"},
        content_type="application/json",
        headers={"If-Match": other["ETag"]},
    )
    assert refused.status_code == 409


def test_views_are_ones_own_in_every_seat() -> None:
    seat = make_seat()
    made = save(client_of(seat)).json()
    assert client_of(make_seat(seat.user)).get("/api/v1/saved-views").json()["total"] == 1
    stranger = client_of()
    assert stranger.get("/api/v1/saved-views").json()["total"] == 0
    for response in (
        stranger.get(f"/api/v1/saved-views/{made['id']}"),
        stranger.delete(f"/api/v1/saved-views/{made['id']}"),
    ):
        assert response.status_code == 404
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize("body", [{"page": "../x"}, {"page": "A"}, {"name": ""}, {"query": "x" * 2001}])
def test_a_view_that_cannot_be_is_refused(client: Client, body: dict[str, str]) -> None:
    assert save(client, key="some-key-1", **body).status_code == 422


def test_nobody_keeps_too_many(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_OF_A_PERSON", 1)
    save(client, "a")
    assert save(client, "b").status_code == 409
    assert save(client, "a", query="other=1").status_code == 201
