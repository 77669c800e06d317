"""What holds of all the licences that one change names at once."""

from collections.abc import Collection
from uuid import UUID

from licensing.agreements.models import BINDING_STATES, Licence
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import require_each
from platform_core.access.registry import Permission
from platform_core.problems import NotFound, WrongState


def require_binding(
    *, actor: Actor, permission: Permission, programme: Programme, ids: Collection[UUID]
) -> list[Licence]:
    """Return licences of a programme that are or were in force, or refuse all for one that is not one of them."""
    licences = require_each(actor, permission, Licence, ids)
    if any(licence.programme_id != programme.pk for licence in licences):
        raise NotFound("There is no such licence of this programme.")
    if any(licence.state not in BINDING_STATES for licence in licences):
        raise WrongState("The licence is not in force yet. Have it signed and countersigned.")
    return licences
