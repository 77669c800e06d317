"""Finding dealings, what was offered in them, and how both sides conducted them."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from licensing.dealings.calculation import Difference, differences
from licensing.dealings.lifecycle import DEALING_LIFECYCLE, DealingState, OfferState
from licensing.dealings.models import ConductStep, Dealing, Offer, Side
from licensing.dealings.policies import ANSWER_IN_DEALING, WORK_ON_DEALING
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet

OFFERED = (
    "list_version",
    "terms_version",
    "option",
    "standing",
    "fee_basis",
    "starts_on",
    "ends_on",
    "prices_include_tax",
    "tax_path",
    "tax_bearer",
    "cure_days",
    "run_off_days",
    "conditions",
    "reply_by",
)
"""What an offer says, in the order in which it is told."""


def dealings(*, actor: Actor) -> VisibleQuerySet[Dealing]:
    """List the dealings the actor takes part in."""
    return Dealing.objects.visible_to(actor).select_related("programme", "prospect", "licence", "applied_by")


def get_dealing(dealing_id: UUID, *, actor: Actor, for_change: bool = False) -> Dealing:
    """Return one dealing the actor takes part in, locked if it is to be changed."""
    return get_visible(
        Dealing, dealing_id, actor=actor, for_change=for_change, along=["programme__alliance", "prospect"]
    )


def offers_in(dealing: Dealing, *, actor: Actor) -> list[Offer]:
    """Return the offers of a dealing in the order they were made."""
    rows = Offer.objects.visible_to(actor).filter(dealing=dealing).order_by("number")
    return list(rows.select_related("list_version", "terms_version", "made_by", "answered_by"))


def conduct_in(dealing: Dealing, *, actor: Actor) -> list[ConductStep]:
    """Return what both sides did in a dealing, by the day it was done."""
    rows = ConductStep.objects.visible_to(actor).filter(dealing=dealing).order_by("happened_on", "pk")
    return list(rows.select_related("recorded_by", "document"))


def side_of(dealing: Dealing, *, actor: Actor) -> Side | None:
    """Return on which side of a dealing the actor stands."""
    if can(actor, WORK_ON_DEALING, dealing):
        return Side.OFFICE
    return Side.PROSPECT if can(actor, ANSWER_IN_DEALING, dealing) else None


def differences_between(earlier: Offer, later: Offer) -> list[Difference]:
    """Return in what two offers differ, column by column, each with what it was and is as text."""
    return differences([(name, told(earlier, name), told(later, name)) for name in OFFERED])


def told(offer: Offer, name: str) -> str:
    """Return what an offer says in a column, as text."""
    value = getattr(offer, name)
    match name:
        case "list_version" | "terms_version":
            return str(value.number)
        case "prices_include_tax":
            return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str("" if value is None else value)


def allowed_steps(dealing: Dealing, offers: Sequence[Offer], *, actor: Actor) -> list[str]:
    """Return the steps that lead on from where a dealing is, and that the actor's side may take."""
    side = side_of(dealing, actor=actor)
    if side is None:
        return []
    waiting = next((offer for offer in offers if offer.state == OfferState.OPEN), None)
    steps = []
    for step in DEALING_LIFECYCLE.allowed(DealingState(dealing.state)):
        match step:
            case "acknowledgement":
                is_theirs = side is Side.OFFICE
            case "acceptance" | "turning-down":
                is_theirs = waiting is not None and waiting.side != side
            case "offers":
                is_theirs = side is Side.OFFICE or bool(offers)
            case "ending":
                is_theirs = dealing.licence_id is None
            case _:
                is_theirs = True
        if is_theirs:
            steps.append(step)
    if dealing.state != DealingState.CLOSED:
        steps.append("conduct")
    return steps
