"""What EPO's Open Patent Services tell of how busy they are and of what we used.

Form of the headers: EPO, OPS 3.2, fair use: `X-Throttling-Control: busy (inpadoc=yellow:45, retrieval=green:100)`.
Colours: green up to half of what is allowed in a minute, yellow and red beyond, black: no more for now.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_SYSTEM: Final = re.compile(r"\s*(idle|busy|overloaded)\b")
_SERVICE: Final = re.compile(r"([a-z]+)=(green|yellow|red|black):(\d{1,6})")
_NUMBER: Final = re.compile(r"\d{1,15}")
_MILLISECONDS_FROM: Final = 1_000
"""OPS tells what others tell in seconds in thousandths of them: nobody is asked to wait for a thousand seconds."""

LONGEST_WAIT: Final = 7 * 86_400.0
"""Seconds that are waited at most, whatever is asked for: the longest quota is that of a week."""

SLOWER: Final[Mapping[str, float]] = {"green": 1.0, "yellow": 2.0, "red": 4.0}
"""How many times the even spacing of calls is kept, by colour: red is left before it turns black."""


@dataclass(frozen=True, slots=True)
class Throttling:
    """How busy the services are: the whole, and the colour and calls allowed in a minute of each of them."""

    system: str = ""
    services: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def spacing(self, service: str) -> float | None:
        """Return the seconds to keep between two calls to a service; None: it is not to be called now."""
        if service not in self.services:
            return 0.0
        colour, limit = self.services[service]
        # No calls in a minute are none, whatever the colour is called.
        return None if colour == "black" or limit == 0 else SLOWER[colour] * 60 / limit


def read_throttling(header: str) -> Throttling:
    """Read the header; what is not understood counts as nothing said."""
    system = _SYSTEM.match(header)
    return Throttling(
        system[1] if system else "",
        {name: (colour, int(limit)) for name, colour, limit in _SERVICE.findall(header)},
    )


def read_wait(header: str) -> float | None:
    """Return the seconds that `Retry-After` asks for; None where it says nothing that is understood."""
    text = header.strip()
    if not _NUMBER.fullmatch(text):
        return None
    number = int(text)
    return min(number / 1_000 if number >= _MILLISECONDS_FROM else float(number), LONGEST_WAIT)


def read_used(header: str) -> int | None:
    """Return the bytes that were used of a quota."""
    text = header.strip()
    return int(text) if _NUMBER.fullmatch(text) else None
