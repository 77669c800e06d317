"""What was closed, worked out again so that it can be explained."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from licensing.engine.compute import Computed, compute
from licensing.engine.rejects import BundleError, Rejects
from licensing.engine.shares import Sharing
from licensing.engine.verify import changed_input, read_results, read_run

KEY_NAMES: Final = ("licence_id", "product", "made_in", "sold_in", "month", "currency")

Explanation = dict[str, Any]
"""Plain dictionaries and lists, as `--json` prints them; amounts in micros are whole numbers."""


@contextmanager
def worked_out(results: Path, bundle: Path) -> Iterator[Computed]:
    """Work a close out again. Raises BundleError where results and bundle do not belong together."""
    run = read_run(results)
    difference = changed_input(run, bundle)
    if difference:
        raise BundleError(f"{results} is not a close of {bundle}: {difference}")
    with computing(bundle, skip_rejected="rejected" in run) as computed:
        if isinstance(computed, Rejects):
            raise BundleError(f"{bundle} is rejected now; close it again")
        yield computed


@contextmanager
def computing(bundle: Path, *, skip_rejected: bool) -> Iterator[Computed | Rejects]:
    """Work a bundle out up to what is billed, or say what is wrong with it, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lianchi-explain-") as scratch:
        yield compute(bundle, Path(scratch), skip_rejected=skip_rejected, progress=lambda stage: None)


def sharing_of(computed: Computed) -> Sharing:
    """Make ready to share the period out again."""
    return Sharing(computed.terms, computed.tables, computed.tariff.patents, computed.billed)


def recorded(path: Path, key: str, value: str, wanted: tuple[str, ...]) -> tuple[str, ...] | None:
    """The wanted cells of the row of a result file whose key column has the value."""
    for row in read_results(path):
        if row[key] == value:
            return tuple(row[name] for name in wanted)
    return None
