"""Preparing the invoices of a closed period."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.agreements.models import Licence
from licensing.billing.calculation import (
    CORRECTION,
    Amounts,
    Bearer,
    Rounded,
    Vat,
    Withholding,
    amounts_of,
    lines_of,
    reference_code,
)
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import BillingTerms, Invoice, InvoiceLine, TaxKind, TaxRule
from licensing.billing.policies import BILL_CLOSE_RUN
from licensing.billing.selectors import billed_elsewhere, tax_rule_on, terms_on
from licensing.close.lifecycle import RunStatus
from licensing.close.models import Adjustment, CloseBucket, CloseRun, LicenceResult
from licensing.close.selectors import get_close_run
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import told_as
from platform_core.clock import today
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce

_REFERENCE_BITS: Final = 40
_MEANWHILE: Final = Conflict("Somebody prepared these invoices meanwhile: look at them anew.")


@dataclass(frozen=True, slots=True)
class Due:
    """What a licence owes by a run, and the lines it is made of."""

    licence: Licence
    amount_minor: int
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """What an amount that is due comes to on paper, and the taxes it was worked out by."""

    amounts: Amounts
    vat: TaxRule | None
    withholding: TaxRule | None


@transaction.atomic
def prepare_invoices(*, actor: Actor, run_id: UUID) -> list[Invoice]:
    """Prepare a draft for each licence that owes something by a posted close, or is owed it by a correction.

    Licences that were billed for the run already are left alone, so that asking twice does no harm; one whose invoice
    was credited with nothing in its place is billed anew. Raises Conflict naming the licences for which nothing says
    how they are billed.
    """
    run = get_close_run(run_id, actor=actor, for_change=True)
    require(actor, BILL_CLOSE_RUN, run)
    if run.status != RunStatus.POSTED:
        raise WrongState("Only a posted close is billed.", current=run.status)
    if CloseRun.objects.filter(billed_elsewhere(), pk=run.pk).exists():
        raise WrongState("This period was billed before the programme came here: what is open of it was carried over.")
    known, credited = _billed(run)
    owed = [due for due in _owed(run) if due.licence.pk not in known]
    drafts = _draft(actor, run, owed, credited)
    if drafts:
        record_event(
            "close_run.billed", actor=actor, subject=run, changes={"invoices": (len(known), len(known) + len(drafts))}
        )
        announce(run)
    return drafts


def new_reference() -> str:
    """Return a payment reference that nobody can guess."""
    return reference_code(secrets.randbits(_REFERENCE_BITS))


def price(*, priced_minor: int, terms: BillingTerms, on: date) -> Priced:
    """Return what an amount that is due comes to under billing terms on a day.

    Raises Conflict where a tax they name has no rate on that day.
    """
    entity_id = terms.programme.operating_entity_id
    vat = _rule(entity_id, terms.vat_code, TaxKind.VAT, on)
    withholding = _rule(entity_id, terms.withholding_code, TaxKind.WITHHOLDING, on)
    amounts = amounts_of(
        priced_minor,
        vat=None
        if vat is None
        else Vat(Fraction(vat.percent), included=terms.prices_include_tax, rounded=Rounded(vat.rounded)),
        withholding=None
        if withholding is None
        else Withholding(Fraction(withholding.percent), Bearer(withholding.bearer)),
    )
    return Priced(amounts, vat, withholding)


def _rule(entity_id: UUID, code: str, kind: TaxKind, on: date) -> TaxRule | None:
    if not code:
        return None
    rule = tax_rule_on(entity_id, code, kind, on)
    if rule is None:
        raise Conflict(f"The tax “{code}” has no rate on {on}: set one first.")
    return rule


def _billed(run: CloseRun) -> tuple[set[UUID], dict[UUID, UUID]]:
    """Return the licences that are billed for a run, and of each other one the last invoice that was credited."""
    papers = Invoice.objects.filter(run=run).exclude(state=InvoiceState.DISCARDED).order_by("prepared_at", "pk")
    rows = list(papers.values_list("pk", "licence", "credits", "state"))
    taken_back = {credits for _, _, credits, state in rows if credits is not None and state == InvoiceState.ISSUED}
    known = {licence for pk, licence, credits, _ in rows if credits is None and pk not in taken_back}
    credited = {licence: pk for pk, licence, _, _ in rows if pk in taken_back and licence not in known}
    return known, credited


def _draft(actor: Actor, run: CloseRun, owed: list[Due], credited: Mapping[UUID, UUID]) -> list[Invoice]:
    on = today(actor.clock, run.programme.alliance.zone)
    terms = terms_on([due.licence for due in owed], on)
    if lacking := sorted(due.licence.code for due in owed if due.licence.pk not in terms):
        shown = ", ".join(lacking[:10])
        raise Conflict(
            f"Nothing says how these licences are billed: {shown}. Set billing terms of the programme first."
        )
    drafts: list[Invoice] = []
    lines: list[InvoiceLine] = []
    for due in owed:
        draft = draft_of(
            actor=actor,
            run=run,
            licence=due.licence,
            priced_minor=due.amount_minor,
            terms=terms[due.licence.pk],
            on=on,
        )
        draft.replaces_id = credited.get(due.licence.pk)
        drafts.append(draft)
        lines.extend(
            InvoiceLine(invoice=draft, position=position, product=product, amount_minor=amount)
            for position, (product, amount) in enumerate(due.lines, start=1)
        )
    with told_as(_PROBLEMS):
        Invoice.objects.bulk_create(drafts)
    InvoiceLine.objects.bulk_create(lines)
    return drafts


def draft_of(
    *, actor: Actor, run: CloseRun, licence: Licence, priced_minor: int, terms: BillingTerms, on: date
) -> Invoice:
    """Return the draft of an invoice, not saved yet."""
    priced = price(priced_minor=priced_minor, terms=terms, on=on)
    return Invoice(
        licence=licence,
        run=run,
        period=run.period,
        currency=run.currency,
        priced_minor=priced_minor,
        net_minor=priced.amounts.net_minor,
        tax_minor=priced.amounts.tax_minor,
        withheld_minor=priced.amounts.withheld_minor,
        gross_minor=priced.amounts.gross_minor,
        open_minor=priced.amounts.gross_minor,
        vat=priced.vat,
        withholding=priced.withholding,
        terms=terms,
        reference=new_reference(),
        prepared_at=actor.clock.now(),
        prepared_by_id=actor.person_id,
    )


def _owed(run: CloseRun) -> Iterable[Due]:
    if run.corrects_id is not None:
        adjustments = Adjustment.objects.filter(run=run, side=Adjustment.Side.LICENCE).select_related("licence")
        for row in adjustments.order_by("position"):
            if row.licence is not None and row.amount_minor:
                yield Due(row.licence, row.amount_minor, ((CORRECTION, row.amount_minor),))
        return
    products = _products(run)
    for result in LicenceResult.objects.filter(run=run).select_related("licence").order_by("position"):
        if result.due_minor:
            lines = lines_of(result.royalty_minor, result.credit_minor, products.get(result.licence_id, []))
            yield Due(result.licence, result.due_minor, tuple(lines))


def _products(run: CloseRun) -> Mapping[UUID, list[tuple[str, int]]]:
    found: dict[UUID, list[tuple[str, int]]] = {}
    rows = CloseBucket.objects.filter(run=run).values("licence", "product").annotate(micros=Sum("billed_micros"))
    for row in rows.order_by("licence", "product"):
        found.setdefault(row["licence"], []).append((str(row["product"]), int(row["micros"])))
    return found


_PROBLEMS: dict[str, Problem] = {
    "invoice_once_for_a_run": _MEANWHILE,
    "invoice_replaced_once": _MEANWHILE,
}
