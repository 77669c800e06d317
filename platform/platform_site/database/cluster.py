"""One PostgreSQL data folder: making it, starting its server, seeing what runs on it, and stopping it."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platform_site.database.account import Account
from platform_site.database.problems import DatabaseProblem

SUPERUSER = "postgres"
HOST = "127.0.0.1"
START_TIMEOUT = 60.0
STOP_TIMEOUT = 30.0
_PAUSE = 0.05

DURABLE_OPTIONS: dict[str, str] = {"max_connections": "100", "shared_buffers": "128MB"}
THROWAWAY_OPTIONS: dict[str, str] = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "1h",
}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data folder with the programs and the system account that work on it."""

    data: Path
    programs: Path
    account: Account
    log: Path
    durable: bool = True

    @property
    def exists(self) -> bool:
        """Whether the data folder was made completely."""
        return (self.data / "PG_VERSION").exists() and (self.data / "global" / "pg_control").exists()

    def make(self, password: str) -> None:
        """Make the data folder, with a superuser that signs in by this password only."""
        # Made aside and moved, so that an interrupted first start never leaves half a data folder.
        for left in self.data.parent.glob("new-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix="new-", dir=self.data.parent) as name:
            aside = Path(name)
            aside.chmod(0o700)
            self.account.give(aside)
            secret = aside / "password"
            secret.touch(mode=0o600)
            secret.write_text(password)
            self.account.give(secret)
            done = self.account.run(
                [
                    str(self.programs / "initdb"),
                    *("-D", str(aside / "data"), "-U", SUPERUSER, "-E", "UTF8"),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                    *("--auth=scram-sha-256", f"--pwfile={secret}"),
                    *([] if self.durable else ["-N"]),
                ],
                timeout=120,
            )
            if done.returncode != 0:
                raise DatabaseProblem(
                    f"PostgreSQL could not make its data folder {self.data}:\n{(done.stderr or done.stdout).strip()}"
                )
            (aside / "data").rename(self.data)

    def start(self, port: int) -> "subprocess.Popen[bytes]":
        """Start the server on a port of the loopback address; it may not be ready yet."""
        settings = {
            "listen_addresses": HOST,
            "port": str(port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **(DURABLE_OPTIONS if self.durable else THROWAWAY_OPTIONS),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return self.account.start([str(self.programs / "postgres"), "-D", str(self.data), *options], log=self.log)

    def wait_until_ready(self, server: "subprocess.Popen[bytes]", *, timeout: float = START_TIMEOUT) -> bool:
        """Wait until the server takes connections; False when it ended instead."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if server.poll() is not None:
                return False
            lines = self._pid_lines()
            # The eighth line of the pid file is how PostgreSQL tells its own pg_ctl that it is ready.
            if len(lines) >= 8 and lines[0] == str(server.pid) and lines[7] == "ready":
                return True
            time.sleep(_PAUSE)
        stop_process(server)
        raise DatabaseProblem(f"PostgreSQL was not ready after {timeout:.0f} s. Its log is {self.log}.")

    def running_pid(self) -> int | None:
        """Return the process number of a server that works on this folder now, if there is one."""
        lines = self._pid_lines()
        if not lines or not lines[0].isdigit():
            return None
        pid = int(lines[0])
        return pid if pid > 0 and self._is_ours(pid) else None

    def clear_stale_pid_file(self, *, timeout: float = 10.0) -> None:
        """Remove a pid file that names no server of this folder: a dead process, or a living one of somebody else."""
        if self.running_pid() is not None or not (self.data / "postmaster.pid").exists():
            return
        # A killed server's children may live a moment longer, and write; the pid file is what guards against them.
        until = time.monotonic() + timeout
        while any(self._processes_inside()):
            if time.monotonic() > until:
                raise DatabaseProblem(
                    f"Processes of an earlier database server still work in {self.data} "
                    f"({', '.join(str(pid) for pid in self._processes_inside())}). End them and start again."
                )
            time.sleep(_PAUSE)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def stop_running(self) -> None:
        """End a server that an earlier keeper left behind on this folder, in good order."""
        pid = self.running_pid()
        if pid is None:
            return
        for kind, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 10.0)):
            try:
                os.kill(pid, kind)
            except ProcessLookupError:
                return
            until = time.monotonic() + patience
            while time.monotonic() < until:
                if self.running_pid() is None:
                    return
                time.sleep(_PAUSE)
        raise DatabaseProblem(f"The database server left from an earlier start (process {pid}) does not stop.")

    def log_size(self) -> int:
        """Return how much the server has written so far, in bytes."""
        return self.log.stat().st_size if self.log.exists() else 0

    def log_since(self, size: int) -> str:
        """Return what the server wrote after its log had that size."""
        with self.log.open("rb") as log:
            log.seek(size)
            return log.read().decode(errors="replace")

    def last_words(self, *, lines: int = 12) -> str:
        """Return the end of the server's log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _pid_lines(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except OSError:
            return []

    def _is_ours(self, pid: int) -> bool:
        if Path("/proc/self/cwd").exists():
            return self._works_inside(pid)
        shown = subprocess.run(
            ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        return str(self.data) in shown.stdout and "postgres" in shown.stdout

    def _processes_inside(self) -> Iterator[int]:
        for entry in Path("/proc").glob("[0-9]*"):
            if self._works_inside(int(entry.name)):
                yield int(entry.name)

    def _works_inside(self, pid: int) -> bool:
        # A PostgreSQL server and its children make the data folder their working folder.
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == Path(os.path.realpath(self.data))
        except OSError:
            # Another user's process, or one that ended just now: not a server of ours.
            return False


def stop_process(server: "subprocess.Popen[bytes]", *, immediate: bool = False) -> None:
    """End a server that we started: let running transactions roll back, and insist if it takes too long."""
    if server.poll() is not None:
        return
    steps = ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
    for kind, patience in steps[1:] if immediate else steps:
        server.send_signal(kind)
        try:
            server.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def free_port(preferred: int | None = None) -> int:
    """Return a free port of the loopback address: the preferred one if it is free."""
    if preferred is not None and port_is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = HOST) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def new_password() -> str:
    """Return a password that needs no quoting in an address or a statement."""
    return secrets.token_hex(24)
