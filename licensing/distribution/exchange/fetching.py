"""Fetching a file of reference rates from where the site was told; it is taken in like one that a person brings."""

import ssl
from pathlib import Path
from typing import Final

import httpcore

from licensing.distribution.exchange.reading import LARGEST
from platform_core.calls import BoundedBackend, Ending
from platform_core.exchange.reading import UnreadableFile

PATIENCE: Final = 30.0
"""Seconds that a whole call may take."""


def fetch_rates(address: str, path: Path) -> None:
    """Write to a file what stands at an address. Raises UnreadableFile where nothing of use comes."""
    ending = Ending(PATIENCE)
    pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=BoundedBackend(ending), max_connections=1, retries=0
    )
    try:
        with pool, pool.stream("GET", address, headers={"Accept": "text/csv, application/xml"}) as answer:
            if answer.status != 200:
                raise UnreadableFile("not_there", f"The address answered {answer.status}.")
            size = 0
            with path.open("wb") as target:
                for part in answer.iter_stream():
                    size += len(part)
                    if size > LARGEST:
                        raise UnreadableFile("too_large", "The file is larger than a file of reference rates is.")
                    target.write(part)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as problem:
        raise UnreadableFile("not_there", "The address of the rates could not be reached.") from problem
