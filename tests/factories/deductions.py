"""Reports that claim deductions, and comparisons and doubtful deductions as bare rows."""

from typing import TYPE_CHECKING, Any

from licensing.deductions.models import ComparedDeduction, ComparedReport, DeductionComparison, DoubtfulDeduction
from licensing.reports.models import SalesReport
from licensing.reports.services import Upload, file_sales_report, typed_lines
from platform_core.identity.models import Organisation
from tests.factories.core import NOON, make_user
from tests.factories.royalties import SmallWorld, month

CLAIMED = "brand-licensed"
"""The exclusion code under which lines claim that a brand reports them."""


def lines_claiming(*rows: tuple[int, str, str]) -> Upload:
    """Type lines of television sets sold in January: (units, brand or customer, exclusion code)."""
    return typed_lines(
        [
            {
                "month": "2025-01",
                "product": "tv",
                "made_in": "CN",
                "sold_in": "CN",
                "units": str(units),
                "currency": "CNY",
                "brand_or_customer": name,
                "exclusion_code": code,
                "evidence": "contract 7" if code else "",
            }
            for units, name, code in rows
        ]
    )


def file_claims(world: SmallWorld, who: str, *rows: tuple[int, str, str]) -> SalesReport:
    """File such lines for a licensee; without any, that nothing was sold."""
    return file_sales_report(
        actor=world.acting(who),
        licence_id=world.licences[who].pk,
        first_month=month("2025-01"),
        last_month=month("2025-01"),
        upload=lines_claiming(*rows) if rows else None,
    )


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
