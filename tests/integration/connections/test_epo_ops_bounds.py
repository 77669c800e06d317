"""A run asks so much and so long, hands over what came, and the next one goes on."""

import socket
import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from platform_core.connections.models import ConnectionRun, RunState
from platform_core.jobs.running import Interrupted, Stopped
from pools.patents.lookups import asking, client
from tests.integration.connections.desk import Desk, counts
from tests.integration.connections.office import imports_of
from tests.integration.connections.ops_server import (
    ENDS_AFTER,
    FAULT,
    KEY,
    SECRET,
    OpsServer,
    Told,
)

pytestmark = pytest.mark.django_db


def test_a_run_ends_with_its_time_and_the_next_one_goes_on(ops: OpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_REQUESTS", 3)
    desk = Desk(ops)
    run = desk.run()
    assert (run.state, run.detail, counts(run)) == (RunState.STOPPED, asking.MORE, (1, 1, 0, 0, 3))
    assert desk.connection.next_run_at == desk.clock.now()
    assert (desk.run(longest=0.0).state, ops.count()) == (RunState.STOPPED, 0)
    states = []
    while desk.connection.position is not None:
        states.append(desk.run().state)
    assert states == [RunState.FINISHED]
    assert ops.asked("family") == [["US.9142158.B2"], ["EP.2650864.B1"]]


def test_a_batch_that_has_to_be_asked_in_halves_gets_done_however_little_a_run_may_ask(
    ops: OpsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_REQUESTS", 4)
    desk = Desk(ops, settings={"legal": False})
    bad = {"CN.103294796.B", "US.9142158.B2"}

    def answer(call: Any) -> Told:
        return Told(404, FAULT.format("CLIENT.InvalidReference", "no")) if bad & set(call.numbers) else call.answer()

    runs, sizes = [], []
    for _ in range(4):
        ops.fail("biblio", *[answer] * 9)
        run = desk.run()
        ops.forget_faults()
        runs.append((run.state, *counts(run)[:3]))
        sizes.append((desk.connection.position or {}).get("size"))
        if run.state == RunState.FINISHED:
            break
    assert runs == [
        (RunState.STOPPED, 0, 0, 0),
        (RunState.FINISHED, 3, 1, 2),
    ]
    assert sizes == [1, None]


def test_many_answers_are_handed_over_in_parts(ops: OpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LARGEST_PART", 1)
    desk = Desk(ops)
    run = desk.run()
    assert (run.state, [found.counts["changed"] for found in imports_of(run)]) == (RunState.FINISHED, [1, 1, 1])
    again = desk.run()
    assert (again.unchanged, imports_of(again)) == (3, [])


@pytest.mark.parametrize("ends_with", [Interrupted, Stopped, KeyboardInterrupt])
def test_what_was_answered_before_the_server_stops_is_handed_over(
    ops: OpsServer, ends_with: type[BaseException]
) -> None:
    desk = Desk(ops)

    def check() -> None:
        if ops.count("family"):
            raise ends_with

    with pytest.raises(ends_with):
        desk.run(check=check)
    desk.connection.refresh_from_db()
    run = ConnectionRun.objects.get()
    [found] = imports_of(run)
    assert (run.answered, found.counts["changed"]) == (1, 1)
    assert desk.connection.position == {"behind": str(desk.patents[0].pk)}
    assert (desk.run().state, ops.asked("biblio")) == (RunState.FINISHED, [["US.9142158.B2", "EP.2650864.B1"]])


def test_two_with_one_account_ask_one_after_the_other(ops: OpsServer, settings: Any) -> None:
    desk = Desk(ops)
    key = client.account_of({"key": KEY, "secret": SECRET}, address=settings.OPS_URL)
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
        run = desk.run()
    assert (run.state, run.detail, ops.count()) == (RunState.STOPPED, asking.OTHER_ASKS, 0)
    assert desk.connection.next_run_at == desk.clock.now() + asking.AFTER_OTHERS
    assert desk.run().state == RunState.FINISHED


def test_a_name_that_is_looked_up_for_ever_ends_with_the_call(ops: OpsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.1)
    monkeypatch.setattr(client, "MOST_ATTEMPTS", 1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ops.over.wait(ENDS_AFTER))
    desk = Desk(ops, settings={"legal": False})
    begun = time.monotonic()
    run = desk.run()
    assert time.monotonic() - begun < ENDS_AFTER / 2
    assert (run.state, run.detail) == (RunState.FAILED, "The office did not answer in time.")
