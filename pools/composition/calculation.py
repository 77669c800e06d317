"""Pure rules about what a pool's list may hold."""

import re
from typing import Final

_FIGURE: Final = re.compile(r"[0-9]{1,900}(\.[0-9]{1,12})?", re.ASCII)


def is_figure(text: str) -> bool:
    """Say whether a text is a plain decimal of 0 or more with at most 12 decimals."""
    return _FIGURE.fullmatch(text) is not None
