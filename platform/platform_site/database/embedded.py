"""The PostgreSQL that comes with the site: used by any number of processes, stopped when the last of them ends."""

import fcntl
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from platform_site.database.cluster import START_TIMEOUT, STOP_TIMEOUT, SUPERUSER, new_password
from platform_site.database.home import (
    APP_ROLE,
    DATABASE,
    OWNER_ROLE,
    Home,
    cluster_in,
    prepare,
    url_of,
    write_server_file,
)
from platform_site.database.problems import DatabaseProblem
from platform_site.database.roles import make_roles_and_database
from platform_site.database.urls import DatabaseUrl

_PAUSE = 0.05
_keepers: "list[subprocess.Popen[str]]" = []
"""The keepers that this process started; one may well outlive our use of its database, for the sake of other users."""
_LOCK_TIMEOUT = START_TIMEOUT + STOP_TIMEOUT + 30


@dataclass(frozen=True)
class Status:
    """Whether the embedded server of a folder runs, and where."""

    running: bool
    port: int | None
    keeper_alive: bool


class EmbeddedDatabase:
    """The database of one folder; while it is in use by this object the server runs."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self._home: Home | None = None

    def __enter__(self) -> Self:
        self.use()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def use(self) -> None:
        """Make sure that the server runs, with its roles and database, and keep it running until `release`."""
        home = prepare(self.folder)
        try:
            _lock(home.users_lock(), fcntl.LOCK_SH, "the database is being stopped")
            _lock(home.starters_lock(), fcntl.LOCK_EX, "another process is starting the database")
            try:
                if not _is_locked(home):
                    _start_keeper(home, durable=self.durable)
                self._make_roles(home)
            finally:
                fcntl.flock(home.starters_lock(), fcntl.LOCK_UN)
        except BaseException:
            home.close()
            raise
        self._home = home

    def release(self) -> None:
        """Say that this process is done; the last one to say so waits until the server has stopped."""
        home, self._home = self._home, None
        if home is None:
            return
        fcntl.flock(home.users_lock(), fcntl.LOCK_UN)
        until = time.monotonic() + STOP_TIMEOUT + 15
        while _is_locked(home) and time.monotonic() < until and not _others_use(home):
            time.sleep(_PAUSE)
        _reap_keepers()
        if self.durable and not _is_locked(home) and not _others_use(home):
            # The keeper was killed: nobody else is left to stop the server.
            cluster_in(home, durable=True).stop_running()
        home.close()

    def status(self) -> Status:
        """Return whether the server runs, without starting it."""
        if not self.folder.exists():
            return Status(running=False, port=None, keeper_alive=False)
        home = Home(self.folder)
        try:
            alive = _is_locked(home)
            running = cluster_in(home, durable=self.durable).running_pid() is not None
            port = home.server_file().get("port")
            return Status(running, port if running and isinstance(port, int) else None, alive)
        finally:
            home.close()

    def app_url(self, database: str = DATABASE) -> DatabaseUrl:
        """Return the address for the application's role, which owns nothing."""
        return self._url(APP_ROLE, "app_password", database)

    def owner_url(self, database: str = DATABASE) -> DatabaseUrl:
        """Return the address for the role that owns the tables and migrates them."""
        return self._url(OWNER_ROLE, "owner_password", database)

    def superuser_url(self, database: str = "postgres") -> DatabaseUrl:
        """Return the address for the server's administrator."""
        return self._url(SUPERUSER, "superuser_password", database)

    def _make_roles(self, home: Home) -> None:
        known = home.server_file()
        if "app_password" not in known or "owner_password" not in known:
            known = {**known, "app_password": new_password(), "owner_password": new_password()}
            write_server_file(home, known)
        make_roles_and_database(
            url_of(home, SUPERUSER, "superuser_password", "postgres"),
            owner=url_of(home, OWNER_ROLE, "owner_password", DATABASE),
            app=url_of(home, APP_ROLE, "app_password", DATABASE),
        )

    def _url(self, role: str, key: str, database: str) -> DatabaseUrl:
        if self._home is None:
            raise DatabaseProblem("The embedded database is not in use here; start it first.")
        return url_of(self._home, role, key, database)


def _reap_keepers() -> None:
    """Let the system forget keepers that have ended."""
    _keepers[:] = [keeper for keeper in _keepers if keeper.poll() is None]


def _start_keeper(home: Home, *, durable: bool) -> None:
    command = [sys.executable, "-m", "platform_site.database.keeper", str(home.folder)]
    if not durable:
        command.append("--throwaway")
    # The keeper finds our packages wherever this process found them.
    paths = dict.fromkeys([str(Path(__file__).resolve().parents[2]), *filter(None, sys.path)])
    keeper = subprocess.Popen(
        command,
        cwd="/",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A session of its own: Ctrl-C in the terminal reaches the site, which then lets go of the database in order.
        start_new_session=True,
    )
    if keeper.stdout is None or keeper.stderr is None:
        raise DatabaseProblem("The database's keeper could not be started.")
    line = keeper.stdout.readline()
    try:
        said = json.loads(line)
    except ValueError:
        said = {"problem": f"The database's keeper ended: {line}{keeper.stderr.read()}".strip()}
    keeper.stdout.close()
    keeper.stderr.close()
    if "problem" in said:
        keeper.wait(STOP_TIMEOUT)
        raise DatabaseProblem(str(said["problem"]))
    _keepers.append(keeper)


def _is_locked(home: Home) -> bool:
    """Whether a keeper lives."""
    try:
        fcntl.flock(home.keeper_lock(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(home.keeper_lock(), fcntl.LOCK_UN)
    return False


def _others_use(home: Home) -> bool:
    """Whether another process keeps the database in use: it holds the lock shared, where a stopping keeper is alone."""
    try:
        fcntl.flock(home.users_lock(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        fcntl.flock(home.users_lock(), fcntl.LOCK_UN)
        return False
    try:
        fcntl.flock(home.users_lock(), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(home.users_lock(), fcntl.LOCK_UN)
    return True


def _lock(descriptor: int, kind: int, waiting_for: str) -> None:
    until = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise DatabaseProblem(f"Waited {_LOCK_TIMEOUT:.0f} s in vain: {waiting_for}.") from None
            time.sleep(_PAUSE)
        else:
            return
