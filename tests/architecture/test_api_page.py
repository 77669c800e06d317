"""What docs/api.md says of every operation is what the code does."""

import re
from collections.abc import Iterator

from platform_core.api.idempotency import KEPT_FOR
from platform_core.api.pagination import COUNTED_TO, SIZE, SIZE_AT_MOST
from platform_core.api.problems import DOCUMENTED
from platform_core.problems import (
    Conflict,
    IdempotencyMismatch,
    PreconditionFailed,
    PreconditionNeeded,
    Problem,
    WrongState,
)
from platform_core.signin.lockout import SignInLocked
from platform_core.webhooks.calculation import AGAIN_AFTER
from platform_site.bodies import LARGEST_BODY
from platform_site.environment import read_environment
from tests.architecture.rules import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
TOLD = (*DOCUMENTED, Conflict, WrongState, PreconditionFailed, PreconditionNeeded, IdempotencyMismatch, SignInLocked)


def rows() -> Iterator[tuple[int, str]]:
    for status, code in re.findall(r"^\| (\d{3}) \| `(\w+)` \|", PAGE, re.MULTILINE):
        yield int(status), code


def test_the_page_lists_each_problem_with_its_status() -> None:
    expected: set[type[Problem]] = set(TOLD)
    assert sorted(rows()) == sorted((problem.status, problem.code) for problem in expected)


def test_the_page_tells_the_limits_that_hold() -> None:
    site = read_environment({"SECRET_KEY": "only-for-tests-" + "0123456789" * 5})
    told = " ".join(PAGE.split())
    for words in (
        f"`limit` is 1 to {SIZE_AT_MOST}, {SIZE} if left out",
        f"`count=bounded` counts to {COUNTED_TO:,}",
        f"within {KEPT_FOR.days} days",
        f"`RATE_LIMIT_PERSON` ({site.rate_limit_person}) and `RATE_LIMIT_ADDRESS` ({site.rate_limit_address})",
        f"A request takes up to {LARGEST_BODY // 2**20} MB",
    ):
        assert words in told, words
    minutes = [wait.total_seconds() / 60 for wait in AGAIN_AFTER]
    assert minutes == [1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60]
    assert "after 1, 5 and 30 minutes, 2, 6, 12 and 24 hours" in told
