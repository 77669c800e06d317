"""What tax withheld tells the home page: finance which proofs and payments wait for a second person."""

from collections.abc import Iterator

from licensing.distribution.withholding.lifecycle import ReliefState, RemittanceState
from licensing.distribution.withholding.models import (
    RemittanceUndoing,
    TaxRemittance,
    TreatyRelief,
)
from licensing.distribution.withholding.policies import (
    AGREE_TO_UNDO_REMITTANCE,
    CONFIRM_TAX_REMITTANCE,
    CONFIRM_TREATY_RELIEF,
)
from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Purpose, Role


def to_confirm(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which proofs of residence, and which payments of tax, wait for somebody else of it."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    reliefs = TreatyRelief.objects.permitted_to(actor, CONFIRM_TREATY_RELIEF).filter(state=ReliefState.ENTERED)
    for relief in reliefs.select_related("membership__organisation").order_by("entered_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="treaty_relief.confirm",
            subject_type=TreatyRelief._meta.label_lower,
            subject_id=relief.pk,
            title=relief.certificate,
            detail={"member": str(relief.membership.organisation)},
            since=relief.entered_at,
            severity=Severity.ATTENTION,
            step="confirm",
        )
    remittances = TaxRemittance.objects.permitted_to(actor, CONFIRM_TAX_REMITTANCE)
    for row in remittances.filter(state=RemittanceState.PREPARED).order_by("prepared_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="tax_remittance.confirm",
            subject_type=TaxRemittance._meta.label_lower,
            subject_id=row.pk,
            title=row.reference,
            detail={"amount_minor": row.amount_minor, "currency": row.currency},
            since=row.prepared_at,
            severity=Severity.ATTENTION,
            step="confirm",
        )
    asked = RemittanceUndoing.objects.filter(is_agreed=None).select_related("remittance")
    to_undo = TaxRemittance.objects.permitted_to(actor, AGREE_TO_UNDO_REMITTANCE).order_by().values("pk")
    for undoing in asked.filter(remittance__in=to_undo).order_by("asked_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="tax_remittance.undo",
            subject_type=TaxRemittance._meta.label_lower,
            subject_id=undoing.remittance_id,
            title=undoing.remittance.reference,
            detail={"amount_minor": undoing.remittance.amount_minor, "currency": undoing.remittance.currency},
            since=undoing.asked_at,
            severity=Severity.ATTENTION,
            step="agree to undo",
        )
