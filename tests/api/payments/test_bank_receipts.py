"""What arrives at a bank, over HTTP: matched, spread, kept for later, used, and taken back, by those who may."""

from itertools import count
from typing import Any

import pytest
from django.test import Client

from licensing.billing.models import Invoice, Settlement
from platform_core.treasury.models import BankAccount, StatementLine
from tests.api.core.clients import client_of
from tests.factories.billing import balances, billed, set_up_billing
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, take
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
        return answer.json()["items"]

    def post(self, address: str, *, key: str = "", expect: int = 201, **body: Any) -> Any:
        headers = {"Idempotency-Key": key or f"payments-{next(_keys):06d}"}
        answer = self.client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)
        assert answer.status_code == expect, answer.content
        return answer.json()


@pytest.fixture
def finance(world: SmallWorld) -> Caller:
    return Caller(client_of(world.seats["calculator"]))


@pytest.fixture
def invoices(world: SmallWorld, filed: Filed) -> dict[str, Invoice]:
    return billed(world, world.closed("2025Q1"), set_up_billing(world))


def arrived(bank: BankAccount, *told: tuple[str, str]) -> list[StatementLine]:
    """Take a statement in: (amount in yuan, text) a line."""
    rows = [f"2026-02-1{place},{amount},,,,{text},S{place}" for place, (amount, text) in enumerate(told)]
    statement = take(bank, "\n".join([HEADINGS, *rows, ""])).statement
    return list(StatementLine.objects.filter(statement=statement).order_by("line"))


def opened(invoices: dict[str, Invoice]) -> list[int]:
    """What is open of the first two invoices."""
    for invoice in invoices.values():
        invoice.refresh_from_db()
    return [invoices["L1"].open_minor, invoices["L2"].open_minor]


def test_a_payment_is_spread_kept_used_and_taken_back(
    world: SmallWorld, finance: Caller, invoices: dict[str, Invoice]
) -> None:
    bank = make_bank_account(world.entity)
    certain, several = arrived(bank, ("424.00", f"fee {invoices['L1'].reference}"), ("1100.00", "two"))
    matching = f"bank-accounts/{bank.pk}/matching"
    assert finance.post(matching, expect=200) == {"settled": 1}
    assert finance.post(matching, expect=200) == {"settled": 0}
    assert opened(invoices) == [0, 106000]

    # Banks kept 10.00 of what was sent: only within a tolerance that the entity has set.
    part = {"invoice_id": str(invoices["L2"].pk), "amount_minor": 105000, "charge_minor": 1000}
    address, licensee = f"statement-lines/{several.pk}/allocation", str(invoices["L2"].licence.licensee_id)
    refused = finance.post(address, parts=[part], licensee_id=licensee, expect=422)
    assert [error["pointer"] for error in refused["errors"]] == ["/parts/0/charge_minor"]
    assert Settlement.objects.count() == 1
    terms: dict[str, Any] = {"currency": "CNY", "from_on": "2026-01-01", "charge_tolerance_minor": 1000}
    # Whoever sets it lets nothing be kept: giving up money takes two people.
    second = Caller(client_of(world.seats["approver"]))
    second.post("matching-terms", operating_entity_id=str(world.entity.pk), **terms)
    [told] = finance.get("matching-terms")
    assert (told["charge_tolerance_minor"], bool(told["set_by_name"]), bool(told["set_at"])) == (1000, True, True)
    second.post(address, parts=[part], licensee_id=licensee, expect=403)
    assert finance.post(address, parts=[part], expect=422)["errors"][0]["pointer"] == "/licensee_id"
    stranger = str(world.entity.organisation_id)
    assert finance.post(address, parts=[part], licensee_id=stranger, expect=422)["errors"][0]["code"] == "no_licensee"
    made = finance.post(address, key="spread-once-00", parts=[part], licensee_id=licensee)
    assert finance.post(address, key="spread-once-00", parts=[part], licensee_id=licensee) == made
    assert (made["prepaid_minor"], made["allocations"][0]["charge_minor"], opened(invoices)) == (5000, 1000, [0, 0])

    # Each licensee sees what it has paid ahead itself; what stands on statements of banks is finance's alone.
    own, rival = (Caller(client_of(world.seats[code])) for code in ("L2", "L1"))
    assert [row["prepaid_minor"] for row in own.get("prepaid")] == [5000]
    assert (rival.get("prepaid"), own.get("bank-receipts")) == ([], [])
    assert len(finance.get(f"bank-receipts?licensee={licensee}")) == 1
    assert len(finance.get(f"bank-receipts?bank_account={bank.pk}")) == 2
    own.post(address, parts=[], expect=404)
    own.post(f"invoices/{invoices['L2'].pk}/prepaid", amount_minor=1, expect=403)

    before = balances(world)
    series = invoices["L2"].series
    assert series is not None
    following = billed(world, world.closed("2025Q2"), series)["L2"]
    finance.post(f"invoices/{following.pk}/prepaid", amount_minor=5001, expect=422)
    used = finance.post(f"invoices/{following.pk}/prepaid", amount_minor=5000)
    assert used["open_minor"] == following.open_minor - 5000
    assert [row["prepaid_minor"] for row in own.get("prepaid")] == [0]
    assert before["prepaid"] == -5000

    # What was paid ahead is gone: taking the payment back is refused, and nothing of it is.
    release = f"statement-lines/{several.pk}/release"
    finance.post(release, reason="of somebody else", expect=409)
    assert opened(invoices) == [0, 0]
    finance.post(
        f"settlements/{used['settlement_id']}/return",
        reason="wrong",
        on=str(Settlement.objects.get(pk=used["settlement_id"]).on),
    )
    finance.post(f"statement-lines/{certain.pk}/release", reason="of somebody else", expect=200)
    assert opened(invoices) == [42400, 0]
    assert [row["taken_back_at"] is None for row in finance.get(f"bank-receipts?statement_line={certain.pk}")] == [
        False
    ]
