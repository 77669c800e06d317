"""A transaction that stays open on a database of its own, for what many modules begin from and nobody commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from platform_site.database.urls import DatabaseUrl


class Unfinished:
    """A second connection whose transaction is not ended: each who enters finds it as the first one left it.

    The worker's own database stays free meanwhile: what is emptied there would wait for this transaction for ever.
    """

    def __init__(self, url: DatabaseUrl) -> None:
        self._connection = connections.create_connection(DEFAULT_DB_ALIAS)
        self._connection.settings_dict = {**self._connection.settings_dict, "NAME": url.database}
        with self._instead():
            self._whole = transaction.atomic()
            self._whole.__enter__()

    @contextmanager
    def entered(self, *, keep: bool = False) -> Iterator[None]:
        """Have Django work in the transaction; all that is done is undone at the end, unless it is kept."""
        with self._instead(), transaction.atomic():
            yield
            transaction.set_rollback(not keep)

    def end(self) -> None:
        """Undo everything and close the connection."""
        with self._instead():
            transaction.set_rollback(True)
            self._whole.__exit__(None, None, None)
        self._connection.close()

    @contextmanager
    def _instead(self) -> Iterator[None]:
        usual = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._connection
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = usual
