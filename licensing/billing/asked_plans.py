"""What licensees ask for, told to finance on its home page."""

from collections.abc import Iterator

from licensing.billing.lifecycle import PlanState
from licensing.billing.models import InstalmentPlan, Invoice
from licensing.billing.policies import ACCEPT_PLAN
from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Waiting
from platform_core.identity.roles import Purpose, Role


def plans_to_answer(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which licensees ask to pay an invoice in parts."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    rows = InstalmentPlan.objects.permitted_to(actor, ACCEPT_PLAN).filter(state=PlanState.ASKED)
    for row in rows.select_related("invoice__series").order_by("asked_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="instalment_plan.answer",
            subject_type=Invoice._meta.label_lower,
            subject_id=row.invoice_id,
            title=row.invoice.number_text,
            detail={"open_minor": row.amount_minor, "currency": row.invoice.currency},
            since=row.asked_at,
            step="answer",
        )
