"""Lists in pages, and edits that start from a known version."""

import base64
import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from platform_core.api import pagination
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import NOON, give_role, make_organisation, make_seat

pytestmark = pytest.mark.django_db

NAMES = ["乙", "甲", "甲", "b", "a", "甲", "c", "a", "丙"]


@pytest.fixture
def admin() -> Seat:
    seat = make_seat(organisation=make_organisation("own"))
    give_role(seat, Role.SITE_ADMIN)
    return seat


@pytest.fixture
def client(admin: Seat) -> Client:
    return client_of(admin)


@pytest.fixture
def organisations(admin: Seat) -> list[Organisation]:
    for hour, name in enumerate(NAMES):
        make_organisation(name, created_at=NOON + timedelta(hours=hour % 4, microseconds=123456))
    return list(Organisation.objects.all())


def cursor(text: str) -> str:
    """Return a text as cursors are written."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def walk(client: Client, **asked: Any) -> tuple[list[str], list[dict[str, Any]]]:
    pages, after = [], None
    for _ in range(50):
        query: dict[str, Any] = {**asked, **({"after": after} if after else {})}
        page = client.get("/api/v1/organisations", query).json()
        pages.append(page)
        after = page["next"]
        if after is None:
            break
    return [row["id"] for page in pages for row in page["items"]], pages


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 200])
@pytest.mark.parametrize("order", ["name", "-name", "created", "-created"])
def test_pages_of_every_size_make_up_the_whole_list_in_order(
    client: Client, organisations: list[Organisation], limit: int, order: str
) -> None:
    ids, pages = walk(client, limit=limit, order=order)
    column = "name_zh" if "name" in order else "created_at"
    down = order.startswith("-")
    expected = sorted(organisations, key=lambda row: (getattr(row, column), row.pk), reverse=down)
    assert ids == [str(row.pk) for row in expected]
    assert all(len(page["items"]) <= limit for page in pages)
    known = {(page["total"], page["total_is_exact"]) for page in pages}
    assert known == ({(10, True)} if limit >= 10 else {(len(page["items"]), False) for page in pages})


def test_rows_that_come_and_go_meanwhile_shift_no_page(client: Client, organisations: list[Organisation]) -> None:
    first = client.get("/api/v1/organisations?limit=4").json()
    make_organisation("0 before all others")
    rest = client.get(f"/api/v1/organisations?limit=50&after={first['next']}").json()
    ids = [row["id"] for row in itertools.chain(first["items"], rest["items"])]
    assert len(ids) == len(set(ids)) == 10


def test_a_list_holds_what_the_seat_may_see_and_counts_nothing_else(organisations: list[Organisation]) -> None:
    seat = make_seat()
    ids, pages = walk(client_of(seat), limit=2)
    assert ids == [str(seat.organisation_id)]
    assert pages[0]["total"] == 1


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"limit": "0"}, "/limit"),
        ({"limit": "201"}, "/limit"),
        ({"limit": "²"}, "/limit"),
        ({"limit": "-1"}, "/limit"),
        ({"limit": "9" * 30}, "/limit"),
        ({"limit": "050"}, "/limit"),
        ({"limit": "0000000019999"}, "/limit"),
        ({"limit": "000000001" + "9" * 5000}, "/limit"),
        ({"order": "uscc"}, "/order"),
        ({"order": "--name"}, "/order"),
        ({"order": "seats__user__password"}, "/order"),
        ({"after": "rubbish"}, "/after"),
        ({"after": "W10"}, "/after"),
        ({"after": "5L2g"}, "/after"),
        ({"after": cursor("[" * 6000)}, "/after"),
        ({"after": cursor('["name","' + "x" * 20_000 + f'","{UUID(int=1)}"]')}, "/after"),
        ({"after": cursor(f'["name","\\ud800","{UUID(int=1)}"]')}, "/after"),
        ({"after": cursor(f'["name","\\u0000","{UUID(int=1)}"]')}, "/after"),
        ({"after": cursor(f'["created","2020-01-01","{UUID(int=1)}"]'), "order": "created"}, "/after"),
    ],
)
def test_a_page_that_cannot_be_is_refused_with_its_reason(client: Client, asked: dict[str, str], pointer: str) -> None:
    response = client.get("/api/v1/organisations", asked)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_a_cursor_belongs_to_its_order(client: Client, organisations: list[Organisation]) -> None:
    cursor = client.get("/api/v1/organisations?limit=2&order=name").json()["next"]
    response = client.get(f"/api/v1/organisations?limit=2&order=created&after={cursor}")
    assert response.status_code == 422


def test_a_list_is_counted_on_request_only_unless_it_ends_on_its_first_page(
    client: Client, organisations: list[Organisation], monkeypatch: pytest.MonkeyPatch
) -> None:
    def total(asked: str) -> tuple[int, bool]:
        page = client.get(f"/api/v1/organisations?{asked}").json()
        return page["total"], page["total_is_exact"]

    assert total("limit=10") == (10, True)
    assert total("limit=9") == (9, False)
    assert total("limit=9&count=bounded") == (10, True)
    monkeypatch.setattr(pagination, "COUNTED_TO", 7)
    assert total("limit=2") == (2, False)
    assert total("limit=2&count=bounded") == (7, False)
    assert total("limit=8&count=bounded") == (8, False)
    assert total("limit=2&count=exact") == (10, True)
    assert client.get("/api/v1/organisations?count=all").status_code == 422


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("organisations", 9),
        ("alliances", 8),
        ("operating-entities", 8),
        ("seats", 8),
        ("role-assignments", 8),
        ("jobs", 8),
    ],
)
def test_a_list_takes_the_same_few_queries_however_long_it_is(client: Client, address: str, queries: int) -> None:
    """Session, user, seats of the user, the seat, its roles, its staff session; then the total and the rows."""
    with CaptureQueriesContext(connection) as few:
        assert client.get(f"/api/v1/{address}").status_code == 200
    for _ in range(12):
        give_role(make_seat(), Role.MEMBER_STAFF)
    with CaptureQueriesContext(connection) as many:
        assert client.get(f"/api/v1/{address}").status_code == 200
    assert (len(few), len(many)) == (queries, queries)


class TestVersions:
    @pytest.fixture
    def address(self, admin: Seat) -> str:
        return f"/api/v1/organisations/{admin.organisation_id}"

    def patch(self, client: Client, address: str, tag: str | None, **body: Any) -> Any:
        headers = {} if tag is None else {"If-Match": tag}
        return client.patch(address, body, content_type="application/json", headers=headers)

    def test_an_edit_names_the_version_it_starts_from(self, client: Client, address: str) -> None:
        read = client.get(address)
        edited = self.patch(client, address, read["ETag"], name_en="First")
        assert edited.status_code == 200
        assert edited["ETag"] != read["ETag"]
        assert edited["ETag"] == client.get(address)["ETag"]

    def test_an_edit_of_a_version_that_is_gone_is_refused_and_changes_nothing(
        self, client: Client, address: str, admin: Seat
    ) -> None:
        old = client.get(address)["ETag"]
        self.patch(client, address, old, name_en="First")
        late = self.patch(client, address, old, name_en="Second")
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
        missing = self.patch(client, address, None, name_en="Second")
        assert (missing.status_code, missing.json()["code"]) == (428, "precondition_needed")
        assert Organisation.objects.get(pk=admin.organisation_id).name_en == "First"
        assert AuditEvent.objects.filter(name="organisation.edited").count() == 1

    def test_a_reader_who_has_it_already_gets_nothing_new(self, client: Client, address: str) -> None:
        tag = client.get(address)["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_hidden_things_have_no_version(self, address: str) -> None:
        response = self.patch(client_of(), address, "*", name_en="First")
        assert response.status_code == 404
