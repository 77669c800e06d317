"""What a cut-over does when a close is about to be approved or billed."""

from django.db.models import Exists, OuterRef, Q

from licensing.close.models import CloseRun
from licensing.cutover.models import Opening, OpeningState
from licensing.cutover.services import require_settled
from platform_core.access.actors import Actor


def refuse_unsettled(actor: Actor, run: CloseRun) -> None:
    """Refuse the first live close of a programme while its parallel periods are not settled."""
    require_settled(run=run)


def closes_billed_before() -> Q:
    """Return the condition of closes that the old workbook billed: of past periods, and known when it was carried over.

    A correction that is posted afterwards bills what differs from what was carried over.
    """
    booked = Opening.objects.filter(
        state=OpeningState.BOOKED,
        cutover__programme=OuterRef("programme"),
        cutover__on_day__gt=OuterRef("last_month"),
    ).order_by()
    known = booked.filter(confirmed_at__gte=OuterRef("posted_at"))
    return Q(Exists(booked), corrects=None) | Q(Exists(known))
