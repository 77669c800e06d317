"""Finding invoices and what they are made by, through what the reader may see."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from licensing.agreements.models import Licence
from licensing.billing.ageing import Ageing, Open, age
from licensing.billing.calculation import Settled
from licensing.billing.instalments import PartStanding
from licensing.billing.lifecycle import (
    CASH,
    GIVEN_UP,
    TAX_INVOICE_LIFECYCLE,
    WRITE_OFF_LIFECYCLE,
    InvoiceState,
    SettlementKind,
    TaxInvoiceState,
    WriteOffState,
)
from licensing.billing.models import (
    BillingTerms,
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
from licensing.billing.policies import (
    ASK_FOR_PLAN,
    CHARGE_INTEREST,
    CREDIT_INVOICE,
    DECIDE_WRITE_OFF,
    DISCARD_INVOICE,
    DISPUTE_INVOICE,
    ISSUE_INVOICE,
    PROPOSE_PLAN,
    PROPOSE_WRITE_OFF,
    RECORD_TAX_INVOICE,
    SETTLE_INVOICE,
    WITHDRAW_WRITE_OFF,
)
from licensing.billing.selectors.instalments import parts_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.identity.role_plan import Place
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import SUSPENSE
from platform_core.ledger.models import Account, Posting
from platform_core.ledger.policies import POST_TO_ACCOUNT

_ALONG = (
    "licence__licensee",
    "licence__programme__operating_entity",
    "licence__programme__alliance",
    "series",
    "plan",
    "vat",
    "withholding",
)

SETTLED_BY_HAND: Final = (SettlementKind.PAYMENT, SettlementKind.CERTIFICATE, SettlementKind.BANK_CHARGE)
"""What somebody says settled an invoice; the others come from credit notes and decisions of two."""


def invoices(*, actor: Actor) -> VisibleQuerySet[Invoice]:
    """List the invoices an actor may see, with what lists show of them."""
    return Invoice.objects.visible_to(actor).select_related(
        "licence__licensee", "licence__programme__alliance", "series"
    )


def get_invoice(invoice_id: UUID, *, actor: Actor, for_change: bool = False) -> Invoice:
    """Fetch one invoice the actor may see, locked until the transaction ends if it is fetched for a change."""
    if for_change:
        return get_visible(Invoice, invoice_id, actor=actor, for_change=True)
    get_visible(Invoice, invoice_id, actor=actor)
    return Invoice.objects.select_related(
        *_ALONG, "run", "terms", "prepared_by", "issued_by", "credits__series", "replaces__series"
    ).get(pk=invoice_id)


_elsewhere: list[Callable[[], Q]] = []


def bill_elsewhere(closes: Callable[[], Q]) -> None:
    """Have closes left alone that were billed before their programme came here; the room that knows says which."""
    _elsewhere.append(closes)


def billed_elsewhere() -> Q:
    """Return the condition of closes that were billed before their programme came here."""
    return reduce(or_, (closes() for closes in _elsewhere), Q(pk__in=[]))


def by_payment(rows: QuerySet[Invoice], wanted: str, *, on: date) -> QuerySet[Invoice]:
    """Narrow invoices to those that are open, overdue or paid on a day."""
    issued = rows.filter(state=InvoiceState.ISSUED)
    match wanted:
        case "open":
            return issued.exclude(open_minor=0)
        case "overdue":
            return issued.filter(open_minor__gt=0, due_order__lt=on)
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


def get_interest_note(note_id: UUID, *, actor: Actor) -> InterestNote:
    """Fetch one note of interest the actor may see, with its invoice."""
    get_visible(InterestNote, note_id, actor=actor)
    along = [f"invoice__{path}" for path in (*_ALONG, "terms")]
    return InterestNote.objects.select_related(*along).get(pk=note_id)


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


def settled_by_kind(invoice: Invoice) -> dict[str, int]:
    """Return by what kinds of settlement an invoice was settled so far, in minor units."""
    rows = Settlement.objects.filter(invoice=invoice).order_by().values("kind").annotate(sum=Sum("amount_minor"))
    return {str(row["kind"]): int(row["sum"]) for row in rows}


def settled_of(sums: Mapping[str, int]) -> Settled:
    """Return what settlements by kind mean together."""
    return Settled(
        cash_minor=sum(sums.get(kind, 0) for kind in CASH),
        withheld_minor=sums.get(SettlementKind.CERTIFICATE, 0),
        given_up_minor=sum(sums.get(kind, 0) for kind in GIVEN_UP),
    )


def place_of(invoice: Invoice) -> Place:
    """Return where it is decided about an invoice by two people."""
    programme = invoice.licence.programme
    return Place(programme.alliance_id, programme.operating_entity)


def lines_of(invoice: Invoice, *, actor: Actor) -> QuerySet[InvoiceLine]:
    """Return the lines of an invoice in their order."""
    return InvoiceLine.objects.visible_to(actor).filter(invoice=invoice).order_by("position")


def successor_id(invoice: Invoice, by: str, *, actor: Actor) -> str | None:
    """Return the id of the invoice that replaces or credits one, if there is one that the actor may see."""
    alive = Invoice.objects.visible_to(actor).exclude(state=InvoiceState.DISCARDED)
    found = alive.filter(**{by: invoice}).values_list("pk", flat=True).first()
    return None if found is None else str(found)


_STEPS: Final[tuple[tuple[str, Permission], ...]] = (
    ("issue", ISSUE_INVOICE),
    ("discard", DISCARD_INVOICE),
    ("settle", SETTLE_INVOICE),
    ("set off", SETTLE_INVOICE),
    ("credit", CREDIT_INVOICE),
    ("propose write-off", PROPOSE_WRITE_OFF),
    ("propose instalments", PROPOSE_PLAN),
    ("ask for instalments", ASK_FOR_PLAN),
    ("charge interest", CHARGE_INTEREST),
    ("record tax invoice", RECORD_TAX_INVOICE),
    ("cancel tax invoice", RECORD_TAX_INVOICE),
    ("await tax invoice", RECORD_TAX_INVOICE),
    ("dispute", DISPUTE_INVOICE),
    ("settle dispute", DISPUTE_INVOICE),
)


def allowed_steps(invoice: Invoice, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where an invoice is, and that the actor may take."""
    possible = [(step, permission) for step, permission in _STEPS if _possible(step, invoice)]
    granted = {permission for permission in {each for _, each in possible} if can(actor, permission, invoice)}
    return [step for step, permission in possible if permission in granted]


def _possible(step: str, invoice: Invoice) -> bool:
    if invoice.state != InvoiceState.ISSUED:
        return invoice.state == InvoiceState.DRAFT and step in ("issue", "discard")
    match step:
        case "issue" | "discard":
            return False
        case "settle" | "set off":
            return invoice.open_minor != 0
        case "credit":
            is_ours = not invoice.outside_number
            return is_ours and invoice.credits_id is None and invoice.open_minor == invoice.gross_minor
        case "propose write-off" | "propose instalments" | "ask for instalments":
            return invoice.open_minor > 0
        case "charge interest":
            return bool(invoice.terms.interest_kind) and not invoice.is_credit_note and invoice.disputed_at is None
        case "dispute":
            return invoice.disputed_at is None
        case "settle dispute":
            return invoice.disputed_at is not None
    verb = step.partition(" ")[0]
    return verb in TAX_INVOICE_LIFECYCLE.allowed(TaxInvoiceState(invoice.tax_invoice))


_WRITE_OFF_STEPS: Final = {
    "approve": DECIDE_WRITE_OFF,
    "refuse": DECIDE_WRITE_OFF,
    "withdraw": WITHDRAW_WRITE_OFF,
}


def write_off_steps(proposals: Iterable[WriteOff], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return the steps that lead on from where each proposal is, and that the actor may take."""
    waiting = [row.pk for row in proposals if row.state == WriteOffState.PROPOSED]
    may = {
        permission: set(
            WriteOff.objects.permitted_to(actor, permission).filter(pk__in=waiting).values_list("pk", flat=True)
        )
        for permission in dict.fromkeys(_WRITE_OFF_STEPS.values())
    }
    steps = WRITE_OFF_LIFECYCLE.allowed(WriteOffState.PROPOSED)
    return {pk: [step for step in steps if pk in may[_WRITE_OFF_STEPS[step]]] for pk in waiting}


def unassigned_receipts(*, actor: Actor) -> QuerySet[Account]:
    """List the accounts on which royalties wait that belong to no invoice yet, and from which the actor may book."""
    accounts = Account.objects.permitted_to(actor, POST_TO_ACCOUNT).filter(closed_at=None)
    return accounts.filter(kind=SUSPENSE.code, purpose=Purpose.ROYALTIES).select_related("holder", "operating_entity")


def waiting_on(accounts: Iterable[Account]) -> dict[UUID, int]:
    """Return what waits on accounts of unassigned receipts, in minor units."""
    lines = Posting.objects.filter(account__in=[account.pk for account in accounts]).order_by()
    return {row["account"]: -int(row["sum"]) for row in lines.values("account").annotate(sum=Sum("amount_minor"))}


def account_paid_from(settlement: Settlement) -> UUID | None:
    """Return the account that a payment came from; None of what settled without money."""
    if settlement.kind != SettlementKind.PAYMENT:
        return None
    return (
        Posting.objects.filter(entry=settlement.entry_id, account__kind=SUSPENSE.code)
        .values_list("account", flat=True)
        .first()
    )


def ageing(rows: QuerySet[Invoice], *, on: date) -> tuple[list[Ageing], list[Ageing], list[Licence]]:
    """Return what is open of issued invoices on a day, by how long it is overdue: in all, and of each licensee.

    The third are the licences that it tells of.
    """
    found = list(by_payment(rows, "open", on=on).select_related("plan").order_by("due_order", "pk"))
    totals, licensees = aged(found, parts_of(found, on=on), on=on)
    return totals, licensees, list({row.licence_id: row.licence for row in found}.values())


def aged(
    found: Iterable[Invoice], parts: Mapping[UUID, list[PartStanding]], *, on: date
) -> tuple[list[Ageing], list[Ageing]]:
    """Return of open invoices, which come with their licensees, and of their parts what `ageing` does."""
    return age((each for row in found for each in _open_of(row, parts.get(row.pk))), on=on)


def _open_of(row: Invoice, parts: list[PartStanding] | None) -> Iterable[Open]:
    """Return what is open of an invoice, part by part where it is paid so; it counts once."""
    licensee_id, name = row.licence.licensee_id, str(row.licence.licensee)
    if parts is None:
        return [Open(licensee_id, name, row.currency, row.due_order, row.open_minor)]
    opened = [each for each in parts if each.open_minor]
    return [
        Open(licensee_id, name, row.currency, each.falls_due_on, each.open_minor, counts=place == 0)
        for place, each in enumerate(opened)
    ]
