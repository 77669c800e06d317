"""The people and objects of the matrix, for every file that asks about them.

They are in no file of tests: what such a file defines is there once for itself and once more for those that name it.
"""

import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from platform_site.database.urls import DatabaseUrl
from tests.api.matrix.kept import Samples
from tests.api.matrix.samples import make_samples
from tests.database.unfinished import Unfinished


@dataclass(frozen=True, slots=True)
class Made:
    """The people and their objects, the transaction that has them, and their files."""

    samples: Samples
    rows: Unfinished
    files: Path


@pytest.fixture(scope="session")
def made(
    django_db_setup: None,
    django_db_blocker: Any,
    second_url: DatabaseUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Made]:
    """Make the people and their objects once: that takes longer than most of what is then asked about them."""
    files = tmp_path_factory.mktemp("samples") / "data"
    files.mkdir()
    with django_db_blocker.unblock():
        rows = Unfinished(second_url)
        with override_settings(DATA_DIR=files), rows.entered(keep=True):
            samples = make_samples()
    yield Made(samples, rows, files)
    with django_db_blocker.unblock():
        rows.end()


@pytest.fixture(scope="module")
def samples(made: Made, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samples]:
    """Give a module the people and their objects as they were made, and undo what it did to them."""
    files = tmp_path_factory.mktemp("module") / "data"
    shutil.copytree(made.files, files)
    with override_settings(DATA_DIR=files), django_db_blocker.unblock(), made.rows.entered():
        yield copy.deepcopy(made.samples)
