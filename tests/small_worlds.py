"""The small world that is closed, with real commits, for the tests of every folder that closes it."""

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.conf import settings as site
from pytest_django import Settings

from licensing.close.services import calculating
from licensing.distribution.services import calculating as distributing
from licensing.engine import close_bundle
from platform_core.jobs.running import Running
from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.urls import DatabaseUrl
from tests.database.cleaning import empty_all_tables
from tests.database.keeping import Kept, keep_rows, put_back
from tests.factories.royalties import SmallWorld, make_small_world, report_whole_year

T = TypeVar("T")
Filed = dict[str, dict[str, UUID]]
"""The report of each licence and quarter of 2025."""


@dataclass(frozen=True, slots=True)
class _Stage:
    """What was made, and what the tables and the data folder held then."""

    made: Any
    rows: Kept
    folder: Path


class Stages:
    """States that many tests begin with: each is made once in a run, and the tables and files put back after that."""

    def __init__(self, everything: DatabaseUrl, folders: pytest.TempPathFactory) -> None:
        self._everything = everything
        self._folders = folders
        self._kept: dict[str, _Stage] = {}

    def reach(self, name: str, make: Callable[[], T]) -> T:
        """Bring tables and files to where `make` takes them, whatever is there now, and return what it made.

        What `make` begins with must be made once as well: it refers to rows by their ids.
        """
        if name not in self._kept:
            made = make()
            folder = self._folders.mktemp("stage") / "data"
            shutil.copytree(site.DATA_DIR, folder)
            self._kept[name] = _Stage(copy.deepcopy(made), keep_rows(self._everything), folder)
            return made
        kept = self._kept[name]
        empty_all_tables(self._everything)
        put_back(self._everything, kept.rows)
        shutil.copytree(kept.folder, site.DATA_DIR, dirs_exist_ok=True)
        made_before: T = copy.deepcopy(kept.made)
        return made_before


@pytest.fixture
def files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    """Give a test a data folder that nobody else writes to."""
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="session")
def stages(postgres: EmbeddedDatabase, owner_url: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """Keep what tests begin with: filing twelve reports takes longer than most of what is then tried with them."""
    return Stages(postgres.superuser_url(owner_url.database), tmp_path_factory)


@pytest.fixture
def _reported(
    request: pytest.FixtureRequest, transactional_db: None, files_of_their_own: None, stages: Stages
) -> tuple[SmallWorld, Filed]:
    """Make the small world, with all of 2025 reported where a test asks for what was `filed`."""
    if "filed" not in request.fixturenames:
        return make_small_world(), {}

    def make() -> tuple[SmallWorld, Filed]:
        world = make_small_world()
        return world, report_whole_year(world)

    return stages.reach("2025 is reported", make)


@pytest.fixture
def world(_reported: tuple[SmallWorld, Filed]) -> SmallWorld:
    """Make the small world."""
    return _reported[0]


@pytest.fixture
def filed(_reported: tuple[SmallWorld, Filed]) -> Filed:
    """Return the reports of 2025: four quarters for every licensee."""
    return _reported[1]


@pytest.fixture
def engine_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare tests about what comes after a calculation the start of a child; `test_calculating.py` has the real one."""

    def engine_closes(running: Running, bundle: Path, output: Path) -> bool:
        return close_bundle(bundle, output).status == "closed"

    for module in (calculating, distributing):
        monkeypatch.setattr(module, "engine_closes", engine_closes)
