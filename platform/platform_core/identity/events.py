"""What the identity room tells the rooms above."""

from collections.abc import Collection
from uuid import UUID

from platform_core.events import Hook

RIGHTS_CHANGED: Hook[[Collection[UUID]]] = Hook("identity.rights_changed")
"""The rights of these seats have changed; told by whatever gives or withdraws a right."""
