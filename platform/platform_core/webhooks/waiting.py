"""Whether any webhook waits for events, asked once in each transaction that records some."""

from django.db import connection, transaction

from platform_core.webhooks.models import Webhook


class _Answer:
    """What was found, kept among the things to do on commit: there it goes with the transaction or savepoint."""

    def __init__(self, *, found: bool) -> None:
        self.found = found
        self.holds = True

    def __call__(self) -> None:
        """Hold no longer, since the transaction is over."""
        self.holds = False


def webhooks_wait() -> bool:
    """Say whether an open webhook was there when the running transaction first recorded an event, or opened one.

    All that a transaction does happens at one moment. A webhook that others open meanwhile hears of what comes later.
    """
    answer = _answer()
    if answer is None:
        answer = _Answer(found=Webhook.objects.filter(disabled_at=None, ended_at=None).exists())
        transaction.on_commit(answer)
    return answer.found


def ask_again() -> None:
    """Forget the answer, since the running transaction itself opened a webhook."""
    if (answer := _answer()) is not None:
        answer.holds = False


def _answer() -> _Answer | None:
    later = (entry[1] for entry in connection.run_on_commit)
    return next((what for what in later if isinstance(what, _Answer) and what.holds), None)
