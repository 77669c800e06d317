"""How an invoice is paid, who pays for whom, and whether bank, books and papers agree, over HTTP."""

from datetime import date
from typing import Any
from unittest import mock

import pytest

from licensing.billing.models import Invoice
from licensing.payments.calculation import Limits, Refusal
from platform_core.conflicts.models import Affiliation
from tests.api.core.clients import client_of
from tests.api.payments.test_bank_receipts import Caller
from tests.factories.billing import billed, make_agreed, make_plan, set_up_billing
from tests.factories.core import make_organisation
from tests.factories.payments import make_online_payment, make_refund, make_stripe_account
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, take
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.fixture
def invoices(world: SmallWorld, filed: Filed) -> dict[str, Invoice]:
    return billed(world, world.closed("2025Q1"), set_up_billing(world))


def caller(world: SmallWorld, who: str) -> Caller:
    return Caller(client_of(world.seats[who]))


def read(who: Caller, address: str, *, expect: int = 200) -> Any:
    answer = who.client.get(f"/api/v1/{address}")
    assert answer.status_code == expect, answer.content
    return answer


def test_a_licensee_reads_where_and_with_which_reference_it_pays(
    world: SmallWorld, invoices: dict[str, Invoice]
) -> None:
    invoice = invoices["L1"]
    address = f"invoices/{invoice.pk}/payment-options"
    told = read(caller(world, "L1"), address).json()
    assert (told["reference"], told["open_minor"], told["currency"]) == (invoice.reference, 42400, "CNY")
    assert (told["is_online"], told["under_way"], told["prepaid_minor"]) == (False, [], 0)
    seller = invoice.seller
    assert told["accounts"] == [{"name": seller["name"], "bank": seller["bank_name"], "number": seller["bank_account"]}]
    read(caller(world, "L2"), address, expect=404)

    # An invoice that names no account is paid where its currency is taken today.
    bank = make_bank_account(world.entity)
    make_bank_account(world.entity, currency="USD")
    make_stripe_account(world.entity)
    payment = make_online_payment(
        invoice, world.entity.stripe_accounts.get(), state="open", page_url="https://pay.example/c/1"
    )
    told = read(caller(world, "L1"), address).json()
    assert (told["is_online"], [one["id"] for one in told["under_way"]]) == (True, [str(payment.pk)])
    assert (told["open_minor"], told["payable_minor"]) == (42400, 41900)
    assert (told["least_minor"], told["most_minor"], told["step_minor"]) == (1, 99_999_999, 1)
    assert [one["number"] for one in told["accounts"]] == [seller["bank_account"] or bank.number]
    # Where it is paid is for whoever pays it.
    for who, address, steps in (("L1", "https://pay.example/c/1", ["pay", "end"]), ("calculator", "", ["end"])):
        told = read(caller(world, who), f"online-payments/{payment.pk}").json()
        assert (told["page_url"], told["allowed_steps"], told["is_ending"]) == (address, steps, False)
    ended = caller(world, "L1").post(f"online-payments/{payment.pk}/ending", expect=200)
    assert (ended["is_ending"], ended["page_url"], ended["allowed_steps"]) == (True, "", [])
    assert caller(world, "L1").post(f"online-payments/{payment.pk}/inquiry", expect=200)["state"] == "open"


def test_what_the_service_does_not_take_at_once_is_told_and_part_of_it_is_offered(
    world: SmallWorld, invoices: dict[str, Invoice]
) -> None:
    make_stripe_account(world.entity)
    address = f"invoices/{invoices['L1'].pk}/payment-options"
    told = read(caller(world, "L1"), address).json()
    assert (told["is_online"], told["online_refusal"]) == (True, None)
    with (
        mock.patch("licensing.payments.selectors.refusal_of", return_value=Refusal.TOO_MUCH),
        mock.patch("licensing.payments.selectors.limits_of", return_value=Limits(1, 40000, 1)),
    ):
        told = read(caller(world, "L1"), address).json()
    assert (told["is_online"], told["online_refusal"], told["most_minor"]) == (True, "too_much", 40000)
    with (
        mock.patch("licensing.payments.selectors.refusal_of", return_value=Refusal.TOO_LITTLE),
        mock.patch("licensing.payments.selectors.limits_of", return_value=Limits(50000, 99999, 1)),
    ):
        told = read(caller(world, "L1"), address).json()
    assert (told["is_online"], told["online_refusal"]) == (False, "too_little")


def test_parts_that_were_agreed_are_offered_less_what_is_under_way(
    world: SmallWorld, invoices: dict[str, Invoice]
) -> None:
    account = make_stripe_account(world.entity)
    people = [world.seats[who].user for who in ("calculator", "approver")]
    days = [date(2026, 3, 31), date(2026, 6, 30)]
    proposed = make_plan(invoices["L1"], people[0], due_days=days, part_amounts_minor=[10000, 32400])
    plan = make_agreed(proposed, people[1])
    address = f"invoices/{plan.invoice_id}/payment-options"
    told = read(caller(world, "L1"), address).json()
    assert [(each["due_on"], each["amount_minor"]) for each in told["parts"]] == [
        ("2026-03-31", 10000),
        ("2026-06-30", 42400),
    ]
    make_online_payment(plan.invoice, account, state="open", amount_minor=10000)
    told = read(caller(world, "L1"), address).json()
    assert [(each["due_on"], each["amount_minor"]) for each in told["parts"]] == [("2026-06-30", 32400)]
    assert told["payable_minor"] == 32400


def test_finance_reads_why_bank_and_books_differ_and_takes_it_as_a_file(
    world: SmallWorld, invoices: dict[str, Invoice]
) -> None:
    bank = make_bank_account(world.entity)
    take(bank, "\n".join([HEADINGS, "2026-01-20,424.00,1424.00,,,,S1", ""]))
    address = f"operating-entities/{world.entity.pk}/reconciliation"
    finance = caller(world, "calculator")
    told = read(finance, f"{address}?on=2026-02-28").json()
    assert told["agrees"] is False
    [row] = [row for row in told["rows"] if row["difference_minor"]]
    assert (row["check"], row["title"], row["difference_minor"]) == ("bank", bank.number, -100000)
    assert row["ledger_account_ids"] == [str(bank.ledger_account_id)]
    [cause] = row["causes"]
    assert (cause["because"], cause["amount_minor"], cause["entry_id"]) == ("opening", -100000, None)
    assert row["unexplained_minor"] == 0

    table = read(finance, f"{address}/document?on=2026-02-28&as=csv&language=en")
    assert "opening balance not in the books" in table.content.decode("utf-8-sig")
    book = read(finance, f"{address}/document?on=2026-02-28&as=xlsx&language=zh")
    assert book.content[:2] == b"PK"
    read(caller(world, "L1"), f"{address}/document", expect=404)


def test_finance_reads_who_pays_for_whom_and_who_put_that_on_record(
    world: SmallWorld, invoices: dict[str, Invoice]
) -> None:
    parent = make_organisation("parent")
    licensee = invoices["L1"].licence.licensee
    Affiliation.objects.create(
        first=parent,
        second=licensee,
        kind="control",
        source="annual report",
        starts_on="2025-01-01",
        recorded_at=world.clock.now(),
    )
    Affiliation.objects.create(
        first=make_organisation("sold since"),
        second=licensee,
        kind="control",
        source="annual report",
        starts_on="2024-01-01",
        ends_on="2025-01-01",
        recorded_at=world.clock.now(),
    )
    address = f"operating-entities/{world.entity.pk}/paying-affiliates"
    [row] = read(caller(world, "calculator"), address).json()["items"]
    assert (row["licensee_id"], row["affiliate_name"], row["kind"]) == (str(licensee.pk), str(parent), "control")
    read(caller(world, "L1"), address, expect=404)


def test_a_second_person_is_told_that_a_refund_waits_for_it(world: SmallWorld, invoices: dict[str, Invoice]) -> None:
    payment = make_online_payment(invoices["L1"], make_stripe_account(world.entity))
    first = world.acting("calculator")
    refund = make_refund(payment, world.seats["calculator"].user)
    assert refund.proposed_by_id == first.user_id
    for who, steps in (("calculator", []), ("approver", ["approve", "refuse"]), ("L1", [])):
        told = read(caller(world, who), f"online-payments/{payment.pk}").json()
        assert [each["allowed_steps"] for each in told["refunds"]] == [steps]
        assert [each["allowed_steps"] for each in caller(world, who).get("online-refunds")] == [steps]
        assert told["allowed_steps"] == ([] if who == "L1" else ["propose refund"])
