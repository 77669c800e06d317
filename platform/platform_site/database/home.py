"""The folder of one embedded database: its data, its log, its locks and the file that says how to reach it."""

import json
import os
import tempfile
from functools import cached_property
from pathlib import Path
from typing import cast

from platform_site.database.account import SHARED_FOLDER, account_for
from platform_site.database.binaries import programs_for
from platform_site.database.cluster import HOST, Cluster
from platform_site.database.problems import DatabaseProblem
from platform_site.database.urls import DatabaseUrl

DATABASE = "lianchi"
OWNER_ROLE = "lianchi_owner"
APP_ROLE = "lianchi_app"


class Home:
    """The files of one embedded database, as everybody who starts, uses or keeps it sees them."""

    def __init__(self, folder: Path) -> None:
        # The real place: where it is linked to, every process must still take the same locks.
        self.folder = Path(os.path.realpath(folder))

    @property
    def data(self) -> Path:
        """The PostgreSQL data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.folder / "server.log"

    @property
    def server_path(self) -> Path:
        """The file with the port and the passwords, readable by its owner only."""
        return self.folder / "server.json"

    def server_file(self) -> dict[str, object]:
        """Return what is known of the server: port and passwords; empty before the first start."""
        try:
            return cast("dict[str, object]", json.loads(self.server_path.read_text()))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            raise DatabaseProblem(
                f"{self.server_path} cannot be read ({problem}). It holds the passwords of the database beside it; "
                f"put back the right file, or run as the user who made it."
            ) from problem

    def users_lock(self) -> int:
        """Return the open file whose shared lock says: I use this database."""
        return self._users

    def keeper_lock(self) -> int:
        """Return the open file whose lock the keeper holds while it lives."""
        return self._keeper

    def starters_lock(self) -> int:
        """Return the open file whose lock lets one process at a time start a keeper."""
        return self._starters

    def close(self) -> None:
        """Let go of every lock held through this object."""
        for name in ("_users", "_keeper", "_starters"):
            descriptor = self.__dict__.pop(name, None)
            if descriptor is not None:
                os.close(descriptor)

    @cached_property
    def _users(self) -> int:
        return self._opened("users.lock")

    @cached_property
    def _keeper(self) -> int:
        return self._opened("keeper.lock")

    @cached_property
    def _starters(self) -> int:
        return self._opened("starters.lock")

    def _opened(self, name: str) -> int:
        path = self.folder / name
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise DatabaseProblem(
                f"{path} cannot be opened ({problem.strerror}). "
                f"Run as the user who made it, or choose another folder with DATA_DIR."
            ) from problem


def prepare(folder: Path) -> Home:
    """Make the folder of an embedded database where the server's account can reach it."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not folder.exists():
            account = account_for(folder / "data")
            if account.can_enter(folder.parent):
                folder.mkdir(mode=0o711, exist_ok=True)
            else:
                _link_to_reachable_folder(folder)
        home = Home(folder)
        account = account_for(home.data)
        if not account.can_enter(home.folder):
            raise DatabaseProblem(
                f"The server's account cannot reach {home.folder}: a folder above it is closed to other users. "
                f"Open it (chmod o+x), or choose another folder with DATA_DIR."
            )
    except OSError as problem:
        raise DatabaseProblem(
            f"The database folder {folder} cannot be made or read: {problem.strerror or problem}. "
            f"Choose another folder with DATA_DIR."
        ) from problem
    return home


def _link_to_reachable_folder(folder: Path) -> None:
    # Root's home and the like are closed to the server's account: keep the files where it can go, and link to them
    # rather than opening other people's folders.
    SHARED_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    real = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=SHARED_FOLDER))
    real.chmod(0o711)
    try:
        folder.symlink_to(real, target_is_directory=True)
    except FileExistsError:
        real.rmdir()


def cluster_in(home: Home, *, durable: bool) -> Cluster:
    """Return the PostgreSQL data folder of a home with the programs and the account it needs."""
    account = account_for(home.data)
    return Cluster(home.data, programs_for(account), account, home.log, durable)


def write_server_file(home: Home, content: dict[str, object]) -> None:
    """Replace the server file whole, so that no reader ever sees half of it."""
    aside = home.server_path.with_name(f"server.json.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(home.server_path)


def url_of(home: Home, role: str, key: str, database: str) -> DatabaseUrl:
    """Return the address of a role in the embedded database, whose password stands in the server file."""
    known = home.server_file()
    password, port = known.get(key), known.get("port")
    if not isinstance(password, str) or not isinstance(port, int):
        raise DatabaseProblem(
            f"{home.server_path} lacks {key} or port. It holds the passwords of the database beside it; "
            f"put back the right file."
        )
    return DatabaseUrl(user=role, password=password, host=HOST, port=port, database=database)


def known_app_url(folder: Path) -> DatabaseUrl | None:
    """Return the application's address in an embedded database that was started before; None before the first start."""
    home = Home(folder)
    if {"app_password", "port"} - home.server_file().keys():
        return None
    return url_of(home, APP_ROLE, "app_password", DATABASE)
