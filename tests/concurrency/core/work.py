"""Background work that exists for tests, in this process and in worker processes that are killed."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from platform_core.access.actors import Actor, SystemWork
from platform_core.identity.models import Alliance
from platform_core.jobs.registry import background
from platform_core.jobs.running import Running
from platform_core.problems import Conflict

TESTING = SystemWork("testing of jobs")

open_gate = threading.Event()
"""Lets `wait_for_gate` go on."""
calls: list[tuple[str, Any]] = []
"""What ran in this process, in order."""


def tidy(actor: Actor, message: str, **arguments: Any) -> None:
    """Note the failure on the alliance the work was for; outside the job's transaction this fails."""
    assert connection.in_atomic_block
    assert actor.work == TESTING
    if alliance := arguments.get("alliance"):
        Alliance.objects.filter(pk=alliance).update(name_en=f"failed: {message}"[:200])
    if arguments.get("then") == "break":
        raise RuntimeError("tidying broke")


@background("test.do", as_work=TESTING, after_failure=tidy, attempts=2)
def do(running: Running, *, how: str = "well", **arguments: Any) -> Mapping[str, Any] | None:
    """End in the way that is asked for."""
    calls.append((how, running.attempt))
    match how:
        case "well":
            for step in range(3):
                running.progress(step + 1, 3, f"step {step + 1}")
            return {"answer": 42, "on_behalf_of": str(running.actor.seat_id), "as": str(running.actor.kind)}
        case "problem":
            raise Conflict("The report is superseded.")
        case "crash":
            raise RuntimeError("password=hunter2")
        case "wait for gate":
            running.progress(1, 2, "waiting")
            while not open_gate.wait(0.02):
                running.check()
        case "wait stubbornly":
            open_gate.wait(30)
        case "die the first time":
            marker = Path(arguments["marker"])
            if not marker.exists():
                marker.write_text("here")
                time.sleep(60)
        case "die":
            Path(arguments["marker"]).write_text("here")
            time.sleep(60)
    return None
