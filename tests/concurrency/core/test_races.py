"""The same thing at the same time, by real threads on real connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connections, transaction

from platform_core.api.models import IdempotentAnswer
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation, RoleAssignment, Seat
from platform_core.identity.roles import Role
from platform_core.identity.seating import assign_role, end_role, end_seat
from platform_core.identity.services import edit_organisation, register_organisation
from platform_core.lists.models import SavedView
from platform_core.lists.services import edit_view, save_view
from platform_core.problems import Conflict, Problem
from tests.api.core.clients import client_of
from tests.concurrency.waiting import wait_until_somebody_waits_for_a_lock, while_it_waits
from tests.factories.core import actor_of_seat, command_line, give_role, make_organisation, make_seat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.api.core.views")]

T = TypeVar("T")
THREADS = 8


def together(act: Callable[[int], T], threads: int = THREADS) -> list[T]:
    """Do the same in several threads that begin at the same moment, and return what each got."""
    barrier = threading.Barrier(threads)

    def one(number: int) -> T:
        try:
            barrier.wait(10)
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def outcome(act: Callable[[], Any]) -> str:
    try:
        act()
    except Problem as problem:
        return problem.code
    return "done"


def test_requests_with_one_key_happen_once_and_get_one_answer() -> None:
    seat = make_seat()

    def send(number: int) -> tuple[int, bytes]:
        response = client_of(seat).post(
            "/once", {"name": "甲"}, content_type="application/json", headers={"Idempotency-Key": "the-one-key"}
        )
        return response.status_code, response.content

    for _ in range(3):
        IdempotentAnswer.objects.all().delete()
        before = Organisation.objects.count()
        answers = together(send)
        assert len(set(answers)) == 1
        assert answers[0][0] == 201
        assert Organisation.objects.count() == before + 1


def test_a_request_waits_for_the_one_with_its_key_and_takes_over_if_that_fails() -> None:
    seat = make_seat()
    inside, go_on = threading.Event(), threading.Event()

    def first() -> str:
        """Hold the key in a transaction of its own, as a request does while it works, and then fail."""
        try:
            with transaction.atomic():
                IdempotentAnswer.objects.create(
                    seat_id=seat.pk, key="the-one-key", request_hash="x", rights_hash="x", answered_at=seat.created_at
                )
                inside.set()
                assert go_on.wait(10)
                raise Conflict
        except Conflict:
            return "failed"
        finally:
            connections.close_all()

    def second() -> int:
        try:
            response = client_of(seat).post(
                "/once", {"name": "甲"}, content_type="application/json", headers={"Idempotency-Key": "the-one-key"}
            )
            return response.status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert inside.wait(10)
        other = pool.submit(second)
        wait_until_somebody_waits_for_a_lock()
        assert not other.done()
        go_on.set()
        assert (one.result(10), other.result(10)) == ("failed", 201)
    assert Organisation.objects.filter(name_zh="甲").count() == 1


def test_a_social_credit_code_is_given_to_one_organisation_only() -> None:
    results = together(
        lambda number: outcome(
            lambda: register_organisation(actor=command_line(), name_zh=f"甲{number}", uscc="91110000600037341L")
        )
    )
    assert sorted(results) == ["conflict"] * (THREADS - 1) + ["done"]
    assert Organisation.objects.filter(uscc="91110000600037341L").count() == 1
    assert AuditEvent.objects.filter(name="organisation.registered").count() == 1


def test_a_role_is_given_once() -> None:
    seat = make_seat()
    results = together(
        lambda number: outcome(lambda: assign_role(actor=command_line(), seat_id=seat.pk, role=Role.LICENSEE))
    )
    assert sorted(results) == ["conflict"] * (THREADS - 1) + ["done"]
    assert RoleAssignment.objects.count() == AuditEvent.objects.count() == 1


def test_a_role_ends_once() -> None:
    assignment = give_role(make_seat(), Role.LICENSEE)
    results = together(lambda number: outcome(lambda: end_role(actor=command_line(), assignment_id=assignment.pk)))
    assert sorted(results) == ["done"] + ["wrong_state"] * (THREADS - 1)
    assert AuditEvent.objects.count() == 1


def test_a_role_given_while_its_seat_ends_is_either_ended_with_it_or_refused() -> None:
    for _ in range(5):
        seat = make_seat()

        def act(number: int, seat: Seat = seat) -> str:
            if number % 2:
                return outcome(lambda: end_seat(actor=command_line(), seat_id=seat.pk))
            return outcome(lambda: assign_role(actor=command_line(), seat_id=seat.pk, role=Role.LICENSEE))

        together(act, 2)
        assert not RoleAssignment.objects.filter(seat=seat, ends_at=None).exists()
        assert Seat.objects.get(pk=seat.pk).ended_at is not None


def test_edits_of_one_organisation_follow_each_other_and_none_is_lost() -> None:
    organisation = make_organisation("甲")

    def edit(number: int) -> str:
        column: dict[str, Any] = {"name_zh": f"甲{number}"} if number % 2 else {"name_en": f"A{number}"}
        return outcome(lambda: edit_organisation(actor=command_line(), organisation_id=organisation.pk, **column))

    assert set(together(edit)) == {"done"}
    seen = {"name_zh": "甲", "name_en": ""}
    for event in AuditEvent.objects.order_by("id"):
        for column, change in event.changes.items():
            assert change["old"] == seen[column]
            seen[column] = change["new"]
    organisation.refresh_from_db()
    assert seen == {"name_zh": organisation.name_zh, "name_en": organisation.name_en}
    assert AuditEvent.objects.count() == THREADS


def test_the_state_is_checked_under_the_lock() -> None:
    seat = make_seat()
    results = together(lambda number: outcome(lambda: end_seat(actor=command_line(), seat_id=seat.pk)))
    assert sorted(results) == ["done"] + ["wrong_state"] * (THREADS - 1)


def test_two_views_that_are_renamed_to_one_name_at_once_do_not_both_get_it() -> None:
    actor = actor_of_seat(make_seat())
    views = [save_view(actor=actor, page="patents", name=name) for name in ("一", "二")]

    def rename(number: int) -> str:
        return outcome(lambda: edit_view(actor=actor, view_id=views[number].pk, name="三"))

    assert while_it_waits(lambda: rename(0), lambda: rename(1)) == "conflict"
    assert sorted(SavedView.objects.values_list("name", flat=True)) == sorted(["三", "二"])
