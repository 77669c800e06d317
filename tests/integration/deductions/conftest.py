"""The small world that reports are filed in."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.factories.royalties import SmallWorld, make_small_world


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def world(db: None) -> SmallWorld:
    return make_small_world()
