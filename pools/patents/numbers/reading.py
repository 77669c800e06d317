"""Reading a number whose office may or may not be written before it."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pools.patents.numbers import chinese, european, international, japanese, korean, others, us
from pools.patents.numbers.results import Flaw, PatentNumber, Stage, unreadable

_READERS: Final[dict[str, Callable[[str, Stage | None], PatentNumber]]] = {
    "US": us.read,
    "EP": european.read,
    "WO": international.read,
    "JP": japanese.read,
    "KR": korean.read,
}

_LONGEST = 64

# What people leave standing before a number, in the languages of the files we are given.
# NO is Norway's code: as a label it needs a mark behind it.
_LABEL = re.compile(
    r"^(?:专利)?(?:申请号|申请公布号|授权公告号|公开号|公告号|公开\(公告\)号|专利号) ?:? ?"
    r"|^(?:(?:PATENT|APPLICATION|APPL?\.?|PUBLICATION|PUB\.?) )+(?:NO\.?|NUMBER)?[ :.]*|^(?:NO[.:]|NUMBER) ?"
)
_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff]+")
_PREFIX = re.compile(r"([A-Z]{2})[ \-.:]?(.*)")
_VALIDATED = re.compile(r"([A-Z]{2})[ \-_/]+(EP.+)")
_TREATY = re.compile(r"PCT ?/|(?!WO)[A-Z]{2} ?(?:(?:19|20)\d{2}[ /]?\d{6,7}|\d{2} ?\d{5}) ?W$")
_CHINESE_BARE = re.compile(
    r"\d{4} ?\d ?\d{7}(?: ?[.-]? ?[0-9X])?(?: ?[A-Z]\d?)?|(?:8[5-9]|9\d|0[0-3]) ?[1-9] ?\d{5}[.-][0-9X]"
)
_US_BARE = re.compile(r"\d{2}/\d{3},?\d{3}|\d{1,2},\d{3},\d{3}|20\d{2}/\d{7}")
_KOREAN_BARE = re.compile(r"[1-4]0-(?:\d{4}-)?\d{7}")
_EUROPEAN_BARE = re.compile(r"\d{8}\.\d")


def read_number(
    text: str, *, office: str = "", stage: Stage | None = None, is_granted: bool | None = None
) -> PatentNumber:
    """Read a number in any form.

    `office` (ST.3) is what it belongs to where the text does not say; `stage` decides where the same characters can
    be an application or a publication; `is_granted` tells whether a right stands, where that is known: ZL before a
    grant is a flaw. What cannot be read comes back with a flaw that says why, never as an error.
    """
    number = _read(text, office, stage)
    if number.is_marked_granted and is_granted is False:
        flaw = Flaw("not_granted", "ZL stands before the number of a granted patent only; this one is not granted.")
        return replace(number, flaws=(*number.flaws, flaw))
    return number


def _read(text: str, office: str, stage: Stage | None) -> PatentNumber:
    cleaned = _clean(text)
    if not cleaned:
        return unreadable(office, "empty", "No number was given.")
    if len(cleaned) > _LONGEST:
        return unreadable(office, "too_long", f"No patent number is longer than {_LONGEST} characters.")
    if validated := _VALIDATED.fullmatch(cleaned):
        return _validated(validated[1], validated[2], stage)
    if _TREATY.match(cleaned):
        return international.read(cleaned, stage)
    found, rest = _office_of(cleaned, office)
    if not found or not any(letter.isdigit() for letter in rest):
        return unreadable(
            "", "unknown_office", "The number does not say which office gave it: write its two letters before it."
        )
    if found == "CN":
        return chinese.read(rest, stage, has_office=rest != cleaned)
    reader = _READERS.get(found)
    return reader(rest, stage) if reader else others.read(found, rest, stage)


def _clean(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = _INVISIBLE.sub(" ", text).strip().upper()
    # Nearly every number begins with its office or a digit: only others can have a label.
    return text if text[:1].isdigit() or text[:2] in _READERS or text[:2] == "CN" else _LABEL.sub("", text)


def _office_of(text: str, given: str) -> tuple[str, str]:
    """Return the office and what stands after it: as written, as it looks, or as given."""
    prefix = _PREFIX.fullmatch(text)
    # RE and PP stand before numbers of the United States too, where the office is known.
    if prefix and prefix[1] in others.OFFICES and not (given == "US" and prefix[1] in us.LETTERS):
        return prefix[1], prefix[2]
    if text.startswith(chinese.MARKS):
        return "CN", text
    if text.startswith(japanese.MARKS):
        return "JP", text
    if given:
        return given, text
    if _EUROPEAN_BARE.fullmatch(text) and not chinese.is_right(text) and european.is_right(text):
        return "EP", text
    for pattern, office in (
        (_CHINESE_BARE, "CN"),
        (_US_BARE, "US"),
        (_KOREAN_BARE, "KR"),
        (_EUROPEAN_BARE, "EP"),
    ):
        if pattern.fullmatch(text):
            return office, text
    # A row of digits as long as those of China is one that lost or won some on the way.
    if re.fullmatch(r"(?:19|20)\d{8,14}[.-]?[0-9A-Z]?", text):
        return "CN", text
    return "", text


def _validated(country: str, number: str, stage: Stage | None) -> PatentNumber:
    read = european.read(number.removeprefix("EP").lstrip(" -."), stage)
    if country not in others.OFFICES:
        flaw = Flaw("unknown_office", f"{country} is no country's code.", {"office": country})
        return replace(read, flaws=(*read.flaws, flaw))
    return replace(read, country=country)
