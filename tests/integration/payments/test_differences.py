"""Why bank, papers and books differ is told by figures that come to the difference, or told as unexplained."""

from datetime import date

import pytest

from licensing.billing.lifecycle import SettlementKind
from licensing.billing.models import Invoice
from licensing.billing.services import NewSettlement, settle_invoice
from licensing.papers.paper import Language, Money
from licensing.payments.differing import Explained, Why, explain
from licensing.payments.papers import reconciliation_paper
from licensing.payments.reconciling import Check, reconciliation
from licensing.payments.services import allocate_line, use_prepaid
from platform_core.identity.models import OperatingEntity
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account
from platform_core.ledger.services import NewEntry, post_entry
from platform_core.treasury.models import BankAccount, StatementLine
from tests.factories.billing import billed, set_up_billing
from tests.factories.core import command_line
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, take
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

END = date(2026, 2, 28)


@pytest.fixture
def invoices(world: SmallWorld, filed: Filed) -> dict[str, Invoice]:
    return billed(world, world.closed("2025Q1"), set_up_billing(world))


@pytest.fixture
def bank(world: SmallWorld, invoices: dict[str, Invoice]) -> BankAccount:
    return make_bank_account(world.entity)


def told(bank: BankAccount, *rows: str) -> None:
    take(bank, "\n".join([HEADINGS, *rows, ""]))


def differing(world: SmallWorld) -> list[Explained]:
    rows = reconciliation(world.entity.pk, actor=world.acting("calculator"), on=END)
    found = [explain(row, on=END) for row in rows]
    assert found
    assert all(each.causes == [] for each in found if not each.row.difference_minor)
    return [each for each in found if each.row.difference_minor]


def plant(world: SmallWorld, kind: str, against: str, amount: int, *, on: date) -> None:
    """Book something that no paper stands behind."""
    first, other = (
        Account.objects.filter(operating_entity=world.entity, kind=each, label=label).earliest("pk")
        for each, label in ((kind, ""), (against, ""))
    )
    post_entry(
        actor=command_line(),
        operating_entity_id=world.entity.pk,
        entry=NewEntry(
            key=new_id(),
            name="entry.planted",
            effective_on=on,
            subject=world.entity,
            lines=[Line(first.pk, amount), Line(other.pk, -amount)],
            memo="by somebody",
        ),
    )


def test_what_a_bank_tells_and_nobody_took_in_is_told_beside_what_was_there_before(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    told(bank, "2026-01-20,424.00,1424.00,,,,S1")
    told(bank, "2026-01-25,10.00,1464.00,,,,S2")
    # Of this line the bank does not tell what the account came to.
    told(bank, "2026-02-01,5.00,,,,,S3")
    [found] = differing(world)
    assert (found.row.check, found.row.papers_minor, found.row.books_minor) == (Check.BANK, 146400, 43900)
    assert [(each.why, each.amount_minor, each.on) for each in found.causes] == [
        (Why.OPENING, -100000, date(2026, 1, 20)),
        (Why.MISSING_LINES, -3000, date(2026, 1, 25)),
        (Why.LATER_LINES, 500, date(2026, 2, 1)),
    ]
    assert found.causes[2].entry is not None
    assert found.unexplained_minor == 0


def test_an_entry_with_no_paper_behind_it_is_named_on_both_of_its_sides(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    told(bank, "2026-01-28,300.00,300.00,,,ahead,S1")
    [line] = StatementLine.objects.all()
    finance = world.acting("calculator")
    allocate_line(actor=finance, line_id=line.pk, parts=[], licensee_id=invoices["L1"].licence.licensee_id)
    use_prepaid(actor=finance, invoice_id=invoices["L1"].pk, amount_minor=30000, key=new_id())
    assert differing(world) == []
    plant(world, "receivable", "suspense", 77, on=date(2026, 2, 1))
    found = {each.row.check: each for each in differing(world)}
    assert set(found) == {Check.RECEIVABLE, Check.WAITING}
    for check in (Check.RECEIVABLE, Check.WAITING):
        [cause] = found[check].causes
        assert (cause.why, cause.amount_minor, found[check].unexplained_minor) == (Why.OTHER_ENTRY, 77, 0)
        assert cause.entry is not None
        assert cause.entry.memo == "by somebody"


def test_an_invoice_settled_by_hand_out_of_a_lines_money_is_found(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    told(bank, "2026-01-28,424.00,424.00,,,,S1")
    # What waits for the line is taken without saying so: the line stays on the queue.
    waits = Account.objects.get(operating_entity=world.entity, kind="suspense", label="")
    settle_invoice(
        actor=world.acting("calculator"),
        invoice_id=invoices["L1"].pk,
        settlement=NewSettlement(
            key=new_id(), kind=SettlementKind.PAYMENT, amount_minor=100, on=date(2026, 2, 2), reference="by hand"
        ),
        from_account_id=waits.pk,
    )
    found = {each.row.check: each for each in differing(world)}
    waiting = found[Check.WAITING]
    assert [(each.why, each.amount_minor) for each in waiting.causes] == [(Why.BY_HAND, -100)]
    assert waiting.unexplained_minor == 0


def test_the_paper_says_every_difference_with_its_cause_in_both_languages(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    told(bank, "2026-01-20,424.00,1424.00,,,,S1")
    rows = [explain(row, on=END) for row in reconciliation(world.entity.pk, actor=command_line(), on=END)]
    entity = OperatingEntity.objects.select_related("organisation").get(pk=world.entity.pk)
    paper = reconciliation_paper(entity, rows, END, Language.EN)
    compared, causes = paper.tables
    assert len(compared.rows) == len(rows)
    assert list(map(list, causes.rows)) == [
        [
            f"Balance at the bank {bank.number}",
            "opening balance not in the books",
            "2026-01-20",
            "–",
            Money(-100000, "CNY"),
        ]
    ]
    assert reconciliation_paper(entity, rows, END, Language.ZH).tables[1].rows[0][1] == "期初余额未入账"
