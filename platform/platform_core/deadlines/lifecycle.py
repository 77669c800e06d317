"""The states of a deadline."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class DeadlineState(models.TextChoices):
    """Where a deadline stands."""

    OPEN = "open", "Open"
    SETTLED = "settled", "Settled"
    WAIVED = "waived", "Waived"
    MISSED = "missed", "Missed"
    VOID = "void", "No longer holds"


DEADLINE_LIFECYCLE: Final = Lifecycle(
    {
        # What was missed may yet have been done: on the last evening, or by asking for the right back.
        "settle": ({DeadlineState.OPEN, DeadlineState.MISSED}, DeadlineState.SETTLED),
        "waive": ({DeadlineState.OPEN}, DeadlineState.WAIVED),
        "reopen": ({DeadlineState.SETTLED, DeadlineState.WAIVED}, DeadlineState.OPEN),
        "miss": ({DeadlineState.OPEN}, DeadlineState.MISSED),
        # A duty that turns out to be nobody's was never missed.
        "void": ({DeadlineState.OPEN, DeadlineState.MISSED}, DeadlineState.VOID),
    }
)
BY_PEOPLE: Final = ("settle", "waive", "reopen")
"""The steps that people take; the others follow from days and from what the duty was made of."""
