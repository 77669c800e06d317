"""The states of a charter's version and the steps between them."""

from typing import Final

from members.charter.models import VersionState
from platform_core.lifecycle import Lifecycle

VERSION_LIFECYCLE: Final = Lifecycle(
    {
        "publication": ({VersionState.DRAFT}, VersionState.PUBLISHED),
        "discarding": ({VersionState.DRAFT}, VersionState.DISCARDED),
    }
)
"""The steps have the names of the addresses below a version at which they are taken."""
