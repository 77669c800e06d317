"""Invoices in a real browser: a close is billed, issued, settled until it is paid, and disputed by who is billed."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, BILLED, HEAD_OF_FINANCE, PHONE, Door
from tests.e2e.seeding import post
from tests.e2e.watching import rest, settle, violations

OWN = "UHD-TV"


def unbilled(page: Page) -> str:
    """Return the posted close of the programme in yuan that waits to be billed, the first one of its quarter."""
    runs = page.context.request.get("/api/v1/close-runs?status=posted&period=2026Q2").json()["items"]
    [found] = [run["id"] for run in runs if run["programme_code"] == OWN and run["corrects_id"] is None]
    return str(found)


def smallest(page: Page) -> str:
    """Return the number of the invoice on the list that asks for least: as much money as that waits to be assigned."""
    run = parse_qs(urlsplit(page.url).query)["run"][0]
    rows = page.context.request.get("/api/v1/invoices", params={"run": run}).json()["items"]
    return str(min(rows, key=lambda row: row["gross_minor"])["number"])


def choose(page: Page, box: str, choice: str) -> None:
    page.get_by_role("dialog").get_by_role("combobox", name=box).click()
    page.locator(".ant-select-dropdown:visible").get_by_text(re.compile(choice)).first.click()


def test_a_close_is_billed_and_an_invoice_of_it_is_settled_until_it_is_paid(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="en")
    page.goto("/")
    settle(page)
    expect(page.get_by_role("main")).to_contain_text("A posted close is not billed yet")
    page.goto(f"/closes/{unbilled(page)}")
    settle(page)
    page.get_by_role("button", name="Prepare invoices").click()
    page.get_by_role("link", name="Look at the invoices").click()
    page.wait_for_url(re.compile(r"/invoices\?run="))
    settle(page)

    page.get_by_role("checkbox", name="Select all").check()
    page.get_by_role("button", name=re.compile("^Issue")).first.click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("They get their numbers in this order")
    rest(page)
    assert violations(page) == []
    dialogue.get_by_role("button", name="Issue", exact=True).click()
    expect(dialogue).to_have_count(0)
    expect(page.get_by_role("row").nth(1)).to_contain_text("JH2026-")
    expect(page.get_by_role("row").nth(1)).to_contain_text("To be paid")

    page.get_by_role("link", name=smallest(page)).click()
    page.wait_for_url(re.compile(r"/invoices/[0-9a-f-]+"))
    settle(page)
    page.get_by_role("button", name="Settle", exact=True).click()
    dialogue = page.get_by_role("dialog")
    choose(page, "By", "Certificate of tax withheld")
    amount = dialogue.get_by_label("Amount")
    whole = amount.input_value()
    amount.fill("0.01")
    dialogue.get_by_label("Proof").fill("KR 2026-7")
    dialogue.get_by_role("button", name="Settle", exact=True).click()
    expect(dialogue).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("Settled in part")
    page.get_by_role("tab", name="Settlements (1)").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("KR 2026-7")

    page.get_by_role("button", name="Settle", exact=True).click()
    choose(page, "By", "A bank's charge")
    expect(amount).not_to_have_value(whole)
    dialogue.get_by_role("button", name="Settle", exact=True).click()
    expect(dialogue).to_contain_text("Banks keep something of a payment, of each once: note it first.")
    choose(page, "By", "^Payment$")
    dialogue.get_by_role("button", name="Settle", exact=True).click()
    expect(dialogue).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("settled in full")
    expect(page.get_by_role("tab", name="Settlements (2)")).to_be_visible()
    rest(page)
    assert violations(page) == []


def test_money_that_waits_pays_what_is_open_and_goes_back_when_it_was_wrong(open_as: Open, door: Door) -> None:
    page = open_as(ACCOUNTANT, language="en")
    half = page.context.request.get("/api/v1/invoices?payment=part_paid&period=2026Q1").json()["items"][0]
    page.goto(f"/invoices/{half['id']}?tab=settlements")
    settle(page)
    page.get_by_role("button", name="Settle", exact=True).click()
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("1,200.00 USD")
    dialogue.get_by_label("Amount").fill("1200.01")
    dialogue.get_by_role("button", name="Settle", exact=True).click()
    expect(dialogue).to_contain_text("Less money than that waits on this account.")
    dialogue.get_by_label("Amount").fill("1200")
    dialogue.get_by_role("button", name="Settle", exact=True).click()
    expect(dialogue).to_have_count(0)
    rows = page.get_by_role("tabpanel").get_by_role("row")
    expect(rows).to_have_count(3)
    rows.last.get_by_role("button", name="Take back").click()
    dialogue = page.get_by_role("dialog")
    dialogue.get_by_label("Reason").fill("It was somebody else's.")
    dialogue.get_by_role("button", name="Take a settlement back").click()
    expect(dialogue).to_have_count(0)
    expect(rows).to_have_count(4)
    expect(rows.nth(2)).to_contain_text("taken back")

    # What one did oneself is on the page already, and is not told as somebody else's; what another does is.
    changed = page.get_by_text("This has changed since you opened it.")
    page.wait_for_timeout(2_000)
    expect(changed).to_have_count(0)
    second = open_as(HEAD_OF_FINANCE)
    proven = {"settled_by": "certificate", "amount_minor": 1, "on": "2026-11-01", "reference": "KR-2026"}
    post(door, second.context, f"invoices/{half['id']}/settlements", data=proven)
    expect(changed).to_be_visible()
    page.get_by_role("button", name="Show the present state").click()
    expect(rows).to_have_count(5)
    expect(changed).to_have_count(0)


def test_a_write_off_is_decided_by_a_second_person(open_as: Open) -> None:
    first = open_as(ACCOUNTANT, language="en")
    first.goto("/invoices?tab=write-offs")
    settle(first)
    row = first.get_by_role("row").filter(has_text="In liquidation")
    expect(row.get_by_role("button", name="Withdraw")).to_be_visible()
    expect(row.get_by_role("button", name="Approve")).to_have_count(0)

    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto("/invoices?tab=write-offs")
    settle(second)
    row = second.get_by_role("row").filter(has_text="In liquidation")
    row.get_by_role("button", name="Refuse").click()
    second.get_by_role("dialog").get_by_role("button", name="Refuse").click()
    expect(row).to_contain_text("Refused")
    expect(row.get_by_role("button")).to_have_count(0)


def test_instalments_are_proposed_by_one_and_confirmed_by_another(open_as: Open) -> None:
    first = open_as(ACCOUNTANT, language="en")
    rows = first.context.request.get("/api/v1/invoices?payment=part_paid").json()["items"]
    [invoice] = [row["id"] for row in rows if row["is_in_parts"]]
    first.goto(f"/invoices/{invoice}?tab=plans")
    settle(first)
    expect(first.get_by_role("main")).to_contain_text("Not kept")
    first.get_by_role("button", name="More actions").click()
    first.get_by_role("menuitem", name="Propose instalments").click()
    dialogue = first.get_by_role("dialog")
    expect(dialogue).to_contain_text("The parts come to what is open")
    rest(first)
    assert violations(first) == []
    dialogue.get_by_label("Amount of part 1").fill("1.00")
    expect(dialogue).to_contain_text("not in any part yet")
    dialogue.get_by_label("Parts", exact=True).fill("4")
    dialogue.get_by_role("button", name="Spread evenly").click()
    expect(dialogue.get_by_label("Amount of part 4")).to_be_visible()
    expect(dialogue).to_contain_text("The parts come to what is open")
    dialogue.get_by_label("Reason").fill("asked for again")
    dialogue.get_by_role("button", name="Propose instalments").click()
    expect(dialogue).to_have_count(0)
    expect(first.get_by_role("button", name="Withdraw").first).to_be_visible()
    expect(first.get_by_role("button", name="Confirm")).to_have_count(0)

    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto(f"/invoices/{invoice}?tab=plans")
    settle(second)
    second.get_by_role("button", name="Confirm").first.click()
    second.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(second.get_by_role("main")).to_contain_text("Replaced")
    expect(second.get_by_role("main")).to_contain_text("In force")


def test_a_licensee_reads_takes_and_disputes_its_own_invoice_on_a_phone(open_as: Open) -> None:
    page = open_as(BILLED, language="zh", viewport=PHONE)
    page.goto("/invoices")
    settle(page)
    page.get_by_role("link", name="JH2026-00001").click()
    page.wait_for_url(re.compile(r"/invoices/[0-9a-f-]+"))
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="取用账单").click()
        page.get_by_role("menuitem", name="CSV（中文）").click()
    assert download.value.suggested_filename == "JH2026-00001.csv"
    expect(page.get_by_role("main")).to_contain_text("三月有二百台退货")
    page.get_by_role("button", name="更多操作").click()
    page.get_by_role("menuitem", name="异议已解决").click()
    page.get_by_role("dialog").get_by_role("button", name="异议已解决").click()
    expect(page.get_by_role("main")).not_to_contain_text("三月有二百台退货")
    page.get_by_role("button", name="提出异议").click()
    page.get_by_role("dialog").get_by_label("理由").fill("单价有误")
    page.get_by_role("dialog").get_by_role("button", name="提出异议").click()
    expect(page.get_by_role("main")).to_contain_text("单价有误")
    expect(page.get_by_role("button", name="提出异议")).to_have_count(0)
    rest(page)
    assert violations(page) == []


def test_a_licensee_asks_for_instalments_and_reads_why_they_are_refused(open_as: Open) -> None:
    own = open_as(BILLED)
    rows = own.context.request.get("/api/v1/invoices?payment=open").json()["items"]
    invoice = next(row["id"] for row in rows if row["open_minor"] > 0)
    own.goto(f"/invoices/{invoice}")
    settle(own)
    own.get_by_role("button", name="更多操作").click()
    own.get_by_role("menuitem", name="申请分期付款").click()
    dialogue = own.get_by_role("dialog")
    expect(dialogue).to_contain_text("各期合计与未结金额一致")
    dialogue.get_by_label("理由").fill("客户回款延迟")
    dialogue.get_by_role("button", name="申请分期付款").click()
    expect(dialogue).to_have_count(0)
    expect(own.get_by_role("main")).to_contain_text("被许可方申请分期付款")

    office = open_as(ACCOUNTANT, language="en")
    office.goto(f"/invoices/{invoice}?tab=plans")
    settle(office)
    office.get_by_role("button", name="Accept").first.click()
    office.get_by_role("dialog").get_by_role("button", name="Accept").click()
    expect(office.get_by_role("main")).to_contain_text("Waits for a second person")

    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto(f"/invoices/{invoice}?tab=plans")
    settle(second)
    second.get_by_role("button", name="Refuse").first.click()
    second.get_by_role("dialog").get_by_label("Answer").fill("Two parts at most")
    second.get_by_role("dialog").get_by_role("button", name="Refuse").click()
    expect(second.get_by_role("dialog")).to_have_count(0)
    own.goto(f"/invoices/{invoice}?tab=plans")
    settle(own)
    expect(own.get_by_role("main")).to_contain_text("Two parts at most")
