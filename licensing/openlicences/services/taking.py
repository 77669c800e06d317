"""Taking a licence under a declaration: preparing the notice, giving it with its letter, and giving the licence up."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.dealings.recordals import rule_on
from licensing.direct.selectors import owners_on
from licensing.openlicences.kinds import OPEN_SUM
from licensing.openlicences.lifecycle import OPEN_LICENCE_LIFECYCLE
from licensing.openlicences.models import (
    PUBLIC_STATES,
    SUM_SCHEMES,
    DeclarationState,
    OpenDeclaration,
    OpenLicence,
    OpenLicenceState,
)
from licensing.openlicences.policies import (
    END_OPEN_LICENCE,
    GIVE_OPEN_NOTICE,
    PREPARE_OPEN_NOTICE,
    RECORD_OPEN_NOTICE,
    TAKE_OPEN_LICENCE,
)
from licensing.openlicences.selectors import get_open_declaration, get_open_licence, is_over, running_licences
from licensing.openlicences.services.duties import drop_reminders, remind_of_recordal, remind_of_sum
from licensing.openlicences.services.stepping import begin_step
from licensing.openlicences.services.telling import tell_licensee, tell_owner
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, apply_edits, told_as
from platform_core.clock import today
from platform_core.deadlines.services import settle_of_subject
from platform_core.documents.selectors import paper_on
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, NotAllowed, Problem, WrongState, invalid
from platform_core.realtime.services import announce
from pools.patents.annuities.days import add_months


@transaction.atomic
def prepare_notice(*, actor: Actor, declaration_id: UUID, licensee_id: UUID | None = None) -> OpenLicence:
    """Prepare the notice by which the own organisation takes a licence; an owner prepares one that came on paper.

    Nobody but the side that prepares it knows of it before it is given.
    """
    declaration = get_open_declaration(declaration_id, actor=actor, for_change=True)
    from_paper = licensee_id is not None
    require(actor, RECORD_OPEN_NOTICE if from_paper else TAKE_OPEN_LICENCE, declaration)
    if licensee_id is not None:
        licensee = get_visible(Organisation, licensee_id, actor=actor).pk
    elif actor.organisation_id is not None:
        licensee = actor.organisation_id
    else:
        raise NotAllowed("A licence is taken in an organisation's name: choose a seat first.")
    day = today(actor.clock, declaration.alliance.zone)
    _check_licensee(declaration, licensee, day, from_paper=from_paper)
    # A letter may have come before the withdrawal of what it is about.
    if declaration.state not in (PUBLIC_STATES if from_paper else (DeclarationState.ANNOUNCED,)):
        raise WrongState("No licence can be taken under this declaration.", current=declaration.state)
    check_first(declaration, licensee, day, from_paper=from_paper)
    with told_as(PROBLEMS):
        licence = OpenLicence.objects.create(
            declaration=declaration,
            licensee_id=licensee,
            from_paper=from_paper,
            ends_on=declaration.ends_on,
            prepared_at=actor.clock.now(),
            prepared_by_id=actor.user_id,
        )
    record_event(
        "open_licence.prepared",
        actor=actor,
        subject=licence,
        changes={"patent": (None, declaration.patent.publication)},
    )
    announce(declaration, part=licence)
    return get_open_licence(licence.pk, actor=actor)


@transaction.atomic
def give_notice(*, actor: Actor, licence_id: UUID, letter_id: UUID, noticed_on: date | None = None) -> OpenLicence:
    """Give the owner the written notice, or record the one that came on paper with its day.

    What is given here counts from today; only an owner names the day on which a letter came. By law the licence is
    there once what is due with the notice is paid: at once where only a running rate is declared.
    """
    seen = get_open_licence(licence_id, actor=actor)
    # The declaration first, as whoever records its withdrawal locks it: a notice is before that or after it.
    declaration = OpenDeclaration.objects.select_for_update(no_key=True).get(pk=seen.declaration_id)
    licence, after = begin_step(actor=actor, licence_id=licence_id, step="give", permission=GIVE_OPEN_NOTICE)
    day = today(actor.clock, declaration.alliance.zone)
    on = _noticed_on(licence, declaration, noticed_on, day)
    check_first(declaration, licence.licensee_id, on, from_paper=licence.from_paper)
    letter = paper_on(licence, letter_id, actor=actor, field="letter_id")
    given: dict[str, object] = {
        "state": after,
        "noticed_on": on,
        "noticed_by_id": actor.user_id,
        "letter_id": letter.pk,
        "letter_sha256": letter.sha256,
        "number": f"OL{on:%Y%m%d}-{licence.pk.hex[-6:].upper()}",
    }
    if declaration.scheme in SUM_SCHEMES:
        given["sum_minor"] = declaration.sum_minor
        # These days are the firm's to pay in: of a letter on paper they pass once the firm hears of its entry.
        given["sum_due_on"] = max(on, day) + timedelta(days=declaration.sum_within_days or 0)
    changes = apply_edits(licence, given)
    with told_as(PROBLEMS):
        licence.save(update_fields=[name.removesuffix("_id") for name in changes])
    record_event(
        "open_licence.noticed",
        actor=actor,
        subject=licence,
        changes={
            "number": (None, licence.number),
            "noticed_on": (None, on),
            "letter_sha256": (None, licence.letter_sha256),
        },
    )
    announce(licence)
    if licence.from_paper:
        tell_licensee(actor=actor, licence=licence, kind="open_licence.recorded")
    else:
        tell_owner(actor=actor, licence=licence, kind="open_licence.noticed")
    if licence.sum_minor is None:
        begin_licence(actor=actor, licence=licence, in_force_from=on)
    else:
        remind_of_sum(actor=actor, licence=licence)
    return licence


def begin_licence(*, actor: Actor, licence: OpenLicence, in_force_from: date) -> None:
    """Put a licence in force from a day, and have its recordal be filed in time; the caller has locked it."""
    licence.state = OPEN_LICENCE_LIFECYCLE.after("begin", current=OpenLicenceState(licence.state))
    licence.in_force_from = in_force_from
    rule = rule_on(in_force_from)
    if rule is not None:
        licence.recordal_due_on, licence.recordal_rule = add_months(in_force_from, rule.months), rule.source
    licence.save(update_fields=["state", "in_force_from", "recordal_due_on", "recordal_rule"])
    record_event("open_licence.begun", actor=actor, subject=licence, changes={"in_force_from": (None, in_force_from)})
    announce(licence)
    settle_of_subject(actor=actor, subject_id=licence.pk, kind=OPEN_SUM.name, part="")
    remind_of_recordal(actor=actor, licence=licence)


@transaction.atomic
def cancel_notice(*, actor: Actor, licence_id: UUID) -> OpenLicence:
    """Give up a notice that was prepared and not given."""
    licence, after = begin_step(actor=actor, licence_id=licence_id, step="cancel", permission=PREPARE_OPEN_NOTICE)
    licence.state = after
    licence.save(update_fields=["state"])
    record_event("open_licence.cancelled", actor=actor, subject=licence)
    announce(licence)
    return licence


@transaction.atomic
def end_open_licence(*, actor: Actor, licence_id: UUID, ends_on: date, reason: str) -> OpenLicence:
    """Give a licence up from a day on, for the licensee; what it owes until then stays owed.

    A notice whose sum is not paid yet is given up today: no licence has come of it, and nothing is owed.
    """
    licence, after = begin_step(actor=actor, licence_id=licence_id, step="end", permission=END_OPEN_LICENCE)
    day = today(actor.clock, licence.declaration.alliance.zone)
    if is_over(licence, day):
        raise WrongState("The licence is over already.", current=licence.state)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    if licence.in_force_from is None and ends_on != day:
        checks.wrong("ends_on", "not_today", "A notice whose sum is not paid yet is given up today.")
    elif ends_on < day:
        # Whoever used it until today owes for it.
        checks.wrong("ends_on", "in_the_past", "A licence is given up from today on, or later.")
    elif licence.ends_on is not None and ends_on > licence.ends_on:
        checks.wrong("ends_on", "too_late", f"The licence ends on {licence.ends_on} already.")
    checks.refuse()
    changes = apply_edits(licence, {"state": after, "ends_on": ends_on, "end_reason": reason.strip()})
    licence.save(update_fields=list(changes))
    record_event(
        "open_licence.ended",
        actor=actor,
        subject=licence,
        changes={"ends_on": changes.get("ends_on", (ends_on, ends_on)), "reason": (None, licence.end_reason)},
    )
    announce(licence)
    if licence.in_force_from is None:
        drop_reminders(actor=actor, licence=licence)
    tell_owner(actor=actor, licence=licence, kind="open_licence.ended")
    return licence


def _check_licensee(declaration: OpenDeclaration, licensee: UUID, day: date, *, from_paper: bool) -> None:
    """Refuse a licence of a patent to whoever owns it, alone or with others."""
    owners = owners_on([declaration.patent_id], day)[declaration.patent_id]
    # A declarant that owns it no longer is not told who does.
    may_know = not from_paper or declaration.owner_id in owners
    if licensee == declaration.owner_id or (may_know and licensee in owners):
        raise invalid("/licensee_id", "own_organisation", "Nobody takes a licence of a patent of its own.")


def check_first(declaration: OpenDeclaration, licensee: UUID, day: date, *, from_paper: bool) -> None:
    """Refuse a second licence beside one that both sides know of; what one side prepares is in nobody's way."""
    if running_licences(day).filter(declaration=declaration, licensee=licensee).exists():
        raise _TAKEN
    # A firm that contests an entry may take a licence itself; its owner enters nothing more meanwhile.
    contested = declaration.licences.filter(licensee=licensee, state=OpenLicenceState.CONTESTED)
    if from_paper and contested.exists():
        raise Conflict("This organisation contests an entry under the declaration: settle that one first.")


def _noticed_on(licence: OpenLicence, declaration: OpenDeclaration, noticed_on: date | None, day: date) -> date:
    """Return the day of a notice, refusing one on which no licence could be taken."""
    if not licence.from_paper and noticed_on not in (None, day):
        raise invalid("/noticed_on", "not_today", "A notice that is given here is given today.")
    on = noticed_on or day
    if on > day:
        raise invalid("/noticed_on", "in_the_future", "Note what has happened, on its day.")
    if declaration.announced_on is None or on < declaration.announced_on:
        raise invalid("/noticed_on", "too_early", f"This must be on or after {declaration.announced_on}.")
    # On the day itself the withdrawal came first: its announcement is on record, and the notice is not yet.
    if declaration.withdrawn_on is not None and on >= declaration.withdrawn_on:
        raise Conflict(
            f"The withdrawal was announced on {declaration.withdrawn_on}: from that day on no licence is taken."
        )
    if licence.ends_on is not None and licence.ends_on < on:
        raise Conflict(f"Licences under this declaration ended on {licence.ends_on}.")
    ended = declaration.patent.ends_on
    if ended is not None and ended <= on:
        raise Conflict(f"The patent has not been in force since {ended}.")
    return on


_TAKEN: Final = Conflict("This organisation has a licence under the declaration already.")
PROBLEMS: Final[dict[str, Problem]] = {
    "openlicence_one_at_a_time": _TAKEN,
    "openlicence_prepared_once": Conflict("A notice under the declaration is prepared already."),
    "openlicence_under_what_stands": Conflict(
        "The withdrawal of the declaration was announced in the meantime: no licence is taken under it any more."
    ),
}
"""What the database refuses of a licence that is taken, in words."""
