"""A small world that bills: tax identities, a tax, terms, a series of numbers, and money that arrives."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.agreements.interest import InterestKind
from licensing.agreements.models import Charge, Licence
from licensing.billing.kinds import BILLED, RECEIVABLE, account_of
from licensing.billing.lifecycle import InvoiceState, PlanState, SettlementKind, TaxInvoiceState
from licensing.billing.models import (
    BillingTerms,
    InstalmentPlan,
    InterestNote,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    Settlement,
    TaxIdentity,
    TaxKind,
    TaxRule,
    WriteOff,
)
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
from licensing.billing.services.preparing import new_reference
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.terms.models import Programme
from platform_core.clock import FixedClock
from platform_core.identity.models import OperatingEntity, Organisation, User
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.models import Account
from platform_core.ledger.services import NewEntry, open_account, post_entry
from tests.factories.core import NOON, command_line, make_user
from tests.factories.ledger import book
from tests.factories.reports import CODE
from tests.factories.royalties import SmallWorld

if TYPE_CHECKING:
    from tests.factories.world import World

SINCE = date(2024, 1, 1)
PAID_ON = date(2026, 2, 2)
ISSUED_ON = date(2026, 2, 2)


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
    """Pay an invoice in part, or what is open of it, through the bank on a day; return the settlement's key."""
    invoice.refresh_from_db()
    noon = datetime.combine(on, time(4), tzinfo=UTC)
    world = replace(world, clock=FixedClock(max(noon, world.clock.now())))
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


def make_series(entity: OperatingEntity, code: str = "F", **columns: Any) -> InvoiceSeries:
    return InvoiceSeries.objects.create(
        **{"operating_entity": entity, "code": code, "opened_at": NOON, **columns},
    )


def make_tax_identity(entity: OperatingEntity, organisation: Organisation, **columns: Any) -> TaxIdentity:
    return TaxIdentity.objects.create(
        **{
            "operating_entity": entity,
            "organisation": organisation,
            "from_on": SINCE,
            "name": str(organisation),
            "country": "CN",
            **columns,
        }
    )


def make_tax_rule(entity: OperatingEntity, **columns: Any) -> TaxRule:
    return TaxRule.objects.create(
        **{"operating_entity": entity, "code": "vat6x", "kind": TaxKind.VAT, "from_on": SINCE, "percent": 6, **columns}
    )


def make_billing_terms(programme: Programme, licence: Licence | None = None, **columns: Any) -> BillingTerms:
    return BillingTerms.objects.create(
        **{"programme": programme, "licence": licence, "from_on": SINCE, "payment_days": 30, **columns}
    )


def make_invoice(licence: Licence, run: CloseRun, terms: BillingTerms, **columns: Any) -> Invoice:
    """The draft of an invoice of 1,000.00 and 60.00 of tax."""
    values: dict[str, Any] = {"net_minor": 100000, "tax_minor": 6000, **columns}
    gross = values["net_minor"] + values["tax_minor"]
    invoice = Invoice.objects.create(
        **{
            "licence": licence,
            "run": run,
            "period": run.period,
            "currency": licence.programme.currency,
            "priced_minor": values["net_minor"],
            "withheld_minor": 0,
            "gross_minor": gross,
            "open_minor": gross,
            "terms": terms,
            "reference": new_reference(),
            "prepared_at": NOON,
            **values,
        }
    )
    InvoiceLine.objects.create(invoice=invoice, position=1, product="tv", amount_minor=invoice.priced_minor)
    return invoice


@transaction.atomic
def make_issued(invoice: Invoice, series: InvoiceSeries, *, on: date = ISSUED_ON) -> Invoice:
    """Give a draft the next number of a series, and book it."""
    last = Invoice.objects.filter(series=series, year=on.year).aggregate(highest=Max("number"))["highest"] or 0
    invoice.state = InvoiceState.ISSUED
    invoice.number_as(series, last + 1, issued_on=on, due_on=on + timedelta(days=30))
    invoice.tax_invoice = TaxInvoiceState.AWAITED
    owed, billed_on = _accounts_of(invoice)
    invoice.entry = book(owed, billed_on, invoice.gross_minor, subject=invoice)
    invoice.save()
    return invoice


@transaction.atomic
def make_certificate(invoice: Invoice, amount: int = 100, **columns: Any) -> Settlement:
    """Tax that was withheld, and proven."""
    owed, billed_on = _accounts_of(invoice)
    settlement = Settlement.objects.create(
        **{
            "invoice": invoice,
            "kind": SettlementKind.CERTIFICATE,
            "amount_minor": amount,
            "on": ISSUED_ON,
            "collected_minor": 0,
            "lost_minor": amount,
            "key": new_id(),
            "entry": book(billed_on, owed, amount, subject=invoice),
            "at": NOON,
            **columns,
        }
    )
    invoice.open_minor -= amount
    invoice.save(update_fields=["open_minor"])
    return settlement


def make_interest_note(invoice: Invoice, first: date = date(2026, 4, 1)) -> InterestNote:
    until = first + timedelta(days=10)
    charge = Charge.objects.create(
        licence=invoice.licence,
        month=first.replace(day=1),
        kind="interest",
        amount=Decimal(5),
        currency=invoice.currency,
        created_at=NOON,
    )
    return InterestNote.objects.create(
        invoice=invoice,
        from_on=first,
        until_on=until,
        kind="daily",
        percent=Decimal("0.05"),
        year_days=365,
        spans=[[str(first), str(until), 100000, 500]],
        amount_minor=500,
        charge=charge,
        at=NOON,
    )


def make_write_off(invoice: Invoice, person: User, **columns: Any) -> WriteOff:
    return WriteOff.objects.create(
        **{
            "invoice": invoice,
            "amount_minor": 100,
            "reason": "insolvent",
            "proposed_at": NOON,
            "proposed_by": person,
            **columns,
        }
    )


def make_plan(invoice: Invoice, person: User, **columns: Any) -> InstalmentPlan:
    """A proposal to pay what is open of an invoice in two parts."""
    half = invoice.open_minor // 2
    return InstalmentPlan.objects.create(
        **{
            "invoice": invoice,
            "amount_minor": invoice.open_minor,
            "due_days": [date(2027, 1, 1), date(2027, 2, 1)],
            "part_amounts_minor": [half, invoice.open_minor - half],
            "reason": "asked for",
            "proposed_at": NOON,
            "proposed_by": person,
            **columns,
        }
    )


def make_asked(invoice: Invoice, person: User, **columns: Any) -> InstalmentPlan:
    """A plan that a person of the licensee asked for."""
    return make_plan(invoice, person, state=PlanState.ASKED, asked_at=NOON, asked_by=person, **columns)


def make_agreed(plan: InstalmentPlan, person: User) -> InstalmentPlan:
    """Confirm a plan, and have its invoice paid by it."""
    plan.state, plan.decided_at, plan.decided_by = PlanState.AGREED, NOON, person
    plan.save()
    plan.invoice.plan, plan.invoice.due_order = plan, plan.due_days[0]
    plan.invoice.save(update_fields=["plan", "due_order"])
    return plan


def _accounts_of(invoice: Invoice) -> tuple[Account, Account]:
    programme, actor = invoice.licence.programme, command_line()
    owed = account_of(
        programme, RECEIVABLE, actor=actor, currency=invoice.currency, holder_id=invoice.licence.licensee_id
    )
    return owed, account_of(programme, BILLED, actor=actor, currency=invoice.currency)


def populate(world: "World") -> None:
    """Bill the first close of each alliance to each licensee, and draft another invoice for each."""
    for side, entity in zip(("first", "second"), world.entities, strict=True):
        programme = Programme.objects.get(operating_entity=entity, code=CODE)
        posted = CloseRun.objects.filter(programme=programme, status=RunStatus.POSTED).order_by("pk")
        series, people = make_series(entity), [world.seats[f"{side} finance"].user, make_user()]
        make_tax_rule(entity)
        terms = make_billing_terms(programme)
        make_tax_identity(entity, entity.organisation)
        for licence in Licence.objects.filter(programme=programme).order_by("pk"):
            if not TaxIdentity.objects.filter(operating_entity=entity, organisation=licence.licensee).exists():
                make_tax_identity(entity, licence.licensee)
            own = make_billing_terms(programme, licence, vat_code="vat6x")
            issued = make_issued(make_invoice(licence, posted[0], own), series)
            make_certificate(issued)
            make_interest_note(issued)
            make_write_off(issued, people[1])
            make_agreed(make_plan(issued, people[0]), people[1])
            make_plan(issued, people[1])
            make_asked(issued, make_user())
            make_invoice(licence, posted[1], own)
        assert terms.licence is None
