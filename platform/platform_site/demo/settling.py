"""The scenes about money: reports filed and superseded, closes calculated, approved and posted."""

import shutil
from contextlib import nullcontext
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from licensing.close import storage as close_storage
from licensing.close.models import CloseRun
from licensing.close.selectors import open_run
from licensing.close.services import (
    approve_close_run,
    calculate,
    post_close_run,
    request_calculation,
    start_close_run,
)
from licensing.close.services.queueing import WORKINGS
from licensing.close.workings.services import release_workings
from licensing.engine import close_bundle
from licensing.reports import storage as report_storage
from licensing.reports.services import (
    Upload,
    file_sales_report,
    record_report_authority,
    supersede_sales_report,
)
from platform_core.clock import Clock
from platform_core.jobs.models import Job
from platform_core.jobs.running import Running
from platform_core.jobs.services import actor_of_job, start, succeed
from platform_site.demo.contracting import Contracting
from platform_site.demo.days import first_day, months_of
from platform_site.demo.people import APPROVER, CALCULATOR, reporter_of
from platform_site.demo.programmes import Licence
from platform_site.demo.sales import Report, reports
from platform_site.demo.stage import Script, Stage
from platform_site.demo.story import CLOSES, Close

REASON: Final = "Boxes sold abroad through a trading house were missing; found by our own accountants"


class Settling:
    """Plays the scenes about reports and closes."""

    def __init__(self, stage: Stage, contracting: Contracting) -> None:
        self._stage = stage
        self._contracting = contracting
        self._signing: set[str] = set()
        self._reports: dict[tuple[str, str], UUID] = {}
        self._kept_reports: list[UUID] = []
        self._runs: dict[Close, UUID] = {}

    def plan(self, script: Script) -> None:
        """Plan all scenes about reports and closes."""
        for report in reports():
            script.add(report.filed_on, "16:30", "reports", partial(self._file, report))
        for close in CLOSES:
            script.add(close.calculated_on, "10:15", "closes", partial(self._calculate, close))
            if close.approved_on is not None:
                script.add(close.approved_on, "14:20", "closes", partial(self._approve, close))
            if close.posted_on is not None:
                script.add(close.posted_on, "09:30", "closes", partial(self._post, close))

    def _let_sign(self, licence: Licence) -> None:
        """Have finance record the letter that a licensee sends along with its first report."""
        if licence.code in self._signing:
            return
        self._signing.add(licence.code)
        record_report_authority(
            actor=self._stage.acting(CALCULATOR),
            licence_id=self._contracting.licences[licence.code],
            seat_id=self._stage.seats[reporter_of(licence.licensee).email],
            title="销售报告授权代表",
            letter=f"{licence.code} 号合同授权书",
            starts_on=licence.signed_on,
        )

    def _file(self, report: Report) -> None:
        self._let_sign(report.licence)
        actor = self._stage.acting(reporter_of(report.licence.licensee))
        upload = Upload(report.file_name, BytesIO(report.content()))
        key = (report.licence.code, report.quarter)
        if report.version > 1:
            filed = supersede_sales_report(actor=actor, report_id=self._reports[key], upload=upload, reason=REASON)
        else:
            covered = [month for month in months_of(report.quarter) if report.licence.covers(month)]
            filed = file_sales_report(
                actor=actor,
                licence_id=self._contracting.licences[report.licence.code],
                first_month=first_day(covered[0]),
                last_month=first_day(covered[-1]),
                upload=upload,
            )
        self._reports[key] = filed.pk
        self.keep(filed.pk)

    def keep(self, report_id: UUID) -> None:
        """Remember whose files are removed if the story does not come on record."""
        self._kept_reports.append(report_id)

    def _calculate(self, close: Close) -> None:
        actor = self._stage.acting(CALCULATOR)
        programme_id = self._contracting.programmes[close.programme.code]
        with transaction.atomic():
            # The report that makes a correction necessary opens it; it waits for somebody to have it calculated.
            waiting = open_run(programme_id, close.quarter, actor=actor)
            if waiting is None:
                close_run = start_close_run(actor=actor, programme_id=programme_id, period=close.quarter)
            else:
                close_run = request_calculation(actor=actor, run_id=waiting.pk)
            job_id = taken_from_workers(Job.objects.get(subject_id=close_run.pk, finished_at=None))
        self._runs[close] = close_run.pk
        _work_off(job_id, close_run, self._stage.clock)

    def run_of(self, close: Close) -> UUID:
        """Return under which id a close is on record."""
        return self._runs[close]

    def forget_files(self) -> None:
        """Remove the files of reports and closes that did not come on record after all."""
        for report_id in self._kept_reports:
            report_storage.discard(report_id)
        for run_id in self._runs.values():
            shutil.rmtree(close_storage.run_folder(run_id), ignore_errors=True)

    def _approve(self, close: Close) -> None:
        approve_close_run(actor=self._stage.acting(APPROVER), run_id=self._runs[close])

    def _post(self, close: Close) -> None:
        with transaction.atomic():
            run = post_close_run(actor=self._stage.acting(CALCULATOR), run_id=self._runs[close])
            job_ids = [taken_from_workers(job) for job in Job.objects.filter(subject_id=run.pk, task=WORKINGS)]
        for job_id in job_ids:
            job = started(job_id, self._stage.clock)
            release_workings(actor=actor_of_job(job, clock=self._stage.clock), run_id=run.pk)
            succeed(job.pk, job.attempt, {}, clock=self._stage.clock)


def taken_from_workers(job: Job) -> UUID:
    """Take a job from the queue: the work is done here, at this moment of the story, and not by a worker later."""
    if job.delivery is not None:
        app.job_manager.cancel_job_by_id(job.delivery, delete_job=True)
    return job.pk


def _work_off(job_id: UUID, close_run: CloseRun, clock: Clock) -> None:
    """Do a job as a worker does, at this moment of the story, with the engine in this process.

    Twelve small closes take longer to start twelve processes for than to calculate; and nobody else changes what the
    story's own transaction reads.
    """
    job = started(job_id, clock)
    running = Running(job_id=job.pk, attempt=job.attempt, actor=actor_of_job(job, clock=clock))
    result = calculate(running, run_id=close_run.pk, attempt=close_run.attempt, engine=_close_here, view=nullcontext)
    succeed(job.pk, job.attempt, result, clock=clock)


def started(job_id: UUID, clock: Clock) -> Job:
    """Begin a job as a worker does, and return it."""
    job = start(job_id, clock=clock)
    if job is None:
        raise LookupError("the work that was just asked for is not there")
    return job


def _close_here(running: Running, bundle: Path, output: Path) -> bool:
    return close_bundle(bundle, output).status == "closed"
