"""Staff sessions over HTTP, and the record of what was asked for under them."""

from datetime import UTC, datetime, timedelta

import pytest

from platform_core.access.models import AccessLogEntry
from platform_core.access.staff.models import StaffSession
from platform_core.identity.models import Alliance
from platform_core.identity.roles import Role
from tests.api.core.clients import client_of
from tests.factories.access import make_staff_seat
from tests.factories.core import give_role, make_alliance, make_seat
from tests.factories.patents import make_patent

pytestmark = pytest.mark.django_db

REASON = "A member cannot open its statement; ticket 12"


@pytest.fixture
def alliance() -> Alliance:
    return make_alliance()


def test_a_session_is_opened_used_on_record_and_ended(alliance: Alliance) -> None:
    patent = make_patent(alliance, "CN1A")
    seat = make_staff_seat()
    client = client_of(seat)
    assert client.get(f"/api/v1/patents/{patent.pk}").status_code == 404
    assert not AccessLogEntry.objects.exists()

    asked = {"alliance_id": str(alliance.pk), "reason": REASON, "minutes": 30}
    answer = client.post(
        "/api/v1/staff-sessions", asked, content_type="application/json", headers={"Idempotency-Key": "a-session-1"}
    )

    assert answer.status_code == 201, answer.content
    session = answer.json()
    assert (session["reason"], session["user_id"], session["ended_at"]) == (REASON, str(seat.user_id), None)
    assert client.get(f"/api/v1/patents/{patent.pk}").status_code == 200
    assert client.get("/api/v1/patents?country=CN&limit=3").status_code == 200
    assert client.get("/api/v1/patents?country=%E4%B8%AD").status_code == 200
    used = AccessLogEntry.objects.order_by("pk")
    assert [(row.action, row.request_line) for row in used] == [
        ("staff_session.used", f"GET /api/v1/patents/{patent.pk}"),
        ("staff_session.used", "GET /api/v1/patents?country=CN&limit=3"),
        ("staff_session.used", "GET /api/v1/patents?country=%E4%B8%AD"),
    ]
    assert {row.staff_session_id for row in used} == {row.subject_id for row in used}
    assert {str(row.staff_session_id) for row in used} == {session["id"]}

    answer = client.post(f"/api/v1/staff-sessions/{session['id']}/end")
    assert answer.status_code == 200
    assert answer.json()["ended_at"] is not None
    assert client.get(f"/api/v1/patents/{patent.pk}").status_code == 404
    assert client.post(f"/api/v1/staff-sessions/{session['id']}/end").status_code == 409


def test_the_office_and_members_of_the_alliance_read_that_there_was_one(alliance: Alliance) -> None:
    seat = make_staff_seat()
    now = datetime.now(UTC)
    StaffSession.objects.create(
        seat=seat, alliance=alliance, reason=REASON, starts_at=now, ends_at=now + timedelta(hours=1)
    )
    office, stranger = make_seat(), make_seat()
    give_role(office, Role.SECRETARIAT, alliance=alliance)
    give_role(stranger, Role.SECRETARIAT)
    (row,) = client_of(office).get(f"/api/v1/staff-sessions?alliance={alliance.pk}").json()["items"]
    assert (row["user_name"], row["reason"]) == (seat.user.name, REASON)
    assert client_of(stranger).get("/api/v1/staff-sessions").json()["total"] == 0
    assert client_of(stranger).post(f"/api/v1/staff-sessions/{row['id']}/end").status_code == 404


def test_a_wrong_request_is_told_with_the_place(alliance: Alliance) -> None:
    client = client_of(make_staff_seat())
    answer = client.post(
        "/api/v1/staff-sessions",
        {"alliance_id": str(alliance.pk), "reason": "", "minutes": 999},
        content_type="application/json",
        headers={"Idempotency-Key": "a-session-1"},
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/reason", "/minutes"]
