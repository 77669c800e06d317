"""Making an order of events sure."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, transaction

T = TypeVar("T")


def wait_until_somebody_waits_for_a_lock() -> None:
    """Return as soon as a session of this database waits for another, so that an order of events is sure."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.02)
    raise AssertionError("nobody waits")


def while_it_waits(act: Callable[[], object], then: Callable[[], T]) -> T:
    """Do one thing in a transaction, and commit it once another waits for it; return what that other got."""

    def closing(what: Callable[[], T]) -> T:
        try:
            return what()
        finally:
            connection.close()

    def watch() -> None:
        # From outside the transaction, which would see one and the same picture of the server all the time.
        try:
            wait_until_somebody_waits_for_a_lock()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            act()
            waiting = pool.submit(closing, then)
            pool.submit(watch).result(timeout=60)
        return waiting.result(timeout=60)
