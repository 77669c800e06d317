"""Booking: what happened to money, once, in order, and for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require_each
from platform_core.checks import told_as
from platform_core.identity.models import OperatingEntity
from platform_core.ids import new_id
from platform_core.ledger.calculation import (
    BEFORE_THE_FIRST,
    LARGEST_MINOR,
    Content,
    Line,
    entry_hash,
    imbalances,
    reversed_lines,
)
from platform_core.ledger.models import Account, Entry, Posting
from platform_core.ledger.policies import POST_TO_ACCOUNT
from platform_core.ledger.selectors import content_of
from platform_core.ledger.services.holding import hold_books
from platform_core.models import Record
from platform_core.problems import Conflict, Problem, invalid

CLOSED: Final = "The books are closed through that day: let it take effect on a later day, or open them again."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to be booked: who caused it knows it by `key`, which is booked once however often it is asked for."""

    key: UUID
    name: str
    """What happened, as `thing.done`."""
    effective_on: date
    subject: Record
    lines: Sequence[Line]
    memo: str = ""
    reverses: Entry | None = None


def post_entry(*, actor: Actor, operating_entity_id: UUID, entry: NewEntry) -> Entry:
    """Book one entry in the transaction of what caused it; see `post_entries`."""
    [posted] = post_entries(actor=actor, operating_entity_id=operating_entity_id, entries=[entry])
    return posted


@transaction.atomic
def post_entries(*, actor: Actor, operating_entity_id: UUID, entries: Sequence[NewEntry]) -> list[Entry]:
    """Book entries in the books of an operating entity, in this order; all or none.

    An entry whose key is booked already is returned as it is, if it says the same; otherwise it is refused. Whoever
    books holds the books until the transaction ends, so this comes last in it.
    """
    accounts = _accounts(actor, operating_entity_id, entries)
    contents = [_content(entry, accounts) for entry in entries]
    hold_books(operating_entity_id)
    booked = _booked(operating_entity_id, contents)
    last = Entry.objects.filter(operating_entity=operating_entity_id).order_by("-number").first()
    number, head = (last.number, last.hash) if last else (0, BEFORE_THE_FIRST)
    now = actor.clock.now()
    new: list[Entry] = []
    for content in contents:
        if content.key in booked:
            continue
        number += 1
        entry = Entry(
            id=new_id(),
            operating_entity_id=operating_entity_id,
            number=number,
            key=content.key,
            purpose=content.purpose,
            name=content.name,
            effective_on=content.effective_on,
            booked_at=now,
            subject_type=content.subject_type,
            subject_id=content.subject_id,
            memo=content.memo,
            reverses_id=content.reverses_id,
            user_id=actor.user_id,
            work=actor.work.name if actor.work else "",
            previous_hash=head,
        )
        head = entry.hash = entry_hash(
            entity_id=operating_entity_id, number=number, previous=head, booked_at=now, content=content
        )
        booked[content.key] = entry
        new.append(entry)
    if new:
        lines = {content.key: content.lines for content in contents}
        with told_as(_PROBLEMS):
            Entry.objects.bulk_create(new)
            # In one statement: an entry is whole when its lines are written, and never added to.
            Posting.objects.bulk_create(
                Posting(
                    entry=entry,
                    place=place,
                    account_id=line.account_id,
                    amount_minor=line.amount_minor,
                    effective_on=entry.effective_on,
                )
                for entry in new
                for place, line in enumerate(lines[entry.key], start=1)
            )
    return [booked[entry.key] for entry in entries]


@transaction.atomic
def reverse_entry(
    *, actor: Actor, entry_id: UUID, key: UUID, effective_on: date, subject: Record, memo: str = ""
) -> Entry:
    """Book the opposite of an entry, which itself stays as it is; an entry is reversed once."""
    entry = get_visible(Entry, entry_id, actor=actor)
    lines = [Line(row.account_id, row.amount_minor) for row in Posting.objects.filter(entry=entry).order_by("place")]
    return post_entry(
        actor=actor,
        operating_entity_id=entry.operating_entity_id,
        entry=NewEntry(
            key=key,
            name="entry.reversed",
            effective_on=effective_on,
            subject=subject,
            lines=reversed_lines(lines),
            memo=memo,
            reverses=entry,
        ),
    )


def _accounts(actor: Actor, operating_entity_id: UUID, entries: Sequence[NewEntry]) -> Mapping[UUID, Account]:
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    ids = {line.account_id for entry in entries for line in entry.lines}
    require_each(actor, POST_TO_ACCOUNT, Account, ids)
    accounts = Account.objects.filter(pk__in=ids).in_bulk()
    if any(account.operating_entity_id != entity.pk for account in accounts.values()):
        raise invalid("/lines", "other_books", "All accounts of an entry are in the books of one operating entity.")
    return accounts


def _content(entry: NewEntry, accounts: Mapping[UUID, Account]) -> Content:
    lines = tuple(entry.lines)
    if len(lines) < 2:
        raise invalid("/lines", "too_few", "An entry has at least two lines.")
    if any(line.amount_minor == 0 or abs(line.amount_minor) > LARGEST_MINOR for line in lines):
        raise invalid("/lines", "no_amount", "Each line moves an amount, in whole minor units.")
    purposes = {accounts[line.account_id].purpose for line in lines}
    if len(purposes) > 1:
        raise invalid("/lines", "mixed", "An entry moves money of one purpose: none pays for another.")
    left = imbalances(lines, {pk: account.currency for pk, account in accounts.items()})
    if left:
        raise invalid("/lines", "unbalanced", "Debits and credits do not meet in each currency.")
    [purpose] = purposes
    return Content(
        key=entry.key,
        purpose=purpose,
        name=entry.name,
        effective_on=entry.effective_on,
        subject_type=entry.subject._meta.label_lower,
        subject_id=entry.subject.pk,
        memo=entry.memo,
        reverses_id=entry.reverses.pk if entry.reverses else None,
        lines=lines,
    )


def _booked(operating_entity_id: UUID, contents: Sequence[Content]) -> dict[UUID, Entry]:
    """Return those entries that are booked already, by their keys; refuse what says something else than was booked."""
    if len({content.key for content in contents}) < len(contents):
        raise invalid("/entries", "key_twice", "Two entries have the same key.")
    found = Entry.objects.filter(operating_entity=operating_entity_id, key__in=[content.key for content in contents])
    booked = {entry.key: entry for entry in found.prefetch_related("postings")}
    for content in contents:
        if content.key in booked and content_of(booked[content.key]) != content:
            raise Conflict("Something else was booked under this key. What is booked stays: correct it by a new entry.")
    return booked


_PROBLEMS: dict[str, Problem] = {
    "ledgerentry_day_is_open": Conflict(CLOSED),
    "ledgerposting_account_is_open": Conflict("An account of the entry is closed: use another one."),
    "ledger_entry_reverses_id_key": Conflict("This entry is reversed already."),
}
