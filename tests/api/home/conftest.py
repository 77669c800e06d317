"""The small world that is closed, over HTTP and with real commits."""

from pathlib import Path

import pytest
from pytest_django import Settings

from licensing.close.services import calculating
from licensing.engine import close_bundle
from platform_core.jobs.running import Running
from tests.factories.royalties import SmallWorld, make_small_world


@pytest.fixture(autouse=True)
def _files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def world(transactional_db: None) -> SmallWorld:
    return make_small_world()


@pytest.fixture
def engine_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare tests about what comes after a calculation the start of a child; `test_calculating.py` has the real one."""

    def engine_closes(running: Running, bundle: Path, output: Path) -> bool:
        return close_bundle(bundle, output).status == "closed"

    monkeypatch.setattr(calculating, "_engine_closes", engine_closes)
