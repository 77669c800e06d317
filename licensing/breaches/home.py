"""What breaches tell the home page: the licensee until when to put it right, the office what is to be done."""

from collections.abc import Iterator
from datetime import date

from licensing.agreements.models import Licence
from licensing.breaches.lifecycle import OPEN_STATES, BreachState, TerminationState
from licensing.breaches.models import Breach, Termination
from licensing.breaches.selectors import breaches, terminations
from platform_core.access.actors import Actor
from platform_core.clock import today
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Role

_ZONE = "Asia/Shanghai"


def breaches_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell what of breaches and ends of licences waits for whoever looks."""
    day = today(actor.clock, _ZONE)
    if actor.holds(Role.SECRETARIAT):
        yield from _for_office(actor, day)
    elif actor.holds(Role.LICENSEE):
        yield from _for_licensee(actor, day)


def _for_office(actor: Actor, day: date) -> Iterator[Waiting]:
    rows = breaches(actor=actor).filter(state__in=OPEN_STATES, cure_by__lt=day).order_by("cure_by", "pk")
    for breach in rows[:AT_MOST]:
        yield _breach(breach, f"breach.{breach.state}.over", f"{breach.licence.code} · {breach.licence.licensee}", day)
    proposals = terminations(actor=actor).filter(state=TerminationState.PROPOSED).exclude(proposed_by=actor.user_id)
    for proposal in proposals.order_by("proposed_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="termination.proposed",
            subject_type=Licence._meta.label_lower,
            subject_id=proposal.licence_id,
            title=f"{proposal.licence.code} · {proposal.licence.licensee}",
            since=proposal.proposed_at,
            due_on=proposal.last_day,
            severity=Severity.OVERDUE if proposal.last_day < day else Severity.ATTENTION,
        )


def _for_licensee(actor: Actor, day: date) -> Iterator[Waiting]:
    rows = breaches(actor=actor).filter(state__in=OPEN_STATES).order_by("cure_by", "pk")
    for breach in rows[:AT_MOST]:
        yield _breach(breach, f"breach.{breach.state}", breach.licence.code, day)


def _breach(breach: Breach, kind: str, title: str, day: date) -> Waiting:
    is_late = breach.cure_by < day or breach.state == BreachState.SUSPENDED
    return Waiting(
        kind=kind,
        subject_type=Licence._meta.label_lower,
        subject_id=breach.licence_id,
        title=title,
        since=breach.noticed_at,
        due_on=breach.cure_by,
        severity=Severity.OVERDUE if is_late else Severity.ATTENTION,
    )


def name_of_breach(breach: Breach) -> str:
    """Call a breach by its licence and number."""
    return f"{breach.licence.code} #{breach.number}"


def name_of_termination(termination: Termination) -> str:
    """Call the end of a licence by the licence."""
    return termination.licence.code
