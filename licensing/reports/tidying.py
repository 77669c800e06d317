"""Ending drafts that nobody signs any more, and removing the files of drafts that have ended or were never recorded."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from licensing.reports import storage
from licensing.reports.models import DraftState, ReportDraft, ReportedMonth, SalesReport
from platform_core.clock import Clock

KEPT_DAYS: Final = 90
"""So many days a draft waits for its signature."""

SETTLED_DAYS: Final = 2
"""So many days a draft stays that cannot be signed any more, since its months were reported without it."""

STRAY_FOR: Final = timedelta(days=1)
"""How old files must be that no open draft has as its own: older than any draft that is still being made."""


def abandoned_drafts(*, clock: Clock) -> list[UUID]:
    """Return the open drafts that are too old, or whose months were reported or corrected in another way."""
    now = clock.now()
    reported = ReportedMonth.objects.filter(
        licence=OuterRef("licence"),
        month__range=(OuterRef("first_month"), OuterRef("last_month")),
        report__is_estimate=False,
    )
    corrected = SalesReport.objects.filter(supersedes=OuterRef("supersedes"))
    overtaken = Q(supersedes=None) & Exists(reported) | Q(supersedes__isnull=False) & Exists(corrected)
    old = Q(made_at__lt=now - timedelta(days=KEPT_DAYS))
    settled = Q(made_at__lt=now - timedelta(days=SETTLED_DAYS)) & overtaken
    rows = ReportDraft.objects.filter(old | settled, state=DraftState.OPEN)
    return list(rows.order_by("licence", "pk").values_list("pk", flat=True))


def remove_stray_drafts(*, clock: Clock) -> int:
    """Remove the folders that no open draft has as its own, a day after they were made, and return how many."""
    before = (clock.now() - STRAY_FOR).timestamp()
    old = dict(_folders_before(before))
    is_open = set(ReportDraft.objects.filter(pk__in=old, state=DraftState.OPEN).values_list("pk", flat=True))
    stray = [folder for draft, folder in old.items() if draft not in is_open]
    for folder in stray:
        shutil.rmtree(folder, ignore_errors=True)
    return len(stray)


def _folders_before(before: float) -> Iterator[tuple[UUID, Path]]:
    drafts = storage.drafts_folder()
    for part in sorted(drafts.iterdir()) if drafts.is_dir() else []:
        for folder in sorted(part.iterdir()):
            try:
                draft, changed = UUID(folder.name), folder.stat().st_mtime
            except (ValueError, FileNotFoundError):
                # Nothing of ours, or taken away meanwhile.
                continue
            if changed < before:
                yield draft, folder
