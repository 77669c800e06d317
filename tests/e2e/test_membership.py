"""Members in a real browser: taken in by two people, signing what they agree to, and inviting their people."""

import os
import re
import time
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.live import LOGS
from tests.e2e.people import MEMBER, PHONE, SECRETARY
from tests.e2e.watching import settle, violations

SECOND_SECRETARY = "yining.wen@jianghan.example"
APPLICANT = "Beijing Xunqi Annuity Management Co., Ltd."


def paper(folder: Path, name: str) -> Path:
    """Write a small paper to attach."""
    path = folder / f"{name}.txt"
    path.write_text(f"{name}\n", encoding="utf-8")
    return path


def attach(page: Page, path: Path) -> None:
    """Attach a file where the form that is open asks for a paper."""
    with page.expect_file_chooser() as asked:
        page.get_by_role("dialog").last.get_by_role("button", name="Attach a paper").click()
    asked.value.set_files(path)
    expect(page.get_by_role("dialog").last.get_by_text(path.name)).to_be_visible()


def test_an_applicant_is_reviewed_by_one_person_and_admitted_by_another(open_as: Open, tmp_path: Path) -> None:
    first = open_as(SECRETARY, language="en")
    first.goto("/members")
    settle(first)
    first.get_by_role("button", name="File an application").click()
    form = first.get_by_role("dialog", name="File an application")
    form.get_by_role("button", name="File an application").click()
    expect(form).to_contain_text("Choose an organisation.")
    whom = form.get_by_role("combobox", name="Organisation")
    whom.click()
    whom.fill("Xunqi")
    first.get_by_title(APPLICANT).click()
    form.get_by_label("About the application").fill("Keeps annuities, and brings its search service.")
    expect(first.locator(".ant-select-dropdown:visible")).to_have_count(0)
    assert violations(first) == []
    form.get_by_role("button", name="File an application").click()

    expect(first.get_by_role("heading", level=1)).to_have_text(APPLICANT)
    address = first.url
    expect(first.get_by_text("attach the applicant's letter")).to_be_visible()
    first.get_by_role("button", name="Take up for review").click()
    review = first.get_by_role("dialog", name="Take up for review")
    review.get_by_role("button", name="Take up for review").click()
    # What is lacking is told above the form, which stays as it was.
    expect(review.get_by_role("alert")).to_contain_text("attach its letter first")
    attach(first, paper(tmp_path, "application"))
    review.get_by_role("button", name="Take up for review").click()
    expect(first.get_by_text("Under review").first).to_be_visible()
    # Whoever reviewed is told that another person decides, and is offered no button for it.
    expect(first.get_by_text("a second person of the secretariat admits")).to_be_visible()
    expect(first.get_by_role("button", name="Admit")).to_have_count(0)

    second = open_as(SECOND_SECRETARY, language="en")
    second.goto(address)
    settle(second)
    second.get_by_role("button", name="Admit", exact=True).click()
    form = second.get_by_role("dialog", name="Admit")
    form.get_by_label("Member code").fill("LANYU")
    form.get_by_role("button", name="Admit").click()
    expect(form.get_by_role("alert").first).to_contain_text("Another member of the alliance has this member code")
    form.get_by_label("Member code").fill("XUNQI")
    assert violations(second) == []
    form.get_by_role("button", name="Admit").click()
    expect(second.locator("h1 + *", has_text="Member")).to_be_visible()
    course = second.get_by_role("list", name="Steps")
    expect(course.get_by_role("listitem")).to_have_count(3)
    expect(course).to_contain_text("Keeps annuities, and brings its search service.")

    # The first person's page says so, and does not move by itself.
    first.get_by_role("button", name="Show the present state").click()
    expect(first.locator("h1 + *", has_text="Member")).to_be_visible()
    first.get_by_role("button", name="More actions").click()
    first.get_by_role("menuitem", name="Suspend").click()
    form = first.get_by_role("dialog", name="Suspend")
    form.get_by_role("button", name="Suspend").click()
    expect(form).to_contain_text("Give the reason.")
    form.get_by_label("Reason").fill("Fees of two years are unpaid.")
    form.get_by_role("button", name="Suspend").click()
    expect(form).to_contain_text(re.compile("The membership begins on .*: name a later day"))
    form.get_by_role("button", name="Cancel").click()


def choose_first(page: Page, box: str, option: str) -> None:
    """Choose an entry of a list that the form on top offers."""
    page.get_by_role("dialog").last.get_by_role("combobox", name=box).click()
    page.locator(".ant-select-dropdown:visible").get_by_text(option).first.click()


def test_a_charter_is_published_and_signed_by_those_with_authority_only(open_as: Open, tmp_path: Path) -> None:
    office = open_as(SECRETARY, language="en")
    office.goto("/charters")
    settle(office)
    office.get_by_role("button", name="Start a document").first.click()
    form = office.get_by_role("dialog", name="Start a document")
    form.get_by_label("Chinese title").fill("图像检测公约")
    form.get_by_label("English title").fill("Convention on image tests")
    form.get_by_role("button", name="Start a document").click()
    expect(office.get_by_role("heading", level=1)).to_have_text("Convention on image tests")
    office.get_by_role("button", name="Draft the first version").first.click()
    form = office.get_by_role("dialog", name="Draft the next version")
    form.get_by_label("Text in Chinese").fill("第一条 成员如实公布检测结果。")
    form.get_by_label("Text in English").fill("1. Members publish what they measure.")
    form.get_by_label("In force from").fill("2026-01-01")
    form.get_by_label("In force from").press("Tab")
    # The calendar folds away in its own time.
    form.get_by_label("Text in English").click()
    expect(office.locator(".ant-picker-dropdown:visible")).to_have_count(0)
    assert violations(office) == []
    form.get_by_role("button", name="Save").click()
    expect(office.get_by_role("heading", level=1)).to_contain_text("Version 1")
    version = office.url
    expect(office.get_by_text("1. Members publish what they measure.")).to_be_visible()
    office.get_by_role("button", name="Publish").click()
    office.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(office.get_by_text("Published", exact=True).first).to_be_visible()

    member = open_as(MEMBER, language="en", viewport=PHONE, has_touch=True)
    member.goto(version)
    settle(member)
    member.get_by_role("button", name="Sign", exact=True).click()
    expect(member.get_by_role("dialog")).to_contain_text("No authority to sign is recorded for your seat.")

    rows = office.context.request.get("/api/v1/memberships?code=YAOXI").json()["items"]
    office.goto(f"/members/{rows[0]['id']}?tab=authorities")
    settle(office)
    office.get_by_role("button", name="Record an authority").first.click()
    choose_first(office, "Seat", "Meng Haicheng")
    form = office.get_by_role("dialog", name="Record an authority")
    form.get_by_label("In what capacity").fill("Agent of the legal representative")
    attach(office, paper(tmp_path, "letter"))
    form.get_by_role("button", name="Record an authority").click()
    expect(office.get_by_role("list", name="Authorities")).to_contain_text("Agent of the legal representative")

    member.reload()
    settle(member)
    member.get_by_role("button", name="Sign", exact=True).click()
    form = member.get_by_role("dialog")
    form.get_by_role("button", name="Sign for the organisation").click()
    expect(form).to_contain_text("Confirm that you have read it and may sign.")
    form.get_by_role("checkbox").check()
    assert violations(member) == []
    form.get_by_role("button", name="Sign for the organisation").click()
    expect(member.get_by_text("Your organisation")).to_be_visible()
    expect(member.get_by_text("1 member signed")).to_be_visible()
    expect(member.get_by_role("button", name="Sign", exact=True)).to_have_count(0)

    office.goto(f"{version}?tab=missing")
    settle(office)
    line = office.get_by_role("list", name="Not signed").get_by_role("listitem").filter(has_text="LANYU")
    line.get_by_role("button", name="Record a signed paper").click()
    form = office.get_by_role("dialog", name="Record a signed paper")
    form.get_by_label("Who signed").fill("Cui Minglang")
    form.get_by_label("In what capacity").fill("Legal representative")
    for field, name in (("Letter of authority", "letter"), ("Scan of the sealed page", "scan")):
        item = form.locator(".ant-form-item").filter(has_text=field)
        with office.expect_file_chooser() as asked:
            item.get_by_role("button", name="Attach a paper").click()
        asked.value.set_files(paper(tmp_path, name))
        expect(item.get_by_text(f"{name}.txt")).to_be_visible()
    form.get_by_role("button", name="Record a signed paper").click()
    expect(line).to_have_count(0)
    office.get_by_role("tab", name="Signed", exact=True).click()
    signed = office.get_by_role("row")
    expect(signed.filter(has_text="On paper")).to_contain_text("Cui Minglang")
    expect(signed.filter(has_text="Signed here")).to_contain_text("Meng Haicheng")


def link_to(site: str, email: str) -> str:
    """Return the link of the last invitation that the site has printed for an address."""
    log = LOGS.get(site) or Path(os.environ["SITE_LOG"])
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = re.findall(rf"To: {re.escape(email)}.*?(/sign-in/invitation/\S+)", log.read_text(), re.DOTALL)
        if found:
            return str(found[-1])
        time.sleep(0.3)
    raise AssertionError(f"No invitation was sent to {email}")


def test_somebody_is_invited_by_mail_and_takes_up_the_seat(open_as: Open, site: str) -> None:
    email = f"invited-{time.time_ns()}@yaoxi.example"
    page = open_as(MEMBER, language="en")
    page.goto("/invitations")
    settle(page)
    page.get_by_role("button", name="Invite somebody").first.click()
    form = page.get_by_role("dialog", name="Invite somebody")
    form.get_by_label("E-mail address").fill(email)
    form.get_by_label("Position").fill("Patent engineer")
    choose_first(page, "Role", "Member staff")
    expect(page.locator(".ant-select-dropdown:visible")).to_have_count(0)
    assert violations(page) == []
    form.get_by_role("button", name="Send the invitation").click()
    line = page.get_by_role("row").filter(has_text=email)
    expect(line).to_contain_text("Waiting")
    expect(line).to_contain_text("Member staff")

    guest = open_as(language="en")
    guest.goto(link_to(site, email))
    guest.get_by_label("Your name").fill("Guest Engineer")
    guest.get_by_label("Password").fill("a fair few words 2026")
    guest.get_by_role("button", name=re.compile("Accept|Take")).click()
    guest.get_by_role("button", name="Sign in").click()
    guest.get_by_label("E-mail address").fill(email)
    guest.get_by_label("Password", exact=True).fill("a fair few words 2026")
    guest.get_by_role("button", name="Sign in", exact=True).click()
    expect(guest.get_by_role("button", name=re.compile("Guest Engineer"))).to_be_visible()

    page.reload()
    expect(line).to_contain_text("Accepted")
    page.goto("/seats")
    settle(page)
    page.get_by_role("button", name="Roles of Guest Engineer").click()
    seat = page.get_by_role("dialog", name="Guest Engineer")
    seat.get_by_role("button", name="Give a role").click()
    choose_first(page, "Role", "Member finance")
    seat.get_by_role("button", name="Give a role").click()
    expect(seat.get_by_role("listitem")).to_have_count(2)
    seat.get_by_role("button", name="End the role Member staff").click()
    page.get_by_role("dialog").last.get_by_role("button", name="End", exact=True).click()
    expect(seat.get_by_role("listitem")).to_have_count(1)
    expect(seat.get_by_role("listitem")).to_contain_text("Member finance")
