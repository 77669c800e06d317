"""The access log over HTTP: those of whom somebody reads something see who did, and nothing that they may not see."""

from datetime import date

import pytest

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseRun, LicenceResult, Statement
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.access import make_staff_seat
from tests.factories.close import make_run, move_run
from tests.factories.core import make_user
from tests.factories.reports import make_nil_report
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> SmallWorld:
    return make_small_world()


def post(world: SmallWorld, *, corrects: CloseRun | None = None) -> CloseRun:
    """Post a close in which every licensee owes and every member is due something."""
    calculator, approver = make_user(), make_user()
    run = make_run(world.programme, date(2025, 1, 1), person=calculator, corrects=corrects)
    for position, licence in enumerate(world.licences.values(), start=1):
        CloseBucket.objects.create(
            run=run, position=position, licence=licence, product="tv", sold_in="CN", month="2025-01", currency="CNY",
            units=1, royalty_micros=1, billed_micros=1,
        )  # fmt: skip
        LicenceResult.objects.create(
            run=run, licence=licence, position=position, royalty_minor=1, credit_minor=0, due_minor=1
        )
    for membership in world.members.values():
        Statement.objects.create(run=run, membership=membership, amount_minor=1, held_minor=0)
    return move_run(run, RunStatus.POSTED, calculator=calculator, approver=approver)


def log_of(world: SmallWorld, who: str, query: str = "by_others=true") -> list[tuple[str, str]]:
    answer = client_of(world.seats[who]).get(f"/api/v1/access-log?{query}")
    assert answer.status_code == 200, answer.content
    return [(row["action"], row["user_name"]) for row in answer.json()["items"]]


def test_a_licensee_sees_who_read_its_reports_and_a_rival_does_not(world: SmallWorld) -> None:
    report = make_nil_report(world.licences["L1"], date(2025, 1, 1))
    reader = client_of(world.seats["calculator"])
    assert reader.get(f"/api/v1/sales-reports/{report.pk}").status_code == 200
    assert reader.get("/api/v1/sales-reports").status_code == 200
    assert client_of(world.seats["L1"]).get(f"/api/v1/sales-reports/{report.pk}").status_code == 200
    name = world.seats["calculator"].user.name
    assert log_of(world, "L1") == [("sales_report.listed", name), ("sales_report.viewed", name)]
    assert len(log_of(world, "L1", "")) == 3
    assert log_of(world, "L2") == log_of(world, "M1") == []


def test_licensees_see_who_looked_at_their_royalties_in_a_close(world: SmallWorld) -> None:
    run = post(world)
    reader = client_of(world.seats["calculator"])
    for part in ("buckets", "licence-results"):
        assert reader.get(f"/api/v1/close-runs/{run.pk}/{part}").status_code == 200
    (first, second) = log_of(world, "L1")
    assert first == second == ("licence.royalties_viewed", world.seats["calculator"].user.name)
    assert AccessLogEntry.objects.filter(action="close_run.buckets_viewed", subject_id=run.pk).count() == 1


def test_a_member_sees_who_read_its_statement_and_not_that_there_is_a_correction(world: SmallWorld) -> None:
    run = post(world)
    correction = post(world, corrects=run)
    reader = client_of(world.seats["secretariat"])
    for one in (run, correction):
        statement = Statement.objects.get(run=one, membership=world.members["M1"])
        assert reader.get(f"/api/v1/statements/{statement.pk}").status_code == 200
    assert AccessLogEntry.objects.filter(concerns=world.members["M1"].organisation).count() == 2
    assert log_of(world, "M1") == [("statement.viewed", world.seats["secretariat"].user.name)]
    assert log_of(world, "M2") == []
    # A page of statements is a reading of each of them.
    assert reader.get("/api/v1/statements").status_code == 200
    assert len(log_of(world, "M1")) == 2
    assert len(log_of(world, "M2")) == 1
    assert client_of(world.seats["calculator"]).get(f"/api/v1/close-runs/{run.pk}/statements").status_code == 200
    assert len(log_of(world, "M2")) == 2


def test_the_office_sees_what_was_read_under_a_staff_session(world: SmallWorld) -> None:
    seat = make_staff_seat()
    staff = client_of(seat)
    asked = {"alliance_id": str(world.alliance.pk), "reason": "why", "minutes": 5}
    started = staff.post(
        "/api/v1/staff-sessions", asked, content_type="application/json", headers={"Idempotency-Key": "session-01"}
    ).json()
    assert staff.get("/api/v1/patents?country=CN").status_code == 200
    assert log_of(world, "secretariat", f"staff_session={started['id']}") == [("staff_session.used", seat.user.name)]
    assert log_of(world, "M1") == log_of(world, "L1") == []


@pytest.mark.parametrize("query", ["from=yesterday", "to=2025-02-30", "user=me"])
def test_a_wrong_filter_is_told(world: SmallWorld, query: str) -> None:
    assert client_of(world.seats["M1"]).get(f"/api/v1/access-log?{query}").status_code == 422


def test_days_are_those_of_utc_and_both_are_counted(world: SmallWorld) -> None:
    client_of(world.seats["calculator"]).get(f"/api/v1/close-runs/{post(world).pk}/buckets")
    today = AccessLogEntry.objects.latest("pk").at.date()
    assert log_of(world, "L1", f"from={today}&to={today}")
    assert log_of(world, "L1", "to=2020-01-01") == []
    assert log_of(world, "L1", "from=9999-12-31&to=9999-12-31") == []
