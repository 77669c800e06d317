"""Telling what a file is by its bytes, whatever it calls itself."""

import zipfile
from codecs import getincrementaldecoder
from pathlib import Path
from typing import Final

from platform_core.documents.models import MediaType

EXTENSIONS: Final[dict[str, MediaType]] = {
    ".pdf": MediaType.PDF,
    ".png": MediaType.PNG,
    ".jpg": MediaType.JPEG,
    ".jpeg": MediaType.JPEG,
    ".docx": MediaType.DOCX,
    ".xlsx": MediaType.XLSX,
    ".ofd": MediaType.OFD,
    ".p7s": MediaType.CMS,
    ".p7m": MediaType.CMS,
    ".txt": MediaType.TEXT,
}

_STARTS: Final = (
    (b"%PDF-", MediaType.PDF),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
    (b"\xff\xd8\xff", MediaType.JPEG),
)
_ZIP: Final = b"PK\x03\x04"
_MAIN_PARTS: Final = (
    ("word/document.xml", MediaType.DOCX),
    ("xl/workbook.xml", MediaType.XLSX),
    ("OFD.xml", MediaType.OFD),
)
_CONTENT_TYPES: Final = "[Content_Types].xml"
_LARGEST_LIST: Final = 1 << 20
_CHUNK: Final = 1 << 20
_CMS_HEADERS: Final = (b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")
_SIGNED_DATA: Final = (bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060a2a811ccf550601040202"))
"""How the identifier of signed data stands near the beginning of a signature (RFC 5652, GM/T 0010)."""
_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_LINE_CONTROLS: Final = "\t\n\r\f"


def media_type_of(path: Path) -> MediaType | None:
    """Return which of the kinds we take a file is, or None; one that carries macros is none of them."""
    with path.open("rb") as source:
        start = source.read(32)
    for magic, media_type in _STARTS:
        if start.startswith(magic):
            return media_type
    if start.startswith(_ZIP):
        return _package(path)
    if start.startswith(_CMS_HEADERS) or (start[:1] == b"\x30" and any(kind in start for kind in _SIGNED_DATA)):
        return MediaType.CMS
    return MediaType.TEXT if any(_is_text(path, encoding) for encoding in _ENCODINGS) else None


def _package(path: Path) -> MediaType | None:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return None
            if _CONTENT_TYPES in names:
                with package.open(_CONTENT_TYPES) as listing:
                    types = listing.read(_LARGEST_LIST + 1)
                if len(types) > _LARGEST_LIST or b"macroenabled" in types.lower():
                    return None
    except (zipfile.BadZipFile, RuntimeError, OSError, ValueError, NotImplementedError):
        # RuntimeError: the file is encrypted, so that nobody could look into it.
        return None
    return next((media_type for part, media_type in _MAIN_PARTS if part in names), None)


def _is_text(path: Path, encoding: str) -> bool:
    decoder = getincrementaldecoder(encoding)()
    with path.open("rb") as source:
        try:
            while piece := source.read(_CHUNK):
                if not _is_plain(decoder.decode(piece)):
                    return False
            return _is_plain(decoder.decode(b"", final=True))
        except UnicodeDecodeError:
            return False


def _is_plain(text: str) -> bool:
    return all(character >= " " or character in _LINE_CONTROLS for character in text) and "\x7f" not in text
