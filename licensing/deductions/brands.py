"""Who the brands and makers are that lines of reports name, and what was reported for them, month by month."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.deductions.calculation import Reported
from licensing.deductions.reading import Claim, Sold
from licensing.reports.calculation import alias_key
from licensing.reports.models import ReportedMonth, SalesReport
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.identity.models import Organisation


@dataclass(frozen=True, slots=True)
class Known:
    """The licensees of a programme by what lines call them: either of their names, or the code of a licence."""

    by_name: Mapping[str, UUID]
    licences: Mapping[UUID, Sequence[Licence]]

    def named(self, name: str) -> UUID | None:
        """Return the licensee that a name stands for."""
        return self.by_name.get(alias_key(name))


def known_licensees(programme: Programme) -> Known:
    """Return every licensee that a programme has or had, by its names and codes; a name that two have is nobody's."""
    rows = Licence.objects.filter(programme=programme, state__in=BINDING_STATES).select_related("licensee")
    called: dict[str, set[UUID]] = defaultdict(set)
    licences: dict[UUID, list[Licence]] = defaultdict(list)
    for licence in rows.order_by("code", "pk"):
        licences[licence.licensee_id].append(licence)
        for name in (licence.licensee.name_zh, licence.licensee.name_en, licence.code):
            if name:
                called[alias_key(name)].add(licence.licensee_id)
    return Known({name: next(iter(ids)) for name, ids in called.items() if len(ids) == 1}, licences)


def known_elsewhere(name: str, *, actor: Actor) -> Organisation | None:
    """Return the one organisation the actor may see that has a name and no licence of the programme."""
    called = Q(name_zh__iexact=name.strip()) | Q(name_en__iexact=name.strip())
    rows = Organisation.objects.visible_to(actor).filter(called, merged_into=None)[:2]
    return rows[0] if len(rows) == 1 else None


@dataclass(frozen=True, slots=True)
class Filing:
    """What of some months a brand was licensed for, and which reports count for them."""

    is_licensed: bool
    is_reported: bool
    reports: Collection[UUID]


def filing_of(licences: Sequence[Licence], months: Sequence[date]) -> Filing:
    """Say whether licences of one brand run in every month, and whether actual figures count for each then.

    An estimate of the office is nothing that the brand reported.
    """
    running = {
        (licence.pk, month)
        for licence in licences
        for month in months
        if (licence.starts_on is None or licence.starts_on.replace(day=1) <= month)
        and (licence.ends_on is None or licence.ends_on >= month)
    }
    counted = ReportedMonth.objects.filter(
        licence__in=[licence.pk for licence in licences], month__in=months, report__is_estimate=False
    )
    told = {(row.licence_id, row.month): row.report_id for row in counted}
    return Filing(
        is_licensed={month for _, month in running} == set(months),
        is_reported=running <= told.keys(),
        reports=set(told.values()),
    )


def counting_in(programme: Programme, months: Collection[date]) -> list[SalesReport]:
    """Return the reports of a programme that count for some of the months and say something of their lines besides."""
    counted = ReportedMonth.objects.filter(licence__programme=programme, month__in=months).order_by()
    rows = SalesReport.objects.filter(pk__in=counted.values("report")).exclude(details_sha256="")
    return list(rows.select_related("licence").order_by("licence__code", "first_month", "pk"))


def reported_of(sold: Sequence[Sold], *, maker: UUID, product: str, months: Collection[str], known: Known) -> Reported:
    """Sum what a brand bears royalties for, of a product in some months, by whom its lines name as the maker."""
    rows = [row for row in sold if row.product == product and row.month in months]
    by_maker: dict[UUID | None, int] = defaultdict(int)
    for row in rows:
        by_maker[known.named(row.customer) if row.customer else None] += row.units
    unnamed = by_maker.pop(None, 0)
    of_maker = by_maker.pop(maker, 0)
    named = any(row.customer and known.named(row.customer) is not None for row in rows)
    return Reported(of_maker, sum(by_maker.values()), unnamed, named)


def claimed_for(claims: Sequence[Claim], *, brand: UUID, product: str, months: Collection[str], known: Known) -> int:
    """Sum what claims of any maker are for a brand and product in some months."""
    return sum(
        claim.units
        for claim in claims
        if claim.product == product and claim.month in months and known.named(claim.brand) == brand
    )
