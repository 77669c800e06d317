"""Letters of the demonstration: a page in two languages, sealed where a letter would be, and kept as PDF."""

from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

from platform_core.documents.services import NewFile
from platform_core.typesetting import typeset
from platform_site.demo.names import Firm

TEMPLATE: Final = Path(__file__).with_name("letter.typ")

_MONTHS: Final = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: whose it is, what it says in Chinese and English, who signed it when, and whether under a seal.

    `number` is the sender's own; `official` letters of the alliance have a red head, `scanned` ones look it.
    """

    name: str
    sender: Firm
    title_zh: str
    title_en: str
    text_zh: tuple[str, ...]
    text_en: tuple[str, ...]
    dated_on: date
    signed: tuple[str, ...] = ()
    number: str = ""
    to_zh: str = ""
    to_en: str = ""
    sealed: bool = True
    official: bool = False
    scanned: bool = False

    @property
    def title(self) -> str:
        """Return what the paper is, as it stands in lists."""
        return f"{self.title_zh} {self.title_en}"

    def file(self) -> NewFile:
        """Return the letter as the file that was sent in."""
        return NewFile(f"{self.name}.pdf", BytesIO(letter_pdf(self)))


def letter_pdf(letter: Letter) -> bytes:
    """Set a letter as PDF; equal letters are equal to the byte."""
    written = asdict(letter)
    del written["sender"], written["dated_on"]
    written["sender_zh"], written["sender_en"] = letter.sender.name_zh, letter.sender.name_en
    written["dated"] = _dated(letter.dated_on)
    written["seal"] = letter.sender.name_zh if letter.sealed else ""
    return typeset(TEMPLATE, "letter", written)


def in_chinese(day: date) -> str:
    """Write a day as in a Chinese letter."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_english(day: date) -> str:
    """Write a day as in an English letter."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _dated(day: date) -> str:
    return f"{in_chinese(day)}　{in_english(day)}"
