"""A settlement and a report of the same months at once: whichever comes first, no unit is billed twice."""

import pytest

from licensing.agreements.models import Charge
from licensing.audits.models import Audit
from licensing.audits.services import settle_audit
from licensing.reports.models import SalesReport
from platform_core.problems import Conflict, Problem
from tests.concurrency.waiting import while_it_waits
from tests.factories.audits import closed_world
from tests.factories.royalties import SmallWorld
from tests.integration.audits.test_audit import worked_out
from tests.integration.audits.test_what_closes_bill import reported_anew

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def closed(transactional_db: None, files_of_their_own: None, engine_in_this_process: None) -> SmallWorld:
    """A quarter that is posted, with a clause and an auditor."""
    return closed_world()


def test_a_report_that_waits_for_a_settlement_is_refused(closed: SmallWorld) -> None:
    audit = worked_out(closed)
    reports = SalesReport.objects.count()

    def report() -> Problem | None:
        try:
            reported_anew(closed, [("2025-02", 100_000)])
        except Conflict as problem:
            return problem
        return None

    refused = while_it_waits(lambda: settle_audit(actor=closed.acting("approver"), audit_id=audit.pk), report)
    assert refused is not None
    assert refused.detail.startswith("Audit 1 of these months has charged what lacked")
    assert SalesReport.objects.count() == reports
    assert Charge.objects.filter(kind="audit_shortfall").count() == 1


def test_a_settlement_that_waits_for_a_report_is_refused(closed: SmallWorld) -> None:
    audit = worked_out(closed)

    def settle() -> Problem | None:
        try:
            settle_audit(actor=closed.acting("approver"), audit_id=audit.pk)
        except Conflict as problem:
            return problem
        return None

    refused = while_it_waits(lambda: reported_anew(closed, [("2025-02", 100_000)]), settle)
    assert refused is not None
    assert refused.detail == "A report of these months or years is not billed yet: post its close first."
    assert not Charge.objects.exists()
    assert Audit.objects.get().state == "calculated"
