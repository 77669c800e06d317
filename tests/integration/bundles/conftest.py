"""A data folder of its own for each test, and the actor of the command line."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.clock import FixedClock

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "data"


@pytest.fixture
def importer(db: None) -> Actor:
    return Actor.system(COMMAND_LINE, clock=FixedClock(NOW), request_id="test-import")
