"""What a licensee states it used and pays, and what the owner says to it: each with its paper and its day."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from licensing.openlicences.calculation import royalty
from licensing.openlicences.models import OpenLicence, OpenLicenceState, OpenPayment, OpenStatement
from licensing.openlicences.policies import CONFIRM_OPEN_PAYMENT, STATE_OPEN_ROYALTIES
from licensing.openlicences.selectors import (
    COUNTED,
    current_statements,
    get_open_licence,
    owes,
    periods_over,
)
from licensing.openlicences.services.taking import begin_licence
from licensing.openlicences.services.telling import tell_licensee, tell_owner
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, checked_text
from platform_core.clock import today
from platform_core.documents.selectors import paper_on
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce

_LARGEST = 10**15


@transaction.atomic
def state_royalty(
    *, actor: Actor, licence_id: UUID, period_from: date, base_minor: int, document_id: UUID
) -> OpenStatement:
    """State for the licensee what it used in a period that is over; stating it again replaces what was stated.

    The royalty is the base times the declared rate, rounded once to the minor unit.
    """
    licence = _owing(actor, licence_id)
    if not 0 <= base_minor <= _LARGEST:
        raise invalid("/base_minor", "out_of_range", "The base is zero or above.")
    day = today(actor.clock, licence.declaration.alliance.zone)
    period = next((one for one in periods_over(licence, day) if one.first == period_from), None)
    rate = licence.declaration.rate_percent
    if period is None or rate is None:
        raise invalid("/period_from", "no_period", "Name the first day of a period of this licence that is over.")
    before = next((one for one in current_statements(licence) if one.period_from == period_from), None)
    paper = paper_on(licence, document_id, actor=actor)
    stated = OpenStatement.objects.create(
        licence=licence,
        period_from=period.first,
        period_to=period.last,
        base_minor=base_minor,
        rate_percent=rate,
        royalty_minor=royalty(base_minor, rate),
        due_on=period.last + timedelta(days=licence.declaration.pays_within_days or 0),
        document=paper,
        replaces=before,
        stated_at=actor.clock.now(),
        stated_by_id=actor.user_id,
    )
    record_event(
        "open_statement.stated",
        actor=actor,
        subject=stated,
        changes={
            "period_from": (None, period.first),
            "period_to": (None, period.last),
            "base_minor": (None if before is None else before.base_minor, base_minor),
            "royalty_minor": (None if before is None else before.royalty_minor, stated.royalty_minor),
        },
    )
    announce(licence, part=stated)
    tell_owner(actor=actor, licence=licence, kind="open_licence.stated")
    return stated


@transaction.atomic
def advise_payment(
    *,
    actor: Actor,
    licence_id: UUID,
    amount_minor: int,
    paid_on: date,
    document_id: UUID,
    period_from: date | None = None,
) -> OpenPayment:
    """Advise the owner of a payment with its proof; once the sum after the notice is paid, the licence is in force."""
    licence = _owing(actor, licence_id)
    checks = Checks()
    if not 0 < amount_minor <= _LARGEST:
        checks.wrong("amount_minor", "out_of_range", "What was paid is above zero.")
    if paid_on > today(actor.clock, licence.declaration.alliance.zone):
        checks.wrong("paid_on", "in_the_future", "Note what has happened, on its day.")
    elif licence.noticed_on is not None and paid_on < licence.noticed_on:
        checks.wrong("paid_on", "too_early", f"This must be on or after {licence.noticed_on}.")
    checks.refuse()
    _check_for(licence, period_from)
    paper = paper_on(licence, document_id, actor=actor)
    paid = OpenPayment.objects.create(
        licence=licence,
        period_from=period_from,
        amount_minor=amount_minor,
        paid_on=paid_on,
        proof=paper,
        advised_at=actor.clock.now(),
        advised_by_id=actor.user_id,
    )
    record_event(
        "open_payment.advised",
        actor=actor,
        subject=paid,
        changes={"amount_minor": (None, amount_minor), "paid_on": (None, paid_on)},
    )
    announce(licence, part=paid)
    tell_owner(actor=actor, licence=licence, kind="open_licence.paid")
    if period_from is None and licence.state == OpenLicenceState.NOTICED:
        _begin_once_paid(actor, licence)
    return paid


@transaction.atomic
def confirm_payment(*, actor: Actor, payment_id: UUID, received_on: date, document_id: UUID) -> OpenPayment:
    """Confirm for the owner that a payment came, by the paper that shows it."""
    licence, paid = _undecided(actor, payment_id)
    checks = Checks()
    if received_on > today(actor.clock, licence.declaration.alliance.zone):
        checks.wrong("received_on", "in_the_future", "Note what has happened, on its day.")
    elif received_on < paid.paid_on:
        checks.wrong("received_on", "too_early", f"This must be on or after {paid.paid_on}.")
    checks.refuse()
    paid.received_on, paid.receipt = received_on, paper_on(licence, document_id, actor=actor)
    paid.confirmed_by_id = actor.user_id
    paid.save(update_fields=["received_on", "receipt", "confirmed_by"])
    record_event("open_payment.confirmed", actor=actor, subject=paid, changes={"received_on": (None, received_on)})
    announce(licence, part=paid)
    tell_licensee(actor=actor, licence=licence, kind="open_licence.received")
    if paid.period_from is None and licence.state == OpenLicenceState.NOTICED:
        _begin_once_paid(actor, licence)
    return paid


@transaction.atomic
def contest_payment(*, actor: Actor, payment_id: UUID, reason: str) -> OpenPayment:
    """Say for the owner that a payment did not come, or not whole, and why; a receipt later settles it."""
    licence, paid = _undecided(actor, payment_id)
    if paid.contested_on is not None:
        raise WrongState("This payment is contested already.")
    paid.contest_reason = checked_text("reason", reason, longest=500)
    paid.contested_on = today(actor.clock, licence.declaration.alliance.zone)
    paid.save(update_fields=["contested_on", "contest_reason"])
    record_event("open_payment.contested", actor=actor, subject=paid, changes={"reason": (None, paid.contest_reason)})
    announce(licence, part=paid)
    tell_licensee(actor=actor, licence=licence, kind="open_licence.contested")
    return paid


def _owing(actor: Actor, licence_id: UUID) -> OpenLicence:
    licence = get_open_licence(licence_id, actor=actor, for_change=True)
    require(actor, STATE_OPEN_ROYALTIES, licence)
    if not owes(licence):
        raise WrongState("Nothing is stated or paid under this licence.", current=licence.state)
    return licence


def _undecided(actor: Actor, payment_id: UUID) -> tuple[OpenLicence, OpenPayment]:
    """Lock a payment and its licence, the licence first as whoever advises one does, for the owner to decide.

    What was paid is decided on whatever became of the licence: money that came is to be given back, or not.
    """
    seen = get_visible(OpenPayment, payment_id, actor=actor)
    licence = get_open_licence(seen.licence_id, actor=actor, for_change=True)
    require(actor, CONFIRM_OPEN_PAYMENT, licence)
    paid = get_visible(OpenPayment, payment_id, actor=actor, for_change=True)
    if paid.received_on is not None:
        raise WrongState("This payment is confirmed already.")
    return licence, paid


def _check_for(licence: OpenLicence, period_from: date | None) -> None:
    """Refuse a payment for what is not owed under the licence."""
    if period_from is None:
        if licence.sum_minor is None:
            raise invalid("/period_from", "required", "Name the period that is paid: no sum is due after the notice.")
        return
    if not any(one.period_from == period_from for one in current_statements(licence)):
        raise Conflict("State what was used in that period first, so that both sides know what is paid.")


def _begin_once_paid(actor: Actor, licence: OpenLicence) -> None:
    """Put a licence in force from the day on which what was paid reached the sum that was due with the notice."""
    if licence.sum_minor is None or licence.noticed_on is None:
        return
    together = 0
    for row in OpenPayment.objects.filter(COUNTED, licence=licence, period_from=None).order_by("paid_on", "pk"):
        together += row.amount_minor
        if together >= licence.sum_minor:
            begin_licence(actor=actor, licence=licence, in_force_from=max(row.paid_on, licence.noticed_on))
            return
