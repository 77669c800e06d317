"""What keeps an office honest, in a real browser: staff sessions with a banner, and undertakings of two people."""

import re
from pathlib import Path

from playwright.sync_api import expect

from platform_site.demo.people import SIGN_IN_WORD
from tests.e2e.conftest import Open
from tests.e2e.people import LOCKED_OUT, LOGIN, MEMBER_FINANCE, SECRETARY, SESSION, SITE_ADMIN, Door
from tests.e2e.watching import rest, settle, violations

SECOND_SECRETARY = "yining.wen@jianghan.example"
PERSON = "Pan Ruogu"


def test_a_staff_session_says_on_every_page_that_it_is_open_until_it_is_ended(open_as: Open) -> None:
    page = open_as(SITE_ADMIN, language="en")
    page.goto("/staff-sessions")
    settle(page)
    expect(page.get_by_role("link", name="Closes")).to_have_count(0)
    page.get_by_role("button", name="Open a staff session").first.click()
    form = page.get_by_role("dialog", name="Open a staff session")
    form.get_by_role("combobox", name="Alliance").click()
    page.locator(".ant-select-dropdown:visible").get_by_text("Jianghan").first.click()
    form.get_by_role("button", name="Open a staff session").click()
    expect(form).to_contain_text("Give the reason.")
    form.get_by_label("Reason").fill("A close shows no chart, ticket 42")
    expect(page.locator(".ant-select-dropdown:visible")).to_have_count(0)
    assert violations(page) == []
    form.get_by_role("button", name="Open a staff session").click()
    banner = page.get_by_role("region", name="Staff session")
    expect(banner).to_contain_text("every reading is on record. Reason: A close shows no chart, ticket 42")

    page.get_by_role("link", name="Closes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Closes")
    settle(page)
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    expect(banner).to_be_visible()
    assert violations(page) == []

    office = open_as(SECRETARY, language="en")
    office.goto("/staff-sessions")
    settle(office)
    line = office.get_by_role("row").filter(has_text="ticket 42")
    expect(line).to_contain_text("Open")

    banner.get_by_role("button", name="End it now").click()
    expect(banner).to_have_count(0)
    expect(page.get_by_role("link", name="Closes")).to_have_count(0)
    office.reload()
    expect(line).to_contain_text("Over")


def test_an_undertaking_holds_once_a_second_person_confirms_the_signed_paper(open_as: Open, tmp_path: Path) -> None:
    first = open_as(SECRETARY, language="en")
    first.goto("/conflicts?tab=undertakings")
    settle(first)
    first.get_by_role("button", name="Record an undertaking").click()
    form = first.get_by_role("dialog", name="Record an undertaking")
    for box, choice in (("Person", PERSON), ("Alliance", "Jianghan"), ("Sees nothing of these", "Telanova")):
        field = form.get_by_role("combobox", name=box)
        field.click()
        if box != "Alliance":
            field.fill(choice)
        first.locator(".ant-select-dropdown:visible").get_by_text(re.compile(choice)).first.click()
    # The last takes several, and so stays open.
    first.keyboard.press("Escape")
    form.get_by_label("Undertakes").fill("Sees nothing of the former employer for a year.")
    form.get_by_label("Until").fill("2027-11-23")
    form.get_by_label("Until").press("Tab")
    form.get_by_role("button", name="Record an undertaking").click()
    expect(form).to_be_hidden()
    line = first.get_by_role("row").filter(has_text=PERSON).filter(has_text="To be confirmed")
    line.get_by_role("button").click()
    details = first.get_by_role("dialog", name="Clean-team undertaking")
    signed = tmp_path / "signed.txt"
    signed.write_text("signed\n")
    details.get_by_role("button", name="Attach a paper").click()
    form = first.get_by_role("dialog", name="Attach a paper")
    form.get_by_label("What it is").fill("Signed undertaking")
    settle(first)
    with first.expect_file_chooser() as asked:
        form.get_by_role("button", name="Choose a file").click()
    asked.value.set_files(signed)
    form.get_by_role("button", name="Attach a paper").click()
    expect(details.get_by_role("list", name="Papers")).to_contain_text("signed.txt")
    # Whoever recorded it is told that somebody else confirms.
    details.get_by_role("button", name="Confirm", exact=True).click()
    first.get_by_role("dialog").last.get_by_role("button", name="Confirm", exact=True).click()
    expect(first.get_by_text("A second person confirms")).to_be_visible()

    second = open_as(SECOND_SECRETARY, language="en")
    second.goto("/conflicts?tab=undertakings")
    settle(second)
    second.get_by_role("row").filter(has_text=PERSON).filter(has_text="To be confirmed").get_by_role("button").click()
    details = second.get_by_role("dialog", name="Clean-team undertaking")
    expect(details.get_by_role("list", name="Papers")).to_contain_text("signed.txt")
    assert violations(second) == []
    details.get_by_role("button", name="Confirm", exact=True).click()
    second.get_by_role("dialog").last.get_by_role("button", name="Confirm", exact=True).click()
    expect(details).to_contain_text("In force")


def test_a_locked_account_is_seen_by_the_office_and_lifted_for_a_reason(open_as: Open, door: Door) -> None:
    stranger = door.open()
    stranger.request.get(SESSION)
    for number in range(5):
        guess = {"email": LOCKED_OUT, "password": f"guess {number}"}
        assert stranger.request.post(LOGIN, data=guess, headers=door.headers(stranger)).status == 400
    right = {"email": LOCKED_OUT, "password": SIGN_IN_WORD}
    assert stranger.request.post(LOGIN, data=right, headers=door.headers(stranger)).status == 429

    page = open_as(SECRETARY, language="en")
    page.goto("/")
    settle(page)
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Sign-in locks").click()
    row = page.get_by_role("row").filter(has_text="Ji Huaijin")
    expect(row).to_contain_text("Account")
    settle(page)
    assert violations(page) == []
    page.get_by_role("button", name="Lift the lock of Ji Huaijin").click()
    form = page.get_by_role("dialog", name="Lift the lock")
    form.get_by_role("button", name="Lift the lock").click()
    expect(form).to_contain_text("Say why.")
    form.get_by_label("Reason").fill("Called, and was himself")
    rest(page)
    assert violations(page) == []
    form.get_by_role("button", name="Lift the lock").click()
    expect(row).to_have_count(0)
    assert stranger.request.post(LOGIN, data=right, headers=door.headers(stranger)).status == 200
    stranger.close()

    # Members' own people without that duty are not led there.
    member = open_as(MEMBER_FINANCE, language="en")
    member.goto("/")
    settle(member)
    expect(member.get_by_role("link", name="Sign-in locks")).to_have_count(0)


def test_an_organisation_registered_twice_is_merged_once_it_is_seen_what_moves(open_as: Open, door: Door) -> None:
    page = open_as(SECRETARY, language="en")

    def made(path: str, key: str, **body: str) -> str:
        headers = {**door.headers(page.context), "Idempotency-Key": f"merged-{key}"}
        answer = page.context.request.post(f"/api/v1/{path}", data=body, headers=headers)
        assert answer.status == 201, answer.text()
        return str(answer.json()["id"])

    licences = page.context.request.get("/api/v1/licences?limit=1&code=PRO-013").json()["items"]
    kept = str(licences[0]["licensee_id"])
    known = page.context.request.get(f"/api/v1/organisations/{kept}").json()
    twice = made("organisations", "twice", name_zh="杭州拾帧云制作股份有限公司", name_en="Shizhen Cloud Inc.")
    made("invitations", "invited", email="first@chenxi.example", organisation=twice, title="Counsel")

    page.goto(f"/organisations/{kept}")
    settle(page)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Merge a duplicate").click()
    form = page.get_by_role("dialog", name="Merge a duplicate")
    form.get_by_text("Shizhen Cloud Inc.").click()
    preview = form.get_by_role("region", name="What the merger moves")
    expect(preview.get_by_role("listitem")).to_have_text(["Invitations1"])
    expect(preview).to_contain_text("Goes over from Shizhen Cloud Inc.")
    rest(page)
    assert violations(page) == []
    form.get_by_role("button", name="Merge").click()
    expect(form).to_have_count(0)

    # The old address says where it went and leads there; its names are found there.
    page.goto(f"/organisations/{twice}")
    settle(page)
    expect(page.get_by_text("This was registered twice, and merged into:")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name=known["name_en"]).click()
    page.wait_for_url(f"**/organisations/{kept}")
    settle(page)
    page.get_by_role("tab", name="About").click()
    expect(page.get_by_role("main")).to_contain_text("杭州拾帧云制作股份有限公司")
