"""A worker that does one job in a process of its own, and says when it is at the point where a test kills it."""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import django

FOR_EVER = 60.0


def main() -> None:
    """Set Django up on the database and the files of the test, and do the job as far as the point."""
    from django.conf import settings

    job_id, data_dir, point = sys.argv[1:]
    settings.DATABASES["default"].update(json.loads(os.environ["TEST_DATABASE"]))
    settings.DATA_DIR = Path(data_dir)
    django.setup()
    from platform_core.jobs.tasks import run

    if point.startswith("licensing."):
        stop_at(point)
    else:
        stop_in_the_engine()
    run(UUID(job_id))


def stop_at(point: str) -> None:
    """Wait for the end at a function: once it has done its work, or before it removes anything."""
    module_name, name = point.rsplit(".", 1)
    module = importlib.import_module(module_name)
    original = getattr(module, name)

    def stopping(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs) if name != "forget_earlier" else None
        tell()
        time.sleep(FOR_EVER)
        return result

    setattr(module, name, stopping)


def stop_in_the_engine() -> None:
    """Wait for the end at the first word of the engine, which is then at work in a process of its own."""
    from platform_core.jobs import processes

    original = processes.run_child

    def child(command: list[str], *, on_progress: Callable[[Mapping[str, Any]], None], **options: Any) -> Any:
        def stopping(news: Mapping[str, Any]) -> None:
            on_progress(news)
            tell()
            time.sleep(FOR_EVER)

        return original(command, on_progress=stopping, **options)

    mock.patch("licensing.close.engine_child.run_child", child).start()


def tell() -> None:
    """Say that the point is reached."""
    sys.stdout.write("there\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
