"""A small world that bills: tax identities, a tax, terms, a series of numbers, and money that arrives."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from licensing.agreements.interest import InterestKind
from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Invoice, InvoiceSeries, TaxKind
from licensing.billing.services import (
    NewBillingTerms,
    NewSettlement,
    NewTaxIdentity,
    NewTaxRule,
    issue_invoices,
    open_invoice_series,
    prepare_invoices,
    set_billing_terms,
    set_tax_identity,
    set_tax_rule,
    settle_invoice,
)
from licensing.close.models import CloseRun
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.models import Account
from platform_core.ledger.services import NewEntry, open_account, post_entry
from tests.factories.royalties import SmallWorld

SINCE = date(2024, 1, 1)
PAID_ON = date(2026, 2, 10)


def set_up_billing(world: SmallWorld, *, vat: str = "6", country: str = "CN", **terms: Any) -> InvoiceSeries:
    """Note who everybody is to the tax office, a value added tax, and that invoices are due after 30 days."""
    finance = world.acting("calculator")
    people = [world.entity.organisation, *(licence.licensee for licence in world.licences.values())]
    for place, organisation in enumerate(people):
        set_tax_identity(
            actor=finance,
            operating_entity_id=world.entity.pk,
            identity=NewTaxIdentity(
                organisation_id=organisation.pk,
                from_on=SINCE,
                name=organisation.name_en or organisation.name_zh,
                country="CN" if place == 0 else country,
                tax_number=f"91310000MA1FL{place:05d}",
                bank_name="ICBC Shanghai",
                bank_account=f"10012345{place:04d}",
            ),
        )
    if vat:
        set_tax_rule(
            actor=finance,
            operating_entity_id=world.entity.pk,
            rule=NewTaxRule(code="vat", kind=TaxKind.VAT, from_on=SINCE, percent=Decimal(vat)),
        )
    set_billing_terms(
        actor=finance,
        programme_id=world.programme.pk,
        terms=NewBillingTerms(
            **{
                "from_on": SINCE,
                "payment_days": 30,
                "vat_code": "vat" if vat else "",
                "interest_kind": InterestKind.DAILY,
                "interest_percent": Decimal("0.05"),
                **terms,
            }
        ),
    )
    return open_invoice_series(actor=finance, operating_entity_id=world.entity.pk, code="R")


def billed(world: SmallWorld, run: CloseRun, series: InvoiceSeries) -> dict[str, Invoice]:
    """Issue the invoices of a posted close, by licence."""
    finance = world.acting("calculator")
    drafts = prepare_invoices(actor=finance, run_id=run.pk)
    issued = issue_invoices(actor=finance, invoice_ids=[draft.pk for draft in drafts], series_id=series.pk)
    return {invoice.licence.code: invoice for invoice in issued}


def unassigned(world: SmallWorld, amount: int, *, on: date = PAID_ON, currency: str = "CNY") -> Account:
    """Have money arrive at the bank for nobody in particular yet, and return the account on which it waits."""
    finance = world.acting("calculator")
    bank, suspense = (
        open_account(
            actor=finance,
            operating_entity_id=world.entity.pk,
            holder_id=world.entity.organisation_id,
            kind=kind.code,
            purpose=Purpose.ROYALTIES,
            currency=currency,
        )
        for kind in (BANK, SUSPENSE)
    )
    post_entry(
        actor=finance,
        operating_entity_id=world.entity.pk,
        entry=NewEntry(
            key=new_id(),
            name="bank.received",
            effective_on=on,
            subject=world.entity,
            lines=[Line(bank.pk, amount), Line(suspense.pk, -amount)],
        ),
    )
    return suspense


def pay(world: SmallWorld, invoice: Invoice, amount: int | None = None, *, on: date = PAID_ON) -> UUID:
    """Pay an invoice in part, or what is open of it, through the bank; return the settlement's key."""
    invoice.refresh_from_db()
    paid = invoice.open_minor if amount is None else amount
    account = unassigned(world, paid, on=on, currency=invoice.currency)
    key = new_id()
    settle_invoice(
        actor=world.acting("calculator"),
        invoice_id=invoice.pk,
        settlement=NewSettlement(key=key, kind=SettlementKind.PAYMENT, amount_minor=paid, on=on, reference="ICBC 1"),
        from_account_id=account.pk,
    )
    return key


def balances(world: SmallWorld) -> dict[str, int]:
    """Return what stands on each kind of account, debits less credits, where it is not 0."""
    from platform_core.ledger.selectors import trial_balance

    sums: dict[str, int] = {}
    for row in trial_balance(world.entity.pk, actor=world.acting("calculator")):
        sums[row.account.kind] = sums.get(row.account.kind, 0) + row.balance_minor
    return {kind: amount for kind, amount in sums.items() if amount}
