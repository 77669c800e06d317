"""What a line of a bank statement pays, by what stands on it. Pure: no database, no clock."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from licensing.billing.calculation import references_in

MOST_PROPOSED: Final = 10
_MARKS: Final = re.compile(r"[\s\-_.,，。、()（）/:：·]+")


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a line says: money in minor units, and whatever the payer and the bank wrote."""

    line_id: UUID
    amount_minor: int
    text: str
    name: str
    account: str


@dataclass(frozen=True, slots=True)
class Open:
    """An invoice of which something is open, and by what its licensee, or one that belongs to it, is known."""

    invoice_id: UUID
    number: str
    reference: str
    open_minor: int
    licensee_id: UUID
    names: frozenset[str]
    accounts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """An invoice that a line may pay, and by what it was recognised."""

    invoice: Open
    reasons: tuple[str, ...]


def plain_name(name: str) -> str:
    """Return a name as it is compared: without what banks and people write in different ways."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def plain_account(number: str) -> str:
    """Return the number of a bank account as it is compared."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", number)).upper()


def _stands_in(number: str, text: str) -> bool:
    """Say whether a number stands in a text as itself: neither longer, as 100000 has 10000, nor behind more letters."""
    parts = _MARKS.pattern.removesuffix("+") + "*"
    spelled = parts.join(map(re.escape, number))
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.search(rf"(?<![0-9a-z]){spelled}(?![0-9])", plain) is not None


class Recogniser:
    """Knows the open invoices of one operating entity and currency, however many lines it is asked about."""

    def __init__(
        self,
        invoices: Collection[Open],
        *,
        payers: Mapping[UUID, tuple[Collection[str], Collection[str]]] | None = None,
    ) -> None:
        """Know invoices, and by licensee the names and accounts of all who pay, or belong to one who does."""
        self._by_reference = {invoice.reference: invoice for invoice in invoices}
        self._by_number = {plain_name(invoice.number): invoice for invoice in invoices}
        self._by_amount: dict[int, list[Open]] = {}
        self._by_name: dict[str, list[Open]] = {}
        self._by_account: dict[str, list[Open]] = {}
        for invoice in invoices:
            self._by_amount.setdefault(invoice.open_minor, []).append(invoice)
            for name in invoice.names:
                self._by_name.setdefault(plain_name(name), []).append(invoice)
            for account in invoice.accounts:
                self._by_account.setdefault(plain_account(account), []).append(invoice)
        self._payers: dict[str, set[UUID]] = {}
        for licensee_id, (names, accounts) in (payers or {}).items():
            for mark in (*map(plain_name, names), *map(plain_account, accounts)):
                self._payers.setdefault(mark, set()).add(licensee_id)
        self._numbers = re.compile("|".join(sorted(map(re.escape, self._by_number), reverse=True)) or r"(?!)")

    def proposals(self, arrived: Arrived) -> list[Recognised]:
        """Return the invoices a line may pay, those recognised by most first; the amount alone is one reason."""
        reasons: dict[UUID, dict[str, None]] = {}
        found: dict[UUID, Open] = {}

        def note(invoices: Sequence[Open], reason: str) -> None:
            for invoice in invoices:
                found[invoice.invoice_id] = invoice
                reasons.setdefault(invoice.invoice_id, {})[reason] = None

        note(self.named(arrived), "reference")
        note(self._by_account.get(plain_account(arrived.account), []) if arrived.account else [], "account")
        note(self._by_name.get(plain_name(arrived.name), []) if arrived.name else [], "name")
        note(self._by_amount.get(arrived.amount_minor, []), "amount")
        ranked = sorted(found.values(), key=lambda each: (-len(reasons[each.invoice_id]), each.number))
        return [Recognised(invoice, tuple(reasons[invoice.invoice_id])) for invoice in ranked[:MOST_PROPOSED]]

    def named(self, arrived: Arrived) -> list[Open]:
        """Return the invoices that the text of a line names, by payment reference or by number."""
        by_reference = [self._by_reference[code] for code in references_in(arrived.text) if code in self._by_reference]
        found = dict.fromkeys(self._numbers.findall(plain_name(arrived.text)))
        by_number = [self._by_number[number] for number in found if _stands_in(number, arrived.text)]
        return list(dict.fromkeys([*by_reference, *by_number]))

    def payers(self, arrived: Arrived) -> set[UUID]:
        """Return the licensees that are known by the name or the account of the other side, or to which it belongs."""
        marks = (plain_account(arrived.account), plain_name(arrived.name))
        return set().union(*(self._payers.get(mark, set()) for mark in marks if mark))

    def certain(self, arrived: Arrived) -> Mapping[UUID, int] | None:
        """Return what a line pays of each invoice where there is no doubt: it names them, and pays them to the cent.

        All of them are one licensee's, and nobody else is known to have paid. None where anybody has to look.
        """
        named = self.named(arrived)
        licensees = {invoice.licensee_id for invoice in named}
        if len(licensees) != 1:
            return None
        payers = self.payers(arrived)
        if payers and not payers & licensees:
            return None
        if sum(invoice.open_minor for invoice in named) != arrived.amount_minor:
            return None
        return {invoice.invoice_id: invoice.open_minor for invoice in named}
