"""`lianchi up`, for real: it serves, works jobs, opens sockets, and leaves nothing behind however it ends."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket
from websockets.typing import Origin

from tests.architecture.rules import ROOT
from tests.integration.site.running import PATIENCE, Running, environment, start, wait_until


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Return a folder that the database's account can reach."""
    with tempfile.TemporaryDirectory(prefix="lianchi-up-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def site(place: Path) -> Iterator[Running]:
    running = start(place / "one site")
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)


def test_it_serves_pages_with_database_tables_and_jobs_ready(site: Running) -> None:
    wait_until(lambda: json.loads(site.get("/readyz")[1])["jobs"], lambda: site.log.read_text())
    status, body = site.get("/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True, "database": True, "migrations": True, "jobs": True})
    assert site.get("/api/v1/docs/")[0] == 200
    status, styles = site.get("/static/platform_site/pages.css")
    assert status == 200
    assert styles == (ROOT / "platform/platform_site/static/platform_site/pages.css").read_bytes()
    assert site.get("/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css")[0] == 200


def test_a_socket_asks_who_is_there(site: Running) -> None:
    with (
        open_socket(f"ws://127.0.0.1:{site.port}/ws/", origin=Origin(f"http://127.0.0.1:{site.port}")) as socket,
        pytest.raises(ConnectionClosed) as closed,
    ):
        socket.recv(timeout=20)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize(("address", "origin"), [("/ws/", "https://evil.example"), ("/elsewhere/", "http://127.0.0.1")])
def test_sockets_for_other_sites_or_at_other_addresses_are_refused(site: Running, address: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        open_socket(f"ws://127.0.0.1:{site.port}{address}", origin=Origin(origin))
    assert refused.value.response.status_code == 403


def test_a_second_site_of_the_same_folder_is_refused_and_disturbs_nothing(site: Running) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "platform_site.cli", "up", "--no-demo"],
        env=environment(site.data),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert second.returncode == 1
    assert f"http://localhost:{site.port}" in second.stderr
    assert site.get("/readyz")[0] == 200


def test_a_chosen_port_that_is_taken_is_refused(site: Running, place: Path) -> None:
    other = subprocess.run(
        [sys.executable, "-m", "platform_site.cli", "up", "--port", str(site.port)],
        env=environment(place / "other"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert other.returncode == 1
    assert f"Port {site.port} is in use" in other.stderr
    assert not (place / "other" / "postgres").exists()


def test_a_command_before_the_first_start_says_what_to_do(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "platform_site.cli", "audit", "verify"],
        env=environment(place / "never started"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "run `lianchi migrate` first" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_beside_the_site_shares_its_database(site: Running) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "platform_site.cli", "migrate", "--quiet"],
        env=environment(site.data),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert site.get("/readyz")[0] == 200


def test_a_killed_database_server_comes_back_and_the_site_goes_on(site: Running) -> None:
    pid = int((site.data / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: site.get("/readyz")[0] == 200 and site.database_runs(), lambda: site.log.read_text())
    assert int((site.data / "postgres" / "data" / "postmaster.pid").read_text().split()[0]) != pid


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_asked_to_end_it_stops_site_and_database(place: Path, kind: signal.Signals) -> None:
    running = start(place / "stopped")
    running.process.send_signal(kind)
    assert running.process.wait(PATIENCE) == 0, running.log.read_text()
    assert running.log.read_text().rstrip().endswith("Stopped.")
    assert "Traceback" not in running.log.read_text()
    assert not running.database_runs()


def test_killed_it_leaves_no_database_behind_and_starts_again(place: Path) -> None:
    running = start(place / "stopped")
    running.process.kill()
    running.process.wait(PATIENCE)
    wait_until(lambda: not running.database_runs(), lambda: "the database outlives the site")
    again = start(place / "stopped")
    assert again.get("/readyz")[0] == 200
    again.process.send_signal(signal.SIGTERM)
    assert again.process.wait(PATIENCE) == 0
