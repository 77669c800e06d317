"""The states of a proof of residence and of a remittance of tax, and the steps between them."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class ReliefState(models.TextChoices):
    """Where a member's proof of residence stands."""

    ENTERED = "entered", "To be confirmed"
    CONFIRMED = "confirmed", "Confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"


RELIEF_LIFECYCLE: Final = Lifecycle(
    {
        "confirm": ({ReliefState.ENTERED}, ReliefState.CONFIRMED),
        "withdraw": ({ReliefState.ENTERED, ReliefState.CONFIRMED}, ReliefState.WITHDRAWN),
    }
)


class RemittanceState(models.TextChoices):
    """How far tax withheld has come on its way to the tax office."""

    PREPARED = "prepared", "To be confirmed"
    CONFIRMED = "confirmed", "Confirmed"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"


REMITTANCE_LIFECYCLE: Final = Lifecycle(
    {
        "confirm": ({RemittanceState.PREPARED}, RemittanceState.CONFIRMED),
        # One person's while it waits to be confirmed; two people's afterwards.
        "cancel": ({RemittanceState.PREPARED, RemittanceState.CONFIRMED}, RemittanceState.CANCELLED),
        # Only a line of the bank says so.
        "note as paid": ({RemittanceState.CONFIRMED}, RemittanceState.PAID),
        # It came back, or the line was for something else: it waits for another one.
        "take payment back": ({RemittanceState.PAID}, RemittanceState.CONFIRMED),
        "note receipt": ({RemittanceState.PAID}, RemittanceState.PAID),
    }
)
