"""News of closes that upper rooms must act on, in the transaction of the change."""

from licensing.close.models import CloseRun
from platform_core.access.actors import Actor
from platform_core.events import Hook

approval_asked: Hook[[Actor, CloseRun]] = Hook("a close is about to be approved")
"""Told before a close is approved; whoever knows why it must not be, raises."""
