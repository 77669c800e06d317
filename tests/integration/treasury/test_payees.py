"""Where an organisation is paid: entered by one, confirmed by another, in force days later, and told to its people."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from platform_core.access.actors import Actor
from platform_core.identity.models import OperatingEntity, Organisation
from platform_core.identity.roles import Purpose, Role
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.treasury import selectors
from platform_core.treasury.models import PayeeAccount
from platform_core.treasury.selectors import where_to_pay
from platform_core.treasury.services import (
    confirm_payee_account,
    enter_payee_account,
    withdraw_payee_account,
)
from tests.factories.core import NOON, acting, clock_at, make_entity, make_organisation
from tests.factories.ledger import make_account
from tests.factories.memberships import make_membership
from tests.factories.treasury import make_payee_account, payee_in_force

pytestmark = pytest.mark.django_db

SAID = {"currency": "CNY", "account_name": "曜汐电子有限公司", "bank_name": "建设银行", "number": "6217 0000-0000 1234"}


@pytest.fixture
def member() -> Organisation:
    return make_organisation()


@pytest.fixture
def entity(member: Organisation) -> OperatingEntity:
    """An entity in whose alliance the member is, and in whose books it has an account."""
    entity = make_entity()
    make_membership(entity.alliance, member, "M1")
    make_account(entity, member)
    return entity


def of(member: Organisation, role: Role = Role.MEMBER_FINANCE) -> Actor:
    return acting(role, organisation=member)


def test_an_account_is_confirmed_by_another_and_in_force_three_days_later(member: Organisation) -> None:
    admin, entering = of(member, Role.MEMBER_ADMIN), of(member)
    entered = enter_payee_account(actor=entering, organisation_id=member.pk, **SAID)
    assert (entered.number, entered.state) == ("6217000000001234", "entered")
    with pytest.raises(NotAllowed, match="somebody else confirms"):
        confirm_payee_account(actor=entering, account_id=entered.pk)

    confirmed = confirm_payee_account(actor=of(member), account_id=entered.pk)

    assert confirmed.in_force_at == NOON + timedelta(days=3)
    assert where_to_pay(member.pk, "CNY", at=NOON + timedelta(days=3)) == entered
    assert where_to_pay(member.pk, "CNY", at=NOON + timedelta(days=3, seconds=-1)) is None
    assert where_to_pay(member.pk, "USD", at=NOON + timedelta(days=4)) is None
    told = Notice.objects.filter(seat=admin.seat_id).order_by("pk")
    assert [(row.kind, row.values["digits"]) for row in told] == [
        ("payee_account.entered", "1234"),
        ("payee_account.confirmed", "1234"),
    ]


def test_a_change_stops_payments_until_it_is_in_force_or_withdrawn(member: Organisation) -> None:
    before = payee_in_force(member)
    assert where_to_pay(member.pk, "CNY", at=NOON) == before

    change = enter_payee_account(actor=of(member), organisation_id=member.pk, **SAID)
    assert where_to_pay(member.pk, "CNY", at=NOON) is None
    with pytest.raises(Conflict, match="waits to be confirmed"):
        enter_payee_account(actor=of(member), organisation_id=member.pk, **{**SAID, "number": "99998888"})
    with pytest.raises(InvalidInput):
        withdraw_payee_account(actor=of(member), account_id=change.pk, reason=" ")
    withdraw_payee_account(actor=of(member), account_id=change.pk, reason="Nobody here asked for it.")

    assert where_to_pay(member.pk, "CNY", at=NOON) == before
    with pytest.raises(WrongState):
        confirm_payee_account(actor=of(member, Role.MEMBER_ADMIN), account_id=change.pk)


def test_withdrawing_what_was_in_force_sends_nothing_to_an_older_account(member: Organisation) -> None:
    days = NOON - timedelta(days=30)
    older = payee_in_force(member, entered_at=days, confirmed_at=days, in_force_at=days + timedelta(days=3))
    newer = payee_in_force(member)
    assert where_to_pay(member.pk, "CNY", at=NOON) == newer

    withdraw_payee_account(actor=of(member), account_id=newer.pk, reason="One person alone says so.")

    assert where_to_pay(member.pk, "CNY", at=NOON) is None
    assert where_to_pay(member.pk, "CNY", at=NOON + timedelta(days=30)) is None
    # What never came into force counts for nothing, once it is withdrawn.
    anew = enter_payee_account(actor=of(member), organisation_id=member.pk, **{**SAID, "number": older.number})
    confirm_payee_account(actor=of(member), account_id=anew.pk)
    assert where_to_pay(member.pk, "CNY", at=NOON + timedelta(days=3)) == anew


def test_finance_enters_for_those_in_its_books_only_and_rivals_see_nothing(
    member: Organisation, entity: OperatingEntity
) -> None:
    finance = acting(Role.FINANCE, entity=entity)
    entered = enter_payee_account(actor=finance, organisation_id=member.pk, **SAID)
    assert list(selectors.payee_accounts(actor=finance)) == [entered]
    assert selectors.payee_steps(entered, actor=finance) == ["withdraw"]

    for nobody in (
        acting(Role.FINANCE, entity=make_entity()),
        acting(Role.FINANCE, entity=entity, purpose=Purpose.CASE_COSTS),
        of(make_organisation("rival")),
        acting(Role.MEMBER_STAFF, organisation=member),
        acting(Role.SECRETARIAT, alliance=entity.alliance),
    ):
        assert not selectors.payee_accounts(actor=nobody).exists()
        with pytest.raises(NotFound):
            confirm_payee_account(actor=nobody, account_id=entered.pk)
        with pytest.raises((NotFound, NotAllowed)):
            enter_payee_account(actor=nobody, organisation_id=member.pk, **SAID)
    assert PayeeAccount.objects.get().state == "entered"


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "12"), ("currency", "RMB"), ("account_name", "=1+1"), ("bank_name", " "), ("branch", "@x")],
)
def test_what_is_no_account_is_refused_with_its_field(member: Organisation, field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter_payee_account(actor=of(member), organisation_id=member.pk, **{**SAID, field: value})
    assert [error.pointer for error in refused.value.errors] == [f"/{field}"]
    assert not PayeeAccount.objects.exists()


def test_the_database_itself_knows_two_people_and_keeps_what_was_entered(member: Organisation) -> None:
    account = make_payee_account(member)
    rows = PayeeAccount.objects.filter(pk=account.pk)
    later = clock_at(NOON + timedelta(days=1)).now()
    with pytest.raises(IntegrityError, match="payeeaccount_confirmed_by_another"), transaction.atomic():
        rows.update(state="confirmed", confirmed_at=NOON, confirmed_by=account.entered_by, in_force_at=later)
    for change in ({"number": "99998888"}, {"account_name": "other"}, {"entered_at": NOON - timedelta(days=9)}):
        with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
            rows.update(**change)
