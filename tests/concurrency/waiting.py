"""Making an order of events sure."""

import threading

from django.db import connection


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
