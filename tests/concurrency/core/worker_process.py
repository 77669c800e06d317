"""A worker in a process of its own, which tests kill: `python -m tests.concurrency.core.worker_process`."""

import asyncio
import json
import os
import sys

import django


def main() -> None:
    """Set Django up on the database of the test, and work jobs until killed."""
    from django.conf import settings

    settings.DATABASES["default"].update(json.loads(os.environ["TEST_DATABASE"]))
    django.setup()
    from platform_core.jobs.worker import run_worker
    from tests.concurrency.core import work

    assert work.do.name == "test.do"
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    asyncio.run(run_worker(concurrency=1))


if __name__ == "__main__":
    main()
