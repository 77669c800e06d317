"""Money of invoices: through a payment service, and by bank."""

from licensing.payments.models.bank import BankAllocation, BankReceipt, MatchingTerms
from licensing.payments.models.online import (
    OnlineMovement,
    OnlinePayment,
    OnlineRefund,
    ServiceEvent,
    StripeAccount,
)

__all__ = [
    "BankAllocation",
    "BankReceipt",
    "MatchingTerms",
    "OnlineMovement",
    "OnlinePayment",
    "OnlineRefund",
    "ServiceEvent",
    "StripeAccount",
]
