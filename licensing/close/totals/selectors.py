"""Reading what closes came to, by product and country and licensee group, and what of it was told to whom."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, Sum

from licensing.agreements.calculation import own_enterprise
from licensing.agreements.models import Licence, LicenceChange
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseRun
from licensing.close.policies import CLOSE_WORK
from licensing.close.totals.models import TotalsRelease
from licensing.close.totals.tables import Told
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.aggregates.calculation import Atom, Place, Step, difference
from platform_core.conflicts.models import Affiliation
from platform_core.identity.models import Organisation, OrganisationName

Found = dict[Place, dict[str, int]]


def posted_runs(programme: Programme) -> list[CloseRun]:
    """Return the posted closes of a programme in the order in which they became known."""
    work = Actor.system(CLOSE_WORK)
    runs = CloseRun.objects.visible_to(work).filter(programme=programme, status=RunStatus.POSTED)
    return list(runs.order_by("posted_at", "pk"))


def step_of(run: CloseRun, groups: "Groups") -> Step[UUID]:
    """Return what became known with a close: its figures, or what a correction changed of the figures before."""
    now = cells_of(run.pk, groups)
    return Step(run.pk, difference(now, cells_of(run.corrects_id, groups)) if run.corrects_id else now)


def cells_of(run_id: UUID, groups: "Groups") -> Found:
    """Return the royalties of a run in micros, by product and country, of each group of affiliated licensees."""
    rows = (
        CloseBucket.objects.visible_to(Actor.system(CLOSE_WORK))
        .filter(run=run_id)
        .order_by()
        .values("licence_id", "month", "product", "sold_in")
        .annotate(micros=Sum("billed_micros"))
    )
    found: defaultdict[Place, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if micros := int(row["micros"]):
            found[row["product"], row["sold_in"]][groups.of(row["licence_id"], row["month"])] += micros
    return {place: dict(amounts) for place, amounts in found.items()}


class Groups:
    """Which group of affiliates each licence of a programme belonged to, month by month."""

    def __init__(self, programme: Programme) -> None:
        self._licensees: dict[UUID, UUID] = {}
        self._history: defaultdict[UUID, list[tuple[str, str]]] = defaultdict(list)
        for licence in Licence.objects.filter(programme=programme).order_by("pk"):
            self._licensees[licence.pk] = licence.licensee_id
            self._history[licence.pk].append(("", licence.enterprise))
        changes = LicenceChange.objects.filter(licence__programme=programme).exclude(enterprise="")
        for change in changes.order_by("licence", "month"):
            self._history[change.licence_id].append((f"{change.month:%Y-%m}", change.enterprise))

    def of(self, licence_id: UUID, month: str) -> str:
        """Return the group of a licence in a month (YYYY-MM): a name, or the licensee by itself."""
        group = [name for since, name in self._history[licence_id] if since <= month][-1]
        return group or own_enterprise(self._licensees[licence_id])


def affiliates_of(organisation_id: UUID) -> frozenset[UUID]:
    """Return the organisations that belong together with one, or ever did: one of them may know the others' figures."""
    found, asked = {organisation_id}, {organisation_id}
    while asked:
        pairs = Affiliation.objects.filter(Q(first__in=asked) | Q(second__in=asked)).order_by()
        asked = {one for pair in pairs.values_list("first", "second") for one in pair} - found
        found |= asked
    return frozenset(found)


def own_groups(reader_id: UUID, affiliates: frozenset[UUID] | None = None) -> frozenset[str]:
    """Return every group an organisation belongs to or ever did, under any programme: it may know their figures.

    `affiliates`: the organisations that belong together with it, where they are known.
    """
    organisations = affiliates_of(reader_id) if affiliates is None else affiliates
    own = {own_enterprise(one) for one in organisations}
    for names in Organisation.objects.filter(pk__in=organisations).values_list("name_zh", "name_en"):
        own.update(name for name in names if name)
    former = OrganisationName.objects.filter(organisation__in=organisations).order_by()
    own.update(former.values_list("name", flat=True))
    licences = Licence.objects.filter(licensee__in=organisations)
    own.update(licences.exclude(enterprise="").order_by().values_list("enterprise", flat=True))
    changes = LicenceChange.objects.filter(licence__licensee__in=organisations).exclude(enterprise="")
    own.update(changes.order_by().values_list("enterprise", flat=True))
    # An affiliate that left the group, and reports by itself since, is its affiliate no more; one that is still in a
    # group of the same name under another programme is one here too, where it reports by itself.
    for licensee_id in Licence.objects.filter(enterprise__in=own).order_by().values_list("licensee", flat=True):
        own.add(own_enterprise(licensee_id))
    return frozenset(own)


class Background:
    """What a programme's figures are judged by, looked up once however many readers are told of them."""

    def __init__(self, programme: Programme) -> None:
        self.groups = Groups(programme)
        self._steps: dict[UUID, Step[UUID]] = {}
        self._affiliates: dict[UUID, frozenset[UUID]] = {}
        self._own: dict[UUID, frozenset[str]] = {}

    def step_of(self, run: CloseRun) -> Step[UUID]:
        """Return what became known with a close."""
        if run.pk not in self._steps:
            self._steps[run.pk] = step_of(run, self.groups)
        return self._steps[run.pk]

    def affiliates_of(self, organisation_id: UUID) -> frozenset[UUID]:
        """Return the organisations that belong together with one, or ever did."""
        if organisation_id not in self._affiliates:
            self._affiliates[organisation_id] = affiliates_of(organisation_id)
        return self._affiliates[organisation_id]

    def own_groups(self, organisation_id: UUID) -> frozenset[str]:
        """Return every group an organisation belongs to or ever did."""
        if organisation_id not in self._own:
            self._own[organisation_id] = own_groups(organisation_id, self.affiliates_of(organisation_id))
        return self._own[organisation_id]


def releases(programme: Programme, reader_id: UUID, *, actor: Actor) -> list[TotalsRelease]:
    """Return what of a programme's totals was told to an organisation, in order."""
    return list(
        TotalsRelease.objects.visible_to(actor).filter(programme=programme, reader=reader_id).order_by("number")
    )


def told_in(
    releases: Iterable[TotalsRelease], runs: Mapping[UUID, CloseRun], *, first: date | None, last: date | None
) -> list[Told]:
    """Return the blocks of which some month lies in a span, whole as they were told."""
    return [
        Told(
            periods=tuple(run.period for run in _of(release, runs) if run.corrects_id is None),
            corrected=tuple(dict.fromkeys(run.period for run in _of(release, runs) if run.corrects_id is not None)),
            first_month=release.first_month,
            last_month=release.last_month,
            atoms=tuple(Atom(tuple(rows), tuple(columns), int(micros)) for rows, columns, micros in release.atoms),
        )
        for release in releases
        if (last is None or release.first_month <= last) and (first is None or release.last_month >= first)
    ]


def months_of(runs: Sequence[CloseRun]) -> tuple[date, date]:
    """Return the months that closes are of: of new periods, or where there are none of those corrected."""
    counted = [run for run in runs if run.corrects_id is None] or list(runs)
    return min(run.first_month for run in counted), max(run.last_month for run in counted)


def in_span(first: date | None, last: date | None) -> Q:
    """Return the condition that selects closes of which some month lies in a span."""
    rows = Q()
    if first is not None:
        rows &= Q(last_month__gte=first)
    if last is not None:
        rows &= Q(first_month__lte=last)
    return rows


def _of(release: TotalsRelease, runs: Mapping[UUID, CloseRun]) -> list[CloseRun]:
    return [runs[run_id] for run_id in release.run_ids]
