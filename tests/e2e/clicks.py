"""Counting what a person's hand does on a page: each press of a mouse button or a finger, wherever it falls."""

from playwright.sync_api import Page

# The tab keeps the count, so that a page that is loaded anew goes on counting. What is typed is no click.
COUNT = """
addEventListener("pointerdown", (event) => {
    if (event.isTrusted) sessionStorage.setItem("pressed", Number(sessionStorage.getItem("pressed") ?? 0) + 1);
}, true);
"""


class Clicks:
    """The clicks on a page from the home page on; `at_most` says how many the page on screens allows."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.context.add_init_script(COUNT)
        page.goto("/")

    @property
    def count(self) -> int:
        """How many there were so far."""
        return int(self.page.evaluate("() => Number(sessionStorage.getItem('pressed') ?? 0)"))

    def at_most(self, most: int) -> None:
        """Fail if there were more, or none: then nothing was counted."""
        assert 0 < self.count <= most, f"{self.count} clicks instead of {most} at most"
