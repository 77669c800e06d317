"""The programme that reads the signatures in one file."""

import argparse
import asyncio
import json
import logging
import sys
import traceback
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pyhanko.version import __version__

from platform_core.signatures.calculation import KINDS, nothing_read, plain
from platform_core.signatures.reading.detached import read_detached
from platform_core.signatures.reading.pdf import read_pdf
from platform_core.signatures.reading.people import full_name
from platform_core.signatures.reading.trust import Evidence, read_roots

_LARGEST_CMS: Final = 8 << 20


def main() -> None:
    """Read the signatures in the file that is named, and print what was found."""
    given = argparse.ArgumentParser(prog="signatures")
    given.add_argument("file", type=Path)
    given.add_argument("--kind", choices=KINDS, required=True, help="what the file is, as was found out when it came")
    given.add_argument("--now", type=datetime.fromisoformat, required=True)
    given.add_argument("--roots", type=Path, required=True)
    given.add_argument("--text", type=Path, action="append", default=[], help="a file named by its SHA-256")
    asked = given.parse_args()
    logging.disable(logging.ERROR)
    roots, refused = read_roots(asked.roots)
    evidence = Evidence(roots=roots, now=asked.now)
    print(  # noqa: T201 - what this programme is run for
        json.dumps(
            plain(
                {
                    "library": f"pyHanko {__version__}",
                    "roots": [{"subject": full_name(each.subject), "sha256": each.sha256.hex()} for each in roots],
                    "roots_refused": refused,
                    **read_file(asked.file, asked.kind, asked.text, evidence),
                }
            ),
            ensure_ascii=False,
        )
    )


def read_file(file: Path, kind: str, texts: list[Path], evidence: Evidence) -> dict[str, Any]:
    """Return what was read of the signatures in a file of a kind; texts are named by their SHA-256."""
    try:
        return {**nothing_read(kind=kind), **_read(file, kind, texts, evidence)}
    except MemoryError:
        return nothing_read("too_heavy")
    except Exception:
        # Whatever a malformed file provokes in a parser ends here: the file is unreadable, and the log says how.
        traceback.print_exc(file=sys.stderr)
        return nothing_read("unreadable")


def _read(file: Path, kind: str, texts: list[Path], evidence: Evidence) -> dict[str, Any]:
    if kind == "ofd":
        return {"signatures": _in_package(file)}
    with file.open("rb") as source:
        if kind == "pdf":
            return asyncio.run(read_pdf(source, texts, evidence))
        contents = source.read(_LARGEST_CMS + 1)
    if len(contents) > _LARGEST_CMS:
        return {"problem": "too_heavy"}
    return asyncio.run(read_detached(contents, texts, evidence))


def _in_package(file: Path) -> list[dict[str, Any]]:
    """Return the signatures in an OFD file, none of which can be verified here."""
    with zipfile.ZipFile(file) as package:
        names = [name for name in package.namelist() if name.lower().endswith("signedvalue.dat")]
    # What an OFD had added after it was signed nobody asks here: all of it is for other tools.
    return [
        {"unsupported": "ofd", "field": name[:200], "claimed_at": None, "added_after": "nothing"} for name in names[:50]
    ]


if __name__ == "__main__":
    main()
