"""Applying for a licence, saying that the application is there, and ending a dealing from which nothing came."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence, LicenceState
from licensing.agreements.services import cancel_licence
from licensing.dealings.calculation import ACKNOWLEDGE_WITHIN, OFFER_WITHIN
from licensing.dealings.kinds import APPLICATION
from licensing.dealings.lifecycle import DEALING_LIFECYCLE, OFFER_LIFECYCLE, DealingState, OfferState
from licensing.dealings.models import ConductKind, Dealing, Offer, Side
from licensing.dealings.moving import (
    MOVED,
    check_text,
    day_of,
    dealing_of_office,
    dealing_of_side,
    keep_conduct,
    tell_other_side,
    turn_to,
    turn_to_nobody,
)
from licensing.dealings.policies import APPLY_FOR_LICENCE
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.problems import Conflict, NotAllowed, Problem
from platform_core.realtime.services import announce

_HAS_ONE = (LicenceState.IN_FORCE, LicenceState.SUSPENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What a prospect applies for: what it makes, how much of it, where; and whom to speak to."""

    products: str
    contact: str
    volumes: str = ""
    territory: str = ""
    message: str = ""


@transaction.atomic
def apply_for_licence(*, actor: Actor, programme_id: UUID, application: Application) -> Dealing:
    """Apply for a licence under a programme for one's own organisation; the alliance's office alone is told."""
    programme = get_visible(Programme, programme_id, actor=actor, along=["alliance"])
    require(actor, APPLY_FOR_LICENCE, programme)
    if actor.organisation_id is None or actor.user_id is None:
        raise NotAllowed("Apply from a seat at the organisation that wants the licence.")
    checks = Checks()
    check_text(checks, "products", application.products)
    for field in ("volumes", "territory", "message"):
        check_text(checks, field, getattr(application, field), needed=False)
    checks.text("contact", application.contact)
    checks.refuse()
    held = Licence.objects.filter(programme=programme, licensee=actor.organisation_id, state__in=_HAS_ONE).first()
    if held is not None:
        raise Conflict(f"Your organisation has licence {held.code} under this programme already.")
    now = actor.clock.now()
    with told_as(_PROBLEMS):
        dealing = Dealing.objects.create(
            programme=programme,
            prospect_id=actor.organisation_id,
            products=application.products.strip(),
            volumes=application.volumes.strip(),
            territory=application.territory.strip(),
            message=application.message.strip(),
            contact=application.contact.strip(),
            applied_at=now,
            applied_by_id=actor.user_id,
            moved_at=now,
            turn=Side.OFFICE,
            next_by=today(actor.clock, programme.alliance.zone) + timedelta(days=ACKNOWLEDGE_WITHIN),
        )
    turn_to(actor, dealing, Side.OFFICE, APPLICATION, dealing.next_by)
    keep_conduct(actor, dealing, Side.PROSPECT, ConductKind.APPLIED)
    record_event("dealing.applied", actor=actor, subject=dealing, changes={"state": (None, dealing.state)})
    tell_other_side(actor, dealing, Side.PROSPECT, "dealing.applied")
    announce(dealing)
    return dealing


@transaction.atomic
def acknowledge_application(*, actor: Actor, dealing_id: UUID) -> Dealing:
    """Let whoever applied know that the office has the application and will answer."""
    dealing = dealing_of_office(actor, dealing_id)
    before = DealingState(dealing.state)
    dealing.state = DEALING_LIFECYCLE.after("acknowledgement", current=before)
    dealing.acknowledged_at = actor.clock.now()
    turn_to(actor, dealing, Side.OFFICE, APPLICATION, day_of(actor, dealing) + timedelta(days=OFFER_WITHIN))
    dealing.save(update_fields=["acknowledged_at", *MOVED])
    keep_conduct(actor, dealing, Side.OFFICE, ConductKind.ACKNOWLEDGED)
    record_event("dealing.acknowledged", actor=actor, subject=dealing, changes={"state": (before, dealing.state)})
    tell_other_side(actor, dealing, Side.OFFICE, "dealing.acknowledged")
    announce(dealing)
    return dealing


@transaction.atomic
def close_dealing(*, actor: Actor, dealing_id: UUID, reason: str) -> Dealing:
    """End a dealing from which no licence came, and say why; either side may."""
    dealing, side = dealing_of_side(actor, dealing_id)
    checks = Checks()
    check_text(checks, "reason", reason)
    checks.refuse()
    before = DealingState(dealing.state)
    dealing.state = DEALING_LIFECYCLE.after("ending", current=before)
    if dealing.licence is not None:
        if side is not Side.OFFICE:
            raise Conflict("A contract is drawn up: the office ends it.")
        if dealing.licence.state != LicenceState.CANCELLED:
            cancel_licence(actor=actor, licence_id=dealing.licence.pk, course_id=dealing.pk)
    now = actor.clock.now()
    for offer in Offer.objects.filter(dealing=dealing, state=OfferState.OPEN):
        offer.state = OFFER_LIFECYCLE.after("drop", current=OfferState.OPEN)
        offer.answered_at = now
        offer.save(update_fields=["state", "answered_at"])
    dealing.closed_at, dealing.closed_by_side, dealing.close_reason = now, side, reason.strip()
    turn_to_nobody(actor, dealing)
    dealing.save(update_fields=["closed_at", "closed_by_side", "close_reason", *MOVED])
    keep_conduct(actor, dealing, side, ConductKind.CLOSED, text=reason.strip())
    record_event("dealing.closed", actor=actor, subject=dealing, changes={"state": (before, dealing.state)})
    tell_other_side(actor, dealing, side, "dealing.closed")
    announce(dealing)
    return dealing


_PROBLEMS: dict[str, Problem] = {
    "dealing_one_at_a_time": Conflict("Your organisation has applied under this programme already."),
}
