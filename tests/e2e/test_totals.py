"""A programme's totals for a member: what is told together, what is not told yet, and why."""

import json
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Open
from tests.e2e.people import MEMBER_FINANCE, PHONE
from tests.e2e.watching import settle, violations

TOLD = {
    "programme_id": "01a20000-0000-7000-8000-000000000000",
    "currency": "CNY",
    "exact": False,
    "rule": {"reporters": 3, "percent": 60},
    "total_minor": 96_000_000,
    "waiting": {
        "periods": ["2025Q3", "2025Q4"],
        "first_month": "2025-07",
        "last_month": "2025-12",
        "reason": "one_dominates",
    },
}
ROWS = {
    "period": [{"labels": ["2025Q1", "2025Q2"], "corrected": ["2024Q4"], "amount_minor": 96_000_000}],
    "country": [
        {"labels": ["CN"], "corrected": [], "amount_minor": 80_000_000},
        {"labels": ["DE", "FR"], "corrected": [], "amount_minor": 16_000_000},
    ],
}
MONTHS = {"first_month": "2025-01", "last_month": "2025-06"}


def made_up(route: Route) -> None:
    """Answer with totals of which some are told together and some not yet."""
    by = route.request.url.rpartition("=")[2]
    body = {**TOLD, "by": by, "rows": [{**MONTHS, **row} for row in ROWS[by]]}
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))


def opened(open_as: Open, language: str, *, told: bool) -> Page:
    """Open the totals of a programme, as the demonstration has them or as they are made up here."""
    page = open_as(MEMBER_FINANCE, language=language)
    if told:
        page.route(re.compile(r"/totals\?by="), made_up)
    page.goto("/programmes")
    settle(page)
    page.locator("[data-row-link]").first.click()
    page.get_by_role("tab", name={"en": "Totals", "zh": "总额"}[language]).click()
    settle(page)
    return page


def test_a_member_reads_what_the_closes_of_a_programme_came_to(open_as: Open) -> None:
    page = opened(open_as, "en", told=False)
    programme = page.url.rpartition("/")[2].partition("?")[0]
    found = page.context.request.get(f"/api/v1/programmes/{programme}/totals?by=period").json()
    table = page.get_by_role("tabpanel").get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(len(found["rows"]) + 2)
    total = f"{found['total_minor'] / 100:,.2f}"
    expect(table.get_by_role("row", name=re.compile("^Told in all"))).to_contain_text(total)


@pytest.mark.parametrize(
    ("language", "country", "waits", "why", "together", "corrected"),
    [
        (
            "en",
            "Country of sale",
            "2025Q3, 2025Q4: not told yet",
            "One licensee has too large a part",
            "Told together",
            "with what corrections of 2024Q4 changed",
        ),
        ("zh", "销售国家", "2025Q3、2025Q4 暂不列出", "占比过大", "合并列示", "含 2024Q4 更正带来的变动"),
    ],
)
def test_what_is_told_together_or_not_yet_says_why_on_a_phone_too(
    open_as: Open, language: str, country: str, waits: str, why: str, together: str, corrected: str
) -> None:
    page = opened(open_as, language, told=True)
    page.set_viewport_size(PHONE)
    panel = page.get_by_role("tabpanel")
    notice = panel.get_by_role("status")
    expect(notice).to_contain_text(waits)
    expect(notice).to_contain_text(why)
    expect(panel.get_by_text(together, exact=True)).to_have_count(1)
    expect(panel).to_contain_text(corrected)
    panel.get_by_text(country, exact=True).first.click()
    expect(panel.get_by_role("row")).to_have_count(4)
    expect(panel.get_by_text(together, exact=True)).to_have_count(1)
    expect(panel.get_by_role("table")).to_contain_text("160,000.00")
    settle(page)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
