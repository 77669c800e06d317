"""A tab that changes something is told of it as of its own change, and every other tab as of somebody else's."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from platform_core.identity.models import Organisation
from platform_core.realtime.services import announce
from platform_core.realtime.tabs import TabMiddleware, current_tab
from platform_core.realtime.topics import Topic
from tests.concurrency.core.loops import Browser, ServerLoop, browsing
from tests.factories.core import make_organisation, make_seat

pytestmark = pytest.mark.django_db(transaction=True)

HERE, THERE = "tab-here-0001", "tab-there-002"


def asked_for_in(tab: str, act: Callable[[], None]) -> None:
    """Do something as a request from a tab does it."""

    def answer(_request: HttpRequest) -> HttpResponse:
        act()
        return HttpResponse()

    TabMiddleware(answer)(RequestFactory().post("/", headers={"X-Tab": tab} if tab else {}))


def told(browser: Browser) -> dict[str, object]:
    message: dict[str, object] = json.loads(browser.next_event()["text"])
    return message


@pytest.fixture
def firm() -> Organisation:
    return make_organisation()


@pytest.fixture
def tabs(firm: Organisation) -> Iterator[dict[str, Browser]]:
    seat = make_seat(organisation=firm)
    with ServerLoop() as server, ExitStack() as stack:
        opened = {name: stack.enter_context(browsing(server, seat, tab=name)) for name in (HERE, THERE, "")}
        for browser in opened.values():
            browser.ask("subscribe", Topic.of(firm))
            assert browser.next()[0] == "subscribed"
        yield opened


def test_a_change_is_told_as_own_to_the_tab_that_asked_for_it_alone(
    firm: Organisation, tabs: dict[str, Browser]
) -> None:
    asked_for_in(HERE, lambda: announce(firm))
    topic = str(Topic.of(firm))
    assert told(tabs[HERE]) == {"type": "changed", "topic": topic, "own": True}
    # No other tab learns which one it was.
    assert told(tabs[THERE]) == told(tabs[""]) == {"type": "changed", "topic": topic}


@pytest.mark.parametrize("tab", ["", "short", "x" * 65, "with space 1"])
def test_what_nobody_named_is_nobodys_own(firm: Organisation, tabs: dict[str, Browser], tab: str) -> None:
    asked_for_in(tab, lambda: announce(firm))
    for browser in tabs.values():
        assert "own" not in told(browser)


def test_what_others_change_meanwhile_is_not_taken_for_own(firm: Organisation, tabs: dict[str, Browser]) -> None:
    with transaction.atomic():
        asked_for_in(HERE, lambda: announce(firm))
        asked_for_in(THERE, lambda: announce(firm))
    # Both may be told at once or one after the other; either way somebody else's is among them.
    heard = [told(tabs[HERE])]
    while not all("own" not in one for one in heard[-1:]):
        heard.append(told(tabs[HERE]))
    assert "own" not in heard[-1]


def test_a_request_leaves_nothing_behind() -> None:
    seen = []
    asked_for_in(HERE, lambda: seen.append(current_tab()))
    assert seen == [HERE]
    assert current_tab() == ""
