"""Background work with real workers: it runs once it is committed, and it always comes to an end."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from platform_core.access.actors import Actor
from platform_core.clock import SystemClock
from platform_core.identity.models import Alliance, Seat
from platform_core.jobs import rescue, services
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.jobs.rescue import rescue_jobs
from platform_core.jobs.running import Running, Superseded
from platform_core.jobs.services import cancel_job, defer
from platform_core.jobs.worker import run_worker
from platform_core.problems import NotFound, WrongState
from tests.concurrency.core import work
from tests.concurrency.core.loops import ServerLoop
from tests.factories.core import actor_of_seat, make_alliance, make_seat

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _fresh_gate() -> Iterator[None]:
    work.open_gate.clear()
    work.calls.clear()
    yield
    work.open_gate.set()


@pytest.fixture
def seat() -> Seat:
    return make_seat()


@pytest.fixture
def actor(seat: Seat) -> Actor:
    return actor_of_seat(seat, clock=SystemClock())


@contextmanager
def worker(*, grace: float = 5.0, concurrency: int = 2) -> Iterator[None]:
    """A worker in this process, as the server has one, stopped at the end as the server stops it."""
    with ServerLoop() as server:
        running = asyncio.run_coroutine_threadsafe(run_worker(grace=grace, concurrency=concurrency), server.loop)
        try:
            yield
            assert not running.done(), running.exception()
        finally:
            server.loop.call_soon_threadsafe(running.cancel)
            eventually(running.done)
            server.run(asyncio.sleep(0.1))
            eventually(lambda: len(asyncio.all_tasks(server.loop)) == 0)


def eventually(holds: Callable[[], Any], patience: float = 20.0) -> Any:
    """Wait until something holds, and return it."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def state_of(job: Job) -> str:
    return Job.objects.values_list("state", flat=True).get(pk=job.pk)


def ended(job: Job) -> Job:
    """Wait for the end of a job, and return it as it is then."""
    eventually(lambda: Job.objects.filter(pk=job.pk, finished_at__isnull=False).exists())
    job.refresh_from_db()
    return job


def start_work(actor: Actor, how: str, **arguments: Any) -> Job:
    return defer(work.do, actor=actor, arguments={"how": how, **arguments})


def queued(job: Job) -> bool:
    """Whether the job still has an order in the queue, where a worker puts the hourly ones too."""
    return ProcrastinateJob.objects.filter(args__job_id=str(job.pk)).exists()


def test_work_runs_as_itself_on_behalf_of_the_seat_and_tells_how_far_it_is(actor: Actor) -> None:
    alliance = make_alliance()
    with worker():
        job = defer(work.do, actor=actor, subject=alliance, total=3)
        ended(job)
    assert (job.state, job.attempt, job.error) == (JobState.SUCCEEDED, 1, "")
    assert (job.done, job.total, job.message) == (3, 3, "step 3")
    assert job.result == {"answer": 42, "on_behalf_of": str(actor.seat_id), "as": "system"}
    assert (job.subject_type, job.subject_id, job.request_id) == ("identity.alliance", alliance.pk, "test-request")
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.created_at <= job.started_at <= job.finished_at
    assert not queued(job)


def test_work_of_a_transaction_that_is_rolled_back_never_was(actor: Actor) -> None:
    with worker():
        with transaction.atomic():
            start_work(actor, "well")
            transaction.set_rollback(True)
        with transaction.atomic():
            kept = start_work(actor, "well")
            time.sleep(0.3)
            assert work.calls == []
        ended(kept)
    assert work.calls == [("well", 1)]
    assert Job.objects.count() == 1


def test_a_problem_fails_the_job_in_its_own_words_and_is_tidied_up_after(actor: Actor) -> None:
    alliance = make_alliance()
    with worker():
        job = ended(start_work(actor, "problem", alliance=alliance.pk))
    assert (job.state, job.error, job.attempt) == (JobState.FAILED, "The report is superseded.", 1)
    alliance.refresh_from_db()
    assert alliance.name_en == "failed: The report is superseded."


def test_a_fault_fails_the_job_and_tells_its_reference_only(actor: Actor, caplog: pytest.LogCaptureFixture) -> None:
    with worker():
        job = ended(start_work(actor, "crash"))
    assert job.state == JobState.FAILED
    assert "hunter2" not in job.error
    reference = re.search(r"reference ([0-9a-f-]{36})\.", job.error)
    assert reference
    assert reference.group(1) in caplog.text
    assert "hunter2" in caplog.text
    assert work.calls == [("crash", 1)]


def test_a_job_ends_even_when_tidying_up_after_it_breaks(actor: Actor) -> None:
    alliance = make_alliance()
    with worker():
        job = ended(start_work(actor, "problem", alliance=alliance.pk, then="break"))
    assert job.state == JobState.FAILED
    alliance.refresh_from_db()
    assert alliance.name_en == ""


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(actor: Actor) -> None:
    alliance = make_alliance()
    job = start_work(actor, "well", alliance=alliance.pk)
    cancelled = cancel_job(actor=actor, job_id=job.pk)
    assert (cancelled.state, cancelled.error) == (JobState.CANCELLED, "This was cancelled.")
    with worker():
        other = ended(start_work(actor, "well"))
    assert other.state == JobState.SUCCEEDED
    assert work.calls == [("well", 1)]
    alliance.refresh_from_db()
    assert alliance.name_en == "failed: This was cancelled."


def test_a_running_job_is_cancelled_at_its_next_step(actor: Actor) -> None:
    with worker():
        job = start_work(actor, "wait for gate")
        eventually(lambda: state_of(job) == JobState.RUNNING)
        asked_at = time.monotonic()
        cancel_job(actor=actor, job_id=job.pk)
        ended(job)
        assert time.monotonic() - asked_at < 2.0
    assert (job.state, job.message) == (JobState.CANCELLED, "waiting")
    with pytest.raises(WrongState):
        cancel_job(actor=actor, job_id=job.pk)


def test_somebody_elses_job_is_not_found(actor: Actor) -> None:
    job = start_work(actor, "well")
    with pytest.raises(NotFound):
        cancel_job(actor=actor_of_seat(make_seat()), job_id=job.pk)
    assert state_of(job) == JobState.WAITING


def test_jobs_of_one_kind_run_one_after_the_other_if_asked(actor: Actor) -> None:
    with worker(concurrency=3):
        first = defer(work.do, actor=actor, arguments={"how": "wait for gate"}, one_at_a_time="closes")
        eventually(lambda: state_of(first) == JobState.RUNNING)
        second = defer(work.do, actor=actor, one_at_a_time="closes")
        other = ended(defer(work.do, actor=actor, one_at_a_time="others"))
        assert other.state == JobState.SUCCEEDED
        assert state_of(second) == JobState.WAITING
        work.open_gate.set()
        ended(first)
        assert ended(second).state == JobState.SUCCEEDED


def test_work_that_a_stopping_server_interrupts_begins_again_elsewhere_uncounted(actor: Actor) -> None:
    with worker(grace=0.1):
        job = start_work(actor, "wait for gate")
        eventually(lambda: state_of(job) == JobState.RUNNING)
    job.refresh_from_db()
    assert (job.state, job.attempt) == (JobState.WAITING, 0)
    work.open_gate.set()
    with worker():
        assert ended(job).state == JobState.SUCCEEDED
    assert work.calls == [("wait for gate", 1), ("wait for gate", 1)]


@contextmanager
def worker_process() -> Iterator["subprocess.Popen[bytes]"]:
    """A worker in a process of its own, on the same database."""
    settings = connection.settings_dict
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.core.worker_process"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "platform")]),
            "TEST_DATABASE": json.dumps({name: str(settings[name]) for name in names}),
        },
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_while_running(job: Job, marker: Path) -> None:
    """Have a worker process start a job, and kill it in the middle."""
    with worker_process() as process:
        eventually(marker.exists)
        assert state_of(job) == JobState.RUNNING
        process.kill()
        process.wait()
    assert state_of(job) == JobState.RUNNING


def test_the_job_of_a_killed_worker_is_started_again_and_comes_to_its_end(actor: Actor, tmp_path: Path) -> None:
    marker = tmp_path / "started"
    job = start_work(actor, "die the first time", marker=str(marker))
    kill_while_running(job, marker)

    assert rescue_jobs(dead_after=60) == 0
    time.sleep(0.3)
    assert rescue_jobs(dead_after=0.2) == 1
    assert state_of(job) == JobState.WAITING
    with worker():
        ended(job)
    assert (job.state, job.attempt) == (JobState.SUCCEEDED, 2)


def test_a_job_whose_workers_keep_dying_fails_and_is_tidied_up_after(actor: Actor, tmp_path: Path) -> None:
    alliance = make_alliance()
    job = start_work(actor, "die", marker=str(tmp_path / "started"), alliance=alliance.pk)
    for _ in range(2):
        (tmp_path / "started").unlink(missing_ok=True)
        kill_while_running(job, tmp_path / "started")
        time.sleep(0.3)
        assert rescue_jobs(dead_after=0.2) == 1
    job.refresh_from_db()
    assert (job.state, job.attempt, job.error) == (JobState.FAILED, 2, services.SERVER_STOPPED)
    alliance.refresh_from_db()
    assert alliance.name_en.startswith("failed: The server stopped")
    assert not queued(job)
    assert rescue_jobs(dead_after=0.2) == 0


def test_a_running_worker_brings_back_the_jobs_of_dead_ones(
    actor: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "started"
    job = start_work(actor, "die the first time", marker=str(marker))
    kill_while_running(job, marker)
    monkeypatch.setattr("platform_core.jobs.worker.RESCUE_EVERY", 0.2)
    monkeypatch.setattr("platform_core.jobs.worker.DEAD_AFTER", 4.0)
    monkeypatch.setattr("platform_core.jobs.worker.rescue_jobs", lambda: rescue_jobs(dead_after=4.0))
    with worker():
        assert ended(job).state == JobState.SUCCEEDED


def test_a_worker_that_was_taken_for_dead_cannot_end_the_job_of_its_successor(actor: Actor) -> None:
    job = start_work(actor, "well")
    first = services.start(job.pk)
    assert first is not None
    assert services.hand_back(job.pk, first.attempt)
    second = services.start(job.pk)
    assert second is not None
    assert (first.attempt, second.attempt) == (1, 2)

    returning = Running(job_id=job.pk, attempt=first.attempt, actor=actor)
    with pytest.raises(Superseded):
        returning.progress(1, 1, "still here")
    assert not services.succeed(job.pk, first.attempt, {"wrong": True})
    assert not services.fail(job.pk, first.attempt, "wrong")
    assert not services.hand_back(job.pk, first.attempt)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.result, job.message) == (JobState.RUNNING, 2, {}, "")
    assert services.succeed(job.pk, second.attempt, {"right": True})
    assert services.start(job.pk) is None


def test_a_job_that_is_gone_from_the_queue_is_ended(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start_work(actor, "well")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert rescue_jobs() == 0
    monkeypatch.setattr(rescue, "_SETTLED_AFTER", rescue._SETTLED_AFTER * 0)
    assert rescue_jobs() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, rescue.LOST)


def test_work_that_this_version_does_not_know_fails(actor: Actor) -> None:
    job = start_work(actor, "well")
    Job.objects.filter(pk=job.pk).update(task="test.of.another.version")
    assert services.start(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, services.UNKNOWN_WORK)


def test_ids_among_the_arguments_become_text(actor: Actor) -> None:
    alliance: Alliance = make_alliance()
    job = defer(work.do, actor=actor, arguments={"alliance": alliance.pk, "n": 1})
    assert job.arguments == {"alliance": str(alliance.pk), "n": 1}
    assert isinstance(alliance.pk, UUID)
