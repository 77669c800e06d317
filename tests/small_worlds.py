"""The small world that is closed, with real commits, for the tests of every folder that closes it."""

import copy
import shutil
from dataclasses import dataclass
from pathlib import Path
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
from tests.database.keeping import Kept, keep_rows, put_back
from tests.factories.royalties import SmallWorld, make_small_world, report_whole_year

Filed = dict[str, dict[str, UUID]]
"""The report of each licence and quarter of 2025."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The small world once the whole of 2025 is reported: what the tables and the folder hold, and what was made."""

    world: SmallWorld
    filed: Filed
    rows: Kept
    folder: Path


@pytest.fixture
def files_of_their_own(settings: Settings, tmp_path: Path) -> None:
    """Give a test a data folder that nobody else writes to."""
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="session")
def reported() -> dict[str, Reported]:
    """Keep what was reported once: filing twelve reports takes longer than most of what is then tried with them."""
    return {}


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    transactional_db: None,
    files_of_their_own: None,
    postgres: EmbeddedDatabase,
    owner_url: DatabaseUrl,
    reported: dict[str, Reported],
    tmp_path_factory: pytest.TempPathFactory,
) -> SmallWorld:
    """Make the small world, with all of 2025 reported where a test asks for what was `filed`."""
    if "filed" not in request.fixturenames:
        return make_small_world()
    everything = postgres.superuser_url(owner_url.database)
    if "2025" not in reported:
        world = make_small_world()
        filed = report_whole_year(world)
        folder = tmp_path_factory.mktemp("reported") / "data"
        shutil.copytree(site.DATA_DIR, folder)
        reported["2025"] = Reported(copy.deepcopy(world), filed, keep_rows(everything), folder)
        return world
    kept = reported["2025"]
    put_back(everything, kept.rows)
    shutil.copytree(kept.folder, site.DATA_DIR, dirs_exist_ok=True)
    return copy.deepcopy(kept.world)


@pytest.fixture
def filed(world: SmallWorld, reported: dict[str, Reported]) -> Filed:
    """Return the reports of 2025: four quarters for every licensee."""
    return copy.deepcopy(reported["2025"].filed)


@pytest.fixture
def engine_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare tests about what comes after a calculation the start of a child; `test_calculating.py` has the real one."""

    def engine_closes(running: Running, bundle: Path, output: Path) -> bool:
        return close_bundle(bundle, output).status == "closed"

    for module in (calculating, distributing):
        monkeypatch.setattr(module, "engine_closes", engine_closes)
