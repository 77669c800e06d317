"""What tests of taking patents in share."""

import pytest

from tests.integration.patents.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()
