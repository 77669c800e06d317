"""Setting what billing goes by, preparing and issuing invoices, and settling them."""

from licensing.billing.services.carrying import CarriedInvoice, carry_invoices, take_carried_back
from licensing.billing.services.issuing import credit_invoice, discard_invoice, issue_invoices
from licensing.billing.services.noting import (
    await_tax_invoice,
    cancel_tax_invoice,
    charge_interest,
    dispute_invoice,
    record_tax_invoice,
    settle_dispute,
)
from licensing.billing.services.planning import (
    accept_instalment_plan,
    ask_for_instalment_plan,
    decide_instalment_plan,
    propose_instalment_plan,
    withdraw_instalment_plan,
)
from licensing.billing.services.preparing import prepare_invoices
from licensing.billing.services.setting import (
    NewBillingTerms,
    NewTaxIdentity,
    NewTaxRule,
    close_invoice_series,
    open_invoice_series,
    set_billing_terms,
    set_tax_identity,
    set_tax_rule,
)
from licensing.billing.services.settling import (
    NewSettlement,
    hold_invoices,
    set_off,
    settle_invoice,
    take_settlement_back,
)
from licensing.billing.services.writing_off import decide_write_off, propose_write_off, withdraw_write_off

__all__ = [
    "CarriedInvoice",
    "NewBillingTerms",
    "NewSettlement",
    "NewTaxIdentity",
    "NewTaxRule",
    "accept_instalment_plan",
    "ask_for_instalment_plan",
    "await_tax_invoice",
    "cancel_tax_invoice",
    "carry_invoices",
    "charge_interest",
    "close_invoice_series",
    "credit_invoice",
    "decide_instalment_plan",
    "decide_write_off",
    "discard_invoice",
    "dispute_invoice",
    "hold_invoices",
    "issue_invoices",
    "open_invoice_series",
    "prepare_invoices",
    "propose_instalment_plan",
    "propose_write_off",
    "record_tax_invoice",
    "set_billing_terms",
    "set_off",
    "set_tax_identity",
    "set_tax_rule",
    "settle_dispute",
    "settle_invoice",
    "take_carried_back",
    "take_settlement_back",
    "withdraw_instalment_plan",
    "withdraw_write_off",
]
