"""Comparisons are made by a job: with progress, as the person who asked, and once however often it begins."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.deductions import tasks
from licensing.deductions.models import ComparedDeduction, DeductionComparison
from licensing.deductions.services import compare_deductions, request_comparison
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.jobs.models import Job
from platform_core.jobs.running import Running, Stopped
from platform_core.jobs.services import actor_of_job, start
from platform_core.jobs.tasks import run
from platform_core.problems import InvalidInput
from tests.factories.deductions import CLAIMED, file_claims
from tests.factories.royalties import SmallWorld, add_licensee

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(world: SmallWorld) -> SalesReport:
    file_claims(world, "L2", (60, "", ""))
    return file_claims(world, "L1", (100, str(world.licences["L2"].licensee), CLAIMED))


def requested(world: SmallWorld, report: SalesReport) -> Job:
    return request_comparison(
        actor=world.acting("calculator"), report_id=report.pk, codes=[CLAIMED, CLAIMED], reason=" yearly sample "
    )


def test_a_job_makes_the_comparison_as_the_person_who_asked(world: SmallWorld, report: SalesReport) -> None:
    with pytest.raises(InvalidInput):
        request_comparison(actor=world.acting("calculator"), report_id=report.pk, codes=["other"], reason="why")
    job = requested(world, report)
    assert not DeductionComparison.objects.exists()
    run(job.pk, clock=world.clock)

    job.refresh_from_db()
    assert (job.state, job.error, job.result) == ("succeeded", "", {"comparison_id": str(job.pk)})
    made = DeductionComparison.objects.get(pk=job.pk)
    assert (made.made_by, made.codes, made.reason) == (world.seats["calculator"].user, [CLAIMED], "yearly sample")
    event = AuditEvent.objects.get(name="deduction_comparison.made")
    assert (event.subject_id, event.user_id, event.seat_id) == (made.pk, made.made_by_id, world.seats["calculator"].pk)


def test_a_job_whose_worker_died_after_it_kept_the_comparison_makes_no_second_one(
    world: SmallWorld, report: SalesReport
) -> None:
    job = requested(world, report)
    # The first worker keeps it and dies before it can say so; meanwhile the report is superseded.
    started = start(job.pk, clock=world.clock)
    assert started is not None
    running = Running(job_id=job.pk, attempt=1, actor=actor_of_job(started, clock=world.clock))
    tasks.compare(running, **started.arguments)
    supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold")
    run(job.pk, clock=world.clock)

    job.refresh_from_db()
    assert (job.state, job.attempt) == ("succeeded", 2)
    assert [row.pk for row in DeductionComparison.objects.all()] == [job.pk]
    assert ComparedDeduction.objects.count() == 1


@pytest.mark.parametrize(
    ("what", "why"), [("superseded", "superseded: compare the one"), ("ended", "has ended"), ("cancelled", "cancelled")]
)
def test_a_job_that_fails_says_why_and_keeps_nothing(
    world: SmallWorld, report: SalesReport, monkeypatch: pytest.MonkeyPatch, what: str, why: str
) -> None:
    job = requested(world, report)
    if what == "superseded":
        supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold")
    elif what == "ended":
        seat = world.seats["calculator"]
        seat.ended_at = world.clock.now()
        seat.save()
    else:

        def stop(*_: object) -> None:
            raise Stopped

        monkeypatch.setattr(Running, "progress", stop)
    run(job.pk, clock=world.clock)

    job.refresh_from_db()
    assert job.state == ("cancelled" if what == "cancelled" else "failed")
    assert why in job.error
    assert not DeductionComparison.objects.exists()


def test_more_brands_and_more_reports_take_no_more_queries(world: SmallWorld) -> None:
    def queries(*names: str) -> int:
        for name in names:
            add_licensee(world, name)
            file_claims(world, name, (5, "", ""))
        who = names[0]
        unknown = [(1, f"nobody {name}", CLAIMED) for name in names]
        add_licensee(world, f"{who}M")
        report = file_claims(world, f"{who}M", *[(5, name, CLAIMED) for name in names], *unknown)
        with CaptureQueriesContext(connection) as captured:
            compare_deductions(actor=world.acting("calculator"), report_id=report.pk, codes=[CLAIMED], reason="why")
        assert report.deduction_comparisons.get().deductions.filter(outcome="agrees").count() == len(names)
        return len(captured)

    assert queries("B1") == queries("B2", "B3", "B4", "B5")
