"""Whom it is told that a licensee asked to pay an invoice in parts, and what came of it."""

from licensing.billing.lifecycle import PlanState
from licensing.billing.models import InstalmentPlan
from platform_core.access.actors import Actor
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import notify_seats


def tell_finance_of_plan(*, actor: Actor, plan: InstalmentPlan) -> None:
    """Tell finance that a licensee asks to pay an invoice in parts."""
    entity = plan.invoice.licence.programme.operating_entity_id
    seats = seats_holding(Role.FINANCE, actor=actor, operating_entity=entity, purpose=Purpose.ROYALTIES)
    notify_seats(actor=actor, seats=seats, kind="instalment_plan.asked", subject=plan.invoice, values=_values(plan))


def tell_licensee_of_plan(*, actor: Actor, plan: InstalmentPlan) -> None:
    """Tell the licensee whether it may pay in parts as it asked."""
    kind = "instalment_plan.agreed" if plan.state == PlanState.AGREED else "instalment_plan.refused"
    seats = seats_holding(Role.LICENSEE, actor=actor, organisation=plan.invoice.licence.licensee_id)
    notify_seats(actor=actor, seats=seats, kind=kind, subject=plan.invoice, values=_values(plan))


def _values(plan: InstalmentPlan) -> dict[str, object]:
    invoice = plan.invoice
    return {"label": invoice.number_text, "amount_minor": plan.amount_minor, "currency": invoice.currency}
