"""Books as text that other programs take in: beancount, hledger, and vouchers (凭证) for accounting programs."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import IO, Final
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import AccountClass, account_kinds
from platform_core.ledger.models import Account, Entry, Posting
from platform_core.ledger.selectors import visible_accounts, visible_entries
from platform_core.money import exponent

_CHUNK: Final = 2_000
_CLASSES: Final = {
    AccountClass.ASSET: "Assets",
    AccountClass.LIABILITY: "Liabilities",
    AccountClass.EQUITY: "Equity",
    AccountClass.INCOME: "Income",
    AccountClass.EXPENSE: "Expenses",
}
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
VOUCHER_HEADINGS: Final = (
    "日期",
    "凭证字",
    "凭证号",
    "摘要",
    "科目编码",
    "科目名称",
    "往来单位",
    "币别",
    "借方金额",
    "贷方金额",
    "流水号",
)


@dataclass(frozen=True, slots=True)
class _Books:
    """What is written: accounts, what each is called there, and entries, one after the other."""

    entity: OperatingEntity
    accounts: Mapping[UUID, Account]
    names: Mapping[UUID, str]
    entries: Iterator[Entry]


def export_books(operating_entity_id: UUID, form: str, out: IO[str], *, actor: Actor) -> int:
    """Write the books of an operating entity in a form of `FORMS`, as far as one may see them; return how many entries.

    Entries stand in the order of the days from which they count.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    entries = visible_entries(actor=actor).filter(operating_entity=entity)
    # What is booked meanwhile, perhaps on an account that is not listed yet, is left to the next time.
    last = entries.order_by("-number").values_list("number", flat=True).first() or 0
    accounts = visible_accounts(actor=actor).filter(operating_entity=entity).order_by("opened_at", "id")
    # Numbered in the order in which they were opened, so that a name stays what it is when others are added.
    names = {account.pk: _name(account, number) for number, account in enumerate(accounts, start=1)}
    rows = entries.filter(number__lte=last).order_by("effective_on", "number").prefetch_related("postings")
    counter = count()
    books = _Books(
        entity=entity,
        accounts={account.pk: account for account in accounts},
        names=names,
        entries=(entry for entry, _number in zip(rows.iterator(_CHUNK), counter, strict=False)),
    )
    FORMS[form](books, out)
    return next(counter)


def _name(account: Account, number: int) -> str:
    side = account_kinds()[account.kind].side
    purpose = "".join(part.capitalize() for part in account.purpose.split("_"))
    kind = "-".join(part.capitalize() for part in account.kind.split("_"))
    return f"{_CLASSES[side]}:{purpose}:{kind}:A{number:04}"


def _major(amount: int, currency: str) -> str:
    digits = exponent(currency)
    whole = str(abs(amount)).rjust(digits + 1, "0")
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}" if digits == 0 else f"{sign}{whole[:-digits]}.{whole[-digits:]}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _lines(entry: Entry) -> list[Posting]:
    return sorted(entry.postings.all(), key=lambda row: row.place)


def _opened_on(account: Account, first: Mapping[UUID, date]) -> date:
    return min(account.opened_at.date(), first.get(account.pk, date.max))


def _first_days(accounts: Mapping[UUID, Account]) -> dict[UUID, date]:
    """Return the first day on which anything counts on each account: entries may take effect before it was opened."""
    rows = (
        Posting.objects.filter(account__in=accounts)
        .order_by("account", "effective_on")
        .distinct("account")
        .values_list("account", "effective_on")
    )
    return dict(rows)


def _beancount(books: _Books, out: IO[str]) -> None:
    def said(text: str) -> str:
        return _one_line(text).replace("\\", "\\\\").replace('"', '\\"')

    out.write(f'option "title" "{said(str(books.entity))}"\n')
    for currency in sorted({account.currency for account in books.accounts.values()}):
        out.write(f'option "operating_currency" "{currency}"\n')
    out.write("\n")
    first = _first_days(books.accounts)
    for pk, account in books.accounts.items():
        out.write(f"{_opened_on(account, first)} open {books.names[pk]} {account.currency}\n")
        out.write(f'  holder: "{said(str(account.holder))}"\n')
    for entry in books.entries:
        out.write(f'\n{entry.effective_on} * "{said(entry.name)}" "{said(entry.memo)}"\n')
        out.write(f'  number: "{entry.number}"\n  key: "{entry.key}"\n  hash: "{entry.hash}"\n')
        for row in _lines(entry):
            currency = books.accounts[row.account_id].currency
            out.write(f"  {books.names[row.account_id]}  {_major(row.amount_minor, currency)} {currency}\n")


def _hledger(books: _Books, out: IO[str]) -> None:
    def said(text: str) -> str:
        # Two things end a description: the mark of a comment, and that between payee and note.
        return _one_line(text).replace(";", "；").replace("|", "｜")

    out.write(f"; {said(str(books.entity))}\n\n")
    for currency in sorted({account.currency for account in books.accounts.values()}):
        out.write(
            f"commodity {_major(0, currency)} {currency}\n" if exponent(currency) else f"commodity 0. {currency}\n"
        )
    out.write("\n")
    for pk, account in books.accounts.items():
        out.write(f"account {books.names[pk]}  ; holder: {said(str(account.holder))}\n")
    for entry in books.entries:
        out.write(f"\n{entry.effective_on} * ({entry.number}) {said(entry.name)} | {said(entry.memo)}\n")
        out.write(f"    ; key: {entry.key}, hash: {entry.hash}\n")
        for row in _lines(entry):
            currency = books.accounts[row.account_id].currency
            out.write(f"    {books.names[row.account_id]}  {_major(row.amount_minor, currency)} {currency}\n")


def _vouchers(books: _Books, out: IO[str]) -> None:
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(VOUCHER_HEADINGS)
    kinds = account_kinds()
    month, number = "", 0
    for entry in books.entries:
        # Vouchers are numbered anew each month.
        here = f"{entry.effective_on:%Y-%m}"
        month, number = here, 1 if here != month else number + 1
        for row in _lines(entry):
            account = books.accounts[row.account_id]
            kind = kinds[account.kind]
            amount = _major(abs(row.amount_minor), account.currency)
            is_debit = row.amount_minor > 0
            writer.writerow(
                [
                    entry.effective_on.isoformat(),
                    "记",
                    number,
                    _harmless(_one_line(entry.memo or entry.name)),
                    kind.voucher_code,
                    f"{kind.zh}-{Purpose(account.purpose).value}",
                    _harmless(str(account.holder)),
                    account.currency,
                    amount if is_debit else "",
                    "" if is_debit else amount,
                    entry.number,
                ]
            )


def _harmless(text: str) -> str:
    """Have a spreadsheet take a cell for text, whatever it begins with."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


Writer = Callable[[OperatingEntity, Mapping[UUID, Account], Mapping[UUID, str], Iterator[Entry], IO[str]], int]
FORMS: Final[Mapping[str, Callable[[_Books, IO[str]], None]]] = {
    "beancount": _beancount,
    "hledger": _hledger,
    "voucher": _vouchers,
}
