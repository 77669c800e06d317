"""Moving from old workbooks over HTTP: past periods beside closes, and what is carried over."""

from licensing.cutover.api.comparing import (
    ParallelDifferencesView,
    ParallelRunAcceptanceView,
    ParallelRunConfirmationView,
    ParallelRunsView,
    ParallelRunView,
)
from licensing.cutover.api.openings import (
    ComparisonsView,
    CutoverOpeningsView,
    CutoversView,
    CutoverTemplateView,
    CutoverView,
    OpeningConfirmationView,
    OpeningDifferencesView,
    OpeningFileView,
    OpeningsView,
    OpeningUndoingView,
    OpeningView,
)

__all__ = [
    "ComparisonsView",
    "CutoverOpeningsView",
    "CutoverTemplateView",
    "CutoverView",
    "CutoversView",
    "OpeningConfirmationView",
    "OpeningDifferencesView",
    "OpeningFileView",
    "OpeningUndoingView",
    "OpeningView",
    "OpeningsView",
    "ParallelDifferencesView",
    "ParallelRunAcceptanceView",
    "ParallelRunConfirmationView",
    "ParallelRunView",
    "ParallelRunsView",
]
