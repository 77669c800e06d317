"""Saying values of terms in English and Chinese at once: exactly, so that two different values never read the same."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal, NamedTuple

from licensing.engine.model import Month, month_text

Area = Literal["programme", "rates", "waivers", "caps", "minimums", "allocation"]
Kind = Literal["added", "removed", "moved", "changed"]


class Said(NamedTuple):
    """The same in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two versions of terms differ: where, how, whose (the id of a rate or limit), in words."""

    area: Area
    kind: Kind
    subject: str
    said: Said


def say(en: str, zh: str, **values: Said | str) -> Said:
    """Fill values into a sentence, each in the language of its sentence."""
    return Said(
        en.format(**{name: value.en if isinstance(value, Said) else value for name, value in values.items()}),
        zh.format(**{name: value.zh if isinstance(value, Said) else value for name, value in values.items()}),
    )


def same(text: str) -> Said:
    """Say what reads alike in both languages."""
    return Said(text, text)


def listed(parts: list[Said], *, en: str = "; ", zh: str = "；") -> Said:
    """Say things one after the other."""
    return Said(en.join(part.en for part in parts), zh.join(part.zh for part in parts))


def turned(before: Said, after: Said) -> Said:
    """Say what was, and what it is now."""
    return say("{before} → {after}", "{before} → {after}", before=before, after=after)


def quoted(text: str) -> Said:
    """Say a name in the quotation marks of both languages."""
    return same(f"“{text}”")


def number(value: Fraction | int) -> str:
    """Write a decimal exactly, with groups of three before the point: 5,000,000.125."""
    exact = Fraction(value)
    whole, rest = divmod(abs(exact), 1)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, 1)
        digits += str(digit)
    return f"{'-' if exact < 0 else ''}{int(whole):,}{'.' if digits else ''}{digits}"


def money(value: Fraction, currency: str) -> Said:
    """Say an amount in major units of its currency."""
    return same(f"{number(value)} {currency}")


def percent(value: Fraction) -> Said:
    """Say a percentage."""
    return same(f"{number(value)} %")


def maybe_percent(value: Fraction | None) -> Said:
    """Say a percentage, or that there is none."""
    return NONE if value is None else percent(value)


def names(values: Set[str] | None) -> Said:
    """Say which names are meant, in their order; nothing given means all, an empty list nobody."""
    if values is None:
        return ALL
    return listed([quoted(value) for value in sorted(values)], en=", ", zh="、") if values else NONE


def options(values: Set[str] | None) -> Said:
    """Say which options are meant; the blank one is having chosen none."""
    if values is None:
        return ALL
    parts = [quoted(value) if value else Said("no option", "未选择") for value in sorted(values)]
    return listed(parts, en=", ", zh="、") if parts else NONE


def weights(values: Mapping[str, Fraction]) -> Said:
    """Say what each name weighs, in the order of names."""
    parts = [same(f"“{name}” × {number(weight)}") for name, weight in sorted(values.items())]
    return listed(parts, en=", ", zh="、") if parts else NONE


def month(value: Month | None) -> Said:
    """Say a month, or that there is no bound."""
    return OPEN if value is None else same(month_text(value))


def day(value: date | None) -> Said:
    """Say a day, or that there is no bound."""
    return OPEN if value is None else same(value.isoformat())


def yes(value: bool) -> Said:
    """Say yes or no."""
    return Said("yes", "是") if value else Said("no", "否")


ALL: Final = Said("all", "全部")
NONE: Final = Said("none", "无")
OPEN: Final = Said("open", "不限")
