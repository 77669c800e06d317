"""Which system account runs the PostgreSQL that comes with the site: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from platform_site.database.problems import DatabaseProblem

SYSTEM_ACCOUNT = "lianchi-postgres"
SHARED_FOLDER = Path("/var/lib/lianchi")
"""Where root puts what the server's account must reach when the project's own folder is closed to it."""


@dataclass(frozen=True)
class Account:
    """The user and group under which the server's programs run; None means: as the person who starts them."""

    uid: int | None
    gid: int | None

    @property
    def is_other(self) -> bool:
        """Whether the server runs as somebody else than the one who starts it."""
        return self.uid is not None

    def give(self, path: Path) -> None:
        """Make a file or folder the account's own."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, command: list[str], *, timeout: float) -> "subprocess.CompletedProcess[str]":
        """Run a program under this account and wait for it, for at most `timeout` seconds."""
        return subprocess.run(
            command,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            cwd="/",
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, command: list[str], *, log: Path) -> "subprocess.Popen[bytes]":
        """Start a program under this account, its output appended to a file."""
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def can_enter(self, folder: Path) -> bool:
        """Whether the account can reach a folder through all of its parents."""
        if not self.is_other:
            return True
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)], timeout=30).returncode == 0


def plain_environment() -> dict[str, str]:
    """Return the little environment the server's programs get: nothing of ours may steer or reach them."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def account_for(data: Path) -> Account:
    """Return the account that must run the server for a data folder, making a system user for root if there is none."""
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise DatabaseProblem(
                f"The database in {data} belongs to another system user (number {owner}), and you are number {me}. "
                f"Start it as that user or as root, or choose another folder with DATA_DIR."
            )
        return Account(None, None)
    if owner not in (None, 0):
        entry = _entry(owner)
        return Account(owner, entry.pw_gid if entry else data.stat().st_gid)
    found = _named(SYSTEM_ACCOUNT) or _made()
    return Account(found.pw_uid, found.pw_gid)


def _entry(uid: int | None) -> pwd.struct_passwd | None:
    try:
        return None if uid is None else pwd.getpwuid(uid)
    except KeyError:
        return None


def _named(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd:
    attempts = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", SYSTEM_ACCOUNT],
        ["adduser", "-S", "-D", "-H", SYSTEM_ACCOUNT],
    )
    said = "neither useradd nor adduser is here"
    for command in attempts:
        program = shutil.which(command[0], path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
        if program is None:
            continue
        done = subprocess.run([program, *command[1:]], capture_output=True, text=True, timeout=60, check=False)
        # Two starters may race for the same name: what counts is that the user is there afterwards.
        found = _named(SYSTEM_ACCOUNT)
        if found is not None:
            return found
        said = done.stderr.strip() or f"{command[0]} ended with {done.returncode}"
    raise DatabaseProblem(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_ACCOUNT} could not be made ({said}). "
        f"Make that user, start Lianchi as an ordinary user, or point DATABASE_URL at a PostgreSQL server."
    )
