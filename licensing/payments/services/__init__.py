"""Paying online, giving back, and taking down what the payment service says."""

from licensing.payments.services.allocating import (
    Part,
    allocate_line,
    match_lines,
    set_matching_terms,
    use_prepaid,
)
from licensing.payments.services.connecting import change_stripe_keys, close_stripe_account, connect_stripe_account
from licensing.payments.services.hearing import hear_event
from licensing.payments.services.paying import (
    WORK,
    ask_about_payment,
    end_online_payment,
    start_online_payment,
)
from licensing.payments.services.paying_out import order_payouts
from licensing.payments.services.refunding import decide_refund, propose_refund
from licensing.payments.services.working import work_on_due_payments, work_on_payment

__all__ = [
    "WORK",
    "Part",
    "allocate_line",
    "ask_about_payment",
    "change_stripe_keys",
    "close_stripe_account",
    "connect_stripe_account",
    "decide_refund",
    "end_online_payment",
    "hear_event",
    "match_lines",
    "order_payouts",
    "propose_refund",
    "set_matching_terms",
    "start_online_payment",
    "use_prepaid",
    "work_on_due_payments",
    "work_on_payment",
]
