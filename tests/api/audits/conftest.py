"""The small world with an auditor, over HTTP."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.audits import add_auditor
from tests.factories.royalties import SmallWorld, make_small_world


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> SmallWorld:
    settings.DATA_DIR = tmp_path
    world = make_small_world()
    add_auditor(world)
    return world
