"""A tie and a role that come at the same moment: one waits for the other, and no conflict slips through."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client

from members.memberships.models import MembershipRules
from platform_core.conflicts.models import Affiliation, AffiliationKind
from platform_core.conflicts.services import record_affiliation
from platform_core.identity.models import Organisation, RoleAssignment
from platform_core.identity.roles import Role
from platform_core.identity.seating import assign_role, open_seat
from platform_core.problems import Conflict
from tests.api.core.clients import client_of
from tests.concurrency.core.test_races import outcome
from tests.concurrency.waiting import wait_until_somebody_waits_for_a_lock, while_it_waits
from tests.factories.core import command_line, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_role_waits_for_the_seat_that_is_being_opened_and_is_refused() -> None:
    alliance, member = make_alliance(), make_organisation()
    make_membership(alliance, member, "M1")
    seat = make_seat()

    def give() -> object:
        try:
            return assign_role(actor=command_line(), seat_id=seat.pk, role=Role.SECRETARIAT, alliance_id=alliance.pk)
        except Conflict as refused:
            return refused
        finally:
            connection.close()

    def watch() -> None:
        # From outside the transaction, which would see one and the same picture of the server all the time.
        try:
            wait_until_somebody_waits_for_a_lock()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            open_seat(actor=command_line(), user_id=seat.user_id, organisation_id=member.pk)
            waiting = pool.submit(give)
            pool.submit(watch).result(timeout=60)
        result = waiting.result(timeout=60)

    assert isinstance(result, Conflict)
    assert not RoleAssignment.objects.exists()


def test_an_affiliation_that_two_record_at_once_the_one_way_and_the_other_is_recorded_once() -> None:
    one, other = make_organisation(), make_organisation()

    def record(first: Organisation, second: Organisation) -> str:
        return outcome(
            lambda: record_affiliation(
                actor=command_line(),
                first_id=first.pk,
                second_id=second.pk,
                kind=AffiliationKind.CONTROL,
                source="Register",
                starts_on=date(2026, 1, 1),
            )
        )

    assert while_it_waits(lambda: record(one, other), lambda: record(other, one)) == "conflict"
    assert Affiliation.objects.get().first_id == one.pk


def test_rules_of_membership_are_not_set_over_what_was_set_since_they_were_read() -> None:
    alliance = make_alliance()
    clients = []
    for _ in range(2):
        seat = make_seat()
        give_role(seat, Role.SITE_ADMIN)
        clients.append(client_of(seat))
    address = f"/api/v1/alliances/{alliance.pk}/membership-rules"
    etag = clients[0].get(address)["ETag"]

    def put(client: Client, reason: str) -> int:
        body = {"admission_needs_second_person": False, "reason": reason}
        return client.put(address, body, content_type="application/json", headers={"If-Match": etag}).status_code

    assert while_it_waits(lambda: put(clients[0], "The charter"), lambda: put(clients[1], "Whim")) == 412
    assert MembershipRules.objects.get().reason == "The charter"
