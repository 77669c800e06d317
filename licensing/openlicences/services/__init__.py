"""Declaring open licences, taking them by notice, and what is stated, paid and recorded under them."""

from licensing.openlicences.services.contesting import (
    acknowledge_entry,
    contest_entry,
    show_evidence,
    withdraw_entry,
)
from licensing.openlicences.services.drafting import (
    DeclarationEdits,
    NewDeclaration,
    draft_declaration,
    edit_declaration,
    record_open_consent,
)
from licensing.openlicences.services.filing import (
    announce_declaration,
    announce_withdrawal,
    cancel_declaration,
    file_declaration,
    file_withdrawal,
    refuse_declaration,
)
from licensing.openlicences.services.lapsing import lapse_notice
from licensing.openlicences.services.paying import advise_payment, confirm_payment, contest_payment, state_royalty
from licensing.openlicences.services.recording import record_open_recordal
from licensing.openlicences.services.taking import cancel_notice, end_open_licence, give_notice, prepare_notice

__all__ = [
    "DeclarationEdits",
    "NewDeclaration",
    "acknowledge_entry",
    "advise_payment",
    "announce_declaration",
    "announce_withdrawal",
    "cancel_declaration",
    "cancel_notice",
    "confirm_payment",
    "contest_entry",
    "contest_payment",
    "draft_declaration",
    "edit_declaration",
    "end_open_licence",
    "file_declaration",
    "file_withdrawal",
    "give_notice",
    "lapse_notice",
    "prepare_notice",
    "record_open_consent",
    "record_open_recordal",
    "refuse_declaration",
    "show_evidence",
    "state_royalty",
    "withdraw_entry",
]
