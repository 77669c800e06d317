"""Saved views are everybody's own."""

from platform_core.access.actors import COMMAND_LINE
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import everything, own_user
from platform_core.lists.models import SavedView

READ_SAVED_VIEW = Permission("saved_view.read")
EDIT_SAVED_VIEW = Permission("saved_view.edit")

SAVED_VIEW_POLICY = register(
    Policy(
        SavedView,
        read=READ_SAVED_VIEW,
        no_staff="it is somebody's way of working, and tells nothing of the alliance",
        rules=[
            allow(Audience.SIGNED_IN, {READ_SAVED_VIEW, EDIT_SAVED_VIEW}, own_user("user")),
            allow(COMMAND_LINE, READ_SAVED_VIEW, everything()),
        ],
    )
)
