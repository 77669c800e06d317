"""The kinds of messages there are, and what each says in Chinese and English; other rooms add theirs."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from platform_core.identity.models import Language


@dataclass(frozen=True, slots=True)
class Words:
    """A subject and a text, with names in braces where values go."""

    subject: str
    body: str

    def names(self) -> frozenset[str]:
        """Return the names of the values that are needed."""
        fields = string.Formatter().parse(f"{self.subject}{self.body}")
        return frozenset(name for _, name, _, _ in fields if name is not None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message in both languages."""

    name: str
    zh: Words
    en: Words
    private: bool = False
    """Whether it is nobody else's business that it was sent: no address is kept of it once it was."""

    def words(self, language: Language, values: Mapping[str, str]) -> tuple[str, str]:
        """Return subject and text in a language."""
        words = self.zh if language is Language.CHINESE else self.en
        # A value may be a name somebody chose: it must not begin a header of its own.
        subject = " ".join(words.subject.format_map(values).split())
        end = _END_ZH if language is Language.CHINESE else _END_EN
        return subject, words.body.format_map(values).strip() + end.format_map(values)


_END_ZH: Final = "\n\n联池 {site}\n此信息由系统自动发出，请勿直接回复。\n"
_END_EN: Final = "\n\nLianchi {site}\nThis message was sent automatically; answers to it are not read.\n"

_kinds: dict[str, Kind] = {}


def register_kind(kind: Kind) -> Kind:
    """Make a kind of message known; both languages need the same values."""
    if kind.zh.names() != kind.en.names():
        raise ValueError(f"{kind.name}: the languages need different values")
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"there is a kind of message called {kind.name!r} already")
    return kind


def kind_named(name: str) -> Kind:
    """Return a kind of message by its name; KeyError if there is none."""
    return _kinds[name]


def private_kinds() -> tuple[str, ...]:
    """Return the names of the kinds of which nobody but who gets one is to know."""
    return tuple(sorted(kind.name for kind in _kinds.values() if kind.private))


def kinds() -> tuple[Kind, ...]:
    """Return all kinds of messages."""
    return tuple(_kinds.values())
