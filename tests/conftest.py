"""What all tests share: what needs no database must run without one."""

import gc
import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

pytest_plugins = ["tests.database.fixtures", "tests.small_worlds"]

LONGEST = (
    "tests/integration/close/test_explaining.py",
    "tests/integration/core/test_list_equals_check.py",
    "tests/integration/bundles/test_round_trip.py",
    "tests/api/schemathesis/",
    "tests/integration/site/",
    "tests/api/matrix/",
    "tests/api/leaks/",
)
"""What takes longest, and so comes first: a worker that begins with it last would have the other one wait."""


@pytest.fixture(autouse=True)
def _no_language_is_left_behind() -> Iterator[None]:
    """Forget the language of a request, which Django keeps for its thread: the next test has one of its own."""
    yield
    translation.deactivate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; the others stay in their order."""
    items.sort(
        key=lambda item: next((at for at, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))
    )


def pytest_collection_finish() -> None:
    """Have cycles of garbage looked for less often, and never among what was loaded: that took a fifth of the time.

    Nothing relies on when it happens; what is left open until then is complained of all the same.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the files that tests left in their data folder, and let go of what was kept from the garbage collector."""
    gc.unfreeze()
    shutil.rmtree(settings.DATA_DIR, ignore_errors=True)
