"""A settlement and a report of the same months at once: whichever comes first, no unit is billed twice."""

import pytest

from licensing.agreements.models import Charge
from licensing.audits.models import Audit
from licensing.audits.services import confirm_audit_reversal, propose_audit_reversal, settle_audit
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.reports.models import SalesReport
from platform_core.audit.models import AuditEvent
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import Conflict, Problem, WrongState
from tests.concurrency.waiting import while_it_waits
from tests.factories.audits import closed_world
from tests.factories.core import give_role, make_organisation, make_seat
from tests.factories.royalties import SmallWorld
from tests.integration.audits.steps import worked_out
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


def test_two_who_confirm_a_reversal_at_once_take_the_charges_back_once(closed: SmallWorld) -> None:
    audit = settle_audit(actor=closed.acting("approver"), audit_id=worked_out(closed).pk)
    closed.report("L1", [("2026-01", 7)], first="2026-01", last="2026-01")
    closed.closed("2026-01")
    closed.seats["third"] = make_seat(organisation=make_organisation())
    give_role(closed.seats["third"], Role.FINANCE, entity=closed.entity, purpose=Purpose.ROYALTIES)
    propose_audit_reversal(actor=closed.acting("approver"), audit_id=audit.pk, reason="It is another's plant")

    def confirm() -> Problem | None:
        try:
            confirm_audit_reversal(actor=closed.acting("third"), audit_id=audit.pk)
        except WrongState as problem:
            return problem
        return None

    refused = while_it_waits(
        lambda: confirm_audit_reversal(actor=closed.acting("calculator"), audit_id=audit.pk), confirm
    )
    assert refused is not None
    assert refused.detail == "Nobody proposes to reverse the settlement of this audit."
    assert AuditEvent.objects.filter(name="charge.cancelled").count() == 3
    assert CloseRun.objects.filter(period="2026-01", status=RunStatus.DRAFT).count() == 1
    assert closed.corrected("2026-01").licence_results.get(licence__code="L1").due_minor == 700
