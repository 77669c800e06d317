"""Moving a programme from its old workbook: past periods beside it, and what is carried over on the cut-over day."""

from licensing.cutover.services.comparing import (
    LONGEST_REASON,
    accept_differences,
    begin_cutover,
    compare_period,
    confirm_parallel_run,
    require_settled,
)
from licensing.cutover.services.opening import confirm_opening, preview_opening, undo_opening

__all__ = [
    "LONGEST_REASON",
    "accept_differences",
    "begin_cutover",
    "compare_period",
    "confirm_opening",
    "confirm_parallel_run",
    "preview_opening",
    "require_settled",
    "undo_opening",
]
