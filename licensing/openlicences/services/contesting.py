"""A notice on paper that its firm says is not its own: until that is settled nothing runs and nothing is asked."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from licensing.openlicences.models import OpenLicence, OpenLicenceState
from licensing.openlicences.policies import (
    ACKNOWLEDGE_OPEN_NOTICE,
    CONTEST_OPEN_NOTICE,
    SETTLE_OPEN_ENTRY,
)
from licensing.openlicences.selectors import has_acted_on
from licensing.openlicences.services.duties import drop_reminders, remind_of_sum
from licensing.openlicences.services.stepping import begin_step
from licensing.openlicences.services.taking import PROBLEMS, begin_licence, check_first
from licensing.openlicences.services.telling import tell_licensee, tell_owner
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.checks import apply_edits, checked_text, told_as
from platform_core.clock import today
from platform_core.documents.selectors import paper_on
from platform_core.problems import WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def contest_entry(*, actor: Actor, licence_id: UUID, reason: str) -> OpenLicence:
    """Say for a firm that a notice its owner recorded from paper is not its own: the licence stops running.

    Whoever has paid or stated something under it, or said before that it is its own, does not contest it.
    """
    licence, after = begin_step(
        actor=actor, licence_id=licence_id, step="contest entry", permission=CONTEST_OPEN_NOTICE
    )
    if not licence.from_paper:
        raise WrongState("Your organisation gave this notice here itself. Give it up instead.", current=licence.state)
    if has_acted_on(licence):
        raise WrongState(
            "Your organisation has acted on this notice, and so does not contest it. Give the licence up instead.",
            current=licence.state,
        )
    day = today(actor.clock, licence.declaration.alliance.zone)
    given: dict[str, object] = {
        "state": after,
        "contested_on": day,
        "contest_reason": checked_text("reason", reason, longest=500),
        "in_force_from": None,
        "recordal_due_on": None,
        "recordal_rule": "",
    }
    changes = apply_edits(licence, given)
    licence.save(update_fields=list(changes))
    told: dict[str, tuple[object, object]] = {"reason": (None, licence.contest_reason)}
    if "in_force_from" in changes:
        told["in_force_from"] = changes["in_force_from"]
    record_event("open_licence.entry_contested", actor=actor, subject=licence, changes=told)
    announce(licence)
    drop_reminders(actor=actor, licence=licence)
    tell_owner(actor=actor, licence=licence, kind="open_licence.entry_contested")
    return licence


@transaction.atomic
def show_evidence(*, actor: Actor, licence_id: UUID, document_id: UUID, note: str) -> OpenLicence:
    """Put beside a contested entry what shows that the letter is the firm's; the firm alone says whether it is."""
    licence, after = begin_step(actor=actor, licence_id=licence_id, step="show evidence", permission=SETTLE_OPEN_ENTRY)
    paper = paper_on(licence, document_id, actor=actor)
    given: dict[str, object] = {
        "state": after,
        "evidence_id": paper.pk,
        "evidence_note": checked_text("note", note, longest=500),
        "evidence_on": today(actor.clock, licence.declaration.alliance.zone),
    }
    changes = apply_edits(licence, given)
    licence.save(update_fields=[name.removesuffix("_id") for name in changes])
    # What was shown before stays among the papers, and is found by this.
    told = {"evidence": "evidence_id", "note": "evidence_note", "evidence_on": "evidence_on"}
    record_event(
        "open_licence.evidence_added",
        actor=actor,
        subject=licence,
        changes={name: changes[column] for name, column in told.items() if column in changes},
    )
    announce(licence)
    tell_licensee(actor=actor, licence=licence, kind="open_licence.evidence_added")
    return licence


@transaction.atomic
def withdraw_entry(*, actor: Actor, licence_id: UUID) -> OpenLicence:
    """Withdraw for the owner an entry that is contested: no licence came of it, and nothing was ever owed."""
    licence, after = begin_step(actor=actor, licence_id=licence_id, step="withdraw entry", permission=SETTLE_OPEN_ENTRY)
    licence.state = after
    licence.entry_withdrawn_on = today(actor.clock, licence.declaration.alliance.zone)
    licence.save(update_fields=["state", "entry_withdrawn_on"])
    record_event(
        "open_licence.entry_withdrawn",
        actor=actor,
        subject=licence,
        changes={"state": (OpenLicenceState.CONTESTED, after)},
    )
    announce(licence)
    drop_reminders(actor=actor, licence=licence)
    tell_licensee(actor=actor, licence=licence, kind="open_licence.entry_withdrawn")
    return licence


@transaction.atomic
def acknowledge_entry(*, actor: Actor, licence_id: UUID) -> OpenLicence:
    """Say for a firm that a notice it contested is its own after all: the licence goes on as the notice has it.

    The days for a sum begin anew, since until now nothing was asked.
    """
    licence, after = begin_step(
        actor=actor, licence_id=licence_id, step="acknowledge", permission=ACKNOWLEDGE_OPEN_NOTICE
    )
    declaration = licence.declaration
    day = today(actor.clock, declaration.alliance.zone)
    # The firm may have taken a licence of its own meanwhile.
    check_first(declaration, licence.licensee_id, day, from_paper=False)
    given: dict[str, object] = {"state": after, "acknowledged_on": day}
    if licence.sum_minor is not None:
        given["sum_due_on"] = day + timedelta(days=declaration.sum_within_days or 0)
    changes = apply_edits(licence, given)
    with told_as(PROBLEMS):
        licence.save(update_fields=list(changes))
    record_event(
        "open_licence.entry_acknowledged",
        actor=actor,
        subject=licence,
        changes={name: changes[name] for name in ("acknowledged_on", "sum_due_on") if name in changes},
    )
    announce(licence)
    tell_owner(actor=actor, licence=licence, kind="open_licence.entry_acknowledged")
    if licence.sum_minor is not None:
        remind_of_sum(actor=actor, licence=licence)
    elif licence.noticed_on is not None:
        begin_licence(actor=actor, licence=licence, in_force_from=licence.noticed_on)
    return licence
