"""Distributions over HTTP: made by two people, shown to members once released, proved where the total tells nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionItem, DistributionRun, Objection
from licensing.distribution.proofs import read_published, read_statement, verify_statement
from platform_core.access.models import AccessLogEntry
from platform_core.audit.models import AuditEvent
from platform_core.clock import SystemClock, today
from platform_core.jobs.tasks import run as run_job
from tests.api.core.clients import client_of
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.conflicts import make_affiliation
from tests.factories.distribution import THROUGH, approved, worked_out
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

RUNS, STATEMENTS, OBJECTIONS = "/api/v1/distribution-runs", "/api/v1/distribution-statements", "/api/v1/objections"


def paid(world: SmallWorld, **amounts: int | None) -> None:
    """Bill the first quarter and pay what is named: so much, or all that is open (None)."""
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    for licence, amount in amounts.items():
        pay(world, invoices[licence], amount, on=THROUGH)


def everybody_paid(world: SmallWorld) -> None:
    paid(world, L1=None, L2=None, L3=None)


def step(world: SmallWorld, who: str, run_id: str, name: str, **fields: Any) -> Any:
    """Take a step as somebody who has just read the distribution."""
    client = client_of(world.seats[who])
    tag = client.get(f"{RUNS}/{run_id}").headers.get("ETag", "*")
    return client.post(f"{RUNS}/{run_id}/{name}", fields, content_type="application/json", headers={"If-Match": tag})


def released(world: SmallWorld) -> DistributionRun:
    """Release a distribution now, by the clock of whoever asks over HTTP."""
    run = approved(world)
    assert step(world, "calculator", str(run.pk), "release").status_code == 200
    return DistributionRun.objects.get(pk=run.pk)


def days_from_now(world: SmallWorld, days: int) -> str:
    return (today(SystemClock(), world.alliance.zone) + timedelta(days=days)).isoformat()


def own_statement(client: Client) -> dict[str, Any]:
    [row] = client.get(STATEMENTS).json()["items"]
    read: dict[str, Any] = client.get(f"{STATEMENTS}/{row['id']}").json()
    return read


def proof_of(client: Client) -> Any:
    return client.get(f"{STATEMENTS}/{own_statement(client)['id']}/proof")


def test_a_distribution_is_made_over_http_from_start_to_release(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    body = {"programme_id": str(world.programme.pk), "through_on": THROUGH.isoformat()}
    key = {"Idempotency-Key": "start-0001"}
    client = client_of(world.seats["calculator"])
    started = client.post(RUNS, body, content_type="application/json", headers=key)
    assert started.status_code == 201, started.content
    again = client.post(RUNS, body, content_type="application/json", headers=key)
    assert again.json()["id"] == started.json()["id"]
    run_id, job_id = started.json()["id"], started.json()["job_id"]
    assert started.json()["allowed_steps"] == ["cancel"]
    assert client.get(f"/api/v1/jobs/{job_id}").json()["state"] == "waiting"
    run_job(job_id)

    read = client.get(started["Location"]).json()
    assert (read["status"], read["total_minor"], read["periods"]) == ("calculated", 300_000, ["2025Q1"])
    assert (read["payer_count"], read["allowed_steps"]) == (3, ["calculate", "review", "send back", "cancel"])
    parts = client.get(f"{RUNS}/{run_id}/parts").json()["items"]
    figures = ("period", "received_minor", "used_minor", "before_minor", "new_minor")
    assert [tuple(part[name] for name in figures) for part in parts] == [("2025Q1", 300_000, 300_000, 0, 300_000)]
    items = client.get(f"{RUNS}/{run_id}/items").json()["items"]
    assert [(item["payee"], item["kind"], item["amount_minor"]) for item in items] == [
        ("M1", "member", 135_000),
        ("M2", "member", 81_000),
        ("M3", "member", 54_000),
        ("~fee", "fee", 30_000),
    ]
    assert len(client.get(f"{RUNS}/{run_id}/shares").json()["items"]) == 4
    assert client.get(f"{RUNS}/{run_id}/published").status_code == 409

    blindly = client.post(f"{RUNS}/{run_id}/review", {"review": "fine"}, content_type="application/json")
    assert blindly.status_code == 428
    assert step(world, "calculator", run_id, "review", review="fine").json()["status"] == "reviewed"
    assert step(world, "calculator", run_id, "approval").status_code == 403
    assert step(world, "approver", run_id, "approval").json()["status"] == "approved"
    assert step(world, "calculator", run_id, "calculation").status_code == 409
    out = step(world, "calculator", run_id, "release").json()
    assert (out["status"], out["allowed_steps"]) == ("released", [])
    assert out["objections_until"] == days_from_now(world, 30)
    published = client.get(f"{RUNS}/{run_id}/published")
    assert read_published(published.content).total_minor == 300_000
    logged = AccessLogEntry.objects.filter(subject_id=run_id).values_list("action", flat=True)
    assert set(logged) == {
        *(f"distribution_run.{name}_viewed" for name in ("parts", "items", "shares")),
        "distribution_run.published_downloaded",
    }
    # The window is open still, and closing has to wait.
    assert step(world, "calculator", run_id, "closing").status_code == 409
    events = AuditEvent.objects.filter(subject_id=run_id).order_by("pk")
    assert list(events.values_list("name", flat=True)) == [
        f"distribution_run.{name}" for name in ("started", "calculated", "reviewed", "approved", "released")
    ]


def test_a_distribution_is_returned_worked_out_again_and_cancelled(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    run = worked_out(world)
    assert step(world, "approver", str(run.pk), "return").status_code == 422
    returned = step(world, "approver", str(run.pk), "return", reason="look again").json()
    assert (returned["status"], returned["sent_back_reason"]) == ("draft", "look again")
    assert step(world, "approver", str(run.pk), "calculation").json()["calculation"] == "queued"
    # Somebody else than who asked for the calculation cancels it.
    assert step(world, "calculator", str(run.pk), "cancellation").json()["status"] == "cancelled"
    run.refresh_from_db()
    assert run.job is not None
    assert run.job.state == "cancelled"


@pytest.mark.parametrize("who", ["secretariat", "M1", "L1"])
def test_a_distribution_and_its_rows_are_for_finance_alone(world: SmallWorld, filed: Filed, who: str) -> None:
    everybody_paid(world)
    run = released(world)
    client = client_of(world.seats[who])
    assert client.get(RUNS).json()["total"] == 0
    for address in ("", "/parts", "/shares", "/items", "/published"):
        assert client.get(f"{RUNS}/{run.pk}{address}").status_code == 404
    body = {"programme_id": str(world.programme.pk), "through_on": THROUGH.isoformat()}
    answer = client.post(RUNS, body, content_type="application/json", headers={"Idempotency-Key": "start-0002"})
    assert answer.status_code == 403
    assert DistributionRun.objects.count() == 1


def test_a_member_reads_one_sum_of_its_own_once_it_is_released(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    run = worked_out(world)
    member = client_of(world.seats["M2"])
    item = DistributionItem.objects.get(run=run, payee="M2")
    assert member.get(f"{STATEMENTS}/{item.pk}").status_code == 404
    step(world, "calculator", str(run.pk), "cancellation")
    run = released(world)
    item = DistributionItem.objects.get(run=run, payee="M2")
    told = own_statement(member)
    assert (told["opening_minor"], told["amount_minor"], told["closing_minor"]) == (0, 81_000, 81_000)
    assert (told["through_on"], told["periods"]) == ("2026-02-01", ["2025Q1"])
    assert told["allowed_steps"] == ["object", "take proof"]
    rivals = DistributionItem.objects.filter(run=run).exclude(pk=item.pk)
    assert [member.get(f"{STATEMENTS}/{other.pk}").status_code for other in rivals] == [404, 404, 404]
    # The member sees who else read its statement.
    client_of(world.seats["secretariat"]).get(f"{STATEMENTS}/{item.pk}")
    log = member.get("/api/v1/access-log?by_others=true").json()["items"]
    assert [row["action"] for row in log] == ["distribution_item.viewed"]


def test_each_member_takes_its_own_proof_and_nobody_elses(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    run = released(world)
    amounts = {}
    for member in ("M1", "M2", "M3"):
        answer = proof_of(client_of(world.seats[member]))
        assert answer.status_code == 200, answer.content
        assert answer["Cache-Control"] == "private, no-store"
        proven = read_statement(answer.content)
        verify_statement(proven)
        amounts[proven.statement.payee] = proven.statement.amount_minor
        assert proven.published == read_published(bytes(run.published))
    assert amounts == {"M1": 135_000, "M2": 81_000, "M3": 54_000}
    own = DistributionItem.objects.get(run=run, payee="M1")
    assert client_of(world.seats["M2"]).get(f"{STATEMENTS}/{own.pk}/proof").status_code == 404
    for office in ("secretariat", "calculator"):
        assert client_of(world.seats[office]).get(f"{STATEMENTS}/{own.pk}/proof").status_code == 403
    # What is no member's is kept by who makes the distribution, so that an auditor can be given all of them.
    fee = DistributionItem.objects.get(run=run, payee="~fee")
    answer = client_of(world.seats["calculator"]).get(f"{STATEMENTS}/{fee.pk}/proof")
    assert read_statement(answer.content).statement.amount_minor == 30_000
    assert AccessLogEntry.objects.filter(action="distribution_item.proof_downloaded").count() == 4


def withheld(world: SmallWorld, member: str) -> str:
    """Ask for a proof that is withheld, and return why; the statement says the same."""
    client = client_of(world.seats[member])
    answer = proof_of(client)
    told = own_statement(client)
    assert (answer.status_code, told["allowed_steps"]) == (409, ["object"])
    assert "total" in answer.json()["detail"]
    return str(told["proof_withheld"])


def test_the_proof_is_withheld_where_too_few_licensees_paid(world: SmallWorld, filed: Filed) -> None:
    paid(world, L1=None, L2=None)
    released(world)
    assert {withheld(world, member) for member in ("M1", "M2", "M3")} == {"too_few_reporters"}
    assert not AccessLogEntry.objects.filter(action="distribution_item.proof_downloaded").exists()


def test_the_proof_is_withheld_where_one_licensee_paid_most(world: SmallWorld, filed: Filed) -> None:
    paid(world, L1=10_000, L2=10_000, L3=30_001)
    released(world)
    assert withheld(world, "M1") == "one_dominates"


def test_the_proof_is_withheld_where_it_tells_what_one_still_owes(world: SmallWorld, filed: Filed) -> None:
    paid(world, L1=None, L2=50_000, L3=50_000)
    released(world)
    # 300,000 are owed: of what is left two owe 50,000 and 110,000.
    assert withheld(world, "M1") == "rest_of_few"


def test_the_proof_is_had_where_three_paid_and_three_owe_the_rest(world: SmallWorld, filed: Filed) -> None:
    paid(world, L1=20_000, L2=50_000, L3=80_000)
    released(world)
    assert proof_of(client_of(world.seats["M1"])).status_code == 200


def test_the_proof_is_withheld_from_a_member_whose_affiliate_paid_a_part(world: SmallWorld, filed: Filed) -> None:
    """Three licensees, and the reader owns one of them: it would learn the sum of the two others."""
    everybody_paid(world)
    make_affiliation(world.members["M1"].organisation, world.licences["L1"].licensee)
    released(world)
    assert withheld(world, "M1") == "too_few_reporters"
    assert proof_of(client_of(world.seats["M2"])).status_code == 200


def test_members_object_in_time_and_finance_answers(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    run = released(world)
    member, finance = client_of(world.seats["M1"]), client_of(world.seats["calculator"])
    own = own_statement(member)

    def object_to(client: Client, key: str) -> Any:
        return client.post(
            f"{STATEMENTS}/{own['id']}/objections",
            {"text": "our share is 6/10"},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    assert object_to(finance, "objection-0").status_code == 403
    assert object_to(client_of(world.seats["M2"]), "objection-0").status_code == 404
    raised = object_to(member, "objection-1")
    assert (raised.status_code, raised.json()["allowed_steps"]) == (201, ["withdraw"])
    assert object_to(member, "objection-2").status_code == 409
    assert own_statement(member)["allowed_steps"] == ["take proof"]
    address = f"{OBJECTIONS}/{raised.json()['id']}"
    assert client_of(world.seats["M2"]).get(address).status_code == 404
    assert [row["id"] for row in finance.get(OBJECTIONS, {"state": "raised"}).json()["items"]] == [raised.json()["id"]]
    assert finance.post(f"{address}/withdrawal").status_code == 403
    body = {"uphold": False, "answer": "it is 5/10 in the terms"}
    assert member.post(f"{address}/answer", body, content_type="application/json").status_code == 403
    answered = finance.post(f"{address}/answer", body, content_type="application/json").json()
    assert (answered["state"], answered["allowed_steps"]) == ("refused", [])
    assert member.get(address).json()["answer"] == "it is 5/10 in the terms"
    assert member.post(f"{address}/withdrawal").status_code == 409
    assert Objection.objects.get().state == "refused"
    run.refresh_from_db()
    assert run.status == DistributionStatus.RELEASED


def test_payout_terms_are_set_from_a_day_on(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    body = {
        "programme_id": str(world.programme.pk),
        "from_on": "2026-01-01",
        "objection_days": 10,
        "minimum_minor": 5000,
    }
    address, finance = "/api/v1/payout-terms", client_of(world.seats["calculator"])
    refused = client_of(world.seats["secretariat"]).post(address, body, content_type="application/json")
    assert (refused.status_code, AuditEvent.objects.filter(name="payout_terms.set").count()) == (403, 0)
    assert finance.post(address, body, content_type="application/json").status_code == 201
    assert finance.post(address, body, content_type="application/json").status_code == 409
    wrong = finance.post(address, body | {"objection_days": 367}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/objection_days")
    assert [row["objection_days"] for row in finance.get(address).json()["items"]] == [10]
    released(world)
    assert own_statement(client_of(world.seats["M1"]))["objections_until"] == days_from_now(world, 10)


def test_a_statement_is_had_on_paper_in_every_form_and_says_how_to_check_it(world: SmallWorld, filed: Filed) -> None:
    everybody_paid(world)
    run = released(world)
    member = client_of(world.seats["M1"])
    address = f"{STATEMENTS}/{own_statement(member)['id']}/document"
    table = member.get(address, {"as": "csv", "language": "en"}).content.decode("utf-8-sig")
    for line in (
        "Balance before,0.00,CNY,0.00",
        "This distribution,1350.00,CNY,1350.00",
        "Balance after,1350.00,CNY,1350.00",
        "Money received through,2026-02-01",
        f"Objections until,{days_from_now(world, 30)}",
    ):
        assert line in table
    assert run.fingerprint in table
    assert "lianchi verify-statement FILE" in table
    assert "分配付款单" in member.get(address, {"as": "csv", "language": "zh"}).content.decode()
    assert member.get(address).content.startswith(b"%PDF-")
    assert member.get(address, {"as": "xlsx"}).content.startswith(b"PK")
    figures = member.get(address, {"as": "json"}).json()
    assert (figures["amount_minor"], figures["fingerprint"]) == (135_000, run.fingerprint)
    assert "allowed_steps" not in figures
    assert member.get(address, {"as": "doc"}).status_code == 422
    taken = AccessLogEntry.objects.filter(action="distribution_item.document_downloaded")
    assert taken.count() == 5
    assert client_of(world.seats["M2"]).get(address).status_code == 404
