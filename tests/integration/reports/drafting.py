"""Drafting and signing reports as licensees do."""

from typing import Any

from licensing.reports.models import ReportDraft, SalesReport
from licensing.reports.services import draft_sales_report, sign_report_draft
from tests.factories.royalties import SmallWorld, month, upload_of


def drafted(world: SmallWorld, sales: list[tuple[str, int]] | None, *, who: str = "L1", **given: Any) -> ReportDraft:
    """Draft the first quarter of 2025, unless other months are given."""
    return draft_sales_report(
        actor=world.acting(who),
        licence_id=world.licences[who].pk,
        first_month=given.pop("first_month", month("2025-01")),
        last_month=given.pop("last_month", month("2025-03")),
        upload=None if sales is None else upload_of(who, sales),
        **given,
    )


def signed(world: SmallWorld, draft: ReportDraft, **given: Any) -> SalesReport:
    return sign_report_draft(
        actor=world.acting("L1"), draft_id=draft.pk, **{"lines_sha256": draft.lines_sha256, **given}
    )
