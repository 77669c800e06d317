"""Reading where people are signed in, and who is locked out."""

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.signin.models import Lock, Session


def own_sessions(*, actor: Actor) -> QuerySet[Session]:
    """Return where the person who acts is signed in now."""
    return Session.objects.visible_to(actor).filter(user_id=actor.person_id, expires_at__gt=actor.clock.now())


def locks(*, actor: Actor) -> QuerySet[Lock]:
    """Return who is locked out at this moment, as far as the actor may see them."""
    return Lock.objects.visible_to(actor).filter(locked_until__gt=actor.clock.now()).select_related("user")
