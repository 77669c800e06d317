"""Sharing in a real browser: who sees a thing, letting somebody in, and taking it back in front of their eyes."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER, RIVAL, SECRETARY, Door
from tests.e2e.watching import settle, violations

PUBLICATION = "CN154999998A"


def registered(door: Door) -> str:
    """Have the secretariat register a patent of the member's that is in no pool, and return its address."""
    office = door.open(SECRETARY)
    organisations = office.request.get("/api/v1/organisations?limit=200").json()["items"]
    owner = next(row for row in organisations if row["name_zh"] == "青岛曜汐电子集团股份有限公司")
    alliance = office.request.get("/api/v1/alliances?limit=1").json()["items"][0]
    made = office.request.post(
        "/api/v1/patents",
        data={
            "alliance_id": alliance["id"],
            "publication": PUBLICATION,
            "country": "CN",
            "title": "一种尚未入池的显示方法",
            "owners": [{"owner_id": owner["id"], "share": "1"}],
        },
        headers={**door.headers(office), "Idempotency-Key": "patent-to-share"},
    )
    assert made.status == 201, made.text()
    address = f"/patents/{made.json()['id']}"
    office.close()
    return address


def test_what_is_shared_is_seen_and_what_is_taken_back_empties_an_open_page(open_as: Open, door: Door) -> None:
    address = registered(door)
    rival = open_as(RIVAL, language="en")
    rival.goto(address)
    expect(rival.get_by_role("heading", name="Not found, or not yours to see")).to_be_visible()

    owner = open_as(MEMBER, language="en")
    owner.goto(address)
    settle(owner)
    owner.get_by_role("button", name="Share").click()
    dialogue = owner.get_by_role("dialog", name=re.compile(PUBLICATION))
    dialogue.get_by_role("button", name="Grant access").click()
    form = dialogue.get_by_role("region", name="Grant access")
    form.get_by_text("Every seat of an organisation").click()
    whom = form.get_by_role("combobox", name="Organisation", exact=True)
    whom.click()
    whom.fill("Shenzhen Yingyue")
    owner.get_by_title("Shenzhen Yingyue Multimedia Co., Ltd.").click()
    # The reason is asked for, and nothing that was chosen is lost.
    form.get_by_role("button", name="Grant", exact=True).click()
    expect(form).to_contain_text("Give the reason")
    form.get_by_label("Reason").fill("Joint evaluation before it enters the pool")
    assert violations(owner) == []
    form.get_by_role("button", name="Grant", exact=True).click()
    readers = dialogue.get_by_role("listitem").filter(has_text="Shenzhen Yingyue Multimedia")
    expect(readers.first).to_contain_text("Granted")

    rival.reload()
    expect(rival.get_by_role("heading", level=1)).to_have_text(PUBLICATION)
    settle(rival)

    dialogue.get_by_role("button", name=re.compile("^Withdraw what")).first.click()
    dialogue.get_by_label("Why it is withdrawn").fill("The evaluation is over")
    dialogue.get_by_role("button", name="Withdraw now").click()
    # Nobody touches the other browser: its page says so and empties by itself.
    expect(rival.get_by_role("heading", name="The right to see this was withdrawn")).to_be_visible()
    expect(rival.get_by_text(PUBLICATION)).to_have_count(0)
    expect(dialogue.get_by_role("button", name=re.compile("^Withdraw what"))).to_have_count(0)

    owner.get_by_role("button", name="Close", exact=True).first.click()
    owner.get_by_role("tab", name="History").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text(PUBLICATION)


def test_whoever_may_not_share_is_told_so(open_as: Open) -> None:
    page = open_as(RIVAL, language="en")
    found = page.context.request.get("/api/v1/pools?limit=1").json()["items"][0]
    page.goto(f"/pools/{found['id']}")
    settle(page)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog")).to_contain_text("This is not yours to do")


def test_the_record_hides_what_its_reader_may_not_see(open_as: Open) -> None:
    page = open_as(SECRETARY, language="en")
    page.goto("/audit?name=close_run")
    settle(page)
    events = page.context.request.get("/api/v1/audit-events?name=close_run&limit=50").json()["items"]
    hidden = [event for event in events if event["changes"] is None]
    expect(page.get_by_role("cell", name="Not shown to you")).to_have_count(len(hidden))
    expect(page.get_by_text(re.compile(r"^Sealed up to row \d+ at"))).to_be_visible()
