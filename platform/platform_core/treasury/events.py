"""What the treasury tells the rooms above about payments, in the same transaction."""

from platform_core.access.actors import Actor
from platform_core.events import Hook
from platform_core.treasury.models import Payout

PAYOUT_ASKED: Hook[Actor, Payout] = Hook("a payout is drafted, or about to be booked: whoever knows why not refuses it")
PAYOUT_PAID: Hook[Actor, Payout] = Hook("a payout was paid")
PAYOUT_RETURNED: Hook[Actor, Payout] = Hook("a payout came back")
PAYOUT_CANCELLED: Hook[Actor, Payout] = Hook("a payout was cancelled")
