"""Paying an invoice on the page of the payment service and coming back, in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, BILLED, PHONE, Door
from tests.e2e.seeding import connect, get, post
from tests.e2e.watching import rest, settle, violations
from tests.stripe_server import Fault, StripeServer


@pytest.fixture
def connected(door: Door, service: StripeServer, request: pytest.FixtureRequest) -> StripeServer:
    if request.config.getoption("--site", default=None):
        pytest.skip("a site that runs already asks another payment service")
    connect(door, service)
    return service


def asked(page: Page) -> Any:
    """Return how the oldest open invoice of the licensee is paid: other tests may have had it sent more."""
    invoice = min(get(page.context, "invoices?payment=open")["items"], key=lambda one: str(one["number"]))
    return get(page.context, f"invoices/{invoice['id']}/payment-options")


def test_a_payer_is_led_to_the_services_page_turns_back_and_ends_it(open_as: Open, connected: StripeServer) -> None:
    page = open_as(BILLED, language="en")
    page.goto("/invoices")
    told = asked(page)
    address = f"/invoices/{told['invoice_id']}/pay"
    page.goto(address.removesuffix("/pay"))
    page.get_by_role("link", name="Pay").click()
    expect(page.get_by_role("heading", name="Pay online")).to_be_visible()
    settle(page)
    assert violations(page) == []
    page.get_by_role("button", name="Pay online").click()
    page.wait_for_url(re.compile(r"/pay/cs_test_"))
    expect(page.get_by_role("heading", name=f"{told['open_minor'] / 100:.2f} ")).to_be_visible()

    # Whoever turns back finds the page still open, and bank transfer beside it.
    page.get_by_role("link", name="Back").click()
    page.wait_for_url(re.compile(f"{address}$"))
    expect(page.get_by_text("nobody has paid there yet")).to_be_visible()
    expect(page.get_by_role("heading", name="Bank transfer")).to_be_visible()
    settle(page)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    rest(page)
    assert violations(page) == []

    page.get_by_role("button", name="End this payment").click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("What was paid there by then stays paid.")
    rest(page)
    assert violations(page) == []
    dialogue.get_by_role("button", name="End this payment").click()
    expect(page.get_by_role("button", name="Pay online")).to_be_visible()
    ended = get(page.context, f"online-payments?invoice={told['invoice_id']}")["items"][0]
    assert (ended["state"], asked(page)["open_minor"]) == ("cancelled", told["open_minor"])


def test_a_payer_comes_back_to_what_the_record_says_and_to_nothing_before(
    open_as: Open, connected: StripeServer, door: Door
) -> None:
    page = open_as(BILLED, language="en")
    page.goto("/invoices")
    told = asked(page)
    address = f"/invoices/{told['invoice_id']}/pay"
    part = {"amount_minor": 5_000}
    post(door, page.context, f"invoices/{told['invoice_id']}/online-payments", data=part)
    page.goto(address)
    # A bad card leaves the page open, and ours says what the service said.
    page.get_by_role("link", name="Go on to pay 50.00").click()
    page.get_by_role("button", name="Pay with a bad card").click()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_text("Your card was declined.")).to_be_visible()

    # Paid, while the service neither tells nor answers: nothing is said to be paid before the record says so.
    hooks, connected.hooks[:] = list(connected.hooks), []
    connected.fault("GET checkout/sessions/ID", Fault.UNAVAILABLE)
    page.get_by_role("link", name="Go on to pay 50.00").click()
    page.get_by_role("button", name="Pay", exact=True).click()
    page.wait_for_url(re.compile(rf"{address}\?payment="))
    expect(page.get_by_text("The payment service has not confirmed it yet")).to_be_visible()
    settle(page)
    assert violations(page) == []
    assert asked(page)["open_minor"] == told["open_minor"]
    connected.hooks[:] = hooks
    connected.tell_again()
    expect(page.get_by_text("The payment service has confirmed it")).to_be_visible(timeout=30_000)
    assert asked(page)["open_minor"] == told["open_minor"] - 5_000
    assert {status for _, status in connected.delivered} == {204}
    settle(page)
    assert violations(page) == []

    page.get_by_role("link", name="Look at it").click()
    expect(page.get_by_role("row").filter(has_text="Paid by the licensee")).to_be_visible()
    expect(page.get_by_text("In the books")).to_have_count(0)
    second = open_as(ACCOUNTANT, language="zh")
    second.goto(page.url)
    row = second.get_by_role("row").filter(has_text="平台手续费")
    expect(row.get_by_role("link", name="查看凭证")).to_be_visible()
    settle(second)
    assert violations(second) == []


def test_a_payer_chooses_how_much_and_sees_what_stays_open(open_as: Open, connected: StripeServer, door: Door) -> None:
    page = open_as(BILLED, language="en")
    page.goto("/invoices")
    told = asked(page)
    opened, currency = told["open_minor"], told["currency"]
    page.goto(f"/invoices/{told['invoice_id']}/pay")
    button = page.get_by_role("button", name="Pay online")
    expect(page.get_by_text("Nothing stays open after that")).to_be_visible()
    page.get_by_role("radio", name="Another amount").check()
    amount = page.get_by_role("textbox", name="Another amount")
    for typed, words in (
        ("", "Enter an amount"),
        ("ten", "Enter digits only"),
        ("1.005", "This currency has 2 decimals at most"),
        (written(opened + 1, currency).partition(" ")[0], "that is what is open and not under way"),
    ):
        amount.fill(typed)
        button.click()
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
    settle(page)
    assert violations(page) == []
    assert asked(page)["under_way"] == []

    amount.fill("12.30")
    expect(page.get_by_text(f"Stays open after that: {written(opened - 1_230, currency)}")).to_be_visible()
    button.click()
    page.wait_for_url(re.compile(r"/pay/cs_test_"))
    expect(page.get_by_role("heading", name=f"12.30 {currency}")).to_be_visible()
    page.get_by_role("link", name="Back").click()

    # What is under way is not chosen again, and a second part goes beside it.
    expect(page.get_by_text("What is under way cannot be chosen again")).to_contain_text(
        f"12.30 {currency} is under way"
    )
    expect(page.get_by_role("radio", name="All the rest")).to_be_checked()
    expect(page.get_by_role("button", name=f"Pay online {written(opened - 1_230, currency)}")).to_be_visible()
    page.get_by_role("radio", name="Another amount").check()
    amount.fill(written(opened, currency).partition(" ")[0])
    button.click()
    expect(page.get_by_role("alert").filter(has_text=f"At most {written(opened - 1_230, currency)}")).to_be_visible()
    amount.fill("5")
    settle(page)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    rest(page)
    assert violations(page) == []
    button.click()
    page.wait_for_url(re.compile(r"/pay/cs_test_"))
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text("The payment service has confirmed it")).to_be_visible(timeout=30_000)
    now = asked(page)
    assert (now["open_minor"], now["payable_minor"]) == (opened - 500, opened - 1_730)
    [under_way] = now["under_way"]
    post(door, page.context, f"online-payments/{under_way['id']}/ending")


def written(minor: int, currency: str) -> str:
    """Write an amount of the demonstration as the page does."""
    return f"{minor // 100:,}.{minor % 100:02d} {currency}"
