"""Locks of a session of the database: they last over transactions, and go with the process, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database


@contextmanager
def alone_with(key: str) -> Iterator[bool]:
    """Keep others from what is called so meanwhile; says whether nobody else was at it."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [key])
        [is_alone] = cursor.fetchone() or (False,)
    try:
        yield bool(is_alone)
    finally:
        # Where the line to the database was lost, so was the lock.
        if is_alone and database.connection is not None and not database.connection.closed:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def is_somebody_at(key: str) -> bool:
    """Say whether somebody is alone with what is called so, without getting in the way of anybody."""
    with database.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (
                 SELECT FROM pg_locks l, hashtextextended(%s, 0) AS key
                  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
                    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    AND l.classid::bigint = (key >> 32) & 4294967295 AND l.objid::bigint = key & 4294967295)""",
            [key],
        )
        [is_there] = cursor.fetchone() or (False,)
    return bool(is_there)
