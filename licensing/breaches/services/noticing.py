"""From the notice of a breach to what became of it: put right, withdrawn, or the licence suspended."""

import io
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from licensing.agreements.models import Licence, LicenceState
from licensing.agreements.services import resume_licence, suspend_licence
from licensing.breaches.letters import MOVED, NOTICED
from licensing.breaches.lifecycle import BREACH_LIFECYCLE, OPEN_STATES, BreachState, TerminationState
from licensing.breaches.models import Breach, BreachKind, Termination
from licensing.breaches.papers import notice_pdf
from licensing.breaches.policies import BREACH_WORK, CONDUCT_BREACH, NOTICE_BREACH
from licensing.breaches.rules import rule_for
from licensing.breaches.selectors import (
    NOTICED_STATES,
    agreed_of,
    get_breach,
    grounds_on,
    is_told_by_records,
    still_lacking,
)
from licensing.breaches.telling import forget_cure, remind_of_cure, tell_licensee
from licensing.papers.paper import Language
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.documents.models import Document
from platform_core.documents.services import NewFile, add_document
from platform_core.problems import Conflict, Problem, WrongState, invalid
from platform_core.realtime.services import announce

_LONGEST_CURE: Final = 366


@transaction.atomic
def notice_breach(
    *,
    actor: Actor,
    licence_id: UUID,
    kind: BreachKind,
    keys: Collection[str] = (),
    cure_days: int | None = None,
    text: str = "",
) -> Breach:
    """Notice that a licensee does not keep its licence, by what the rules find today; the letter goes out at once.

    Without `keys` all of that kind is noticed. Days to put it right are those of the contract, or more.
    """
    licence = get_visible(
        Licence, licence_id, actor=actor, for_change=True, along=["programme__alliance", "programme__operating_entity"]
    )
    require(actor, NOTICE_BREACH, licence)
    if licence.state not in NOTICED_STATES:
        raise WrongState("Only a licence that is or was in force, and was not ended, is broken.", current=licence.state)
    day = today(actor.clock, licence.programme.alliance.zone)
    present = {ground.key: ground for ground in grounds_on(licence, day) if ground.kind == kind}
    if not present:
        raise Conflict("By the rules of today there is nothing of this kind to be noticed.")
    if unknown := set(keys) - set(present):
        raise invalid("/keys", "unknown", f"These are not found by the rules of today: {', '.join(sorted(unknown))}.")
    agreed = agreed_of(licence, kind, day)
    days = agreed.cure_days if cure_days is None else cure_days
    checks = Checks()
    checks.text("text", text, needed=False, longest=2000)
    if not agreed.cure_days <= days <= _LONGEST_CURE:
        checks.wrong("cure_days", "too_few", f"Give {agreed.cure_days} to {_LONGEST_CURE} days to put it right.")
    checks.refuse()
    rule = rule_for(kind, on=day)
    number = (Breach.objects.filter(licence=licence).aggregate(Max("number"))["number__max"] or 0) + 1
    with told_as(_PROBLEMS):
        breach = Breach.objects.create(
            licence=licence,
            number=number,
            kind=kind,
            grounds=[ground.kept() for key, ground in present.items() if not keys or key in keys],
            rule=rule.source,
            text=text.strip(),
            noticed_on=day,
            noticed_at=actor.clock.now(),
            noticed_by_id=actor.person_id,
            cure_by=day + timedelta(days=days),
            run_off_days=agreed.run_off_days,
        )
    breach.letter_zh = _kept(actor, breach, Language.ZH)
    breach.letter_en = _kept(actor, breach, Language.EN)
    breach.save(update_fields=["letter_zh", "letter_en"])
    remind_of_cure(actor, breach)
    record_event(
        "breach.noticed",
        actor=actor,
        subject=breach,
        changes={"kind": (None, kind.value), "cure_by": (None, breach.cure_by), "grounds": (None, len(breach.grounds))},
    )
    announce(licence, part=breach)
    tell_licensee(actor, licence, "breach.noticed", NOTICED, breach.cure_by)
    return breach


@transaction.atomic
def record_cure(*, actor: Actor, breach_id: UUID, note: str = "") -> Breach:
    """Record that a breach was put right; a licence that was suspended for it is in force again from today."""
    breach = _breach(actor, breach_id)
    BREACH_LIFECYCLE.after("cure", current=BreachState(breach.state))
    checks = Checks()
    checks.text("note", note, needed=not is_told_by_records(breach), longest=500)
    checks.refuse()
    if is_told_by_records(breach) and (lacking := still_lacking(breach)):
        raise Conflict(f"This is still missing: {', '.join(lacking)}.", missing=lacking)
    return _close(actor, breach, "cure", note.strip())


@transaction.atomic
def withdraw_breach(*, actor: Actor, breach_id: UUID, reason: str) -> Breach:
    """Take a notice back, and say why; a licence that was suspended for it is in force again from today."""
    breach = _breach(actor, breach_id)
    BREACH_LIFECYCLE.after("withdrawal", current=BreachState(breach.state))
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    return _close(actor, breach, "withdrawal", reason.strip())


@transaction.atomic
def suspend_for_breach(*, actor: Actor, breach_id: UUID) -> Breach:
    """Suspend a licence from today, whose breach was not put right in its days; reports and royalties go on."""
    breach = _breach(actor, breach_id)
    before = BreachState(breach.state)
    after = BREACH_LIFECYCLE.after("suspension", current=before)
    licence = breach.licence
    day = today(actor.clock, licence.programme.alliance.zone)
    if day <= breach.cure_by:
        raise Conflict(f"It may be put right until {breach.cure_by}.")
    if not still_lacking(breach):
        raise Conflict("All of it was put right or taken back: record that, or withdraw the notice.")
    if licence.state == LicenceState.IN_FORCE:
        suspend_licence(actor=actor, licence_id=licence.pk, course_id=breach.pk)
    breach.state, breach.suspended_on, breach.suspended_by_id = after, day, actor.person_id
    breach.save(update_fields=["state", "suspended_on", "suspended_by"])
    _record(actor, breach, "breach.licence_suspended", before)
    tell_licensee(actor, licence, "breach.licence_suspended", MOVED, day)
    return breach


def close_what_is_put_right(*, actor: Actor) -> int:
    """Close the open breaches of which everything that was missing came in, and return how many."""
    kinds = (BreachKind.UNPAID, BreachKind.UNREPORTED)
    closed = 0
    for breach_id in Breach.objects.filter(state__in=OPEN_STATES, kind__in=kinds).values_list("pk", flat=True):
        with transaction.atomic():
            breach = get_breach(breach_id, actor=actor, for_change=True)
            if breach.state in OPEN_STATES and not still_lacking(breach):
                _close(actor, breach, "cure", "")
                closed += 1
    return closed


def _breach(actor: Actor, breach_id: UUID) -> Breach:
    breach = get_breach(breach_id, actor=actor, for_change=True)
    require(actor, CONDUCT_BREACH, breach)
    return breach


def _close(actor: Actor, breach: Breach, step: str, note: str) -> Breach:
    before, licence = BreachState(breach.state), breach.licence
    breach.state = BREACH_LIFECYCLE.after(step, current=before)
    breach.closed_on = today(actor.clock, licence.programme.alliance.zone)
    breach.closed_by_id, breach.close_note = actor.user_id, note
    waiting = Termination.objects.select_for_update(no_key=True).filter(breach=breach, state=TerminationState.PROPOSED)
    if waiting.exists():
        raise Conflict("An end of the licence for this breach waits for a second person: have that decided first.")
    breach.save(update_fields=["state", "closed_on", "closed_by", "close_note"])
    if licence.state == LicenceState.SUSPENDED and before == BreachState.SUSPENDED:
        worker = actor if actor.user_id is not None else Actor.system(BREACH_WORK, on_behalf_of=actor)
        resume_licence(actor=worker, licence_id=licence.pk, course_id=breach.pk)
    forget_cure(actor, breach)
    _record(actor, breach, _EVENTS[step], before)
    tell_licensee(actor, licence, _EVENTS[step], MOVED, breach.closed_on)
    return breach


def _kept(actor: Actor, breach: Breach, language: Language) -> Document:
    title = {Language.ZH: "违约通知书", Language.EN: "Notice of breach"}[language]
    name = f"{breach.licence.code}-{breach.number}-{language.value}.pdf".replace("/", "-")
    return add_document(
        actor=actor,
        subject_type=Breach._meta.label_lower,
        subject_id=breach.pk,
        title=title,
        file=NewFile(name, io.BytesIO(notice_pdf(breach, language))),
    )


def _record(actor: Actor, breach: Breach, event: str, before: BreachState) -> None:
    record_event(event, actor=actor, subject=breach, changes={"state": (before, breach.state)})
    announce(breach.licence, part=breach)


_EVENTS: Final = {"cure": "breach.cured", "withdrawal": "breach.withdrawn"}
_PROBLEMS: Final[dict[str, Problem]] = {
    "breach_one_open": Conflict("A breach of this licence is open already: have it put right, or withdraw it first."),
    "breach_numbered_in_licence": Conflict("Somebody else noticed a breach at this moment. Look at it first."),
}
