"""An office that asks EPO's services, and what these know."""

from typing import Any

from platform_core.connections.models import Connection, ConnectionRun
from pools.patents.keys import read_numbers_again
from pools.patents.models import Patent
from tests.factories.patents import make_patent
from tests.integration.connections.office import Office
from tests.integration.connections.ops_server import (
    KEY,
    SECRET,
    OpsServer,
    Record,
)

FIRST = Record("CN.103294796.B", application="CN.201310199708.A", title="FOLDED LAMP", events=(("MM4A", "2024-05-31"),))
LAID_OPEN = Record("CN.103294796.A", application="CN.201310199708.A", published="20130911")
SECOND = Record("US.9142158.B2", application="US.201313855717.A", family="900002", title="TIMED VALVE")
THIRD = Record("EP.2650864.B1", application="EP.13162208.A", family="900003", title="QUIET FAN")


class Desk(Office):
    """An office with a connection to a server of the same protocol, and patents on record."""

    def __init__(self, ops: OpsServer, **given: Any) -> None:
        super().__init__()
        self.ops = ops
        self.connection: Connection = self.open("epo_ops", secret={"key": KEY, "secret": SECRET}, **given)
        self.patents = [self.register(publication) for publication in ("CN103294796B", "US9142158B2", "EP2650864B1")]

    def register(self, publication: str, **columns: Any) -> Patent:
        given = {"country": publication[:2], **columns}
        patent = make_patent(self.alliance, publication, self.firm, **given)
        read_numbers_again()
        return patent

    def run(self, **given: Any) -> ConnectionRun:
        self.waited.clear()
        self.ops.calls.clear()
        return self.ask(self.connection, **given)


def counts(run: ConnectionRun) -> tuple[int, int, int, int, int]:
    return run.asked, run.answered, run.unknown, run.failed, run.requests
