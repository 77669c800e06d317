"""Doubtful deductions in a list: no file is read for it, and more rows take no more queries."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from licensing.deductions.models import DoubtfulDeduction
from licensing.deductions.selectors import doubt_steps, doubtful_deductions, steps_on
from licensing.reports import selectors
from licensing.reports.services import supersede_sales_report
from platform_core.identity.models import User
from tests.factories.conflicts import make_declared_tie, make_undertaking
from tests.factories.core import NOON, make_user
from tests.factories.deductions import CLAIMED, file_claims, make_comparison, make_doubt
from tests.factories.royalties import SmallWorld

pytestmark = pytest.mark.django_db


def answered(world: SmallWorld, *askers: User) -> list[DoubtfulDeduction]:
    """Return doubtful deductions, one asked by each of some people."""
    report = file_claims(world, "L1", (100, str(world.licences["L2"].licensee), CLAIMED))
    brand, licensee = world.licences["L2"].licensee, world.seats["L1"].user
    told = {"state": "answered", "answer": "See the contract", "answered_at": NOON, "answered_by": licensee}
    return [make_doubt(make_comparison(report, brand), asked_by=asker, **told) for asker in askers]


def test_a_list_reads_no_files_of_reports_and_the_page_of_one_does(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = world.acting("calculator")
    user = world.seats["calculator"].user
    report = answered(world, user, user)[0].report
    supersede_sales_report(actor=world.acting("L1"), report_id=report.pk, upload=None, reason="nothing sold")
    read: list[Path] = []
    monkeypatch.setattr(selectors, "file_sha256", read.append)
    rows = list(doubtful_deductions(actor=first))
    assert [sorted(steps) for steps in doubt_steps(rows, actor=first).values()] == [["correct", "reject"]] * 2
    assert read == []
    monkeypatch.undo()
    # It charges less: the one page says that it takes somebody else.
    assert steps_on(rows[0], actor=first) == ["reject"]


def test_for_somebody_with_ties_more_rows_asked_by_more_people_take_no_more_queries(world: SmallWorld) -> None:
    doubts = answered(world, *(make_user() for _ in range(5)))
    make_declared_tie(world.seats["approver"].user, world.members["M1"].organisation)
    make_undertaking(world.seats["approver"].user, world.alliance, hidden_kinds=["memberships.membership"])
    # Somebody tied to the same member is no other side: the second of them has not asked independently.
    make_declared_tie(doubts[1].asked_by, world.members["M1"].organisation)
    second = world.acting("approver")
    assert second.screen is not None
    rows = sorted(doubtful_deductions(actor=second), key=lambda row: [one.pk for one in doubts].index(row.pk))

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            found = doubt_steps(rows[:count], actor=second)
        assert ["accept" in found[row.pk] for row in rows[:count]] == [True, False, True, True, True][:count]
        return len(captured)

    assert queries(2) == queries(5)
