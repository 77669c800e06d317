"""Bringing rates, converting what members are owed at them, and booking what currencies cost more or less than that."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.close.models import PayeeKind
from licensing.distribution.exchange.calculation import PLACES, converted
from licensing.distribution.exchange.lifecycle import (
    CONVERSION_LIFECYCLE,
    RATES_LIFECYCLE,
    ConversionState,
    RateSource,
    RatesState,
)
from licensing.distribution.exchange.models import Conversion, RateSheet, ReferenceRate
from licensing.distribution.exchange.policies import (
    CANCEL_CONVERSION,
    CONFIRM_CONVERSION,
    CONFIRM_RATES,
    DRAFT_CONVERSIONS,
    ENTER_RATES,
    EXCHANGE_DECISION,
    SETTLE_EXCHANGE,
    WITHDRAW_RATES,
)
from licensing.distribution.exchange.reading import EURO, read_reference_rates
from licensing.distribution.exchange.selectors import (
    OLDEST,
    get_conversion,
    get_rate_sheet,
    pair_label,
    positions,
    rate_on,
)
from licensing.distribution.kinds import FX_CLEARING, FX_DIFFERENCE, PAYABLE
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import DistributionItem
from licensing.distribution.selectors import awaiting_minor, get_distribution, payout_terms_on
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.exchange.reading import UnreadableFile
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import AccountKind
from platform_core.ledger.models import Account
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services import NewEntry, open_account, post_entry
from platform_core.ledger.services.holding import hold_books
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce
from platform_core.treasury.models import Payout, PayoutState
from platform_core.treasury.selectors import where_to_pay

ECB: Final = "European Central Bank, reference rates"
MOST_RATES: Final = 200
"""Rates written down at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """What one unit of a currency is in another one on a day."""

    on: date
    base: str
    quote: str
    rate: Decimal


@transaction.atomic
def enter_rates(*, actor: Actor, operating_entity_id: UUID, name: str, rates: Sequence[NewRate]) -> RateSheet:
    """Write down a table of rates, and whose they are; they are used once another person confirmed them."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, ENTER_RATES, entity)
    checks = Checks()
    checks.text("name", name, longest=200)
    if not 1 <= len(rates) <= MOST_RATES:
        checks.wrong("rates", "too_many", f"Give 1 to {MOST_RATES} rates.")
    seen = set()
    for place, each in enumerate(rates):
        checks.currency(f"rates/{place}/base", each.base)
        checks.currency(f"rates/{place}/quote", each.quote)
        exponent = each.rate.as_tuple().exponent
        if each.base == each.quote or (each.on, each.base, each.quote) in seen:
            checks.wrong(f"rates/{place}/quote", "twice", "A rate is between two currencies, and given once a day.")
        if not each.rate.is_finite() or not 0 < each.rate < 10**12 or not isinstance(exponent, int):
            checks.wrong(f"rates/{place}/rate", "bad_rate", "A rate is above 0, with at most 12 decimals.")
        elif exponent < -PLACES:
            checks.wrong(f"rates/{place}/rate", "bad_rate", "A rate is above 0, with at most 12 decimals.")
        if each.on > today(actor.clock, entity.alliance.zone):
            checks.wrong(f"rates/{place}/on", "in_the_future", "A rate is of today or before.")
        seen.add((each.on, each.base, each.quote))
    checks.refuse()
    return _enter(actor, entity, RateSource.MANUAL, name.strip(), rates)


@transaction.atomic
def take_reference_rates(*, actor: Actor, operating_entity_id: UUID, path: Path) -> RateSheet:
    """Take in a file of reference rates of the European Central Bank; another person confirms it."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, ENTER_RATES, entity)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    known = RateSheet.objects.filter(operating_entity=entity, content_sha256=digest)
    if known.exclude(state=RatesState.WITHDRAWN).exists():
        raise Conflict("This file was taken in already.")
    try:
        read = read_reference_rates(path)
    except UnreadableFile as wrong:
        raise invalid("/file", wrong.code, wrong.detail) from None
    rates = [NewRate(on=row.on, base=EURO, quote=row.currency, rate=row.rate) for row in read]
    return _enter(actor, entity, RateSource.ECB, ECB, rates, digest)


def _enter(
    actor: Actor,
    entity: OperatingEntity,
    source: RateSource,
    name: str,
    rates: Sequence[NewRate],
    digest: str = "",
) -> RateSheet:
    days = sorted(each.on for each in rates)
    sheet = RateSheet.objects.create(
        operating_entity=entity,
        source=source,
        name=name,
        content_sha256=digest,
        first_on=days[0],
        last_on=days[-1],
        rates_count=len(rates),
        entered_at=actor.clock.now(),
        entered_by_id=actor.user_id,
    )
    ReferenceRate.objects.bulk_create(
        ReferenceRate(sheet=sheet, on=each.on, base=each.base, quote=each.quote, rate=each.rate) for each in rates
    )
    record_event(
        "rate_sheet.entered",
        actor=actor,
        subject=sheet,
        changes={"source": (None, source), "last_on": (None, sheet.last_on), "rates_count": (None, len(rates))},
    )
    announce(sheet)
    return sheet


@transaction.atomic
def confirm_rates(*, actor: Actor, sheet_id: UUID) -> RateSheet:
    """Confirm as another person that rates are as published; what is converted from then on goes by them."""
    sheet = get_rate_sheet(sheet_id, actor=actor, for_change=True)
    require(actor, CONFIRM_RATES, sheet)
    before = RatesState(sheet.state)
    sheet.state = RATES_LIFECYCLE.after("confirm", current=before)
    if sheet.entered_by_id is not None:
        require_second_person(
            EXCHANGE_DECISION, actor=actor, beside=[sheet.entered_by_id], place=Place.of(sheet.operating_entity)
        )
    sheet.confirmed_at, sheet.confirmed_by_id = actor.clock.now(), actor.person_id
    sheet.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record_event("rate_sheet.confirmed", actor=actor, subject=sheet, changes={"state": (before, sheet.state)})
    announce(sheet)
    return sheet


@transaction.atomic
def withdraw_rates(*, actor: Actor, sheet_id: UUID, reason: str) -> RateSheet:
    """Have nothing converted at some rates any more, and say why; what was converted stays."""
    sheet = get_rate_sheet(sheet_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_RATES, sheet)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before = RatesState(sheet.state)
    sheet.state = RATES_LIFECYCLE.after("withdraw", current=before)
    sheet.withdrawn_at, sheet.withdrawn_by_id, sheet.reason = actor.clock.now(), actor.person_id, reason.strip()
    sheet.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "reason"])
    record_event(
        "rate_sheet.withdrawn",
        actor=actor,
        subject=sheet,
        changes={"state": (before, sheet.state), "reason": (None, sheet.reason)},
    )
    announce(sheet)
    return sheet


@transaction.atomic
def draft_conversions(*, actor: Actor, run_id: UUID, currency: str) -> list[Conversion]:
    """Draft the conversion of what members of a distribution are owed, of those whose account is in another currency.

    All that may be paid now, at the latest confirmed rate by today; another person confirms each.
    """
    run = get_distribution(run_id, actor=actor, for_change=True)
    require(actor, DRAFT_CONVERSIONS, run)
    checks = Checks()
    checks.currency("currency", currency)
    if currency == run.currency:
        checks.wrong("currency", "same", "This is the currency of the distribution.")
    checks.refuse()
    if run.status not in STATED:
        raise WrongState("Members are paid once the distribution is released.", current=run.status)
    entity = run.programme.operating_entity
    require_two_people(EXCHANGE_DECISION, Place.of(entity), clock=actor.clock)
    hold_books(entity.pk)
    found = rate_on(entity.pk, run.currency, currency, today(actor.clock, run.programme.alliance.zone))
    if found is None:
        raise Conflict(
            f"No confirmed rate from {run.currency} to {currency} is at most {OLDEST.days} days old: bring one first."
        )
    items = (
        DistributionItem.objects.filter(run=run, kind=PayeeKind.MEMBER)
        .select_related("membership")
        .order_by("membership__code")
    )
    now = actor.clock.now()
    terms = payout_terms_on(run.programme_id, today(actor.clock, run.programme.alliance.zone))
    least = max(1, terms.minimum_minor if terms else 1)
    drafted: dict[UUID, Conversion] = {}
    for item in items:
        membership = item.membership
        if membership is None or membership.organisation_id in drafted:
            continue
        account = _payable(entity, membership.organisation_id, run.currency)
        elsewhere = where_to_pay(membership.organisation_id, run.currency, at=now) is None
        here = where_to_pay(membership.organisation_id, currency, at=now) is not None
        if account is None or not (here and elsewhere) or _waits(item, currency):
            continue
        amount = _free(account)
        target = converted(max(amount, 0), found.rate, source=run.currency, target=currency)
        if amount >= least and target > 0:
            drafted[membership.organisation_id] = Conversion.objects.create(
                item=item,
                membership=membership,
                source_currency=run.currency,
                target_currency=currency,
                source_minor=amount,
                target_minor=target,
                rate=found.rate,
                rate_on=found.on,
                made_of=found.made_of,
                sheet=found.sheet,
                drafted_at=now,
                drafted_by_id=actor.person_id,
            )
    if drafted:
        record_event(
            "distribution_run.conversions_drafted",
            actor=actor,
            subject=run,
            changes={"conversions": (None, len(drafted)), "currency": (None, currency), "rate": (None, found.rate)},
        )
        announce(run)
    return list(drafted.values())


@transaction.atomic
def confirm_conversion(*, actor: Actor, conversion_id: UUID) -> Conversion:
    """Confirm a conversion as another person: the member is owed the other currency from then on."""
    conversion = get_conversion(conversion_id, actor=actor, for_change=True)
    require(actor, CONFIRM_CONVERSION, conversion)
    before = ConversionState(conversion.state)
    state = CONVERSION_LIFECYCLE.after("confirm", current=before)
    run = conversion.item.run
    entity = run.programme.operating_entity
    require_second_person(EXCHANGE_DECISION, actor=actor, beside=[conversion.drafted_by_id], place=Place.of(entity))
    on = today(actor.clock, run.programme.alliance.zone)
    if conversion.sheet.state != RatesState.CONFIRMED or conversion.rate_on < on - OLDEST:
        raise Conflict("The rate is too old by now, or was withdrawn: cancel this, and draft it anew.")
    hold_books(entity.pk)
    holder = conversion.membership.organisation_id
    owed = _payable(entity, holder, conversion.source_currency)
    if owed is None or _free(owed) < conversion.source_minor:
        raise Conflict("Less may be paid now than is to be converted: cancel this, and draft it anew.")
    label = pair_label(conversion.source_currency, conversion.target_currency)
    given = _account(actor, entity, FX_CLEARING, conversion.source_currency, label=label)
    bought = _account(actor, entity, FX_CLEARING, conversion.target_currency, label=label)
    paid = _account(actor, entity, PAYABLE, conversion.target_currency, holder=holder)
    conversion.entry = post_entry(
        actor=actor,
        operating_entity_id=entity.pk,
        entry=NewEntry(
            key=conversion.pk,
            name="conversion.confirmed",
            effective_on=on,
            subject=conversion,
            lines=[
                Line(owed.pk, conversion.source_minor),
                Line(given.pk, -conversion.source_minor),
                Line(bought.pk, conversion.target_minor),
                Line(paid.pk, -conversion.target_minor),
            ],
            memo=f"{run.programme.code} {run.number} {conversion.made_of}"[:200],
        ),
    )
    conversion.state = state
    conversion.confirmed_at, conversion.confirmed_by_id = actor.clock.now(), actor.person_id
    conversion.save(update_fields=["state", "confirmed_at", "confirmed_by", "entry"])
    record_event(
        "conversion.confirmed",
        actor=actor,
        subject=conversion,
        changes={
            "state": (before, state),
            "source_minor": (None, conversion.source_minor),
            "target_minor": (None, conversion.target_minor),
            "rate": (None, conversion.rate),
        },
    )
    announce(conversion)
    return conversion


@transaction.atomic
def cancel_conversion(*, actor: Actor, conversion_id: UUID, reason: str) -> Conversion:
    """Give up a conversion that nobody confirmed, and say why."""
    conversion = get_conversion(conversion_id, actor=actor, for_change=True)
    require(actor, CANCEL_CONVERSION, conversion)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before = ConversionState(conversion.state)
    conversion.state = CONVERSION_LIFECYCLE.after("cancel", current=before)
    conversion.reason = reason.strip()
    conversion.save(update_fields=["state", "reason"])
    record_event(
        "conversion.cancelled",
        actor=actor,
        subject=conversion,
        changes={"state": (before, conversion.state), "reason": (None, conversion.reason)},
    )
    announce(conversion)
    return conversion


@transaction.atomic
def settle_exchange(*, actor: Actor, operating_entity_id: UUID, source: str, target: str) -> int:
    """Book what a currency cost more or less than it was converted at, once all of it is bought; return the difference.

    In minor units of the first currency; above 0: it cost less.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SETTLE_EXCHANGE, entity)
    hold_books(entity.pk)
    found = [
        one
        for one in positions(entity.pk, actor=actor)
        if (one.source_currency, one.target_currency) == (source, target)
    ]
    if not found:
        raise Conflict("Nothing is open between these currencies.")
    [position] = found
    if position.target_minor:
        raise Conflict("Not all of the currency is bought yet: assign the bank's lines by which it was bought first.")
    label = pair_label(source, target)
    given = _account(actor, entity, FX_CLEARING, source, label=label)
    difference = _account(actor, entity, FX_DIFFERENCE, source, label=label)
    post_entry(
        actor=actor,
        operating_entity_id=entity.pk,
        entry=NewEntry(
            key=new_id(),
            name="operating_entity.exchange_settled",
            effective_on=today(actor.clock, entity.alliance.zone),
            subject=entity,
            lines=[Line(given.pk, position.source_minor), Line(difference.pk, -position.source_minor)],
            memo=label,
        ),
    )
    record_event(
        "operating_entity.exchange_settled",
        actor=actor,
        subject=entity,
        changes={"currencies": (None, label), "difference_minor": (None, position.source_minor)},
    )
    announce(entity)
    return position.source_minor


def _payable(entity: OperatingEntity, holder_id: UUID, currency: str) -> Account | None:
    return Account.objects.filter(
        operating_entity=entity,
        holder=holder_id,
        kind=PAYABLE.code,
        purpose=Purpose.ROYALTIES,
        currency=currency,
        closed_at=None,
    ).first()


def _free(account: Account) -> int:
    """Return what may be paid of an account now: not on its way, and waiting for nothing."""
    drafts = Payout.objects.filter(
        owed_account=account, state__in=(PayoutState.DRAFTED, PayoutState.HALF_RELEASED)
    ).aggregate(sum=Sum("amount_minor"))["sum"]
    waiting = awaiting_minor([account])[account.pk]
    return -balances_of([account]).get(account.pk, 0) - int(drafts or 0) - waiting


def _waits(item: DistributionItem, currency: str) -> bool:
    return Conversion.objects.filter(
        membership__organisation=item.membership.organisation_id if item.membership else None,
        item__run__programme__operating_entity=item.run.programme.operating_entity_id,
        target_currency=currency,
        state=ConversionState.DRAFTED,
    ).exists()


def _account(
    actor: Actor,
    entity: OperatingEntity,
    kind: AccountKind,
    currency: str,
    *,
    holder: UUID | None = None,
    label: str = "",
) -> Account:
    return open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=holder or entity.organisation_id,
        kind=kind.code,
        purpose=Purpose.ROYALTIES,
        currency=currency,
        label=label,
    )
