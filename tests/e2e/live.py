"""A site with the demonstration alliance in a process and a folder of its own, as people run it."""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_site.environment import VARIABLES
from platform_site.pages.application import built_files
from tests.architecture.rules import ROOT

PATIENCE = 300.0

LOGS: dict[str, Path] = {}
"""Where each site that runs here writes what it prints, messages to people among it, by its address."""


@contextmanager
def live_site(**variables: str) -> Iterator[str]:
    """Run a site until the block ends, with variables of its environment; yield its address, on this machine only."""
    if built_files() is None:
        raise RuntimeError("The web application has not been built: make frontend")
    with tempfile.TemporaryDirectory(prefix="lianchi-e2e-") as folder:
        # The database's own account must be able to reach its folder.
        Path(folder).chmod(0o755)
        log = Path(folder) / "site.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "platform_site.cli", "up", "--dev", "--demo"],
                env={**_environment(Path(folder) / "data"), **variables},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            address = f"http://localhost:{_port(process, log)}"
            LOGS[address] = log
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in (*VARIABLES, "DJANGO_SETTINGS_MODULE")}
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    return {**kept, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "DATA_DIR": str(data), "LOG_LEVEL": "WARNING"}


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"port (\d+)\)", log.read_text()):
            port = int(found[1])
            if _answers(port):
                return port
        time.sleep(0.2)
    raise RuntimeError(f"The site did not start:\n{log.read_text()[-4000:]}")


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
