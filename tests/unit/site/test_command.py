"""The `lianchi` command: it teaches, it starts fast, and its exit codes can be relied on."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from platform_site.cli.main import COMMANDS, main
from platform_site.serving import PORTS_TRIED, PortTaken, listen, one_site_per_folder, stopped_by_signals
from tests.architecture.rules import ROOT


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "platform_site.cli", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_names_every_command_with_examples_and_exit_codes() -> None:
    shown = CliRunner().invoke(main, ["--help"])
    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in shown.output
    assert "Examples:" in shown.output
    assert "Exit codes:" in shown.output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(main, [name, "--help"])
    assert shown.exit_code == 0
    assert f"{name} " in shown.output


@pytest.mark.parametrize("arguments", [["close"], ["nonsense"], ["up", "--port", "0"], ["import"]])
def test_a_wrong_call_ends_with_one_as_two_means_rejected_input(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 1


def test_the_commands_over_bundles_start_without_django() -> None:
    code = (
        "import sys\n"
        "from platform_site.cli.main import main\n"
        "main(['close', '--help'], standalone_mode=False)\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'django', 'psycopg', 'rest_framework', 'uvicorn'}))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


def test_wrong_settings_end_the_start_with_every_mistake_and_no_traceback(tmp_path: Path) -> None:
    done = run("up", DATA_DIR=str(tmp_path), LIANCHI_DEV="maybe", PORT="http", SECRET_KEY="")
    assert done.returncode == 1
    assert "2 settings are wrong" in done.stderr
    assert "LIANCHI_DEV: found 'maybe'" in done.stderr
    assert "PORT: found 'http'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_out_of_reach_is_said_in_one_message(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"postgresql://app:hunter2@127.0.0.1:{unused.getsockname()[1]}/lianchi"
        done = run("status", DATA_DIR=str(tmp_path), LIANCHI_DEV="1", DATABASE_URL=address)
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "hunter2" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_status_without_a_database_tells_how_to_start_one(tmp_path: Path) -> None:
    done = run("status", DATA_DIR=str(tmp_path), LIANCHI_DEV="1", DATABASE_URL="")
    assert done.returncode == 1
    assert "not running (lianchi up starts it)" in done.stdout


def test_a_chosen_port_in_use_is_refused_by_its_number() -> None:
    with listen("127.0.0.1", 0, chosen=True) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is in use"):
            listen("127.0.0.1", port, chosen=True)


def test_a_port_that_was_not_chosen_gives_way_to_the_next_free_one() -> None:
    with listen("127.0.0.1", 0, chosen=True) as other:
        port = other.getsockname()[1]
        with listen("127.0.0.1", port, chosen=False) as mine:
            assert port < mine.getsockname()[1] < port + PORTS_TRIED


def test_an_address_of_another_machine_is_refused_plainly() -> None:
    with pytest.raises(PortTaken, match="cannot be listened on"):
        listen("192.0.2.1", 8000, chosen=False)


def test_a_second_site_of_the_same_folder_is_told_where_the_first_one_is(tmp_path: Path) -> None:
    with (
        one_site_per_folder(tmp_path, "http://localhost:8000"),
        pytest.raises(PortTaken, match=r"already runs from .*: http://localhost:8000 \(process \d+\)"),
        one_site_per_folder(tmp_path, "http://localhost:8001"),
    ):
        pass
    with one_site_per_folder(tmp_path, "http://localhost:8002"):
        pass


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP])
def test_every_way_of_asking_to_end_stops_things_in_order(kind: signal.Signals) -> None:
    ended = []

    def work() -> None:
        try:
            signal.raise_signal(kind)
        finally:
            ended.append("in order")

    with pytest.raises(KeyboardInterrupt), stopped_by_signals():
        work()
    assert ended == ["in order"]
