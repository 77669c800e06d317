"""Telling by its bytes whether a file can be the scan of a paper."""

from typing import Final

from platform_core.documents.models import Document, MediaType

_SCANS: Final = (MediaType.PDF, MediaType.OFD, MediaType.PNG, MediaType.JPEG)


def is_scan(document: Document) -> bool:
    """Say whether a file is of a kind that papers are scanned to."""
    return document.media_type in _SCANS
