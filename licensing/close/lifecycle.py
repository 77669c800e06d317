"""The states of a close run and the steps between them."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class RunStatus(models.TextChoices):
    """Where a close run stands."""

    DRAFT = "draft", "Draft"
    CALCULATED = "calculated", "Calculated"
    APPROVED = "approved", "Approved"
    POSTED = "posted", "Posted"
    CANCELLED = "cancelled", "Cancelled"


class Calculation(models.TextChoices):
    """How the last calculation of a close run went."""

    NONE = "none", "Not asked for yet"
    QUEUED = "queued", "Waiting for a worker"
    RUNNING = "running", "Being calculated"
    DONE = "done", "Done"
    REJECTED = "rejected", "Input rejected"
    FAILED = "failed", "Failed"


CLOSE_RUN_LIFECYCLE: Final = Lifecycle(
    {
        "calculate": ({RunStatus.DRAFT, RunStatus.CALCULATED}, RunStatus.CALCULATED),
        "approve": ({RunStatus.CALCULATED}, RunStatus.APPROVED),
        "send back": ({RunStatus.CALCULATED}, RunStatus.DRAFT),
        "post": ({RunStatus.APPROVED}, RunStatus.POSTED),
        "cancel": ({RunStatus.DRAFT, RunStatus.CALCULATED}, RunStatus.CANCELLED),
    }
)
"""A run is a draft until its first calculation is loaded; one that failed or was rejected leaves it as it was."""

CALCULATION_LIFECYCLE: Final = Lifecycle(
    {
        "queue": (
            {Calculation.NONE, Calculation.DONE, Calculation.REJECTED, Calculation.FAILED},
            Calculation.QUEUED,
        ),
        # A worker that died leaves "running" behind; whoever takes the work up again starts anew.
        "begin": ({Calculation.QUEUED, Calculation.RUNNING}, Calculation.RUNNING),
        "finish": ({Calculation.RUNNING}, Calculation.DONE),
        "reject": ({Calculation.RUNNING}, Calculation.REJECTED),
        "fail": ({Calculation.QUEUED, Calculation.RUNNING}, Calculation.FAILED),
    }
)

OPEN: Final = (RunStatus.DRAFT, RunStatus.CALCULATED, RunStatus.APPROVED)
"""The states of a run on which work is still to be done; there is one such run per programme and period."""

CHANGEABLE: Final = (RunStatus.DRAFT, RunStatus.CALCULATED)
"""The states in which a run's rows may still be replaced by a new calculation."""

IN_HAND: Final = (Calculation.QUEUED, Calculation.RUNNING)
"""A calculation that has been asked for and has not ended."""
