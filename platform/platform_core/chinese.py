"""What refusals and stored sentences say, in Chinese: the code says them in English, each room keeps their Chinese.

A room's `chinese.toml` gives for each sentence the Chinese one. Values stand as `{0}`, `{1}` … in the order in which
the English sentence says them, and may change places in Chinese. A value is told as it is; only one written as
`{0:word}` is itself said in Chinese, part by part where it is a list. That keeps names that people gave untouched,
even where they look like words of ours. Under `sentences` stands what a place that refuses says as a whole, under
`framework` what a library says without a Chinese of its own, under `parts` what such values are put together from, and
under `words` single words.
"""

import logging
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.conf import settings
from django.utils.translation import get_language

logger = logging.getLogger(__name__)

FILE: Final = "chinese.toml"

HOLE: Final = re.compile(r"\{(\d+)(:word)?\}")

_LIST: Final = re.compile(r", | or ")
_STOP: Final = re.compile(r"\. ")
_QUOTED: Final = re.compile(r"“([^”]*)”")
_LONGEST: Final = 3000
"""Characters beyond which a text is not looked for, so that nobody has the site search a long one in vain."""
_DEEPEST: Final = 4
"""How deep sentences are looked for within the values of sentences."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with values: what it looks like in English, and how it is said in Chinese."""

    pattern: re.Pattern[str]
    anchor: str
    """Its longest fixed part, which tells quickly that a text is another sentence."""
    fixed: int
    """How much of it is fixed: the more, the surer is a match."""
    chinese: str


class _Index:
    """Sentences by their text, and those with values by their patterns, the surest first."""

    def __init__(self, chinese_of: Mapping[str, str]) -> None:
        self._literal = {english: chinese for english, chinese in chinese_of.items() if not HOLE.search(english)}
        templates = (_compiled(english, chinese) for english, chinese in chinese_of.items() if HOLE.search(english))
        self._templates = sorted(templates, key=lambda template: template.fixed, reverse=True)

    def find(self, text: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the Chinese of a text with the values for its holes; None where no sentence is like it."""
        if (literal := self._literal.get(text)) is not None:
            return literal, ()
        for template in self._templates:
            if template.anchor in text and (match := template.pattern.fullmatch(text)):
                return template.chinese, match.groups()
        return None


class Sentences:
    """Finds the Chinese of an English sentence."""

    def __init__(self, whole: Mapping[str, str], parts: Mapping[str, str], words: Mapping[str, str]) -> None:
        # Parts are short enough to look like the inside of many sentences: they are looked for in values only.
        self._whole = _Index(whole)
        self._within = _Index({**whole, **parts})
        self._words = words

    def chinese(self, text: str) -> str:
        """Say a sentence in Chinese; one that is not known stays as it is."""
        found = (self._find(text) or self._one_by_one(text)) if len(text) <= _LONGEST else None
        if found is None:
            if text.isascii():
                logger.debug("there is no Chinese for: %s", text)
            return text
        return found

    def _find(self, text: str, depth: int = _DEEPEST) -> str | None:
        found = (self._whole if depth == _DEEPEST else self._within).find(text)
        return None if found is None else self._filled(*found, depth)

    def _one_by_one(self, text: str) -> str | None:
        """Say several sentences that were put one after the other; nothing where one of them is not known."""
        for stop in _STOP.finditer(text):
            head, rest = self._find(text[: stop.start() + 1]), text[stop.end() :]
            if head is not None and (tail := self._find(rest) or self._one_by_one(rest)):
                return head + tail
        return None

    def _filled(self, chinese: str, values: tuple[str, ...], depth: int) -> str:
        def value(hole: re.Match[str]) -> str:
            given = values[int(hole[1])]
            return self._word(given, depth) if hole[2] else given

        # One pass, so that a value that looks like a hole is not filled again.
        return HOLE.sub(value, chinese)

    def _word(self, text: str, depth: int) -> str:
        """Say a value that is itself words: one word, a sentence, or a list of words."""
        bare = text.strip()
        if bare in self._words:
            return self._words[bare]
        if depth and len(told := bare.split(". ")) > 1:
            said = [self._find(part, depth - 1) for part in told]
            # A name may hold such a stop as well.
            if None not in said:
                return "。".join(filter(None, said))
        if depth and (found := self._find(bare, depth - 1)) is not None:
            return found
        if depth and len(parts := [part for part in _LIST.split(bare) if part]) > 1:
            return "、".join(self._word(part, depth - 1) for part in parts)
        if quoted := _QUOTED.fullmatch(bare):
            return f"“{self._words.get(quoted[1], quoted[1])}”"
        return text


@cache
def sentences() -> Sentences:
    """Return the sentences of all rooms that the site is made of, read once."""
    return compiled(catalogues(settings.CHINESE_SENTENCES))


def catalogues(rooms: Iterable[str]) -> list[dict[str, Any]]:
    """Read the sentences that each room keeps."""
    return [tomllib.loads((files(room) / FILE).read_text(encoding="utf-8")) for room in rooms]


def compiled(found: Iterable[Mapping[str, Mapping[str, str]]]) -> Sentences:
    """Put the sentences and words of several rooms together."""
    whole: dict[str, str] = {}
    parts: dict[str, str] = {}
    words: dict[str, str] = {}
    for catalogue in found:
        whole |= {**catalogue.get("sentences", {}), **catalogue.get("framework", {})}
        parts |= catalogue.get("parts", {})
        words |= catalogue.get("words", {})
    return Sentences(whole, parts, words)


def in_chinese(text: str) -> str:
    """Say a sentence of a refusal in Chinese; one that is not known stays as it is."""
    return sentences().chinese(text)


def for_reader(text: str) -> str:
    """Say a sentence of ours in the language of whoever is being answered."""
    return in_chinese(text) if get_language() == "zh-hans" else text


def _compiled(english: str, chinese: str) -> Template:
    parts = HOLE.split(english)[::3]
    words = {int(number) for number, word in HOLE.findall(chinese) if word}
    pattern = re.escape(parts[0])
    for number, part in enumerate(parts[1:]):
        # Words of ours may be several ("on or after"), and what follows them is short.
        pattern += ("(.*)" if number in words else "(.*?)") + re.escape(part)
    return Template(re.compile(pattern, re.DOTALL), max(parts, key=len), sum(map(len, parts)), chinese)
