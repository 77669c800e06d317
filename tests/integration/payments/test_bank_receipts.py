"""What arrives at a bank settles the invoices it is for: by itself where there is no doubt, by people otherwise."""

from collections.abc import Callable
from datetime import date

import pytest

from licensing.billing.models import Invoice, Settlement
from licensing.payments.models import BankReceipt
from licensing.payments.services import Part, allocate_line, match_lines, set_matching_terms, use_prepaid
from platform_core.ids import new_id
from platform_core.problems import Conflict, InvalidInput, NotFound, WrongState
from platform_core.treasury.claims import proposals_for
from platform_core.treasury.models import BankAccount, StatementLine
from platform_core.treasury.services import assign_line, release_line
from tests.factories.billing import balances, billed, set_up_billing
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, take
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

Lines = Callable[..., list[StatementLine]]


@pytest.fixture
def invoices(world: SmallWorld, filed: Filed) -> dict[str, Invoice]:
    return billed(world, world.closed("2025Q1"), set_up_billing(world))


@pytest.fixture
def bank(world: SmallWorld, invoices: dict[str, Invoice]) -> BankAccount:
    return make_bank_account(world.entity)


def arrive(bank: BankAccount, *told: tuple[str, str, str, str]) -> list[StatementLine]:
    """Take a statement in: (amount in yuan, text, name, account) a line."""
    rows = [
        f"2026-01-2{place},{amount},,{name},{account},{text},S{new_id().hex[-8:]}"
        for place, (amount, text, name, account) in enumerate(told)
    ]
    taken = take(bank, "\n".join([HEADINGS, *rows, ""]))
    return list(StatementLine.objects.filter(statement=taken.statement).order_by("line"))


def opened(invoice: Invoice) -> int:
    invoice.refresh_from_db()
    return invoice.open_minor


def test_what_names_its_invoice_settles_it_by_itself(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    certain, doubtful, foreign = arrive(
        bank,
        ("424.00", f"许可费 {invoices['L1'].reference}", "", ""),
        ("1060.00", "许可费", "uhd licensee L2", "100123450002"),
        ("5.00", "利息", "银行", ""),
    )
    assert match_lines(actor=world.acting("calculator"), bank_account_id=bank.pk) == 1
    assert match_lines(actor=world.acting("approver"), bank_account_id=bank.pk) == 0
    assert opened(invoices["L1"]) == 0
    certain.refresh_from_db()
    assert certain.state == "assigned"
    assert BankReceipt.objects.get().is_automatic
    finance = world.acting("calculator")
    proposed = proposals_for([doubtful, foreign], actor=finance)
    assert [(each.title, each.reasons) for _, each in proposed[doubtful.pk]] == [
        ("R2026-00002", ("account", "name", "amount"))
    ]
    assert proposed.get(foreign.pk, []) == []
    assign_line(actor=finance, line_id=doubtful.pk, claimant="invoices", subject_id=invoices["L2"].pk)
    assert opened(invoices["L2"]) == 0
    assert balances(world) == {
        "bank": 148900,
        "suspense": -500,
        "receivable": 169600,
        "billed": -160000,
        "collected": -140000,
        "output_vat": -18000,
    }


def test_one_payment_is_for_many_and_banks_keep_a_little(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    finance = world.acting("calculator")
    [line] = arrive(bank, ("1480.00", "L1+L2", "", ""))
    parts = [Part(invoices["L1"].pk, 42400), Part(invoices["L2"].pk, 105500, 500)]
    with pytest.raises(InvalidInput):
        allocate_line(actor=finance, line_id=line.pk, parts=parts, licensee_id=invoices["L1"].licence.licensee_id)
    assert not Settlement.objects.exists()
    set_matching_terms(
        actor=world.acting("approver"),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        from_on=date(2026, 1, 1),
        charge_tolerance_minor=500,
    )
    receipt = allocate_line(actor=finance, line_id=line.pk, parts=parts, licensee_id=invoices["L1"].licence.licensee_id)
    assert (opened(invoices["L1"]), opened(invoices["L2"]), receipt.prepaid_minor) == (0, 0, 100)
    assert balances(world)["prepaid"] == -100
    with pytest.raises(WrongState):
        allocate_line(actor=finance, line_id=line.pk, parts=[], licensee_id=invoices["L1"].licence.licensee_id)


def test_what_was_paid_twice_is_used_for_the_next_invoice(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    finance = world.acting("calculator")
    first, again = arrive(bank, ("424.00", "", "", ""), ("424.00", "", "", ""))
    for line in (first, again):
        if line is first:
            assign_line(actor=finance, line_id=line.pk, claimant="invoices", subject_id=invoices["L1"].pk)
    with pytest.raises(Conflict):
        assign_line(actor=finance, line_id=again.pk, claimant="invoices", subject_id=invoices["L1"].pk)
    licensee = invoices["L1"].licence.licensee_id
    allocate_line(actor=finance, line_id=again.pk, parts=[], licensee_id=licensee)
    with pytest.raises(InvalidInput):
        use_prepaid(actor=finance, invoice_id=invoices["L2"].pk, amount_minor=1, key=new_id())
    following = billed(world, world.closed("2025Q2"), invoices["L1"].series or pytest.fail("no series"))["L1"]
    use_prepaid(actor=finance, invoice_id=following.pk, amount_minor=42400, key=new_id())
    assert opened(following) == 63600 - 42400
    assert "prepaid" not in balances(world)


def test_what_was_said_wrongly_is_put_back_whole(
    world: SmallWorld, invoices: dict[str, Invoice], bank: BankAccount
) -> None:
    finance = world.acting("calculator")
    before = balances(world)
    [line] = arrive(bank, ("500.00", "", "", ""))
    with pytest.raises(InvalidInput):
        assign_line(actor=finance, line_id=line.pk, claimant="bank_receipts", subject_id=new_id())
    for _ in range(2):
        assign_line(actor=finance, line_id=line.pk, claimant="invoices", subject_id=invoices["L1"].pk)
        assert opened(invoices["L1"]) == 0
        release_line(actor=finance, line_id=line.pk, reason="of somebody else")
        assert opened(invoices["L1"]) == 42400
        assert balances(world) == {**before, "bank": 50000, "suspense": -50000}
    with pytest.raises(NotFound):
        assign_line(actor=world.acting("L1"), line_id=line.pk, claimant="invoices", subject_id=invoices["L1"].pk)
