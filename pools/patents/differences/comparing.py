"""Comparing our record of patents with what offices and dockets say, and noting where they differ.

It looks at many patents at a time: what is said of each is put side by side in memory, and only what changed is
written. Whoever calls it holds the locks of the patents, so that two comparisons never note the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from platform_core.clock import Clock
from platform_core.identity.models import Organisation, OrganisationName
from pools.patents.differences.calculation import (
    ENDS_ON,
    GRANTED_ON,
    NOT_GRANTED,
    OPEN_END,
    OWNERS,
    RISKS,
    STANDING,
    Found,
    contradictions,
    standing_by_days,
    standing_in_words,
    standing_of_state,
)
from pools.patents.models import Bibliography, Difference, DifferenceState, LegalEvent, OutsideRecord, Ownership, Patent
from pools.patents.models.records import Source
from pools.patents.record.events import event_of
from pools.patents.status import Effect, State, effect_of, standing_of

_BATCH: Final = 1_000
_OF_PATENT: Final = frozenset(("title", "filed_on", GRANTED_ON, ENDS_ON, "right"))
_DECIDED: Final = (DifferenceState.ACCEPTED, DifferenceState.KEPT)


@dataclass(slots=True)
class Side:
    """What an office or a docket says by now: of each field the latest, and from which source."""

    values: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    def say(self, name: str, values: list[str], source: Source) -> None:
        """Take what a source says for what the side says from now on."""
        self.values[name], self.sources[name] = values, source


def compare_patents(patent_ids: Iterable[UUID], *, clock: Clock) -> int:
    """Note where our record of these patents differs from what others say, and return how many are open."""
    open_ones = 0
    for batch in _batches(list(dict.fromkeys(patent_ids))):
        # Most patents are spoken of by nobody else.
        spoken_of = Q(Exists(OutsideRecord.objects.filter(patent=OuterRef("pk"))))
        spoken_of |= Q(Exists(LegalEvent.objects.filter(patent=OuterRef("pk"))))
        spoken_of |= Q(Exists(Difference.objects.filter(patent=OuterRef("pk"))))
        patents = list(Patent.objects.filter(spoken_of, pk__in=batch).order_by("pk"))
        if patents:
            open_ones += _compare(patents, clock.now())
    return open_ones


def _batches(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))


def _compare(patents: Sequence[Patent], now: datetime) -> int:
    ids = [patent.pk for patent in patents]
    said = _said(ids)
    events: defaultdict[UUID, list[LegalEvent]] = defaultdict(list)
    for event in LegalEvent.objects.filter(patent__in=ids).select_related("source").order_by("announced_on", "id"):
        events[event.patent_id].append(event)
    bibliographies = {row.patent_id: row for row in Bibliography.objects.filter(patent__in=ids)}
    owners = _owners(ids)
    names = _names_of({row.owner for rows in owners.values() for row in rows})
    known: defaultdict[UUID, dict[str, Difference]] = defaultdict(dict)
    for noted in Difference.objects.filter(patent__in=ids):
        known[noted.patent_id][noted.field] = noted

    made: list[Difference] = []
    changed: list[Difference] = []
    open_ones = 0
    for patent in patents:
        office, docket = said[patent.pk, Source.Kind.OFFICE], said[patent.pk, Source.Kind.DOCKET]
        own = _own(patent, bibliographies.get(patent.pk), owners[patent.pk])
        _hear_events(patent, events[patent.pk], office)
        for side in (office, docket):
            _understand(patent, side, {row.owner_id: names[row.owner_id] for row in owners[patent.pk]})
        own[STANDING] = [standing_by_days(patent.granted_on, patent.ends_on, _day_of(office, docket, now))]
        found = contradictions(own, office.values, docket.values)
        for name, difference in found.items():
            if (row := known[patent.pk].get(name)) is None:
                row = Difference(patent=patent, field=name)
                _note(row, difference, office, docket, now)
                made.append(row)
            elif _is_news(row, difference):
                row.version += 1
                _note(row, difference, office, docket, now)
                changed.append(row)
            open_ones += row.state == DifferenceState.OPEN
        for name, row in known[patent.pk].items():
            if name not in found and row.state == DifferenceState.OPEN:
                row.state = DifferenceState.SETTLED
                row.version += 1
                changed.append(row)
    Difference.objects.bulk_create(made, batch_size=_BATCH)
    Difference.objects.bulk_update(
        changed,
        (
            *("own", "office", "docket", "office_source", "docket_source", "risk"),
            *("state", "side", "reason", "version", "noted_at", "decided_at", "decided_by"),
        ),
        batch_size=_BATCH,
    )
    return open_ones


def _said(ids: Sequence[UUID]) -> defaultdict[tuple[UUID, str], Side]:
    """Return what each side says by now of each patent: of two sources of one side the later counts."""
    found: defaultdict[tuple[UUID, str], Side] = defaultdict(Side)
    rows = OutsideRecord.objects.filter(patent__in=ids).select_related("source")
    for row in rows.order_by("source__read_at", "source_id"):
        for name, values in row.values.items():
            found[row.patent_id, row.source.kind].say(name, values, row.source)
    return found


def _own(patent: Patent, bibliography: Bibliography | None, owners: Sequence[Ownership]) -> dict[str, list[str]]:
    own: dict[str, list[str]] = {}
    for name in RISKS:
        record = patent if name in _OF_PATENT else bibliography
        own[name] = texts_of(getattr(record, name)) if record is not None and name != OWNERS else []
    own[OWNERS] = [str(row.owner) for row in owners]
    # A right without these days is one that goes on, or was not granted: that, too, may be contradicted.
    own[ENDS_ON] = own[ENDS_ON] or [OPEN_END]
    own[GRANTED_ON] = own[GRANTED_ON] or [NOT_GRANTED]
    return own


def texts_of(value: object) -> list[str]:
    """Return a value of a record as it is compared: a text, or those of a list."""
    if isinstance(value, list):
        return [" ".join(part or "" for part in one).strip() if isinstance(one, list) else str(one) for one in value]
    if isinstance(value, date):
        return [value.isoformat()]
    return [] if value in (None, "") else [str(value)]


def _owners(ids: Sequence[UUID]) -> defaultdict[UUID, list[Ownership]]:
    """Return who owns each patent by now: an ownership that has not ended."""
    found: defaultdict[UUID, list[Ownership]] = defaultdict(list)
    rows = Ownership.objects.filter(patent__in=ids, to_on__isnull=True).select_related("owner")
    for row in rows.order_by("from_on", "id"):
        found[row.patent_id].append(row)
    return found


def _understand(patent: Patent, side: Side, names: Mapping[UUID, Collection[str]]) -> None:
    """Say in our words what a side says: how the right stands, and its owners by the names we know them by."""
    if (status := side.values.get("office_status")) and STANDING not in side.values:
        standing = standing_in_words(" ".join(status))
        if standing is not None:
            side.say(STANDING, [standing], side.sources["office_status"])
    if OWNERS in side.values:
        called = {name: ours[0] for ours in map(list, names.values()) for name in ours}
        side.values[OWNERS] = list(dict.fromkeys(called.get(name, name) for name in side.values[OWNERS]))
    # An end that is still to come is no contradiction to a right that goes on.
    if side.values.get(ENDS_ON) == [OPEN_END] and patent.ends_on is not None:
        spoken_on = side.sources[ENDS_ON].read_at.date()
        if patent.ends_on > spoken_on:
            del side.values[ENDS_ON], side.sources[ENDS_ON]


def _names_of(owners: Collection[Organisation]) -> dict[UUID, list[str]]:
    """Return what owners are called: first as we do, then by every other name they have and had."""
    names = {
        owner.pk: list(dict.fromkeys(name for name in (str(owner), owner.name_zh, owner.name_en) if name))
        for owner in owners
    }
    former = OrganisationName.objects.filter(organisation__in=names).order_by("noted_at", "id")
    for owner_id, name in former.values_list("organisation", "name"):
        names[owner_id].append(name)
    return names


def _hear_events(patent: Patent, events: Sequence[LegalEvent], office: Side) -> None:
    """Have the office say what its legal events make of a right: whether it stands, and from when to when."""
    if not events:
        return
    latest = max(events, key=lambda event: event.source.read_at).source
    by_event = {event_of(event): event.source for event in events}
    granting = next((one for one in by_event if effect_of(one.office, one.code) is Effect.GRANTED), None)
    if granting is not None:
        office.say(GRANTED_ON, [granting.counts_from.isoformat()], by_event[granting])
    standing = standing_of(
        patent.country,
        by_event,
        on=latest.read_at.date(),
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
    )
    heard = standing_of_state(standing.state)
    if standing.why is None or heard is None:
        # The days on record alone decided: that a right was granted once does not say that it stands.
        return
    source = by_event[standing.why]
    office.say(STANDING, [heard], source)
    if standing.why == granting:
        return
    if standing.state is State.IN_FORCE:
        office.say(ENDS_ON, [OPEN_END], source)
    elif standing.state not in (State.WITHDRAWN, State.REJECTED) and standing.since is not None:
        office.say(ENDS_ON, [standing.since.isoformat()], source)


def _day_of(office: Side, docket: Side, now: datetime) -> date:
    """Return the day of which the sides speak: an end that came after it contradicts nobody."""
    told = [side.sources[STANDING].read_at for side in (office, docket) if STANDING in side.sources]
    return max(told, default=now).date()


def _is_news(row: Difference, found: Found) -> bool:
    if (row.own, row.office, row.docket) != (found.own, found.office, found.docket):
        return True
    # What was settled and is as it was before is a difference again; what somebody decided stays decided.
    return row.state == DifferenceState.SETTLED


def _note(row: Difference, found: Found, office: Side, docket: Side, now: datetime) -> None:
    row.own, row.office, row.docket = found.own, found.office, found.docket
    row.office_source, row.docket_source = office.sources.get(row.field), docket.sources.get(row.field)
    row.risk = found.risk
    row.state, row.side, row.reason = DifferenceState.OPEN, "", ""
    row.noted_at, row.decided_at, row.decided_by = now, None, None
