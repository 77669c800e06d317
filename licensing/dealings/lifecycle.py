"""How far a dealing and an offer in it have come, and the steps between."""

from typing import Final

from django.db import models

from platform_core.lifecycle import Lifecycle


class DealingState(models.TextChoices):
    """How far a dealing has come, from what a prospect applied for to a licence."""

    APPLIED = "applied", "Applied for"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    IN_TALKS = "in_talks", "In talks"
    AGREED = "agreed", "Agreed"
    DRAWN_UP = "drawn_up", "Contract drawn up"
    SIGNED = "signed", "Signed by the licensee"
    CONCLUDED = "concluded", "In force"
    CLOSED = "closed", "Closed without a licence"


OPEN_STATES: Final = tuple(
    state for state in DealingState if state not in (DealingState.CONCLUDED, DealingState.CLOSED)
)
"""States in which something may still come of it."""

_TALKING: Final = frozenset({DealingState.APPLIED, DealingState.ACKNOWLEDGED, DealingState.IN_TALKS})

DEALING_LIFECYCLE: Final = Lifecycle(
    {
        "acknowledgement": ({DealingState.APPLIED}, DealingState.ACKNOWLEDGED),
        "offers": (_TALKING, DealingState.IN_TALKS),
        "acceptance": ({DealingState.IN_TALKS}, DealingState.AGREED),
        "turning-down": ({DealingState.IN_TALKS}, DealingState.IN_TALKS),
        "contract": ({DealingState.AGREED, DealingState.DRAWN_UP}, DealingState.DRAWN_UP),
        "signature": ({DealingState.DRAWN_UP}, DealingState.SIGNED),
        "original": ({DealingState.SIGNED}, DealingState.SIGNED),
        "seal-request": ({DealingState.SIGNED}, DealingState.SIGNED),
        "seal-decision": ({DealingState.SIGNED}, DealingState.SIGNED),
        "countersignature": ({DealingState.SIGNED}, DealingState.CONCLUDED),
        "recordal": ({DealingState.CONCLUDED}, DealingState.CONCLUDED),
        "ending": (_TALKING | {DealingState.AGREED, DealingState.DRAWN_UP, DealingState.SIGNED}, DealingState.CLOSED),
    }
)
"""The steps have the names of the addresses below a dealing at which they are taken."""


class SealState(models.TextChoices):
    """What became of a request to seal a contract."""

    ASKED = "asked", "Asked for"
    APPROVED = "approved", "Approved"
    TURNED_DOWN = "turned_down", "Turned down"


class OfferState(models.TextChoices):
    """What became of an offer."""

    OPEN = "open", "Waits for an answer"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    COUNTERED = "countered", "Answered by another offer"
    REPLACED = "replaced", "Replaced by whoever made it"
    DROPPED = "dropped", "Dropped with the dealing"


OFFER_LIFECYCLE: Final = Lifecycle(
    {
        "accept": ({OfferState.OPEN}, OfferState.ACCEPTED),
        "refuse": ({OfferState.OPEN}, OfferState.REFUSED),
        "counter": ({OfferState.OPEN}, OfferState.COUNTERED),
        "replace": ({OfferState.OPEN}, OfferState.REPLACED),
        "drop": ({OfferState.OPEN}, OfferState.DROPPED),
    }
)
