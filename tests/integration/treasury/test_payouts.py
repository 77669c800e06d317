"""Payments: two people release them, a bank gets them once, and its own lines say that they were paid or came back."""

import csv
import io
from collections import Counter
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose, Role
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services import post_entry
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.treasury import selectors
from platform_core.treasury.claims import proposals_for
from platform_core.treasury.events import PAYOUT_CANCELLED, PAYOUT_PAID, PAYOUT_RETURNED
from platform_core.treasury.models import BankAccount, PayeeAccount, Payout, StatementLine
from platform_core.treasury.services import (
    assign_line,
    cancel_payout,
    draft_payout,
    make_payout_file,
    release_payout,
    return_payout,
    take_payout_file,
    withdraw_payee_account,
)
from tests.factories.core import NOON, acting, command_line, make_entity, make_organisation
from tests.factories.ledger import entry_of, make_account
from tests.factories.treasury import HEADINGS, make_bank_account, make_payee_account, payee_in_force, take

pytestmark = pytest.mark.django_db

DUE = date(2026, 4, 1)


@pytest.fixture
def entity() -> OperatingEntity:
    return make_entity()


@pytest.fixture
def bank(entity: OperatingEntity) -> BankAccount:
    return make_bank_account(entity)


@pytest.fixture
def member() -> Organisation:
    return make_organisation()


@pytest.fixture
def payee(member: Organisation) -> PayeeAccount:
    return payee_in_force(
        member, account_name="曜汐电子", bank_name="建设银行", branch="青岛支行", number="6217000000001234"
    )


@pytest.fixture
def owed(entity: OperatingEntity, bank: BankAccount, member: Organisation) -> Account:
    """The entity owes the member two hundred yuan."""
    account = make_account(entity, member)
    entry = entry_of(bank.ledger_account, account, 20_000)
    post_entry(actor=command_line(), operating_entity_id=entity.pk, entry=entry)
    return account


def finance(bank: BankAccount, purpose: Purpose = Purpose.ROYALTIES) -> Actor:
    return acting(Role.FINANCE, entity=bank.operating_entity, purpose=purpose)


def draft(bank: BankAccount, owed: Account, amount: int = 15_000, **said: Any) -> Payout:
    actor = said.pop("actor", None) or finance(bank)
    values = {"due_on": DUE, "text": "2026Q1", **said}
    return draft_payout(
        actor=actor,
        bank_account_id=bank.pk,
        owed_account_id=owed.pk,
        amount_minor=amount,
        **values,
    )


def released(bank: BankAccount, owed: Account, amount: int = 15_000) -> Payout:
    payout = draft(bank, owed, amount)
    release_payout(actor=finance(bank), payout_id=payout.pk)
    return release_payout(actor=finance(bank), payout_id=payout.pk)


def balances(payout: Payout) -> dict[str, int]:
    """Return what the books say, by kind of account, but for what is zero."""
    accounts = list(Account.objects.filter(operating_entity=payout.operating_entity_id))
    found, told = balances_of(accounts), Counter[str]()
    for account in accounts:
        told[account.kind] += found.get(account.pk, 0)
    return {kind: balance for kind, balance in told.items() if balance}


def codes_in(content: bytes) -> list[str]:
    """Return which payments a file for the bank has, in its order."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [row[-1].split()[-1] for row in rows[1:]]


def line_of(bank: BankAccount, amount: str, text: str = "", name: str = "曜汐电子") -> StatementLine:
    taken = take(bank, f"{HEADINGS}\n2026-04-02,{amount},,{name},6217000000001234,{text},{amount}\n")
    return StatementLine.objects.get(statement=taken.statement)


def test_a_payment_is_booked_as_on_its_way_by_the_second_of_two_people(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    payout = draft(bank, owed)
    first, second = finance(bank), finance(bank)
    half = release_payout(actor=first, payout_id=payout.pk)
    assert (half.state, half.payee_account) == ("half_released", payee)
    assert balances(payout) == {"bank": 20_000, "suspense": -20_000}
    assert selectors.payout_steps(half, actor=first) == ["cancel payout"]
    with pytest.raises(NotAllowed, match="another person releases"):
        release_payout(actor=first, payout_id=payout.pk)

    whole = release_payout(actor=second, payout_id=payout.pk)

    assert (whole.state, whole.first_released_by_id, whole.released_by_id) == (
        "released",
        first.user_id,
        second.user_id,
    )
    assert balances(payout) == {"bank": 20_000, "suspense": -5_000, "in_transit": -15_000}
    assert Entry.objects.get(key=payout.pk).memo == payout.code


def test_nothing_is_released_to_nowhere_or_by_whoever_entered_where(
    bank: BankAccount, owed: Account, member: Organisation
) -> None:
    payout, actor = draft(bank, owed), finance(bank)
    with pytest.raises(WrongState, match="Nobody has said where"):
        release_payout(actor=actor, payout_id=payout.pk)
    payee_in_force(member, entered_by_id=actor.user_id)
    with pytest.raises(NotAllowed, match="You entered the account"):
        release_payout(actor=actor, payout_id=payout.pk)
    release_payout(actor=finance(bank), payout_id=payout.pk)

    # A change that is not settled stops it.
    make_payee_account(member)
    with pytest.raises(WrongState, match="not settled"):
        release_payout(actor=finance(bank), payout_id=payout.pk)
    payout.refresh_from_db()
    assert (payout.state, payout.released_by) == ("half_released", None)


def test_no_more_is_released_than_is_owed(bank: BankAccount, owed: Account, payee: PayeeAccount) -> None:
    released(bank, owed, 15_000)
    other = draft(bank, owed, 5_001)
    release_payout(actor=finance(bank), payout_id=other.pk)
    with pytest.raises(Conflict, match="Less is owed"):
        release_payout(actor=finance(bank), payout_id=other.pk)
    other.refresh_from_db()
    assert (other.state, balances(other)["in_transit"]) == ("half_released", -15_000)


def test_a_draft_pays_what_is_owed_to_somebody_from_money_of_its_purpose(bank: BankAccount, owed: Account) -> None:
    entity = bank.operating_entity
    for account, code in (
        (make_account(entity, make_organisation(), purpose=Purpose.CUSTODY_DEPOSITS), "other_money"),
        (make_account(entity, make_organisation(), currency="USD"), "other_money"),
        (make_account(entity), "not_owed"),
    ):
        with pytest.raises(InvalidInput) as refused:
            draft(bank, account, actor=command_line())
        assert [error.code for error in refused.value.errors] == [code]
    with pytest.raises(InvalidInput):
        draft(bank, owed, 0)
    with pytest.raises(NotFound):
        draft(bank, owed, actor=finance(bank, Purpose.CASE_COSTS))
    assert not Payout.objects.exists()


def test_a_file_for_the_bank_is_the_same_each_time_and_handed_out_once(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    one, other = released(bank, owed, 15_000), released(bank, owed, 5_000)
    file = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    assert (file.number, file.payouts_count, file.total_minor) == (1, 2, 20_000)

    taken, content = take_payout_file(actor=finance(bank), file_id=file.pk)

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1:] == [
        ["1", "曜汐电子", "6217000000001234", "建设银行 青岛支行", "CNY", "150.00", f"2026Q1 {one.code}"],
        ["2", "曜汐电子", "6217000000001234", "建设银行 青岛支行", "CNY", "50.00", f"2026Q1 {other.code}"],
    ]
    assert taken.taken_at is not None
    with pytest.raises(WrongState, match="taken already"):
        take_payout_file(actor=finance(bank), file_id=file.pk)
    with pytest.raises(WrongState, match="No payment"):
        make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    with pytest.raises(WrongState):
        cancel_payout(actor=finance(bank), payout_id=one.pk, reason="too late")


def test_a_payment_that_was_given_up_is_left_out_of_its_file(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    given_up, other = released(bank, owed, 15_000), released(bank, owed, 5_000)
    file = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    return_payout(actor=finance(bank), payout_id=given_up.pk, reason="Found to be wrong before the bank had it.")
    again = released(bank, owed, 15_000)

    taken, content = take_payout_file(actor=finance(bank), file_id=file.pk)

    # It is owed again, and would be paid twice: by this file, and by the next.
    assert codes_in(content) == [other.code]
    assert (taken.held_count, taken.held_minor, taken.taken_sha256) == (1, 15_000, sha256(content).hexdigest())
    second = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    assert codes_in(take_payout_file(actor=finance(bank), file_id=second.pk)[1]) == [again.code]


@pytest.mark.parametrize("change", ["entered", "withdrawn", "replaced"])
def test_only_the_payment_whose_account_changed_is_left_out_of_its_file(
    bank: BankAccount, owed: Account, payee: PayeeAccount, member: Organisation, change: str
) -> None:
    """One payee enters another account: the others are paid all the same, and nothing goes anywhere new."""
    other = make_organisation()
    payee_in_force(other, account_name="他方", number="6217000000009999")
    theirs = make_account(bank.operating_entity, other)
    entry = entry_of(bank.ledger_account, theirs, 7_000)
    post_entry(actor=command_line(), operating_entity_id=bank.operating_entity_id, entry=entry)
    ours, paid = released(bank, owed, 15_000), released(bank, theirs, 7_000)
    by = (ours.first_released_by_id, ours.released_by_id)
    file = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    if change == "entered":
        make_payee_account(member)
    elif change == "replaced":
        payee_in_force(member, number="6217000000007777", entered_at=NOON - timedelta(days=8))
    else:
        admin = acting(Role.MEMBER_ADMIN, organisation=member)
        withdraw_payee_account(actor=admin, account_id=payee.pk, reason="It is not ours.")

    taken, content = take_payout_file(actor=finance(bank), file_id=file.pk)

    assert codes_in(content) == [paid.code]
    assert (taken.payouts_count, taken.total_minor, taken.held_count, taken.held_minor) == (2, 22_000, 1, 15_000)
    assert taken.taken_sha256 == sha256(content).hexdigest() != taken.content_sha256
    event = AuditEvent.objects.get(name="payout_file.taken")
    assert event.changes["left_out"] == {"old": None, "new": ours.code}
    ours.refresh_from_db()
    # Released to where it was to go, by the same two; no file takes it anywhere else.
    assert (ours.state, ours.file, ours.payee_account) == ("released", None, payee)
    assert (ours.first_released_by_id, ours.released_by_id) == by
    assert selectors.is_held(ours, actor=finance(bank))
    assert not selectors.is_held(paid, actor=finance(bank))
    with pytest.raises(WrongState, match="No payment"):
        make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    cancelled = cancel_payout(actor=finance(bank), payout_id=ours.pk, reason="It goes elsewhere now.")
    assert (cancelled.state, balances(ours)["in_transit"]) == ("cancelled", -7_000)


def test_what_was_left_out_goes_into_a_later_file_once_the_change_is_withdrawn(
    bank: BankAccount, owed: Account, payee: PayeeAccount, member: Organisation
) -> None:
    other = make_organisation()
    payee_in_force(other)
    theirs = make_account(bank.operating_entity, other)
    entry = entry_of(bank.ledger_account, theirs, 7_000)
    post_entry(actor=command_line(), operating_entity_id=bank.operating_entity_id, entry=entry)
    ours = released(bank, owed)
    released(bank, theirs, 7_000)
    file = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    change = make_payee_account(member)
    take_payout_file(actor=finance(bank), file_id=file.pk)
    admin = acting(Role.MEMBER_ADMIN, organisation=member)
    withdraw_payee_account(actor=admin, account_id=change.pk, reason="Entered by mistake.")
    second = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    assert codes_in(take_payout_file(actor=finance(bank), file_id=second.pk)[1]) == [ours.code]


def test_a_file_with_nothing_left_to_pay_is_not_handed_out(
    bank: BankAccount, owed: Account, payee: PayeeAccount, member: Organisation
) -> None:
    payout = released(bank, owed)
    file = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    make_payee_account(member)
    with pytest.raises(Conflict, match="No payment of this file"):
        take_payout_file(actor=finance(bank), file_id=file.pk)
    file.refresh_from_db()
    payout.refresh_from_db()
    assert (file.taken_at, file.held_count, payout.state) == (None, 0, "in_file")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE treasury_payout SET file_id = NULL, state = 'released'",
        "UPDATE treasury_payout SET state = 'released'",
        "UPDATE treasury_payout SET file_id = NULL",
        "UPDATE treasury_payoutfile SET held_count = 1, held_minor = 1, taken_sha256 = 'x'",
        "UPDATE treasury_payoutfile SET total_minor = 1",
        "DELETE FROM treasury_payoutfile",
    ],
)
def test_nothing_leaves_a_file_that_was_taken(
    bank: BankAccount, owed: Account, payee: PayeeAccount, statement: str
) -> None:
    released(bank, owed)
    file = make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    take_payout_file(actor=finance(bank), file_id=file.pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_text_of_a_payment_is_no_formula(bank: BankAccount, owed: Account) -> None:
    for text in ("=1+1", "＝1+1", "-1"):
        with pytest.raises(InvalidInput) as refused:
            draft(bank, owed, text=text)
        assert [error.pointer for error in refused.value.errors] == ["/text"]
    assert not Payout.objects.exists()


def test_payments_whose_account_changed_stay_out_of_the_file(
    bank: BankAccount, owed: Account, payee: PayeeAccount, member: Organisation
) -> None:
    payout = released(bank, owed)
    withdraw_payee_account(
        actor=acting(Role.MEMBER_ADMIN, organisation=member), account_id=payee.pk, reason="It is not ours."
    )
    with pytest.raises(WrongState, match="have changed"):
        make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    payout.refresh_from_db()
    assert payout.state == "released"


def test_the_banks_own_lines_say_that_it_was_paid_and_that_it_came_back(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    payout, actor = released(bank, owed), finance(bank)
    make_payout_file(actor=actor, bank_account_id=bank.pk)
    told: list[str] = []
    heard = {hook: (lambda name: lambda *_: told.append(name))(hook.name) for hook in (PAYOUT_PAID, PAYOUT_RETURNED)}
    for hook, hear in heard.items():
        hook.subscribe(hear)
    line = line_of(bank, "-150.00", f"转账 {payout.code}")
    [(claimant, proposal)] = proposals_for([line], actor=actor)[line.pk]
    assert (claimant.code, proposal.title, proposal.reasons) == (
        "payout",
        payout.code,
        ("amount", "account", "name", "reference"),
    )
    wrong = line_of(bank, "-150.01")
    with pytest.raises(Conflict, match="another account or amount"):
        assign_line(actor=actor, line_id=wrong.pk, claimant="payout", subject_id=payout.pk)

    assign_line(actor=actor, line_id=line.pk, claimant="payout", subject_id=payout.pk)

    payout.refresh_from_db()
    assert payout.state == "paid_out"
    # What is left unassigned is the other line.
    assert balances(payout) == {"bank": 20_000 - 15_000 - 15_001, "suspense": -5_000 + 15_001}
    with pytest.raises(WrongState, match="left the account"):
        return_payout(actor=actor, payout_id=payout.pk, reason="no")
    stranger = line_of(bank, "150.00", name="别人")
    back = line_of(bank, "+150.00", f"退汇 {payout.code}")
    assert set(proposals_for([stranger, back], actor=actor)) == {stranger.pk, back.pk}
    assign_line(actor=actor, line_id=back.pk, claimant="payout", subject_id=payout.pk)
    payout.refresh_from_db()
    assert payout.state == "returned"
    assert told == [PAYOUT_PAID.name, PAYOUT_RETURNED.name]
    for hook, hear in heard.items():
        hook.unsubscribe(hear)


def test_what_is_cancelled_or_refused_by_the_bank_is_owed_again(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    payout, refused = released(bank, owed, 15_000), released(bank, owed, 5_000)
    with pytest.raises(InvalidInput):
        cancel_payout(actor=finance(bank), payout_id=payout.pk, reason=" ")
    cancelled = cancel_payout(actor=finance(bank), payout_id=payout.pk, reason="Wrong quarter.")
    assert (cancelled.state, cancelled.reason) == ("cancelled", "Wrong quarter.")
    make_payout_file(actor=finance(bank), bank_account_id=bank.pk)
    return_payout(actor=finance(bank), payout_id=refused.pk, reason="The bank has no such account.")
    assert balances(payout) == {"bank": 20_000, "suspense": -20_000}
    with pytest.raises(WrongState):
        cancel_payout(actor=finance(bank), payout_id=payout.pk, reason="again")
    assert PAYOUT_CANCELLED.subscribers == ()


def test_finance_of_another_purpose_or_entity_sees_no_payment(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    payout = draft(bank, owed)
    for nobody in (
        finance(bank, Purpose.CASE_COSTS),
        acting(Role.FINANCE, entity=make_entity()),
        acting(Role.MEMBER_FINANCE, organisation=payout.payee),
    ):
        assert not selectors.payouts(actor=nobody).exists()
        with pytest.raises(NotFound):
            release_payout(actor=nobody, payout_id=payout.pk)


def test_the_database_itself_asks_for_two_who_did_not_enter_the_account(
    bank: BankAccount, owed: Account, payee: PayeeAccount
) -> None:
    payout = draft(bank, owed)
    rows = Payout.objects.filter(pk=payout.pk)
    one, other = finance(bank).user_id, finance(bank).user_id

    def refused(said: str, **columns: object) -> None:
        with pytest.raises(IntegrityError, match=said), transaction.atomic():
            rows.update(**columns)

    half = {"state": "half_released", "payee_account": payee}
    whole = {**half, "state": "released", "first_released_by": one, "released_at": payout.drafted_at}
    refused("payout_released_by_two", **whole, released_by=one)
    refused("releases no payment", **half, first_released_by=payee.entered_by_id)
    refused("can no longer be changed", amount_minor=1)
    rows.update(**whole, released_by=other)
    refused("can no longer be changed", payee_account=payee_in_force(make_organisation()))
    refused("payout_in_a_file", state="in_file")
