"""The one way to begin a step on a licence: it is locked, the actor may take the step, and it starts there."""

from uuid import UUID

from licensing.openlicences.lifecycle import OPEN_LICENCE_LIFECYCLE
from licensing.openlicences.models import OpenLicence, OpenLicenceState
from licensing.openlicences.selectors import get_open_licence
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.registry import Permission


def begin_step(
    *, actor: Actor, licence_id: UUID, step: str, permission: Permission
) -> tuple[OpenLicence, OpenLicenceState]:
    """Return a licence, locked, with the state that a step leads to. Raises NotAllowed, or WrongState."""
    licence = get_open_licence(licence_id, actor=actor, for_change=True)
    require(actor, permission, licence)
    return licence, OPEN_LICENCE_LIFECYCLE.after(step, current=OpenLicenceState(licence.state))
