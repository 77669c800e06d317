"""What is on record about a patent: its bibliography by field with where each is from, and how it stands and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.clock import today
from pools.patents.differences.calculation import Standing, standing_by_days, standing_of_state
from pools.patents.models import Bibliography, LegalEvent, Patent, Publication, Source
from pools.patents.record.events import event_of
from pools.patents.record.terms import term_end
from pools.patents.selectors import get_patent
from pools.patents.status import Effect, Event, Interval, State, effect_of, standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSource:
    """Where the value of one field is from; whose file it was is told to those alone who may see the source."""

    field: str
    kind: str
    read_at: datetime
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentRecord:
    """What the documents of a patent say, with the source of each field."""

    patent: Patent
    bibliography: Bibliography
    publications: Sequence[Publication]
    sources: Sequence[FieldSource]

    @property
    def priorities(self) -> list[dict[str, str | None]]:
        """Name the parts of each priority: its number and day."""
        return [{"number": number, "on": day} for number, day in self.bibliography.priorities]


class DecidedBy(StrEnum):
    """What made the status of a right what it is."""

    EVENT = "event"
    TERM = "term"
    """The longest term is over."""
    RECORD = "record"
    """The day on which it ends by our record."""
    DAYS = "days"
    """Filing and grant, and nothing since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalStatus:
    """How a right stands today, why, when it was in force, and all that was announced of it."""

    state: State
    since: date | None
    decided_by: DecidedBy
    why: LegalEvent | None
    intervals: Sequence[Interval]
    ended_by: Mapping[Event, LegalEvent]
    recorded: Standing
    """How it stands by the days on record, by which closes count it."""
    agrees: bool
    to_look_at: frozenset[UUID]
    events: Sequence[LegalEvent]


def patent_record(patent_id: UUID, *, actor: Actor) -> PatentRecord:
    """Return what is on record about a patent the actor may see, and where each field is from."""
    patent = get_patent(patent_id, actor=actor)
    found = Bibliography.objects.visible_to(actor).filter(patent=patent).first() or Bibliography(patent=patent)
    publications = Publication.objects.visible_to(actor).filter(patent=patent).order_by("published_on", "number")
    return PatentRecord(
        patent=patent, bibliography=found, publications=list(publications), sources=_sources_of(found, actor)
    )


def _sources_of(bibliography: Bibliography, actor: Actor) -> list[FieldSource]:
    """Return the source of each field: whose word it is and of when for every reader, its name for few."""
    ids = {UUID(source_id) for source_id in bibliography.sources.values()}
    sources = Source.objects.in_bulk(ids)
    named = set(Source.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        FieldSource(
            field=name,
            kind=source.kind,
            read_at=source.read_at,
            name=source.name if source.pk in named else "",
        )
        for name, source_id in sorted(bibliography.sources.items())
        if (source := sources.get(UUID(source_id))) is not None
    ]


def legal_status(patent_id: UUID, *, actor: Actor) -> LegalStatus:
    """Say how a patent the actor may see stands today in its country, and what it is that says so."""
    patent = get_patent(patent_id, actor=actor)
    day = today(actor.clock, patent.alliance.zone)
    rows = list(
        LegalEvent.objects.visible_to(actor)
        .filter(patent=patent)
        .select_related("source")
        .order_by("announced_on", "id")
    )
    by_event = {event_of(row): row for row in rows}
    standing = standing_of(
        patent.country,
        by_event,
        on=day,
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
        term_ends_on=term_end(patent.country, patent.right, patent.filed_on) if patent.filed_on else None,
    )
    state, since, intervals = standing.state, standing.since, standing.intervals
    decided_by = DecidedBy.DAYS
    if standing.why is not None:
        decided_by = DecidedBy.EVENT
    elif state is State.EXPIRED:
        decided_by = DecidedBy.TERM
    elif state is State.IN_FORCE and patent.ends_on is not None and patent.ends_on <= day:
        state, since, decided_by = State.ENDED, patent.ends_on, DecidedBy.RECORD
        intervals = (Interval(first=intervals[-1].first, end=patent.ends_on),)
    why = by_event[standing.why] if standing.why is not None else None
    if why is None and state is State.IN_FORCE:
        # The days on record say so; where the office announced the grant, that is why.
        why = next((row for row in rows if effect_of(row.office, row.code) is Effect.GRANTED), None)
        decided_by = DecidedBy.DAYS if why is None else DecidedBy.EVENT
    recorded = standing_by_days(patent.granted_on, patent.ends_on, day)
    return LegalStatus(
        state=state,
        since=since,
        decided_by=decided_by,
        why=why,
        intervals=intervals,
        ended_by=by_event,
        recorded=recorded,
        agrees=standing_of_state(state) in (None, recorded),
        to_look_at=frozenset(by_event[event].pk for event in standing.to_look_at),
        events=rows,
    )
