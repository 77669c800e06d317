"""Many at once: guesses are counted exactly, and an invitation is taken up once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.signin.lockout import LIMITS
from platform_core.signin.models import LockKind
from tests.api.signin.browser import PASSWORD, Browser, make_person
from tests.api.signin.letters import letters_to, link_in
from tests.api.signin.test_invitations import NEW, accept, invite
from tests.factories.core import give_role, make_seat

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 12


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of these at the same time, each on a connection of its own."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def guess(browser: Browser, number: int) -> int:
    status: int = browser.sign_in(password=f"guess {number}").status_code
    return status


def taken_up(browser: Browser, key: str) -> int:
    status: int = accept(browser, key, **NEW).status_code
    return status


def test_however_many_guess_at_once_no_more_than_the_limit_are_looked_at() -> None:
    make_person()
    browsers = [Browser(address=f"10.0.0.{number}") for number in range(AT_ONCE)]
    answers = at_once([partial(guess, b, n) for n, b in enumerate(browsers)])
    limit = LIMITS[LockKind.ACCOUNT].failures
    assert sorted(answers) == [400] * limit + [429] * (AT_ONCE - limit)
    assert Browser().sign_in(password=PASSWORD).status_code == 429


def test_an_invitation_is_taken_up_once_however_often_its_link_is_followed_at_once() -> None:
    admin = make_seat()
    give_role(admin, Role.MEMBER_ADMIN)
    assert invite(admin).status_code == 201
    key = link_in(letters_to("li@example.org")[-1][1], "/sign-in/invitation/")
    browsers = [Browser() for _ in range(6)]
    answers = at_once([partial(taken_up, b, key) for b in browsers])
    assert sorted(answers) == [201] + [404] * 5
    assert Seat.objects.filter(user__email="li@example.org").count() == 1
