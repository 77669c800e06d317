"""Saying what a patent reads on, and charting it claim by claim."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.documents.selectors import documents
from platform_core.problems import Conflict, NotAllowed, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.charts.calculation import is_whole, key_of
from pools.charts.lifecycle import CHART_LIFECYCLE
from pools.charts.models import ChartState, ChartTarget, ClaimChart, TargetKind
from pools.charts.policies import CHART_PATENT, EDIT_CHART_TARGET, EDIT_CLAIM_CHART, WRITE_CHARTS
from pools.charts.selectors import get_chart_target, get_claim_chart
from pools.patents.models import Patent

MOST_ROWS: Final = 200
LONGEST_PART: Final = 5000
"""Characters of an element, a place or the evidence of one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTarget:
    """A standard or a product to say that a patent reads on."""

    kind: TargetKind
    name: str
    body: str = ""
    version: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """An element of a claim, the clause or feature it reads on, and what shows that it does."""

    element: str
    place: str = ""
    evidence: str = ""


class ChartEdits(TypedDict, total=False):
    """What may be changed of a draft."""

    rows: Sequence[ChartRow]
    note: str
    document_id: UUID | None


@transaction.atomic
def add_chart_target(*, actor: Actor, patent_id: UUID, target: NewTarget) -> ChartTarget:
    """Say for one's organisation that an own patent reads on a standard or a product."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, CHART_PATENT, patent)
    if actor.organisation_id is None:
        raise NotAllowed("Only an owner says what its patents read on.")
    checks = Checks()
    checks.text("body", target.body, needed=target.kind == TargetKind.STANDARD, longest=60)
    checks.text("name", target.name, longest=100)
    checks.text("version", target.version, needed=False, longest=30)
    checks.text("clause", target.clause, needed=False)
    checks.refuse()
    said = {name: value.strip() for name, value in asdict(target).items()}
    own = ChartTarget.objects.filter(patent=patent, organisation=actor.organisation_id, **said)
    if own.exists():
        raise Conflict("This is among what the patent reads on already.")
    made = ChartTarget.objects.create(
        patent=patent,
        organisation_id=actor.organisation_id,
        **said,
        key=key_of(" ".join((said["body"], said["name"], said["version"]))),
        added_at=actor.clock.now(),
        added_by_id=actor.user_id,
    )
    record_event("chart_target.added", actor=actor, subject=made, changes={"patent": (None, patent)})
    announce(patent, part=made)
    return made


@transaction.atomic
def remove_chart_target(*, actor: Actor, target_id: UUID) -> None:
    """Take back that a patent reads on something, as long as it was not charted."""
    target = get_chart_target(target_id, actor=actor, for_change=True)
    require(actor, EDIT_CHART_TARGET, target)
    if target.charts.exists() or documents(actor=actor).filter(subject_id=target.pk).exists():
        raise Conflict("There are charts or papers of it: what was charted stays.")
    record_event("chart_target.removed", actor=actor, subject=target, changes={"name": (str(target), None)})
    # What is gone is nobody's to see, and no other owner of the patent is to hear that there was something.
    announce(target.patent, part=target.organisation, to=WRITE_CHARTS)
    target.delete()


@transaction.atomic
def draft_chart(*, actor: Actor, target_id: UUID, claim: int) -> ClaimChart:
    """Begin the chart of a claim, or its next version with the rows of the last one."""
    target = get_chart_target(target_id, actor=actor, for_change=True)
    require(actor, EDIT_CHART_TARGET, target)
    if not 1 <= claim <= 1000:
        raise invalid("/claim", "bad_number", "A claim has the number that it has in the patent.")
    earlier = target.charts.filter(claim=claim)
    last = earlier.order_by("-number").first()
    with told_as(_PROBLEMS):
        made = ClaimChart.objects.create(
            target=target,
            claim=claim,
            number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
            rows=last.rows if last else [],
            note=last.note if last else "",
            document=last.document if last else None,
            written_at=actor.clock.now(),
            written_by_id=actor.user_id,
        )
    record_event("claim_chart.drafted", actor=actor, subject=made, changes={"number": (None, made.number)})
    announce(target.patent, part=made)
    return made


@transaction.atomic
def edit_chart(*, actor: Actor, chart_id: UUID, **edits: Unpack[ChartEdits]) -> ClaimChart:
    """Change a draft; rows are given all together."""
    chart = _own(actor, chart_id)
    if chart.state != ChartState.DRAFT:
        raise WrongState("A reviewed chart is fixed: begin its next version.")
    checks = Checks()
    if "rows" in edits:
        _check_rows(checks, edits["rows"])
        chart.rows = [asdict(row) for row in edits["rows"]]
    if "note" in edits:
        checks.text("note", edits["note"], needed=False, longest=500)
        chart.note = edits["note"].strip()
    checks.refuse()
    if "document_id" in edits:
        chart.document_id = _paper(actor, chart, edits["document_id"])
    chart.written_at, chart.written_by_id = actor.clock.now(), actor.user_id
    chart.save(update_fields=["rows", "note", "document", "written_at", "written_by"])
    # They are too long for the record.
    record_event("claim_chart.edited", actor=actor, subject=chart, changes={"rows": (None, len(chart.rows))})
    announce(chart)
    return chart


@transaction.atomic
def review_chart(*, actor: Actor, chart_id: UUID) -> ClaimChart:
    """Find a draft right as it is: it is fixed, and can be handed in with a submission."""
    chart = _own(actor, chart_id)
    chart.state = CHART_LIFECYCLE.after("chart review", current=ChartState(chart.state))
    if not is_whole(chart.rows):
        raise invalid("/rows", "required", "Each row names an element of the claim and where it reads on.")
    chart.reviewed_at, chart.reviewed_by_id = actor.clock.now(), actor.user_id
    chart.save(update_fields=["state", "reviewed_at", "reviewed_by"])
    record_event("claim_chart.reviewed", actor=actor, subject=chart, changes={"number": (None, chart.number)})
    announce(chart)
    return chart


@transaction.atomic
def discard_chart(*, actor: Actor, chart_id: UUID) -> None:
    """Throw a draft away; versions that were reviewed stay."""
    chart = _own(actor, chart_id)
    if chart.state != ChartState.DRAFT:
        raise WrongState("A reviewed chart stays: it may have been handed in.")
    record_event("claim_chart.discarded", actor=actor, subject=chart, changes={"number": (chart.number, None)})
    for shown in (chart, chart.target.patent):
        announce(shown, part=chart.target)
    chart.delete()


def _own(actor: Actor, chart_id: UUID) -> ClaimChart:
    chart = get_claim_chart(chart_id, actor=actor, for_change=True)
    require(actor, EDIT_CLAIM_CHART, chart)
    return chart


def _check_rows(checks: Checks, rows: Sequence[ChartRow]) -> None:
    if len(rows) > MOST_ROWS:
        checks.wrong("rows", "too_many", f"A chart has at most {MOST_ROWS} rows.")
    for index, row in enumerate(rows):
        for part, text in asdict(row).items():
            if len(text) > LONGEST_PART:
                checks.wrong(
                    f"rows/{index}/{part}",
                    "too_long",
                    f"This has {len(text)} characters; at most {LONGEST_PART} are kept.",
                )
            elif "\x00" in text:
                checks.wrong(f"rows/{index}/{part}", "control_character", "This must be plain text.")


def _paper(actor: Actor, chart: ClaimChart, document_id: UUID | None) -> UUID | None:
    if document_id is None:
        return None
    label = ChartTarget._meta.label_lower
    here = documents(actor=actor).filter(subject_type=label, subject_id=chart.target_id, pk=document_id)
    if not here.exists():
        raise invalid("/document_id", "unknown", "Attach the paper to what the patent reads on first.")
    return document_id


_PROBLEMS: Final[dict[str, Problem]] = {
    "claimchart_one_draft": Conflict("There is a draft of this chart already: go on with that one."),
}
