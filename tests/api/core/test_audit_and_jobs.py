"""The audit record and background work over HTTP."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_core.audit.models import AuditEvent
from platform_core.audit.services import record_event
from platform_core.identity.models import RoleAssignment
from platform_core.identity.roles import Role
from platform_core.jobs.lifecycle import JobState
from tests.api.core.clients import client_of
from tests.factories.core import (
    actor_of_seat,
    command_line,
    give_role,
    make_alliance,
    make_entity,
    make_job,
    make_seat,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_changes_are_shown_to_those_who_see_their_subject_and_withheld_from_others() -> None:
    alliance, seat = make_alliance(), make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    record_event("alliance.edited", actor=command_line(), subject=alliance, changes={"zone": ("a", "b")})
    # An event of the alliance whose subject this seat may not see.
    AuditEvent.objects.create(
        at=command_line().clock.now(),
        name="user.edited",
        actor_kind="system",
        work="tidying",
        subject_type="identity.user",
        subject_id=make_user().pk,
        alliance=alliance,
        changes={"email": {"old": "secret@example.com", "new": ""}},
    )
    client = client_of(seat)

    response = client.get("/api/v1/audit-events")
    assert [(row["name"], row["changes"]) for row in response.json()["items"]] == [
        ("user.edited", None),
        ("alliance.edited", {"zone": {"old": "a", "new": "b"}}),
    ]
    assert "secret@example.com" not in response.content.decode()


def test_the_audit_list_takes_the_same_queries_however_long_it_is() -> None:
    entity, seat = make_entity(), make_seat()
    give_role(seat, Role.SECRETARIAT, alliance=entity.alliance)
    client = client_of(seat)
    record_event("alliance.edited", actor=command_line(), subject=entity.alliance)
    with CaptureQueriesContext(connection) as few:
        client.get("/api/v1/audit-events")
    for _ in range(10):
        record_event("alliance.edited", actor=actor_of_seat(seat), subject=entity.alliance)
    with CaptureQueriesContext(connection) as many:
        assert client.get("/api/v1/audit-events").json()["total"] == 11
    assert len(few) == len(many) == 9


def test_a_job_is_read_and_cancelled_by_the_seat_that_started_it_alone() -> None:
    seat = make_seat()
    job = make_job(actor_of_seat(seat), done=3, total=10, message="counting")
    address = f"/api/v1/jobs/{job.pk}"

    document = client_of(seat).get(address).json()
    assert (document["state"], document["done"], document["total"], document["message"]) == (
        "waiting",
        3,
        10,
        "counting",
    )
    assert document["allowed_steps"] == ["cancel"]
    assert client_of().get(address).status_code == 404
    assert client_of().post(f"{address}/cancellation").status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.WAITING

    assert client_of(seat).post(f"{address}/cancellation").json()["state"] == "cancelled"
    assert AuditEvent.objects.get(name="job.cancelled").subject_id == job.pk
    again = client_of(seat).post(f"{address}/cancellation")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")


def test_a_job_with_a_subject_is_for_those_its_subjects_room_opens_it_to() -> None:
    seat = make_seat()
    job = make_job(actor_of_seat(seat), subject_type="close.closerun", subject_id=seat.pk, message="secret")
    address = f"/api/v1/jobs/{job.pk}"

    assert client_of(seat).get(address).status_code == 404
    assert client_of(seat).post(f"{address}/cancellation").status_code == 404
    job.refresh_from_db()
    assert job.state == JobState.WAITING


def test_roles_are_given_and_ended_over_http() -> None:
    alliance, seat, colleague = make_alliance(), make_seat(), make_seat()
    colleague = make_seat(organisation=seat.organisation)
    give_role(seat, Role.SECRETARIAT, alliance=alliance)
    client = client_of(seat)
    response = client.post(
        "/api/v1/role-assignments",
        {"seat": str(colleague.pk), "role": "legal", "alliance": str(alliance.pk)},
        content_type="application/json",
        headers={"Idempotency-Key": "give-the-role"},
    )
    assert response.status_code == 201, response.content
    assert client_of(colleague).get(f"/api/v1/alliances/{alliance.pk}").status_code == 200

    end = f"/api/v1/role-assignments/{response.json()['id']}/end"
    ended = client.post(end, {}, content_type="application/json")
    assert ended.status_code == 200
    assert RoleAssignment.objects.get(pk=response.json()["id"]).ends_at is not None
    assert client_of(colleague).get(f"/api/v1/alliances/{alliance.pk}").status_code == 404
