"""Finding pools, their members and entries, and writing a pool as the tables of a close bundle."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from members.memberships.policies import today_in
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.csv_text import Cell, csv_bytes
from platform_core.problems import NotFound, invalid
from pools.composition.events import EffectAsked, ProgrammeEffect, effect_asked
from pools.composition.listing import (
    ListChanges,
    MemberCount,
    Overlap,
    changes_between,
    counts_of,
    listed_on,
    overlap_of,
)
from pools.composition.models import ListLine, ListVersion, Pool, PoolEntry, PoolMember, Withholding
from pools.composition.policies import READ_LIST_EFFECT, READ_POOL_MEMBER_FIGURES

_MEMBER_COLUMNS = ("member_id", "name", "segment", "held", "enters", "leaves")
_PATENT_COLUMNS = (
    "publication",
    "family",
    "owner",
    "country",
    "granted",
    "ends",
    "enters",
    "leaves",
    "class",
    "products",
    "share",
)
_CHUNK = 10_000


def pools(*, actor: Actor) -> VisibleQuerySet[Pool]:
    """List the pools the actor may see."""
    return Pool.objects.visible_to(actor).select_related("alliance")


def pool_members(*, actor: Actor) -> VisibleQuerySet[PoolMember]:
    """List the parts members have in the pools the actor may see."""
    return PoolMember.objects.visible_to(actor).select_related("membership__organisation")


def pool_entries(*, actor: Actor) -> VisibleQuerySet[PoolEntry]:
    """List the patents in the pools the actor may see, with family and owner."""
    return PoolEntry.objects.visible_to(actor).select_related(
        "patent__family", "member__membership__organisation", "member__pool"
    )


def list_versions(*, actor: Actor) -> VisibleQuerySet[ListVersion]:
    """List the published versions of the lists of the pools the actor may see."""
    return ListVersion.objects.visible_to(actor)


def list_lines(*, actor: Actor) -> VisibleQuerySet[ListLine]:
    """List the lines of the versions the actor may see."""
    return ListLine.objects.visible_to(actor)


def get_list_version(version_id: UUID, *, actor: Actor) -> ListVersion:
    """Return one version of a list the actor may see."""
    return get_visible(ListVersion, version_id, actor=actor)


def list_changes(version_id: UUID, since_id: UUID | None, *, actor: Actor) -> ListChanges:
    """Say what is new, gone and changed in a version since another one of the same pool, or the one before it."""
    version = get_list_version(version_id, actor=actor)
    if since_id is None:
        earlier = list_versions(actor=actor).filter(pool=version.pool_id, number__lt=version.number)
        since = earlier.order_by("-number").first()
    else:
        since = get_list_version(since_id, actor=actor)
        if since.pool_id != version.pool_id:
            raise NotFound("There is no such version of this list.")
    return changes_between(since, list(version.lines.all()))


@dataclass(frozen=True, slots=True)
class ListEffect:
    """What entries and exits on record do between today and a later day: to the list, and to what is shared out."""

    today: date
    on: date
    members: list[MemberCount]
    programmes: list[ProgrammeEffect]


def list_effect(pool_id: UUID, *, actor: Actor, on: date | None = None) -> ListEffect:
    """Show what entries and exits to come will do by a day (the next month's first) before they take effect."""
    pool = get_pool(pool_id, actor=actor)
    require(actor, READ_LIST_EFFECT, pool)
    day = today(actor.clock, pool.alliance.zone)
    on = on or (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    if on < day:
        raise invalid("/on", "past", "What is over has had its effect: name today or a later day.")
    seen = PoolEntry.objects.visible_to(actor)
    now, then = (seen.filter(pk__in=listed_on(pool.pk, each).order_by().values("pk")) for each in (day, on))
    found: list[ProgrammeEffect] = []
    with transaction.atomic():
        effect_asked.tell(actor, EffectAsked(pool.pk, day, on), found)
    return ListEffect(day, on, counts_of(now, then), found)


def overlap(pool_id: UUID, other_id: UUID, *, actor: Actor, on: date | None = None) -> Overlap:
    """Say which patents and families two pools have in common on a day (today if not told), as far as one sees them."""
    pool, other = get_pool(pool_id, actor=actor), get_pool(other_id, actor=actor)
    day = on or today(actor.clock, pool.alliance.zone)
    seen = PoolEntry.objects.visible_to(actor)
    first, second = (seen.filter(pk__in=listed_on(one.pk, day).order_by().values("pk")) for one in (pool, other))
    return overlap_of(first, second, day)


def get_pool(pool_id: UUID, *, actor: Actor, for_change: bool = False) -> Pool:
    """Return one pool the actor may see, locked if it is to be changed."""
    return get_visible(Pool, pool_id, actor=actor, for_change=for_change)


def get_pool_member(member_id: UUID, *, actor: Actor, for_change: bool = False) -> PoolMember:
    """Return one member's part in a pool the actor may see, locked if it is to be changed."""
    return get_visible(PoolMember, member_id, actor=actor, for_change=for_change)


def get_pool_entry(entry_id: UUID, *, actor: Actor, for_change: bool = False) -> PoolEntry:
    """Return one entry of a pool the actor may see, locked if it is to be changed."""
    return get_visible(PoolEntry, entry_id, actor=actor, for_change=for_change)


def figures_shown(members: Iterable[PoolMember], *, actor: Actor) -> frozenset[UUID]:
    """Return of which of these members the actor may read what is withheld and the figures (one query)."""
    ids = [member.pk for member in members]
    return frozenset(
        PoolMember.objects.permitted_to(actor, READ_POOL_MEMBER_FIGURES).filter(pk__in=ids).values_list("pk", flat=True)
    )


def withheld_today(members: Sequence[PoolMember], *, actor: Actor) -> frozenset[UUID]:
    """Return from which of these members money is withheld today, as far as the actor may know (one query)."""
    ids = [member.pk for member in members]
    today = today_in(actor, "member__pool__alliance__zone")
    rows = Withholding.objects.visible_to(actor).filter(
        Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gt=today), member__in=ids
    )
    suspended = set(rows.values_list("member", flat=True))
    return frozenset(member.pk for member in members if member.held or member.pk in suspended)


def _withheld_on(pool_id: UUID, day: date) -> set[UUID]:
    rows = Withholding.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day), member__pool=pool_id
    )
    return set(rows.values_list("member", flat=True))


def bundle_members(pool_id: UUID, *, last_day: date) -> bytes:
    """Write a pool's members as `members.csv` of a close bundle; the caller has seen to it that this may be read.

    Withheld is the money of whoever is suspended on the period's last day, or in dispute.
    """
    suspended = _withheld_on(pool_id, last_day)
    members = sorted(
        PoolMember.objects.filter(pool=pool_id).select_related("membership__organisation"),
        key=lambda member: member.membership.code,
    )
    figures = sorted({name for member in members for name in member.figures} - set(_MEMBER_COLUMNS))
    return csv_bytes(
        (*_MEMBER_COLUMNS, *figures),
        (
            (
                member.membership.code,
                str(member.membership.organisation),
                member.segment,
                member.held or member.pk in suspended,
                member.enters_on,
                member.leaves_on,
                *(member.figures.get(name, "") for name in figures),
            )
            for member in members
        ),
    )


def bundle_patents(pool_id: UUID) -> bytes:
    """Write a pool's list as `patents.csv` of a close bundle; the caller has seen to it that this may be read."""
    rows = sorted(_patent_rows(pool_id), key=lambda row: tuple(str(cell or "") for cell in row))
    return csv_bytes(_PATENT_COLUMNS, rows)


def _patent_rows(pool_id: UUID) -> Iterator[tuple[Cell, ...]]:
    entries = PoolEntry.objects.filter(member__pool=pool_id).values_list(
        "patent__publication",
        "patent__family__code",
        "member__membership__code",
        "patent__country",
        "patent__granted_on",
        "patent__ends_on",
        "enters_on",
        "leaves_on",
        "class_label",
        "products",
        "share",
    )
    for *cells, products, share in entries.iterator(chunk_size=_CHUNK):
        yield (*cells, "|".join(products) or "*", share)
