"""Paying an invoice, money paid ahead, the rules of matching and the reconciliation, in a real browser."""

import csv
import io
import re
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, BILLED, HEAD_OF_FINANCE, PHONE, Door
from tests.e2e.watching import settle, violations

HEADINGS = "交易时间,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言,交易流水号"

_keys = count(1)


def get(page: Page, address: str) -> Any:
    return page.context.request.get(f"/api/v1/{address}").json()


def post(door: Door, page: Page, address: str, **sent: Any) -> Any:
    headers = {**door.headers(page.context), "Idempotency-Key": f"receipts-{next(_keys):06d}"}
    answer = page.context.request.post(f"/api/v1/{address}", headers=headers, **sent)
    assert answer.ok, answer.text()
    return answer.json()


def test_a_licensee_copies_the_reference_and_the_account_on_desktop_and_phone(open_as: Open) -> None:
    page = open_as(BILLED, language="en")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/invoices")
    [invoice, *_] = get(page, "invoices?payment=open")["items"]
    page.goto(f"/invoices/{invoice['id']}")
    page.get_by_role("link", name="Pay").click()
    told = get(page, f"invoices/{invoice['id']}/payment-options")
    expect(page.get_by_role("heading", name=f"Pay invoice {invoice['number']}")).to_be_visible()
    page.get_by_role("button", name="Copy Payment reference").click()
    assert page.evaluate("navigator.clipboard.readText()") == told["reference"]
    page.get_by_role("button", name="Copy Account number").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == told["accounts"][0]["number"].replace(" ", "")
    page.get_by_role("button", name="Copy Amount").click()
    minor = round(float(page.evaluate("navigator.clipboard.readText()")) * 100)
    assert minor == told["open_minor"]
    settle(page)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    settle(page)
    assert violations(page) == []


def test_what_was_paid_ahead_is_returned_by_two_and_who_set_a_tolerance_is_told(open_as: Open, door: Door) -> None:
    page = open_as(HEAD_OF_FINANCE, language="en")
    page.goto("/receipts")
    [account] = [one for one in get(page, "bank-accounts")["items"] if one["purpose"] == "royalties"]
    [licence, *_] = get(page, "licences?limit=200")["items"]
    text = "\n".join([HEADINGS, "2026-11-20,,123.45,,预付人,6444,转账,预付,P1", ""])
    file = {"name": "P.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    post(door, page, "bank-statements", multipart={"bank_account_id": account["id"], "file": file})
    [line] = [one for one in get(page, "statement-lines?state=open&limit=200")["items"] if one["serial"] == "P1"]
    ahead = {"parts": [], "licensee_id": licence["licensee_id"]}
    post(door, page, f"statement-lines/{line['id']}/allocation", data=ahead)
    page.reload()
    row = page.get_by_role("row").filter(has_text="预付人")
    expect(row).to_contain_text("123.45")
    expect(row).to_contain_text("Paid ahead")

    page.get_by_role("tab", name="Paid ahead").click()
    row = page.get_by_role("row").filter(has_text="123.45")
    expect(row).to_be_visible()
    settle(page)
    assert violations(page) == []
    row.get_by_role("button", name="Return").click()
    drawer = page.get_by_role("dialog", name="Return")
    drawer.get_by_role("combobox", name="Bank account").click()
    page.get_by_text("中国工商银行 8215").last.click()
    drawer.get_by_label("Amount").fill("23.45")
    settle(page)
    assert violations(page) == []
    drawer.get_by_role("button", name="Draft the payment").click()
    expect(page.get_by_text("Drafted").first).to_be_visible()
    expect(page.get_by_text("23.45").first).to_be_visible()

    page.goto("/receipts?tab=terms")
    page.get_by_role("button", name="Set a tolerance").click()
    drawer = page.get_by_role("dialog", name="Set a tolerance")
    drawer.get_by_label("What banks may keep of a payment").fill("12.00")
    drawer.get_by_role("button", name="Set a tolerance").click()
    row = page.get_by_role("row").filter(has_text="CNY")
    expect(row).to_contain_text("12.00")
    expect(row).to_contain_text("Lu Wensheng")
    settle(page)
    assert violations(page) == []


def test_a_difference_is_told_with_its_cause_led_to_its_entry_and_taken_as_a_table(
    open_as: Open, tmp_path: Path
) -> None:
    page = open_as(ACCOUNTANT, language="en")
    page.goto("/receipts?tab=reconciliation")
    # What somebody booked by hand in dollars stands behind no line of a bank.
    causes = page.get_by_role("group", name="Causes Unassigned receipts USD")
    expect(causes.get_by_text("An entry with no paper behind it").first).to_be_visible()
    settle(page)
    assert violations(page) == []
    page.get_by_role("button", name="Take it").click()
    with page.expect_download() as started:
        page.get_by_role("menuitem", name="CSV file").click()
    kept = tmp_path / "reconciliation.csv"
    started.value.save_as(kept)
    cells = [cell for row in csv.reader(io.StringIO(kept.read_text("utf-8-sig"))) for cell in row]
    assert "an entry with no paper behind it" in cells
    causes.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/ledger-entries/"))
    page.go_back()
    page.set_viewport_size(PHONE)
    settle(page)
    assert violations(page) == []
