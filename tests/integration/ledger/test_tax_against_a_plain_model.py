"""In whatever order shares, claw-backs and payments of tax come, the books owe the tax office what was withheld."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, initialize, invariant, multiple, rule, run_state_machine_as_test

from licensing.distribution.kinds import WITHHELD_TAX
from licensing.distribution.withholding.calculation import set_off_before, tax_on
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Account, Entry
from platform_core.ledger.selectors import balances_of
from platform_core.ledger.services import reverse_entry
from platform_core.problems import Conflict
from tests.factories.core import make_organisation
from tests.factories.ledger import make_account
from tests.integration.ledger.test_against_a_plain_model import DAYS, Books

PERCENTS = st.decimals(min_value=0, max_value="99.999999", places=6)
SHARES = st.integers(-(10**9), 10**9).filter(bool)


class TaxedBooks(Books):
    """Books in which shares are released after tax, the tax is paid on, and payments of it are taken back."""

    payments = Bundle("payments")

    @initialize()
    def begin(self) -> None:
        """Nothing was given, withheld or paid yet."""
        self.shares: list[int] = []
        self.bases: list[int] = []
        self.withheld = 0
        self.paid: dict[UUID, int] = {}
        self.kept: dict[str, Account] = {}

    def _account(self, name: str) -> Account:
        """Return the account of received royalty, of the member or of the tax office, opened once it is needed."""
        if name not in self.kept:
            told = {"kind": WITHHELD_TAX.code} if name == "tax office" else {}
            holder = self.entity.organisation if name == "tax office" else make_organisation()
            self.kept[name] = make_account(self.entity, holder, **told)
        return self.kept[name]

    @rule(share=SHARES, percent=PERCENTS, day=DAYS)
    def release(self, share: int, percent: Decimal, day: date) -> None:
        """Give a member a share, or take one back: tax is withheld of what it is paid, and of nothing else."""
        base = max(0, share - set_off_before(self.shares)) if share > 0 else 0
        tax = tax_on(base, percent)
        moved = {"received": share, "member": tax - share, "tax office": -tax}
        lines = [Line(self._account(name).pk, amount) for name, amount in moved.items() if amount]
        key = self._book(self._new(day, lines))
        if key in self.plain.booked:
            self.shares.append(share)
            self.bases.append(base)
            self.withheld += tax

    @rule(target=payments, day=DAYS)
    def pay_on(self, day: date) -> object:
        """Pay the tax office all that is owed to it."""
        owed = self.withheld - sum(self.paid.values())
        if owed <= 0:
            return multiple()
        lines = [Line(self._account("tax office").pk, owed), Line(self._account("received").pk, -owed)]
        key = self._book(self._new(day, lines))
        if key not in self.plain.booked:
            return multiple()
        self.paid[key] = owed
        return key

    @rule(key=consumes(payments), day=DAYS)
    def take_back(self, key: UUID, day: date) -> None:
        """Take back that the tax office was paid: the entry stays, and its opposite makes it owed again."""
        entry, opposite = Entry.objects.get(key=key), new_id()

        def act() -> None:
            reverse_entry(actor=self.actor, entry_id=entry.pk, key=opposite, effective_on=day, subject=self.entity)

        if not self.plain.is_open(day):
            with pytest.raises(Conflict):
                act()
            return
        act()
        self._settle()
        self.plain.reversed.add(key)
        self.plain.booked[opposite] = (day, tuple((one, -amount) for one, amount in self.plain.booked[key][1]))
        del self.paid[key]

    @invariant()
    def the_tax_office_is_owed_what_was_withheld(self) -> None:
        """What was withheld and not paid is owed, and what was taxed is what was given in the end."""
        if not hasattr(self, "kept"):
            return
        stands = balances_of([*self.kept.values()])
        owed = self.withheld - sum(self.paid.values())
        assert stands.get(self.kept["tax office"].pk, 0) == -owed if "tax office" in self.kept else owed == 0
        if "member" in self.kept:
            assert stands.get(self.kept["member"].pk, 0) == self.withheld - sum(self.shares)
        assert sum(self.bases) == sum(self.shares) + set_off_before(self.shares)


@pytest.mark.django_db
def test_books_owe_the_tax_office_what_was_withheld() -> None:
    run_state_machine_as_test(
        TaxedBooks,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
