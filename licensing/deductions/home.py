"""What doubtful deductions tell the home page: a licensee what it is asked, finance what was answered."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Q

from licensing.deductions.models import DeductionComparison, DoubtfulDeduction, DoubtState
from licensing.deductions.policies import DEAL_WITH_DOUBT, READ_DOUBTFUL_DEDUCTION
from platform_core.access.actors import Actor
from platform_core.access.registry import Permission
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Purpose, Role


def deductions_waiting(actor: Actor) -> Iterator[Waiting]:
    """Tell a licensee which deductions it is asked about or is to take out, and finance which were answered.

    What was accepted goes back to the licensee, which reports anew without it.
    """
    if actor.holds(Role.LICENSEE):
        to_correct = Q(state=DoubtState.ACCEPTED, report__superseded_by=None)
        yield from _waiting(actor, READ_DOUBTFUL_DEDUCTION, Q(state=DoubtState.ASKED) | to_correct)
    elif actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        yield from _waiting(actor, DEAL_WITH_DOUBT, Q(state=DoubtState.ANSWERED))


_STEPS: Final = {DoubtState.ASKED: "answer", DoubtState.ANSWERED: "decide", DoubtState.ACCEPTED: "correct"}


def _waiting(actor: Actor, permission: Permission, which: Q) -> Iterator[Waiting]:
    rows = DoubtfulDeduction.objects.permitted_to(actor, permission).filter(which)
    for row in rows.select_related("report__licence").order_by("asked_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind=f"doubtful_deduction.{_STEPS[DoubtState(row.state)]}",
            subject_type=DoubtfulDeduction._meta.label_lower,
            subject_id=row.pk,
            title=name_of_doubtful(row),
            since=row.decided_at or row.answered_at or row.asked_at,
            severity=Severity.ATTENTION,
        )


def name_of_comparison(comparison: DeductionComparison) -> str:
    """Call a comparison by the licence and the months whose claims it compared."""
    report = comparison.report
    return f"{report.licence.code} {report.first_month:%Y-%m} – {report.last_month:%Y-%m}"


def name_of_doubtful(doubt: DoubtfulDeduction) -> str:
    """Call a doubtful deduction by the licence, and by the brand as the licensee's own lines write it."""
    return f"{doubt.report.licence.code} · {doubt.brand_name}"
