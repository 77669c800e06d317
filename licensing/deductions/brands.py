"""Who the brands and makers are that lines of reports name, and which reports count for them, month by month."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.db.models.functions import Lower

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.reports.calculation import alias_key
from licensing.reports.models import ReportedMonth
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.identity.models import Organisation


@dataclass(frozen=True, slots=True)
class Licensed:
    """A licence that is or was in force: what lines may call its licensee, and when it runs."""

    licence_id: UUID
    licensee_id: UUID
    names: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None

    def runs_in(self, month: date) -> bool:
        """Say whether it runs in some part of a month."""
        return (self.starts_on is None or self.starts_on.replace(day=1) <= month) and (
            self.ends_on is None or self.ends_on >= month
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """The report that counts for a licence and month."""

    licence_id: UUID
    month: date
    report_id: UUID
    is_estimate: bool
    has_details: bool


@dataclass(frozen=True, slots=True)
class Filing:
    """What of some months a brand was licensed for, and which reports count for them."""

    is_licensed: bool
    is_reported: bool
    reports: Collection[UUID]


@dataclass(frozen=True)
class Counting:
    """What counts in a programme for some months, as it stood at one moment; two that are equal say the same."""

    licences: tuple[Licensed, ...]
    counted: tuple[Counted, ...]

    def named(self, name: str) -> UUID | None:
        """Return the licensee that a name stands for: either of its names or the code of a licence, of one alone."""
        called = self._called.get(alias_key(name), ())
        return next(iter(called)) if len(called) == 1 else None

    @property
    def reports(self) -> set[UUID]:
        """The reports that count."""
        return {row.report_id for row in self.counted}

    @property
    def detailed(self) -> set[UUID]:
        """Those of them that say something of their lines besides."""
        return {row.report_id for row in self.counted if row.has_details}

    def filing_of(self, brand: UUID, months: Sequence[date]) -> Filing:
        """Say whether licences of one brand run in every month, and whether actual figures count for each then.

        An estimate of the office is nothing that the brand reported.
        """
        licences = self._licences_of[brand]
        running = {(each.licence_id, month) for each in licences for month in months if each.runs_in(month)}
        told = {
            (each.licence_id, month): report
            for each in licences
            for month in months
            if (report := self._reported.get((each.licence_id, month))) is not None
        }
        return Filing(
            is_licensed={month for _, month in running} == set(months),
            is_reported=running <= told.keys(),
            reports=set(told.values()),
        )

    @cached_property
    def _called(self) -> Mapping[str, set[UUID]]:
        called: dict[str, set[UUID]] = defaultdict(set)
        for licence in self.licences:
            for name in licence.names:
                called[alias_key(name)].add(licence.licensee_id)
        return called

    @cached_property
    def _licences_of(self) -> Mapping[UUID, Sequence[Licensed]]:
        found: dict[UUID, list[Licensed]] = defaultdict(list)
        for licence in self.licences:
            found[licence.licensee_id].append(licence)
        return found

    @cached_property
    def _reported(self) -> Mapping[tuple[UUID, date], UUID]:
        return {(row.licence_id, row.month): row.report_id for row in self.counted if not row.is_estimate}


def counting_in(programme: Programme, months: Collection[date], *, hold: bool = False) -> Counting:
    """Return what counts in a programme for some months; held, nothing is filed or superseded until the end.

    Filing and superseding lock the licence first, as this does.
    """
    rows = Licence.objects.filter(programme=programme, state__in=BINDING_STATES).select_related("licensee")
    if hold:
        rows = rows.select_for_update(no_key=True, of=("self",))
    licences = tuple(_licensed(licence) for licence in rows.order_by("pk"))
    counted = ReportedMonth.objects.filter(licence__programme=programme, month__in=months).order_by("licence", "month")
    return Counting(
        licences,
        tuple(
            Counted(licence, month, report, is_estimate, bool(details))
            for licence, month, report, is_estimate, details in counted.values_list(
                "licence", "month", "report", "report__is_estimate", "report__details_sha256"
            )
        ),
    )


def _licensed(licence: Licence) -> Licensed:
    names = (licence.licensee.name_zh, licence.licensee.name_en, licence.code)
    return Licensed(
        licence.pk, licence.licensee_id, tuple(name for name in names if name), licence.starts_on, licence.ends_on
    )


def known_elsewhere(names: Collection[str], *, actor: Actor) -> Mapping[str, Organisation]:
    """Return the organisations the actor may see that names stand for, by `alias_key`; one that two have is nobody's.

    They are asked for once, of those that have no licence of the programme.
    """
    if not names:
        return {}
    written = {" ".join(name.split()).lower() for name in names}
    rows = (
        Organisation.objects.visible_to(actor).filter(merged_into=None).alias(zh=Lower("name_zh"), en=Lower("name_en"))
    )
    found: dict[str, set[Organisation]] = defaultdict(set)
    for row in rows.filter(zh__in=written) | rows.filter(en__in=written):
        for name in (row.name_zh, row.name_en):
            found[alias_key(name)].add(row)
    return {name: next(iter(called)) for name, called in found.items() if len(called) == 1}
