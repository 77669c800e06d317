"""What all tests share: what needs no database must run without one."""

import shutil

import pytest
from django.conf import settings

pytest_plugins = ["tests.database.fixtures", "tests.small_worlds"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the files that tests left in their data folder."""
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
