"""Holding the books of an operating entity, so that one transaction at a time writes to them."""

from uuid import UUID

from django.db import connection


def hold_books(operating_entity_id: UUID) -> None:
    """Wait until nobody else writes to the books, and hold them until the transaction ends.

    Before any row of theirs is locked: whoever books holds them first and then refers to accounts. The database's own
    rules take the same lock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('ledger of ' || %s::text, 0))", [operating_entity_id]
        )
