"""Terms are tried on a programme's page: by finance with a close, by a licensee with sales of its own."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Open
from tests.e2e.people import HEAD_OF_FINANCE, LICENSEE, PHONE
from tests.e2e.watching import settle, violations


def tried(page: Page) -> None:
    page.goto("/programmes")
    settle(page)
    page.locator("[data-row-link]").first.click()
    page.get_by_role("tab", name="Try terms").click()
    settle(page)
    assert violations(page) == []
    page.get_by_role("button", name="Try", exact=True).click()
    page.wait_for_url(re.compile(r"job=[\da-f-]{36}"))
    expect(page.get_by_role("button", name="Try others")).to_be_visible(timeout=120_000)
    settle(page)


@pytest.mark.parametrize(
    ("who", "about", "seen"),
    [
        (
            HEAD_OF_FINANCE,
            "With the sales of the close of",
            ("Royalties by kind of rate", "Royalties by rate", "What licences owe"),
        ),
        (LICENSEE, "With invented sales of", ()),
    ],
)
def test_somebody_tries_terms_and_comes_back_to_what_they_gave(
    open_as: Open, who: str, about: str, seen: tuple[str, ...]
) -> None:
    page = open_as(who, language="en")
    tried(page)
    expect(page.get_by_text(about)).to_be_visible()
    for heading in seen:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    if seen:
        # Sales outside the licence give nothing to be taken away.
        expect(page.get_by_role("heading", name="Royalties by band and step")).to_be_visible()
        page.get_by_role("button", name="Download").click()
        with page.expect_download() as taken:
            page.get_by_role("menuitem", name="Workbook in English").click()
        assert taken.value.suggested_filename.endswith(".xlsx")
        assert Path(taken.value.path()).read_bytes().startswith(b"PK")
    assert violations(page) == []
    page.reload()
    settle(page)
    expect(page.get_by_text(about)).to_be_visible()
    page.set_viewport_size(PHONE)
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
