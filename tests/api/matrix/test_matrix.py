"""Every route × everybody × every relation, against a table that was written by hand from the page on access."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.api.matrix.asked import NOT_LISTED, answers, question
from tests.api.matrix.asking import REFUSALS, other_addresses, routes
from tests.api.matrix.samples import EVERYBODY, Samples, make_samples
from tests.api.matrix.table import OTHERS, TABLE, expected

SEEN: Counter[str] = Counter()


@pytest.fixture(scope="module")
def samples(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Samples]:
    """Make the people and their objects once for the module, and roll them back after it."""
    files = override_settings(DATA_DIR=tmp_path_factory.mktemp("data"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        yield make_samples()
        transaction.set_rollback(True)


def test_the_table_speaks_of_every_route_and_of_no_other() -> None:
    assert set(routes()) - set(TABLE) == set(), "propose their lines: pytest -q -s tests/api/matrix/draft.py"
    assert set(TABLE) - set(routes()) == set()
    # The description of the API is for everybody.
    assert other_addresses() == {"schema/", "docs/"}


def test_every_line_speaks_of_everybody() -> None:
    for route, lines in TABLE.items():
        assert OTHERS in lines or set(lines) == set(EVERYBODY), route


@pytest.mark.parametrize("route", sorted(TABLE))
def test_everybody_gets_what_the_table_says_and_a_refusal_changes_nothing(samples: Samples, route: str) -> None:
    one = question(route)
    wrong: list[str] = []
    for asker in samples.askers:
        for answer in answers(one, asker, samples):
            right = expected(route, asker.name, answer.relation)
            SEEN["combinations"] += 1
            if answer.verdict != right:
                wrong.append(f"{asker.name}, {answer.relation}: {answer.verdict} and not {right}")
                SEEN["leaks"] += right in REFUSALS | {NOT_LISTED} and answer.verdict not in REFUSALS | {NOT_LISTED}
            if answer.written:
                wrong.append(f"{asker.name}, {answer.relation}: refused, yet wrote to {', '.join(answer.written)}")
    assert wrong == [], f"{route}\n" + "\n".join(wrong)


def test_nothing_leaks(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{len(TABLE)} routes × {len(EVERYBODY)} people × relations: "
            f"{SEEN['combinations']} combinations, {SEEN['leaks']} leaks"
        )
    assert SEEN["leaks"] == 0
    assert SEEN["combinations"] > 0
