"""Taking back what a settled audit charged: one person of finance proposes it, another decides."""

from uuid import UUID

from django.db import transaction

from licensing.agreements.services import take_back_charges
from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit, AuditReversal
from licensing.audits.policies import AUDIT_DECISION, CONFIRM_AUDIT_REVERSAL, PROPOSE_AUDIT_REVERSAL
from licensing.audits.selectors import get_audit, waiting_reversal
from licensing.audits.telling import place_of, refuse_ties, tell_finance, tell_licensee
from licensing.close.services.opening import lock_programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.role_plan import require_two_people
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def propose_audit_reversal(*, actor: Actor, audit_id: UUID, reason: str) -> Audit:
    """Propose to take back what a settled audit charged; nothing changes before another person confirms it."""
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, PROPOSE_AUDIT_REVERSAL, audit)
    _check_stands(audit)
    require_two_people(AUDIT_DECISION, place_of(audit), clock=actor.clock)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    with told_as(_PROBLEMS):
        reversal = AuditReversal.objects.create(
            audit=audit, reason=reason.strip(), proposed_at=actor.clock.now(), proposed_by_id=actor.person_id
        )
    record_event(
        "licensee_audit.reversal_proposed", actor=actor, subject=audit, changes={"reason": (None, reversal.reason)}
    )
    tell_finance(actor, audit, "licensee_audit.reversal_proposed")
    announce(audit)
    return audit


@transaction.atomic
def confirm_audit_reversal(*, actor: Actor, audit_id: UUID) -> Audit:
    """Take back, as the second person, what a settled audit charged: no close counts its charges any more.

    A close that has billed them is corrected, which credits them to the cent. The months may be reported anew, and be
    audited again.
    """
    seen = get_audit(audit_id, actor=actor)
    # The closes are held first, as a settlement holds them.
    lock_programme(seen.licence.programme_id)
    audit, reversal = _waiting(actor, audit_id)
    refuse_ties(actor, audit, reversal.proposed_by_id)
    _decide(actor, reversal, is_confirmed=True)
    audit.reversed_at = actor.clock.now()
    audit.save(update_fields=["reversed_at"])
    charges = (audit.shortfall_charge_id, audit.interest_charge_id, audit.cost_charge_id)
    taken = take_back_charges(
        actor=actor, charge_ids=[charge for charge in charges if charge is not None], reason=reversal.reason
    )
    record_event(
        "licensee_audit.reversed",
        actor=actor,
        subject=audit,
        changes={"reason": (None, reversal.reason), "charges": (None, len(taken))},
    )
    tell_licensee(actor, audit, "licensee_audit.reversed")
    announce(audit)
    return audit


@transaction.atomic
def refuse_audit_reversal(*, actor: Actor, audit_id: UUID) -> Audit:
    """Have the settlement stand that somebody proposed to reverse; whoever proposed it may take that back so."""
    audit, reversal = _waiting(actor, audit_id, may=PROPOSE_AUDIT_REVERSAL)
    _decide(actor, reversal, is_confirmed=False)
    record_event(
        "licensee_audit.reversal_refused", actor=actor, subject=audit, changes={"reason": (reversal.reason, None)}
    )
    announce(audit)
    return audit


def _waiting(actor: Actor, audit_id: UUID, *, may: Permission = CONFIRM_AUDIT_REVERSAL) -> tuple[Audit, AuditReversal]:
    audit = get_audit(audit_id, actor=actor, for_change=True)
    require(actor, may, audit)
    reversal = waiting_reversal(audit)
    if reversal is None:
        raise WrongState("Nobody proposes to reverse the settlement of this audit.")
    return audit, reversal


def _decide(actor: Actor, reversal: AuditReversal, *, is_confirmed: bool) -> None:
    reversal.is_confirmed = is_confirmed
    reversal.decided_at, reversal.decided_by_id = actor.clock.now(), actor.person_id
    reversal.save(update_fields=["is_confirmed", "decided_at", "decided_by"])


def _check_stands(audit: Audit) -> None:
    if audit.state != AuditState.SETTLED:
        raise WrongState("Only a settled audit is reversed. Cancel one that is under way.")
    if audit.reversed_at is not None:
        raise WrongState("The settlement of this audit was reversed already.")


_PROBLEMS: dict[str, Problem] = {
    "auditreversal_once_or_waiting": Conflict("A colleague proposed to reverse this audit: decide that first."),
}
