"""Symbols of the patent classifications (IPC, CPC) in the cells and elements that hold them."""

import re

_SYMBOL = re.compile(r"([A-HY]\d{2}[A-Z])\s*(\d{1,4})\s*/\s*(\d{2,6})")
_SUBCLASS = re.compile(r"[A-HY]\d{2}[A-Z]\b")


def symbols(text: str) -> list[str]:
    """Return the symbols in a text, `H04W 84/20` each: editions, ranks and combinations are left out.

    Where no group is named, the subclass (`H04W`).
    """
    found = [f"{section} {int(group)}/{subgroup}" for section, group, subgroup in _SYMBOL.findall(text)]
    return found or _SUBCLASS.findall(text)[:1]
