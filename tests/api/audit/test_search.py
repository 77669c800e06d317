"""Searching the record finds what its reader is shown, and nothing by what is withheld."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from platform_core.audit.services import record_event
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.core import (
    NOON,
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def alliance() -> Alliance:
    return make_alliance()


@pytest.fixture
def seat(alliance: Alliance) -> Seat:
    seat = make_seat(make_user("王小明"))
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    return seat


@pytest.fixture
def client(seat: Seat) -> Client:
    return client_of(seat)


def found(client: Client, **asked: Any) -> list[str]:
    response = client.get("/api/v1/audit-events", asked)
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["items"]]


def test_each_filter_keeps_what_it_names(client: Client, seat: Seat, alliance: Alliance) -> None:
    other = make_seat(make_user("李四"))
    early = FixedClock(NOON - timedelta(days=3))
    record_event("alliance.edited", actor=actor_of_seat(seat, clock=early), subject=alliance)
    record_event("alliance.opened", actor=actor_of_seat(other), subject=alliance)
    record_event("alliance_paper.added", actor=command_line(), subject=alliance)
    everything = ["alliance_paper.added", "alliance.opened", "alliance.edited"]
    assert found(client) == everything
    assert found(client, subject_type="identity.alliance", subject_id=str(alliance.pk)) == everything
    assert found(client, subject_type="identity.seat") == []
    assert found(client, name="alliance.opened") == ["alliance.opened"]
    assert found(client, name="alliance") == ["alliance.opened", "alliance.edited"]
    assert found(client, user=str(other.user_id)) == ["alliance.opened"]
    assert found(client, organisation=str(seat.organisation_id)) == ["alliance.edited"]
    assert found(client, q="小明") == ["alliance.edited"]
    assert found(client, q="李 opened") == ["alliance.opened"]
    assert found(client, q="李 edited") == []
    assert found(client, q=str(alliance.pk)) == everything
    # Noon in Shanghai is four o'clock in universal time.
    assert found(client, to="2026-02-27") == ["alliance.edited"]
    assert found(client, **{"from": "2026-03-02"}) == everything[:2]
    assert found(client, **{"from": "2026-03-02T04:00:00Z"}) == everything[:2]
    assert found(client, **{"from": "2026-03-02T04:00:01Z"}) == []
    assert found(client, to="2026-03-02T04:00:00Z") == ["alliance.edited"]


@pytest.mark.parametrize(
    "asked",
    [{"from": "yesterday"}, {"to": "2026-13-01"}, {"user": "x"}, {"q": "a\x00b"}, {"subject_id": "1"}, {"to": "9999"}],
)
def test_what_cannot_be_sought_is_refused_with_its_place(client: Client, asked: dict[str, str]) -> None:
    response = client.get("/api/v1/audit-events", asked)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{next(iter(asked))}"]


def test_contents_are_never_searched(client: Client, alliance: Alliance) -> None:
    hidden = make_user("somebody")
    record_event("user.edited", actor=command_line(), subject=hidden, changes={"email": ("secret@example.com", "")})
    record_event("alliance.edited", actor=command_line(), subject=alliance, changes={"zone": ("Antarctica", "")})
    assert found(client, q="secret") == []
    assert found(client, q="Antarctica") == []


def test_an_organisation_the_reader_may_not_see_is_not_found_by_its_name(client: Client, alliance: Alliance) -> None:
    stranger = make_seat(organisation=make_organisation("隐身公司"))
    make_membership(make_alliance(), stranger.organisation, "M1")
    record_event("alliance.edited", actor=actor_of_seat(stranger), subject=alliance)
    assert found(client) == ["alliance.edited"]
    assert found(client, q="隐身") == []
    make_membership(alliance, stranger.organisation, "M1")
    assert found(client, q="隐身") == ["alliance.edited"]


def test_a_file_of_the_record_withholds_contents_like_the_page(client: Client, seat: Seat, alliance: Alliance) -> None:
    record_event("alliance.edited", actor=command_line(), subject=alliance, changes={"zone": ("a", "b")})
    response: Any = client.get("/api/v1/audit-events?format=jsonl&name=alliance")
    text = b"".join(response.streaming_content).decode()
    assert '"zone"' in text
    response = client.get("/api/v1/audit-events?format=csv&q=edited")
    assert b"alliance.edited" in b"".join(response.streaming_content)
