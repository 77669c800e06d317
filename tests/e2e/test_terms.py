"""What a version of terms changes, on a programme's page: in words, before it is published."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Open
from tests.e2e.people import PHONE, SECRETARY
from tests.e2e.watching import settle, violations

DRAFT = "01a20000-0000-7000-8000-000000000002"
TOLD = {
    "version": {"id": DRAFT, "number": 9, "in_force_from": "2031-01-01", "state": "draft"},
    "differences": [
        {
            "area": "rates",
            "kind": "changed",
            "subject": "phones",
            "text_en": "Rate “phones”: units above 5,000,000: 0.1 CNY → 0.12 CNY.",
            "text_zh": "费率“phones”：超过 5,000,000 台的部分每台：0.1 CNY → 0.12 CNY。",
        },
        {
            "area": "allocation",
            "kind": "changed",
            "subject": "",
            "text_en": "Allocation, branch 2: share: 30 → 25.",
            "text_zh": "分配方案，第 2 支：份额：30 → 25。",
        },
    ],
}


def opened(open_as: Open, language: str) -> Page:
    """Open the terms of a programme, which have a draft that is made up here, as has its publication's refusal."""
    page = open_as(SECRETARY, language=language)
    against = page.request.get("/api/v1/terms-versions?state=published").json()["items"][0]

    def with_a_draft(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        published = body["items"][0]
        draft = {**published, "id": DRAFT, "number": 9, "in_force_from": "2031-01-01", "state": "draft"}
        body["items"].insert(0, {**draft, "published_at": None, "allowed_steps": ["publish", "withdraw"]})
        route.fulfill(response=answer, json=body)

    def differences(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=json.dumps({**TOLD, "against": against}))

    def refusal(route: Route) -> None:
        wrong = {"pointer": "/document", "code": "price_changes", "message": "L7: “a” would be “b”."}
        problem = {"title": "Refused", "status": 422, "detail": "Licences keep their price.", "errors": [wrong]}
        route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(problem))

    page.route(re.compile(r"/terms-versions\?"), with_a_draft)
    page.route(re.compile(rf"/terms-versions/{DRAFT}/differences"), differences)
    page.route(re.compile(rf"/terms-versions/{DRAFT}/publication"), refusal)
    page.goto("/programmes")
    settle(page)
    page.locator("[data-row-link]").first.click()
    page.get_by_role("tab", name={"en": "Whole terms", "zh": "条款全文"}[language]).click()
    version = page.get_by_role("combobox", name={"en": "Version", "zh": "版本"}[language])
    expect(version).to_be_visible()
    # What is still on its way would close the list of versions again.
    settle(page)
    version.click()
    page.locator(".ant-select-dropdown:visible").get_by_title(re.compile("9")).first.click()
    settle(page)
    return page


@pytest.mark.parametrize(("language", "key"), [("en", "text_en"), ("zh", "text_zh")])
def test_a_draft_says_what_it_changes_on_a_phone_too(open_as: Open, language: str, key: str) -> None:
    page = opened(open_as, language)
    page.set_viewport_size(PHONE)
    panel = page.get_by_role("tabpanel")
    for difference in TOLD["differences"]:
        assert isinstance(difference, dict)
        expect(panel.get_by_text(difference[key])).to_be_visible()
    settle(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.unroute_all(behavior="wait")


def test_a_draft_is_published_after_asking_and_a_refusal_says_why(open_as: Open) -> None:
    page = opened(open_as, "en")
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It comes into force on 2031-01-01.")
    dialog.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("Licences keep their price.")
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_text(["L7: “a” would be “b”."])
    settle(page)
    page.unroute_all(behavior="wait")
