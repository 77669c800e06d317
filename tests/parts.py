"""What asks everything asks a part in each run, another one each day; `LIANCHI_MATRIX` names a part, or `all`."""

import os
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

PART: Final = os.environ.get("LIANCHI_MATRIX") or str(datetime.now(UTC).toordinal())


def is_asked(what: str, *, parts: int) -> bool:
    """Say whether something is in the part that is asked, when everything is cut into so many parts."""
    return PART == "all" or crc32(what.encode()) % parts == int(PART) % parts
