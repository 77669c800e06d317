"""An amount of a close is explained down to its patents, and at every level the parts add up to the whole."""

from pathlib import Path

import pytest

from licensing.close.explanation import LEVELS, Part, explain_amount
from licensing.close.models import CloseRun, CloseShare, PayeeResult
from platform_core.problems import InvalidInput, NotFound
from tests.closes.random_bundles import random_bundle
from tests.closes.test_published_tariffs import PUBLISHED, REAL
from tests.factories.closed_cases import close_case, finance_of

pytestmark = pytest.mark.django_db

CASE = Path(__file__).parents[2] / "closes" / "cases" / "bilateral-net"
ENOUGH = 250
"""Nodes that are opened of one close: all of a small one."""
SOME = 40
"""Nodes that are opened of the real list, whose thousands of patents are shared out anew for each bucket."""


def walk(run: CloseRun, enough: int) -> tuple[int, dict[str, int]]:
    """Open a close's tree from the top, checking every node; how many were opened, and leaves by payee in micros."""
    waiting: list[dict[str, str]] = [{}]
    opened = 0
    deepest: dict[str, int] = {}
    actor = finance_of(run)
    while waiting and opened < enough:
        asked = waiting.pop()
        explained = explain_amount(run, asked, actor=actor)
        opened += 1
        whole, parts = explained.path[-1], explained.parts
        assert [part.level for part in explained.path] == ["total", *LEVELS[: len(asked)]]
        if _is_coverage(whole):
            assert parts
            assert all(
                (part.micros, part.amount_minor, part.facts["one_is_enough"]) == (0, None, True) for part in parts
            )
        elif parts:
            left = explained.rest
            assert sum(part.micros for part in parts) + (left[1] if left else 0) == whole.micros
            amounts = [part.amount_minor for part in parts] + ([left[2]] if left else [])
            if whole.amount_minor is None:
                assert not any(amounts)
            else:
                assert sum(amount or 0 for amount in amounts) == whole.amount_minor
        if whole.level == "bucket":
            payee = explained.path[1].key
            deepest[payee] = deepest.get(payee, 0) + whole.micros
            assert parts or payee in ("~fee", "~undistributed")
        if explained.level is not None and explained.level != "family":
            waiting += [{**asked, explained.level: part.key} for part in parts]
        waiting += [{"payee": part.key} for part in explained.credits]
    return opened, deepest


def _is_coverage(part: Part) -> bool:
    return part.level == "rule" and part.reasons[0].key == "close.allocation.coverage"


def check(run: CloseRun, enough: int = ENOUGH) -> None:
    opened, deepest = walk(run, enough)
    if opened < enough:
        stored: dict[str, int] = {}
        for payee, micros in CloseShare.objects.filter(run=run).values_list("payee", "micros"):
            stored[payee] = stored.get(payee, 0) + int(micros)
        assert deepest == stored


@pytest.mark.parametrize("case", [*PUBLISHED, REAL], ids=lambda case: case.name)
def test_the_parts_of_a_published_case_add_up_at_every_level(case: Path) -> None:
    check(close_case(case), SOME if case in REAL.values else ENOUGH)


# Random bundles of which a close can be made: what is refused of the others is tried in `tests/closes`.
@pytest.mark.parametrize("seed", [0, 3, 8, 9, 13, 20, 24, 28, 31, 35])
def test_the_parts_of_random_closes_add_up_at_every_level(seed: int, tmp_path: Path) -> None:
    check(close_case(random_bundle(seed).write(tmp_path / "random")))


def test_what_is_paid_is_what_the_statements_say(tmp_path: Path) -> None:
    run = close_case(CASE)
    told = {part.key: part.amount_minor for part in explain_amount(run, {}, actor=finance_of(run)).parts}
    paid = dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor"))
    assert {payee: amount for payee, amount in told.items() if amount} == {
        payee: amount for payee, amount in paid.items() if amount
    }


def test_a_level_that_is_left_out_and_a_node_that_is_not_there_are_told() -> None:
    run = close_case(CASE)
    with pytest.raises(InvalidInput):
        explain_amount(run, {"product": "tv"}, actor=finance_of(run))
    with pytest.raises(NotFound):
        explain_amount(run, {"payee": "nobody"}, actor=finance_of(run))
