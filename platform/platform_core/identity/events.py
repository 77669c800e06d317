"""What the identity room tells the rooms above."""

from collections.abc import Collection
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.events import Hook
from platform_core.identity.models import Organisation, RoleAssignment, Seat

RIGHTS_CHANGED: Hook[[Collection[UUID]]] = Hook("identity.rights_changed")
"""The rights of these seats have changed; told by whatever gives or withdraws a right."""

ROLE_GIVEN: Hook[[Actor, RoleAssignment]] = Hook("identity.role_given")
"""A role was given to a seat, whose person is locked: who gave it, and the assignment; refusing undoes it."""

SEAT_OPENED: Hook[[Actor, Seat]] = Hook("identity.seat_opened")
"""A person has a new seat: who opened it, and the seat."""

ORGANISATION_MERGED: Hook[[Actor, Organisation, Organisation]] = Hook("identity.organisation_merged")
"""An organisation was merged into another one: who did it, the one that stays, and the one that was merged."""
