"""What tests of connections share: a server that speaks as EPO's services do."""

from collections.abc import Iterator
from typing import Any

import pytest

from pools.patents.lookups import client
from tests.integration.connections.desk import FIRST, LAID_OPEN, SECOND, THIRD
from tests.integration.connections.ops_server import (
    OpsServer,
    ops_server,
)


@pytest.fixture
def ops(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpsServer]:
    client._tokens.clear()
    with ops_server() as (ops, address):
        settings.OPS_URL = address
        ops.know(FIRST, LAID_OPEN, SECOND, THIRD)
        yield ops
