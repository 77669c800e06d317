"""What makes a line of a bank statement the same as another one, and whether balances follow. Pure: no database."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLine:
    """A line as a bank tells it: above zero is money that came in, in minor units."""

    line: int
    """Where it stands in its file, counted from 1."""
    booked_on: date
    amount_minor: int
    balance_minor: int | None = None
    """What the account came to after it, where the bank says so."""
    counterparty_name: str = ""
    counterparty_account: str = ""
    text: str = ""
    serial: str = ""
    """The bank's own number of it (流水号)."""


def fingerprint(line: BankLine) -> str:
    """Return what tells a line from all others of its account, but for true repetitions, whatever file it comes in.

    Banks give a payment and its fee one serial number, so that the amount counts beside it.
    """
    known = [line.booked_on.isoformat(), str(line.amount_minor)]
    if line.serial:
        told = ["serial", line.serial, *known]
    else:
        balance = "" if line.balance_minor is None else str(line.balance_minor)
        told = ["line", *known, balance, line.counterparty_name, line.counterparty_account, line.text]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


def occurrences(lines: Sequence[BankLine]) -> list[tuple[str, int]]:
    """Return the fingerprint of each line with how many like it have come by then, itself included."""
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        mark = fingerprint(line)
        seen[mark] += 1
        found.append((mark, seen[mark]))
    return found


def oldest_first(lines: Sequence[BankLine]) -> list[BankLine]:
    """Return lines in the order in which they happened: files begin with the oldest or with the latest one."""
    days = [line.booked_on for line in lines]
    rises = all(one <= other for one, other in pairwise(days))
    falls = all(one >= other for one, other in pairwise(days))
    if falls and not (rises and not breaks(lines)) and (not rises or not breaks(lines[::-1])):
        return list(reversed(lines))
    if rises:
        return list(lines)
    return sorted(lines, key=lambda line: line.booked_on)


def breaks(lines: Iterable[BankLine]) -> list[BankLine]:
    """Return the lines whose balance does not follow from the one before, as far as the bank tells balances."""
    return [
        line
        for before, line in pairwise(lines)
        if before.balance_minor is not None
        and line.balance_minor is not None
        and before.balance_minor + line.amount_minor != line.balance_minor
    ]


def opening_of(lines: Sequence[BankLine]) -> int | None:
    """Return what the account came to before the first line, where the bank tells."""
    if not lines or lines[0].balance_minor is None:
        return None
    return lines[0].balance_minor - lines[0].amount_minor


def closing_of(lines: Sequence[BankLine]) -> int | None:
    """Return what the account came to after the last line, where the bank tells."""
    return lines[-1].balance_minor if lines else None


def places_in_days(lines: Sequence[BankLine], known: Mapping[tuple[str, int], int]) -> list[int]:
    """Return for each line which of its day it is; one that is on record stays where it stands.

    `known` has the place of each that is on record, by its mark.
    """
    last: dict[date, int] = {}
    found = []
    for line, mark in zip(lines, occurrences(lines), strict=True):
        place = known.get(mark)
        if place is None:
            place = last.get(line.booked_on, 0) + 1
        last[line.booked_on] = max(place, last.get(line.booked_on, 0))
        found.append(place)
    return found


_PLAIN: Final = re.compile(r"[^=+\-@\t\r＝＋－＠﹦﹢﹣﹫][^\x00-\x1f\x7f-\x9f\u2028\u2029]*")


def is_plain(text: str) -> bool:
    """Say whether no spreadsheet takes a text for a formula, and no bank for several lines: files have it as it is.

    Spreadsheets in Chinese read full-width signs as signs.
    """
    return _PLAIN.fullmatch(text) is not None


PAYMENT_HEADINGS = ("序号", "收款人户名", "收款人账号", "收款人开户行", "币种", "金额", "附言")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment as a bank's file has it."""

    account_name: str
    number: str
    bank: str
    currency: str
    amount: str
    """In whole units with the currency's decimals, as `1234.50`."""
    text: str


def payment_file(payments: Sequence[Payment]) -> bytes:
    """Return a file of payments that is the same for the same payments, byte for byte."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(PAYMENT_HEADINGS)
    for place, payment in enumerate(payments, start=1):
        row = (payment.account_name, payment.number, payment.bank, payment.currency, payment.amount, payment.text)
        writer.writerow([place, *row])
    # With its mark, so that spreadsheets and banks' programs read the Chinese as what it is.
    return out.getvalue().encode("utf-8-sig")
