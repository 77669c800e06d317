"""Heavy work in child processes: followed, bounded, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_core.access.actors import Actor
from platform_core.ids import new_id
from platform_core.jobs.processes import ChildResult, Limits, TimeUp, run_child
from platform_core.jobs.running import Running, Stopped


class Wanted(Running):
    """A job that is wanted until a question says otherwise; it needs no database."""

    def __init__(self, unwanted: Callable[[], bool] = lambda: False) -> None:
        super().__init__(job_id=new_id(), attempt=1, actor=Actor.public())
        self._unwanted = unwanted

    def check(self) -> None:
        if self._unwanted():
            raise Stopped


def python(code: str, **options: Any) -> ChildResult:
    running = options.pop("running", None) or Wanted()
    return run_child([sys.executable, "-c", code], running=running, **options)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pid: int) -> bool:
    end = time.monotonic() + 5
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_output_errors_and_status_come_back() -> None:
    result = python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    assert result == ChildResult(3, "out\n", "err\n")


def test_lines_of_json_are_progress_and_other_lines_are_kept() -> None:
    heard: list[Mapping[str, Any]] = []
    code = """
import sys
for line in ('{"stage": "read", "done": 1}', 'plain', '{broken', '[1]', '{"stage": "written"}'):
    sys.stderr.write(line + chr(10))
sys.stderr.write('{"stage": "last"}')
"""
    result = python(code, on_progress=heard.append)
    assert heard == [{"stage": "read", "done": 1}, {"stage": "written"}, {"stage": "last"}]
    assert result.errors == "plain\n{broken\n[1]\n"


def test_progress_is_told_while_the_child_still_runs() -> None:
    told_at: list[float] = []
    code = "import sys, time; sys.stderr.write('{}\\n'); sys.stderr.flush(); time.sleep(0.6)"
    python(code, on_progress=lambda news: told_at.append(time.monotonic()))
    assert time.monotonic() - told_at[0] > 0.4


def test_output_is_kept_to_its_limit_and_the_child_is_not_held_up() -> None:
    code = "import sys; sys.stdout.write('a' * 3_000_000); sys.stderr.write(('b' * 99 + chr(10)) * 30_000 + 'end')"
    result = python(code, limits=Limits(output=1000))
    assert result.status == 0
    assert result.output == "a" * 1000
    assert len(result.errors) == 1000
    assert result.errors.endswith("b\nend\n")


def test_a_child_that_takes_too_long_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TimeUp, match="longer than 1 seconds"):
        python("import time; time.sleep(60)", limits=Limits(seconds=1))
    assert time.monotonic() - began < 5


def test_cancelling_kills_the_child_and_what_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    code = f"""
import os, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open({str(pids)!r} + ".new", "w").write(f"{{os.getpid()}} {{grandchild.pid}}")
os.rename({str(pids)!r} + ".new", {str(pids)!r})
time.sleep(60)
"""
    with pytest.raises(Stopped):
        python(code, running=Wanted(pids.exists))
    for pid in pids.read_text().split():
        assert gone(int(pid))


def test_what_progress_raises_ends_the_child_too() -> None:
    def refuse(news: Mapping[str, Any]) -> None:
        raise ValueError(f"no more after {news['pid']}")

    with pytest.raises(ValueError, match="no more") as refusal:
        python(
            "import os, sys, time; print('{\"pid\": %d}' % os.getpid(), file=sys.stderr, flush=True); time.sleep(60)",
            on_progress=refuse,
        )
    assert gone(int(str(refusal.value).rsplit(" ", 1)[1]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
def test_the_child_dies_with_its_parent(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    child = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    parent_code = f"""
import sys
sys.path[:0] = {sys.path!r}
from tests.settings import *
import django
from django.conf import settings
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from tests.unit.core.test_processes import python
python({child!r})
"""
    parent = subprocess.Popen([sys.executable, "-c", parent_code])
    try:
        end = time.monotonic() + 30
        while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < end:
            assert parent.poll() is None
            time.sleep(0.05)
        pid = int(pid_file.read_text())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert gone(pid)
    finally:
        parent.kill()
        parent.wait()


def test_a_child_has_the_memory_it_is_given() -> None:
    code = "import sys; kept = bytearray(int(sys.argv[1])); kept[::4096] = b'x' * len(kept[::4096])"
    limits = Limits(memory=300 << 20)
    small = run_child([sys.executable, "-c", code, str(50 << 20)], running=Wanted(), limits=limits)
    large = run_child([sys.executable, "-c", code, str(400 << 20)], running=Wanted(), limits=limits)
    assert small.status == 0, small.errors
    assert large.status == 1
    assert "MemoryError" in large.errors


def test_a_child_runs_in_its_folder_with_its_environment_and_gently(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), os.environ['COLOUR'], os.nice(0) - int(os.environ['NICE']))"
    result = python(code, folder=tmp_path, environment={"COLOUR": "blue", "NICE": str(os.nice(0))})
    assert result.output.split() == [str(tmp_path.resolve()), "blue", "5"]


def test_a_child_inherits_none_of_the_secrets_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANCHI_SECRET_KEY", "known to the site alone")
    result = python("import os; print(sorted(os.environ))")
    assert "PYTHONPATH" in result.output
    assert "LIANCHI" not in result.output


def test_a_programme_that_is_not_there_is_an_ordinary_failure() -> None:
    result = run_child(["/no/such/programme"], running=Wanted())
    assert result.status == 1
    assert "FileNotFoundError" in result.errors
