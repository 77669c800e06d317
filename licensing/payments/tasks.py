"""The background work of online payments."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from procrastinate.contrib.django import app

from licensing.payments import services
from platform_core.clock import SystemClock
from platform_core.jobs.registry import CALLS, CALLS_AT_ONCE, QUICK

_callers: Final = ThreadPoolExecutor(max_workers=CALLS_AT_ONCE, thread_name_prefix="payment")
"""Threads of their own, since the ones that all work shares are few."""


@app.task(name=services.WORK, queue=CALLS)
async def work_on_online_payment(payment_id: str) -> None:
    """Ask the service about one payment; what fails is tried again by the round below."""
    await sync_to_async(_work, thread_sensitive=False, executor=_callers)(UUID(payment_id))


def _work(payment_id: UUID) -> None:
    close_old_connections()
    try:
        services.work_on_payment(payment_id=payment_id, clock=SystemClock())
    finally:
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="lianchi.work_on_due_payments", queue=QUICK, queueing_lock="lianchi.work_on_due_payments")
def work_on_due(timestamp: int) -> None:
    """Every minute, put what is due on its way, should the service have forgotten to tell, or a worker have died."""
    services.work_on_due_payments(clock=SystemClock())
