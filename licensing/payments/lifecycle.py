"""The states of an online payment and of a refund, and the steps between them."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class PaymentState(models.TextChoices):
    """How far an online payment has come, as the payment service told last."""

    INTENDED = "intended", "To be opened at the payment service"
    OPEN = "open", "Waiting for the payer"
    PROCESSING = "processing", "On its way"
    SUCCEEDED = "succeeded", "Paid"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Refused by the payment service"


PAYMENT_LIFECYCLE: Final = Lifecycle(
    {
        "open": ({PaymentState.INTENDED, PaymentState.OPEN, PaymentState.PROCESSING}, PaymentState.OPEN),
        "process": (
            {PaymentState.INTENDED, PaymentState.OPEN, PaymentState.PROCESSING},
            PaymentState.PROCESSING,
        ),
        "succeed": (
            {PaymentState.INTENDED, PaymentState.OPEN, PaymentState.PROCESSING, PaymentState.SUCCEEDED},
            PaymentState.SUCCEEDED,
        ),
        "cancel": (
            {PaymentState.INTENDED, PaymentState.OPEN, PaymentState.PROCESSING, PaymentState.CANCELLED},
            PaymentState.CANCELLED,
        ),
        "fail": ({PaymentState.INTENDED}, PaymentState.FAILED),
    }
)
"""What the service says is taken as it is, whichever of its news came first; only what is paid stays paid."""


UNDER_WAY: Final = (PaymentState.INTENDED, PaymentState.OPEN, PaymentState.PROCESSING)
"""States of a payment that may still be paid; of an invoice several are, together within what is open of it."""


class RefundState(models.TextChoices):
    """Where a refund stands."""

    PROPOSED = "proposed", "Waiting for a second person"
    REFUSED = "refused", "Refused by the second person"
    INTENDED = "intended", "To be asked of the payment service"
    PENDING = "pending", "On its way"
    SUCCEEDED = "succeeded", "Given back"
    FAILED = "failed", "Failed"


REFUND_LIFECYCLE: Final = Lifecycle(
    {
        "approve": ({RefundState.PROPOSED}, RefundState.INTENDED),
        "refuse": ({RefundState.PROPOSED}, RefundState.REFUSED),
        "ask": ({RefundState.INTENDED, RefundState.PENDING}, RefundState.PENDING),
        "succeed": (
            {RefundState.INTENDED, RefundState.PENDING, RefundState.SUCCEEDED},
            RefundState.SUCCEEDED,
        ),
        # A refund that had arrived may come back later, when the payer's bank does not take it.
        "fail": (
            {RefundState.INTENDED, RefundState.PENDING, RefundState.SUCCEEDED, RefundState.FAILED},
            RefundState.FAILED,
        ),
    }
)

ASKED: Final = (RefundState.INTENDED, RefundState.PENDING)
"""Refunds that are on their way."""


class MovementKind(models.TextChoices):
    """What moved money at the payment service."""

    RECEIVED = "received", "Paid by the licensee"
    FEE = "fee", "Fee of the payment service"
    REFUNDED = "refunded", "Given back"
    REFUND_RETURNED = "refund_returned", "Came back, though it was given back"
    DISPUTED = "disputed", "Taken back by the payer's bank"
    DISPUTE_WON = "dispute_won", "Returned by the payer's bank"
