"""Comparing what a report claims to be of licensed brands with what these brands reported."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.deductions.brands import Counting, Filing, counting_in, known_elsewhere
from licensing.deductions.calculation import Basis, Claimed, Outcome, judge
from licensing.deductions.figures import Figures
from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison
from licensing.deductions.policies import COMPARE_DEDUCTIONS
from licensing.deductions.reading import Claim, Named, ReportFiles, check_files
from licensing.reports.calculation import alias_key
from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.canonical import hash_of
from platform_core.checks import checked_text
from platform_core.identity.models import Organisation
from platform_core.ids import new_id
from platform_core.problems import Conflict, InvalidInput, NotAllowed, invalid
from platform_core.realtime.services import announce

MOST_TRIES: Final = 5
"""How often a comparison begins again because reports were filed while it read; only what is new is read then."""

Progress = Callable[[int, int], None]
"""Is told how many reports were read, and of how many; may stop the work by raising."""


def compare_deductions(
    *,
    actor: Actor,
    report_id: UUID,
    codes: Sequence[str],
    reason: str,
    comparison_id: UUID | None = None,
    progress: Progress = lambda done, total: None,
) -> DeductionComparison:
    """Set what a report claims under some exclusion codes beside what the brands it names reported, once and for good.

    It changes no figure and tells nobody: finance asks the licensee about what is doubtful. What it compares is what
    counts at the moment it is kept. Work that is begun again gives the same id again and makes no second one. Raises
    Conflict for a report that was superseded, InvalidInput for codes under which it claims nothing.
    """
    report, wanted, why = checked_request(actor=actor, report_id=report_id, codes=codes, reason=reason)
    kept = _kept(comparison_id) if comparison_id is not None else None
    if kept is not None:
        return kept
    comparison = DeductionComparison(
        id=comparison_id or new_id(), report=report, codes=wanted, reason=why, made_by_id=actor.person_id
    )
    with ReportFiles() as files:
        reader = _Reader(actor, files, progress)
        claims = reader.claims(report.pk, wanted)
        months = {_day(claim.month) for claim in claims}
        for _ in range(MOST_TRIES):
            counting = counting_in(report.licence.programme, months)
            made = _compared(reader, report, claims, counting)
            kept = _keep(actor, comparison, made, months)
            if kept is not None:
                return kept
    raise Conflict("Reports on these months are being filed at this moment: compare once more.")


def checked_request(
    *, actor: Actor, report_id: UUID, codes: Sequence[str], reason: str
) -> tuple[SalesReport, list[str], str]:
    """Return the report whose claims the actor may compare, the codes in order and why; refuse what cannot be."""
    report = get_visible(SalesReport, report_id, actor=actor, along=["licence__programme", "licence__licensee"])
    require(actor, COMPARE_DEDUCTIONS, report)
    return report, sorted(set(codes)), checked_text("reason", reason, longest=500)


def claims_nothing() -> InvalidInput:
    """Return the error for codes under which a report claims nothing."""
    return invalid("/codes", "not_claimed", "This report claims nothing for a brand under these codes.")


@dataclass(slots=True)
class _Reader:
    """Checks and reads each report once: they stay as they were filed, however often a comparison begins again."""

    actor: Actor
    files: ReportFiles
    progress: Progress
    reports: dict[UUID, SalesReport] = field(default_factory=dict)
    claimed: dict[UUID, list[Named]] = field(default_factory=dict)
    sold: dict[UUID, list[Named]] = field(default_factory=dict)

    def claims(self, report_id: UUID, codes: Collection[str]) -> list[Claim]:
        """Return what a report claims under some codes, and refuse codes under which it claims nothing."""
        self._take({report_id} - self.reports.keys())
        claims = self.files.claims(self.reports[report_id], codes)
        if not claims:
            raise claims_nothing()
        return claims

    def read(self, *, claiming: Collection[UUID], sold: Collection[UUID]) -> None:
        """Read what some reports claim for brands, and what others bear royalties for."""
        self._take({*claiming, *sold} - self.reports.keys())
        new = [(pk, self.claimed, self.files.claimed) for pk in sorted(claiming) if pk not in self.claimed]
        new += [(pk, self.sold, self.files.sold) for pk in sorted(sold) if pk not in self.sold]
        for done, (pk, kept, ask) in enumerate(new):
            self.progress(done, len(new))
            kept[pk] = ask(self.reports[pk])
        self.progress(len(new), len(new))

    def _take(self, wanted: Collection[UUID]) -> None:
        rows = SalesReport.objects.visible_to(self.actor).filter(pk__in=wanted).select_related("licence")
        found = {report.pk: report for report in rows}
        if len(found) < len(wanted):
            # Figures that are hidden from somebody are not to be had by comparing them.
            raise NotAllowed("Some of these reports are hidden from you: somebody else of finance has to compare them.")
        for report in found.values():
            check_files(report)
        self.reports |= found


@dataclass(frozen=True, slots=True)
class _Made:
    """What a comparison came to by what counted then, and the reports that it read."""

    counting: Counting
    rows: Sequence[ComparedDeduction]
    read: Sequence[SalesReport]


@dataclass(frozen=True, slots=True)
class _Group:
    """What is claimed for one brand and product, whose brand that is, and what it filed for these months."""

    claims: Sequence[Claim]
    brand: UUID | None
    filing: Filing | None
    """Blank, where nobody licensed is known by the name, or the maker itself is."""

    @property
    def reports(self) -> Collection[UUID]:
        """The brand's reports that there are to compare with."""
        is_comparable = self.filing is not None and self.filing.is_licensed and self.filing.is_reported
        return self.filing.reports if self.filing is not None and is_comparable else ()


def _compared(reader: _Reader, report: SalesReport, claims: Sequence[Claim], counting: Counting) -> _Made:
    if report.pk not in counting.reports:
        raise Conflict("The report was superseded: compare the one that counts now.")
    groups = _groups(report.licence.licensee_id, claims, counting)
    sold = {pk for group in groups for pk in group.reports}
    reader.read(claiming=counting.detailed, sold=sold)
    figures = Figures(counting.named)
    # Whatever their codes: each licensee writes its own, and the brand's figure has to hold them all.
    for pk in counting.detailed:
        figures.add_claimed(reader.claimed[pk])
    for pk in sold:
        figures.add_sold(reader.reports[pk].licence.licensee_id, reader.sold[pk])
    unknown = {group.claims[0].brand for group in groups if group.brand is None}
    elsewhere = known_elsewhere(unknown, actor=reader.actor)
    rows = [
        _row(group, place, maker=report.licence.licensee_id, figures=figures, elsewhere=elsewhere)
        for place, group in enumerate(groups, 1)
    ]
    return _Made(counting, rows, [reader.reports[pk] for pk in sorted(counting.detailed | sold)])


def _groups(maker: UUID, claims: Sequence[Claim], counting: Counting) -> list[_Group]:
    grouped: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[alias_key(claim.brand), claim.product].append(claim)
    found = []
    for _, of_brand in sorted(grouped.items()):
        if sum(claim.units for claim in of_brand) <= 0:
            continue
        brand = counting.named(of_brand[0].brand)
        # Nobody licenses itself: whose brand it is nobody can tell.
        is_licensed = brand is not None and brand != maker
        months = sorted({_day(claim.month) for claim in of_brand})
        found.append(_Group(of_brand, brand, counting.filing_of(brand, months) if brand and is_licensed else None))
    return found


def _row(
    group: _Group, place: int, *, maker: UUID, figures: Figures, elsewhere: Mapping[str, Organisation]
) -> ComparedDeduction:
    written, product = group.claims[0].brand, group.claims[0].product
    row = ComparedDeduction(
        place=place,
        brand_name=written,
        brand_id=group.brand,
        product=product,
        evidence=sorted({each for claim in group.claims for each in claim.evidence})[:5],
        claimed_units=sum(claim.units for claim in group.claims),
        outcome=Outcome.CANNOT_TELL.value,
        basis=Basis.NOTHING.value,
    )
    if group.brand is None:
        row.brand = elsewhere.get(alias_key(written))
        if row.brand is not None:
            row.outcome = Outcome.NOT_LICENSED.value
    elif group.filing is not None:
        _judge(row, group.filing, {claim.month for claim in group.claims}, maker=maker, figures=figures)
    return row


def _judge(row: ComparedDeduction, filing: Filing, months: Collection[str], *, maker: UUID, figures: Figures) -> None:
    if row.brand_id is None or not (filing.is_licensed and filing.is_reported):
        row.outcome = (Outcome.NOT_REPORTED if filing.is_licensed else Outcome.NOT_LICENSED).value
        return
    reported = figures.reported(row.brand_id, row.product, months, maker=maker)
    by_all = figures.claimed(row.brand_id, row.product, months)
    outcome, basis = judge(Claimed(row.claimed_units, by_all), reported)
    row.outcome, row.basis = outcome.value, basis.value
    row.claimed_by_all_units, row.reported_units = by_all, reported.units
    row.reported_of_maker_units = reported.of_maker if reported.names_makers else None


@transaction.atomic
def _keep(
    actor: Actor, comparison: DeductionComparison, made: _Made, months: Collection[date]
) -> DeductionComparison | None:
    """Keep a comparison by what counts at this moment; None, where that is no longer what it compared."""
    if counting_in(comparison.report.licence.programme, months, hold=True) != made.counting:
        return None
    kept = _kept(comparison.pk)
    if kept is not None:
        return kept
    comparison.made_at = actor.clock.now()
    comparison.sha256 = _hash_of(comparison, made)
    comparison.save(force_insert=True)
    for row in made.rows:
        row.comparison = comparison
    ComparedDeduction.objects.bulk_create(made.rows)
    ComparedReport.objects.bulk_create(
        ComparedReport(
            comparison=comparison, report=each, lines_sha256=each.lines_sha256, details_sha256=each.details_sha256
        )
        for each in made.read
    )
    reason = comparison.reason
    record_event("deduction_comparison.made", actor=actor, subject=comparison, changes={"reason": (None, reason)})
    announce(comparison)
    return comparison


def _kept(comparison_id: UUID) -> DeductionComparison | None:
    return DeductionComparison.objects.filter(pk=comparison_id).first()


def _hash_of(comparison: DeductionComparison, made: _Made) -> str:
    """Return the hash of what a comparison says and of what it read, in one written form."""
    content = {
        "report": str(comparison.report_id),
        "codes": comparison.codes,
        "reports": sorted([str(each.pk), each.lines_sha256, each.details_sha256] for each in made.read),
        "deductions": [
            [
                row.place,
                row.brand_name,
                str(row.brand_id or ""),
                row.product,
                row.evidence,
                row.claimed_units,
                row.claimed_by_all_units,
                row.reported_units,
                row.reported_of_maker_units,
                row.outcome,
                row.basis,
            ]
            for row in made.rows
        ],
    }
    return hash_of(content)


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
