"""Writing a calendar file of whole days, as RFC 5545 has it: lines folded at 75 octets, texts escaped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

_LONGEST: Final = 75
"""Octets of a line; what is beyond goes on the next, behind a space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One day of a calendar: what is to be done on it."""

    uid: str
    day: date
    summary: str
    changed_at: datetime
    description: str = ""
    url: str = ""


def written(name: str, entries: Iterable[Entry]) -> bytes:
    """Return a calendar file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Lianchi//Deadlines//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        *(line for entry in entries for line in _event(entry)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _event(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{entry.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"LAST-MODIFIED:{entry.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{entry.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{entry.day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(entry.summary)}"
    if entry.description:
        yield f"DESCRIPTION:{_text(entry.description)}"
    if entry.url:
        yield f"URL:{entry.url}"
    # A day that is looked at, not one on which somebody is busy.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """Escape a text; whatever would end the line in it becomes the sign for a new line or is left out."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(sign for sign in plain if sign == "\n" or (sign >= " " and sign != "\x7f"))
    return shown.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line so that none has more than 75 octets, and no sign of several octets is torn apart."""
    parts: list[str] = []
    part, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        # Lines that go on another one begin with a space, which counts.
        if size + octets > _LONGEST - bool(parts):
            parts.append(part)
            part, size = "", 0
        part += sign
        size += octets
    return "\r\n ".join([*parts, part])
