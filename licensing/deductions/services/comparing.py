"""Comparing what a report claims to be of licensed brands with what these brands reported."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.deductions.brands import (
    Known,
    claimed_for,
    counting_in,
    filing_of,
    known_elsewhere,
    known_licensees,
    reported_of,
)
from licensing.deductions.calculation import Basis, Claimed, Outcome, judge
from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison
from licensing.deductions.policies import COMPARE_DEDUCTIONS
from licensing.deductions.reading import Claim, Sold, check_files, claims_of, sold_of
from licensing.reports.calculation import alias_key
from licensing.reports.models import ReportedMonth, SalesReport
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.ids import new_id
from platform_core.problems import Conflict, NotAllowed, invalid
from platform_core.realtime.services import announce


@dataclass(slots=True)
class _Reader:
    """Reads each report once, and remembers which were read."""

    actor: Actor
    read: dict[UUID, SalesReport] = field(default_factory=dict)
    claimed: dict[UUID, list[Claim]] = field(default_factory=dict)
    sold: dict[UUID, list[Sold]] = field(default_factory=dict)

    def claims(self, report: SalesReport) -> list[Claim]:
        if report.pk not in self.claimed:
            self._take(report)
            self.claimed[report.pk] = claims_of(report)
        return self.claimed[report.pk]

    def sales(self, report: SalesReport) -> list[Sold]:
        if report.pk not in self.sold:
            self._take(report)
            self.sold[report.pk] = sold_of(report)
        return self.sold[report.pk]

    def _take(self, report: SalesReport) -> None:
        if report.pk in self.read:
            return
        if not SalesReport.objects.visible_to(self.actor).filter(pk=report.pk).exists():
            # Figures that are hidden from somebody are not to be had by comparing them.
            raise NotAllowed("Some of these reports are hidden from you: somebody else of finance has to compare them.")
        check_files(report)
        self.read[report.pk] = report


def compare_deductions(*, actor: Actor, report_id: UUID, codes: Sequence[str], reason: str) -> DeductionComparison:
    """Set what a report claims under some exclusion codes beside what the brands it names reported, once and for good.

    It changes no figure and tells nobody: finance asks the licensee about what is doubtful. Raises Conflict for a
    report that was superseded, InvalidInput for codes under which it claims nothing.
    """
    report = get_visible(SalesReport, report_id, actor=actor, along=["licence__programme", "licence__licensee"])
    require(actor, COMPARE_DEDUCTIONS, report)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    reader = _Reader(actor)
    wanted = sorted(set(codes))
    claims = [claim for claim in reader.claims(report) if claim.code in wanted]
    if not claims:
        raise invalid("/codes", "unknown", "This report claims nothing for a brand under these codes.")
    rows = _compared(reader, report, claims)
    return _keep(actor, report, wanted, reason.strip(), rows, list(reader.read.values()))


def _compared(reader: _Reader, report: SalesReport, claims: Sequence[Claim]) -> list[ComparedDeduction]:
    known = known_licensees(report.licence.programme)
    grouped: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in claims:
        grouped[alias_key(claim.brand), claim.product].append(claim)
    # Whatever their codes: each licensee writes its own, and the brand's figure has to hold them all.
    others = [
        claim
        for other in counting_in(report.licence.programme, {_day(claim.month) for claim in claims})
        for claim in reader.claims(other)
    ]
    rows = [
        _one(reader, report, known, of_brand, others)
        for of_brand in (grouped[key] for key in sorted(grouped))
        if sum(claim.units for claim in of_brand) > 0
    ]
    for place, row in enumerate(rows, 1):
        row.place = place
    return rows


def _one(
    reader: _Reader, report: SalesReport, known: Known, claims: Sequence[Claim], others: Sequence[Claim]
) -> ComparedDeduction:
    maker, product, months = report.licence.licensee_id, claims[0].product, {claim.month for claim in claims}
    row = ComparedDeduction(
        brand_name=claims[0].brand,
        product=product,
        evidence=sorted({each for claim in claims for each in claim.evidence})[:5],
        claimed_units=sum(claim.units for claim in claims),
        outcome=Outcome.CANNOT_TELL.value,
        basis=Basis.NOTHING.value,
    )
    brand = known.named(claims[0].brand)
    if brand is None:
        row.brand = known_elsewhere(claims[0].brand, actor=reader.actor)
        if row.brand is not None:
            row.outcome = Outcome.NOT_LICENSED.value
        return row
    row.brand_id = brand
    if brand == maker:
        # Nobody licenses itself: whose brand it is nobody can tell.
        return row
    filing = filing_of(known.licences[brand], sorted(_day(month) for month in months))
    if not (filing.is_licensed and filing.is_reported):
        row.outcome = (Outcome.NOT_REPORTED if filing.is_licensed else Outcome.NOT_LICENSED).value
        return row
    reports = SalesReport.objects.filter(pk__in=filing.reports).select_related("licence").order_by("pk")
    sold = [each for found in reports for each in reader.sales(found)]
    reported = reported_of(sold, maker=maker, product=product, months=months, known=known)
    by_all = claimed_for(others, brand=brand, product=product, months=months, known=known)
    outcome, basis = judge(Claimed(row.claimed_units, by_all), reported)
    row.outcome, row.basis = outcome.value, basis.value
    row.claimed_by_all_units, row.reported_units = by_all, reported.units
    row.reported_of_maker_units = reported.of_maker if reported.names_makers else None
    return row


@transaction.atomic
def _keep(
    actor: Actor,
    report: SalesReport,
    codes: Sequence[str],
    reason: str,
    rows: Sequence[ComparedDeduction],
    read: Sequence[SalesReport],
) -> DeductionComparison:
    # Filing and superseding lock the licence: what counted when it was read counts still.
    ids = sorted({each.licence_id for each in read} | {report.licence_id})
    list(type(report.licence).objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values("pk"))
    counting = ReportedMonth.objects.filter(report__in=[each.pk for each in read]).values("report").distinct()
    if counting.count() != len(read) or not ReportedMonth.objects.filter(report=report).exists():
        raise Conflict("One of these reports was superseded: compare the one that counts now.")
    comparison = DeductionComparison(
        id=new_id(),
        report=report,
        codes=list(codes),
        reason=reason,
        made_at=actor.clock.now(),
        made_by_id=actor.person_id,
        sha256=_hash_of(report, codes, rows, read),
    )
    comparison.save(force_insert=True)
    for row in rows:
        row.comparison = comparison
    ComparedDeduction.objects.bulk_create(rows)
    ComparedReport.objects.bulk_create(
        ComparedReport(
            comparison=comparison,
            report=each,
            lines_sha256=each.lines_sha256,
            details_sha256=each.details_sha256,
        )
        for each in read
    )
    record_event("deduction_comparison.made", actor=actor, subject=comparison, changes={"reason": (None, reason)})
    announce(comparison)
    return comparison


def _hash_of(
    report: SalesReport, codes: Sequence[str], rows: Sequence[ComparedDeduction], read: Sequence[SalesReport]
) -> str:
    """Return the hash of what a comparison says and of what it read, in one written form."""
    content = {
        "report": str(report.pk),
        "codes": list(codes),
        "reports": sorted([str(each.pk), each.lines_sha256, each.details_sha256] for each in read),
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
            for row in rows
        ],
    }
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
