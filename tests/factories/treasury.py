"""Bank accounts, and statements as banks write them."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose
from platform_core.treasury.models import BankAccount, PayeeAccount, Payout, PayoutFile, StatementLine
from platform_core.treasury.services import open_bank_account, take_statement
from platform_core.treasury.services.statements import Taken
from tests.factories.core import NOON, command_line, make_user
from tests.factories.ledger import book, make_account

if TYPE_CHECKING:
    from tests.factories.world import World

MAPPING: dict[str, Any] = {
    "day": ["日期"],
    "amount": ["金额"],
    "balance": ["余额"],
    "counterparty_name": ["对方户名"],
    "counterparty_account": ["对方账号"],
    "text": ["摘要"],
    "serial": ["流水号"],
}
HEADINGS = "日期,金额,余额,对方户名,对方账号,摘要,流水号"

_numbers = count(1)

Told = tuple[str, int, int | None, str]
"""A day of October 2026, an amount and the balance after it in whole yuan, and a serial number."""


def make_bank_account(entity: OperatingEntity, purpose: Purpose = Purpose.ROYALTIES, **said: Any) -> BankAccount:
    values: dict[str, Any] = {
        "currency": "CNY",
        "bank_name": "工商银行",
        "number": f"420012345678{next(_numbers):06}",
        "in_use_from": date(2020, 1, 1),
        "mapping": MAPPING,
        **said,
    }
    return open_bank_account(actor=command_line(), operating_entity_id=entity.pk, purpose=purpose, **values)


def statement_text(lines: Sequence[Told]) -> str:
    """A statement of some lines, oldest first."""
    rows = [
        f"2026-10-{day},{amount},{'' if balance is None else balance},付款人{serial},6222{serial},货款{serial},{serial}"
        for day, amount, balance, serial in lines
    ]
    return "\n".join([HEADINGS, *rows, ""])


def take(account: BankAccount, text: str, *, actor: Actor | None = None, encoding: str = "utf-8") -> Taken:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "statement.csv"
        path.write_bytes(text.encode(encoding))
        return take_statement(
            actor=actor or command_line(), account_id=account.pk, path=path, file_name="statement.csv"
        )


def take_lines(account: BankAccount, *lines: Told, actor: Actor | None = None) -> Taken:
    return take(account, statement_text(lines), actor=actor)


def make_line(account: BankAccount, amount: int = 100, serial: str = "") -> StatementLine:
    """One line that is on record, of a statement of its own."""
    serial = serial or f"S{next(_numbers)}"
    taken = take_lines(account, ("08", amount, None, serial))
    return StatementLine.objects.get(statement=taken.statement)


def make_payee_account(organisation: Organisation, **columns: Any) -> PayeeAccount:
    """An account that somebody entered, and nobody confirmed yet, if nothing else is said."""
    return PayeeAccount.objects.create(
        **{
            "organisation": organisation,
            "currency": "CNY",
            "account_name": "收款人",
            "bank_name": "建设银行",
            "number": f"6217000000{next(_numbers):06}",
            "entered_at": NOON,
            "entered_by": make_user(),
            **columns,
        }
    )


def payee_in_force(organisation: Organisation, **columns: Any) -> PayeeAccount:
    """An account that payments go to."""
    days = NOON - timedelta(days=9)
    return make_payee_account(
        organisation,
        **{
            "state": "confirmed",
            "entered_at": days,
            "confirmed_at": days,
            "confirmed_by": make_user(),
            "in_force_at": days + timedelta(days=3),
            **columns,
        },
    )


def make_payout(bank: BankAccount, payee: Organisation, amount: int = 100, **columns: Any) -> Payout:
    """A draft, if nothing else is said; what is owed is in the books."""
    owed = make_account(bank.operating_entity, payee, purpose=bank.purpose, label=f"owed {next(_numbers)}")
    book(bank.ledger_account, owed, amount)
    return Payout.objects.create(
        **{
            "operating_entity": bank.operating_entity,
            "purpose": bank.purpose,
            "bank_account": bank,
            "payee": payee,
            "owed_account": owed,
            "amount_minor": amount,
            "due_on": date(2026, 4, 1),
            "subject_type": "ledger.account",
            "subject_id": owed.pk,
            "drafted_at": NOON,
            **columns,
        }
    )


def make_payout_file(
    bank: BankAccount, payee: Organisation, *, payee_account: PayeeAccount | None = None, **columns: Any
) -> PayoutFile:
    """A file with one payment, which nobody took yet; to an account of the payee's that was withdrawn since."""
    payee_account = payee_account or make_payee_account(
        payee, state="withdrawn", withdrawn_at=NOON, withdrawn_by=make_user(), reason="old"
    )
    released: dict[str, Any] = {
        "first_released_by": make_user(),
        "released_by": make_user(),
        "payee_account": payee_account,
    }
    last = bank.payout_files.order_by("-number").first()
    file = PayoutFile.objects.create(
        bank_account=bank,
        number=last.number + 1 if last else 1,
        payouts_count=1,
        total_minor=100,
        content_sha256="0" * 64,
        made_at=NOON,
        **columns,
    )
    make_payout(bank, payee, state="in_file", file=file, **released)
    return file


def populate(world: "World") -> None:
    """A bank account for royalties and one for deposits of every entity, with lines."""
    for entity in world.entities:
        for purpose in (Purpose.ROYALTIES, Purpose.CUSTODY_DEPOSITS):
            account = make_bank_account(entity, purpose)
            take_lines(account, ("08", 100, 100, "A1"), ("09", 50, 150, "A2"))
            make_payout(account, world.organisations[0])
            make_payout_file(account, world.organisations[1])
    for organisation in world.organisations:
        make_payee_account(organisation)
