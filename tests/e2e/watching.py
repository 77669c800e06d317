"""What a page must be besides right: silent in the console, and usable by everybody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

from tests.architecture.rules import ROOT
from tests.e2e.people import Door

AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

# What a browser itself notes when an answer is a refusal; the pages show what it means.
REFUSALS = (
    "status of 400",
    "status of 401",
    "status of 403",
    "status of 404",
    "status of 409",
    "status of 412",
    "status of 422",
    "status of 429",
)


class Complaints:
    """Everything that went wrong in the windows that are watched."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Listen to a window and all its pages."""
        context.on("console", self._console)
        context.on("weberror", lambda error: self._fault(error.error))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if message.text.startswith("Failed to load resource") and any(text in message.text for text in REFUSALS):
            return
        self.found.append(f"{message.type}: {message.text[:400]}")

    def _fault(self, error: Error) -> None:
        self.found.append(f"fault: {str(error)[:400]}")


class Windows:
    """One window for each person, in one language, and what went wrong in all of them."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.complaints = Complaints()
        self._open: dict[str | None, BrowserContext] = {}

    def page_of(self, email: str | None, **options: Any) -> Page:
        """Open a further page in somebody's window, which stands open from before or is opened now."""
        if email not in self._open:
            self._open[email] = self.door.open(email, **options)
            self.complaints.watch(self._open[email])
        return self._open[email].new_page()

    def close(self) -> None:
        """Close all windows."""
        for context in self._open.values():
            context.close()


@contextmanager
def silence(*contexts: BrowserContext) -> Iterator[Complaints]:
    """Fail if anything complains in these windows while the block runs."""
    complaints = Complaints()
    for context in contexts:
        complaints.watch(context)
    yield complaints
    assert complaints.found == []


SETTLED = """() => document.querySelector("h1, h2, [role=alert]") !== null
    && !document.querySelector("[aria-busy=true], [data-stale], .ant-spin-spinning")
    && document.getAnimations().every(
        (one) => one.playState !== "running" || one.effect?.getComputedTiming().endTime === Infinity)"""

# An answer may have the page ask for more: it is quiet once nothing was under way for some frames.
QUIET = f"""() => {{
    const isQuiet = window.underWay === 0 && ({SETTLED})();
    window.quietFrames = isQuiet ? (window.quietFrames ?? 0) + 1 : 0;
    return window.quietFrames > 3;
}}"""

DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def settle(page: Page) -> None:
    """Wait until a page shows what it came for, and nothing on it moves any more."""
    page.wait_for_load_state()
    page.evaluate(DRAWN)
    page.wait_for_function(QUIET)


def rest(page: Page) -> None:
    """Wait until nothing on a page that is there already moves any more, once it has been drawn as it is now."""
    page.evaluate(DRAWN)
    page.wait_for_function(SETTLED)


# What is in order is left out where it is found: of a long table it is most of the work to write it down.
FIND = """(rules) => axe
    .run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] })
    .then(({ violations }) => violations.map(({ id, impact, help, nodes }) => (
        { id, impact, help, nodes: nodes.slice(0, 4).map(({ target, html }) => ({ target, html })) }
    )))"""


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it is, one line each."""
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated through the debugger, not as an element: the page's policy would rightly refuse that.
        page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(FIND, RULES)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {node['target']} {node['html'][:160]}"
        for one in found
        for node in one["nodes"]
    ]
