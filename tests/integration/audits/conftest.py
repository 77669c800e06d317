"""A small world whose first quarter of 2025 is closed at one yuan a set, with a clause on audits and an auditor."""

import pytest

from tests.factories.audits import closed_world
from tests.factories.royalties import SmallWorld
from tests.small_worlds import Stages


@pytest.fixture
def closed(
    transactional_db: None, files_of_their_own: None, engine_in_this_process: None, stages: Stages
) -> SmallWorld:
    """L1 reported 95,000 sets of the first quarter of 2025, L2 some, and the quarter is posted."""
    return stages.reach("a quarter to audit is closed", closed_world)
