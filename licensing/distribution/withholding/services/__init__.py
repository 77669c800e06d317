"""Withholding tax from members abroad, and paying it on: rules, proofs of residence, remittances."""

from licensing.distribution.withholding.services.reliefs import (
    NewTreatyRelief,
    confirm_treaty_relief,
    enter_treaty_relief,
    withdraw_treaty_relief,
)
from licensing.distribution.withholding.services.remittances import (
    cancel_tax_remittance,
    confirm_tax_remittance,
    note_tax_receipt,
    prepare_tax_remittance,
)
from licensing.distribution.withholding.services.rules import (
    NewWithholdingRule,
    confirm_withholding_rule,
    record_withholding_rule,
    withdraw_withholding_rule,
)
from licensing.distribution.withholding.services.undoing import (
    agree_to_undo_remittance,
    ask_to_undo_remittance,
    refuse_to_undo_remittance,
    take_payment_back,
)
from licensing.distribution.withholding.services.working_out import withheld_tax_account, work_out_withholdings

__all__ = [
    "NewTreatyRelief",
    "NewWithholdingRule",
    "agree_to_undo_remittance",
    "ask_to_undo_remittance",
    "cancel_tax_remittance",
    "confirm_tax_remittance",
    "confirm_treaty_relief",
    "confirm_withholding_rule",
    "enter_treaty_relief",
    "note_tax_receipt",
    "prepare_tax_remittance",
    "record_withholding_rule",
    "refuse_to_undo_remittance",
    "take_payment_back",
    "withdraw_treaty_relief",
    "withdraw_withholding_rule",
    "withheld_tax_account",
    "work_out_withholdings",
]
