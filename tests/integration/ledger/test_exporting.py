"""Books are written so that other programs take them in, and read again from the first entry."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.db import connection, transaction

from platform_core.ledger.exporting import VOUCHER_HEADINGS, export_books
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.verifying import flaws
from platform_site import running
from platform_site.cli.ledger import ledger
from platform_site.database.roles import connect
from platform_site.database.urls import DatabaseUrl
from tests.factories.core import command_line, make_entity, make_organisation
from tests.factories.ledger import book, make_account, make_bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank() -> Account:
    """Books in two currencies with names that trouble programs."""
    entity = make_entity(name_zh='联池"运营"\\公司')
    bank = make_bank(entity)
    member = make_account(entity, make_organisation("＝江汉;显示"))
    yen, owed = make_bank(entity, currency="JPY"), make_account(entity, make_organisation(), currency="JPY")
    book(bank, member, 123_456, memo='"quoted"; | and\nbroken')
    book(yen, owed, 7_000, effective_on=date(2026, 1, 5), memo="@SUM(A1)")
    book(member, bank, 100, effective_on=date(2026, 4, 1), memo="paid out")
    return bank


def written(bank: Account, form: str) -> str:
    text = io.StringIO()
    assert export_books(bank.operating_entity_id, form, text, actor=command_line()) == 3
    return text.getvalue()


def test_beancount_takes_the_books_and_finds_the_same_balances(bank: Account, tmp_path: Path) -> None:
    file = tmp_path / "books.beancount"
    file.write_text(written(bank, "beancount"))

    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(file)], capture_output=True, text=True, timeout=60
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")

    right = "2026-05-01 balance Assets:Royalties:Bank:A0001  1233.56 CNY\n"
    for line, is_right in ((right, True), (right.replace("1233.56", "1232.56"), False)):
        file.write_text(written(bank, "beancount") + line)
        done = subprocess.run([str(Path(sys.executable).with_name("bean-check")), str(file)], capture_output=True)
        assert (done.returncode == 0) is is_right


def test_hledger_reads_one_transaction_a_paragraph(bank: Account) -> None:
    text = written(bank, "hledger")

    assert "commodity 0.00 CNY\ncommodity 0. JPY\n" in text
    entry = Entry.objects.get(number=1)
    assert (
        '2026-03-02 * (1) payment.received | "quoted"； ｜ and broken\n'
        f"    ; key: {entry.key}, hash: {entry.hash}\n"
        "    Assets:Royalties:Bank:A0001  1234.56 CNY\n"
        "    Liabilities:Royalties:Suspense:A0002  -1234.56 CNY\n"
    ) in text


def test_vouchers_are_numbered_by_month_and_harmless_to_spreadsheets(bank: Account) -> None:
    lines = written(bank, "voucher").split("\r\n")

    assert lines[0] == ",".join(VOUCHER_HEADINGS)
    assert lines[1].startswith("2026-01-05,记,1,'@SUM(A1),1002,银行存款-royalties,")
    assert lines[1].endswith(",JPY,7000,,2")
    assert lines[4].split(",")[6:] == ["'＝江汉;显示", "CNY", "", "1234.56", "1"]
    assert [line.split(",")[:3] for line in lines[5:7]] == [["2026-04-01", "记", "1"]] * 2


def test_what_is_booked_on_a_new_account_meanwhile_is_left_to_the_next_time(bank: Account) -> None:
    class Meddled(io.StringIO):
        """A file that is slow enough for somebody else to open an account and book on it."""

        def write(self, text: str, /) -> int:
            if Account.objects.count() == 4:
                book(bank, make_account(bank.operating_entity, make_organisation()), 9)
            return super().write(text)

    for form in ("beancount", "hledger", "voucher"):
        text = Meddled()
        with transaction.atomic():
            assert export_books(bank.operating_entity_id, form, text, actor=command_line()) == 3
            assert Entry.objects.count() == 4
            transaction.set_rollback(True)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The commands work on the database of the tests."""

    class Here:
        def require_up_to_date(self) -> None:
            """The tables of the tests are those of the code."""

    @contextmanager
    def site() -> Iterator[Here]:
        yield Here()

    monkeypatch.setattr(running, "site_with_database", site)
    return lambda *arguments: CliRunner().invoke(ledger, list(arguments))


def test_the_commands_write_books_and_read_them_again(
    bank: Account, run: Callable[..., Result], tmp_path: Path
) -> None:
    entity, file = bank.operating_entity, tmp_path / "vouchers.csv"
    named = ("--alliance", entity.alliance.code, "--entity", entity.code)

    assert "3 entries written" in run("export", *named, "--format", "voucher", "--out", str(file)).output
    assert file.read_bytes().startswith("\ufeff日期".encode())
    verified = run("verify", *named)
    assert (verified.exit_code, verified.output) == (0, "3 entries, all well\n")
    assert run("verify", "--alliance", entity.alliance.code, "--entity", "nobody").exit_code == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_done_to_the_database_itself_is_found(owner_url: DatabaseUrl) -> None:
    entity = make_entity()
    bank, member = make_bank(entity), make_account(entity, make_organisation())
    for amount in (100, 200, 300):
        book(bank, member, amount)
    assert list(flaws(entity.pk, actor=command_line())) == []

    # Whoever owns the tables can switch the rules off, and is found out all the same.
    connection.close()
    with connect(owner_url) as owner:
        names = ("ledger_entry_append_only", "ledger_posting_append_only")
        for name in names:
            owner.execute(f"ALTER TABLE {name.removesuffix('_append_only')} DISABLE TRIGGER {name}")
        owner.execute("UPDATE ledger_posting SET amount_minor = 201 WHERE amount_minor = 200")
        owner.execute("UPDATE ledger_posting SET amount_minor = amount_minor * 2 WHERE amount_minor IN (100, -100)")
        owner.execute("DELETE FROM ledger_posting WHERE amount_minor IN (300, -300)")
        owner.execute("DELETE FROM ledger_entry WHERE number = 3")
        for name in names:
            owner.execute(f"ALTER TABLE {name.removesuffix('_append_only')} ENABLE ALWAYS TRIGGER {name}")

    assert list(flaws(entity.pk, actor=command_line())) == [
        "entry 1 does not say what it said when it was booked",
        "entry 2 does not say what it said when it was booked",
        "entry 2 does not balance: 1 CNY",
    ]
