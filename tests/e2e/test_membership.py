"""Membership in a real browser: filed by the office, reviewed by one person, admitted by another, and suspended."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import SECRETARY
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
    expect(form.get_by_role("alert").first).to_contain_text("Another member of the alliance has this member id")
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
