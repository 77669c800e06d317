"""Offers of either side, each a version of its own, and the answers to them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.agreements.models import Standing
from licensing.dealings.calculation import GO_ON_WITHIN
from licensing.dealings.kinds import AGREED, APPLICATION, COUNTER_OFFER_REPLY, OFFER_REPLY, TALKS
from licensing.dealings.lifecycle import DEALING_LIFECYCLE, OFFER_LIFECYCLE, DealingState, OfferState
from licensing.dealings.models import ConductKind, Dealing, Offer, Side, TaxBearer, TaxPath
from licensing.dealings.moving import (
    MOVED,
    check_text,
    day_of,
    dealing_of_side,
    keep_conduct,
    other_side,
    person,
    tell_other_side,
    turn_to,
)
from licensing.terms.models import TermsState, TermsVersion
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.problems import Conflict, NotFound, WrongState
from platform_core.realtime.services import announce
from pools.composition.models import ListVersion

_LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffer:
    """An offer to make; `ends_on` is its last day in force, `reply_by` the last day on which it can be accepted."""

    list_version_id: UUID
    terms_version_id: UUID
    fee_basis: str
    starts_on: date
    reply_by: date
    tax_path: TaxPath
    tax_bearer: TaxBearer
    ends_on: date | None = None
    option: str = ""
    standing: Standing = Standing.COMPLIANT
    prices_include_tax: bool = False
    cure_days: int = 30
    run_off_days: int = 0
    conditions: str = ""


@transaction.atomic
def make_offer(*, actor: Actor, dealing_id: UUID, offer: NewOffer) -> Offer:
    """Make an offer, or one against the other side's; the first one is the office's. It is fixed once it is made."""
    dealing, side = dealing_of_side(actor, dealing_id)
    maker = person(actor)
    before = DealingState(dealing.state)
    after = DEALING_LIFECYCLE.after("offers", current=before)
    latest = Offer.objects.filter(dealing=dealing).order_by("-number").first()
    if latest is None and side is Side.PROSPECT:
        raise Conflict("The office makes the first offer.")
    _check(offer, today=day_of(actor, dealing))
    listed = ListVersion.objects.filter(pk=offer.list_version_id, pool=dealing.programme.pool_id).first()
    if listed is None:
        raise NotFound("There is no such published list of the programme's pool.")
    terms = TermsVersion.objects.filter(
        pk=offer.terms_version_id, programme=dealing.programme_id, state=TermsState.PUBLISHED
    ).first()
    if terms is None:
        raise NotFound("There is no such published version of this programme's terms.")
    _require_option(terms, offer.option)
    now = actor.clock.now()
    counters = None
    if latest is not None and latest.state == OfferState.OPEN:
        _answer(actor, latest, "replace" if latest.side == side else "counter")
        counters = latest if latest.side != side else None
    number = (Offer.objects.filter(dealing=dealing).aggregate(Max("number"))["number__max"] or 0) + 1
    made = Offer.objects.create(
        dealing=dealing,
        number=number,
        side=side,
        made_at=now,
        made_by_id=maker,
        list_version=listed,
        terms_version=terms,
        option=offer.option,
        standing=offer.standing,
        fee_basis=offer.fee_basis.strip(),
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
        prices_include_tax=offer.prices_include_tax,
        tax_path=offer.tax_path,
        tax_bearer=offer.tax_bearer,
        cure_days=offer.cure_days,
        run_off_days=offer.run_off_days,
        conditions=offer.conditions.strip(),
        reply_by=offer.reply_by,
    )
    answering = other_side(side)
    dealing.state, dealing.acknowledged_at = after, dealing.acknowledged_at or now
    kind = OFFER_REPLY if answering is Side.PROSPECT else COUNTER_OFFER_REPLY
    turn_to(actor, dealing, answering, kind, made.reply_by, offer=made)
    dealing.save(update_fields=["acknowledged_at", *MOVED])
    keep_conduct(actor, dealing, side, ConductKind.COUNTERED if counters else ConductKind.OFFERED, offer=made)
    record_event(
        "dealing.offered", actor=actor, subject=dealing, changes={"state": (before, after), "number": (None, number)}
    )
    tell_other_side(actor, dealing, side, "dealing.offered")
    announce(dealing)
    return made


@transaction.atomic
def accept_offer(*, actor: Actor, dealing_id: UUID, number: int) -> Offer:
    """Accept the other side's open offer, until its last day."""
    dealing, side = dealing_of_side(actor, dealing_id)
    before = DealingState(dealing.state)
    after = DEALING_LIFECYCLE.after("acceptance", current=before)
    offer = _open_offer(dealing, side, number)
    if offer.reply_by < day_of(actor, dealing):
        raise Conflict(f"This offer could be accepted until {offer.reply_by}. Make an offer of your own.")
    _answer(actor, offer, "accept")
    dealing.state, dealing.agreed_at = after, actor.clock.now()
    turn_to(actor, dealing, Side.OFFICE, AGREED, day_of(actor, dealing) + timedelta(days=GO_ON_WITHIN))
    dealing.save(update_fields=["agreed_at", *MOVED])
    keep_conduct(actor, dealing, side, ConductKind.ACCEPTED, offer=offer)
    record_event(
        "dealing.accepted", actor=actor, subject=dealing, changes={"state": (before, after), "number": (None, number)}
    )
    tell_other_side(actor, dealing, side, "dealing.accepted")
    announce(dealing)
    return offer


@transaction.atomic
def refuse_offer(*, actor: Actor, dealing_id: UUID, number: int, reason: str) -> Offer:
    """Refuse the other side's open offer, and say why; both may go on."""
    dealing, side = dealing_of_side(actor, dealing_id)
    checks = Checks()
    check_text(checks, "reason", reason)
    checks.refuse()
    before = DealingState(dealing.state)
    after = DEALING_LIFECYCLE.after("turning-down", current=before)
    offer = _open_offer(dealing, side, number)
    _answer(actor, offer, "refuse", reason=reason.strip())
    dealing.state = after
    # Whoever was refused says whether there is something else to offer.
    follows = other_side(side)
    kind = APPLICATION if follows is Side.OFFICE else TALKS
    turn_to(actor, dealing, follows, kind, day_of(actor, dealing) + timedelta(days=GO_ON_WITHIN))
    dealing.save(update_fields=MOVED)
    keep_conduct(actor, dealing, side, ConductKind.REFUSED, offer=offer, text=reason.strip())
    record_event("dealing.offer_refused", actor=actor, subject=dealing, changes={"number": (None, number)})
    tell_other_side(actor, dealing, side, "dealing.offer_refused")
    announce(dealing)
    return offer


def _check(offer: NewOffer, *, today: date) -> None:
    checks = Checks()
    checks.text("option", offer.option, needed=False)
    check_text(checks, "fee_basis", offer.fee_basis)
    check_text(checks, "conditions", offer.conditions, needed=False)
    checks.days("ends_on", offer.starts_on, offer.ends_on, same_allowed=True)
    if offer.reply_by <= today:
        checks.wrong("reply_by", "too_early", "Leave time to answer: name a day after today.")
    for field, least in (("cure_days", 1), ("run_off_days", 0)):
        if not least <= getattr(offer, field) <= _LONGEST_DAYS:
            checks.wrong(field, "out_of_range", f"Give {least} to {_LONGEST_DAYS} days.")
    checks.refuse()


def _require_option(terms: TermsVersion, option: str) -> None:
    if option and option not in tariff_options(terms):
        checks = Checks()
        checks.wrong("option", "unknown", "These terms have no such option.")
        checks.refuse()


def tariff_options(terms: TermsVersion) -> list[str]:
    """Return the options among which the tariff of some terms lets a licensee choose."""
    rates = terms.content.get("rates", [])
    found = {
        str(name)
        for rate in rates
        for name in ([rate["option"]] if isinstance(rate.get("option"), str) else rate.get("option") or ())
    }
    return sorted(found)


def _open_offer(dealing: Dealing, side: Side, number: int) -> Offer:
    offer = Offer.objects.filter(dealing=dealing, number=number).first()
    if offer is None:
        raise NotFound("There is no such offer in this dealing.")
    if offer.state != OfferState.OPEN:
        raise WrongState("This offer does not wait for an answer any more.", current=offer.state)
    if offer.side == side:
        raise Conflict("This offer is your own side's: the other side answers it.")
    return offer


def _answer(actor: Actor, offer: Offer, step: str, *, reason: str = "") -> None:
    offer.state = OFFER_LIFECYCLE.after(step, current=OfferState(offer.state))
    offer.answered_at, offer.answered_by_id, offer.reason = actor.clock.now(), actor.user_id, reason
    offer.save(update_fields=["state", "answered_at", "answered_by", "reason"])
