"""Issuing invoices with their numbers, taking drafts back, and crediting what was issued wrongly."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from licensing.billing.kinds import BILLED, OUTPUT_VAT, RECEIVABLE, account_of
from licensing.billing.lifecycle import INVOICE_LIFECYCLE, InvoiceState, TaxInvoiceState
from licensing.billing.models import Invoice, InvoiceLine, InvoiceSeries, TaxIdentity
from licensing.billing.policies import CREDIT_INVOICE, DISCARD_INVOICE, ISSUE_INVOICE, READ_INVOICE_SERIES
from licensing.billing.selectors import billed_elsewhere, get_invoice, tax_identity_on, terms_on
from licensing.billing.services.preparing import draft_of, new_reference, price
from licensing.close.models import CloseRun
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_each
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.identity.roles import Role
from platform_core.ledger.calculation import Line
from platform_core.ledger.services import NewEntry, hold_books, post_entries
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, NotFound, WrongState, invalid
from platform_core.realtime.services import announce

MOST_AT_ONCE: Final = 500
"""How many invoices are issued in one go; all of them get their numbers, or none."""

HOME_OF_TAX_INVOICES: Final = "CN"
"""Where a tax invoice (发票) is issued for each invoice, outside the platform."""

_IDENTITY: Final = ("name", "country", "tax_number", "address", "phone", "bank_name", "bank_account")


@transaction.atomic
def issue_invoices(
    *, actor: Actor, invoice_ids: Sequence[UUID], series_id: UUID, on: date | None = None
) -> list[Invoice]:
    """Issue drafts in their order: each gets the next number of a series, falls due, and is booked; all or none.

    They are of one operating entity and issued on one day (today, if nothing is said), not before the last one of
    the series. What is on them is worked out anew as of that day; if it came out otherwise, nothing is issued.
    """
    ids = list(dict.fromkeys(invoice_ids))
    if not 1 <= len(ids) <= MOST_AT_ONCE:
        raise invalid("/invoice_ids", "bad_count", f"Between 1 and {MOST_AT_ONCE} invoices are issued at once.")
    require_each(actor, ISSUE_INVOICE, Invoice, set(ids))
    locked = {row.pk: row for row in Invoice.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")}
    if len(locked) < len(ids):
        raise NotFound("There is no such invoice.")
    drafts = [locked[pk] for pk in ids]
    series = get_visible(InvoiceSeries, series_id, actor=actor, for_change=True)
    require(actor, READ_INVOICE_SERIES, series)
    if any(draft.licence.programme.operating_entity_id != series.operating_entity_id for draft in drafts):
        raise invalid("/series_id", "other_entity", "Choose a series of the operating entity that bills.")
    if series.closed_at is not None:
        raise WrongState("This series is closed: choose another one.")
    day = _day_of_issue(actor, series, drafts[0].licence.programme, on)

    number = _last_number(series, day.year)
    # Before any account is opened: else two that open the same one wait for each other.
    hold_books(series.operating_entity_id)
    _refuse_billed_elsewhere(drafts)
    entries = []
    credited = _credited(drafts)
    for draft in drafts:
        if draft.replaces_id is not None and draft.replaces_id not in credited:
            raise Conflict(
                f"{draft.licence.code}: what it replaces is not credited yet, and would be billed twice. Issue the "
                "credit note first."
            )
        if draft.credits_id is not None:
            credited.add(draft.credits_id)
        number += 1
        draft.state = INVOICE_LIFECYCLE.after("issue", current=InvoiceState(draft.state))
        _check_priced_anew(draft, day)
        draft.number_as(series, number, issued_on=day, due_on=day + timedelta(days=draft.terms.payment_days))
        draft.issued_by_id = actor.person_id
        draft.seller, draft.buyer = _parties(draft, day)
        if draft.vat_id is not None and draft.seller["country"] == draft.buyer["country"] == HOME_OF_TAX_INVOICES:
            draft.tax_invoice = TaxInvoiceState.AWAITED
        entries.append(_entry_of(actor, draft, day))
    posted = post_entries(actor=actor, operating_entity_id=series.operating_entity_id, entries=entries)
    for draft, entry in zip(drafts, posted, strict=True):
        draft.entry = entry
        draft.save()
        record_event(
            "invoice.issued",
            actor=actor,
            subject=draft,
            changes={
                "number": (None, draft.number_text),
                "gross_minor": (None, draft.gross_minor),
                "due_on": (None, draft.due_on),
            },
        )
        announce(draft)
        _tell_licensee(actor, draft)
    return drafts


@transaction.atomic
def discard_invoice(*, actor: Actor, invoice_id: UUID) -> Invoice:
    """Take a draft back, so that the close can be billed anew.

    A credit note and the invoice in its place go together while both are drafts: one alone would bill twice, or never.
    """
    asked = get_invoice(invoice_id, actor=actor)
    together = {asked.pk, *_drafts_beside(asked)}
    rows = Invoice.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=together).order_by("pk")
    held = {row.pk: row for row in rows}
    for invoice in held.values():
        require(actor, DISCARD_INVOICE, invoice)
        before, invoice.state = invoice.state, INVOICE_LIFECYCLE.after("discard", current=InvoiceState(invoice.state))
        invoice.save(update_fields=["state"])
        record_event("invoice.discarded", actor=actor, subject=invoice, changes={"state": (before, invoice.state)})
        announce(invoice)
    return held[asked.pk]


@transaction.atomic
def credit_invoice(*, actor: Actor, invoice_id: UUID, reason: str) -> tuple[Invoice, Invoice]:
    """Prepare a credit note that takes an issued invoice back whole, and a new invoice in its place.

    For mistakes on the paper, such as a wrong address: what a licensee owes is corrected by its close. Both are
    drafts. Refused where something was paid already, which is to be taken back first.
    """
    wrong = get_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, CREDIT_INVOICE, wrong)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if wrong.state != InvoiceState.ISSUED or wrong.credits_id is not None:
        raise WrongState("Only an issued invoice is credited.", current=wrong.state)
    if wrong.outside_number:
        raise WrongState("This invoice was issued elsewhere: have its close corrected, or write it off.")
    if wrong.open_minor != wrong.gross_minor:
        raise Conflict("Part of this invoice is settled: take the settlements back first, and settle the new one.")
    alive = Invoice.objects.exclude(state=InvoiceState.DISCARDED)
    if alive.filter(credits=wrong).exists():
        raise WrongState("This invoice is credited already.")
    on = today(actor.clock, wrong.licence.programme.alliance.zone)
    terms = terms_on([wrong.licence], on).get(wrong.licence_id)
    if terms is None:
        raise Conflict("Nothing says how this licence is billed. Set billing terms of the programme first.")
    note = Invoice(
        licence=wrong.licence,
        run=wrong.run,
        period=wrong.period,
        credits=wrong,
        currency=wrong.currency,
        priced_minor=-wrong.priced_minor,
        net_minor=-wrong.net_minor,
        tax_minor=-wrong.tax_minor,
        withheld_minor=-wrong.withheld_minor,
        gross_minor=-wrong.gross_minor,
        open_minor=-wrong.gross_minor,
        vat=wrong.vat,
        withholding=wrong.withholding,
        terms=wrong.terms,
        reference=new_reference(),
        prepared_at=actor.clock.now(),
        prepared_by_id=actor.person_id,
    )
    note.save(force_insert=True)
    again = draft_of(
        actor=actor, run=wrong.run, licence=wrong.licence, priced_minor=wrong.priced_minor, terms=terms, on=on
    )
    again.replaces = wrong
    again.save(force_insert=True)
    old_lines = list(InvoiceLine.objects.filter(invoice=wrong).order_by("position"))
    InvoiceLine.objects.bulk_create(
        InvoiceLine(invoice=paper, position=line.position, product=line.product, amount_minor=sign * line.amount_minor)
        for paper, sign in ((note, -1), (again, 1))
        for line in old_lines
    )
    record_event("invoice.credited", actor=actor, subject=wrong, changes={"reason": (None, reason)})
    announce(wrong)
    return note, again


def _drafts_beside(draft: Invoice) -> Iterable[UUID]:
    """Find the drafts that are about the same wrong invoice as one of a credit note or of what replaces it."""
    wrong = draft.credits_id or draft.replaces_id
    if wrong is None:
        return []
    about = Invoice.objects.filter(Q(credits=wrong) | Q(replaces=wrong), state=InvoiceState.DRAFT)
    return about.values_list("pk", flat=True)


def _refuse_billed_elsewhere(drafts: Sequence[Invoice]) -> None:
    """Refuse drafts of closes that turned out to have been billed before their programme came here."""
    plain = {draft.run_id for draft in drafts if draft.credits_id is None and draft.replaces_id is None}
    run = CloseRun.objects.filter(billed_elsewhere(), pk__in=plain).order_by("period").first()
    if run is not None:
        raise Conflict(f"{run.period}: this close was billed before the cut-over. Discard the draft.")


def _credited(drafts: Sequence[Invoice]) -> set[UUID]:
    """Return which of the invoices that drafts replace are credited."""
    replaced = [draft.replaces_id for draft in drafts if draft.replaces_id is not None]
    notes = Invoice.objects.filter(credits__in=replaced, state=InvoiceState.ISSUED)
    return {credited for credited in notes.values_list("credits", flat=True) if credited is not None}


def _day_of_issue(actor: Actor, series: InvoiceSeries, programme: Programme, on: date | None) -> date:
    now = today(actor.clock, programme.alliance.zone)
    day = on or now
    if day > now:
        raise invalid("/on", "in_the_future", "An invoice is issued today or earlier.")
    last = Invoice.objects.filter(series=series).aggregate(day=Max("issued_on"))["day"]
    if last is not None and day < last:
        raise invalid("/on", "out_of_order", f"Numbers follow the days: the last one of this series is of {last}.")
    return day


def _last_number(series: InvoiceSeries, year: int) -> int:
    rows = Invoice.objects.filter(series=series, year=year)
    return int(rows.aggregate(highest=Max("number"))["highest"] or 0)


def _check_priced_anew(draft: Invoice, day: date) -> None:
    if draft.credits_id is not None:
        # What is taken back is what was issued, whatever taxes are now.
        return
    terms = terms_on([draft.licence], day).get(draft.licence_id)
    if terms is None or terms.pk != draft.terms_id:
        raise Conflict(f"{draft.licence.code}: it is billed otherwise now. Discard the draft and prepare it anew.")
    if price(priced_minor=draft.priced_minor, terms=terms, on=day).amounts != draft.amounts:
        raise Conflict(f"{draft.licence.code}: a tax has changed. Discard the draft and prepare it anew.")


def _parties(draft: Invoice, day: date) -> tuple[dict[str, str], dict[str, str]]:
    entity = draft.licence.programme.operating_entity
    seller = tax_identity_on(entity.pk, entity.organisation_id, day)
    buyer = tax_identity_on(entity.pk, draft.licence.licensee_id, day)
    if seller is None:
        raise Conflict("The operating entity has no tax identity on that day: note it first.")
    if buyer is None:
        raise Conflict(f"{draft.licence.licensee} has no tax identity on that day: note it first.")
    return _written(seller), _written(buyer)


def _written(identity: TaxIdentity) -> dict[str, str]:
    known: Mapping[str, Any] = {field: getattr(identity, field) for field in _IDENTITY}
    return {field: str(value) for field, value in known.items()}


def _entry_of(actor: Actor, draft: Invoice, day: date) -> NewEntry:
    programme = draft.licence.programme
    owed = account_of(programme, RECEIVABLE, actor=actor, currency=draft.currency, holder_id=draft.licence.licensee_id)
    billed = account_of(programme, BILLED, actor=actor, currency=draft.currency)
    lines = [Line(owed.pk, draft.gross_minor), Line(billed.pk, -draft.net_minor)]
    if draft.tax_minor:
        vat = account_of(programme, OUTPUT_VAT, actor=actor, currency=draft.currency)
        lines.append(Line(vat.pk, -draft.tax_minor))
    return NewEntry(
        key=draft.pk,
        name="invoice.issued",
        effective_on=day,
        subject=draft,
        lines=[line for line in lines if line.amount_minor],
        memo=draft.number_text,
    )


def _tell_licensee(actor: Actor, draft: Invoice) -> None:
    notify_seats(
        actor=actor,
        seats=seats_holding(Role.LICENSEE, actor=actor, organisation=draft.licence.licensee_id),
        kind="invoice.issued",
        subject=draft,
        values={
            "number": draft.number_text,
            "period": draft.period,
            "amount_minor": draft.gross_minor,
            "currency": draft.currency,
            "due_on": str(draft.due_on),
        },
    )
