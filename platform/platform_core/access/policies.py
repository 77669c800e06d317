"""Who may read the access log: everybody what they read themselves, and those of whom others read something."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.policies import GRANT_POLICY
from platform_core.access.kernel import visible_rows
from platform_core.access.models import AccessLogEntry
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_user
from platform_core.access.staff import policies as staff
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.identity.ties import merged_into_own
from platform_core.models import Record

__all__ = ["ACCESS_LOG_POLICY", "GRANT_POLICY", "READ_ACCESS_LOG", "of_own_figures", "staff"]

READ_ACCESS_LOG = Permission("access_log.read")


def of_own_figures(model: type[Record]) -> Relation:
    """Reach the readings of what tells of the own organisation, of those objects one may see oneself.

    That somebody read what one may not see yet would tell that it is there.
    """

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        seen = model.objects.filter(visible_rows(actor, model))
        own = Q(concerns=actor.organisation_id) | merged_into_own("concerns").reach(actor, assignments)
        return own & Q(
            subject_type=model._meta.label_lower,
            subject_id__in=seen.order_by().values("pk"),
        )

    return Relation(f"of a {model._meta.verbose_name} that tells of the own organisation", reach)


ACCESS_LOG_POLICY = register(
    Policy(
        AccessLogEntry,
        read=READ_ACCESS_LOG,
        no_staff="who watches is watched: the log of what staff read is not theirs to read",
        rules=[
            allow(Audience.SIGNED_IN, READ_ACCESS_LOG, own_user("user")),
            # The office sees everything that was read of its alliance under a staff session.
            allow(Role.SECRETARIAT, READ_ACCESS_LOG, in_alliance("staff_session__alliance")),
            allow(COMMAND_LINE, READ_ACCESS_LOG, everything()),
        ],
    )
)
declare_reference(
    Reference(AccessLogEntry, "organisation", Fate.KEPT, "in whose name something was read, as it was then"),
    Reference(AccessLogEntry, "concerns", Fate.KEPT, "of whom something was read; the one it turned out to be sees it"),
)
