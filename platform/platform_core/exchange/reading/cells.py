"""What stands in a cell: nothing, one thing, or several."""

import re
import unicodedata
from typing import Final

EMPTY: Final = frozenset(("", "-", "--", "—", "－", "/", "n/a", "N/A", "null", "NULL", "无", "暂无"))
"""What files write for nothing."""

_SPACES = re.compile(r"\s+")
_MANY = re.compile(r"\s*(?:;;|\s\|\s|\||；|;|\n|、)\s*")
_LISTED = re.compile(r"\s*(?:;;|\s\|\s|\||；|\n)\s*")


def clean(cell: str) -> str:
    """Return a cell without the blanks around it; nothing, where it says that there is nothing."""
    cell = cell.strip().strip("\ufeff\u200b")
    return "" if cell in EMPTY else cell


def split_many(cell: str, *, by_semicolon: bool = True) -> list[str]:
    """Return the things in a cell, each once, in their order.

    They are parted by `;;`, ` | `, line breaks and their full-width forms, and by semicolons unless those may stand in
    a name. A comma never parts: it stands inside names of people and firms.
    """
    cell = clean(cell)
    if not cell:
        return []
    parts = (_MANY if by_semicolon else _LISTED).split(cell)
    return list(dict.fromkeys(part for part in map(clean, parts) if part))


def normalise_heading(heading: str) -> str:
    """Return a heading so that those that differ in width, case, blanks and kind of brackets are the same."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", heading)).strip("\ufeff").casefold()
