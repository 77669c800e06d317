"""What an invoice comes to, and what each payment of it means. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from platform_core.money import apportion, round_half_away


class Rounded(StrEnum):
    """Which of two figures that make up a third is rounded; the other is the difference."""

    TAX = "tax"
    NET = "net"


class Bearer(StrEnum):
    """Who bears a tax that the licensee withholds."""

    LICENSOR = "licensor"
    """The licensee pays so much less, and proves it by a certificate."""
    LICENSEE = "licensee"
    """The price is raised so that what is due is paid in full."""


@dataclass(frozen=True, slots=True)
class Vat:
    """A value added tax: its percentage, whether prices hold it already, and which figure is rounded."""

    percent: Fraction
    included: bool
    rounded: Rounded


@dataclass(frozen=True, slots=True)
class Withholding:
    """A tax that the licensee takes off and pays to its own tax office."""

    percent: Fraction
    bearer: Bearer


@dataclass(frozen=True, slots=True)
class Amounts:
    """What an invoice comes to, in minor units; all of one sign."""

    net_minor: int
    """Before value added tax: royalty of the pool."""
    tax_minor: int
    """The value added tax."""
    withheld_minor: int
    """What the licensee takes off and proves; it is part of the gross amount."""

    @property
    def gross_minor(self) -> int:
        """What the licensee owes, be it paid or proven as withheld."""
        return self.net_minor + self.tax_minor

    @property
    def payable_minor(self) -> int:
        """What is to arrive."""
        return self.gross_minor - self.withheld_minor


def amounts_of(priced_minor: int, *, vat: Vat | None, withholding: Withholding | None) -> Amounts:
    """Return what an invoice comes to for what the close says is due, in minor units; below zero for a credit note.

    Where prices include the tax, the due amount holds it and one figure is rounded, the other the difference. Where
    the licensee bears a withheld tax, the price is raised first. A credit note is its invoice with the sign turned.
    """
    if priced_minor < 0:
        turned = amounts_of(-priced_minor, vat=vat, withholding=withholding)
        return Amounts(-turned.net_minor, -turned.tax_minor, -turned.withheld_minor)
    if withholding is not None and withholding.bearer is Bearer.LICENSEE:
        rate = withholding.percent / 100
        priced_minor += round_half_away(priced_minor * rate / (1 - rate))
    if vat is None:
        net, tax = priced_minor, 0
    elif not vat.included:
        net, tax = priced_minor, round_half_away(priced_minor * vat.percent / 100)
    elif vat.rounded is Rounded.NET:
        net = round_half_away(priced_minor / (1 + vat.percent / 100))
        tax = priced_minor - net
    else:
        tax = round_half_away(priced_minor * vat.percent / (100 + vat.percent))
        net = priced_minor - tax
    withheld = 0 if withholding is None else round_half_away(net * withholding.percent / 100)
    return Amounts(net, tax, withheld)


def lines_of(royalty_minor: int, credit_minor: int, parts: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the lines of an invoice, (product, minor units): the royalty by product, and what is credited.

    `parts` are the billed micros of each product in the order of products. The lines add up to what is due.
    """
    told = [(product, micros) for product, micros in parts if micros]
    if not told:
        lines = [("", royalty_minor)] if royalty_minor else []
    else:
        shares = apportion(royalty_minor, [micros for _, micros in told])
        lines = [(product, share) for (product, _), share in zip(told, shares, strict=True)]
    return [*lines, *([(CREDIT, -credit_minor)] if credit_minor else [])]


CREDIT: Final = "~credit"
"""The line of what is credited for licences that the licensee holds from members already."""
CORRECTION: Final = "~correction"
"""The line of what a correction of a closed period adds or takes off."""


CARRIED: Final = "~carried"
"""The line of what is open of an invoice that was issued elsewhere."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How an invoice was settled so far, in minor units, by what kind of settlement."""

    cash_minor: int = 0
    """Money that arrived, or stands for it: a credit that was paid for before."""
    withheld_minor: int = 0
    """Proven by certificates of tax withheld."""
    given_up_minor: int = 0
    """Written off, and charges of banks on the way."""

    @property
    def total_minor(self) -> int:
        """All of it."""
        return self.cash_minor + self.withheld_minor + self.given_up_minor


@dataclass(frozen=True, slots=True)
class Meaning:
    """What settlements so far mean for the pool and the operating entity, in minor units."""

    collected_minor: int
    """Royalty that arrived, to be distributed."""
    lost_minor: int
    """Royalty that will not arrive: withheld, written off, kept by banks."""
    expense_minor: int
    """Tax on what was given up, which the operating entity owes all the same."""


def meaning_of(amounts: Amounts, settled: Settled) -> Meaning:
    """Return what settlements of an invoice mean; for one that is settled whole, its net amount is told in full.

    Value added tax is part of what is paid or given up, never of what is withheld: of each payment, that part of it
    which the tax has in what is to be paid or given up in all. It is worked out from all settlements each time, so that
    no rounding adds up.
    """
    base = amounts.gross_minor - settled.withheld_minor
    if base == 0 or amounts.tax_minor == 0:
        of_cash = of_all = 0
    else:
        of_cash = round_half_away(Fraction(amounts.tax_minor * settled.cash_minor, base))
        both = settled.cash_minor + settled.given_up_minor
        of_all = round_half_away(Fraction(amounts.tax_minor * both, base))
    return Meaning(
        collected_minor=settled.cash_minor - of_cash,
        lost_minor=settled.withheld_minor + settled.given_up_minor - (of_all - of_cash),
        expense_minor=of_all - of_cash,
    )


_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Digits and letters that are not taken for each other, 32 of them."""
REFERENCE_LENGTH: Final = 10


def reference_code(bits: int) -> str:
    """Return a payment reference for a random number: eight characters, and two that catch slips of the pen."""
    body = "".join(_LETTERS[(bits >> 5 * place) & 31] for place in range(REFERENCE_LENGTH - 2))
    return body + _check_of(body)


def is_reference(text: str) -> bool:
    """Say whether a text is a payment reference with the right check characters."""
    return (
        len(text) == REFERENCE_LENGTH
        and all(letter in _LETTERS for letter in text)
        and text[-2:] == _check_of(text[:-2])
    )


def references_in(text: str) -> list[str]:
    """Return the payment references in what somebody wrote on a transfer, whatever separates their characters."""
    plain = "".join(letter for letter in text.upper() if letter.isascii() and letter.isalnum())
    found = (plain[start : start + REFERENCE_LENGTH] for start in range(len(plain) - REFERENCE_LENGTH + 1))
    return list(dict.fromkeys(code for code in found if is_reference(code)))


def _check_of(body: str) -> str:
    # Weights 1, 2, 3, … modulo a prime above 32 · 31 catch every wrong character and every swap of neighbours.
    total = sum(place * (_LETTERS.index(letter) + 1) for place, letter in enumerate(body, start=1)) % 1021
    return _LETTERS[total // 32] + _LETTERS[total % 32]


def number_text(series: str, year: int, number: int) -> str:
    """Return an invoice's number as it is written: the series, the year and the place in it."""
    return f"{series}{year}-{number:05d}"
