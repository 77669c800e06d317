"""What an auditor may read and find, from when until when, and who sees what it found."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from licensing.audits.models import Audit, AuditFinding
from licensing.audits.selectors import findings_of
from licensing.audits.services import (
    hand_in_findings,
    open_access,
    record_finding,
    send_back_audit,
    undertake_confidentiality,
)
from licensing.reports.models import SalesReport
from platform_core.audit.models import AuditEvent
from platform_core.problems import Conflict, InvalidInput, NotFound
from tests.factories.audits import add_auditor
from tests.factories.royalties import SmallWorld, month
from tests.integration.audits.steps import ENDS_ON, NOTICED_ON, at, in_fieldwork, noticed

pytestmark = pytest.mark.django_db(transaction=True)


def test_there_is_no_access_before_the_notice_has_run_nor_without_the_undertaking(closed: SmallWorld) -> None:
    audit = noticed(closed)
    assert (audit.noticed_on, audit.access_from_on) == (NOTICED_ON, date(2026, 2, 17))
    at(closed, date(2026, 2, 17))
    with pytest.raises(Conflict, match="undertaking"):
        open_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    undertake_confidentiality(actor=closed.acting("auditor"), audit_id=audit.pk)
    at(closed, date(2026, 2, 16))
    with pytest.raises(Conflict, match="no access before"):
        open_access(actor=closed.acting("calculator"), audit_id=audit.pk, access_ends_on=ENDS_ON)
    assert not SalesReport.objects.visible_to(closed.acting("auditor")).exists()


def test_the_auditor_reads_that_licensees_reports_of_those_months_until_its_access_ends(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)
    mine = SalesReport.objects.get(licence__code="L1", first_month=month("2025-01"))
    assert list(SalesReport.objects.visible_to(closed.acting("auditor"))) == [mine]
    found = findings_of(audit, actor=closed.acting("auditor")).values_list(
        "period", "product", "reported_units", "reported_minor", "found_minor", "due_on"
    )
    assert list(found) == [("2025Q1", "tv", 95_000, 9_500_000, 9_500_000, date(2025, 5, 30))]

    closed.clock.set(datetime.fromisoformat("2026-04-01T00:00:00+08:00") - timedelta(seconds=1))
    assert list(SalesReport.objects.visible_to(closed.acting("auditor"))) == [mine]
    closed.clock.move(timedelta(seconds=1))
    auditor = closed.acting("auditor")
    assert not SalesReport.objects.visible_to(auditor).exists()
    assert not AuditFinding.objects.visible_to(auditor).exists()
    with pytest.raises(NotFound):
        hand_in_findings(actor=auditor, audit_id=audit.pk)


def test_another_auditor_sees_nothing_of_it(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)
    add_auditor(closed, "second auditor")
    other = closed.acting("second auditor")
    assert not Audit.objects.visible_to(other).exists()
    assert not AuditFinding.objects.visible_to(other).exists()
    assert not SalesReport.objects.visible_to(other).exists()
    with pytest.raises(NotFound):
        undertake_confidentiality(actor=other, audit_id=audit.pk)


def test_findings_are_the_auditors_own_until_they_are_handed_in_and_nobody_elses_then(closed: SmallWorld) -> None:
    audit = in_fieldwork(closed)

    def seeing() -> list[str]:
        return [who for who in closed.seats if findings_of(audit, actor=closed.acting(who)).exists()]

    record_finding(
        actor=closed.acting("auditor"),
        audit_id=audit.pk,
        period="2025Q1",
        product="stb",
        found_units=3,
        found_minor=300,
        cause="Never reported",
    )
    assert seeing() == ["auditor"]
    assert AuditEvent.objects.get(name="licensee_audit.finding_recorded").changes == {}
    hand_in_findings(actor=closed.acting("auditor"), audit_id=audit.pk)
    assert seeing() == ["calculator", "approver", "L1", "auditor"]
    send_back_audit(
        actor=closed.acting("approver"), audit_id=audit.pk, reason="One plant is missing", access_ends_on=ENDS_ON
    )
    assert seeing() == ["auditor"]


def test_a_finding_that_differs_says_why_and_is_of_months_that_are_audited_once(closed: SmallWorld) -> None:
    audit, auditor = in_fieldwork(closed), closed.acting("auditor")

    def found(period: str, product: str, **given: Any) -> list[str]:
        with pytest.raises(InvalidInput) as caught:
            record_finding(
                actor=auditor,
                audit_id=audit.pk,
                period=period,
                product=product,
                **{"found_units": 1, "found_minor": 100, "cause": "left out", **given},
            )
        return [error.code for error in caught.value.errors]

    assert found("2025Q1", "tv", cause="") == ["required"]
    assert found("2025-02", "stb") == ["overlaps"]
    assert found("2024Q4", "stb") == ["not_audited"]
    assert found("2025Q5", "~charge:x", found_units=-1) == ["bad_value", "bad_number", "not_a_period"]
    assert AuditFinding.objects.get().found_units == 95_000
    made = record_finding(
        actor=auditor,
        audit_id=audit.pk,
        period="2025Q1",
        product="stb",
        found_units=3,
        found_minor=300,
        cause="Never reported",
    )
    assert (made.reported_units, made.reported_minor, made.due_on) == (0, 0, date(2025, 5, 30))
    with pytest.raises(IntegrityError, match="what was reported never does"), transaction.atomic():
        AuditFinding.objects.filter(pk=made.pk).update(reported_minor=300)
