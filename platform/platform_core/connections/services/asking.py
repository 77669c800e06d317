"""Finding the connections whose time has come, and putting their runs on their way."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.clock import Clock
from platform_core.connections.models import Connection, ConnectionState, RunCause
from platform_core.connections.policies import CONNECTION_WORK
from platform_core.jobs.lifecycle import OPEN_STATES
from platform_core.jobs.models import Job
from platform_core.jobs.registry import required_task
from platform_core.jobs.services import defer

RUN: Final = "connection.run"
"""The background work that asks one connection."""
AT_ONCE: Final = 100


def defer_due_runs(*, clock: Clock) -> int:
    """Put the connections whose time has come on their way; return how many. A time that was missed is made up once."""
    due = Connection.objects.filter(state=ConnectionState.ON, next_run_at__lte=clock.now())
    ids = list(due.order_by("next_run_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_defer(pk, clock) for pk in ids)


@transaction.atomic
def _defer(connection_id: UUID, clock: Clock) -> bool:
    found = (
        Connection.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("owner")
        .filter(pk=connection_id, state=ConnectionState.ON, next_run_at__lte=clock.now())
        .order_by("pk")
        .first()
    )
    if found is None or is_under_way(found):
        return False
    queue_run(actor=on_behalf_of(found, clock=clock), connection=found, cause=RunCause.SCHEDULE)
    return True


def key_of(connection_id: UUID) -> str:
    """Return what the lock of whoever asks a connection is called."""
    return f"connection:{connection_id}"


def is_under_way(found: Connection) -> bool:
    """Say whether a connection is being asked, or is about to be."""
    return Job.objects.filter(
        task=RUN, subject_type=Connection._meta.label_lower, subject_id=found.pk, state__in=sorted(OPEN_STATES)
    ).exists()


def queue_run(*, actor: Actor, connection: Connection, cause: RunCause) -> Job:
    """Have a connection asked in the background."""
    task = required_task(RUN)
    return defer(
        task,
        actor=actor,
        subject=connection,
        arguments={"connection_id": connection.pk, "cause": str(cause)},
        one_at_a_time=key_of(connection.pk),
    )


def on_behalf_of(found: Connection, *, clock: Clock) -> Actor:
    """Return the work on a connection, on behalf of the seat that keeps it."""
    seat = found.owner
    return replace(
        Actor.system(CONNECTION_WORK, clock=clock),
        user_id=seat.user_id,
        seat_id=seat.pk,
        organisation_id=seat.organisation_id,
    )
