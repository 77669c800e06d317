"""Finding invoices and what they are made by, through what the reader may see."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from licensing.agreements.models import Licence
from licensing.billing.calculation import Settled
from licensing.billing.lifecycle import CASH, GIVEN_UP, InvoiceState, SettlementKind
from licensing.billing.models import (
    BillingTerms,
    InterestNote,
    Invoice,
    InvoiceSeries,
    Settlement,
    TaxIdentity,
    TaxKind,
    TaxRule,
    WriteOff,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet

_ALONG = ("licence__licensee", "licence__programme__operating_entity", "series", "vat", "withholding")


def invoices(*, actor: Actor) -> VisibleQuerySet[Invoice]:
    """List the invoices an actor may see, with what lists show of them."""
    return Invoice.objects.visible_to(actor).select_related("licence__licensee", "licence__programme", "series")


def get_invoice(invoice_id: UUID, *, actor: Actor, for_change: bool = False) -> Invoice:
    """Fetch one invoice the actor may see, locked until the transaction ends if it is fetched for a change."""
    if for_change:
        return get_visible(Invoice, invoice_id, actor=actor, for_change=True)
    get_visible(Invoice, invoice_id, actor=actor)
    return Invoice.objects.select_related(*_ALONG, "run", "terms", "prepared_by", "issued_by").get(pk=invoice_id)


def by_payment(rows: QuerySet[Invoice], wanted: str, *, on: date) -> QuerySet[Invoice]:
    """Narrow invoices to those that are open, overdue or paid on a day."""
    issued = rows.filter(state=InvoiceState.ISSUED)
    match wanted:
        case "open":
            return issued.exclude(open_minor=0)
        case "overdue":
            return issued.filter(open_minor__gt=0, due_on__lt=on)
        case "paid":
            return issued.filter(open_minor=0)
        case "part_paid":
            return issued.exclude(open_minor=0).exclude(open_minor=F("gross_minor"))
    return rows.none()


def settlements(*, actor: Actor) -> VisibleQuerySet[Settlement]:
    """List the settlements of invoices an actor may see."""
    return Settlement.objects.visible_to(actor).select_related("invoice__series", "user", "entry")


def interest_notes(*, actor: Actor) -> VisibleQuerySet[InterestNote]:
    """List the interest charged on invoices an actor may see."""
    return InterestNote.objects.visible_to(actor).select_related("invoice__series", "charge")


def write_offs(*, actor: Actor) -> VisibleQuerySet[WriteOff]:
    """List the proposals to write invoices off that an actor may see."""
    return WriteOff.objects.visible_to(actor).select_related(
        "invoice__series", "invoice__licence__licensee", "proposed_by", "decided_by"
    )


def tax_identities(*, actor: Actor) -> VisibleQuerySet[TaxIdentity]:
    """List who organisations are to the tax office, as far as the actor may see it."""
    return TaxIdentity.objects.visible_to(actor).select_related("organisation", "operating_entity")


def tax_rules(*, actor: Actor) -> VisibleQuerySet[TaxRule]:
    """List the taxes an actor may see."""
    return TaxRule.objects.visible_to(actor)


def billing_terms(*, actor: Actor) -> VisibleQuerySet[BillingTerms]:
    """List how programmes and licences are billed, as far as the actor may see it."""
    return BillingTerms.objects.visible_to(actor).select_related("programme", "licence__licensee")


def invoice_series(*, actor: Actor) -> VisibleQuerySet[InvoiceSeries]:
    """List the rows of invoice numbers an actor may see."""
    return InvoiceSeries.objects.visible_to(actor)


def tax_rule_on(operating_entity_id: UUID, code: str, kind: TaxKind, on: date) -> TaxRule | None:
    """Return the rule of a tax that holds on a day."""
    rules = TaxRule.objects.filter(operating_entity=operating_entity_id, code=code, kind=kind, from_on__lte=on)
    return rules.order_by("-from_on").first()


def tax_identity_on(operating_entity_id: UUID, organisation_id: UUID, on: date) -> TaxIdentity | None:
    """Return who an organisation is to the tax office on a day, as an operating entity knows it."""
    known = TaxIdentity.objects.filter(
        operating_entity=operating_entity_id, organisation=organisation_id, from_on__lte=on
    )
    return known.order_by("-from_on").first()


def terms_on(licences: Iterable[Licence], on: date) -> dict[UUID, BillingTerms]:
    """Return how each licence is billed on a day: by its own terms, else by its programme's; none where there are none.

    All licences are of one programme.
    """
    rows = list(licences)
    if not rows:
        return {}
    found = BillingTerms.objects.filter(
        Q(licence=None) | Q(licence__in=[licence.pk for licence in rows]),
        programme=rows[0].programme_id,
        from_on__lte=on,
    )
    latest = {terms.licence_id: terms for terms in found.order_by("from_on")}
    chosen = {licence.pk: latest.get(licence.pk) or latest.get(None) for licence in rows}
    return {pk: terms for pk, terms in chosen.items() if terms is not None}


def settled_of(invoice: Invoice) -> Settled:
    """Return how an invoice was settled so far, by what kind of settlement."""
    sums = {
        str(row["kind"]): int(row["sum"])
        for row in Settlement.objects.filter(invoice=invoice)
        .order_by()
        .values("kind")
        .annotate(sum=Sum("amount_minor"))
    }
    return Settled(
        cash_minor=sum(sums.get(kind, 0) for kind in CASH),
        withheld_minor=sums.get(SettlementKind.CERTIFICATE, 0),
        given_up_minor=sum(sums.get(kind, 0) for kind in GIVEN_UP),
    )
