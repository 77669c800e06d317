"""What people do every week takes no more clicks from the home page than they may, counted in a real browser.

How closes are run is counted with the other tests of closes, which go on from there.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.clicks import Clicks
from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER, MEMBER_FINANCE, SECRETARY, SITE_ADMIN, Door
from tests.e2e.watching import settle, violations


def sent(door: Door, kind: str) -> list[str]:
    """Return to whom messages of a kind went, as whoever keeps the site sees them; what they said is gone."""
    admin = door.open(SITE_ADMIN)
    items = admin.request.get("/api/v1/messages?limit=200").json()["items"]
    admin.close()
    return [row["address"] for row in items if row["kind"] == kind and row["state"] in ("waiting", "sent")]


def test_a_member_sees_its_statement_and_why_it_changed_in_one_click_of_two(open_as: Open) -> None:
    page = open_as(MEMBER_FINANCE, language="en")
    clicks = Clicks(page)
    settle(page)
    page.get_by_role("region", name="Figures").get_by_role("link").first.click()
    page.wait_for_url(re.compile("/statements/"))
    settle(page)
    expect(page.get_by_role("heading", name="Why this amount")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^Compared with 20\d\dQ\d$"))).to_be_visible()
    clicks.at_most(2)


@pytest.mark.parametrize(
    "number",
    ["US20249856926A1", "us 2024/9856926 A1", "2024 9856926", "24/846186", "US24846186"],
    ids=["publication", "with spaces and stroke", "digits of the publication", "application", "application, bare"],
)
def test_anyone_finds_a_patent_by_any_form_of_its_number_in_one_box_and_one_click(open_as: Open, number: str) -> None:
    page = open_as(MEMBER, language="en")
    clicks = Clicks(page)
    settle(page)
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.get_by_role("option", name=re.compile("US20249856926A1")).click()
    page.wait_for_url(re.compile("/patents/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("US20249856926A1")
    clicks.at_most(1)


def test_anyone_sees_who_can_see_a_thing_and_why_and_shares_it_until_a_day_in_two(open_as: Open) -> None:
    page = open_as(MEMBER, language="en")
    clicks = Clicks(page)
    settle(page)
    page.keyboard.press("/")
    page.keyboard.type("US20249856926A1")
    expect(page.get_by_role("option", name=re.compile("US20249856926A1"))).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/patents/"))
    settle(page)
    page.get_by_role("button", name="Share").click()
    dialogue = page.get_by_role("dialog", name=re.compile("US20249856926A1"))
    # Who sees it and by what, without another click.
    expect(dialogue).to_contain_text("Secretariat")
    clicks.at_most(1)
    dialogue.get_by_role("button", name="Grant access").click()
    form = dialogue.get_by_role("region", name="Grant access")
    # The rest is typed: to whom, why; until when is proposed.
    form.get_by_role("radio", name="One seat").focus()
    page.keyboard.press("ArrowRight")
    whom = form.get_by_role("combobox", name="Organisation", exact=True)
    whom.fill("Shenzhen Yingyue")
    expect(page.get_by_title("Shenzhen Yingyue Multimedia Co., Ltd.")).to_be_visible()
    whom.press("Enter")
    form.get_by_label("Reason").fill("To see whether it belongs into the pool")
    expect(form.get_by_label(re.compile("Until"))).to_have_value(re.compile(r"^20\d\d-\d\d-\d\d$"))
    form.get_by_role("button", name="Grant", exact=True).press("Enter")
    readers = dialogue.get_by_role("listitem").filter(has_text="Shenzhen Yingyue Multimedia")
    expect(readers.first).to_contain_text("Granted")
    clicks.at_most(2)


def test_a_member_lists_a_patent_for_a_pool_and_sees_where_it_stands_in_three(open_as: Open) -> None:
    page = open_as(MEMBER, language="en")
    clicks = Clicks(page)
    settle(page)
    page.get_by_role("link", name="A call for patents is open").click()
    page.wait_for_url(re.compile(r"/calls/[\da-f-]{36}$"))
    page.get_by_role("button", name="Submit a patent").click()
    form = page.get_by_role("dialog", name="Submit a patent")
    patent = form.get_by_role("combobox", name="Patent")
    patent.fill("JP2024844686A")
    expect(page.get_by_title(re.compile("^JP2024844686A"))).to_be_visible()
    patent.press("Enter")
    form.get_by_label("Claim", exact=True).fill("1")
    form.get_by_label("Clause", exact=True).fill("9.4")
    assert violations(page) == []
    form.get_by_role("button", name="Submit", exact=True).click()
    page.wait_for_url(re.compile(r"/submissions/[\da-f-]{36}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("JP2024844686A")
    expect(page.get_by_role("banner").or_(page.locator("header")).filter(has_text="Submitted").first).to_be_visible()
    clicks.at_most(3)


def test_the_secretariat_chases_who_has_not_filed_in_two(open_as: Open, door: Door) -> None:
    before = sent(door, "report.reminder")
    page = open_as(SECRETARY, language="en")
    clicks = Clicks(page)
    settle(page)
    page.get_by_role("link", name="Sales reports are missing").click()
    page.wait_for_url(re.compile(r"/programmes/[\da-f-]{36}\?tab=missing$"))
    missing = page.get_by_role("list", name="Reports missing").get_by_role("listitem")
    # One is not reported at all; the other is estimated, which leaves its report due.
    late = [missing.filter(has_text=code) for code in ("PRO-009", "PRO-013")]
    for one in late:
        expect(one).to_contain_text("lacks 2026-07")
        expect(one).to_contain_text("Not reminded yet")
    expect(missing).to_have_count(len(late))
    page.get_by_role("button", name=f"Remind all {len(late)}").click()
    for one in late:
        expect(one).to_contain_text("Reminded 20")
    clicks.at_most(2)
    assert violations(page) == []
    assert len(sent(door, "report.reminder")) == len(before) + len(late)

    # A second time within a day is told of, and sends nothing unless it is meant.
    page.get_by_role("button", name="Remind all again").click()
    asked = page.get_by_role("dialog", name=re.compile("less than a day ago"))
    expect(asked).to_contain_text("by Shen Yanqiu")
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_be_hidden()
    assert len(sent(door, "report.reminder")) == len(before) + len(late)


def test_the_secretariat_chases_who_has_not_signed_in_two(open_as: Open, door: Door) -> None:
    before = sent(door, "charter.signature_reminder")
    page = open_as(SECRETARY)
    clicks = Clicks(page)
    settle(page)
    page.get_by_role("link", name="尚有成员未签署").first.click()
    page.wait_for_url(re.compile(r"/charter-versions/[\da-f-]{36}\?tab=missing$"))
    missing = page.get_by_role("list", name="未签署").get_by_role("listitem")
    expect(missing).to_contain_text(["尚未催办"])
    count = missing.count()
    page.get_by_role("button", name=f"催办全部 {count} 家").click()
    expect(missing.first).to_contain_text("已催办")
    clicks.at_most(2)
    assert violations(page) == []
    assert len(sent(door, "charter.signature_reminder")) >= len(before) + 1
