"""What rates and conversions tell the home page: finance which of them wait for a second person."""

from collections.abc import Iterator

from licensing.distribution.exchange.lifecycle import ConversionState, RatesState
from licensing.distribution.exchange.models import Conversion, RateSheet
from licensing.distribution.exchange.policies import CONFIRM_CONVERSION, CONFIRM_RATES
from platform_core.access.actors import Actor
from platform_core.home.registry import AT_MOST, Severity, Waiting
from platform_core.identity.roles import Purpose, Role


def to_confirm(actor: Actor) -> Iterator[Waiting]:
    """Tell finance which rates, and which conversions, somebody else of it has to confirm."""
    if not actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
        return
    sheets = RateSheet.objects.permitted_to(actor, CONFIRM_RATES).filter(state=RatesState.ENTERED)
    for sheet in sheets.order_by("entered_at", "pk")[:AT_MOST]:
        yield Waiting(
            kind="rate_sheet.confirm",
            subject_type=RateSheet._meta.label_lower,
            subject_id=sheet.pk,
            title=sheet.name,
            detail={},
            since=sheet.entered_at,
            severity=Severity.ATTENTION,
            step="confirm",
        )
    drafted = Conversion.objects.permitted_to(actor, CONFIRM_CONVERSION).filter(state=ConversionState.DRAFTED)
    rows = drafted.select_related("item__run__programme", "membership__organisation")
    for row in rows.order_by("drafted_at", "pk")[:AT_MOST]:
        run = row.item.run
        yield Waiting(
            kind="conversion.confirm",
            subject_type=Conversion._meta.label_lower,
            subject_id=row.pk,
            title=f"{run.programme.code} {run.number}",
            detail={
                "member": str(row.membership.organisation),
                "amount_minor": row.target_minor,
                "currency": row.target_currency,
            },
            since=row.drafted_at,
            severity=Severity.ATTENTION,
            step="confirm",
        )
