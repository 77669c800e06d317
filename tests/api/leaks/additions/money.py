"""Invoices, receipts, books, banks, and what members are given."""

from decimal import Decimal

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, LicenceChange, Receipt
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.distribution.lifecycle import DistributionStatus
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.ledger.models import BookClosing
from tests.api.leaks.additions.places import WORD, Elsewhere, month, number
from tests.factories.agreements import make_licence
from tests.factories.billing import (
    make_agreed,
    make_asked,
    make_billing_terms,
    make_certificate,
    make_interest_note,
    make_invoice,
    make_issued,
    make_plan,
    make_series,
    make_tax_identity,
    make_tax_rule,
    make_write_off,
)
from tests.factories.close import make_run
from tests.factories.core import (
    NOON,
    make_user,
)
from tests.factories.distribution import (
    confirm_sheet,
    fill_distribution,
    make_conversion,
    make_distribution,
    make_member_invoice,
    make_member_invoice_terms,
    make_objection,
    make_payout_terms,
    make_rate_sheet,
    make_tax_remittance,
    make_treaty_relief,
    make_withholding,
    make_withholding_rule,
    move_distribution,
)
from tests.factories.ledger import book, make_account, make_bank, make_book_reopening
from tests.factories.payments import (
    make_bank_receipt,
    make_matching_terms,
    make_movement,
    make_online_payment,
    make_refund,
    make_service_event,
    make_stripe_account,
)
from tests.factories.treasury import (
    HEADINGS,
    make_bank_account,
    make_payee_account,
    make_payout,
    make_payout_file,
    take,
)


def add_money(at: Elsewhere) -> None:
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    LicenceChange.objects.create(licence=licence, month=month(), standing="compliant")
    Charge.objects.create(
        licence=licence, month=month(), kind="entry", amount=Decimal(7), currency="CNY", created_at=NOON
    )
    Receipt.objects.create(licence=licence, period=f"{month().year}Q1", amount_minor=7, created_at=NOON)
    # It is from a member of the pool that its licence is of.
    quiet = Programme.objects.filter(pool=at.member.pool).earliest("pk")
    BilateralLicence.objects.create(licence=make_licence(quiet, at.company, f"{WORD}-{number()}"), member=at.member)


def add_rate(at: Elsewhere) -> None:
    ExchangeRate.objects.create(programme=at.programme, month=month(), currency="EUR", rate=Decimal(8))


def add_books(at: Elsewhere) -> None:
    entity, label = at.programme.operating_entity, f"{WORD} {number()}"
    last = BookClosing.objects.filter(operating_entity=entity).latest("number")
    book(make_bank(entity, label=label), make_account(entity, at.company, label=label))
    BookClosing.objects.create(
        operating_entity=entity, number=last.number + 1, closed_through=last.closed_through, at=NOON
    )
    make_book_reopening(entity, reason=WORD)


def add_bank_lines(at: Elsewhere) -> None:
    # In another currency than anything is billed in: where to pay is told to whoever has to.
    account = make_bank_account(at.programme.operating_entity, bank_name=WORD, currency="USD")
    take(account, f"{HEADINGS}\n2026-10-08,7,7,{WORD},1,{WORD},{number()}\n")


def add_payee_account(at: Elsewhere) -> None:
    make_payee_account(at.company, account_name=WORD, state="withdrawn", withdrawn_at=NOON,
                       withdrawn_by=make_user(), reason=WORD)  # fmt: skip


def add_payouts(at: Elsewhere) -> None:
    account = at.programme.operating_entity.bank_accounts.filter(purpose="royalties").earliest("pk")
    make_payout(account, at.company, text=WORD)
    # One that is there already: whoever pays the company elsewhere may read every account of it.
    make_payout_file(account, at.company, payee_account=at.company.payee_accounts.earliest("pk"))


def add_distribution(at: Elsewhere) -> None:
    """What a rival is given of money received, and what it holds against that."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    member = Membership.objects.filter(alliance=at.alliance, organisation=at.company).earliest("pk")
    close = CloseRun.objects.filter(programme=at.programme, status=RunStatus.POSTED).earliest("pk")
    run = make_distribution(at.programme, person=make_user())
    fill_distribution(run, close, [member], [licence])
    move_distribution(run, DistributionStatus.RELEASED, calculator=make_user(), approver=make_user())
    make_objection(run.items.get(membership=member), text=WORD)
    make_payout_terms(at.programme, from_on=month())
    terms = make_member_invoice_terms(at.programme, membership=member, from_on=month())
    make_member_invoice(run.items.get(membership=member), terms)
    entity = at.programme.operating_entity
    make_withholding(run.items.get(membership=member), make_withholding_rule(entity, from_on=month(), basis=WORD))
    make_treaty_relief(member, entity, certificate=WORD)
    sheet = confirm_sheet(make_rate_sheet(entity, name=WORD))
    make_conversion(run.items.get(membership=member), sheet, made_of=WORD)
    remittance = make_tax_remittance(entity, currency="USD", reference=WORD)
    remittance.state, remittance.reason = "cancelled", WORD
    remittance.cancelled_at, remittance.cancelled_by = NOON, make_user()
    remittance.save()


def add_billing(at: Elsewhere) -> None:
    """What a rival is billed, by terms and numbers of its own."""
    entity, once = at.programme.operating_entity, number()
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    make_tax_identity(entity, at.company, from_on=month(), name=WORD)
    make_tax_rule(entity, code=f"{WORD} {once}")
    series = make_series(entity, f"Z{once}", name=WORD)
    terms = make_billing_terms(at.programme, licence, from_on=month())
    invoice = make_issued(make_invoice(licence, make_run(at.programme, month(), person=make_user()), terms), series)
    make_certificate(invoice)
    make_interest_note(invoice)
    make_write_off(invoice, make_user(), reason=WORD)
    make_agreed(make_plan(invoice, make_user()), make_user())
    make_plan(invoice, make_user(), reason=WORD)
    make_asked(invoice, make_user(), reason=WORD)
    payment = make_online_payment(invoice, make_stripe_account(entity, closed_at=NOON))
    make_movement(payment)
    make_refund(payment, make_user(), reason=WORD)
    make_service_event(payment)
    make_matching_terms(entity, from_on=month())
    make_bank_receipt(entity.bank_accounts.filter(currency=invoice.currency).earliest("pk"), invoice)


def add_invoice_drafts(at: Elsewhere) -> None:
    """Drafts for everybody: a licensee sees none of its own before it is issued."""
    run = make_run(at.programme, month(), person=make_user())
    terms = make_billing_terms(at.programme, from_on=month())
    for licence in at.programme.licences.all():
        make_invoice(licence, run, terms)
