"""News of licences that upper rooms must act on, in the transaction of the change."""

from uuid import UUID

from django.db.models import Exists

from licensing.agreements.models import Charge, Licence
from platform_core.access.actors import Actor
from platform_core.events import Hook

licence_step_asked: Hook[[Actor, Licence, UUID | None]] = Hook("a licence is about to be edited or taken a step on")
"""Told with the record in whose course it is done, if any; whoever knows why it must not be done, raises."""

licences_held_asked: Hook[[list[Exists]]] = Hook("which licences take their steps elsewhere asked")
"""Told with a list of conditions on a licence; whoever has some in a course of its own adds which those are."""

charge_cancellation_asked: Hook[[Actor, Charge]] = Hook("one person is about to cancel a charge")
"""Told before it is; whoever had two people decide on the charge, and has two take it back, raises."""

charge_cancelled: Hook[[Actor, Charge]] = Hook("a charge was cancelled")
"""Told once a charge counts no more, whoever decided it: closes that have billed it are corrected."""
