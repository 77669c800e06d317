"""Working out, approving and releasing distributions."""

from licensing.distribution.services.calculating import calculate_distribution, note_failed_distribution
from licensing.distribution.services.member_invoices import (
    GivenInvoice,
    NewMemberInvoiceTerms,
    accept_member_invoice,
    record_member_invoice,
    send_back_member_invoice,
    set_member_invoice_terms,
)
from licensing.distribution.services.objecting import answer_objection, raise_objection, withdraw_objection
from licensing.distribution.services.proving import take_proof, take_published
from licensing.distribution.services.releasing import close_distribution, release_distribution
from licensing.distribution.services.runs import (
    CALCULATION,
    approve_distribution,
    cancel_distribution,
    request_distribution,
    review_distribution,
    send_back_distribution,
    set_payout_terms,
    start_distribution,
)
from licensing.distribution.services.waiving import ask_for_waiver, refuse_waiver, waive_member_invoice

__all__ = [
    "CALCULATION",
    "GivenInvoice",
    "NewMemberInvoiceTerms",
    "accept_member_invoice",
    "answer_objection",
    "approve_distribution",
    "ask_for_waiver",
    "calculate_distribution",
    "cancel_distribution",
    "close_distribution",
    "note_failed_distribution",
    "raise_objection",
    "record_member_invoice",
    "refuse_waiver",
    "release_distribution",
    "request_distribution",
    "review_distribution",
    "send_back_distribution",
    "send_back_member_invoice",
    "set_member_invoice_terms",
    "set_payout_terms",
    "start_distribution",
    "take_proof",
    "take_published",
    "waive_member_invoice",
    "withdraw_objection",
]
