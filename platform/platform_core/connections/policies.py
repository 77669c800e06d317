"""Who may see and keep connections: whoever brings files in for the alliance. Secrets are for nobody."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment, SystemWork
from platform_core.access.kernel import follows
from platform_core.access.registry import Audience, Permission, Policy, allow, register
from platform_core.access.relations import Relation, everything, in_alliance
from platform_core.connections.models import Connection, ConnectionRun
from platform_core.exchange.policies import IMPORT_POLICY, READ_IMPORT, RUN_IMPORT
from platform_core.identity.policies import ALLIANCE_POLICY, READ_ALLIANCE
from platform_core.identity.references import Fate, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.jobs.policies import CANCEL_JOB, JOB_POLICY, READ_JOB

READ_CONNECTION = Permission("connection.read")
OPEN_CONNECTION = Permission("alliance.open_connection")
KEEP_CONNECTION = Permission("connection.keep")
RUN_CONNECTION = Permission("connection.run")
READ_CONNECTION_RUN = Permission("connection_run.read")

CONNECTION_WORK = SystemWork("connections")
"""Asks the databases of others, on behalf of the seat that keeps the connection, and takes in what comes."""

CONNECTION_POLICY = register(
    Policy(
        Connection,
        read=READ_CONNECTION,
        rules=[
            allow(Role.SECRETARIAT, {READ_CONNECTION, KEEP_CONNECTION, RUN_CONNECTION}, in_alliance()),
            allow(Audience.STAFF, READ_CONNECTION, in_alliance()),
            allow((COMMAND_LINE, CONNECTION_WORK), {READ_CONNECTION, RUN_CONNECTION}, everything()),
        ],
    )
)
CONNECTION_POLICY.belong_to("organisation")
declare_reference(Reference(Connection, "organisation", Fate.MOVED, "it goes on for the organisation it is"))

CONNECTION_RUN_POLICY = register(
    Policy(
        ConnectionRun,
        read=READ_CONNECTION_RUN,
        rules=[
            allow(
                (Role.SECRETARIAT, Audience.STAFF),
                READ_CONNECTION_RUN,
                follows("connection", READ_CONNECTION, Connection),
            ),
            allow((COMMAND_LINE, CONNECTION_WORK), READ_CONNECTION_RUN, everything()),
        ],
    )
)
CONNECTION_RUN_POLICY.belong_to("connection__organisation")

ALLIANCE_POLICY.extend(
    allow(Role.SECRETARIAT, OPEN_CONNECTION, in_alliance("pk")),
    allow(CONNECTION_WORK, READ_ALLIANCE, everything()),
)
IMPORT_POLICY.extend(allow(CONNECTION_WORK, {READ_IMPORT, RUN_IMPORT}, everything()))


def _work_on_connections() -> Relation:
    """Reach the work on connections of the alliances that the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        alliances = [row.alliance_id for row in assignments if row.alliance_id is not None]
        kept = Connection.objects.filter(alliance__in=alliances)
        return Q(subject_type=Connection._meta.label_lower, subject_id__in=kept.order_by().values("pk"))

    return Relation("on a connection of the alliance", reach)


JOB_POLICY.extend(allow(Role.SECRETARIAT, {READ_JOB, CANCEL_JOB}, _work_on_connections()))
