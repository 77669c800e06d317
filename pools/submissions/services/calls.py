"""Writing calls for patents, publishing them, and bringing them to an end."""

from datetime import date
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits
from platform_core.clock import today
from platform_core.problems import WrongState, invalid
from platform_core.realtime.services import announce
from pools.composition.models import Pool, PoolState
from pools.composition.services import take_pool_step
from pools.submissions.calculation import SHORTEST_CALL_DAYS, earliest_end
from pools.submissions.lifecycle import CALL_LIFECYCLE
from pools.submissions.models import Call, CallAudience, CallState
from pools.submissions.policies import CALL_FOR_PATENTS, EDIT_CALL
from pools.submissions.selectors import get_call
from pools.submissions.texts import check_long_text

_ENDING = (PoolState.CLOSING.value, PoolState.CLOSED.value)


class CallEdits(TypedDict, total=False):
    """What may be changed of a draft."""

    audience: CallAudience
    title_zh: str
    title_en: str
    standard: str
    text_zh: str
    text_en: str
    opens_on: date | None
    submit_by_on: date | None
    evaluation_days: int
    reevaluation_days: int
    appeal_days: int


@transaction.atomic
def draft_call(*, actor: Actor, pool_id: UUID, **given: Unpack[CallEdits]) -> Call:
    """Write the draft of a pool's next call for patents."""
    pool = get_visible(Pool, pool_id, actor=actor, for_change=True)
    require(actor, CALL_FOR_PATENTS, pool)
    last = pool.calls.order_by("-number").first()
    call = Call(pool=pool, number=(last.number if last else 0) + 1, created_at=actor.clock.now())
    apply_edits(call, given)
    _check(call)
    call.save(force_insert=True)
    record_event("call.drafted", actor=actor, subject=call, changes={"title": (None, str(call))})
    announce(pool, part=call)
    return call


@transaction.atomic
def edit_call(*, actor: Actor, call_id: UUID, **edits: Unpack[CallEdits]) -> Call:
    """Change a draft; what is published stays as it is."""
    call = get_call(call_id, actor=actor, for_change=True)
    require(actor, EDIT_CALL, call)
    if call.state != CallState.DRAFT:
        raise WrongState("Only a draft is changed: of a published call the last day may be moved to a later one.")
    changes = apply_edits(call, edits)
    _check(call)
    if changes:
        call.save(update_fields=list(changes))
        # The texts themselves are too long for the record; which ones changed is told.
        told = {name: (None, "changed") if name.startswith("text") else change for name, change in changes.items()}
        record_event("call.edited", actor=actor, subject=call, changes=told)
        announce(call)
    return call


@transaction.atomic
def publish_call(*, actor: Actor, call_id: UUID) -> Call:
    """Publish a call: its text is fixed, and patents are taken from its first day on; a pool that was an idea opens."""
    seen = get_call(call_id, actor=actor)
    require(actor, EDIT_CALL, seen)
    # The pool first, as wherever both are locked.
    pool = get_visible(Pool, seen.pool_id, actor=actor, for_change=True)
    call = get_call(call_id, actor=actor, for_change=True)
    require(actor, EDIT_CALL, call)
    state = CALL_LIFECYCLE.after("publication", current=CallState(call.state))
    if pool.state in _ENDING:
        raise WrongState("This pool comes to its end: no more patents are called for.")
    day = today(actor.clock, pool.alliance.zone)
    if call.opens_on is None:
        raise invalid("/opens_on", "required", "Name the first day on which patents are taken.")
    if call.opens_on < day:
        raise invalid("/opens_on", "past", "A call opens today or later.")
    if call.submit_by_on is not None and call.submit_by_on < earliest_end(call.opens_on):
        raise invalid(
            "/submit_by_on",
            "too_short",
            f"A call is open for {SHORTEST_CALL_DAYS} days at least: until {earliest_end(call.opens_on)} or later.",
        )
    if not (call.text_zh or call.text_en):
        raise invalid("/text_zh", "required", "Say what is called for before publishing.")
    call.state = state
    call.published_at = actor.clock.now()
    call.published_by_id = actor.user_id
    call.save(update_fields=["state", "published_at", "published_by"])
    record_event(
        "call.published",
        actor=actor,
        subject=call,
        changes={"state": (CallState.DRAFT, state), "opens_on": (None, call.opens_on)},
    )
    announce(call)
    announce(pool, part=call)
    if pool.state == PoolState.IDEA:
        take_pool_step(actor=actor, pool_id=pool.pk, step="open call")
    return call


@transaction.atomic
def extend_call(*, actor: Actor, call_id: UUID, submit_by_on: date | None) -> Call:
    """Move the last day of a published call to a later one, or leave it open; never to an earlier one."""
    call = get_call(call_id, actor=actor, for_change=True)
    require(actor, EDIT_CALL, call)
    if call.state != CallState.PUBLISHED:
        raise WrongState("Only a published call is extended.")
    before = call.submit_by_on
    if before is None or (submit_by_on is not None and submit_by_on <= before):
        raise invalid("/submit_by_on", "earlier", "Owners count on the day that was published: name a later one.")
    call.submit_by_on = submit_by_on
    call.save(update_fields=["submit_by_on"])
    record_event("call.extended", actor=actor, subject=call, changes={"submit_by_on": (before, submit_by_on)})
    announce(call)
    return call


@transaction.atomic
def close_call(*, actor: Actor, call_id: UUID) -> Call:
    """Close a call that is over, or that has no last day; what was submitted goes on."""
    call = get_call(call_id, actor=actor, for_change=True)
    require(actor, EDIT_CALL, call)
    before = CallState(call.state)
    state = CALL_LIFECYCLE.after("closing", current=before)
    day = today(actor.clock, call.pool.alliance.zone)
    if call.submit_by_on is not None and day <= call.submit_by_on:
        raise WrongState(f"Patents are taken until {call.submit_by_on}: owners count on that day.")
    call.state = state
    call.save(update_fields=["state"])
    record_event("call.closed", actor=actor, subject=call, changes={"state": (before, state)})
    announce(call)
    return call


def _check(call: Call) -> None:
    checks = Checks()
    checks.text("title_zh", call.title_zh, needed=not call.title_en.strip())
    checks.text("title_en", call.title_en, needed=False)
    checks.text("standard", call.standard)
    for name in ("text_zh", "text_en"):
        check_long_text(checks, name, getattr(call, name))
    checks.days("submit_by_on", call.opens_on, call.submit_by_on)
    for name in ("evaluation_days", "reevaluation_days", "appeal_days"):
        if not 1 <= getattr(call, name) <= 730:
            checks.wrong(name, "no_limit", "A time limit is of 1 to 730 days.")
    checks.refuse()
