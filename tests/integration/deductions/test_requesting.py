"""Comparisons are made by a job: with progress, as the person who asked, and once however often it begins."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.deductions import tasks
from licensing.deductions.models import ComparedDeduction, DeductionComparison
from licensing.deductions.services import compare_deductions, request_comparison
from licensing.reports import selectors
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.files import file_sha256
from platform_core.jobs.models import Job
from platform_core.jobs.running import Running, Stopped
from platform_core.jobs.services import actor_of_job, start
from platform_core.jobs.tasks import run
from platform_core.notices.models import Notice
from platform_core.notices.selectors import notices
from platform_core.problems import InvalidInput
from tests.factories.deductions import CLAIMED, file_claims
from tests.factories.royalties import SmallWorld, add_licensee

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(world: SmallWorld) -> SalesReport:
    file_claims(world, "L2", (60, "", ""))
    return file_claims(world, "L1", (100, str(world.licences["L2"].licensee), CLAIMED))


def requested(world: SmallWorld, report: SalesReport, codes: Sequence[str] = (CLAIMED, CLAIMED)) -> Job:
    return request_comparison(
        actor=world.acting("calculator"), report_id=report.pk, codes=codes, reason=" yearly sample "
    )


def test_a_job_makes_the_comparison_as_the_person_who_asked(world: SmallWorld, report: SalesReport) -> None:
    # What a report without any claims, the request tells already.
    with pytest.raises(InvalidInput, match="claims nothing"):
        request_comparison(
            actor=world.acting("calculator"), report_id=file_claims(world, "L3").pk, codes=[CLAIMED], reason="why"
        )
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


def test_files_are_checked_once_each_and_none_while_it_is_asked_for(
    world: SmallWorld, report: SalesReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(path: Path) -> str:
        read.append(str(path))
        return file_sha256(path)

    monkeypatch.setattr(selectors, "file_sha256", noted)
    job = requested(world, report)
    assert read == []
    run(job.pk, clock=world.clock)
    assert DeductionComparison.objects.get(pk=job.pk).compared_reports.count() == 2
    assert len(read) == len(set(read)) == 4


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("superseded", "superseded: compare the one"),
        ("ended", "has ended"),
        ("cancelled", "cancelled"),
        ("unknown code", "claims nothing for a brand under these codes"),
    ],
)
def test_a_job_that_fails_says_why_and_keeps_nothing(
    world: SmallWorld, report: SalesReport, monkeypatch: pytest.MonkeyPatch, what: str, why: str
) -> None:
    codes = ["other"] if what == "unknown code" else [CLAIMED]
    job = requested(world, report, codes)
    if what == "superseded":
        supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold")
    elif what == "ended":
        seat = world.seats["calculator"]
        seat.ended_at = world.clock.now()
        seat.save()
    elif what == "cancelled":

        def stop(*_: object) -> None:
            raise Stopped

        monkeypatch.setattr(Running, "progress", stop)
    run(job.pk, clock=world.clock)

    job.refresh_from_db()
    assert job.state == ("cancelled" if what == "cancelled" else "failed")
    assert why in job.error
    assert not DeductionComparison.objects.exists()
    # Whoever asked is told that there is none; whoever stopped it knows.
    told = [(one.kind, one.subject_id, one.seat_id) for one in Notice.objects.filter(subject_type="jobs.job")]
    asked_by = world.seats["calculator"].pk
    assert told == ([] if what == "cancelled" else [("deduction_comparison.failed", job.pk, asked_by)])
    if what == "superseded":
        found = notices(actor=world.acting("calculator")).get(kind="deduction_comparison.failed")
        assert found.values == {"label": report.licence.code}


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
