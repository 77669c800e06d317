"""A page can be had with some of the fields only."""

from typing import Any

import pytest
from django.test import Client

from platform_core.api.sparse import SPARSE_JSON
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import give_role, make_organisation, make_seat

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    seat = make_seat(organisation=make_organisation("own"))
    give_role(seat, Role.SITE_ADMIN)
    return client_of(seat)


def test_a_page_has_the_fields_that_are_asked_for(client: Client) -> None:
    response = client.get("/api/v1/organisations?fields=name_zh,id,name_zh")
    assert response["Content-Type"] == SPARSE_JSON
    page: dict[str, Any] = response.json()
    assert [list(row) for row in page["items"]] == [["name_zh", "id"]]
    assert page["total"] == 1
    assert client.get("/api/v1/organisations")["Content-Type"] == "application/json"


@pytest.mark.parametrize("fields", ["", ",", "password", "name_zh,seats__user__password", "name_zh,"])
def test_a_field_that_is_not_there_is_refused_with_those_that_are(client: Client, fields: str) -> None:
    response = client.get("/api/v1/organisations", {"fields": fields})
    if fields == "name_zh,":
        assert response.status_code == 200
        return
    assert response.status_code == 422
    [error] = response.json()["errors"]
    assert error["pointer"] == "/fields"
    assert "name_zh" in error["message"]
