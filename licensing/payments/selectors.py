"""Finding payments and what became of them, and what lines of bank statements may pay, as far as the reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet, Sum

from licensing.agreements.models import Licence
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice, TaxIdentity
from licensing.billing.selectors import get_invoice, parts_of
from licensing.payments.calculation import Limits, PartToPay, Refusal, limits_of, parts_to_pay, refusal_of
from licensing.payments.kinds import PREPAID
from licensing.payments.lifecycle import UNDER_WAY, PaymentState, RefundState
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
from licensing.payments.policies import (
    CHANGE_STRIPE_KEYS,
    CLOSE_STRIPE_ACCOUNT,
    DECIDE_REFUND,
    END_ONLINE_PAYMENT,
    PAY_ONLINE_PAYMENT,
    PROPOSE_REFUND,
    SET_MATCHING_TERMS,
)
from licensing.payments.recognition import Arrived, Open, Recogniser
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import Clock, today
from platform_core.conflicts.models import Affiliation
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.ledger.selectors import balances_of
from platform_core.treasury.models import BankAccount, StatementLine

AT_ONCE = 200
"""How many payments one round puts on their way."""


def stripe_accounts(*, actor: Actor) -> VisibleQuerySet[StripeAccount]:
    """List the Stripe accounts an actor may see; of their keys no more is shown than how they end."""
    return StripeAccount.objects.visible_to(actor).defer("earlier_webhook_secret")


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """How an account at Stripe stands: what it told last, what is under way with it, and what can be done."""

    last_event_at: datetime | None
    under_way: int
    allowed_steps: Sequence[str]


def stripe_account_standings(rows: Sequence[StripeAccount], *, actor: Actor) -> dict[UUID, AccountStanding]:
    """Return how accounts stand, by account, in as many questions whether there is one of them or a hundred."""
    ids = [row.pk for row in rows]
    told = dict(
        events(actor=actor).filter(account__in=ids).order_by().values_list("account").annotate(Max("received_at"))
    )
    paying = dict(
        online_payments(actor=actor)
        .filter(account__in=ids, state__in=UNDER_WAY)
        .order_by()
        .values_list("account")
        .annotate(Count("pk"))
    )
    changing, closing = (
        set(StripeAccount.objects.permitted_to(actor, step).filter(pk__in=ids).values_list("pk", flat=True))
        for step in (CHANGE_STRIPE_KEYS, CLOSE_STRIPE_ACCOUNT)
    )
    return {
        row.pk: AccountStanding(
            told.get(row.pk),
            paying.get(row.pk, 0),
            # What is under way with a closed account is asked about with its keys.
            [
                *(["change keys"] if row.pk in changing else []),
                *(["close"] if row.pk in closing and row.closed_at is None else []),
            ],
        )
        for row in rows
    }


def online_payments(*, actor: Actor) -> VisibleQuerySet[OnlinePayment]:
    """List the online payments an actor may see."""
    rows = OnlinePayment.objects.visible_to(actor).defer("page_url")
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


def payment_steps(payment: OnlinePayment, *, actor: Actor) -> list[str]:
    """List what can be done with an online payment now."""
    if payment.state == PaymentState.SUCCEEDED:
        return ["propose refund"] if can(actor, PROPOSE_REFUND, payment) else []
    possible = []
    if payment.state in UNDER_WAY and payment.ending_at is None:
        if payment.page_url and payment.state == PaymentState.OPEN and can(actor, PAY_ONLINE_PAYMENT, payment):
            possible.append("pay")
        if can(actor, END_ONLINE_PAYMENT, payment):
            possible.append("end")
    return possible


def refund_steps(rows: Iterable[OnlineRefund], *, actor: Actor) -> dict[UUID, list[str]]:
    """List what can be done with refunds now: a second person decides what waits for one."""
    waiting = [row.pk for row in rows if row.state == RefundState.PROPOSED]
    may = set(
        OnlineRefund.objects.permitted_to(actor, DECIDE_REFUND).filter(pk__in=waiting).values_list("pk", flat=True)
    )
    return {pk: ["approve", "refuse"] for pk in may}


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


@dataclass(frozen=True, slots=True)
class WhereToPay:
    """An account of the operating entity to which an invoice is paid by bank."""

    name: str
    """In whose name it is kept."""
    bank: str
    number: str


@dataclass(frozen=True, slots=True)
class PaymentOptions:
    """How an invoice is paid: by bank with its reference, and online where the operating entity takes that."""

    invoice: Invoice
    accounts: Sequence[WhereToPay]
    is_online: bool
    """Whether it, or part of it, can be paid online now."""
    online_refusal: Refusal | None
    """Why not all that is left can be paid at once, where the operating entity is paid online."""
    payable_minor: int
    """What is open of it and not under way online yet: nobody begins to pay more."""
    parts: Sequence[PartToPay]
    """The parts in which it was agreed to be paid, as far as they are open and not under way."""
    limits: Limits
    under_way: Sequence[OnlinePayment]
    prepaid_minor: int
    """What its licensee has paid ahead in its currency, which finance can use for it."""


def payment_options(invoice_id: UUID, *, actor: Actor) -> PaymentOptions:
    """Return how an invoice that the actor may see is paid.

    The account is the one that its paper says, which stays as it was issued; where that says none, those at which the
    operating entity takes royalties of its currency today.
    """
    invoice = get_invoice(invoice_id, actor=actor)
    entity = invoice.licence.programme.operating_entity
    seller = invoice.seller
    if seller.get("bank_account"):
        accounts = [WhereToPay(seller["name"], seller["bank_name"], seller["bank_account"])]
    else:
        on = today(actor.clock, entity.alliance.zone)
        rows = BankAccount.objects.filter(
            Q(in_use_until=None) | Q(in_use_until__gt=on),
            operating_entity=entity,
            purpose=Purpose.ROYALTIES,
            currency=invoice.currency,
            in_use_from__lte=on,
        ).order_by("opened_at", "pk")
        name = seller.get("name") or str(entity)
        accounts = [WhereToPay(name, " ".join(filter(None, (row.bank_name, row.branch))), row.number) for row in rows]
    under_way = list(online_payments(actor=actor).filter(invoice=invoice, state__in=UNDER_WAY).order_by("started_at"))
    prepaid = prepaid_accounts(actor=actor).filter(
        operating_entity=entity, holder=invoice.licence.licensee_id, currency=invoice.currency
    )
    is_open = invoice.state == InvoiceState.ISSUED and invoice.open_minor > 0
    is_taken = is_open and account_in_use(entity.pk) is not None
    payable = payable_online(invoice)
    limits = limits_of(invoice.currency)
    return PaymentOptions(
        invoice=invoice,
        accounts=accounts,
        is_online=is_taken and payable >= limits.least_minor,
        online_refusal=refusal_of(payable, invoice.currency) if is_taken and payable else None,
        payable_minor=payable,
        parts=_parts_to_pay(invoice, payable, actor.clock),
        limits=limits,
        under_way=under_way,
        prepaid_minor=sum(paid_ahead_on(list(prepaid)).values()),
    )


def payable_online(invoice: Invoice) -> int:
    """Return what is open of an issued invoice and not under way online already, whoever began it, in minor units."""
    if invoice.state != InvoiceState.ISSUED:
        return 0
    started = OnlinePayment.objects.filter(invoice=invoice, state__in=UNDER_WAY)
    return max(0, invoice.open_minor - int(started.aggregate(sum=Sum("amount_minor"))["sum"] or 0))


def _parts_to_pay(invoice: Invoice, payable_minor: int, clock: Clock) -> list[PartToPay]:
    """Return the open parts of an invoice that is paid in parts; of one that is not, none."""
    stands = parts_of([invoice], on=today(clock, invoice.licence.programme.alliance.zone)).get(invoice.pk, [])
    opened = [(each.part.due_on, each.open_minor) for each in stands]
    return parts_to_pay(opened, invoice.open_minor - payable_minor)


def paying_affiliates(
    operating_entity_id: UUID, *, actor: Actor
) -> list[tuple[Organisation, Organisation, Affiliation]]:
    """List the licensees of an operating entity with those that belong to them today, and so may pay for them."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SET_MATCHING_TERMS, entity)
    on = today(actor.clock, entity.alliance.zone)
    licensees = set(
        Licence.objects.filter(programme__operating_entity=entity).order_by().values_list("licensee", flat=True)
    )
    rows = _in_force(on).filter(Q(first__in=licensees) | Q(second__in=licensees))
    found = []
    for row in rows.select_related("first", "second", "recorded_by"):
        for licensee, other in ((row.first, row.second), (row.second, row.first)):
            if licensee.pk in licensees:
                found.append((licensee, other, row))
    return sorted(found, key=lambda each: (str(each[0]), str(each[1])))


def _in_force(on: date) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)


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
        known = _known_by(entity_id, set(everybody.values_list("licensee", flat=True)), actor.clock.now().date())
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


def _known_by(entity_id: UUID, licensees: set[UUID], on: date) -> dict[UUID, tuple[frozenset[str], frozenset[str]]]:
    """Return the names and bank accounts by which licensees, and those that belong to them, are known."""
    own: dict[UUID, set[UUID]] = {licensee: {licensee} for licensee in licensees}
    pairs = _in_force(on).filter(Q(first__in=licensees) | Q(second__in=licensees)).order_by()
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
