"""Keeping the deadlines of patents as their days, payments and owners say: one patent at once, many in parts."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.deadlines.lifecycle import DeadlineState
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import Duty, Kept, set_deadlines
from platform_core.identity.models import Alliance
from pools.patents.annuities import NoRules, WorkingDays
from pools.patents.models import Ownership, Patent
from pools.upkeep.calculation import AnnuityDuty, History, duties_of
from pools.upkeep.kinds import ANNUITY, CONFIRMATION
from pools.upkeep.models import AnnuityPayment, AnnuityTerms
from pools.upkeep.office_days import office_days
from pools.upkeep.selectors import right_of

FOLLOWING: Final = "upkeep.follow"
"""The background work that brings the deadlines of all of an alliance's patents up to date."""
AT_ONCE: Final = 500
"""So many patents are followed in the transaction that changed them; more are by background work."""

_BATCH: Final = 2_000
FOLLOWED_KINDS: Final = (ANNUITY.name, CONFIRMATION.name)
_DEALT_WITH: Final = (DeadlineState.SETTLED.value, DeadlineState.WAIVED.value, DeadlineState.MISSED.value)
_NEEDED: Final = ("alliance_id", "publication", "application", "country", "right", "filed_on", "granted_on", "ends_on")


@dataclass
class Known:
    """What is on record about the fees of one patent."""

    first_on: date | None = None
    done: set[int] = field(default_factory=set)
    given_up: set[int] = field(default_factory=set)
    confirmed: set[int] = field(default_factory=set)
    paid: set[int] = field(default_factory=set)
    grant_year: int | None = None
    claims: int | None = None

    def history(self, day: date) -> History:
        """Return it as the rules ask for it."""
        # Whoever confirmed that a year was paid spoke of that one; whoever paid a later one has paid it as well.
        paid = max(self.done | self.paid, default=None)
        given_up = min((year for year in self.given_up if paid is None or year > paid), default=None)
        return History(
            since=self.first_on or day,
            paid_through=paid,
            given_up_from=given_up,
            confirmed=frozenset(self.confirmed),
        )


@transaction.atomic
def follow_patents(*, actor: Actor, alliance_id: UUID, ids: Sequence[UUID]) -> Kept:
    """Have exactly those deadlines open for some of an alliance's patents which their days and payments ask for."""
    work = Actor.system(DEADLINE_WORK, on_behalf_of=actor)
    alliance = Alliance.objects.get(pk=alliance_id)
    day = today(actor.clock, alliance.zone)
    # Locked in the order of their ids, as by whoever changes several: two changes do not each see half of the other.
    rows = Patent.objects.select_for_update(no_key=True).filter(alliance=alliance, pk__in=ids).order_by("pk")
    patents = list(rows.only("pk", *_NEEDED))
    known = _known([patent.pk for patent in patents], ZoneInfo(alliance.zone))
    owners = _owners([patent.pk for patent in patents], day)
    duties: dict[str, list[Duty]] = {name: [] for name in FOLLOWED_KINDS}
    calendars = office_days(patent.country for patent in patents)
    for patent in patents:
        for duty in _duties_of(patent, known[patent.pk], day, calendars[patent.country].days):
            kind = CONFIRMATION if duty.to_confirm else ANNUITY
            duties[kind.name].append(_as_duty(patent, duty, owners.get(patent.pk)))
    kept = [
        set_deadlines(actor=work, alliance_id=alliance_id, kind=kind, subjects=ids, duties=duties[kind.name])
        for kind in (ANNUITY, CONFIRMATION)
    ]
    return Kept(sum(one.added for one in kept), sum(one.moved for one in kept), sum(one.ended for one in kept))


def follow_alliance(*, actor: Actor, alliance_id: UUID) -> Kept:
    """Do so for all of an alliance's patents, in parts, each in a transaction of its own."""
    added = moved = ended = 0
    for ids in _parts(alliance_id, today(actor.clock, Alliance.objects.get(pk=alliance_id).zone)):
        kept = follow_patents(actor=actor, alliance_id=alliance_id, ids=ids)
        added, moved, ended = added + kept.added, moved + kept.moved, ended + kept.ended
    return Kept(added, moved, ended)


def _parts(alliance_id: UUID, day: date) -> Iterator[list[UUID]]:
    """Yield the patents that may have something due, and those that have something open and may not, in parts."""
    alive = Patent.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), alliance=alliance_id)
    behind: UUID | None = None
    while True:
        rows = alive.filter(pk__gt=behind) if behind is not None else alive
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:_BATCH])
        if not ids:
            break
        yield ids
        behind = ids[-1]
    stale = Deadline.objects.filter(
        ~Exists(alive.filter(pk=OuterRef("subject_id"))),
        alliance=alliance_id,
        kind__in=FOLLOWED_KINDS,
        state=DeadlineState.OPEN,
    )
    # Each part ends what it finds, so that the next one finds others.
    while ids := list(stale.order_by("subject_id").values_list("subject_id", flat=True).distinct()[:_BATCH]):
        yield ids


def _duties_of(patent: Patent, known: Known, day: date, calendar: WorkingDays) -> list[AnnuityDuty]:
    right = right_of(patent, grant_year=known.grant_year, claims=known.claims)
    if right is None or (patent.ends_on is not None and patent.ends_on <= day):
        return []
    try:
        return duties_of(right, known.history(day), ends_on=patent.ends_on, calendar=calendar)
    except NoRules:
        # What has no rules is told where the patent is shown; there is no day that could be kept here.
        return []


def _as_duty(patent: Patent, duty: AnnuityDuty, owner: UUID | None) -> Duty:
    return Duty(
        subject_id=patent.pk,
        part=str(duty.year),
        due_on=duty.due_on,
        last_day=duty.last_day,
        title=f"{patent.publication} ({patent.country})",
        organisation_id=owner,
        values={"year": str(duty.year), "last_day": duty.last_day.isoformat()},
        rule=duty.rule,
    )


def _known(ids: Collection[UUID], zone: ZoneInfo) -> Mapping[UUID, Known]:
    """Return what is on record about the fees of patents, in three queries for all of them."""
    found: defaultdict[UUID, Known] = defaultdict(Known)
    rows = Deadline.objects.filter(
        subject_type=Patent._meta.label_lower, subject_id__in=ids, kind__in=FOLLOWED_KINDS
    ).order_by()
    for pk, kind, part, state, created_at in rows.values_list("subject_id", "kind", "part", "state", "created_at"):
        known = found[pk]
        first = created_at.astimezone(zone).date()
        known.first_on = min(known.first_on or first, first)
        if state not in _DEALT_WITH:
            continue
        year = int(part)
        if kind == CONFIRMATION.name:
            known.confirmed.add(year)
        elif state == DeadlineState.SETTLED:
            known.done.add(year)
        else:
            known.given_up.add(year)
    payments = AnnuityPayment.objects.filter(patent__in=ids, cancelled_at=None).order_by()
    for pk, year in payments.values_list("patent", "year"):
        found[pk].paid.add(year)
    terms = AnnuityTerms.objects.filter(patent__in=ids).order_by()
    for pk, grant_year, claims in terms.values_list("patent", "grant_year", "claims"):
        found[pk].grant_year, found[pk].claims = grant_year, claims
    return found


def _owners(ids: Collection[UUID], day: date) -> dict[UUID, UUID]:
    """Return whose duty the patents are: of several owners the one on record longest."""
    parts = Ownership.objects.filter(
        Q(from_on=None) | Q(from_on__lte=day), Q(to_on=None) | Q(to_on__gt=day), patent__in=ids
    )
    found: dict[UUID, UUID] = {}
    longest_first = parts.order_by(F("from_on").asc(nulls_first=True), "pk")
    for patent_id, owner_id in longest_first.values_list("patent", "owner"):
        found.setdefault(patent_id, owner_id)
    return found
