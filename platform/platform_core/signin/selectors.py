"""Reading where people are signed in, and who is locked out."""

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.signin.models import ApiToken, Invitation, Lock, Session


def own_sessions(*, actor: Actor) -> QuerySet[Session]:
    """Return where the person who acts is signed in now."""
    return Session.objects.visible_to(actor).filter(user_id=actor.person_id, expires_at__gt=actor.clock.now())


def locks(*, actor: Actor) -> QuerySet[Lock]:
    """Return who is locked out at this moment, as far as the actor may see them."""
    return Lock.objects.visible_to(actor).filter(locked_until__gt=actor.clock.now()).select_related("user")


def invitations(*, actor: Actor) -> QuerySet[Invitation]:
    """Return the invitations the actor may see, each with its organisation, its roles and who invited."""
    rows = Invitation.objects.visible_to(actor).select_related("organisation", "invited_by__user")
    return rows.prefetch_related("roles")


def own_tokens(*, actor: Actor) -> QuerySet[ApiToken]:
    """Return the tokens of the person who acts that were not revoked."""
    rows = ApiToken.objects.visible_to(actor).filter(user_id=actor.person_id, revoked_at=None)
    return rows.select_related("seat__organisation")
