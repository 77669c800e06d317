"""Opening a bundle's text files: bytes to rows with their line numbers, in the encodings that people send."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ENCODINGS: Final = ("UTF-8", "GB18030")


class UnreadableError(Exception):
    """The file, or the rest of it from `line` on, cannot be read as rows; the message says why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def encoding_of(path: Path) -> str:
    """The encoding that the whole file decodes in: UTF-8 (a byte-order mark is accepted), else GB18030.

    Reads the file in pieces. Raises UnreadableError where it is neither.
    """
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableError(0, f"is neither {' nor '.join(ENCODINGS)}: save it as UTF-8")


def rows_of(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it starts, the header first. Empty lines are passed over.

    Raises UnreadableError at a NUL, a broken quote or a cell of over 131,072 characters.
    """
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, strict=True)
        before = 0
        try:
            for cells in reader:
                if any("\0" in cell for cell in cells):
                    raise UnreadableError(before + 1, "holds a NUL byte: save the file again as plain text")
                if cells:
                    yield before + 1, cells
                before = reader.line_num
        except csv.Error as error:
            hint = "a cell is too long, or a quotation mark is not closed" if "limit" in str(error) else str(error)
            raise UnreadableError(before + 1, f"is not readable as CSV: {hint}") from error
