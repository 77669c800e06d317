"""Entering patents into a pool and taking them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require, require_visible
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.problems import Conflict, NotFound, Problem
from platform_core.realtime.services import announce
from pools.composition.models import Pool, PoolEntry, PoolMember
from pools.composition.policies import EDIT_POOL, EDIT_POOL_ENTRY
from pools.patents.models import Ownership, Patent

_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """A member's part of a patent to enter: its class, the products it reads on (none: all) and its days."""

    member_id: UUID
    patent_id: UUID
    share: Decimal = Decimal(1)
    class_label: str = ""
    products: tuple[str, ...] = ()
    enters_on: date | None = None
    leaves_on: date | None = None


class EntryEdits(TypedDict, total=False):
    """What may be changed of an entry."""

    share: Decimal
    class_label: str
    products: list[str]
    enters_on: date | None
    leaves_on: date | None


@transaction.atomic
def enter_patent(*, actor: Actor, pool_id: UUID, entry: NewEntry) -> PoolEntry:
    """Enter a member's part of a patent into a pool, for days on which the member owns it."""
    pool = get_visible(Pool, pool_id, actor=actor)
    require(actor, EDIT_POOL, pool)
    get_visible(Patent, entry.patent_id, actor=actor)
    [entered] = _create(pool, [entry])
    record_event(
        "pool_entry.entered",
        actor=actor,
        subject=entered,
        changes={"patent": (None, entry.patent_id), "member": (None, entry.member_id)},
    )
    announce(entered)
    announce(entered.patent, part=entered)
    return entered


@transaction.atomic
def enter_patents(*, actor: Actor, pool_id: UUID, entries: Sequence[NewEntry]) -> list[PoolEntry]:
    """Enter many parts of patents into a pool at once, all or none."""
    pool = get_visible(Pool, pool_id, actor=actor)
    require(actor, EDIT_POOL, pool)
    require_visible(actor, PoolMember, {entry.member_id for entry in entries})
    require_visible(actor, Patent, {entry.patent_id for entry in entries})
    entered = _create(pool, entries)
    record_event("pool.patents_entered", actor=actor, subject=pool, changes={"entries": (None, len(entered))})
    return entered


@transaction.atomic
def edit_entry(*, actor: Actor, entry_id: UUID, **edits: Unpack[EntryEdits]) -> PoolEntry:
    """Change an entry's part, class, products or days; its first day out takes the patent out of the pool."""
    entry = get_visible(PoolEntry, entry_id, actor=actor, for_change=True)
    require(actor, EDIT_POOL_ENTRY, entry)
    if "products" in edits:
        edits["products"] = sorted(set(edits["products"]))
    changes = apply_edits(entry, edits)
    checks = Checks()
    _check(checks, entry.share, entry.class_label, entry.products, entry.enters_on, entry.leaves_on)
    checks.refuse()
    if changes:
        with told_as(_PROBLEMS):
            entry.save(update_fields=list(changes))
        record_event("pool_entry.edited", actor=actor, subject=entry, changes=changes)
        announce(entry)
    return entry


def end_entries_of_former_owner(actor: Actor, ownership: Ownership, on: date) -> None:
    """Take a former owner's part of a patent out of every pool on the day it is owner no longer."""
    entries = (
        PoolEntry.objects.select_for_update(of=("self",))
        .filter(patent=ownership.patent_id, member__membership__organisation=ownership.owner_id)
        .filter(Q(leaves_on__isnull=True) | Q(leaves_on__gt=on))
        .order_by("id")
    )
    for entry in entries:
        if entry.enters_on is not None and entry.enters_on >= on:
            raise Conflict(
                f"The former owner's part enters a pool on {entry.enters_on}, after that day. Change that entry first."
            )
        until, entry.leaves_on = entry.leaves_on, on
        entry.save(update_fields=["leaves_on"])
        record_event("pool_entry.ended", actor=actor, subject=entry, changes={"leaves_on": (until, on)})
        announce(entry)


def _create(pool: Pool, entries: Sequence[NewEntry]) -> list[PoolEntry]:
    members = {entry.member_id for entry in entries}
    # Locked, since two who enter one patent at once would wait for each other at the constraint that lets in but one.
    rows = PoolMember.objects.select_for_update(no_key=True).filter(pool=pool, pk__in=members).order_by("pk")
    if len(rows.values_list("pk", flat=True)) < len(members):
        raise NotFound("A pool takes patents of its own members only. Add the owner to the pool first.")
    checks = Checks()
    for entry in entries:
        _check(checks, entry.share, entry.class_label, entry.products, entry.enters_on, entry.leaves_on)
    checks.refuse()
    with told_as(_PROBLEMS):
        return PoolEntry.objects.bulk_create(
            (
                PoolEntry(
                    member_id=entry.member_id,
                    patent_id=entry.patent_id,
                    share=entry.share,
                    class_label=entry.class_label,
                    products=sorted(set(entry.products)),
                    enters_on=entry.enters_on,
                    leaves_on=entry.leaves_on,
                )
                for entry in entries
            ),
            batch_size=_BATCH,
        )


def _check(
    checks: Checks,
    share: Decimal,
    class_label: str,
    products: Sequence[str],
    enters_on: date | None,
    leaves_on: date | None,
) -> None:
    if not 0 < share <= 1:
        checks.wrong("share", "not_a_part", "The part that counts is above 0 and at most 1.")
    checks.text("class_label", class_label, needed=False)
    for product in products:
        checks.text("products", product)
        if "|" in product or product == "*":
            checks.wrong("products", "bad_product", "A product code has no vertical bar; name none for all products.")
    checks.days("leaves_on", enters_on, leaves_on)


_PROBLEMS: dict[str, Problem] = {
    "entry_once_at_a_time": Conflict(
        "This member's part of the patent is in the pool during those days already. End that entry first."
    ),
    "entry_licensed_to_nobody_alone": Conflict(
        "A licence that shuts others out rests on the patent during those days, so that it enters no pool. "
        "Ask its owners."
    ),
    "entry_is_owned": Conflict(
        "The member does not own the patent on all those days. Record the ownership, or choose other days."
    ),
}
