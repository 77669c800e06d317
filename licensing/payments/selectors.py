"""Finding payments and what became of them, and what lines of bank statements may pay, as far as the reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from licensing.agreements.models import Licence
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice, TaxIdentity
from licensing.payments.kinds import PREPAID
from licensing.payments.models import (
    BankAllocation,
    BankReceipt,
    MatchingTerms,
    OnlineMovement,
    OnlinePayment,
    OnlineRefund,
    ServiceEvent,
    StripeAccount,
)
from licensing.payments.recognition import Arrived, Open, Recogniser
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.conflicts.models import Affiliation
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.ledger.selectors import balances_of
from platform_core.treasury.models import StatementLine

AT_ONCE = 200
"""How many payments one round puts on their way."""


def stripe_accounts(*, actor: Actor) -> VisibleQuerySet[StripeAccount]:
    """List the Stripe accounts an actor may see; their keys are never among what is shown."""
    return StripeAccount.objects.visible_to(actor).defer("secret_key", "webhook_secret")


def online_payments(*, actor: Actor) -> VisibleQuerySet[OnlinePayment]:
    """List the online payments an actor may see."""
    rows = OnlinePayment.objects.visible_to(actor).defer("client_secret")
    return rows.select_related("invoice__series", "invoice__licence__licensee", "invoice__licence__programme")


def get_online_payment(payment_id: UUID, *, actor: Actor, for_change: bool = False) -> OnlinePayment:
    """Fetch one online payment the actor may see, locked if it is fetched for a change."""
    return get_visible(OnlinePayment, payment_id, actor=actor, for_change=for_change)


def refunds(*, actor: Actor) -> VisibleQuerySet[OnlineRefund]:
    """List the refunds an actor may see."""
    return OnlineRefund.objects.visible_to(actor).select_related(
        "payment__invoice__series",
        "payment__invoice__licence__licensee",
        "payment__account",
        "proposed_by",
        "decided_by",
    )


def movements(*, actor: Actor) -> VisibleQuerySet[OnlineMovement]:
    """List what moved money at the payment service, as far as the actor may see it."""
    return OnlineMovement.objects.visible_to(actor).select_related("payment__invoice__series")


def events(*, actor: Actor) -> VisibleQuerySet[ServiceEvent]:
    """List what the payment service told, as far as the actor may see it."""
    return ServiceEvent.objects.visible_to(actor).defer("body")


def account_in_use(operating_entity_id: UUID) -> StripeAccount | None:
    """Return the account with which an operating entity is paid online, if it has one."""
    return StripeAccount.objects.filter(operating_entity=operating_entity_id, closed_at=None).first()


def due_payments(now: datetime) -> list[tuple[UUID, UUID]]:
    """Return the payments of which the service is to be asked by now, each with its account, the longest due first."""
    rows = OnlinePayment.objects.filter(due_at__lte=now).order_by("due_at", "pk")
    return list(rows.values_list("pk", "account_id")[:AT_ONCE])


def bank_receipts(*, actor: Actor) -> VisibleQuerySet[BankReceipt]:
    """List what lines of bank statements were for, as far as the actor may see it."""
    return BankReceipt.objects.visible_to(actor).select_related("line__bank_account", "licensee", "user")


def of_licensee(rows: QuerySet[BankReceipt], licensee_id: UUID) -> QuerySet[BankReceipt]:
    """Keep the receipts that a licensee's invoices were paid with, or of which something is left over for it."""
    paid = BankAllocation.objects.filter(settlement__invoice__licence__licensee=licensee_id).values("receipt")
    return rows.filter(Q(licensee=licensee_id) | Q(pk__in=paid))


def prepaid_accounts(*, actor: Actor) -> QuerySet[Account]:
    """List the accounts on which licensees have paid ahead: finance sees all of its entity, a licensee its own."""
    accounts = Account.objects.visible_to(actor).filter(kind=PREPAID.code, purpose=Purpose.ROYALTIES)
    return accounts.select_related("holder", "operating_entity")


def paid_ahead_on(accounts: Sequence[Account]) -> dict[UUID, int]:
    """Return what is paid ahead on accounts, in minor units."""
    return {account_id: -minor for account_id, minor in balances_of(accounts).items()}


def allocations_of(receipts: Sequence[BankReceipt], *, actor: Actor) -> dict[UUID, list[BankAllocation]]:
    """Return what of receipts went to which invoices, by receipt."""
    rows = BankAllocation.objects.visible_to(actor).filter(receipt__in=[receipt.pk for receipt in receipts])
    found: dict[UUID, list[BankAllocation]] = defaultdict(list)
    for row in rows.select_related(
        "settlement__invoice__series", "settlement__invoice__licence__licensee", "charge"
    ).order_by("pk"):
        found[row.receipt_id].append(row)
    return found


def matching_terms(*, actor: Actor) -> VisibleQuerySet[MatchingTerms]:
    """List how far payments may fall short, as far as the actor may see it."""
    return MatchingTerms.objects.visible_to(actor).select_related("set_by")


def tolerance_on(operating_entity_id: UUID, currency: str, on: date) -> int:
    """Return what banks on the way may keep of a payment on a day, in minor units: nothing, where nothing says so."""
    latest = terms_on(operating_entity_id, currency, on)
    return latest.charge_tolerance_minor if latest else 0


def terms_on(operating_entity_id: UUID, currency: str, on: date) -> MatchingTerms | None:
    """Return the terms that hold on a day, if there are any."""
    terms = MatchingTerms.objects.filter(operating_entity=operating_entity_id, currency=currency, from_on__lte=on)
    return terms.order_by("-from_on").first()


def arrived_by(line: StatementLine) -> Arrived:
    """Return what a line says, as it is recognised by."""
    return Arrived(line.pk, line.amount_minor, line.text, line.counterparty_name, line.counterparty_account)


def recognisers(lines: Iterable[StatementLine], *, actor: Actor) -> Mapping[tuple[UUID, str], Recogniser]:
    """Return who knows the open invoices that lines may pay, by operating entity and currency."""
    wanted = {(line.bank_account.operating_entity_id, line.bank_account.currency) for line in lines}
    found: dict[tuple[UUID, str], Recogniser] = {}
    for entity_id, currency in sorted(wanted, key=str):
        rows = (
            Invoice.objects.visible_to(actor)
            .filter(
                state=InvoiceState.ISSUED,
                open_minor__gt=0,
                currency=currency,
                licence__programme__operating_entity=entity_id,
            )
            .select_related("series", "licence")
        )
        invoices = list(rows.order_by("due_on", "pk"))
        # Those with nothing open as well: what one of them pays is not another's.
        everybody = Licence.objects.filter(programme__operating_entity=entity_id).order_by()
        known = _known_by(entity_id, set(everybody.values_list("licensee", flat=True)))
        found[entity_id, currency] = Recogniser([_open(invoice, known) for invoice in invoices], payers=known)
    return found


def _open(invoice: Invoice, known: Mapping[UUID, tuple[frozenset[str], frozenset[str]]]) -> Open:
    names, accounts = known.get(invoice.licence.licensee_id, (frozenset(), frozenset()))
    return Open(
        invoice_id=invoice.pk,
        number=invoice.number_text,
        reference=invoice.reference,
        open_minor=invoice.open_minor,
        licensee_id=invoice.licence.licensee_id,
        names=names,
        accounts=accounts,
    )


def _known_by(entity_id: UUID, licensees: set[UUID]) -> dict[UUID, tuple[frozenset[str], frozenset[str]]]:
    """Return the names and bank accounts by which licensees, and those that belong to them, are known."""
    own: dict[UUID, set[UUID]] = {licensee: {licensee} for licensee in licensees}
    pairs = Affiliation.objects.filter(Q(first__in=licensees) | Q(second__in=licensees)).order_by()
    for first, second in pairs.values_list("first", "second"):
        for one, other in ((first, second), (second, first)):
            if one in own:
                own[one].add(other)
    everybody = set().union(*own.values()) if own else set()
    names: dict[UUID, set[str]] = defaultdict(set)
    accounts: dict[UUID, set[str]] = defaultdict(set)
    for pk, zh, en in Organisation.objects.filter(pk__in=everybody).values_list("pk", "name_zh", "name_en"):
        names[pk] |= {name for name in (zh, en) if name}
    identities = TaxIdentity.objects.filter(operating_entity=entity_id, organisation__in=everybody)
    for pk, name, account in identities.order_by().values_list("organisation", "name", "bank_account"):
        names[pk].add(name)
        accounts[pk] |= {account} if account else set()
    return {
        licensee: (
            frozenset().union(*(names[one] for one in group)),
            frozenset().union(*(accounts[one] for one in group)),
        )
        for licensee, group in own.items()
    }
