"""A site in a process of its own, started by its command as whoever runs it does."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platform_site.database.embedded import EmbeddedDatabase
from platform_site.environment import VARIABLES
from tests.architecture.rules import ROOT

PATIENCE = 180.0
"""Seconds: other tests keep both cores and the disk busy."""
TRIAL = {"LIANCHI_DEV": "1"}


@dataclass
class Running:
    """A site in a process of its own."""

    process: "subprocess.Popen[str]"
    data: Path
    log: Path
    port: int

    def get(self, address: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", address, headers={"Host": "localhost"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def database_runs(self) -> bool:
        return EmbeddedDatabase(self.data / "postgres").status().running


def environment(data: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in (*VARIABLES, "DJANGO_SETTINGS_MODULE")}
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "DATA_DIR": str(data), **(settings or TRIAL)}


def wait_until(true: Callable[[], object], what: Callable[[], str]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, what()
        time.sleep(0.1)


def start(data: Path, *options: str, **settings: str) -> Running:
    log = data.parent / f"{data.name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "platform_site.cli", "up", "--no-demo", *options],
            env=environment(data, **settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        wait_until(lambda: "Lianchi is ready" in log.read_text() or process.poll() is not None, log.read_text)
        found = re.search(r"port (\d+)\)", log.read_text())
        assert found, log.read_text()
    except BaseException:
        # What did not start must not be in the way of the tests that follow.
        process.kill()
        process.wait(PATIENCE)
        raise
    return Running(process, data, log, int(found[1]))


def command(data: Path, *words: str, **settings: str) -> str:
    """Run another command of the site and return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "platform_site.cli", *words],
        env=environment(data, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
