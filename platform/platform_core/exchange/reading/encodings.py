"""Finding out how a text file is encoded."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from charset_normalizer import from_bytes

from platform_core.exchange.reading.refusals import UnreadableFile

KNOWN: Final = ("utf-8", "utf-16", "gb18030", "big5", "shift_jis", "euc_kr", "mac_roman", "cp1252")
"""What users may choose; the names are Python's."""

_GUESSED: Final = [name for name in KNOWN if not name.startswith("utf")]
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK: Final = 1 << 20
_AROUND: Final = 4096
_SAMPLE: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's bytes are read, and whether that is known or likely."""

    name: str
    is_sure: bool
    has_mark: bool = False


def find_encoding(path: Path) -> Encoding:
    """Find a text file's encoding: by its mark, as UTF-8 if every byte of it is, otherwise by what looks like words.

    Raises UnreadableFile for what is no text.
    """
    with path.open("rb") as source:
        start = source.read(_SAMPLE)
    if not start.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise UnreadableFile("empty", "The file is empty.")
    for mark, name in _MARKS:
        if start.startswith(mark):
            return Encoding(name, is_sure=True, has_mark=True)
    if b"\0" in start:
        raise UnreadableFile("not_text", "The file is neither a table of text nor a workbook that can be opened.")
    odd = _first_not_utf8(path)
    if odd is None:
        return Encoding("utf-8", is_sure=True)
    with path.open("rb") as source:
        source.seek(max(0, odd - _AROUND))
        sample = source.read(_SAMPLE)
    # Words are told by their letters: what stands around the first odd byte counts, not the ASCII before it.
    guess = from_bytes(sample, cp_isolation=_GUESSED).best()
    if guess is None:
        raise UnreadableFile(
            "unknown_encoding", "The file's letters cannot be told: save it as CSV in UTF-8, or say how it is encoded."
        )
    return Encoding(guess.encoding, is_sure=False)


def _first_not_utf8(path: Path) -> int | None:
    """Return where the first byte stands that is not UTF-8; None: all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    at = 0
    with path.open("rb") as source:
        while piece := source.read(_CHUNK):
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return at - held + error.start
            at += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return at
    return None
