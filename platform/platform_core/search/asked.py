"""What somebody typed into the search box, in the forms that things are found by."""

import re
from dataclasses import dataclass
from typing import Final

from platform_core.codes import COUNTRIES

MOST_LETTERS: Final = 200
FEWEST_DIGITS: Final = 4
"""Digits that a number must have to be looked for; fewer would find half the world."""

_REGIONS: Final = frozenset({"EP", "WO", "EA", "AP", "OA", "GC"})
_CHINESE_GRANT: Final = "ZL"
"""Stands before the application number of a granted Chinese patent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: the text as typed, and as a number without blanks, dots, hyphens and slashes."""

    text: str

    @property
    def key(self) -> str:
        """The letters and digits alone, in capitals: CN101234567B of “cn 101234567-b”."""
        return re.sub(r"[^0-9A-Z]", "", self.text.upper())

    @property
    def office(self) -> str:
        """The office or country a number begins with, if it names one; blank otherwise."""
        prefix, rest = self.key[:2], self.key[2:]
        if rest and not rest[0].isdigit():
            return ""
        if prefix == _CHINESE_GRANT:
            return "CN"
        return prefix if prefix in COUNTRIES or prefix in _REGIONS else ""

    @property
    def digits(self) -> str:
        """The digits of a number without leading zeros; blank where the text is no number."""
        rest = self.key[2:] if self.office else self.key
        if not rest or not rest[0].isdigit() or sum(letter.isalpha() for letter in rest) > 2:
            return ""
        found = re.sub(r"[^0-9]", "", rest).lstrip("0")
        return found if len(found) >= FEWEST_DIGITS else ""

    @property
    def grams(self) -> list[str]:
        """Each two letters that stand together, small, blanks left out: by these names are found."""
        text = re.sub(r"\s", "", self.text.lower())
        return sorted({text[place : place + 2] for place in range(len(text) - 1)})


def asked(text: str) -> Asked | None:
    """Read what was typed; nothing where it is too short to look for."""
    plain = " ".join(text.replace("\x00", "").split())[:MOST_LETTERS]
    return Asked(plain) if len(plain) >= 2 else None
