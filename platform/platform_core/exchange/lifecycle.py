"""The states of an import and the steps between them."""

from platform_core.exchange.models import ImportState
from platform_core.lifecycle import Lifecycle

IMPORT_LIFECYCLE: Lifecycle[ImportState] = Lifecycle(
    {
        "check": ({ImportState.CHECKING}, ImportState.CHECKED),
        # Also what cannot be finished: its file was read for too long, or the server stopped too often.
        "refuse": ({ImportState.CHECKING}, ImportState.REFUSED),
        "check again": ({ImportState.CHECKED, ImportState.REFUSED}, ImportState.CHECKING),
        "begin": ({ImportState.CHECKED}, ImportState.APPLYING),
        "take in": ({ImportState.APPLYING}, ImportState.APPLIED),
        "abort": ({ImportState.APPLYING}, ImportState.CHECKED),
        "begin undoing": ({ImportState.APPLIED}, ImportState.UNDOING),
        "undo": ({ImportState.UNDOING}, ImportState.UNDONE),
        "keep": ({ImportState.UNDOING}, ImportState.APPLIED),
        "discard": ({ImportState.CHECKED, ImportState.REFUSED}, ImportState.DISCARDED),
    }
)
