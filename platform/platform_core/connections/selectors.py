"""Connections and their runs, for people to look at."""

from uuid import UUID

from django.db.models import QuerySet

from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.connections.lifecycle import CONNECTION_LIFECYCLE
from platform_core.connections.models import Connection, ConnectionRun, ConnectionState
from platform_core.connections.policies import KEEP_CONNECTION
from platform_core.exchange.models import Import


def connections(*, actor: Actor) -> QuerySet[Connection]:
    """Return the connections that the actor may see."""
    return Connection.objects.visible_to(actor).select_related("owner__user")


def get_connection(connection_id: UUID, *, actor: Actor, for_change: bool = False) -> Connection:
    """Return one connection. Raises NotFound."""
    return get_visible(Connection, connection_id, actor=actor, for_change=for_change, along=("owner__user",))


def runs_of(connection_id: UUID, *, actor: Actor) -> QuerySet[ConnectionRun]:
    """Return the times a connection was asked, with the imports that the actor may see. Raises NotFound."""
    found = get_visible(Connection, connection_id, actor=actor)
    return ConnectionRun.objects.visible_to(actor).filter(connection=found).select_related("started_by")


def imports_of(runs: "list[ConnectionRun]", *, actor: Actor) -> dict[UUID, list[Import]]:
    """Return the imports that came of runs and that the actor may see, the earliest first."""
    came = ConnectionRun.imports.through._default_manager.filter(connectionrun__in=runs)
    pairs = list(came.values_list("connectionrun_id", "import_id"))
    seen = Import.objects.visible_to(actor).in_bulk([import_id for _, import_id in pairs])
    found: dict[UUID, list[Import]] = {}
    for run_id, import_id in sorted(pairs):
        if import_id in seen:
            found.setdefault(run_id, []).append(seen[import_id])
    return found


def allowed_steps(found: Connection, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where a connection is, and that the actor may take."""
    steps = CONNECTION_LIFECYCLE.allowed(ConnectionState(found.state))
    if found.state == ConnectionState.ON:
        steps = [*steps, "run"]
    return list(steps) if steps and can(actor, KEEP_CONNECTION, found) else []
