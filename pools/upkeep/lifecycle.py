"""The states of orders to pay."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class OrderState(models.TextChoices):
    """Where an order to pay stands."""

    DRAFT = "draft", "Draft"
    ORDERED = "ordered", "Ordered"
    PAID = "paid", "Paid"
    CANCELLED = "cancelled", "Cancelled"


class FeeStanding(models.TextChoices):
    """What became of a year's fee here."""

    PAID = "paid", "Paid"
    OPEN = "open", "Open"
    TO_CONFIRM = "to_confirm", "To confirm"
    WAIVED = "waived", "Waived"
    MISSED = "missed", "Missed"
    BEFORE = "before", "Due before the patent came on record, and taken as paid"
    LATER = "later", "Not watched yet"


ORDER_LIFECYCLE: Final = Lifecycle(
    {
        "order": ({OrderState.DRAFT}, OrderState.ORDERED),
        "pay": ({OrderState.ORDERED}, OrderState.PAID),
        # A payment of it was recorded by mistake.
        "reopen": ({OrderState.PAID}, OrderState.ORDERED),
        "cancel": ({OrderState.DRAFT, OrderState.ORDERED}, OrderState.CANCELLED),
    }
)
