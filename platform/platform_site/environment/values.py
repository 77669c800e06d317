"""How the text of a variable is read as what it stands for; ValueError says what is wrong with it."""

from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ANSWERS_KEPT_DAYS = 30
"""As `platform_core.api.idempotency` keeps them, which cannot be asked before there are settings."""

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off"})


def yes_or_no(text: str) -> bool:
    """Read a choice of two."""
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError


def folder(text: str) -> Path:
    """Read the absolute path of a folder, which need not be there yet."""
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError("it is not absolute")
    if path.exists() and not path.is_dir():
        raise ValueError("it is not a folder")
    return path


def whole_number(text: str) -> int:
    """Read a number of zero or more."""
    number = int(text)
    if number < 0:
        raise ValueError("it is negative")
    return number


def above_zero(text: str) -> int:
    """Read a number of one or more."""
    number = int(text)
    if number < 1:
        raise ValueError("it is not above zero")
    return number


def longer_than_answers(text: str) -> int:
    """Read for how many days something is kept that answers to repeated requests may tell of."""
    number = int(text)
    if number <= ANSWERS_KEPT_DAYS:
        raise ValueError(f"answers to repeated requests are kept for {ANSWERS_KEPT_DAYS} days")
    return number


def reporters(text: str) -> int:
    """Read how many have to report to a sum."""
    number = int(text)
    if number < 3:
        raise ValueError("sums of fewer than 3 tell of each")
    return number


def percentage(text: str) -> int:
    """Read how much of a sum one may have."""
    number = int(text)
    # Below a third, three equal parts could not be told.
    if not 34 <= number <= 60:
        raise ValueError("it is out of range")
    return number


def port_number(text: str) -> int:
    """Read the number of a port."""
    number = int(text)
    if not 1 <= number <= 65535:
        raise ValueError("it is out of range")
    return number


def time_zone(text: str) -> str:
    """Read a time zone's name."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError("there is no such zone") from problem
    return text


def web_address(text: str) -> str:
    """Read where another system is asked; in the open only on this machine, as for a trial."""
    parts = urlsplit(text)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here):
        raise ValueError("it does not begin with https://")
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("it is more, or less, than a host with a path")
    return text.rstrip("/")


def log_level(text: str) -> str:
    """Read how much is logged."""
    if text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError
    return text.upper()
