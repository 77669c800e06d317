"""Drafts that several people sign, discard and file at the same moment: one of them does, and the others are told."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings

from licensing.reports import storage
from licensing.reports.models import DraftState, ReportDraft, ReportedMonth, SalesReport
from licensing.reports.services import (
    discard_report_draft,
    draft_sales_report,
    follow_reports,
    sign_report_draft,
)
from platform_core.access.actors import Actor
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.problems import Problem
from tests.factories.royalties import SmallWorld, make_small_world, month, upload_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> SmallWorld:
    settings.DATA_DIR = tmp_path
    return make_small_world()


@pytest.fixture
def draft(world: SmallWorld) -> ReportDraft:
    return draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month("2025-10"),
        last_month=month("2025-12"),
        upload=upload_of("L1", [("2025-10", 5)]),
    )


def together(*acts: Callable[[], Any]) -> list[str]:
    """Do several things that begin at the same moment; return how each ended, in their order."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> str:
        try:
            barrier.wait(10)
            act()
        except Problem as problem:
            return problem.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_one_draft_signed_by_three_at_once_is_one_report(world: SmallWorld, draft: ReportDraft) -> None:
    def sign() -> None:
        sign_report_draft(actor=world.acting("L1"), draft_id=draft.pk, lines_sha256=draft.lines_sha256)

    ended = together(sign, sign, sign)
    assert ended.count("done") == 1
    assert set(ended) <= {"done", "wrong_state"}
    report = SalesReport.objects.get()
    assert (report.number, ReportedMonth.objects.filter(report=report).count()) == (1, 3)
    assert storage.lines_file(report.pk).exists()
    assert not storage.draft_folder(draft.pk).exists()


def test_a_draft_is_signed_or_discarded_and_filing_straight_away_makes_no_second_report(
    world: SmallWorld, draft: ReportDraft
) -> None:
    signed, discarded, filed, _followed = together(
        lambda: sign_report_draft(actor=world.acting("L1"), draft_id=draft.pk, lines_sha256=draft.lines_sha256),
        lambda: discard_report_draft(actor=world.acting("L1"), draft_id=draft.pk),
        lambda: world.report("L1", [("2025-10", 7)], first="2025-10", last="2025-12"),
        lambda: follow_reports(actor=Actor.system(DEADLINE_WORK, clock=world.clock), alliance_id=world.alliance.pk),
    )
    draft.refresh_from_db()
    assert (draft.state == DraftState.SIGNED) is (signed == "done")
    assert (draft.state == DraftState.DISCARDED) is (discarded == "done")
    assert [signed, filed].count("done") == 1
    assert SalesReport.objects.count() == 1
    # Whether it was opened before the report came or not at all: no deadline of a reported quarter stays open.
    assert not Deadline.objects.filter(title="L1", part="2025Q4", state="open").exists()
