"""Booking at the same moment, by real threads on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction

from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Role
from platform_core.ids import new_id
from platform_core.ledger import selectors
from platform_core.ledger.models import Account, BookClosing, Entry, Posting
from platform_core.ledger.services import (
    close_account,
    close_books,
    grant_book_reopening,
    post_entry,
    refuse_book_reopening,
    reverse_entry,
)
from tests.concurrency.core.test_races import THREADS, outcome, together
from tests.factories.core import NOON, acting, command_line, make_entity, make_organisation
from tests.factories.ledger import ask_to_reopen, book, entry_of, make_account, make_bank

pytestmark = pytest.mark.django_db(transaction=True)

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


def test_everybody_books_and_the_chain_has_no_gap_and_no_fork(bank: Account, member: Account) -> None:
    def work(number: int) -> None:
        for amount in range(1, 11):
            book(bank, member, amount * 10**number)

    together(work)

    chain = list(Entry.objects.order_by("number"))
    assert [entry.number for entry in chain] == list(range(1, 10 * THREADS + 1))
    assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(chain))
    expected = sum(55 * 10**number for number in range(THREADS))
    assert selectors.balance_of(bank.pk, actor=command_line()) == expected
    assert selectors.balance_of(member.pk, actor=command_line()) == -expected


def test_what_several_book_under_one_key_is_booked_once(bank: Account, member: Account) -> None:
    once = entry_of(bank, member, 500)
    entity_id = bank.operating_entity_id

    found = together(lambda number: post_entry(actor=command_line(), operating_entity_id=entity_id, entry=once).pk)

    assert set(found) == {Entry.objects.get().pk}
    assert Posting.objects.count() == 2


def test_an_entry_is_reversed_by_one_of_several(bank: Account, member: Account) -> None:
    entry = book(bank, member, 500)

    results = together(
        lambda number: outcome(
            lambda: reverse_entry(
                actor=command_line(), entry_id=entry.pk, key=new_id(), effective_on=DAY, subject=bank.operating_entity
            )
        )
    )

    assert sorted(results) == ["conflict"] * (THREADS - 1) + ["done"]
    assert selectors.balance_of(bank.pk, actor=command_line()) == 0


def test_nothing_is_booked_on_days_that_were_being_closed(bank: Account, member: Account) -> None:
    entity_id = bank.operating_entity_id

    def work(number: int) -> str:
        if number == 0:
            return outcome(lambda: close_books(actor=command_line(), operating_entity_id=entity_id, through=DAY))
        return outcome(lambda: book(bank, member, number, effective_on=DAY))

    results = together(work)

    assert results[0] == "done"
    booked = Entry.objects.count()
    assert results[1:].count("done") == booked
    assert results[1:].count("conflict") == THREADS - 1 - booked
    with_later = book(bank, member, 1, effective_on=DAY + timedelta(days=1))
    assert with_later.number == booked + 1


@pytest.mark.parametrize("what", ["an entry", "a closing of an account", "a closing of the books"])
def test_nobody_writes_to_the_books_by_what_they_said_before(what: str, bank: Account, member: Account) -> None:
    """A transaction that reads an older state waits for its turn, and then sees neither closed days nor lines."""
    entity_id = bank.operating_entity_id
    other = make_account(bank.operating_entity, make_organisation())

    def meanwhile(number: int) -> None:
        if what == "a closing of an account":
            book(bank, other, 5)
        else:
            close_books(actor=command_line(), operating_entity_id=entity_id, through=DAY)

    def write() -> None:
        if what == "an entry":
            book(bank, member, 7, effective_on=DAY)
        elif what == "a closing of an account":
            Account.objects.filter(pk=other.pk).update(closed_at=NOON)
        else:
            BookClosing.objects.create(operating_entity_id=entity_id, number=1, closed_through=DAY, at=NOON)

    with pytest.raises(DatabaseError, match="as they are now"):
        after_others(meanwhile, write)

    booked = what == "a closing of an account"
    assert (Entry.objects.count(), BookClosing.objects.count()) == ((1, 0) if booked else (0, 1))
    assert not Account.objects.exclude(closed_at=None).exists()


def after_others(meanwhile: Callable[[int], None], write: Callable[[], None]) -> None:
    """Read the books, have others change them, and write to them as they were read."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        assert not BookClosing.objects.exists()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(on_its_own, meanwhile).result()
        write()


def on_its_own(work: Callable[[int], None]) -> None:
    try:
        work(0)
    finally:
        connection.close()


def test_an_account_is_closed_empty_or_booked_on(bank: Account, member: Account) -> None:
    def work(number: int) -> str:
        if number == 0:
            return outcome(lambda: close_account(actor=command_line(), account_id=member.pk))
        return outcome(lambda: book(bank, member, number))

    results = together(work)

    member.refresh_from_db()
    if member.closed_at is None:
        assert results == ["conflict"] + ["done"] * (THREADS - 1)
    else:
        assert selectors.balance_of(member.pk, actor=command_line()) == 0
        assert set(results[1:]) == {"conflict"}


def test_closed_days_are_opened_by_one_of_several_who_grant_it(entity: OperatingEntity) -> None:
    close_books(actor=command_line(), operating_entity_id=entity.pk, through=DAY)
    asked = ask_to_reopen(entity, DAY - timedelta(days=1))
    people = [acting(Role.FINANCE, entity=entity) for _ in range(THREADS)]

    def work(number: int) -> str:
        if number == 0:
            return outcome(lambda: refuse_book_reopening(actor=people[0], reopening_id=asked.pk, answer="no"))
        return outcome(lambda: grant_book_reopening(actor=people[number], reopening_id=asked.pk))

    results = together(work)

    assert sorted(results) == ["done", *["wrong_state"] * (THREADS - 1)]
    asked.refresh_from_db()
    closings = list(BookClosing.objects.order_by("number").values_list("closed_through", flat=True))
    assert (asked.state, closings) in (("refused", [DAY]), ("granted", [DAY, DAY - timedelta(days=1)]))
