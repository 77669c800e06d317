"""Calls to systems of others, with a real worker: whoever lets them hang holds up nothing else."""

import time
from typing import Any

import pytest
from procrastinate.contrib.django import app

from platform_core.clock import SystemClock
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.registry import CALLS, CALLS_AT_ONCE, LOOKUPS, QUEUES, background_tasks
from platform_core.webhooks import sending, services
from platform_core.webhooks.models import DeliveryState, WebhookDelivery
from tests.concurrency.core.test_jobs import ended, eventually, start_work, worker
from tests.factories.core import actor_of_seat, make_seat
from tests.factories.webhooks import make_webhook
from tests.integration.webhooks.hostile import hostile

pytestmark = pytest.mark.django_db(transaction=True)

HANGS = 3.0
"""Seconds that each call hangs."""


def test_work_goes_on_while_every_call_hangs(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOKS_TO_PRIVATE_ADDRESSES = True
    monkeypatch.setattr(sending, "PATIENCE", HANGS)
    now = SystemClock().now()
    with hostile("an interim answer again and again") as url:
        # More than there are threads in the pool that all work shares.
        for _ in range(3 * CALLS_AT_ONCE):
            WebhookDelivery.objects.create(
                webhook=make_webhook(make_seat(), url=url),
                event="webhook.tested",
                topic="x:1",
                at=now,
                created_at=now,
                next_attempt_at=now,
            )
        services.call_again(clock=SystemClock())
        with worker():
            tried = WebhookDelivery.objects.filter(attempts=1)
            eventually(lambda: tried.count() == CALLS_AT_ONCE)
            began = time.monotonic()
            jobs = [ended(start_work(actor_of_seat(make_seat(), clock=SystemClock()), "well")) for _ in range(5)]
            assert time.monotonic() - began < HANGS - 0.5
            assert tried.count() == CALLS_AT_ONCE
            assert {job.state for job in jobs} == {JobState.SUCCEEDED}
            eventually(lambda: WebhookDelivery.objects.filter(state=DeliveryState.FAILED).count() >= CALLS_AT_ONCE)


def test_every_queue_that_something_waits_in_is_worked_off() -> None:
    named = {task.queue for task in app.tasks.values()} | {task.queue for task in background_tasks()}
    # The queue of the library's own tasks, which nobody puts anything into.
    assert named - {"builtin"} <= {*QUEUES, CALLS, LOOKUPS}
