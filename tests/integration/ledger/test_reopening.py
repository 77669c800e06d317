"""Closed days are opened again by two people: one asks and says why, another one of the entity decides."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import OperatingEntity, User
from platform_core.identity.role_plan import SecondPersonMissing
from platform_core.identity.roles import Purpose, Role
from platform_core.ledger import selectors
from platform_core.ledger.lifecycle import REOPENING_LIFECYCLE
from platform_core.ledger.models import BookClosing, BookReopening, ReopeningState
from platform_core.ledger.services import (
    ask_to_reopen_books,
    close_books,
    grant_book_reopening,
    refuse_book_reopening,
    withdraw_book_reopening,
)
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.core import acting, clock_at, command_line, make_entity
from tests.factories.ledger import ask_to_reopen, make_book_reopening, make_open_reopening

pytestmark = pytest.mark.django_db

YEAR_END, NOVEMBER = date(2025, 12, 31), date(2025, 11, 30)


def finance(entity: OperatingEntity, purpose: Purpose = Purpose.ROYALTIES) -> Actor:
    return acting(Role.FINANCE, entity=entity, purpose=purpose)


@pytest.fixture
def entity() -> OperatingEntity:
    closed = make_entity()
    close_books(actor=command_line(), operating_entity_id=closed.pk, through=YEAR_END)
    return closed


def closed_days(entity: OperatingEntity) -> list[date | None]:
    return list(BookClosing.objects.filter(operating_entity=entity).values_list("closed_through", flat=True))


def test_another_person_opens_what_was_asked_for_and_the_row_says_by_which_decision(entity: OperatingEntity) -> None:
    asked = ask_to_reopen(entity, NOVEMBER, reason=" A bank statement came. ")
    assert closed_days(entity) == [YEAR_END]

    # The finance of any purpose: the days of all of them are closed together.
    granting = finance(entity, Purpose.CASE_COSTS)
    granted = grant_book_reopening(actor=granting, reopening_id=asked.pk)

    assert (granted.state, granted.decided_by_id) == ("granted", granting.user_id)
    closing = BookClosing.objects.latest("number")
    assert (closing.number, closing.closed_through, closing.reason, closing.reopening) == (
        2,
        NOVEMBER,
        "A bank statement came.",
        granted,
    )
    assert selectors.closed_through(entity.pk, actor=granting) == NOVEMBER
    assert list(
        AuditEvent.objects.filter(name__startswith="book_reopening.").order_by("pk").values_list("name", flat=True)
    ) == ["book_reopening.asked", "book_reopening.granted"]


def test_whoever_asked_neither_grants_nor_refuses_and_others_do_not_withdraw(entity: OperatingEntity) -> None:
    asking, other = finance(entity), finance(entity)
    asked = ask_to_reopen_books(actor=asking, operating_entity_id=entity.pk, through=None, reason="why")

    with pytest.raises(NotAllowed, match="somebody else decides"):
        grant_book_reopening(actor=asking, reopening_id=asked.pk)
    with pytest.raises(NotAllowed, match="somebody else decides"):
        refuse_book_reopening(actor=asking, reopening_id=asked.pk, answer="no")
    with pytest.raises(NotAllowed, match="Whoever asked"):
        withdraw_book_reopening(actor=other, reopening_id=asked.pk)

    asked.refresh_from_db()
    assert (asked.state, closed_days(entity)) == ("asked", [YEAR_END])
    assert selectors.reopening_steps(asked, actor=asking) == ["withdraw"]
    assert selectors.reopening_steps(asked, actor=other) == ["grant", "refuse"]
    withdraw_book_reopening(actor=asking, reopening_id=asked.pk)
    with pytest.raises(WrongState):
        grant_book_reopening(actor=other, reopening_id=asked.pk)
    assert closed_days(entity) == [YEAR_END]


def test_a_refusal_says_why_and_opens_nothing(entity: OperatingEntity) -> None:
    asked = ask_to_reopen(entity, NOVEMBER)
    with pytest.raises(InvalidInput):
        refuse_book_reopening(actor=finance(entity), reopening_id=asked.pk, answer=" ")

    refused = refuse_book_reopening(actor=finance(entity), reopening_id=asked.pk, answer="Book it this year.")

    assert (refused.state, refused.answer, closed_days(entity)) == ("refused", "Book it this year.", [YEAR_END])


def test_one_thing_is_asked_at_a_time_of_days_that_are_closed_where_there_are_two_people(
    entity: OperatingEntity,
) -> None:
    alone = finance(entity)
    with pytest.raises(SecondPersonMissing):
        ask_to_reopen_books(actor=alone, operating_entity_id=entity.pk, through=NOVEMBER, reason="why")
    with pytest.raises(InvalidInput, match="open already"):
        ask_to_reopen(entity, YEAR_END)
    ask_to_reopen(entity, NOVEMBER)
    with pytest.raises(Conflict, match="decide that first"):
        ask_to_reopen(entity, date(2025, 10, 31))
    assert BookReopening.objects.count() == 1


def test_a_second_person_of_a_small_office_sees_what_waits_and_no_books(entity: OperatingEntity) -> None:
    treasurer = acting(Role.CLOSE_APPROVER, entity=entity)
    asked = ask_to_reopen_books(actor=finance(entity), operating_entity_id=entity.pk, through=None, reason="why")
    before = make_book_reopening(entity)

    assert list(selectors.book_reopenings(actor=treasurer)) == [asked]
    assert selectors.reopening_steps(asked, actor=treasurer) == ["grant", "refuse"]
    with pytest.raises(NotFound):
        selectors.trial_balance(entity.pk, actor=treasurer)
    grant_book_reopening(actor=treasurer, reopening_id=asked.pk)
    assert list(selectors.book_reopenings(actor=treasurer)) == [asked]
    assert closed_days(entity) == [YEAR_END, None]
    elsewhere = acting(Role.CLOSE_APPROVER, entity=make_entity())
    with pytest.raises(NotFound):
        grant_book_reopening(actor=elsewhere, reopening_id=before.pk)


def test_the_database_itself_opens_no_days_without_two_people(entity: OperatingEntity) -> None:
    def refused(constraint: str, **columns: object) -> None:
        values = {"operating_entity": entity, "number": 2, "at": clock_at().now(), **columns}
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            BookClosing.objects.create(**values)

    asked = make_open_reopening(entity, through=NOVEMBER)
    elsewhere = make_open_reopening(make_entity(), through=NOVEMBER)
    refused("opened by two people", closed_through=NOVEMBER)
    refused("opened by two people", closed_through=NOVEMBER, reopening=asked)
    refused("opened by two people", closed_through=NOVEMBER, reopening=elsewhere)
    with pytest.raises(IntegrityError, match="bookreopening_decided_by_another"), transaction.atomic():
        BookReopening.objects.filter(pk=asked.pk).update(
            state="granted", decided_by=asked.asked_by_id, decided_at=clock_at().now()
        )
    other = User.objects.exclude(pk=asked.asked_by_id).earliest("pk")
    BookReopening.objects.filter(pk=asked.pk).update(state="granted", decided_by=other, decided_at=clock_at().now())
    # Granted for other days than these.
    refused("opened by two people", closed_through=None, reopening=asked)
    for change in ({"reason": "other"}, {"state": "refused", "answer": "no"}):
        with pytest.raises(IntegrityError, match="can no longer be changed"), transaction.atomic():
            BookReopening.objects.filter(pk=asked.pk).update(**change)
    assert closed_days(entity) == [YEAR_END]


@pytest.mark.parametrize("state", ReopeningState)
def test_what_is_decided_stays_decided(state: ReopeningState) -> None:
    steps = ["grant", "refuse", "withdraw"] if state is ReopeningState.ASKED else []
    assert REOPENING_LIFECYCLE.allowed(state) == steps
