"""The process that keeps the embedded PostgreSQL: one a data folder, alive as long as somebody uses the database.

Everybody who uses the server holds a shared lock on the file `users.lock`; the operating system drops it when the
process ends, however it ends. The keeper stops the server when it gets that lock for itself, so no crash of a user
leaves a server behind. It holds `keeper.lock` for as long as it lives, restarts a server that was killed, and ends one
that a killed keeper left behind.
"""

import argparse
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from platform_site.database.cluster import Cluster, free_port, new_password, stop_process
from platform_site.database.home import Home, cluster_in, write_server_file
from platform_site.database.problems import DatabaseProblem

START_ATTEMPTS = 6
PASSING_REASONS = ("could not bind", "could not create any TCP/IP sockets", "shared memory block", "postmaster.pid")
"""What the server says when somebody took the port in between, or the system has not let go of a killed one yet."""
RESTARTS_A_MINUTE = 5
WATCH_EVERY = 0.1


class Keeper:
    """Starts the server, watches it, and stops it when its last user is gone."""

    def __init__(self, home: Home, *, durable: bool) -> None:
        self.home = home
        self.durable = durable
        self.asked_to_stop = False
        self.server: subprocess.Popen[bytes] | None = None

    def run(self, ready: Callable[[int], None]) -> int:
        """Keep the server until nobody uses it; call `ready` with its port once it takes connections."""
        cluster = self._prepared()
        port = self._start(cluster)
        ready(port)
        restarts: list[float] = []
        while not self.asked_to_stop and not self._unused():
            time.sleep(WATCH_EVERY)
            if self.server is not None and self.server.poll() is not None:
                now = time.monotonic()
                restarts = [moment for moment in restarts if now - moment < 60] + [now]
                if len(restarts) > RESTARTS_A_MINUTE:
                    raise DatabaseProblem(f"PostgreSQL ended again and again. Its log is {cluster.log}.")
                self._start(cluster)
        if self.server is not None:
            stop_process(self.server, immediate=not self.durable)
        if not self.durable:
            shutil.rmtree(self.home.folder, ignore_errors=True)
        return 0

    def stop_soon(self, signum: int, frame: FrameType | None) -> None:
        """Take a request to end: the server is stopped in good order."""
        self.asked_to_stop = True

    def _prepared(self) -> Cluster:
        cluster = cluster_in(self.home, durable=self.durable)
        if not cluster.exists:
            if cluster.data.exists() and any(cluster.data.iterdir()):
                raise DatabaseProblem(
                    f"{cluster.data} is no complete PostgreSQL data folder. Put the right one there, or move it away."
                )
            if cluster.data.exists():
                cluster.data.rmdir()
            password = new_password()
            write_server_file(self.home, {"superuser_password": password})
            cluster.make(password)
        cluster.stop_running()
        return cluster

    def _start(self, cluster: Cluster) -> int:
        """Start the server on the remembered port, or on another if that one is taken."""
        kept = self.home.server_file()
        known = kept.get("port")
        port = free_port(known if isinstance(known, int) else None)
        for attempt in range(START_ATTEMPTS):
            cluster.clear_stale_pid_file()
            written = cluster.log_size()
            self.server = cluster.start(port)
            if cluster.wait_until_ready(self.server):
                write_server_file(self.home, {**self.home.server_file(), "port": port})
                return port
            if not any(reason in cluster.log_since(written) for reason in PASSING_REASONS):
                break
            time.sleep(0.5 * (attempt + 1))
            port = free_port(port)
        raise DatabaseProblem(f"PostgreSQL does not start. The end of its log, {cluster.log}:\n{cluster.last_words()}")

    def _unused(self) -> bool:
        try:
            fcntl.flock(self.home.users_lock(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def main() -> int:
    """Run the keeper of one folder; the first line printed says whether the server is ready."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--throwaway", action="store_true")
    arguments = parser.parse_args()
    os.umask(0o077)
    home = Home(arguments.folder)
    keeper = Keeper(home, durable=not arguments.throwaway)
    signal.signal(signal.SIGTERM, keeper.stop_soon)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not _alone(home):
        _say({"problem": "another keeper already works on this folder"})
        return 1
    try:
        return keeper.run(lambda port: _say({"port": port}))
    except DatabaseProblem as problem:
        _say({"problem": str(problem)})
        return 1
    finally:
        if keeper.server is not None:
            stop_process(keeper.server)


def _alone(home: Home) -> bool:
    """Take the keeper's lock; whoever asks whether a keeper lives holds it for an instant, so try more than once."""
    for _ in range(40):
        try:
            fcntl.flock(home.keeper_lock(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def _say(message: dict[str, object]) -> None:
    if sys.stdout.closed:
        return
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
    # The starter listens for one line only; after that nobody is left to read.
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - until the process ends


if __name__ == "__main__":
    sys.exit(main())
