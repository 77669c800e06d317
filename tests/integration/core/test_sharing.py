"""Who sees an object, and why: the same as the kernel says, seat by seat, and told to nobody who may not know it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from platform_core.access.acting import actors_in_seats
from platform_core.access.actors import Actor
from platform_core.access.kernel import can
from platform_core.access.registry import policies
from platform_core.access.sharing.selectors import readers_of, sharing_of
from platform_core.identity.models import Seat
from platform_core.identity.roles import Role
from platform_core.problems import NotAllowed, NotFound
from pools.composition.models import PoolState
from tests.factories.composition import make_entry, make_pool, make_pool_member
from tests.factories.core import NOON, acting, clock_at, make_alliance, make_organisation, make_seat, seat_of
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.world import World, make_world
from tests.parts import is_asked


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    files = override_settings(DATA_DIR=tmp_path_factory.mktemp("data"))
    with files, django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def test_the_readers_of_an_object_are_those_the_kernel_lets_in_with_what_it_lets_them_do(world: World) -> None:
    asking = Actor.public(clock=world.clock)
    everybody = {actor.seat_id: actor for actor in actors_in_seats(Seat.objects.all(), clock=world.clock)}
    compared = 0
    for policy in policies():
        if policy.giving is None:
            continue
        for subject in policy.model._default_manager.order_by("pk")[:2]:
            readers = readers_of(subject, actor=asking)
            assert readers
            for place, (seat_id, actor) in enumerate(everybody.items()):
                assert seat_id is not None
                if seat_id not in readers and not is_asked(f"{policy.model._meta.label} {place}", parts=4):
                    continue
                allowed = readers.get(seat_id, frozenset())
                # Whom nothing ties to the alliance sees what the public does, which is told once.
                expected = can(actor, policy.read, subject) and (
                    seat_id in readers or not can(asking, policy.read, subject)
                )
                assert expected is (policy.read.name in allowed), (subject, actor)
                compared += 1
            for seat_id in readers:
                permitted = {p.name for p in policy.permissions() if can(everybody[seat_id], p, subject)}
                assert readers[seat_id] == permitted, (subject, everybody[seat_id])
    assert compared > 100


@pytest.mark.django_db
class TestWhatIsTold:
    def test_an_owner_sees_who_sees_its_patent_and_why(self) -> None:
        clock, alliance = clock_at(), make_alliance()
        own, other = make_organisation("业主"), make_organisation("同行")
        for code, company in (("A", own), ("B", other)):
            make_membership(alliance, company, code)
        patent = make_patent(alliance, "CN1B", own)
        owner = acting(Role.MEMBER_ADMIN, organisation=own, clock=clock)
        colleague = acting(Role.MEMBER_FINANCE, organisation=own, clock=clock)
        for _ in range(2):
            acting(Role.SECRETARIAT, alliance=alliance, clock=clock)
        rivals = [acting(Role.MEMBER_STAFF, organisation=other, clock=clock) for _ in range(3)]
        make_grant(patent, other, "patent.read", by=Seat.objects.get(pk=seat_of(owner)))
        evaluator = acting(Role.EVALUATOR, clock=clock)
        make_grant(
            patent, Seat.objects.get(pk=seat_of(evaluator)), by=make_seat(), role=Role.EVALUATOR,
            ends_at=NOON + timedelta(hours=1),
        )  # fmt: skip

        told = sharing_of(actor=owner, subject_type="patents.patent", subject_id=patent.pk)

        def line(reader: Any) -> tuple[Any, ...]:
            kinds = list(dict.fromkeys((why.kind, why.role, why.grant_id is not None) for why in reader.why))
            return reader.organisation_name, reader.seat_id, reader.actions, kinds

        desks = (
            "patent.read",
            "patent.chart",
            "patent.edit",
            "patent.edit_annuity_terms",
            "patent.pay_annuity",
            "patent.read_annuities",
            "patent.read_duties",
            "patent.settle_duties",
            "patent.share",
            "patent.submit",
            "patent.waive_duties",
        )
        payers = ("patent.read", "patent.pay_annuity", "patent.read_annuities", "patent.read_duties")
        secretarys = ("patent.read", "patent.assign", "patent.edit", "patent.read_duties", "patent.record_ownership")
        assert [line(reader) for reader in told.readers] == [
            ("业主", owner.seat_id, desks, [("role", "member_admin", False)]),
            ("业主", colleague.seat_id, payers, [("role", "member_finance", False)]),
            ("同行", None, ("patent.read",), [("grant", None, True)]),
            ("", None, secretarys, [("role", "secretariat", False)]),
            ("", None, ("patent.read",), [("assignment", "evaluator", True)]),
        ]
        assert told.readers[-1].why[0].ends_at == NOON + timedelta(hours=1)
        assert {reader.name for reader in told.readers[2:]} == {""}
        assert (told.may_grant, told.may_assign) == (["patent.read", "patent.edit"], [])
        assert len(rivals) == 3
        for nobody in (rivals[0], colleague):
            with pytest.raises(NotAllowed):
                sharing_of(actor=nobody, subject_type="patents.patent", subject_id=patent.pk)
        with pytest.raises(NotFound):
            sharing_of(actor=acting(Role.MEMBER_ADMIN), subject_type="patents.patent", subject_id=patent.pk)
        with pytest.raises(NotFound):
            sharing_of(actor=owner, subject_type="identity.seat", subject_id=patent.pk)

    def test_what_anybody_sees_is_said_once(self) -> None:
        clock, alliance = clock_at(), make_alliance()
        own = make_organisation("业主")
        membership = make_membership(alliance, own, "A")
        patent = make_patent(alliance, "CN1B", own)
        pool = make_pool(alliance, "P", PoolState.LAUNCHED)
        make_entry(make_pool_member(pool, membership), patent)
        owner = acting(Role.MEMBER_STAFF, organisation=own, clock=clock)
        stranger = acting(Role.MEMBER_STAFF, clock=clock)
        assert can(stranger, policy_read(), patent)

        told = sharing_of(actor=owner, subject_type="patents.patent", subject_id=patent.pk)

        assert [(row.why[0].kind, row.seat_id) for row in told.readers] == [
            ("public", None),
            ("role", owner.seat_id),
        ]

    def test_secretaries_see_that_something_was_granted_and_not_what_was_said_of_it(self) -> None:
        clock, alliance = clock_at(), make_alliance()
        own, other = make_organisation(), make_organisation()
        for code, company in (("A", own), ("B", other)):
            make_membership(alliance, company, code)
        patent = make_patent(alliance, "CN1B", own)
        acting(Role.MEMBER_STAFF, organisation=other, clock=clock)
        make_grant(patent, other, "patent.read", by=make_seat(organisation=own))
        secretary = acting(Role.SECRETARIAT, alliance=alliance, clock=clock)
        told = sharing_of(actor=secretary, subject_type="patents.patent", subject_id=patent.pk)
        granted = [why for reader in told.readers for why in reader.why if why.kind == "grant"]
        assert [why.grant_id for why in granted] == [None]
        assert told.may_grant == []
        assert told.may_assign == [Role.LEGAL, Role.EVALUATOR, Role.EXPERT]

    def test_the_number_of_queries_grows_with_the_kinds_of_readers_and_not_with_their_number(self) -> None:
        clock, alliance = clock_at(), make_alliance()
        own = make_organisation()
        make_membership(alliance, own, "A")
        patent = make_patent(alliance, "CN1B", own)
        owner = acting(Role.MEMBER_ADMIN, organisation=own, clock=clock)
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                sharing_of(actor=owner, subject_type="patents.patent", subject_id=patent.pk)
            counts.append(len(queries))
            for _ in range(10):
                acting(Role.MEMBER_STAFF, organisation=own, clock=clock)
        assert counts[0] == counts[1] < 20


def policy_read() -> Any:
    from pools.patents.policies import READ_PATENT

    return READ_PATENT
