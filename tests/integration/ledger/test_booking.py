"""What happened to money is booked once, in order, balanced and for good."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.ledger import selectors
from platform_core.ledger.calculation import BEFORE_THE_FIRST, Line
from platform_core.ledger.models import Account, Entry, Posting
from platform_core.ledger.services import (
    close_account,
    close_books,
    open_account,
    post_entries,
    post_entry,
    reverse_entry,
)
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem
from tests.factories.core import NOON, acting, command_line, make_entity, make_organisation
from tests.factories.ledger import book, entry_of, make_account, make_bank, reopen_books

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.fixture
def entity() -> OperatingEntity:
    return make_entity()


@pytest.fixture
def bank(entity: OperatingEntity) -> Account:
    return make_bank(entity)


@pytest.fixture
def member(entity: OperatingEntity) -> Account:
    return make_account(entity, make_organisation())


def finance(entity: OperatingEntity, purpose: Purpose = Purpose.ROYALTIES) -> Actor:
    return acting(Role.FINANCE, entity=entity, purpose=purpose)


def test_entries_follow_one_another_and_balances_are_their_sums_at_any_day(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    posted = [
        book(bank, member, 500),
        book(member, bank, 200, effective_on=date(2026, 3, 9)),
        book(bank, member, 40, effective_on=date(2026, 1, 1)),
    ]

    assert [entry.number for entry in posted] == [1, 2, 3]
    assert posted[0].previous_hash == BEFORE_THE_FIRST
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(posted))
    actor = finance(entity)
    assert selectors.balance_of(bank.pk, actor=actor) == 340
    assert selectors.balance_of(bank.pk, actor=actor, on=date(2026, 3, 8)) == 540
    assert selectors.balance_of(bank.pk, actor=actor, on=date(2025, 12, 31)) == 0
    told = {row.account: (row.debit_minor, row.credit_minor) for row in selectors.trial_balance(entity.pk, actor=actor)}
    assert told == {bank: (540, 200), member: (200, 540)}
    assert [row.amount_minor for row in selectors.postings_of(member.pk, actor=actor)] == [-40, -500, 200]


def test_the_same_thing_is_booked_once_and_another_under_its_key_is_refused(bank: Account, member: Account) -> None:
    once = entry_of(bank, member, 500)
    actor, entity_id = command_line(), bank.operating_entity_id
    first = post_entry(actor=actor, operating_entity_id=entity_id, entry=once)

    assert post_entry(actor=actor, operating_entity_id=entity_id, entry=once) == first
    with pytest.raises(Conflict, match="Something else was booked under this key"):
        post_entry(actor=actor, operating_entity_id=entity_id, entry=entry_of(bank, member, 501, key=once.key))

    assert (Entry.objects.count(), Posting.objects.count()) == (1, 2)


def test_many_are_booked_in_their_order_or_none(bank: Account, member: Account) -> None:
    actor, entity_id = command_line(), bank.operating_entity_id
    entries = [entry_of(bank, member, amount) for amount in (1, 2, 3)]
    posted = post_entries(actor=actor, operating_entity_id=entity_id, entries=entries)
    assert [entry.number for entry in posted] == [1, 2, 3]

    wrong = entry_of(bank, member, lines=[Line(bank.pk, 5), Line(member.pk, -4)])
    with pytest.raises(InvalidInput):
        post_entries(actor=actor, operating_entity_id=entity_id, entries=[entry_of(bank, member), wrong])

    assert Entry.objects.count() == 3


def test_an_entry_is_reversed_once_by_its_opposite(bank: Account, member: Account, entity: OperatingEntity) -> None:
    entry = book(bank, member, 500)
    opposite = reverse_entry(
        actor=finance(entity), entry_id=entry.pk, key=new_id(), effective_on=DAY, subject=entity, memo="Sent back."
    )

    assert opposite.reverses == entry
    assert [row.amount_minor for row in opposite.postings.all()] == [-500, 500]
    with pytest.raises(Conflict, match="reversed already"):
        reverse_entry(actor=finance(entity), entry_id=entry.pk, key=new_id(), effective_on=DAY, subject=entity)
    assert selectors.balance_of(member.pk, actor=command_line()) == 0


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([("bank", 5)], "too_few"),
        ([("bank", 5), ("member", -4)], "unbalanced"),
        ([("bank", 0), ("member", 0)], "no_amount"),
        ([("bank", 5), ("dollars", -5)], "unbalanced"),
        ([("bank", 5), ("deposits", -5)], "mixed"),
        ([("bank", 5), ("elsewhere", -5)], "other_books"),
    ],
)
def test_what_is_no_entry_is_refused_in_words(
    bank: Account, member: Account, lines: list[tuple[str, int]], code: str
) -> None:
    accounts = {
        "bank": bank,
        "member": member,
        "dollars": make_account(bank.operating_entity, currency="USD"),
        "deposits": make_account(bank.operating_entity, purpose=Purpose.CUSTODY_DEPOSITS),
        "elsewhere": make_account(make_entity()),
    }
    said = [Line(accounts[name].pk, amount) for name, amount in lines]

    with pytest.raises(InvalidInput) as refused:
        book(bank, member, lines=said)

    assert [mistake.code for mistake in refused.value.errors] == [code]
    assert not Entry.objects.exists()


def test_closed_days_stay_as_they_are_until_they_are_opened_for_a_reason(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    actor = finance(entity)
    close_books(actor=actor, operating_entity_id=entity.pk, through=date(2026, 2, 28))

    with pytest.raises(Conflict, match="closed through that day"):
        book(bank, member, effective_on=date(2026, 2, 28))
    book(bank, member, effective_on=date(2026, 3, 1))
    with pytest.raises(Problem, match="closed through that day already"):
        close_books(actor=actor, operating_entity_id=entity.pk, through=date(2026, 2, 1))
    reopen_books(entity, date(2026, 1, 31))
    book(bank, member, effective_on=date(2026, 2, 1))

    assert selectors.closed_through(entity.pk, actor=actor) == date(2026, 1, 31)
    assert Entry.objects.count() == 2


def test_days_that_are_not_over_are_not_closed(entity: OperatingEntity, bank: Account, member: Account) -> None:
    """One person alone would keep everybody from booking until two others open the days again."""
    actor = finance(entity)
    today = NOON.date()

    with pytest.raises(InvalidInput, match="not come yet"):
        close_books(actor=actor, operating_entity_id=entity.pk, through=today + timedelta(days=1))

    assert selectors.closed_through(entity.pk, actor=actor) is None
    book(bank, member, effective_on=today)
    close_books(actor=actor, operating_entity_id=entity.pk, through=today)
    assert selectors.closed_through(entity.pk, actor=actor) == today


def test_an_account_closes_empty_and_takes_nothing_more(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    actor = finance(entity)
    book(bank, member, 5)
    with pytest.raises(Conflict, match="has a balance"):
        close_account(actor=actor, account_id=member.pk)
    book(member, bank, 5)

    close_account(actor=actor, account_id=member.pk)

    with pytest.raises(Conflict, match="closed"):
        book(bank, member, 5)
    assert Entry.objects.count() == 2
    again = open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=entity.organisation_id,
        kind="bank",
        purpose=Purpose.ROYALTIES,
        currency="CNY",
    )
    assert again == bank


def test_finance_books_for_its_own_purpose_and_holders_see_their_own_alone(
    entity: OperatingEntity, bank: Account, member: Account
) -> None:
    rival = make_account(entity, make_organisation())
    entry = book(bank, member, 5)
    book(bank, rival, 7)
    holder = acting(Role.MEMBER_FINANCE, organisation=member.holder)
    of_the_entity = acting(Role.MEMBER_FINANCE, organisation=entity.organisation)
    deposits = finance(entity, Purpose.CUSTODY_DEPOSITS)

    assert list(selectors.visible_accounts(actor=holder)) == [member]
    assert [row.amount_minor for row in Posting.objects.visible_to(holder)] == [-5]
    assert not selectors.visible_entries(actor=holder).exists()
    for nobody in (of_the_entity, deposits, finance(make_entity())):
        assert not selectors.visible_accounts(actor=nobody).exists()
        assert not Posting.objects.visible_to(nobody).exists()
    for actor in (holder, deposits):
        with pytest.raises((NotAllowed, NotFound)):
            book(bank, member, 5, actor=actor)
    with pytest.raises(NotFound):
        reverse_entry(actor=holder, entry_id=entry.pk, key=new_id(), effective_on=DAY, subject=entity)
    assert Entry.objects.count() == 2


def test_an_account_of_another_purpose_is_not_opened(entity: OperatingEntity) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        open_account(
            actor=finance(entity, Purpose.CUSTODY_DEPOSITS),
            operating_entity_id=entity.pk,
            holder_id=entity.organisation_id,
            kind="bank",
            purpose=Purpose.ROYALTIES,
            currency="CNY",
        )
    assert not Account.objects.exists()
