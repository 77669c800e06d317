"""Pure rules of claim charts: what a standard is found by, and what a row has to say."""

from collections.abc import Iterable, Mapping
from typing import Final

LONGEST_KEY: Final = 200
"""Characters that are kept of what a standard is found by: small letters may be more than the letters they are of."""
PARTS: Final = ("element", "place", "evidence")
"""What a row has: an element of the claim, the clause or feature it reads on, and what shows that it does."""


def key_of(text: str) -> str:
    """Return letters and digits alone, in small letters: `3GPP TS 36.321` and `3gpp ts36321` are one standard."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())[:LONGEST_KEY]


def is_same_name(one: str, other: str) -> bool:
    """Say whether two names have the same letters and digits, and the same breaks between them, whatever these are.

    What looks for a standard may leave a break out. What says that two are one may not: TS 36.3 in its version 21 is
    not TS 36.321.
    """
    return _words_of(one) == _words_of(other)


def is_whole(rows: Iterable[Mapping[str, str]]) -> bool:
    """Say whether there are rows, and each names an element and the place it reads on."""
    found = list(rows)
    return bool(found) and all(row["element"] and row["place"] for row in found)


def _words_of(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()
