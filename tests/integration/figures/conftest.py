"""Closes are tried with files of their own, and with real commits: see `tests/small_worlds.py`."""

import pytest


@pytest.fixture(autouse=True)
def _files(files_of_their_own: None) -> None:
    """Give every test of this folder a data folder of its own."""
