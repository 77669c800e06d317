"""Drafts of reports: checked and kept, looked at by the licensee, then signed or discarded."""

from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.models import Licence
from licensing.reports import storage
from licensing.reports.calculation import months_told
from licensing.reports.models import DraftState, FileKind, ReportDraft, SalesReport
from licensing.reports.policies import DISCARD_REPORT_DRAFT, DRAFT_SALES_REPORT, SIGN_REPORT_DRAFT
from licensing.reports.selectors import estimate_of, get_report_draft
from licensing.reports.services.checking import Checked, Upload, checked_files, scope_of
from licensing.reports.services.filing import (
    check_months,
    check_not_less_sure,
    check_not_superseded,
    check_over,
    check_unreported,
    file_checked,
    supersede_checked,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.files import file_sha256
from platform_core.identity.models import Language
from platform_core.ids import new_id
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce

IN_PLACE_OF_AN_ESTIMATE: Final = "实际数据替代估算 Actual figures in the place of an estimate"
"""Why a report supersedes an estimate, where nobody says more."""


def draft_sales_report(
    *,
    actor: Actor,
    licence_id: UUID,
    first_month: date,
    last_month: date,
    upload: Upload | None,
    supersedes_id: UUID | None = None,
    reason: str = "",
    replaces_id: UUID | None = None,
    is_estimate: bool = False,
) -> ReportDraft:
    """Have a report checked and kept as a draft, which nobody but the licensee sees; without a file, of no sales.

    An estimate counts, and is billed, until the actual figures take its place: a draft of its months does so of itself.
    One draft of the same months is open at a time: `replaces_id` names the one that this takes the place of. Raises
    InvalidInput naming each wrong line, and keeps nothing then.
    """
    check_months(first_month=first_month, last_month=last_month)
    checks = Checks()
    checks.text("reason", reason, needed=supersedes_id is not None, longest=500)
    checks.refuse()
    licence = get_visible(Licence, licence_id, actor=actor, along=["programme__alliance"])
    require(actor, DRAFT_SALES_REPORT, licence)
    check_over(actor=actor, licence=licence, last_month=last_month)
    if is_estimate and upload is None:
        raise invalid("/is_estimate", "nothing_sold", "Nothing sold is no estimate: give the lines you expect.")
    with checked_files(licence, first_month, last_month, upload) as files:
        draft = ReportDraft(
            id=new_id(),
            first_month=first_month,
            last_month=last_month,
            reason=reason.strip() if supersedes_id is not None else "",
            is_estimate=is_estimate,
        )
        return _keep(actor=actor, licence_id=licence_id, draft=draft, files=files, besides=(supersedes_id, replaces_id))


@transaction.atomic
def _keep(
    *, actor: Actor, licence_id: UUID, draft: ReportDraft, files: Checked, besides: tuple[UUID | None, UUID | None]
) -> ReportDraft:
    supersedes_id, replaces_id = besides
    licence = get_visible(Licence, licence_id, actor=actor, for_change=True, along=["programme"])
    require(actor, DRAFT_SALES_REPORT, licence)
    draft.licence = licence
    if supersedes_id is None and (estimate := estimate_of(licence, draft.first_month, draft.last_month)) is not None:
        supersedes_id, draft.reason = estimate.pk, IN_PLACE_OF_AN_ESTIMATE
    if supersedes_id is None:
        check_unreported(licence, draft.first_month, draft.last_month)
    else:
        draft.supersedes = _superseded(actor, draft, supersedes_id)
    if replaces_id is not None:
        earlier = get_report_draft(replaces_id, actor=actor, for_change=True)
        if (earlier.licence_id, earlier.first_month, earlier.last_month) != (
            licence.pk,
            draft.first_month,
            draft.last_month,
        ):
            raise invalid("/replaces_id", "other_months", "That draft is of another licence or of other months.")
        _end(actor, earlier)
        announce(earlier, part=draft)
    draft.kind = files.kind
    draft.file_name, draft.file_size, draft.file_sha256 = files.name, files.size, files.sha256
    draft.encoding, draft.line_count = files.encoding, files.line_count
    draft.lines_sha256, draft.details_sha256 = files.lines_sha256, files.details_sha256
    draft.names_read = dict(files.names_read)
    draft.made_at = actor.clock.now()
    draft.made_by_id, draft.made_from_id = actor.user_id, actor.seat_id
    with told_as(_PROBLEMS):
        draft.save(force_insert=True)
    record_event(
        "report_draft.made",
        actor=actor,
        subject=draft,
        changes={"lines_sha256": (None, draft.lines_sha256), "replaces": (None, replaces_id)},
    )
    announce(draft)
    # Files without a row, after a crash here, are never read; a row without files would be.
    storage.keep_draft(files.folder, draft.pk)
    return draft


@transaction.atomic
def discard_report_draft(*, actor: Actor, draft_id: UUID) -> ReportDraft:
    """Discard a draft; its files go."""
    draft = get_report_draft(draft_id, actor=actor, for_change=True)
    require(actor, DISCARD_REPORT_DRAFT, draft)
    _end(actor, draft)
    record_event("report_draft.discarded", actor=actor, subject=draft)
    announce(draft)
    return draft


@transaction.atomic
def end_abandoned_draft(*, actor: Actor, draft_id: UUID) -> ReportDraft | None:
    """Discard a draft that nobody signs any more, and tell whoever made it; None where it has ended meanwhile."""
    draft = get_report_draft(draft_id, actor=actor, for_change=True)
    require(actor, DISCARD_REPORT_DRAFT, draft)
    if draft.state != DraftState.OPEN:
        return None
    _end(actor, draft)
    record_event("report_draft.abandoned", actor=actor, subject=draft)
    if draft.made_from_id is not None:
        notify_seats(
            actor=actor,
            seats=[draft.made_from_id],
            kind="report_draft.abandoned",
            subject=draft.licence,
            values={"licence": draft.licence.code, "months": f"{draft.first_month:%Y-%m} – {draft.last_month:%Y-%m}"},
        )
    announce(draft)
    return draft


def sign_report_draft(
    *, actor: Actor, draft_id: UUID, lines_sha256: str, language: Language = Language.CHINESE
) -> SalesReport:
    """Sign a draft by a recorded authority, which files it; the hash says which lines were looked at."""
    draft = get_report_draft(draft_id, actor=actor)
    require(actor, SIGN_REPORT_DRAFT, draft)
    _check_open(draft)
    if lines_sha256 != draft.lines_sha256:
        raise invalid("/lines_sha256", "differs", "These are not the lines of the draft: look at it again, then sign.")
    with storage.new_folder() as folder:
        try:
            storage.link_draft(draft.pk, folder)
            files = _checked(draft, folder)
        except FileNotFoundError:
            # Its files go where it ended in the meantime.
            _check_open(get_report_draft(draft_id, actor=actor))
            raise Conflict(
                "The kept file is not what was checked: discard the draft, and have the file checked again."
            ) from None
        return _sign(actor=actor, draft_id=draft_id, files=files, language=language)


@transaction.atomic
def _sign(*, actor: Actor, draft_id: UUID, files: Checked, language: Language) -> SalesReport:
    seen = get_report_draft(draft_id, actor=actor)
    # The licence comes first, as for whoever files without a draft.
    Licence.objects.select_for_update(no_key=True).get(pk=seen.licence_id)
    draft = get_report_draft(draft_id, actor=actor, for_change=True)
    require(actor, SIGN_REPORT_DRAFT, draft)
    _check_open(draft)
    superseded_id, reason = draft.supersedes_id, draft.reason
    if superseded_id is None and (estimate := estimate_of(draft.licence, draft.first_month, draft.last_month)):
        # The office estimated these months while the draft waited for its signature.
        superseded_id, reason = estimate.pk, IN_PLACE_OF_AN_ESTIMATE
    if superseded_id is None:
        report = file_checked(
            actor=actor,
            licence_id=draft.licence_id,
            first_month=draft.first_month,
            last_month=draft.last_month,
            files=files,
            language=language,
            is_estimate=draft.is_estimate,
        )
    else:
        report = supersede_checked(
            actor=actor,
            report_id=superseded_id,
            reason=reason,
            files=files,
            language=language,
            is_estimate=draft.is_estimate,
        )
    draft.state, draft.report, draft.ended_at = DraftState.SIGNED, report, actor.clock.now()
    draft.save(update_fields=["state", "report", "ended_at"])
    # That the report was filed is on record already: signing is one thing that happens.
    announce(draft)
    transaction.on_commit(lambda: storage.discard_draft(draft.pk))
    return report


def _superseded(actor: Actor, draft: ReportDraft, report_id: UUID) -> SalesReport:
    report = get_visible(SalesReport, report_id, actor=actor)
    if (report.licence_id, report.first_month, report.last_month) != (
        draft.licence_id,
        draft.first_month,
        draft.last_month,
    ):
        raise invalid("/supersedes_id", "other_months", "A report supersedes one of the same licence and months.")
    check_not_superseded(report)
    check_not_less_sure(report, is_estimate=draft.is_estimate)
    return report


def _end(actor: Actor, draft: ReportDraft) -> None:
    _check_open(draft)
    draft.state, draft.ended_at = DraftState.DISCARDED, actor.clock.now()
    draft.save(update_fields=["state", "ended_at"])
    transaction.on_commit(lambda: storage.discard_draft(draft.pk))


def _check_open(draft: ReportDraft) -> None:
    if draft.state != DraftState.OPEN:
        raise WrongState("This draft was signed or discarded already.")


def _checked(draft: ReportDraft, folder: Path) -> Checked:
    """The files of a draft as they were checked, making sure that they still are what they were."""
    lines = folder / storage.LINES_NAME
    kept = {storage.LINES_NAME: draft.lines_sha256}
    if draft.details_sha256:
        kept[storage.DETAILS_NAME] = draft.details_sha256
    if draft.file_sha256:
        kept[storage.FILED_NAME] = draft.file_sha256
    if any(file_sha256(folder / name) != digest for name, digest in kept.items()):
        raise Conflict("The kept file is not what was checked: discard the draft, and have the file checked again.")
    scope = scope_of(draft.licence, f"{draft.first_month:%Y-%m}", f"{draft.last_month:%Y-%m}")
    told = months_told(lines)
    if told and (told[0] < scope.licence_from or (scope.licence_to and told[1] > scope.licence_to)):
        raise Conflict("The licence was changed since the file was checked: have the file checked again.")
    return Checked(
        folder,
        scope,
        FileKind(draft.kind),
        draft.file_name,
        draft.file_size,
        draft.file_sha256,
        draft.encoding,
        draft.line_count,
        draft.lines_sha256,
        draft.details_sha256,
        draft.names_read,
    )


_PROBLEMS: dict[str, Problem] = {
    "reportdraft_open_once": Conflict("There is a draft of these months already: replace that one, or discard it."),
}
