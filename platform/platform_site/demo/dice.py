"""Draws that come out the same on every machine, and stay the same when other draws are added or moved."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Self, TypeVar

T = TypeVar("T")

SEED = "lianchi demonstration alliance, edition 1"


class Dice:
    """A run of draws named by its labels: equal labels give equal draws, whatever was drawn elsewhere."""

    def __init__(self, *labels: object) -> None:
        """Name the run, for example by the family and the office it decides about."""
        self._labels = labels
        self._drawn = 0

    def of(self, *labels: object) -> Self:
        """Return a run of its own for a part of this subject."""
        return type(self)(*self._labels, *labels)

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included."""
        if high < low:
            raise ValueError(f"nothing to draw between {low} and {high}")
        text = "\x1f".join(map(str, (SEED, *self._labels, self._drawn)))
        self._drawn += 1
        return low + int.from_bytes(sha256(text.encode()).digest()[:12]) % (high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """Draw one of the options."""
        return options[self.whole(0, len(options) - 1)]

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred cases."""
        return self.whole(1, 100) <= percent
