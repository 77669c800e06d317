"""Deciding what our record is to say where others say something else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import require, require_each
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.problems import Conflict, NotFound, invalid
from platform_core.realtime.services import announce
from pools.patents.differences.calculation import ENDS_ON, GRANTED_ON, NOT_GRANTED, OPEN_END, OWNERS, STANDING
from pools.patents.differences.comparing import compare_patents
from pools.patents.models import Bibliography, Difference, DifferenceState, Patent
from pools.patents.models.records import Source
from pools.patents.policies import DECIDE_DIFFERENCE, EDIT_PATENT
from pools.patents.services import edit_patent

LONGEST_REASON: Final = 500
DECIDED_AT_MOST: Final = 200

NOT_TAKEN_OVER: Final = {
    OWNERS: "Record the transfer with its day instead: the difference is settled once the owners agree.",
    STANDING: "Correct the day on which the right begins or ends instead: the difference is settled once they agree.",
    "priorities": "Correct the priorities by a file of our own records instead.",
    "right": "The kind of right follows from the patent's numbers: correct these instead.",
}
"""Fields of which nobody's word can be taken over as it is, and what to do."""

_DAYS: Final = frozenset((ENDS_ON, GRANTED_ON, "filed_on", "priority_on"))
_LISTS: Final = frozenset(("applicants", "inventors", "agents", "ipc", "cpc", "standards"))
_OF_PATENT: Final = frozenset(("title", "filed_on", GRANTED_ON, ENDS_ON))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one difference is decided to be, by somebody who saw this version of it."""

    difference_id: UUID
    side: str
    """Whose word counts: own, office or docket."""
    version: int


@transaction.atomic
def decide_differences(*, actor: Actor, decisions: Sequence[Decision], reason: str = "") -> list[Difference]:
    """Say whose word counts in each of these differences, all or none: ours stays, or the other's is taken over.

    Keeping ours against somebody's word needs a reason. What is taken over is an edit of the patent, and needs the
    right to make it.
    """
    wanted = {decision.difference_id: decision for decision in decisions}
    _check(decisions, wanted, reason)
    require_each(actor, DECIDE_DIFFERENCE, Difference, list(wanted))
    # The patents first, in one order, as every change of patents and their differences does.
    of_patents = Difference.objects.filter(pk__in=wanted).order_by().values("patent")
    patents = {
        row.pk: row for row in Patent.objects.select_for_update(no_key=True).filter(pk__in=of_patents).order_by("pk")
    }
    rows = list(Difference.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("patent", "pk"))
    if len(rows) < len(wanted):
        raise NotFound("There is no such difference, or you may not see it.")
    for row in rows:
        if row.state != DifferenceState.OPEN or row.version != wanted[row.pk].version:
            raise Conflict("What is said has changed since you looked, or was decided: look at it again.")
    for row in rows:
        decision = wanted[row.pk]
        # What was taken over of another field may have settled this one, too.
        row.refresh_from_db()
        if row.state != DifferenceState.OPEN:
            continue
        if decision.side == Source.Kind.OWN:
            _keep(actor, row, reason)
        else:
            _take_over(actor, row, patents[row.patent_id], Source.Kind(decision.side), reason)
    return rows


def _check(decisions: Sequence[Decision], wanted: dict[UUID, Decision], reason: str) -> None:
    checks = Checks()
    if not decisions:
        checks.wrong("decisions", "required", "Name at least one difference.")
    if len(wanted) < len(decisions):
        checks.wrong("decisions", "twice", "Each difference is decided once.")
    if len(decisions) > DECIDED_AT_MOST:
        checks.wrong("decisions", "too_many", f"At most {DECIDED_AT_MOST} differences are decided at once.")
    needs_reason = any(decision.side == Source.Kind.OWN for decision in decisions)
    checks.text("reason", reason, needed=needs_reason, longest=LONGEST_REASON)
    checks.refuse()


def _keep(actor: Actor, row: Difference, reason: str) -> None:
    _decide(actor, row, DifferenceState.KEPT, Source.Kind.OWN, reason)
    record_event(
        "difference.kept",
        actor=actor,
        subject=row,
        changes={row.field: (row.own, row.own), "reason": (None, reason)},
    )
    announce(row)


def _take_over(actor: Actor, row: Difference, patent: Patent, side: Source.Kind, reason: str) -> None:
    taken = row.office if side is Source.Kind.OFFICE else row.docket
    source_id = row.office_source_id if side is Source.Kind.OFFICE else row.docket_source_id
    if row.field in NOT_TAKEN_OVER:
        raise invalid("/decisions", "not_taken_over", NOT_TAKEN_OVER[row.field])
    if not taken:
        raise invalid("/decisions", "says_nothing", "This side says nothing of it that could be taken over.")
    before = row.own
    value = _value(row.field, taken)
    if row.field in _OF_PATENT:
        edit_patent(actor=actor, patent_id=row.patent_id, **{row.field: value})
    else:
        _edit_bibliography(actor, patent, row.field, value)
    Bibliography.objects.get_or_create(patent=patent)
    bibliography = Bibliography.objects.select_for_update(no_key=True).get(patent=patent)
    bibliography.sources = {**bibliography.sources, row.field: str(source_id)}
    bibliography.save(update_fields=["sources"])
    # What is compared now is the patent as it was decided to be: this difference, and others that go with it.
    compare_patents([row.patent_id], clock=actor.clock)
    row.refresh_from_db()
    row.own = taken
    _decide(actor, row, DifferenceState.ACCEPTED, side, reason)
    record_event(
        "difference.accepted",
        actor=actor,
        subject=row,
        changes={row.field: (before, taken), "side": (None, side), "reason": (None, reason)},
    )
    announce(row)


def _edit_bibliography(actor: Actor, patent: Patent, name: str, value: object) -> None:
    require(actor, EDIT_PATENT, patent)
    bibliography, _ = Bibliography.objects.get_or_create(patent=patent)
    before = getattr(bibliography, name)
    setattr(bibliography, name, value)
    bibliography.save(update_fields=[name])
    record_event("patent.edited", actor=actor, subject=patent, changes={name: (before, value)})
    announce(patent)


def _value(name: str, texts: list[str]) -> Any:
    """Return what a side says as the column keeps it."""
    if name in _LISTS:
        return texts
    [text] = texts
    if name in _DAYS:
        return None if text in (OPEN_END, NOT_GRANTED) else date.fromisoformat(text)
    return int(text) if name == "claims_count" else text


def _decide(actor: Actor, row: Difference, state: DifferenceState, side: Source.Kind, reason: str) -> None:
    row.state, row.side, row.reason = state, side, reason
    row.decided_at, row.decided_by_id = actor.clock.now(), actor.user_id
    row.version += 1
    row.save()
