"""What is wrong with a bundle: rejected cells, rows and buckets, and the errors that end a close."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, Literal

Code = Literal[
    "missing_file",
    "missing_column",
    "bad_value",
    "unknown_licence",
    "unknown_owner",
    "duplicate_id",
    "no_rate",
    "no_fx",
    "outside_licence",
    "negative_total",
    "bad_terms",
]

_LONGEST_VALUE: Final = 200


class BundleError(Exception):
    """The close cannot be worked out at all (no bundle, no space, an output folder in the way): exit status 1."""


@dataclass(frozen=True, slots=True, order=True)
class Reject:
    """One thing refused: where it stands, what was found, and what to do.

    `line` is the file's own (header 1, Parquet rows from 1), 0 where the whole file is meant.
    """

    file: str
    line: int
    column: str
    code: Code
    value: str
    message: str


@dataclass(slots=True)
class Rejects:
    """Everything refused so far. `fatal` once something was refused that leaves nothing to close."""

    rows: list[Reject] = field(default_factory=list)
    fatal: bool = False

    def add(
        self, file: str, line: int, column: str, code: Code, value: str, message: str, *, fatal: bool = False
    ) -> None:
        """Refuse one thing; a long value is cut to its first 200 characters."""
        shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
        self.rows.append(Reject(file, line, column, code, shown, message))
        self.fatal = self.fatal or fatal

    def stop(self) -> bool:
        """Whether something was refused that leaves nothing to close, even where rejected rows may be skipped."""
        return self.fatal

    def counts(self) -> dict[str, int]:
        """How many there are of each code, codes in order."""
        return dict(sorted(Counter(row.code for row in self.rows).items()))

    def __len__(self) -> int:
        return len(self.rows)
