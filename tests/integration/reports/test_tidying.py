"""Drafts that nobody signs any more end by themselves, and no file of a draft is left behind."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from licensing.reports import storage
from licensing.reports.models import DraftState, ReportDraft, SalesReport
from licensing.reports.policies import REPORT_WORK
from licensing.reports.services import draft_sales_report, end_abandoned_draft
from licensing.reports.tidying import KEPT_DAYS, abandoned_drafts, remove_stray_drafts
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.ids import new_id
from platform_core.notices.models import Notice
from tests.factories.royalties import NOW, SmallWorld, month, upload_of

pytestmark = pytest.mark.django_db


def drafted(world: SmallWorld, first: str, last: str, **given: Any) -> ReportDraft:
    return draft_sales_report(
        actor=world.acting("L1"),
        licence_id=world.licences["L1"].pk,
        first_month=month(first),
        last_month=month(last),
        upload=upload_of("L1", [(first, 5)]),
        **given,
    )


def after(days: int) -> FixedClock:
    return FixedClock(NOW + timedelta(days=days))


def test_a_draft_ends_after_ninety_days_and_its_maker_is_told(
    world: SmallWorld, django_capture_on_commit_callbacks: Any
) -> None:
    draft = drafted(world, "2025-01", "2025-03")
    assert abandoned_drafts(clock=after(KEPT_DAYS)) == []
    assert abandoned_drafts(clock=after(KEPT_DAYS + 1)) == [draft.pk]

    with django_capture_on_commit_callbacks(execute=True):
        end_abandoned_draft(actor=Actor.system(REPORT_WORK, clock=after(91)), draft_id=draft.pk)

    draft.refresh_from_db()
    assert draft.state == DraftState.DISCARDED
    assert not storage.draft_folder(draft.pk).exists()
    assert AuditEvent.objects.order_by("pk").last().name == "report_draft.abandoned"  # type: ignore[union-attr]
    told = Notice.objects.get()
    assert (told.seat_id, told.kind) == (world.seats["L1"].pk, "report_draft.abandoned")
    assert end_abandoned_draft(actor=Actor.system(REPORT_WORK), draft_id=draft.pk) is None
    assert abandoned_drafts(clock=after(200)) == []


def test_a_draft_whose_months_were_reported_or_corrected_without_it_ends_in_days(world: SmallWorld) -> None:
    overtaken = drafted(world, "2025-01", "2025-03")
    waiting = drafted(world, "2025-04", "2025-06")
    world.report("L1", [("2025-02", 1)], first="2025-02", last="2025-02")
    earlier = world.report("L1", [("2025-08", 1)], first="2025-08", last="2025-08")
    correcting = drafted(world, "2025-08", "2025-08", supersedes_id=earlier.pk, reason="returns")
    assert abandoned_drafts(clock=after(3)) == [overtaken.pk]
    SalesReport.objects.create(
        licence=earlier.licence,
        first_month=earlier.first_month,
        last_month=earlier.last_month,
        supersedes=earlier,
        reason="returns",
        kind="nil",
        lines_sha256="0" * 64,
        filed_at=NOW,
    )
    assert abandoned_drafts(clock=after(3)) == [overtaken.pk, correcting.pk]
    assert waiting.state == DraftState.OPEN


def test_folders_of_no_open_draft_go_after_a_day_and_others_stay(world: SmallWorld) -> None:
    def age(folder: Path, hours: int) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        then = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(folder, (then, then))
        return folder

    stays = [
        age(storage.draft_folder(drafted(world, "2025-01", "2025-03").pk), 99),
        age(storage.draft_folder(new_id()), 23),
        age(storage.drafts_folder() / "00" / "of somebody else", 99),
    ]
    ended = drafted(world, "2025-04", "2025-06")
    ReportDraft.objects.filter(pk=ended.pk).update(state=DraftState.DISCARDED, ended_at=NOW)
    goes = [age(storage.draft_folder(new_id()), 25), age(storage.draft_folder(ended.pk), 25)]
    assert remove_stray_drafts(clock=FixedClock(NOW)) == 2
    assert all(folder.exists() for folder in stays)
    assert not any(folder.exists() for folder in goes)
