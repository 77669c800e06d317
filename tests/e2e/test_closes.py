"""Closes in a real browser: run by one person, approved by another, explained down to patents, kept as files."""

import io
import json
import re
import zipfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Download, Page, expect

from licensing.engine.close import close_bundle
from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Open
from tests.e2e.people import ACCOUNTANT, HEAD_OF_FINANCE, PHONE, TREASURER, Door
from tests.e2e.watching import settle, violations


def run_of(context: BrowserContext, programme: str, period: str) -> str:
    """Return the id of the latest close of a programme's period."""
    items = context.request.get(f"/api/v1/close-runs?period={period}&limit=50").json()["items"]
    return str(next(row["id"] for row in items if row["programme_code"] == programme))


def read(context: BrowserContext, path: str) -> dict[str, object]:
    """Read an address of the API as the window's person."""
    document: dict[str, object] = context.request.get(path).json()
    return document


def bytes_of(download: Download) -> bytes:
    """Return what was downloaded."""
    return Path(download.path()).read_bytes()


def minor_text(minor: int) -> str:
    """Write cents as the screens do."""
    return f"{minor // 100:,}.{minor % 100:02d}"


def test_who_approves_only_finds_the_sheet_and_nothing_else(open_as: Open) -> None:
    page = open_as(TREASURER, language="en")
    page.goto("/")
    settle(page)
    places = page.get_by_role("navigation").get_by_role("link")
    shown = {text.strip() for text in places.all_inner_texts()}
    assert "Approvals" in shown
    assert not shown & {"Closes", "Statements", "Licences", "Members", "Seats", "Alliances and entities", "Audit trail"}
    page.get_by_role("link", name="Approve the close").first.click()
    # A close's own address leads to its sheet, and the list is one click away.
    expect(page).to_have_url(re.compile(r"/approvals/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name=re.compile("UHD-TV 2026Q3")).first).to_be_visible()
    expect(page.get_by_text("Digest of the results")).to_be_visible()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_enabled()
    settle(page)
    assert violations(page) == []
    page.get_by_role("button", name="More actions").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="Approval sheet, PDF in English").click()
    assert bytes_of(kept.value).startswith(b"%PDF-")
    page.get_by_role("link", name="Approvals").first.click()
    expect(page.get_by_role("link", name="UHD-TV 2026Q3")).to_be_visible()
    settle(page)
    assert violations(page) == []


def test_finance_runs_a_close_compares_it_and_sends_it_for_approval_in_three_clicks(open_as: Open, door: Door) -> None:
    page = open_as(ACCOUNTANT, language="en")
    # As long as there is a close of the period, there is nothing to begin.
    run = read(page.context, f"/api/v1/close-runs/{run_of(page.context, 'UHD-TV', '2026Q3')}")
    cancelled = page.context.request.post(
        f"/api/v1/close-runs/{run['id']}/cancellation", headers={**door.headers(page.context), "If-Match": "*"}
    )
    assert cancelled.status == 200, cancelled.text()

    clicks = Clicks(page)
    settle(page)
    page.get_by_role("region").or_(page.get_by_role("main")).get_by_role("link", name="Start the close").first.click()
    form = page.get_by_role("dialog", name="Start a close")
    expect(form.get_by_label("Period")).to_have_value("2026Q3")
    expect(form).to_contain_text("licences are in")
    form.get_by_role("button", name="Start calculating").click()
    page.wait_for_url(re.compile(r"/closes/[\da-f-]{36}$"))
    # What it comes to, beside the period before; the second person is told by the platform that it waits for them.
    expect(page.get_by_text("Awaits approval")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name=re.compile("2026Q2"))).to_be_visible()
    clicks.at_most(3)
    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto("/")
    settle(second)
    expect(second.get_by_role("link", name="Approve the close")).to_be_visible()


def test_who_calculates_does_not_approve_and_a_second_person_does(open_as: Open) -> None:
    first = open_as(ACCOUNTANT, language="en")
    address = f"/closes/{run_of(first.context, 'UHD-TV', '2026Q3')}"
    first.goto(address)
    settle(first)
    # Whoever asked for the calculation sees who may approve it instead.
    expect(first.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    expect(first.get_by_text("somebody else of finance has to approve it").first).to_be_visible()

    second = open_as(HEAD_OF_FINANCE, language="en")
    second.goto(address)
    settle(second)
    second.get_by_role("button", name="More actions").click()
    second.get_by_role("menuitem", name="Send back").click()
    second.get_by_label("Why it is sent back").fill("TV-006 has called to say that June is missing.")
    second.get_by_role("dialog").get_by_role("button", name="Send back").click()
    expect(second.get_by_text("Draft", exact=True)).to_be_visible()

    # The first person's page says so without moving, and is then shown as it is now.
    first.get_by_role("button", name="Show the present state").click()
    expect(first.get_by_text("Sent back by the second person: TV-006 has called")).to_be_visible()
    first.get_by_role("button", name="Calculate").first.click()
    expect(first.get_by_text("Awaits approval")).to_be_visible(timeout=60_000)

    second.get_by_role("button", name="Show the present state").click()
    second.get_by_role("button", name="Approve", exact=True).click()
    sheet = second.get_by_role("dialog", name=re.compile("Approve UHD-TV 2026Q3"))
    expect(sheet).to_contain_text("Payees add up to what is shared out")
    run = read(second.context, f"/api/v1/close-runs/{address.rsplit('/', 1)[1]}")
    expect(sheet).to_contain_text(minor_text(int(str(run["distributed_minor"]))))
    expect(sheet).to_contain_text(str(run["results_sha256"]))
    assert violations(second) == []
    sheet.get_by_role("button", name="Approve").click()
    expect(second.get_by_text("Awaits posting")).to_be_visible()
    second.get_by_role("button", name="Post", exact=True).click()
    # It cannot be undone, so that it is asked once more.
    second.get_by_role("dialog").get_by_role("button", name="Post", exact=True).click()
    expect(second.get_by_text("Awaits posting")).to_be_hidden()
    assert read(second.context, f"/api/v1/close-runs/{run['id']}")["status"] == "posted"

    second.get_by_role("tab", name="History").click()
    expect(second.get_by_role("list", name="History")).to_contain_text("Approved the close")
    expect(second.get_by_role("list", name="History")).to_contain_text("Sent the close back")


def test_a_close_is_started_and_watched_until_its_result_stands_at_the_same_address(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="en")
    heard: list[dict[str, str]] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: heard.append(json.loads(str(frame)))),
    )
    page.goto("/")
    settle(page)
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Closes").click()
    page.get_by_role("button", name="Start a close", exact=True).click()
    form = page.get_by_role("dialog", name="Start a close")
    form.get_by_label("Programme").click()
    page.get_by_title(re.compile("^UHD-TV")).click()
    expect(form.get_by_label("Period")).to_have_value(re.compile(r"^\d{4}Q\d$"))
    form.get_by_label("Period").fill("2025Q4")
    expect(form).to_contain_text("This period is posted: a correction will settle the difference only")
    expect(form).to_contain_text("licences are in")
    form.get_by_role("button", name="Start calculating").click()
    # Whatever else the page wants to read again, it does not wait for it before it shows the close.
    page.wait_for_url(re.compile(r"/closes/[\da-f-]{36}$"), timeout=5_000)
    started = page.url
    expect(page.get_by_role("region", name="Progress of the calculation")).to_be_visible()
    expect(page.get_by_text("Awaits approval")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("region", name="Progress of the calculation")).to_have_count(0)
    expect(page.get_by_role("tab", name="Result")).to_be_visible()
    assert page.url == started
    run_id = started.rsplit("/", 1)[1]
    job_id = read(page.context, f"/api/v1/close-runs/{run_id}")["job_id"]
    told = {news["topic"] for news in heard if news["type"] == "changed"}
    assert {f"close.closerun:{run_id}", f"jobs.job:{job_id}"} <= told

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Cancel the close")).click()
    expect(page.get_by_text("Cancelled", exact=True).first).to_be_visible()


def test_an_amount_opens_down_to_the_patents_behind_it(open_as: Open) -> None:
    page = open_as(HEAD_OF_FINANCE, language="en")
    page.goto(f"/closes/{run_of(page.context, 'UHD-TV', '2026Q1')}?tab=explain")
    settle(page)
    path = page.get_by_role("list", name="From the total to here")
    for depth, level in enumerate(("payee", "product", "country", "licence", "bucket", "rule"), start=2):
        with page.expect_response(re.compile(r"/explanation\?.*")) as asked:
            page.get_by_role("region", name="Explanation").locator("ul button").first.click()
        found = asked.value.json()
        assert found["path"][-1]["level"] == level
        whole = found["path"][-1]
        rest = found["rest"] or {"micros": "0", "amount_minor": 0}
        assert sum(int(part["micros"]) for part in found["parts"]) + int(rest["micros"]) == int(whole["micros"])
        assert sum(part["amount_minor"] for part in found["parts"]) + rest["amount_minor"] == whole["amount_minor"]
        expect(path.get_by_role("listitem").filter(has=page.locator("button, strong"))).to_have_count(depth)
        if level == "bucket":
            expect(path).to_contain_text(re.compile("Rate “.*”"))
    expect(path).to_contain_text(re.compile("Shared by patents .*: a weight of"))
    expect(page.get_by_text(re.compile(r"^\d+ famil(y|ies) that counted$"))).to_be_visible()
    first = found["parts"][0]["facts"]["patents"][0]["publication"]
    expect(page.get_by_text(first, exact=True)).to_be_visible()
    # The address leads to the same place, and the way back is on the page.
    page.reload()
    settle(page)
    expect(page.get_by_text(first, exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Back to UHD-TV")).click()
    expect(path.get_by_role("listitem").filter(has=page.locator("button, strong"))).to_have_count(1)


def test_the_bundle_that_is_downloaded_closes_to_the_same_totals(open_as: Open, tmp_path: Path) -> None:
    page = open_as(HEAD_OF_FINANCE)
    run_id = run_of(page.context, "UHD-PRO", "2026Q1")
    page.goto(f"/closes/{run_id}")
    settle(page)
    page.get_by_role("button", name="更多操作").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name="下载结算包").click()
    bundle, out = tmp_path / "bundle", tmp_path / "out"
    with zipfile.ZipFile(io.BytesIO(bytes_of(saved.value))) as packed:
        packed.extractall(bundle)
    close_bundle(bundle, out)
    totals = json.loads((out / "run.json").read_text())["totals"]
    run = read(page.context, f"/api/v1/close-runs/{run_id}")
    for name in ("royalty_minor", "credit_minor", "due_minor", "distributed_minor"):
        assert totals[name] == run[name]


def test_a_chart_is_a_table_too_and_is_kept_as_a_file(open_as: Open) -> None:
    page = open_as(HEAD_OF_FINANCE)
    run_id = run_of(page.context, "UHD-TV", "2026Q2")
    page.goto(f"/closes/{run_id}")
    settle(page)
    chart = page.get_by_role("region", name=re.compile("前三名成员共得"))
    chart.get_by_title("表").or_(chart.get_by_text("表", exact=True)).first.click()
    rows = chart.get_by_role("row")
    payees = read(page.context, f"/api/v1/close-runs/{run_id}/explanation")["parts"]
    assert isinstance(payees, list)
    expect(rows).to_have_count(1 + len(payees))
    for kind, begins in (("CSV 数据", "\ufeff".encode()), ("PNG 图片", b"\x89PNG"), ("SVG 矢量图", b"<svg")):
        chart.get_by_role("button", name=re.compile("^保存")).click()
        with page.expect_download() as saved:
            page.get_by_role("menuitem", name=kind).last.click()
        assert bytes_of(saved.value).startswith(begins)


def test_a_close_is_read_and_approved_on_a_phone(open_as: Open) -> None:
    page: Page = open_as(HEAD_OF_FINANCE, viewport=PHONE, has_touch=True)
    page.goto(f"/closes/{run_of(page.context, 'UHD-PRO', '2026Q2')}")
    settle(page)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="入账", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="入账", exact=True).click()
    expect(page.get_by_text("已入账", exact=True).first).to_be_visible()


def test_why_a_step_of_a_close_is_refused_is_said_in_the_readers_language(open_as: Open) -> None:
    page = open_as(ACCOUNTANT, language="zh")
    page.goto("/closes")
    settle(page)
    page.get_by_role("button", name="开始结算", exact=True).click()
    form = page.get_by_role("dialog", name="开始结算")
    form.get_by_label("许可项目").click()
    settle(page)
    page.get_by_title(re.compile("^UHD-TV")).click()
    expect(form.get_by_label("期间")).to_have_value(re.compile(r"^\d{4}Q\d$"))
    form.get_by_label("期间").fill("2099Q1")
    form.get_by_role("button", name="开始计算").click()
    expect(form.get_by_text("2099Q1 尚未结束：请在 2099-03-31 之后结算。").first).to_be_visible()
    expect(form).not_to_contain_text("is not over yet")
