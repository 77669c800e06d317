"""A statement is taken in: one line settles its invoice by itself, one is spread over two, in a real browser."""

import re
from itertools import count
from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import HEAD_OF_FINANCE, PHONE, Door
from tests.e2e.watching import settle, violations

HEADINGS = "交易时间,借方发生额,贷方发生额,余额,对方户名,对方账号,摘要,附言,交易流水号"

_keys = count(1)


class Finance:
    """Finance over the API, for what is set up before."""

    def __init__(self, door: Door, page: Page) -> None:
        self.door, self.context = door, page.context

    def get(self, address: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.context.request.get(f"/api/v1/{address}").json()["items"]
        return items

    def post(self, address: str, **body: Any) -> dict[str, Any]:
        headers = {**self.door.headers(self.context), "Idempotency-Key": f"matching-{next(_keys):06d}"}
        answer = self.context.request.post(f"/api/v1/{address}", data=body, headers=headers)
        assert answer.ok, answer.text()
        made: dict[str, Any] = answer.json()
        return made


def bill(finance: Finance) -> list[dict[str, Any]]:
    """Issue the invoices of a posted close, and return three that are open in yuan."""
    [account] = [one for one in finance.get("bank-accounts") if one["purpose"] == "royalties"]
    entity = account["operating_entity_id"]
    # The first of all, which corrects none.
    run = min(finance.get("close-runs?status=posted&limit=200"), key=lambda one: (one["period"], one["id"]))
    licences = finance.get(f"licences?programme={run['programme_id']}&limit=200")
    since = {"operating_entity_id": entity, "from_on": "2020-01-01", "country": "CN"}
    own = next(one for one in finance.get("operating-entities") if one["id"] == entity)["organisation"]
    for organisation in {own, *(one["licensee_id"] for one in licences)}:
        finance.post("tax-identities", organisation_id=organisation, name="公司", **since)
    finance.post("billing-terms", programme_id=run["programme_id"], from_on="2020-01-01", payment_days=30)
    series = finance.post("invoice-series", operating_entity_id=entity, code="UHD")
    made = finance.post(f"close-runs/{run['id']}/invoices")
    finance.post("invoices/issue", invoice_ids=made["invoice_ids"], series_id=series["id"])
    rows = finance.get("invoices?state=issued&order=number&limit=50")
    return [row for row in rows if row["currency"] == "CNY" and row["open_minor"] > 0][:3]


def yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def test_a_line_settles_by_itself_and_another_is_spread_over_two(open_as: Open, door: Door) -> None:
    page = open_as(HEAD_OF_FINANCE, language="en")
    page.goto("/treasury?tab=accounts")
    finance = Finance(door, page)
    certain, first, second = bill(finance)
    both = first["open_minor"] + second["open_minor"] + 100
    lines = [
        f"2026-11-26,,{yuan(certain['open_minor'])},,某公司,6222,转账,许可费 {certain['number']},M1",
        f"2026-11-27,,{yuan(both)},,合并付款人,6333,转账,两张账单,M2",
    ]
    text = "\n".join(["账号：4200003719000048215", HEADINGS, *lines, ""])
    file: FilePayload = {"name": "M.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}
    page.get_by_role("link", name="中国工商银行 8215").click()
    page.wait_for_url(re.compile("/bank-accounts/"))
    page.get_by_role("button", name="Take a statement in").click()
    drawer = page.get_by_role("dialog", name="Take a statement in")
    drawer.locator("input[type=file]").set_input_files(file)
    drawer.get_by_role("button", name="Take in 2 new lines").click()
    expect(page.get_by_text("2 new lines were taken in")).to_be_visible()

    page.get_by_role("button", name="Settle what is beyond doubt").click()
    expect(page.get_by_text("1 line was settled; the others wait for people.")).to_be_visible()

    page.get_by_role("link", name="合并付款人").click()
    page.get_by_role("button", name="Spread over invoices").click()
    drawer = page.get_by_role("dialog", name="Spread over invoices")
    for place, invoice in enumerate((first, second)):
        if place:
            drawer.get_by_role("button", name="Add an invoice").click()
        part = drawer.get_by_role("group", name=f"Invoice {place + 1}")
        part.get_by_role("combobox", name="Invoice").fill(invoice["number"])
        page.keyboard.press("Enter")
        part.get_by_label("Arrived").fill(yuan(invoice["open_minor"]))
    expect(drawer.get_by_text("Left over 1.00")).to_be_visible()
    drawer.get_by_role("combobox", name="Whose money is left over").fill(first["licensee_name"])
    page.keyboard.press("Enter")
    settle(page)
    assert violations(page) == []
    drawer.get_by_role("button", name="Spread over invoices").click()
    expect(page.get_by_role("heading", name="Invoices it settled")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=first["number"])).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Paid ahead")).to_contain_text("1.00")
    settle(page)
    assert violations(page) == []
    left = {row["id"]: row["open_minor"] for row in finance.get("invoices?state=issued&limit=200")}
    assert [left[one["id"]] for one in (certain, first, second)] == [0, 0, 0]

    # Said wrongly, it is taken back, on a phone.
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Take back").click()
    dialog = page.get_by_role("dialog", name="Take back")
    dialog.get_by_label("Reason").fill("Of another licensee.")
    dialog.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Back on the queue", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Spread over invoices")).to_be_visible()
    settle(page)
    assert violations(page) == []
