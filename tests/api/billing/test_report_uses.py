"""Which closes counted a report, and what was billed: a licensee hears of no correction that is another's doing."""

from typing import Any

import pytest

from licensing.reports.models import SalesReport
from licensing.reports.services import supersede_sales_report
from tests.api.core.clients import client_of
from tests.factories.billing import billed, set_up_billing
from tests.factories.royalties import SmallWorld, upload_of
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def uses(world: SmallWorld, who: str, report: SalesReport | object) -> Any:
    answer = client_of(world.seats[who]).get(f"/api/v1/sales-reports/{report}/closes")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_licensee_hears_of_its_closes_and_invoices_and_of_no_correction_that_is_anothers(
    world: SmallWorld, filed: Filed
) -> None:
    series = set_up_billing(world, vat="")
    own, rivals = filed["L1"]["2025Q1"], filed["L2"]["2025Q1"]
    assert uses(world, "L1", own) == []
    first = world.closed("2025Q1")
    # Closed and not billed yet: the close is told, without anything that leads to it.
    (told,) = uses(world, "L1", own)
    assert (told["period"], told["run_id"], told["is_correction"], told["invoices"]) == ("2025Q1", None, False, [])
    invoice = billed(world, first, series)["L1"]
    (told,) = uses(world, "L1", own)
    assert [(each["number"], each["priced_minor"]) for each in told["invoices"]] == [
        (invoice.number_text, invoice.priced_minor)
    ]
    assert uses(world, "calculator", own)[0]["run_id"] == str(first.pk)

    # The rival corrects its report: the correction reads L1's again, and changes nothing of it.
    later = supersede_sales_report(
        actor=world.acting("L2"), report_id=rivals, upload=upload_of("L2", [("2025-01", 9)]), reason="returns"
    )
    world.corrected("2025Q1")
    assert [each["is_correction"] for each in uses(world, "calculator", own)] == [False, True]
    assert [each["is_correction"] for each in uses(world, "L1", own)] == [False]
    assert [each["is_correction"] for each in uses(world, "L2", later.pk)] == [True]
    assert [each["is_correction"] for each in uses(world, "L2", rivals)] == [False]
    # A later quarter reads the first one for the year's bands: that bills nothing of it again.
    world.closed("2025Q2")
    assert [each["period"] for each in uses(world, "L1", own)] == ["2025Q1"]
