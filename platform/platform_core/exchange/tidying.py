"""Removing the files of imports that were not recorded, or were discarded."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from platform_core.clock import Clock
from platform_core.exchange.models import Import, ImportState
from platform_core.exchange.storage import imports_folder

KEPT_FOR: Final = timedelta(days=1)
"""How old a file must be to be removed: older than any upload that is still under way."""


def remove_stray_files(*, clock: Clock) -> int:
    """Remove the files older than a day that no import has as its own, and return how many."""
    before = (clock.now() - KEPT_FOR).timestamp()
    old = dict(_older(before))
    kept = set(
        Import.objects.filter(pk__in=[key for key in old.values() if key is not None])
        .exclude(state=ImportState.DISCARDED)
        .values_list("pk", flat=True)
    )
    stray = [path for path, import_id in old.items() if import_id not in kept]
    for path in stray:
        path.unlink(missing_ok=True)
    return len(stray)


def _older(before: float) -> Iterator[tuple[Path, UUID | None]]:
    for path in sorted(imports_folder().glob("*/*")):
        try:
            if path.stat().st_mtime >= before:
                continue
        except FileNotFoundError:
            # Dropped while we looked.
            continue
        try:
            yield path, UUID(path.name)
        except ValueError:
            # An upload that came to nothing.
            yield path, None
