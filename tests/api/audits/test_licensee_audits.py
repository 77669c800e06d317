"""Audits of licensees over HTTP: who sees them, what each is told, and what a second sending does."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditClause
from licensing.audits.services import record_audit_clause, settle_audit
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.audits import closed_world, confirmed_clause, end_audits, make_audit, new_clause
from tests.factories.royalties import SmallWorld
from tests.integration.audits.steps import worked_out

pytestmark = pytest.mark.django_db

AUDITS, CLAUSES = "/api/v1/licensee-audits", "/api/v1/audit-clauses"

CLAUSE = {
    "from_on": "2024-01-01",
    "stands_in": "8.2",
    "notice_days": 0,
    "look_back_years": 3,
    "months_between": 12,
    "threshold_percent": "5",
    "threshold_reaches": "at_least",
    "threshold_measure": "due",
    "interest_kind": "daily",
    "interest_percent": "0.05",
    "payment_days": 30,
}


def posted(world: SmallWorld, who: str, path: str, body: Any = None, key: str = "one") -> Any:
    return client_of(world.seats[who]).post(
        path, body or {}, content_type="application/json", headers={"Idempotency-Key": f"key-{who}-{key}-0001"}
    )


def test_a_clause_is_recorded_once_and_confirmed_by_another_before_its_licensee_reads_it(world: SmallWorld) -> None:
    body = {**CLAUSE, "licence_id": str(world.licences["L1"].pk)}
    first = posted(world, "calculator", CLAUSES, body)
    assert (first.status_code, first.json()["threshold_percent"], first.json()["confirmed_at"]) == (201, "5", None)
    assert posted(world, "calculator", CLAUSES, body).json()["id"] == first.json()["id"]
    assert AuditClause.objects.count() == 1
    assert posted(world, "calculator", CLAUSES, body, "another").status_code == 409
    assert client_of(world.seats["L1"]).get(CLAUSES).json()["items"] == []
    address = f"{CLAUSES}/{first.json()['id']}/confirmation"
    assert posted(world, "calculator", address).status_code == 403
    assert posted(world, "approver", address).status_code == 200
    assert [row["stands_in"] for row in client_of(world.seats["L1"]).get(CLAUSES).json()["items"]] == ["8.2"]
    assert client_of(world.seats["L2"]).get(CLAUSES).json()["items"] == []


def test_a_wrong_clause_is_withdrawn_or_replaced_and_each_says_what_may_be_done_with_it(world: SmallWorld) -> None:
    body = {**CLAUSE, "licence_id": str(world.licences["L1"].pk)}

    def steps(who: str) -> list[list[str]]:
        return [row["allowed_steps"] for row in client_of(world.seats[who]).get(CLAUSES).json()["items"]]

    first = posted(world, "calculator", CLAUSES, body).json()
    assert (first["answer_days"], first["allowed_steps"]) == (30, ["withdraw"])
    assert steps("approver") == [["confirm", "withdraw"]]
    gone = posted(world, "calculator", f"{CLAUSES}/{first['id']}/withdrawal", {"reason": "A typing error"}).json()
    assert (gone["withdrawn_reason"], gone["allowed_steps"]) == ("A typing error", [])
    wrong = posted(world, "calculator", CLAUSES, body, "second").json()
    posted(world, "approver", f"{CLAUSES}/{wrong['id']}/confirmation")
    assert steps("approver") == [["replace"], []]
    assert steps("L1") == [[]]
    right = {**body, "threshold_percent": "10", "replaces_id": wrong["id"]}
    assert posted(world, "calculator", CLAUSES, right, "third").status_code == 422
    made = posted(world, "calculator", CLAUSES, {**right, "reason": "It is 10"}, "fourth")
    assert (made.status_code, made.json()["replaces_id"], made.json()["reason"]) == (201, wrong["id"], "It is 10")
    posted(world, "approver", f"{CLAUSES}/{made.json()['id']}/confirmation", key="fourth")
    shown = client_of(world.seats["L1"]).get(CLAUSES).json()["items"]
    assert [(row["threshold_percent"], row["replaced_at"] is None) for row in shown] == [("10", True), ("5", False)]


def test_an_audit_is_seen_by_finance_its_licensee_and_nobody_else_at_any_of_its_addresses(world: SmallWorld) -> None:
    audit = make_audit(world.licences["L1"], world.seats["auditor"])
    for who in ("L2", "secretariat", "M1", "auditor"):
        client = client_of(world.seats[who])
        assert client.get(AUDITS).json()["items"] == []
        for part in ("", "/findings"):
            assert client.get(f"{AUDITS}/{audit.pk}{part}").status_code == 404
        for part in ("notice", "undertaking", "report", "settlement"):
            assert posted(world, who, f"{AUDITS}/{audit.pk}/{part}", key=part).status_code == 404
    for who in ("calculator", "L1"):
        found = client_of(world.seats[who]).get(f"{AUDITS}/{audit.pk}/findings").json()["items"]
        assert [(row["difference_units"], row["difference_minor"]) for row in found] == [(1, 1)]
    audit.refresh_from_db()
    assert audit.state == AuditState.REPORTED
    logged = AccessLogEntry.objects.filter(action="licensee_audit.findings_viewed")
    assert logged.count() == 2


def test_an_answer_is_given_once_and_told_in_the_language_of_the_reader(world: SmallWorld) -> None:
    audit = make_audit(world.licences["L1"], world.seats["auditor"])
    address = f"{AUDITS}/{audit.pk}/answer"
    body = {"accept": False, "answer": "The second plant is another company's."}
    assert posted(world, "calculator", address, body).status_code == 403
    answered = posted(world, "L1", address, body).json()
    assert (answered["state"], answered["is_accepted"], answered["allowed_steps"]) == ("answered", False, [])
    assert posted(world, "L1", address, body).json()["state"] == "answered"
    refused = client_of(world.seats["L1"]).post(
        address,
        {"accept": True},
        content_type="application/json",
        headers={"Idempotency-Key": "key-another-0001", "Accept-Language": "zh"},
    )
    assert refused.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_proposal_names_what_stands_in_its_way(
    world: SmallWorld, files_of_their_own: None, engine_in_this_process: None
) -> None:
    confirmed_clause(world, "L1")
    body = {
        "licence_id": str(world.licences["L1"].pk),
        "first_month": "2025-01-01",
        "last_month": "2025-03-01",
        "auditor_seat_id": str(world.seats["auditor"].pk),
        "reason": "Yearly",
    }
    refused = posted(world, "calculator", AUDITS, body, "open")
    assert refused.json()["detail"] == "2025-01 is not closed yet: what was found is put beside what was billed."
    world.report("L1", [("2025-02", 5_000)], first="2025-01", last="2025-03")
    world.closed("2025Q1")
    made = posted(world, "calculator", AUDITS, body)
    assert (made.status_code, made.json()["state"]) == (201, "proposed")
    assert made.json()["allowed_steps"] == ["cancel"]
    assert made.json()["clause"]["threshold_measure"] == "paid"
    assert posted(world, "calculator", AUDITS, body, "again").status_code == 409
    hidden = posted(world, "calculator", AUDITS, {**body, "auditor_seat_id": str(world.seats["M1"].pk)}, "member")
    assert hidden.status_code == 422
    assert Audit.objects.count() == 1


def test_a_cancellation_is_between_finance_until_a_second_person_decides_it(world: SmallWorld) -> None:
    audit = make_audit(world.licences["L1"], world.seats["auditor"])
    address = f"{AUDITS}/{audit.pk}"
    asked = posted(world, "calculator", f"{address}/cancellation", {"reason": "The firm was sold"}).json()
    assert (asked["state"], asked["cancelled_reason"]) == ("reported", "The firm was sold")
    assert "confirm cancellation" not in asked["allowed_steps"]
    seen = client_of(world.seats["L1"]).get(address).json()
    assert (seen["cancel_asked_at"], seen["cancelled_reason"]) == (None, "")
    assert posted(world, "calculator", f"{address}/cancellation/approval").status_code == 403
    assert posted(world, "L1", f"{address}/cancellation/approval").status_code == 403
    kept = posted(world, "approver", f"{address}/cancellation/refusal").json()
    assert (kept["cancel_asked_at"], kept["cancelled_reason"]) == (None, "")
    posted(world, "approver", f"{address}/cancellation", {"reason": "It was settled elsewhere"})
    ended = posted(world, "calculator", f"{address}/cancellation/approval", key="second").json()
    assert (ended["state"], ended["cancelled_reason"]) == ("cancelled", "It was settled elsewhere")
    seen = client_of(world.seats["L1"]).get(address).json()
    assert seen["cancelled_reason"] == "It was settled elsewhere"


@pytest.mark.django_db(transaction=True)
def test_a_reversal_is_between_finance_until_a_second_person_confirms_it(
    files_of_their_own: None, engine_in_this_process: None
) -> None:
    world = closed_world()
    audit = settle_audit(actor=world.acting("approver"), audit_id=worked_out(world).pk)
    address = f"{AUDITS}/{audit.pk}"
    cancelled = posted(
        world, "approver", f"/api/v1/charges/{audit.shortfall_charge_id}/cancellation", {"reason": "A favour"}, "charge"
    )
    assert cancelled.status_code == 409
    assert cancelled.json()["detail"].startswith("Audit 1 of this licence raised this charge")
    asked = posted(world, "approver", f"{address}/reversal", {"reason": "The plant is another's"}).json()
    assert (asked["reversed_at"], asked["reversal_reason"]) == (None, "The plant is another's")
    assert asked["allowed_steps"] == ["refuse reversal"]
    seen = client_of(world.seats["L1"]).get(address).json()
    assert (seen["reversal_proposed_at"], seen["reversal_reason"]) == (None, "")
    assert posted(world, "approver", f"{address}/reversal/approval", key="own").status_code == 403
    assert posted(world, "L1", f"{address}/reversal/approval").status_code == 403
    assert posted(world, "L2", f"{address}/reversal/approval").status_code == 404
    kept = posted(world, "approver", f"{address}/reversal/refusal", key="kept").json()
    assert (kept["reversal_proposed_at"], kept["reversal_reason"]) == (None, "")
    posted(world, "calculator", f"{address}/reversal", {"reason": "It was another's"})
    done = posted(world, "approver", f"{address}/reversal/approval", key="second").json()
    assert (done["state"], done["allowed_steps"]) == ("settled", [])
    seen = client_of(world.seats["L1"]).get(address).json()
    assert (seen["reversed_at"], seen["reversal_reason"]) == (done["reversed_at"], "It was another's")


def test_twelve_clauses_cost_as_many_queries_as_three(world: SmallWorld) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert client_of(world.seats["calculator"]).get(CLAUSES).status_code == 200
        return len(made)

    def clauses(first: int, last: int) -> None:
        for year in range(first, last):
            record_audit_clause(
                actor=world.acting("approver"),
                licence_id=world.licences["L1"].pk,
                clause=new_clause(from_on=date(year, 1, 1)),
            )

    clauses(2000, 2003)
    queries()
    few = queries()
    clauses(2003, 2012)
    assert queries() == few


def test_twelve_audits_cost_as_many_queries_as_three(world: SmallWorld) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert client_of(world.seats["calculator"]).get(AUDITS).status_code == 200
        return len(made)

    def audits(count: int) -> None:
        for _ in range(count):
            end_audits(world.licences["L1"])
            make_audit(world.licences["L1"], world.seats["auditor"], clause=AuditClause.objects.first())

    audits(3)
    queries()
    few = queries()
    audits(9)
    assert queries() == few
