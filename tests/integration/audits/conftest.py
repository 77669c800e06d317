"""A small world whose first quarter of 2025 is closed at one yuan a set, with a clause on audits and an auditor."""

import pytest

from tests.factories.audits import add_auditor, confirmed_clause
from tests.factories.royalties import SmallWorld, make_small_world

ONE_YUAN_A_SET = """
[programme]
basis = "accrued"
[[rates]]
id = "set"
per_unit = "1"
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""


@pytest.fixture
def closed(transactional_db: None, files_of_their_own: None, engine_in_this_process: None) -> SmallWorld:
    """L1 reported 95,000 sets of the first quarter of 2025, L2 some, and the quarter is posted."""
    world = make_small_world("aud", document=ONE_YUAN_A_SET)
    world.report("L1", [("2025-02", 95_000)], first="2025-01", last="2025-03")
    world.report("L2", [("2025-01", 5_000)], first="2025-01", last="2025-03")
    world.report("L1", [("2024-02", 10)], first="2024-01", last="2024-03")
    world.closed("2025Q1")
    confirmed_clause(world, "L1")
    add_auditor(world)
    return world
