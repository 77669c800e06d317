"""What goes wrong between us and the service."""

from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong with one request."""

    NONE = "none"
    DROP_BEFORE = "drop before"
    """The connection is closed, and nothing was done."""
    DROP_AFTER = "drop after"
    """It was done, and the connection is closed before the answer."""
    CUT_AFTER = "cut after"
    """It was done, and the answer breaks off."""
    ERROR_BEFORE = "500 before"
    """An error of the server, and nothing was done; the answer is kept under the key."""
    ERROR_AFTER = "500 after"
    """It was done, and an error of the server is answered, which is kept under the key."""
    LIMITED = "429"
    """Too many requests: nothing was done."""
    UNDER_WAY = "409"
    """Another request with this key is under way."""
    UNAVAILABLE = "503"
    """In front of the service somebody answers that it is away: nothing reached it."""
