"""Taking a licence from draft to force to its end, and what is agreed about its price once it is signed."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from licensing.agreements.lifecycle import LICENCE_LIFECYCLE
from licensing.agreements.models import KEPT_STATES, PARTY_STATES, Licence, LicenceState
from licensing.agreements.policies import EDIT_LICENCE, GIVE_UP_PRICE, READ_LICENCE, READ_LICENCE_DATES
from licensing.agreements.services.licences import (
    check_ceiling,
    licence_to_change,
    published_version,
    require_signed_by_today,
)
from licensing.agreements.services.prices import require_price_that_can_be_kept, require_rise_within_ceiling
from licensing.terms.selectors import terms_in_force
from licensing.terms.services import hold_prices
from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits
from platform_core.clock import today
from platform_core.conflicts.limits import tell_those_apart
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def send_licence(*, actor: Actor, licence_id: UUID) -> Licence:
    """Send a drafted licence to the licensee for signature."""
    return _step(actor, licence_to_change(actor=actor, licence_id=licence_id), "send", "licence.sent")


@transaction.atomic
def sign_licence(
    *,
    actor: Actor,
    licence_id: UUID,
    signed_on: date,
    terms_version_id: UUID | None = None,
    course_id: UUID | None = None,
) -> Licence:
    """Record the licensee's signature and the terms signed: those in force that day, unless others are named.

    `course_id` is the record in whose course it is signed, where only that may.
    """
    hold_prices(get_visible(Licence, licence_id, actor=actor).programme_id)
    licence = licence_to_change(actor=actor, licence_id=licence_id, course_id=course_id)
    require_signed_by_today(actor=actor, programme=licence.programme, signed_on=signed_on)
    version = (
        terms_in_force(licence.programme_id, signed_on)
        if terms_version_id is None
        else published_version(licence.programme, terms_version_id)
    )
    if version is None:
        raise Conflict(f"No terms of the programme were in force on {signed_on}. Publish them, or name a version.")
    signed = _step(actor, licence, "sign", "licence.signed", signed_on=signed_on, terms_version_id=version.pk)
    require_price_that_can_be_kept(signed, version)
    require_rise_within_ceiling(signed, version, signed_on)
    return signed


@transaction.atomic
def countersign_licence(
    *, actor: Actor, licence_id: UUID, starts_on: date | None = None, course_id: UUID | None = None
) -> Licence:
    """Countersign a signed licence, which puts it in force from its first day."""
    # The first day decides by which rates a ceiling is measured: no terms are published meanwhile.
    hold_prices(get_visible(Licence, licence_id, actor=actor).programme_id)
    licence = licence_to_change(actor=actor, licence_id=licence_id, course_id=course_id)
    if starts_on is None:
        return _step(actor, licence, "countersign", "licence.countersigned")
    done = _step(actor, licence, "countersign", "licence.countersigned", starts_on=starts_on)
    # From another day on other rates may hold than those the ceiling was checked with when it was signed.
    if done.terms_version is not None and done.signed_on is not None:
        require_rise_within_ceiling(done, done.terms_version, done.signed_on)
    return done


@transaction.atomic
def suspend_licence(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Suspend a licence; reports and royalties go on.

    `course_id` is the breach it is suspended for, whose notice was given and whose days are over: nobody suspends a
    licence for no reason that is on record. Lifting a suspension takes one person.
    """
    if course_id is None and actor.work != COMMAND_LINE:
        raise Conflict("A licence is suspended for a breach: give notice of one first.")
    return _step(
        actor,
        licence_to_change(actor=actor, licence_id=licence_id, course_id=course_id),
        "suspend",
        "licence.suspended",
    )


@transaction.atomic
def resume_licence(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Put a suspended licence in force again."""
    return _step(
        actor, licence_to_change(actor=actor, licence_id=licence_id, course_id=course_id), "resume", "licence.resumed"
    )


@transaction.atomic
def expire_licence(*, actor: Actor, licence_id: UUID) -> Licence:
    """Record that a licence's last day has passed."""
    licence = licence_to_change(actor=actor, licence_id=licence_id)
    if licence.ends_on is None or licence.ends_on >= today(actor.clock, licence.programme.alliance.zone):
        raise Conflict("The licence's last day has not passed. Terminate it to end it earlier.")
    return _step(actor, licence, "expire", "licence.expired")


@transaction.atomic
def plan_end_of_licence(
    *, actor: Actor, licence_id: UUID, last_day: date, ends_on: date, course_id: UUID | None = None
) -> Licence:
    """Record with which day a licence is ended before its time, and until when stock is sold off, reported and paid.

    `course_id` is the decision of two people that says so: nobody ends a licence alone.
    """
    licence = licence_to_change(actor=actor, licence_id=licence_id, course_id=_by_two(actor, course_id))
    if licence.state not in (LicenceState.IN_FORCE, LicenceState.SUSPENDED):
        raise WrongState("Only a licence in force, or a suspended one, is ended.", current=licence.state)
    was_party = _is_party(actor, licence)
    changes = apply_edits(licence, {"terminated_on": last_day, "ends_on": ends_on})
    checks = Checks()
    checks.days("ends_on", licence.starts_on, licence.terminated_on, same_allowed=True)
    checks.refuse()
    licence.save(update_fields=list(changes))
    record_event("licence.end_planned", actor=actor, subject=licence, changes=changes)
    announce(licence)
    announce(licence, to=READ_LICENCE_DATES)
    if was_party != _is_party(actor, licence):
        tell_those_apart(licence.programme.alliance_id)
    return licence


@transaction.atomic
def terminate_licence(
    *, actor: Actor, licence_id: UUID, ends_on: date | None = None, course_id: UUID | None = None
) -> Licence:
    """End a licence with the day that was planned, or with `ends_on`; past sums stay due.

    `course_id` is the decision of two people that says so: nobody ends a licence alone.
    """
    licence = licence_to_change(actor=actor, licence_id=licence_id, course_id=_by_two(actor, course_id))
    if ends_on is None:
        return _step(actor, licence, "terminate", "licence.terminated")
    if licence.ends_on is not None and licence.ends_on < ends_on:
        raise invalid("/ends_on", "too_late", f"The licence ends on {licence.ends_on} already.")
    return _step(actor, licence, "terminate", "licence.terminated", ends_on=ends_on)


def _by_two(actor: Actor, course_id: UUID | None) -> UUID | None:
    if course_id is None and actor.work != COMMAND_LINE:
        raise Conflict("A licence is ended by two people: propose its end.")
    return course_id


@transaction.atomic
def cancel_licence(*, actor: Actor, licence_id: UUID, course_id: UUID | None = None) -> Licence:
    """Give up a licence that never came into force."""
    return _step(
        actor, licence_to_change(actor=actor, licence_id=licence_id, course_id=course_id), "cancel", "licence.cancelled"
    )


def _step(actor: Actor, licence: Licence, step: str, event: str, **given: object) -> Licence:
    before, was_party = LicenceState(licence.state), _is_party(actor, licence)
    after = LICENCE_LIFECYCLE.after(step, current=before)
    changes = apply_edits(licence, {"state": after, **given})
    checks = Checks()
    checks.days("ends_on", licence.starts_on, licence.ends_on, same_allowed=True)
    checks.refuse()
    licence.save(update_fields=[column.removesuffix("_id") for column in changes])
    record_event(event, actor=actor, subject=licence, changes=changes)
    announce(licence)
    if {"starts_on", "ends_on"} & set(changes):
        announce(licence, to=READ_LICENCE_DATES)
    # From whom the office stands apart changes only where the licensee becomes a party, or is one no longer.
    if was_party != _is_party(actor, licence):
        tell_those_apart(licence.programme.alliance_id)
    return licence


def _is_party(actor: Actor, licence: Licence) -> bool:
    """Say whether the office stands apart from its licensee today."""
    ends_on = licence.ends_on
    return licence.state in PARTY_STATES and (
        ends_on is None or ends_on >= today(actor.clock, licence.programme.alliance.zone)
    )


@transaction.atomic
def agree_on_price(
    *, actor: Actor, licence_id: UUID, price_locked: bool, renewal_ceiling_percent: Decimal | None = None
) -> Licence:
    """Record what is agreed about the price of a licence that is signed: whether it is kept, and how far it may rise.

    A price is kept only where no version that is published bills the licence otherwise. What a licensee was promised
    only the licensee gives up: whoever publishes terms could else take the promise away first.
    """
    hold_prices(get_visible(Licence, licence_id, actor=actor).programme_id)
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    # Which of the permissions is lacking tells what was agreed, so that it is said to its readers alone.
    require(actor, READ_LICENCE, licence)
    given_up = (licence.price_locked and not price_locked) or _is_above(
        renewal_ceiling_percent, licence.renewal_ceiling_percent
    )
    promised = (price_locked and not licence.price_locked) or _is_above(
        licence.renewal_ceiling_percent, renewal_ceiling_percent
    )
    if given_up:
        require(actor, GIVE_UP_PRICE, licence)
    if promised or not given_up:
        require(actor, EDIT_LICENCE, licence)
    if licence.state not in KEPT_STATES or licence.terms_version is None:
        raise WrongState("The licence is not signed yet. Edit it instead.", current=licence.state)
    checks = Checks()
    check_ceiling(checks, renewal_ceiling_percent)
    checks.refuse()
    changes = apply_edits(licence, {"price_locked": price_locked, "renewal_ceiling_percent": renewal_ceiling_percent})
    require_price_that_can_be_kept(licence, licence.terms_version)
    if changes:
        licence.save(update_fields=list(changes))
        record_event("licence.price_agreed", actor=actor, subject=licence, changes=changes)
        announce(licence)
    return licence


def _is_above(one: Decimal | None, other: Decimal | None) -> bool:
    """Whether one ceiling leaves more room than another; none leaves all."""
    return other is not None and (one is None or one > other)
