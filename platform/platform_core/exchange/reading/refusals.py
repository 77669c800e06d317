"""Why a file is not read."""


class UnreadableFile(ValueError):
    """A file that is not read: a code for programs, and a sentence that says what to do."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep both."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
