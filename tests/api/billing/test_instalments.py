"""Instalments over HTTP: proposed by one, confirmed by another, read by who is billed, and by nobody else."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from licensing.billing.models import InstalmentPlan
from platform_core.access.models import AccessLogEntry
from tests.api.billing.test_invoices import Caller, issued
from tests.api.core.clients import client_of
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

PARTS = [{"due_on": "2027-03-01", "amount_minor": 12400}, {"due_on": "2027-04-01", "amount_minor": 30000}]


@pytest.fixture
def finance(world: SmallWorld) -> Caller:
    return Caller(client_of(world.seats["calculator"]))


def test_parts_are_proposed_confirmed_and_read_by_who_owes_them(
    world: SmallWorld, filed: Filed, finance: Caller
) -> None:
    invoice = issued(world, finance)["L1"]
    licensee, rival = (Caller(client_of(world.seats[who])) for who in ("L1", "L2"))
    address = f"invoices/{invoice['id']}/instalment-plans"
    for _ in range(2):
        plan = finance.post(
            address, key="one-plan-once", expect=201, parts=PARTS, reason="asked for", falls_due_whole=True
        )
    assert InstalmentPlan.objects.count() == 1
    assert (plan["state"], plan["allowed_steps"]) == ("proposed", ["withdraw"])
    finance.post(f"instalment-plans/{plan['id']}/approval", expect=403)
    assert licensee.get(f"invoices/{invoice['id']}")["plans"] == []
    licensee.post(f"instalment-plans/{plan['id']}/approval", expect=404)

    second = Caller(client_of(world.seats["approver"]))
    assert second.get("instalment-plans?state=proposed")["items"][0]["allowed_steps"] == ["approve", "refuse"]
    confirmed = second.post(f"instalment-plans/{plan['id']}/approval")
    assert [(part["due_on"], part["open_minor"]) for part in confirmed["parts"]] == [
        ("2027-03-01", 12400),
        ("2027-04-01", 30000),
    ]
    told = licensee.get(f"invoices/{invoice['id']}")
    assert (told["next_due_on"], told["due_on"], told["is_in_parts"]) == ("2027-03-01", invoice["due_on"], True)
    assert [each["id"] for each in told["plans"]] == [plan["id"]]
    licensee.post(f"instalment-plans/{plan['id']}/withdrawal", expect=403)
    rival.post(f"instalment-plans/{plan['id']}/withdrawal", expect=404)
    assert rival.get("instalment-plans")["items"] == []
    assert rival.client.get(f"/api/v1/instalment-plans/{plan['id']}/document").status_code == 404

    for language, words in (("zh", "分期付款安排"), ("en", "Instalment plan")):
        paper = licensee.client.get(f"/api/v1/instalment-plans/{plan['id']}/document?as=csv&language={language}")
        lines = paper.content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith(words)
        assert {"1,2027-03-01,124.00,124.00", "2,2027-04-01,300.00,300.00"} <= set(lines)
    assert AccessLogEntry.objects.filter(action="invoice.document_downloaded").count() == 2


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([{"due_on": "2027-03-01", "amount_minor": 42400}], "bad_count"),
        ([], "bad_count"),
        ([PARTS[0], {"due_on": "2027-04-01", "amount_minor": 29999}], "bad_sum"),
        ([{"due_on": "2027-04-02", "amount_minor": 12400}, PARTS[1]], "out_of_order"),
    ],
)
def test_parts_that_cannot_be_are_refused_where_they_stand(
    world: SmallWorld, filed: Filed, finance: Caller, parts: list[dict[str, object]], code: str
) -> None:
    invoice = issued(world, finance)["L1"]
    answer = finance.post(f"invoices/{invoice['id']}/instalment-plans", expect=422, parts=parts, reason="asked for")
    assert [error["code"] for error in answer["errors"]] == [code]
    assert not InstalmentPlan.objects.exists()


def test_a_list_of_plans_asks_no_more_for_more_rows(world: SmallWorld, filed: Filed, finance: Caller) -> None:
    invoices = issued(world, finance)

    def asked(code: str) -> int:
        whole = invoices[code]["open_minor"]
        parts = [{"due_on": "2027-03-01", "amount_minor": 1}, {"due_on": "2027-04-01", "amount_minor": whole - 1}]
        finance.post(f"invoices/{invoices[code]['id']}/instalment-plans", expect=201, parts=parts, reason="asked for")
        finance.get("instalment-plans")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            finance.get("instalment-plans")
        return len(queries)

    assert asked("L1") == asked("L2") == asked("L3")


def test_a_licensee_asks_for_parts_of_the_invoice_it_has_read_once(
    world: SmallWorld, filed: Filed, finance: Caller
) -> None:
    invoice = issued(world, finance)["L1"]
    licensee, rival = (client_of(world.seats[who]) for who in ("L1", "L2"))
    address = f"/api/v1/invoices/{invoice['id']}"
    tag = licensee.get(address)["ETag"]
    assert "ask for instalments" in licensee.get(address).json()["allowed_steps"]

    def ask(client: Client, key: str, **headers: str) -> Any:
        return client.post(
            f"{address}/instalment-requests",
            {"parts": PARTS, "reason": "our customers pay late"},
            content_type="application/json",
            headers={"Idempotency-Key": key, **headers},
        )

    assert ask(licensee, "key-without-a-tag").status_code == 428
    assert ask(licensee, "key-with-an-old-tag", **{"If-Match": '"0"'}).status_code == 412
    assert ask(rival, "key-of-the-rival", **{"If-Match": tag}).status_code == 404
    assert not InstalmentPlan.objects.exists()
    for _ in range(2):
        answer = ask(licensee, "key-asked-once", **{"If-Match": tag})
        assert answer.status_code == 201, answer.content
    plan = answer.json()
    assert (plan["state"], plan["allowed_steps"], InstalmentPlan.objects.count()) == ("asked", ["withdraw"], 1)
    assert rival.get("/api/v1/instalment-plans").json()["items"] == []

    office = client_of(world.seats["calculator"])
    where = f"/api/v1/instalment-plans/{plan['id']}"
    assert office.get("/api/v1/instalment-plans").json()["items"][0]["allowed_steps"] == ["accept", "refuse"]
    seen = office.get(address)["ETag"]
    headers = {"Idempotency-Key": "key-accepted-once", "If-Match": seen}
    for _ in range(2):
        accepted = office.post(f"{where}/acceptance", content_type="application/json", headers=headers)
        assert (accepted.status_code, accepted.json()["state"]) == (200, "proposed"), accepted.content
    assert [row["state"] for row in licensee.get(address).json()["plans"]] == ["proposed"]
    second = Caller(client_of(world.seats["approver"]))
    second.post(f"instalment-plans/{plan['id']}/refusal", expect=422)
    assert second.post(f"instalment-plans/{plan['id']}/refusal", answer="not now")["answer"] == "not now"
    assert licensee.get(address).json()["plans"][0]["answer"] == "not now"
