"""What is charged and received besides royalties, what is credited for bilateral licences, and at which rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from licensing.agreements.events import charge_cancellation_asked, charge_cancelled
from licensing.agreements.models import BINDING_STATES, BilateralLicence, Charge, ExchangeRate, Licence, Receipt
from licensing.agreements.policies import (
    CANCEL_CHARGE,
    END_BILATERAL,
    RAISE_CHARGE,
    RECORD_BILATERAL,
    RECORD_RECEIPT,
    SET_EXCHANGE_RATE,
)
from licensing.agreements.services.many import require_binding
from licensing.engine.terms import period_months
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_visible
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, NotFound, Problem, WrongState
from platform_core.realtime.services import announce
from pools.composition.models import PoolMember

_BATCH = 5_000
_MOST_AMOUNT = Decimal(10) ** 15
_MOST_MINOR = 10**18


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCharge:
    """Money owed without sales: an amount above 0 in major units, in a month."""

    licence_id: UUID
    month: date
    kind: str
    amount: Decimal
    currency: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReceipt:
    """Money received for a period, in minor units of the programme's currency; below 0 for a correction."""

    licence_id: UUID
    period: str
    amount_minor: int
    received_on: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBilateral:
    """A licence a licensee holds from a member of the pool, from its first to its last day."""

    licence_id: UUID
    member_id: UUID
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """What one unit of a currency is worth in the programme's own, for a month."""

    month: date
    currency: str
    rate: Decimal
    source: str = ""


@transaction.atomic
def raise_charge(*, actor: Actor, charge: NewCharge) -> Charge:
    """Charge a licensee an amount without sales, such as an entry fee or an audit shortfall."""
    licence = _binding_licence(actor, charge.licence_id, RAISE_CHARGE)
    [raised] = _create_charges(actor, [charge])
    record_event(
        "charge.raised",
        actor=actor,
        subject=raised,
        changes={
            "licence": (None, charge.licence_id),
            "month": (None, charge.month),
            "kind": (None, charge.kind),
            "amount": (None, charge.amount),
            "currency": (None, charge.currency),
        },
    )
    announce(licence, part=raised)
    return raised


@transaction.atomic
def raise_charges(*, actor: Actor, programme_id: UUID, charges: Sequence[NewCharge]) -> list[Charge]:
    """Charge many amounts under a programme's licences at once, all or none."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require_binding(
        actor=actor, permission=RAISE_CHARGE, programme=programme, ids={charge.licence_id for charge in charges}
    )
    raised = _create_charges(actor, charges)
    record_event("programme.charges_raised", actor=actor, subject=programme, changes={"charges": (None, len(raised))})
    return raised


@transaction.atomic
def cancel_charge(*, actor: Actor, charge_id: UUID, reason: str) -> Charge:
    """Cancel a charge that was raised in error: it stays on record, and no close counts it any more.

    A close that has billed it is corrected. What two people decided to charge is refused here: the room that had it
    decided has it taken back by two.
    """
    charge = get_visible(Charge, charge_id, actor=actor, for_change=True)
    require(actor, CANCEL_CHARGE, charge)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    if charge.cancelled_at is not None:
        raise WrongState("The charge is cancelled already.")
    charge_cancellation_asked.tell(actor, charge)
    return _cancel_charge(actor, charge, reason)


@transaction.atomic
def take_back_charges(*, actor: Actor, charge_ids: Iterable[UUID], reason: str) -> list[Charge]:
    """Cancel charges that two people decided to take back, those cancelled before left out.

    The caller answers for the decision, and records it.
    """
    rows = Charge.objects.select_for_update(of=("self",)).select_related("licence__programme")
    charges = list(rows.filter(pk__in=set(charge_ids), cancelled_at=None).order_by("pk"))
    return [_cancel_charge(actor, charge, reason) for charge in charges]


def _cancel_charge(actor: Actor, charge: Charge, reason: str) -> Charge:
    charge.cancelled_at = actor.clock.now()
    charge.save(update_fields=["cancelled_at"])
    record_event("charge.cancelled", actor=actor, subject=charge, changes={"reason": (None, reason)})
    charge_cancelled.tell(actor, charge)
    announce(charge.licence, part=charge)
    return charge


@transaction.atomic
def record_receipt(*, actor: Actor, receipt: NewReceipt) -> Receipt:
    """Record money received from a licensee for a period; a correction is a further receipt, below 0."""
    # Held, so that nobody who adds up what was received reads it while more of it is recorded.
    licence = _binding_licence(actor, receipt.licence_id, RECORD_RECEIPT, for_change=True)
    [recorded] = _create_receipts(actor, [receipt])
    record_event(
        "receipt.recorded",
        actor=actor,
        subject=recorded,
        changes={
            "licence": (None, receipt.licence_id),
            "period": (None, receipt.period),
            "amount_minor": (None, receipt.amount_minor),
        },
    )
    announce(licence, part=recorded)
    return recorded


@transaction.atomic
def record_receipts(*, actor: Actor, programme_id: UUID, receipts: Sequence[NewReceipt]) -> list[Receipt]:
    """Record many receipts under a programme's licences at once, all or none."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require_binding(
        actor=actor, permission=RECORD_RECEIPT, programme=programme, ids={receipt.licence_id for receipt in receipts}
    )
    ids = {receipt.licence_id for receipt in receipts}
    list(Licence.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk"))
    recorded = _create_receipts(actor, receipts)
    record_event(
        "programme.receipts_recorded", actor=actor, subject=programme, changes={"receipts": (None, len(recorded))}
    )
    return recorded


@transaction.atomic
def record_bilaterals(
    *, actor: Actor, programme_id: UUID, bilaterals: Sequence[NewBilateral]
) -> list[BilateralLicence]:
    """Take over many bilateral licences under a programme from an older record at once, all or none."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require_binding(
        actor=actor,
        permission=RECORD_BILATERAL,
        programme=programme,
        ids={bilateral.licence_id for bilateral in bilaterals},
    )
    require_visible(actor, PoolMember, {bilateral.member_id for bilateral in bilaterals})
    recorded = _create_bilaterals(programme, bilaterals)
    record_event(
        "programme.bilaterals_recorded", actor=actor, subject=programme, changes={"bilaterals": (None, len(recorded))}
    )
    return recorded


@transaction.atomic
def credit_bilateral(*, programme: Programme, bilateral: NewBilateral) -> BilateralLicence:
    """Credit what a licensee holds from a member; the caller has had it confirmed, and records who did."""
    [recorded] = _create_bilaterals(programme, [bilateral])
    return recorded


@transaction.atomic
def end_bilateral(*, actor: Actor, bilateral_id: UUID, ends_on: date) -> BilateralLicence:
    """Set an earlier last day of a bilateral licence; for a longer one its member is asked anew."""
    bilateral = get_visible(BilateralLicence, bilateral_id, actor=actor, for_change=True)
    require(actor, END_BILATERAL, bilateral)
    checks = Checks()
    checks.days("ends_on", bilateral.starts_on, ends_on, same_allowed=True)
    if bilateral.ends_on is not None and ends_on > bilateral.ends_on:
        checks.wrong("ends_on", "later", "Its member confirmed it to an earlier day: claim the days after that anew.")
    checks.refuse()
    before, bilateral.ends_on = bilateral.ends_on, ends_on
    with told_as(_PROBLEMS):
        bilateral.save(update_fields=["ends_on"])
    record_event("bilateral_licence.ended", actor=actor, subject=bilateral, changes={"ends_on": (before, ends_on)})
    announce(bilateral.licence, part=bilateral)
    return bilateral


@transaction.atomic
def set_exchange_rate(*, actor: Actor, programme_id: UUID, rate: NewRate) -> ExchangeRate:
    """Set the rate of a currency for a month; closes made before keep the rate they were made with."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, SET_EXCHANGE_RATE, programme)
    present = (
        ExchangeRate.objects.select_for_update()
        .filter(programme=programme, month=rate.month, currency=rate.currency)
        .first()
    )
    if present is None:
        [result] = _create_rates(programme, [rate])
        old = None
    else:
        _check_rates(programme, [rate])
        result, old = present, present.rate
        result.rate, result.source = rate.rate, rate.source
        result.save(update_fields=["rate", "source"])
    record_event(
        "exchange_rate.set",
        actor=actor,
        subject=result,
        changes={
            "month": (None, rate.month),
            "currency": (None, rate.currency),
            "rate": (old, rate.rate),
        },
    )
    announce(programme, part=result)
    return result


@transaction.atomic
def set_exchange_rates(*, actor: Actor, programme_id: UUID, rates: Sequence[NewRate]) -> list[ExchangeRate]:
    """Set many rates that are not set yet at once, all or none."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require(actor, SET_EXCHANGE_RATE, programme)
    made = _create_rates(programme, rates)
    record_event("programme.exchange_rates_set", actor=actor, subject=programme, changes={"rates": (None, len(made))})
    return made


def _binding_licence(actor: Actor, licence_id: UUID, permission: Permission, *, for_change: bool = False) -> Licence:
    licence = get_visible(Licence, licence_id, actor=actor, for_change=for_change)
    require(actor, permission, licence)
    if licence.state not in BINDING_STATES:
        raise WrongState("The licence is not in force yet. Have it signed and countersigned.", current=licence.state)
    return licence


def _create_charges(actor: Actor, charges: Sequence[NewCharge]) -> list[Charge]:
    checks = Checks()
    for charge in charges:
        checks.month("month", charge.month)
        checks.text("kind", charge.kind)
        checks.text("note", charge.note, needed=False, longest=1000)
        checks.currency("currency", charge.currency)
        _check_decimal(checks, "amount", charge.amount, decimals=6)
    checks.refuse()
    now = actor.clock.now()
    return Charge.objects.bulk_create(
        (
            Charge(
                licence_id=charge.licence_id,
                month=charge.month,
                kind=charge.kind,
                amount=charge.amount,
                currency=charge.currency,
                note=charge.note,
                created_at=now,
            )
            for charge in charges
        ),
        batch_size=_BATCH,
    )


def _create_receipts(actor: Actor, receipts: Sequence[NewReceipt]) -> list[Receipt]:
    checks = Checks()
    for receipt in receipts:
        if period_months(receipt.period) is None:
            checks.wrong(
                "period", "not_a_period", "Write a month, quarter, half or year: 2025-03, 2025Q1, 2025H1, 2025."
            )
        if receipt.amount_minor == 0 or abs(receipt.amount_minor) >= _MOST_MINOR:
            checks.wrong("amount_minor", "bad_amount", "The amount is a whole number of minor units, and not 0.")
        checks.text("reference", receipt.reference, needed=False)
    checks.refuse()
    now = actor.clock.now()
    return Receipt.objects.bulk_create(
        (
            Receipt(
                licence_id=receipt.licence_id,
                period=receipt.period,
                amount_minor=receipt.amount_minor,
                received_on=receipt.received_on,
                reference=receipt.reference,
                created_at=now,
            )
            for receipt in receipts
        ),
        batch_size=_BATCH,
    )


def _create_bilaterals(programme: Programme, bilaterals: Sequence[NewBilateral]) -> list[BilateralLicence]:
    members = {bilateral.member_id for bilateral in bilaterals}
    if PoolMember.objects.filter(pool=programme.pool_id, pk__in=members).count() < len(members):
        raise NotFound("There is no such member of the programme's pool.")
    checks = Checks()
    for bilateral in bilaterals:
        checks.days("ends_on", bilateral.starts_on, bilateral.ends_on, same_allowed=True)
    checks.refuse()
    with told_as(_PROBLEMS):
        return BilateralLicence.objects.bulk_create(
            (
                BilateralLicence(
                    licence_id=bilateral.licence_id,
                    member_id=bilateral.member_id,
                    starts_on=bilateral.starts_on,
                    ends_on=bilateral.ends_on,
                )
                for bilateral in bilaterals
            ),
            batch_size=_BATCH,
        )


def _create_rates(programme: Programme, rates: Sequence[NewRate]) -> list[ExchangeRate]:
    _check_rates(programme, rates)
    with told_as(_PROBLEMS):
        return ExchangeRate.objects.bulk_create(
            (
                ExchangeRate(
                    programme=programme,
                    month=rate.month,
                    currency=rate.currency,
                    rate=rate.rate,
                    source=rate.source,
                )
                for rate in rates
            ),
            batch_size=_BATCH,
        )


def _check_rates(programme: Programme, rates: Sequence[NewRate]) -> None:
    checks = Checks()
    for rate in rates:
        checks.month("month", rate.month)
        checks.currency("currency", rate.currency)
        if rate.currency == programme.currency:
            checks.wrong("currency", "own_currency", "The programme's own currency needs no rate. Leave it out.")
        _check_decimal(checks, "rate", rate.rate, decimals=12)
        checks.text("source", rate.source, needed=False)
    checks.refuse()


def _check_decimal(checks: Checks, field: str, value: Decimal, *, decimals: int) -> None:
    if not 0 < value < _MOST_AMOUNT or value != value.quantize(Decimal(1).scaleb(-decimals)):
        checks.wrong(field, "bad_amount", f"This must be above 0 and below 10^15, with at most {decimals} decimals.")


_PROBLEMS: dict[str, Problem] = {
    "bilateral_recorded_once": Conflict("This bilateral licence is recorded already."),
    "exchange_rate_once_a_month": Conflict("A rate of this currency is set for that month already."),
}
