"""The demonstration, loaded once for the tests that look at it."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from platform_site.database.urls import DatabaseUrl
from platform_site.demo.loading import load_demonstration
from tests.database.cleaning import empty_all_tables


@dataclass
class Loaded:
    """How the loading went."""

    folder: Path
    seconds: float = 0.0
    told: list[tuple[int, int, str]] = field(default_factory=list)
    seconds_by_part: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, owner_url: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """Load the demonstration, and remove it after the last test of the module."""
    result = Loaded(tmp_path_factory.mktemp("data"))
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "DATA_DIR", result.folder)
    began = last = time.perf_counter()

    def progress(done: int, total: int, part: str) -> None:
        nonlocal last
        now = time.perf_counter()
        result.told.append((done, total, part))
        result.seconds_by_part[part] += now - last  # type: ignore[assignment]
        last = now

    with django_db_blocker.unblock():
        try:
            load_demonstration(progress)
            result.seconds = time.perf_counter() - began
            print(result.seconds, result.seconds_by_part)
            yield result
        finally:
            empty_all_tables(owner_url)
            patch.undo()
