"""Two who ask one connection at once: one of them asks, and the other finds that it is being asked."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection as database

from platform_core.connections import registry, services
from platform_core.connections.models import ConnectionRun, RunCause, RunState
from platform_core.connections.registry import Connector, Fetching
from platform_core.problems import WrongState
from tests.integration.connections.office import Office

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_connection_is_never_asked_by_two_at_once() -> None:
    asking, go_on = Event(), Event()

    def fetch(fetching: Fetching) -> None:
        asking.set()
        assert go_on.wait(10)

    office = Office()
    registry.register_connector(
        Connector(code="slow", subject="patents.patent", choose=lambda *_: {}, secrets=(), fetch=fetch)
    )
    connection = office.open("slow")

    def ask() -> ConnectionRun | None:
        try:
            work = services.on_behalf_of(connection, clock=office.clock)
            return services.run_connection(actor=work, connection_id=connection.pk, cause=RunCause.COMMAND)
        finally:
            database.close()

    try:
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(ask)
            assert asking.wait(10)
            # Neither asks it again, nor takes the one who does for dead.
            assert ask() is None
            with pytest.raises(WrongState, match="already"):
                services.request_run(actor=office.actor, connection_id=connection.pk)
            services.end_dead_runs(actor=office.actor, connection_id=connection.pk, why="dead")
            assert ConnectionRun.objects.get().state == RunState.RUNNING
            go_on.set()
            run = first.result(10)
    finally:
        go_on.set()
        registry._connectors.pop("slow")
    assert run is not None
    assert (run.state, ConnectionRun.objects.count()) == (RunState.FINISHED, 1)
    services.request_run(actor=office.actor, connection_id=connection.pk)
