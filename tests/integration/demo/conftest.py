"""The demonstration, loaded once for the tests that look at it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from platform_site.database.embedded import EmbeddedDatabase
from platform_site.database.urls import DatabaseUrl
from platform_site.demo.loading import load_demonstration
from tests.database.cleaning import empty_all_tables


@dataclass
class Loaded:
    """How the loading went."""

    folder: Path
    queries: int = 0
    told: list[tuple[int, int, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None,
    django_db_blocker: Any,
    postgres: EmbeddedDatabase,
    owner_url: DatabaseUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Loaded]:
    """Load the demonstration, and remove it after the last test of the module."""
    result = Loaded(tmp_path_factory.mktemp("data"))
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "DATA_DIR", result.folder)

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        result.queries += 1
        return execute(*arguments)

    with django_db_blocker.unblock():
        try:
            with connection.execute_wrapper(count):
                load_demonstration(lambda done, total, part: result.told.append((done, total, part)))
            yield result
        finally:
            empty_all_tables(postgres.superuser_url(owner_url.database))
            patch.undo()
