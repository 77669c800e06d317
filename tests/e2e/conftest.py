"""What browser tests share: one site with the demonstration for the session, and windows of its people."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.chromium import FLAGS, find_chromium
from tests.e2e.live import live_site
from tests.e2e.people import Door
from tests.e2e.seeding import seed
from tests.e2e.watching import Complaints, Windows
from tests.stripe_server import StripeServer, served

Open = Callable[..., Page]

# On a busy machine an answer may take its time; what a test waits for comes, or it never does.
expect.set_options(timeout=15_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    """While writing tests, a site that runs already saves half a minute: pytest tests/e2e --site http://localhost:8000."""
    parser.addoption("--site", help="address of a running site with a fresh demonstration")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what axe found, over all workers."""
    checks = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "axe" and getattr(report, "when", "") == "call"
    ]
    if checks:
        screens = len({screen for screen, _found in checks})
        found = sum(count for _screen, count in checks)
        terminalreporter.write_line(f"axe: {screens} screens, {len(checks)} checks, {found} violations")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the machine's own browser."""
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": list(FLAGS)}


@pytest.fixture(scope="session")
def service() -> Iterator[StripeServer]:
    """Run the payment service that the site asks, and on whose page payers pay."""
    with served() as known:
        yield known


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest, service: StripeServer) -> Iterator[str]:
    """Run a site with the demonstration once for all browser tests, unless `--site` names one that runs already."""
    running = request.config.getoption("--site", default=None)
    if running:
        yield str(running)
        return
    with live_site(STRIPE_URL=service.address) as address:
        yield address


@pytest.fixture(scope="session")
def door(browser: Browser, site: str) -> Door:
    """Open windows of people who are signed in."""
    return Door(browser, site)


@pytest.fixture
def open_as(door: Door) -> Iterator[Open]:
    """Open pages of people, closed with the test; whatever they complain of in the console fails it."""
    contexts: list[BrowserContext] = []
    complaints = Complaints()

    def open_page(email: str | None = None, **options: Any) -> Page:
        context = door.open(email, **options)
        contexts.append(context)
        complaints.watch(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert complaints.found == []


@pytest.fixture(scope="session")
def seeded(door: Door, service: StripeServer, request: pytest.FixtureRequest) -> None:
    """Have on the site what the demonstration has not: a payment online, and a past period that was compared."""
    if request.config.getoption("--site", default=None) is None:
        seed(door, service)


@pytest.fixture(scope="module")
def windows(door: Door, seeded: None) -> Iterator[Windows]:
    """Keep one window of each person for a module that only looks, so that a browser fetches the application once."""
    kept = Windows(door)
    yield kept
    kept.close()
