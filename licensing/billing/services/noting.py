"""What becomes of an issued invoice besides payment: its tax invoice, a dispute, and interest on what is late."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import transaction

from licensing.agreements.interest import InterestKind, InterestTerms, interest_after
from licensing.agreements.services import NewCharge, raise_charge
from licensing.billing.instalments import DAY, Part, Plan, late_spans, standings
from licensing.billing.lifecycle import TAX_INVOICE_LIFECYCLE, InvoiceState, TaxInvoiceState
from licensing.billing.models import InterestNote, Invoice
from licensing.billing.policies import CHARGE_INTEREST, DISPUTE_INVOICE, RECORD_TAX_INVOICE
from licensing.billing.selectors import arrangements_of, get_invoice
from licensing.billing.selectors.instalments import Arrangement
from licensing.close.selectors import trues_up
from licensing.reports.selectors import estimate_terms_on, report_due_on
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.money import exponent
from platform_core.problems import WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def record_tax_invoice(*, actor: Actor, invoice_id: UUID, number: str, on: date) -> Invoice:
    """Note the tax invoice (发票) that was issued outside for an invoice."""
    invoice = _issued(actor, invoice_id)
    require(actor, RECORD_TAX_INVOICE, invoice)
    checks = Checks()
    checks.text("number", number, longest=40)
    checks.refuse()
    return _move_tax_invoice(actor, invoice, "record", "invoice.tax_invoice_recorded", number=number, on=on)


@transaction.atomic
def cancel_tax_invoice(*, actor: Actor, invoice_id: UUID, number: str, on: date) -> Invoice:
    """Note the red tax invoice (红字发票) by which the tax invoice of an invoice was cancelled outside."""
    invoice = _issued(actor, invoice_id)
    require(actor, RECORD_TAX_INVOICE, invoice)
    checks = Checks()
    checks.text("number", number, longest=40)
    checks.refuse()
    return _move_tax_invoice(actor, invoice, "cancel", "invoice.tax_invoice_cancelled", number=number, on=on)


@transaction.atomic
def await_tax_invoice(*, actor: Actor, invoice_id: UUID) -> Invoice:
    """Note that a tax invoice is to be issued for an invoice, for the first time or anew."""
    invoice = _issued(actor, invoice_id)
    require(actor, RECORD_TAX_INVOICE, invoice)
    return _move_tax_invoice(actor, invoice, "await", "invoice.tax_invoice_awaited", number="", on=None)


@transaction.atomic
def dispute_invoice(*, actor: Actor, invoice_id: UUID, reason: str) -> Invoice:
    """Note that the licensee disputes an invoice, and why; it stays due, and no interest is charged meanwhile."""
    invoice = _issued(actor, invoice_id)
    require(actor, DISPUTE_INVOICE, invoice)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if invoice.disputed_at is not None:
        raise WrongState("This invoice is disputed already.")
    invoice.disputed_at, invoice.dispute = actor.clock.now(), reason.strip()
    invoice.save(update_fields=["disputed_at", "dispute"])
    record_event("invoice.disputed", actor=actor, subject=invoice, changes={"dispute": (None, invoice.dispute)})
    announce(invoice)
    return invoice


@transaction.atomic
def settle_dispute(*, actor: Actor, invoice_id: UUID) -> Invoice:
    """Note that an invoice is disputed no more."""
    invoice = _issued(actor, invoice_id)
    require(actor, DISPUTE_INVOICE, invoice)
    if invoice.disputed_at is None:
        raise WrongState("This invoice is not disputed.")
    before, invoice.disputed_at, invoice.dispute = invoice.dispute, None, ""
    invoice.save(update_fields=["disputed_at", "dispute"])
    record_event("invoice.dispute_settled", actor=actor, subject=invoice, changes={"dispute": (before, None)})
    announce(invoice)
    return invoice


@transaction.atomic
def charge_interest(*, actor: Actor, invoice_id: UUID, until_on: date) -> InterestNote:
    """Charge interest on what was open of an overdue invoice, from where it was charged last until before a day.

    Of one that is paid in parts, each part bears interest from its own day; what was late before the parts were agreed
    bears it until then.

    It becomes a charge of the current month, which the next close bills and shares out like any other.
    """
    invoice = _issued(actor, invoice_id)
    require(actor, CHARGE_INTEREST, invoice)
    terms = invoice.terms
    if invoice.is_credit_note or not terms.interest_kind:
        raise WrongState("No interest was agreed for this invoice.")
    if invoice.disputed_at is not None:
        raise WrongState("This invoice is disputed: settle that first.")
    now = today(actor.clock, invoice.licence.programme.alliance.zone)
    if until_on > now:
        raise invalid("/until_on", "in_the_future", "Interest is charged for days that are over.")
    charged = InterestNote.objects.filter(invoice=invoice).order_by("-until_on").first()
    arrangements = [each for each in arrangements_of(invoice) if each.first < until_on]
    own_late = _first_late(arrangements, until_on)
    # What an estimate lacked was due with it, where the terms say so.
    estimate_due = estimate_due_on(invoice)
    first_late = own_late if estimate_due is None else min(own_late, estimate_due + DAY)
    # Interest of the days before an invoice came here is part of what it came with.
    from_on = charged.until_on if charged else max(first_late, invoice.carried_on or date.min)
    if until_on <= from_on:
        raise invalid("/until_on", "no_days", f"Interest is charged up to {from_on} already, or is not due before.")
    clause = InterestTerms(
        InterestKind(terms.interest_kind), Fraction(terms.interest_percent), terms.interest_year_days
    )
    early = [] if estimate_due is None else [Plan((Part(estimate_due, invoice.gross_minor),))]
    late = [
        *(
            span
            for plan in early
            for each in arrangements
            for span in late_spans(
                plan, each.movements, first=max(from_on, each.first), end=min(until_on, own_late, each.end)
            )
        ),
        *(
            span
            for each in arrangements
            for span in late_spans(
                each.plan, each.movements, first=max(from_on, each.first), end=min(until_on, each.end)
            )
        ),
    ]
    spans = [
        (
            span.first,
            span.end,
            span.open_minor,
            interest_after(
                span.open_minor,
                days_before=(span.first - span.due_on).days - 1,
                days=(span.end - span.first).days,
                terms=clause,
            ),
        )
        for span in late
    ]
    amount = sum(interest for *_, interest in spans)
    if amount <= 0:
        raise WrongState("Nothing was open on those days.")
    charge = raise_charge(
        actor=actor,
        charge=NewCharge(
            licence_id=invoice.licence_id,
            month=now.replace(day=1),
            kind="interest",
            amount=Decimal(amount).scaleb(-exponent(invoice.currency)),
            currency=invoice.currency,
            note=f"{invoice.number_text} {from_on} – {until_on}",
        ),
    )
    note = InterestNote.objects.create(
        invoice=invoice,
        from_on=from_on,
        until_on=until_on,
        kind=terms.interest_kind,
        percent=terms.interest_percent,
        year_days=terms.interest_year_days,
        spans=[[str(first), str(end), opened, interest] for first, end, opened, interest in spans],
        amount_minor=amount,
        charge=charge,
        at=actor.clock.now(),
        user_id=actor.person_id,
    )
    record_event("invoice.interest_charged", actor=actor, subject=invoice, changes={"amount_minor": (None, amount)})
    announce(invoice)
    return note


def _first_late(arrangements: Sequence[Arrangement], until_on: date) -> date:
    """Return the first day on which something was late; where nothing was so far, the day on which it will be."""
    days = [
        (each.end, min(part.falls_due_on for part in standings(each.plan, each.movements, on=min(until_on, each.end))))
        for each in arrangements
    ]
    return next((due + DAY for end, due in days if due + DAY < end), days[-1][1] + DAY)


def estimate_due_on(invoice: Invoice) -> date | None:
    """Return the day the estimate was due that an invoice trues up, if what it lacked bears interest by the terms."""
    if invoice.gross_minor <= 0 or not trues_up(invoice.run, licence_id=invoice.licence_id):
        return None
    programme = invoice.licence.programme
    terms = estimate_terms_on(programme, report_due_on(programme, invoice.run.last_month))
    if terms is None or not terms.bears_interest:
        return None
    earlier = Invoice.objects.filter(
        licence=invoice.licence_id, period=invoice.period, state=InvoiceState.ISSUED, credits=None, gross_minor__gt=0
    )
    days = earlier.exclude(pk=invoice.pk).filter(issued_on__lte=invoice.issued_on, due_on__isnull=False)
    return days.order_by("due_on").values_list("due_on", flat=True).first()


def _issued(actor: Actor, invoice_id: UUID) -> Invoice:
    invoice = get_invoice(invoice_id, actor=actor, for_change=True)
    if invoice.state != InvoiceState.ISSUED:
        raise WrongState("This invoice has not been issued.", current=invoice.state)
    return invoice


def _move_tax_invoice(
    actor: Actor, invoice: Invoice, step: str, event: str, *, number: str, on: date | None
) -> Invoice:
    before = TaxInvoiceState(invoice.tax_invoice)
    if on is not None and on > today(actor.clock, invoice.licence.programme.alliance.zone):
        raise invalid("/on", "in_the_future", "A tax invoice is noted once it was issued.")
    invoice.tax_invoice = TAX_INVOICE_LIFECYCLE.after(step, current=before)
    old, invoice.tax_invoice_number, invoice.tax_invoice_on = invoice.tax_invoice_number, number, on
    invoice.save(update_fields=["tax_invoice", "tax_invoice_number", "tax_invoice_on"])
    record_event(
        event,
        actor=actor,
        subject=invoice,
        changes={"tax_invoice": (before, invoice.tax_invoice), "tax_invoice_number": (old, number)},
    )
    announce(invoice)
    return invoice
