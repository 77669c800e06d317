"""What the payment service says of a payment, as facts, and amounts as it writes them. Pure: no database, no clock."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from platform_core.money import exponent

_HUNDREDFOLD: Final = frozenset({"ISK", "UGX"})
"""Currencies without a minor unit that the service counts in hundredths all the same, which must be 00."""
_MOST: Final = 99_999_999
"""As the service writes amounts: of eight digits at most."""
_LEAST: Final[Mapping[str, int]] = {
    currency: least
    for least, currencies in (
        (30, "GBP"),
        (50, "AUD BRL CAD CHF EUR INR JPY NZD SGD USD"),
        (100, "BGN"),
        (200, "AED MYR PLN RON"),
        (250, "DKK"),
        (300, "NOK SEK"),
        (400, "HKD"),
        (1_000, "MXN THB"),
        (1_500, "CZK"),
        (17_500, "HUF"),
    )
    for currency in currencies.split()
}
"""As the service writes amounts; of other currencies it takes about as much as half a dollar."""
_NAMESPACE: Final = UUID("6f5c1f0e-6a5e-5b7e-9a0f-2b8a5d1c7e43")
"""Under which the keys of what is booked are derived from the service's own ids, so that nothing is booked twice."""


class Status(StrEnum):
    """Where a payment stands at the service, in our words."""

    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class RefundFact:
    """A refund as the service tells it; `ours` is the id we gave it, blank where somebody made it at the service."""

    service_id: str
    amount_minor: int
    status: str
    """pending, succeeded, failed or canceled."""
    ours: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """What the payer's bank took back and what it returned, and what the service asks for it; all above 0."""

    service_id: str
    taken_minor: int
    returned_minor: int
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the service says of one payment at one time, in our minor units."""

    service_id: str
    """Blank while nobody has paid on its page, nor tried to."""
    status: Status
    currency: str
    received_minor: int = 0
    charge_id: str = ""
    fee_minor: int = 0
    fee_currency: str = ""
    message: str = ""
    refunds: Sequence[RefundFact] = field(default_factory=tuple)
    disputes: Sequence[DisputeFact] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Movement:
    """Something that moved money at the service: above 0 what came in. Known by its kind and the service's id."""

    kind: str
    service_id: str
    amount_minor: int


def movements_of(facts: Facts) -> list[Movement]:
    """Return what moved money by what the service says, in an order in which it can be booked."""
    found: list[Movement] = []
    if facts.received_minor:
        found.append(Movement("received", facts.service_id, facts.received_minor))
    if facts.fee_minor and facts.fee_currency == facts.currency:
        found.append(Movement("fee", facts.charge_id, -facts.fee_minor))
    for refund in sorted(facts.refunds, key=lambda each: each.service_id):
        # One that fails after all had left before, and comes back.
        if refund.status in ("succeeded", "failed_after_success"):
            found.append(Movement("refunded", refund.service_id, -refund.amount_minor))
        if refund.status == "failed_after_success":
            found.append(Movement("refund_returned", refund.service_id, refund.amount_minor))
    for dispute in sorted(facts.disputes, key=lambda each: each.service_id):
        if dispute.taken_minor:
            found.append(Movement("disputed", dispute.service_id, -dispute.taken_minor))
        if dispute.fee_minor:
            found.append(Movement("fee", dispute.service_id, -dispute.fee_minor))
        if dispute.returned_minor:
            found.append(Movement("dispute_won", dispute.service_id, dispute.returned_minor))
    return found


def key_of(kind: str, service_id: str) -> UUID:
    """Return the key under which a movement is booked, the same whenever and however often it is told."""
    return uuid.uuid5(_NAMESPACE, f"{kind} {service_id}")


def to_service(amount_minor: int, currency: str) -> int:
    """Return an amount as the service writes it. Raises ValueError for one that it cannot take."""
    if currency in _HUNDREDFOLD:
        return amount_minor * 100
    if amount_minor % limits_of(currency).step_minor:
        raise ValueError(f"{currency} is paid in steps of 10 minor units there")
    return amount_minor


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service takes of a currency at once, in our minor units: from the least to the most, in steps."""

    least_minor: int
    most_minor: int
    step_minor: int


def limits_of(currency: str) -> Limits:
    """Return between what an amount has to lie, so that `refusal_of` has nothing against it.

    Source: Stripe, supported currencies, minimum and maximum charge amounts.
    """
    counted = 100 if currency in _HUNDREDFOLD else 1
    step = 10 if exponent(currency) == 3 and counted == 1 else 1
    least, most = -(-_LEAST.get(currency, 1) // counted), _MOST // counted
    return Limits(-(-least // step) * step, most // step * step, step)


class Refusal(StrEnum):
    """Why the service does not take an amount."""

    STEPS = "steps"
    TOO_LITTLE = "too_little"
    TOO_MUCH = "too_much"


def refusal_of(amount_minor: int, currency: str) -> Refusal | None:
    """Return why an amount cannot be paid through the service; None: it can. What it refuses besides it says itself."""
    limits = limits_of(currency)
    if amount_minor % limits.step_minor:
        return Refusal.STEPS
    if amount_minor > limits.most_minor:
        return Refusal.TOO_MUCH
    return Refusal.TOO_LITTLE if amount_minor < limits.least_minor else None


@dataclass(frozen=True, slots=True)
class PartToPay:
    """A part of an invoice that is open: `amount_minor` pays it, and every part before it."""

    due_on: date
    amount_minor: int


def parts_to_pay(parts: Sequence[tuple[date, int]], under_way_minor: int) -> list[PartToPay]:
    """Return what parts leave to be paid, given what is open of each by its day, while some is under way already.

    Money fills the parts in the order of their days, and so does what is under way.
    """
    found: list[PartToPay] = []
    sum_minor = -under_way_minor
    for due_on, open_minor in sorted(parts):
        sum_minor += open_minor
        if open_minor > 0 and sum_minor > 0:
            found.append(PartToPay(due_on, sum_minor))
    return found


def from_service(amount: int, currency: str) -> int:
    """Return an amount of the service in our minor units."""
    return amount // 100 if currency in _HUNDREDFOLD else amount


def wait_after(attempts: int) -> int:
    """Return how many seconds to wait before trying again after so many failures: more each time, at most six hours."""
    return min(21_600, 15 << min(attempts, 12))
