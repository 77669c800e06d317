"""Words of patents as they are indexed and asked for; pure.

Chinese, Japanese and Korean do not part their words: each two letters that stand together are indexed with their place,
so that a word is found inside longer text, and only where its letters stand in that order. Other words are indexed
whole and found by how they begin.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

TITLE: Final = "A"
TEXT: Final = "B"
PEOPLE: Final = "C"
CLASSES: Final = "D"
"""What a word is of; the database keeps it with each place."""

_TOKENS: Final = re.compile(
    r"(?P<letters>[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+)|(?P<word>[^\W_]+)"
)
_CLASS: Final = re.compile(r"[A-H][0-9]{2}[A-Z](?:\s*[0-9]{1,4}(?:/[0-9]{1,6})?)?", re.IGNORECASE)
_SUBCLASS: Final = 4
"""Letters of a subclass such as G06F."""
_LONGEST_WORD: Final = 60
_LAST_PLACE: Final = 16_383
"""The database knows no later places."""
_MOST_WORDS: Final = 20
"""Words of one question; more would only narrow it to nothing."""


def vector(parts: Iterable[tuple[str, str]]) -> str:
    """Return the words of parts, each given with what it is of, as the database's `tsvector` is written."""
    places: dict[str, list[str]] = {}
    place = 1
    for weight, text in parts:
        tokens = _class_tokens(text) if weight == CLASSES else _tokens(text)
        for at, token in enumerate(tokens, start=place):
            places.setdefault(token, []).append(f"{min(at, _LAST_PLACE)}{weight}")
        # So that no word reaches from one part into the next.
        place += len(tokens) + 1
    return " ".join([f"'{token}':{','.join(found)}" for token, found in places.items()])


def query(text: str, weights: str = "") -> str:
    """Return what a text asks for as the database's `tsquery` is written: every word of it; blank: it has none.

    `weights` says of what the words are to be, as `"AB"`; blank: of anything.
    """
    words = []
    for found in _TOKENS.finditer(_plain(text)):
        letters = found["letters"]
        if letters and len(letters) > 1:
            pairs = (letters[at : at + 2] for at in range(len(letters) - 1))
            words.append(" <-> ".join(_term(pair, weights) for pair in pairs))
        else:
            # A single letter is found as the beginning of two, or standing last.
            words.append(_term(letters or found["word"][:_LONGEST_WORD], f"*{weights}"))
    return " & ".join(f"({word})" for word in words[:_MOST_WORDS])


def class_query(text: str) -> str:
    """Return what asks for a class and all below it, as `G06F 17` or `H04N`; blank: the text is no class."""
    symbol = _symbol(text)
    if not _CLASS.fullmatch(symbol):
        return ""
    if len(symbol) == _SUBCLASS or "/" in symbol:
        return _term(symbol, f"*{CLASSES}")
    # Group 1 is not group 17.
    return f"({_term(symbol, CLASSES)} | {_term(f'{symbol}/', f'*{CLASSES}')})"


def _term(token: str, flags: str) -> str:
    return f"'{token}':{flags}" if flags else f"'{token}'"


def _tokens(text: str) -> list[str]:
    """Return what is indexed of a text, in its order: each two letters and the last one, or a word."""
    tokens: list[str] = []
    for found in _TOKENS.finditer(_plain(text)):
        letters = found["letters"]
        if letters:
            tokens += map("".join, itertools.pairwise(letters))
            tokens.append(letters[-1])
        else:
            tokens.append(found["word"][:_LONGEST_WORD])
    return tokens


def _class_tokens(text: str) -> list[str]:
    symbol = _symbol(text)
    return [symbol] if _CLASS.fullmatch(symbol) else []


def _symbol(text: str) -> str:
    return re.sub(r"\s", "", text).lower()


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()
