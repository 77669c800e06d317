"""Closes are tried with files of their own, and with real commits: see `tests/small_worlds.py`."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.factories.royalties import SmallWorld
from tests.faults.shop import Shop, open_shop, serving
from tests.small_worlds import Filed


@pytest.fixture(autouse=True)
def _files(files_of_their_own: None) -> None:
    """Give every test of this folder a data folder of its own."""


@pytest.fixture
def shop(world: SmallWorld, filed: Filed, settings: Settings) -> Iterator[Shop]:
    """A shop with the invoices of one quarter."""
    with serving(settings) as service:
        yield open_shop(world, service)
