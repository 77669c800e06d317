"""Carrying over what an old workbook ends with: previewed, confirmed by a second person, booked, undone whole."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from licensing.billing.services import take_carried_back
from licensing.cutover.lifecycle import OPENING_LIFECYCLE
from licensing.cutover.models import Cutover, Opening, OpeningDifference, OpeningFile, OpeningState
from licensing.cutover.policies import CONFIRM_OPENING, OPENING_DECISION, PREVIEW_OPENING, UNDO_OPENING
from licensing.cutover.selectors import get_opening, known_to, live_closes, what_is_here
from licensing.cutover.services.carrying import (
    book_balances,
    carried_invoices,
    carry_invoices,
    hold_records,
    record_money,
    require_no_drafts,
    require_nothing_on_top,
    take_receipts_back,
)
from licensing.cutover.tables import LARGEST_FILE, MOST_FILES, read_tables
from licensing.cutover.telling import read_back, written
from licensing.cutover.tying import Difference, differences, new_receipts
from licensing.distribution.earlier.services import NewEarlierShare, carry_shares
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.identity.role_plan import Place, require_second_person
from platform_core.ids import new_id
from platform_core.ledger.models import Entry
from platform_core.ledger.services import reverse_entry
from platform_core.problems import Conflict, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def preview_opening(*, actor: Actor, cutover_id: UUID, files: Sequence[tuple[str, Path]]) -> Opening:
    """Read what is to be carried over and set it beside what is here; nothing is booked.

    The same again, however it is saved, is answered with what is there. Once something was booked, anything else is
    refused. Raises WorkbookRejected with every mistake by file, sheet, row and column.
    """
    cutover = get_visible(Cutover, cutover_id, actor=actor, for_change=True)
    require(actor, PREVIEW_OPENING, cutover)
    if not 1 <= len(files) <= MOST_FILES:
        raise invalid("/files", "bad_count", f"Send between 1 and {MOST_FILES} files.")
    if any(path.stat().st_size > LARGEST_FILE for _, path in files):
        raise invalid("/files", "too_large", f"A file has at most {LARGEST_FILE // 2**20} MB.")
    current = Opening.objects.filter(cutover=cutover, state__in=(OpeningState.PREVIEWED, OpeningState.BOOKED)).first()
    is_booked = current is not None and current.state == OpeningState.BOOKED
    read = read_tables(files, known_to(cutover, actor=actor, but=current if is_booked else None))
    told = written(read.carried)
    sha256 = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    if current is not None and is_booked:
        if current.sha256 == sha256:
            return current
        raise Conflict("Something else was carried over: undo that first, as long as nothing was booked on top.")
    found = differences(read.carried, what_is_here(cutover, actor=actor))
    if current is not None:
        if current.sha256 == sha256 and _stored(current) == [_row(each) for each in found]:
            return current
        current.state = OPENING_LIFECYCLE.after("supersede", current=OpeningState(current.state))
        current.save(update_fields=["state"])
    last = Opening.objects.filter(cutover=cutover).order_by("-number").first()
    opening = Opening.objects.create(
        cutover=cutover,
        number=last.number + 1 if last else 1,
        carried=told,
        sha256=sha256,
        previewed_at=actor.clock.now(),
        previewed_by_id=actor.person_id,
    )
    OpeningFile.objects.bulk_create(
        OpeningFile(
            opening=opening, position=position, name=name[:255], sha256=kept["sha256"], content=path.read_bytes()
        )
        for position, ((name, path), kept) in enumerate(zip(files, read.files, strict=True), start=1)
    )
    OpeningDifference.objects.bulk_create(
        OpeningDifference(
            opening=opening,
            position=position,
            tie=each.tie,
            name=each.name,
            currency=each.currency,
            left_minor=each.left,
            right_minor=each.right,
            amount_minor=each.amount,
            cause=each.cause,
            hinders=each.hinders,
            facts=dict(each.facts),
        )
        for position, each in enumerate(found, start=1)
    )
    record_event("opening.previewed", actor=actor, subject=opening, changes={"sha256": (None, sha256)})
    announce(opening)
    return opening


@transaction.atomic
def confirm_opening(*, actor: Actor, opening_id: UUID, sha256: str) -> Opening:
    """Book what is carried over, all of it or nothing, as a second person who looked at just this.

    Refused while anything does not tie, with the number of such differences; what was booked is answered as it is.
    """
    seen = get_opening(opening_id, actor=actor)
    cutover = get_visible(Cutover, seen.cutover_id, actor=actor, for_change=True)
    opening = get_opening(opening_id, actor=actor, for_change=True)
    require(actor, CONFIRM_OPENING, opening)
    if opening.sha256 != sha256:
        raise Conflict("This is not what you looked at: look at the latest preview, and confirm that.")
    if opening.state == OpeningState.BOOKED:
        return opening
    state = OPENING_LIFECYCLE.after("book", current=OpeningState(opening.state))
    programme = cutover.programme
    place = Place(programme.alliance_id, programme.operating_entity)
    require_second_person(OPENING_DECISION, actor=actor, beside=[opening.previewed_by_id], place=place)
    last_day = cutover.on_day - timedelta(days=1)
    if today(actor.clock, programme.alliance.zone) < last_day:
        raise WrongState(f"What is carried over is booked from {last_day} on: that day has not come yet.")
    carried = read_back(opening.carried)
    # Nobody bills, settles, records receipts or distributes from here on, so that what is here stays as it is read.
    hold_records(cutover)
    require_no_drafts(cutover)
    here = what_is_here(cutover, actor=actor)
    found = differences(carried, here)
    if [_row(each) for each in found] != _stored(opening):
        raise Conflict("Records changed since this was previewed: preview it again, and look at what differs now.")
    if hindering := sum(1 for each in found if each.hinders):
        raise Conflict(f"{hindering} figures do not tie: correct the tables or the records, and preview them again.")

    opening.state = state
    opening.confirmed_at, opening.confirmed_by_id = actor.clock.now(), actor.person_id
    record_money(actor=actor, programme=programme, rows=new_receipts(carried, here), on=last_day)
    shares = [NewEarlierShare(row.period, row.payee, row.amount) for row in carried.distributed if row.amount]
    if shares:
        carry_shares(actor=actor, programme_id=programme.pk, shares=shares)
    booked = [
        *carry_invoices(actor=actor, cutover=cutover, rows=carried.invoices, on=last_day),
        *book_balances(actor=actor, opening=opening, programme=programme, rows=carried.balances, on=last_day),
    ]
    opening.last_entry = max(booked, key=lambda entry: entry.number) if booked else None
    opening.save(update_fields=["state", "confirmed_at", "confirmed_by", "last_entry"])
    record_event(
        "opening.booked",
        actor=actor,
        subject=opening,
        changes={"entries": (None, len(booked)), "invoices": (None, len(carried.invoices))},
    )
    announce(opening)
    return opening


@transaction.atomic
def undo_opening(*, actor: Actor, opening_id: UUID, reason: str) -> Opening:
    """Take back all that was carried over, as long as nothing was booked on top of it.

    Entries are reversed, invoices taken back, and receipts and shares given the other sign; then it is previewed anew.
    """
    seen = get_opening(opening_id, actor=actor)
    cutover = get_visible(Cutover, seen.cutover_id, actor=actor, for_change=True)
    opening = get_opening(opening_id, actor=actor, for_change=True)
    require(actor, UNDO_OPENING, opening)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    state = OPENING_LIFECYCLE.after("undo", current=OpeningState(opening.state))
    if live_closes(cutover.programme_id, cutover.on_day).exists():
        raise WrongState("A close from the cut-over day on is approved: what it began with stays.")
    programme = cutover.programme
    hold_records(cutover)
    invoices = list(carried_invoices(programme))
    entries = list(Entry.objects.filter(subject_type=Opening._meta.label_lower, subject_id=opening.pk, reverses=None))
    require_nothing_on_top(opening, [*entries, *(each.entry for each in invoices if each.entry is not None)])
    carried = read_back(opening.carried)
    last_day = cutover.on_day - timedelta(days=1)
    shares = [NewEarlierShare(row.period, row.payee, -row.amount) for row in carried.distributed if row.amount]
    if shares:
        carry_shares(actor=actor, programme_id=programme.pk, shares=shares)
    take_receipts_back(actor=actor, cutover=cutover)
    take_carried_back(
        actor=actor,
        programme_id=programme.pk,
        invoice_ids=[invoice.pk for invoice in invoices],
        effective_on=last_day,
        reason=reason,
    )
    for entry in entries:
        reverse_entry(
            actor=actor, entry_id=entry.pk, key=new_id(), effective_on=last_day, subject=opening, memo=reason.strip()
        )
    opening.state, opening.reason = state, reason.strip()
    opening.undone_at, opening.undone_by_id = actor.clock.now(), actor.person_id
    opening.save(update_fields=["state", "reason", "undone_at", "undone_by"])
    record_event("opening.undone", actor=actor, subject=opening, changes={"reason": (None, opening.reason)})
    announce(opening)
    return opening


def _row(each: Difference) -> tuple[object, ...]:
    return each.tie.value, each.name, each.currency, each.left, each.right, each.cause.value, dict(each.facts)


def _stored(opening: Opening) -> list[tuple[object, ...]]:
    rows = opening.differences.order_by("position")
    return [(row.tie, row.name, row.currency, row.left_minor, row.right_minor, row.cause, row.facts) for row in rows]
