"""Telling by its bytes whether a file can be the scan of a paper, and whether it carries an electronic signature."""

import zipfile
from typing import Final

from platform_core.documents.models import Document, MediaType
from platform_core.documents.selectors import open_document_file

_SCANS: Final = (MediaType.PDF, MediaType.OFD, MediaType.PNG, MediaType.JPEG)


def is_scan(document: Document) -> bool:
    """Say whether a file is of a kind that papers are scanned to."""
    return document.media_type in _SCANS


def carries_signature(document: Document) -> bool:
    """Say whether a PDF or OFD carries an electronic signature; whose it is and whether it holds is not verified."""
    with open_document_file(document) as source:
        if document.media_type == MediaType.PDF:
            content = source.read()
            return b"/ByteRange" in content and b"/Contents" in content
        if document.media_type == MediaType.OFD:
            with zipfile.ZipFile(source) as package:
                return any(name.lower().endswith("signedvalue.dat") for name in package.namelist())
    return False
