"""Whatever is asked of the books in whatever order, they say what a list of movements in memory says."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger import selectors
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.services import NewEntry, close_books, post_entries, post_entry, reverse_entry
from platform_core.problems import Conflict, InvalidInput
from tests.factories.core import command_line, make_entity, make_organisation
from tests.factories.ledger import make_account, reopen_books

FIRST = date(2026, 1, 1)
DAYS = st.integers(0, 40).map(lambda number: FIRST + timedelta(days=number))
AMOUNTS = st.integers(-(10**15), 10**15)
CURRENCIES = ("CNY", "JPY")


@dataclass
class Plain:
    """The books in memory."""

    booked: dict[UUID, tuple[date, tuple[tuple[UUID, int], ...]]] = field(default_factory=dict)
    reversed: set[UUID] = field(default_factory=set)
    closed_through: date | None = None

    def is_open(self, day: date) -> bool:
        return self.closed_through is None or day > self.closed_through

    def balances(self, on: date) -> Counter[UUID]:
        sums: Counter[UUID] = Counter()
        for day, lines in self.booked.values():
            for account, amount in lines if day <= on else ():
                sums[account] += amount
        return sums


class Books(RuleBasedStateMachine):
    """Steps that people take with books, right ones and wrong ones."""

    entries = Bundle("entries")

    @initialize()
    def open(self) -> None:
        """Open accounts of two purposes and two currencies."""
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.entity = make_entity()
        self.actor = command_line()
        self.plain = Plain()
        self.accounts: dict[tuple[Purpose, str], list[Account]] = {
            (purpose, currency): [
                make_account(self.entity, make_organisation(), purpose=purpose, currency=currency) for _ in range(3)
            ]
            for purpose in (Purpose.ROYALTIES, Purpose.CUSTODY_DEPOSITS)
            for currency in CURRENCIES
        }

    def teardown(self) -> None:
        """Forget it all."""
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(target=entries, data=st.data(), day=DAYS)
    def post(self, data: st.DataObject, day: date) -> UUID:
        """Book something right: balanced in each currency, on an open day or not."""
        purpose = data.draw(st.sampled_from([Purpose.ROYALTIES, Purpose.CUSTODY_DEPOSITS]))
        lines: list[Line] = []
        for currency in data.draw(st.sets(st.sampled_from(CURRENCIES), min_size=1)):
            amounts = data.draw(st.lists(AMOUNTS.filter(bool), min_size=1, max_size=3).filter(sum))
            for amount in (*amounts, -sum(amounts)):
                lines.append(Line(data.draw(st.sampled_from(self.accounts[purpose, currency])).pk, amount))
        return self._book(self._new(day, lines))

    @rule(target=entries, many=st.lists(st.tuples(DAYS, AMOUNTS.filter(bool)), min_size=1, max_size=4))
    def post_many(self, many: list[tuple[date, int]]) -> UUID:
        """Book several at once: all or none."""
        one, other, _ = self.accounts[Purpose.ROYALTIES, "CNY"]
        new = [self._new(day, [Line(one.pk, amount), Line(other.pk, -amount)]) for day, amount in many]
        if all(self.plain.is_open(entry.effective_on) for entry in new):
            post_entries(actor=self.actor, operating_entity_id=self.entity.pk, entries=new)
            self._settle()
            self.plain.booked |= {entry.key: self._kept(entry) for entry in new}
        else:
            with pytest.raises(Conflict):
                post_entries(actor=self.actor, operating_entity_id=self.entity.pk, entries=new)
        return new[0].key

    @rule(key=entries, changed=st.booleans())
    def post_again(self, key: UUID, changed: bool) -> None:
        """Book the same once more, or something else under its key."""
        if key not in self.plain.booked:
            return
        day, lines = self.plain.booked[key]
        entry = Entry.objects.get(key=key)
        again = NewEntry(
            key=key,
            name=entry.name,
            effective_on=day + timedelta(days=changed),
            subject=self.entity,
            lines=[Line(*line) for line in lines],
            reverses=entry.reverses,
        )
        if changed:
            with pytest.raises(Conflict):
                post_entry(actor=self.actor, operating_entity_id=self.entity.pk, entry=again)
        else:
            assert post_entry(actor=self.actor, operating_entity_id=self.entity.pk, entry=again) == entry

    @rule(key=consumes(entries), day=DAYS)
    def reverse(self, key: UUID, day: date) -> None:
        """Book the opposite, once."""
        if key not in self.plain.booked:
            return
        entry, opposite = Entry.objects.get(key=key), new_id()

        def act() -> None:
            reverse_entry(actor=self.actor, entry_id=entry.pk, key=opposite, effective_on=day, subject=self.entity)

        if not self.plain.is_open(day) or key in self.plain.reversed:
            with pytest.raises(Conflict):
                act()
            return
        act()
        self._settle()
        self.plain.reversed.add(key)
        lines = tuple((account, -amount) for account, amount in self.plain.booked[key][1])
        self.plain.booked[opposite] = (day, lines)
        with pytest.raises(Conflict):
            reverse_entry(actor=self.actor, entry_id=entry.pk, key=new_id(), effective_on=day, subject=self.entity)

    @rule(amount=AMOUNTS.filter(bool), off=st.sampled_from([-1, 1, 10**6]), day=DAYS)
    def post_unbalanced(self, amount: int, off: int, day: date) -> None:
        """Try what does not balance, and what mixes purposes."""
        one, other, _ = self.accounts[Purpose.ROYALTIES, "CNY"]
        foreign = self.accounts[Purpose.CUSTODY_DEPOSITS, "CNY"][0]
        for lines in (
            [Line(one.pk, amount), Line(other.pk, off - amount)],
            [Line(one.pk, amount), Line(foreign.pk, -amount)],
        ):
            with pytest.raises(InvalidInput):
                post_entry(actor=self.actor, operating_entity_id=self.entity.pk, entry=self._new(day, lines))

    @rule(day=DAYS)
    def close(self, day: date) -> None:
        """Close the books through a day, or open those after it."""
        closed = self.plain.closed_through
        if closed is None or day > closed:
            close_books(actor=self.actor, operating_entity_id=self.entity.pk, through=day)
        elif day < closed:
            reopen_books(self.entity, day)
        self.plain.closed_through = day

    @invariant()
    def they_say_the_same(self) -> None:
        """Balances at several days, the number of entries and their chain are those of the plain model."""
        if not hasattr(self, "plain"):
            return
        for on in (FIRST, FIRST + timedelta(days=20), FIRST + timedelta(days=60)):
            told = selectors.trial_balance(self.entity.pk, actor=self.actor, on=on)
            kept = {account: sum_ for account, sum_ in self.plain.balances(on).items() if sum_}
            assert {row.account.pk: row.balance_minor for row in told if row.balance_minor} == kept
            for currency in CURRENCIES:
                assert sum(row.balance_minor for row in told if row.account.currency == currency) == 0
        chain = list(Entry.objects.filter(operating_entity=self.entity).order_by("number"))
        assert [entry.number for entry in chain] == list(range(1, len(self.plain.booked) + 1))
        assert all(later.previous_hash == earlier.hash for earlier, later in pairwise(chain))

    def _new(self, day: date, lines: list[Line]) -> NewEntry:
        return NewEntry(key=new_id(), name="thing.done", effective_on=day, subject=self.entity, lines=lines)

    def _book(self, entry: NewEntry) -> UUID:
        if self.plain.is_open(entry.effective_on):
            post_entry(actor=self.actor, operating_entity_id=self.entity.pk, entry=entry)
            self._settle()
            self.plain.booked[entry.key] = self._kept(entry)
        else:
            with pytest.raises(Conflict):
                post_entry(actor=self.actor, operating_entity_id=self.entity.pk, entry=entry)
        return entry.key

    @staticmethod
    def _kept(entry: NewEntry) -> tuple[date, tuple[tuple[UUID, int], ...]]:
        return entry.effective_on, tuple((line.account_id, line.amount_minor) for line in entry.lines)

    @staticmethod
    def _settle() -> None:
        """Have the database check now what it checks at the end of a transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.django_db
def test_books_say_what_a_plain_model_says() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
