"""A report that is filed or superseded while a comparison reads: what counts when it is kept is what it compared."""

from pathlib import Path

import pytest
from pytest_django import Settings

from licensing.deductions.models import DeductionComparison
from licensing.deductions.services import compare_deductions
from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from platform_core.problems import Conflict
from tests.concurrency.waiting import while_it_waits
from tests.factories.deductions import CLAIMED, file_claims, lines_claiming
from tests.factories.royalties import SmallWorld, make_small_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> SmallWorld:
    settings.DATA_DIR = tmp_path
    return make_small_world()


@pytest.fixture
def report(world: SmallWorld) -> SalesReport:
    return file_claims(world, "L1", (100, str(world.licences["L2"].licensee), CLAIMED))


def compared(world: SmallWorld, report: SalesReport) -> DeductionComparison:
    return compare_deductions(
        actor=world.acting("calculator"), report_id=report.pk, codes=[CLAIMED], reason="yearly sample"
    )


def test_the_report_that_a_brand_files_while_a_comparison_reads_is_compared(
    world: SmallWorld, report: SalesReport
) -> None:
    made = while_it_waits(lambda: file_claims(world, "L2", (100, "", "")), lambda: compared(world, report))

    [row] = made.deductions.all()
    assert (row.outcome, row.reported_units) == ("agrees", 100)


def test_the_report_that_takes_the_place_of_a_brands_while_a_comparison_reads_is_compared(
    world: SmallWorld, report: SalesReport
) -> None:
    earlier = file_claims(world, "L2", (60, "", ""))
    made = while_it_waits(
        lambda: supersede_sales_report(
            actor=world.acting("L2"), report_id=earlier.pk, upload=lines_claiming((100, "", "")), reason="counted again"
        ),
        lambda: compared(world, report),
    )

    [row] = made.deductions.all()
    assert (row.outcome, row.reported_units) == ("agrees", 100)
    assert not made.compared_reports.filter(report=earlier).exists()


def test_what_another_maker_claims_while_a_comparison_reads_counts(world: SmallWorld, report: SalesReport) -> None:
    file_claims(world, "L2", (150, "", ""))
    brand = str(world.licences["L2"].licensee)
    made = while_it_waits(lambda: file_claims(world, "L3", (100, brand, "other")), lambda: compared(world, report))

    [row] = made.deductions.all()
    assert (row.outcome, row.claimed_by_all_units) == ("cannot_tell", 200)


def test_a_claim_that_is_superseded_while_it_is_compared_is_not(world: SmallWorld, report: SalesReport) -> None:
    file_claims(world, "L2", (100, "", ""))
    with pytest.raises(Conflict, match="superseded"):
        while_it_waits(
            lambda: supersede_sales_report(
                actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold"
            ),
            lambda: compared(world, report),
        )
    assert not DeductionComparison.objects.exists()
