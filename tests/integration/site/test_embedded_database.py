"""The PostgreSQL that comes with the site: every way its processes can end, and every odd place it can live in."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from platform_site.database import account, binaries
from platform_site.database.account import Account, account_for
from platform_site.database.cluster import port_is_free
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.home import Home, cluster_in, known_app_url
from platform_site.database.problems import DatabaseProblem
from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl

PATIENCE = 30.0
USE_AND_WAIT = """
import sys, time
from pathlib import Path
from platform_site.database.embedded import EmbeddedDatabase
database = EmbeddedDatabase(Path(sys.argv[1]))
database.use()
print(database.app_url().port, flush=True)
time.sleep(float(sys.argv[2]))
database.release()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a place for a database that the server's account can reach, unlike pytest's own temporary folders."""
    with tempfile.TemporaryDirectory(prefix="lianchi-embedded-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "postgres"


@pytest.fixture
def users() -> Iterator[Callable[[Path, float], "subprocess.Popen[str]"]]:
    """Start other processes that use a database, and end those that are left."""
    started: list[subprocess.Popen[str]] = []

    def start(folder: Path, seconds: float) -> "subprocess.Popen[str]":
        user = subprocess.Popen(
            [sys.executable, "-c", USE_AND_WAIT, str(folder), str(seconds)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(user)
        return user

    yield start
    for user in started:
        if user.poll() is None:
            user.kill()
        user.wait()
        if user.stdout is not None:
            user.stdout.close()


def port_of(user: "subprocess.Popen[str]") -> int:
    assert user.stdout is not None
    return int(user.stdout.readline())


def server_pid(folder: Path) -> int | None:
    return cluster_in(Home(folder), durable=True).running_pid()


def keeper_pid(folder: Path) -> int:
    ending = f"platform_site.database.keeper\0{folder}\0".encode()
    (pid,) = [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/cmdline") if ends_with(path, ending)]
    return pid


def ends_with(path: Path, ending: bytes) -> bool:
    try:
        return path.read_bytes().endswith(ending)
    except OSError:
        return False


def wait_until(true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, f"waited {PATIENCE} s in vain: {what}"
        time.sleep(0.05)


def answer(url: DatabaseUrl, question: str) -> object:
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def keep_a_row(database: EmbeddedDatabase) -> None:
    with connect(database.owner_url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('here')")


def test_it_starts_with_two_roles_and_stops_with_its_last_user(folder: Path) -> None:
    with EmbeddedDatabase(folder) as database:
        assert answer(database.app_url(), "SELECT current_user") == "lianchi_app"
        assert answer(database.app_url(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert answer(database.owner_url(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'lianchi'"
        assert answer(database.app_url(), owner) == "lianchi_owner"
        assert str(answer(database.app_url(), "SHOW server_version")).startswith("18")
        assert answer(database.superuser_url(), "SHOW listen_addresses") == "127.0.0.1"
        assert answer(database.superuser_url(), "SHOW unix_socket_directories") == ""
        assert database.status().running

    assert server_pid(folder) is None
    assert not database.status().running


def test_nobody_on_this_machine_gets_in_without_the_password(folder: Path) -> None:
    with EmbeddedDatabase(folder) as database:
        for role in ("postgres", "lianchi_owner", "lianchi_app"):
            for password in ("", "postgres"):
                with pytest.raises(psycopg.OperationalError, match="password"):
                    psycopg.connect(
                        host="127.0.0.1",
                        port=database.app_url().port,
                        user=role,
                        password=password,
                        dbname="lianchi",
                        passfile="/nonexistent",
                    )
        secret = folder / "server.json"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700


def test_a_restart_keeps_port_passwords_and_data(folder: Path) -> None:
    with EmbeddedDatabase(folder) as database:
        before = database.app_url()
        keep_a_row(database)
    with EmbeddedDatabase(folder) as database:
        assert database.app_url() == before == known_app_url(folder)
        assert answer(database.owner_url(), "SELECT word FROM kept") == "here"


def test_a_second_user_shares_the_server_and_does_not_stop_it(
    folder: Path, users: Callable[[Path, float], "subprocess.Popen[str]"]
) -> None:
    with EmbeddedDatabase(folder) as database:
        pid = server_pid(folder)
        second = users(folder, 0.0)
        assert port_of(second) == database.app_url().port
        assert second.wait(PATIENCE) == 0
        assert server_pid(folder) == pid
        assert answer(database.app_url(), "SELECT 1") == 1


def test_the_starter_may_leave_while_others_stay(
    folder: Path, users: Callable[[Path, float], "subprocess.Popen[str]"]
) -> None:
    database = EmbeddedDatabase(folder)
    database.use()
    stays = users(folder, 60.0)
    port = port_of(stays)
    database.release()
    assert server_pid(folder) is not None
    assert not port_is_free(port)
    stays.kill()
    wait_until(lambda: server_pid(folder) is None, "the server ends after its last user was killed")


def test_many_starters_at_once_end_up_with_one_server(
    folder: Path, users: Callable[[Path, float], "subprocess.Popen[str]"]
) -> None:
    starters = [users(folder, 3.0) for _ in range(4)]
    ports = {port_of(user) for user in starters}
    assert len(ports) == 1
    assert keeper_pid(folder) > 0
    assert [user.wait(PATIENCE) for user in starters] == [0, 0, 0, 0]
    assert server_pid(folder) is None


def test_a_killed_site_takes_its_server_with_it(
    folder: Path, users: Callable[[Path, float], "subprocess.Popen[str]"]
) -> None:
    site = users(folder, 60.0)
    port_of(site)
    assert server_pid(folder) is not None
    site.kill()
    wait_until(lambda: server_pid(folder) is None, "the server ends after the site was killed")
    with EmbeddedDatabase(folder) as database:
        assert answer(database.app_url(), "SELECT 1") == 1


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    with EmbeddedDatabase(folder) as database:
        keep_a_row(database)
        killed = server_pid(folder)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)

        def back() -> bool:
            return server_pid(folder) not in (None, killed) and not port_is_free(database.app_url().port)

        wait_until(back, "the keeper starts the server again")

        def answers() -> bool:
            try:
                return answer(database.owner_url(), "SELECT word FROM kept") == "here"
            except DatabaseProblem:
                return False

        wait_until(answers, "the server answers again")


def test_a_killed_keeper_leaves_nothing_that_the_next_start_trips_over(folder: Path) -> None:
    database = EmbeddedDatabase(folder)
    database.use()
    keep_a_row(database)
    orphan = server_pid(folder)
    os.kill(keeper_pid(folder), signal.SIGKILL)
    with EmbeddedDatabase(folder) as second:
        assert answer(second.owner_url(), "SELECT word FROM kept") == "here"
        assert server_pid(folder) != orphan
        database.release()
        assert server_pid(folder) is not None
    assert server_pid(folder) is None


def test_the_last_user_stops_a_server_whose_keeper_was_killed(folder: Path) -> None:
    database = EmbeddedDatabase(folder)
    database.use()
    os.kill(keeper_pid(folder), signal.SIGKILL)
    wait_until(lambda: not database.status().keeper_alive, "the keeper is gone")
    assert server_pid(folder) is not None
    database.release()
    assert server_pid(folder) is None


def stale_pid_file(folder: Path, pid: int) -> None:
    home = Home(folder)
    path = home.data / "postmaster.pid"
    path.write_text(f"{pid}\n{home.data}\n1700000000\n54321\n\n127.0.0.1\n  5432001    131072\nready   \n")
    account_for(home.data).give(path)


def test_a_stale_pid_file_of_a_dead_process_is_no_obstacle(folder: Path) -> None:
    with EmbeddedDatabase(folder):
        pass
    ended = subprocess.Popen(["/bin/true"])
    ended.wait()
    stale_pid_file(folder, ended.pid)
    with EmbeddedDatabase(folder) as database:
        assert answer(database.app_url(), "SELECT 1") == 1


def test_a_stale_pid_file_that_names_a_living_stranger_spares_the_stranger(folder: Path) -> None:
    with EmbeddedDatabase(folder):
        pass
    # Of the same system user as the server, so that PostgreSQL itself would take it for a server of its own.
    whose = account_for(folder / "data")
    with (folder / "stranger.log").open("wb"):
        stranger = whose.start(["/bin/sleep", "120"], log=folder / "stranger.log")
    try:
        stale_pid_file(folder, stranger.pid)
        with EmbeddedDatabase(folder) as database:
            assert answer(database.app_url(), "SELECT 1") == 1
            assert server_pid(folder) != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize(
    "name", ["with two spaces", "联池 数据", "deep/" + "/".join(["of-some-length"] * 12), "it's $HOME"]
)
def test_it_lives_in_any_folder(folder: Path, name: str) -> None:
    odd = folder.parent / name / "postgres"
    odd.parent.mkdir(parents=True)
    with EmbeddedDatabase(odd) as database:
        assert answer(database.app_url(), "SELECT 1") == 1
    if name.startswith("deep"):
        assert len(str(odd)) > 107


def test_it_never_runs_as_root_and_opens_no_folder_of_others(folder: Path) -> None:
    closed = folder.parent / "closed"
    closed.mkdir(mode=0o700)
    with EmbeddedDatabase(closed / "postgres") as database:
        pid = server_pid(closed / "postgres")
        assert pid is not None
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert answer(database.app_url(), "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    real = (closed / "postgres").resolve()
    if real != closed / "postgres":
        assert real.parent == account.SHARED_FOLDER
        subprocess.run(["rm", "-rf", str(real)], check=True)


def test_the_programs_can_be_copied_to_where_the_account_reaches_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Elsewhere(Account):
        """An account that reaches nothing but the shared folder."""

        @property
        def is_other(self) -> bool:
            return True

        def run(self, command: list[str], *, timeout: float) -> "subprocess.CompletedProcess[str]":
            if not command[0].startswith(str(folder.parent)):
                raise PermissionError(command[0])
            return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)

    monkeypatch.setattr(binaries, "SHARED_FOLDER", folder.parent / "shared")
    programs = binaries.programs_for(Elsewhere(None, None))
    assert programs.is_relative_to(folder.parent / "shared")
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    assert said.startswith("postgres (PostgreSQL) 18")
    assert binaries.programs_for(Elsewhere(None, None)) == programs


def test_a_port_that_was_taken_meanwhile_is_changed_for_another(folder: Path) -> None:
    with EmbeddedDatabase(folder) as database:
        remembered = database.app_url().port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", remembered))
        other.listen()
        with EmbeddedDatabase(folder) as database:
            assert database.app_url().port != remembered
            assert answer(database.app_url(), "SELECT 1") == 1


def test_an_interrupted_first_start_is_made_good(folder: Path) -> None:
    left = folder / "new-abc" / "data"
    left.mkdir(parents=True)
    folder.chmod(0o711)
    (left / "PG_VERSION").write_text("18\n")
    with EmbeddedDatabase(folder) as database:
        assert answer(database.app_url(), "SELECT 1") == 1
    assert not list(folder.glob("new-*"))


def test_a_folder_with_something_else_in_it_is_refused_untouched(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "diary.txt").write_text("mine")
    with pytest.raises(DatabaseProblem, match="no complete PostgreSQL data folder"):
        EmbeddedDatabase(folder).use()
    assert (folder / "data" / "diary.txt").read_text() == "mine"


def test_lost_passwords_are_said_plainly_and_nothing_is_left_running(folder: Path) -> None:
    with EmbeddedDatabase(folder):
        pass
    (folder / "server.json").unlink()
    with pytest.raises(DatabaseProblem, match=r"server\.json lacks superuser_password"):
        EmbeddedDatabase(folder).use()
    wait_until(lambda: server_pid(folder) is None, "the server ends")


def test_a_damaged_data_folder_tells_with_the_end_of_the_log(folder: Path) -> None:
    with EmbeddedDatabase(folder):
        pass
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(DatabaseProblem, match="no_such_setting"):
        EmbeddedDatabase(folder).use()
    assert json.loads((folder / "server.json").read_text())["superuser_password"]
