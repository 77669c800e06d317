"""Why a file is not read."""

from collections.abc import Mapping
from typing import Any


class UnreadableFile(ValueError):
    """A file that is not read: a code for programs, a sentence that says what to do, and what it was taken for."""

    def __init__(self, code: str, detail: str, told: Mapping[str, Any] | None = None) -> None:
        """Keep all three."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.told = told or {}
