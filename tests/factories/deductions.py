"""Comparisons of deductions as bare rows, and doubtful ones: for tests of who may see them."""

from typing import TYPE_CHECKING, Any

from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison, DoubtfulDeduction
from licensing.reports.models import SalesReport
from platform_core.identity.models import Organisation
from tests.factories.core import NOON, make_user

if TYPE_CHECKING:
    from tests.factories.world import World


def make_comparison(report: SalesReport, brand: Organisation, **columns: Any) -> DeductionComparison:
    """A report claims 100 for a brand that reported 60."""
    comparison = DeductionComparison.objects.create(
        **{
            "report": report,
            "codes": ["brand-licensed"],
            "reason": "yearly sample",
            "made_at": NOON,
            "made_by": make_user(),
            "sha256": "2" * 64,
            **columns,
        }
    )
    ComparedReport.objects.create(comparison=comparison, report=report, lines_sha256=report.lines_sha256)
    ComparedDeduction.objects.create(
        comparison=comparison,
        place=1,
        brand_name="Brand",
        brand=brand,
        product="tv",
        evidence=["contract 7"],
        claimed_units=100,
        claimed_by_all_units=100,
        reported_units=60,
        outcome="claimed_more",
        basis="total",
    )
    return comparison


def make_doubt(comparison: DeductionComparison, **columns: Any) -> DoubtfulDeduction:
    """Its licensee is asked about it."""
    compared = comparison.deductions.get()
    return DoubtfulDeduction.objects.create(
        **{
            "compared": compared,
            "report": comparison.report,
            "brand_name": compared.brand_name,
            "product": compared.product,
            "claimed_units": compared.claimed_units,
            "request": "show it",
            "asked_at": NOON,
            "asked_by": make_user(),
            **columns,
        }
    )


def populate(world: "World") -> None:
    """Compare a report of every licensee, and ask each about what is doubtful."""
    del world
    reports = SalesReport.objects.select_related("licence__licensee")
    for report in reports.order_by("licence_id", "pk").distinct("licence_id"):
        make_doubt(make_comparison(report, report.licence.licensee))
