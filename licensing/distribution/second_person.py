"""The second person of what finance decides by two."""

from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, is_independent_of, require_two_people
from platform_core.problems import NotAllowed


def require_another(decision: str, *, actor: Actor, first: UUID, entity: OperatingEntity) -> None:
    """Refuse whoever is, or is tied to the same party as, the person who prepared what is to be decided."""
    place = Place(entity.alliance_id, entity)
    require_two_people(decision, place, clock=actor.clock)
    if not is_independent_of(actor, first, place):
        raise NotAllowed(
            "You and whoever prepared this are tied to the same member or licensee: somebody independent has to decide."
        )
