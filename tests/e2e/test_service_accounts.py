"""Connecting an account at the payment service, changing its keys and closing it, in a real browser."""

import re
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import HEAD_OF_FINANCE, PHONE, Door
from tests.e2e.seeding import connect, get
from tests.e2e.watching import rest, settle, violations
from tests.stripe_server import StripeServer

ADDRESS = "/receipts?tab=service"


@pytest.fixture
def connected(door: Door, service: StripeServer, request: pytest.FixtureRequest) -> StripeServer:
    if request.config.getoption("--site", default=None):
        pytest.skip("a site that runs already asks another payment service")
    connect(door, service)
    return service


def told_to(service: StripeServer, address: str, secret: str) -> int:
    """Tell the site of something, signed with a secret, and return how it answers."""
    event = {"id": f"evt_{time.time_ns()}", "object": "event", "type": "x", "livemode": False, "data": {"object": {}}}
    body, signature = service.signed(event, secret=secret)
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers, method="POST")) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def panel_of(page: Page, account: str) -> Any:
    return page.locator("section").filter(has=page.get_by_role("heading", name=account, exact=True))


def test_finance_connects_an_account_changes_its_keys_and_closes_one(
    open_as: Open, connected: StripeServer, door: Door
) -> None:
    page = open_as(HEAD_OF_FINANCE, language="en")
    page.goto(ADDRESS)
    before = next(one for one in get(page.context, "stripe-accounts")["items"] if one["closed_at"] is None)
    panel = panel_of(page, before["account_id"])
    # One entity has one account in use: another is connected once this one is closed, for a reason.
    expect(page.get_by_role("button", name="Connect a Stripe account")).to_have_count(0)
    panel.get_by_role("button", name="Close the account").click()
    drawer = page.get_by_role("dialog", name="Close the account")
    drawer.get_by_role("button", name="Close the account").click()
    expect(drawer.get_by_text("Say why")).to_be_visible()
    drawer.get_by_role("textbox", name="Reason").fill("The association has a new account")
    rest(page)
    assert violations(page) == []
    drawer.get_by_role("button", name="Close the account").click()
    expect(panel.get_by_text("The association has a new account")).to_be_visible()
    settle(page)
    assert violations(page) == []

    page.get_by_role("button", name="Connect a Stripe account").click()
    drawer = page.get_by_role("dialog", name="Connect a Stripe account")
    number = f"acct_1Second{time.time_ns()}"
    drawer.get_by_role("textbox", name="Account id").fill(number)
    drawer.get_by_label("Secret key").fill("pk_test_the_wrong_one")
    drawer.get_by_role("button", name="Connect a Stripe account").click()
    expect(drawer.get_by_text("A secret key begins with sk_, a restricted one with rk_.")).to_be_visible()
    drawer.get_by_label("Secret key").fill(connected.key)
    rest(page)
    assert violations(page) == []
    drawer.get_by_role("button", name="Connect a Stripe account").click()
    panel = panel_of(page, number)
    expect(panel.get_by_text("Without a signing secret nothing that Stripe tells is taken")).to_be_visible()
    expect(panel).to_contain_text(f"ends in {connected.key[-4:]}")
    hook = panel.locator("code").inner_text()
    assert re.fullmatch(r"http.+/api/v1/stripe-accounts/[0-9a-f-]{36}/events", hook)
    # What the page says is where the service tells; the site of the tests is reached under its own address.
    hook = door.address + hook[hook.index("/api/") :]
    assert told_to(connected, hook, connected.secret) == 422

    # The signing secret follows, and is changed while the one before is taken.
    secrets = [f"whsec_first_{time.time_ns()}aaaa", f"whsec_second_{time.time_ns()}bbbb"]
    for place, secret in enumerate(secrets):
        panel.get_by_role("button", name="Change keys").click()
        drawer = page.get_by_role("dialog", name="Change keys")
        drawer.get_by_label("Webhook signing secret").fill(secret)
        expect(drawer.get_by_role("combobox", name="The signing secret before")).to_have_count(place)
        rest(page)
        assert violations(page) == []
        drawer.get_by_role("button", name="Change keys").click()
        expect(panel).to_contain_text(f"ends in {secret[-4:]}")
        expect(drawer).to_have_count(0)
    assert [told_to(connected, hook, secret) for secret in (*secrets, "whsec_of_a_stranger")] == [204, 204, 422]
    connected.secret = secrets[1]
    connected.hooks[:] = [hook]

    page.reload()
    expect(panel.get_by_text("Secret before is taken until")).to_be_visible()
    expect(panel.get_by_text("Without a signing secret")).to_have_count(0)
    expect(panel.get_by_text("An event came whose signature is not right")).to_be_visible()
    # Nothing of a secret but its end is anywhere on the page.
    assert not any(secret in page.content() for secret in (*secrets, connected.key))
    panel.get_by_text("History").click()
    expect(panel.get_by_text("Changed the keys to the Stripe account").first).to_be_visible()
    settle(page)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    rest(page)
    assert violations(page) == []
