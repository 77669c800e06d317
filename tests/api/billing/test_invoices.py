"""Invoices over HTTP: billed, issued, settled and disputed, by those who may, and once for each key."""

from itertools import count
from typing import Any

import pytest
from django.test import Client

from licensing.billing.models import Invoice, Settlement
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.billing import set_up_billing, unassigned
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

_keys = count(1)


class Caller:
    """Somebody who calls the API, each time under a key of its own."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, address: str) -> Any:
        answer = self.client.get(f"/api/v1/{address}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def post(self, address: str, *, key: str = "", expect: int = 200, **body: Any) -> Any:
        headers = {"Idempotency-Key": key or f"billing-{next(_keys):06d}"}
        answer = self.client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)
        assert answer.status_code == expect, answer.content
        return answer.json()


@pytest.fixture
def finance(world: SmallWorld) -> Caller:
    return Caller(client_of(world.seats["calculator"]))


def issued(world: SmallWorld, finance: Caller) -> dict[str, Any]:
    """Bill the first quarter through the API, and return the invoices by licence."""
    series, run = set_up_billing(world), world.closed("2025Q1")
    made = finance.post(f"close-runs/{run.pk}/invoices", expect=201)
    assert made["count"] == 3
    assert finance.post(f"close-runs/{run.pk}/invoices", expect=201) == {"count": 0, "invoice_ids": []}
    finance.post("invoices/issue", invoice_ids=made["invoice_ids"], series_id=str(series.pk))
    return {row["licence_code"]: row for row in finance.get("invoices?order=number")["items"]}


def test_a_close_is_billed_issued_and_settled_until_it_is_paid(
    world: SmallWorld, filed: Filed, finance: Caller
) -> None:
    invoice = issued(world, finance)["L1"]
    assert (invoice["number"], invoice["gross_minor"], invoice["open_minor"]) == ("R2026-00001", 42400, 42400)
    account = unassigned(world, 40000)
    [waiting] = finance.get("unassigned-receipts")["items"]
    assert (waiting["id"], waiting["waiting_minor"]) == (str(account.pk), 40000)
    address, paying = (
        f"invoices/{invoice['id']}/settlements",
        {"settled_by": "payment", "amount_minor": 40000, "on": "2026-02-10", "from_account_id": str(account.pk)},
    )
    for _ in range(2):
        part = finance.post(address, key="one-payment-once", expect=201, **paying)
    assert Settlement.objects.count() == 1
    assert part["open_minor"] == 2400
    assert finance.get("invoices?payment=part_paid")["items"][0]["id"] == invoice["id"]
    whole = finance.post(
        address, expect=201, settled_by="certificate", amount_minor=2400, on=invoice["issued_on"], reference="KR-1"
    )
    assert (whole["open_minor"], [row["settled_by"] for row in whole["settlements"]]) == (0, ["payment", "certificate"])
    # What is settled whole comes to its net amount: what arrived less its tax, and what never will.
    assert sum(row["collected_minor"] + row["lost_minor"] for row in whole["settlements"]) == 40000
    assert "settle" not in whole["allowed_steps"]
    back = finance.post(
        f"settlements/{whole['settlements'][0]['id']}/return", expect=201, reason="not theirs", on=invoice["issued_on"]
    )
    assert back["open_minor"] == 40000
    assert finance.get("unassigned-receipts")["items"][0]["waiting_minor"] == 40000


def test_nobody_pays_with_money_that_is_not_there(world: SmallWorld, filed: Filed, finance: Caller) -> None:
    invoice = issued(world, finance)["L1"]
    account = unassigned(world, 100)
    paying = {"settled_by": "payment", "on": "2026-02-10", "from_account_id": str(account.pk)}
    told = finance.post(f"invoices/{invoice['id']}/settlements", expect=422, amount_minor=101, **paying)
    assert told["errors"][0]["code"] == "too_little"
    billed = Invoice.objects.get(pk=invoice["id"])
    assert billed.entry is not None
    receivable = billed.entry.postings.get(place=1).account_id
    told = finance.post(
        f"invoices/{invoice['id']}/settlements",
        expect=422,
        amount_minor=100,
        **{**paying, "from_account_id": str(receivable)},
    )
    assert told["errors"][0]["code"] == "unknown"
    assert not Settlement.objects.exists()


def test_the_licensee_sees_and_disputes_its_own(world: SmallWorld, filed: Filed, finance: Caller) -> None:
    invoices = issued(world, finance)
    licensee = Caller(client_of(world.seats["L1"]))
    [own] = licensee.get("invoices")["items"]
    assert own["id"] == invoices["L1"]["id"]
    page = licensee.get(f"invoices/{own['id']}")
    assert page["allowed_steps"] == ["ask for instalments", "dispute"]
    assert [(line["product"], line["amount_minor"]) for line in page["lines"]] == [("tv", 40000)]
    assert licensee.client.get(f"/api/v1/invoices/{invoices['L2']['id']}").status_code == 404
    disputed = licensee.post(f"invoices/{own['id']}/dispute", reason="two thousand were returned")
    assert disputed["dispute"] == "two thousand were returned"
    assert disputed["allowed_steps"] == ["ask for instalments", "settle dispute"]
    assert licensee.get("invoices/ageing")["totals"][0]["total_minor"] == 42400
    # Who read it is told to whom it is about.
    read = AccessLogEntry.objects.filter(concerns=world.licences["L1"].licensee, user=world.seats["calculator"].user)
    assert set(read.values_list("action", flat=True)) == {"invoice.listed"}


def test_giving_up_is_proposed_by_one_and_decided_by_another(world: SmallWorld, filed: Filed, finance: Caller) -> None:
    invoice = issued(world, finance)["L1"]
    proposal = finance.post(f"invoices/{invoice['id']}/write-offs", expect=201, amount_minor=42400, reason="insolvent")
    assert proposal["allowed_steps"] == ["withdraw"]
    finance.post(f"write-offs/{proposal['id']}/approval", expect=403)
    second = Caller(client_of(world.seats["approver"]))
    assert second.get("write-offs?state=proposed")["items"][0]["allowed_steps"] == ["approve", "refuse"]
    assert second.post(f"write-offs/{proposal['id']}/approval")["state"] == "approved"
    assert finance.get(f"invoices/{invoice['id']}")["open_minor"] == 0


def test_what_is_asked_of_the_list_is_checked(world: SmallWorld, finance: Caller) -> None:
    for asked in ("payment=never", "paper=note"):
        assert finance.client.get(f"/api/v1/invoices?{asked}").status_code == 422
