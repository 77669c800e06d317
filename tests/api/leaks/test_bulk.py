"""What is done to many at once looks at each: one that is hidden among good ones is one that is not there.

Every list of things in a body is tried with a hidden one before, between and behind those one may name, and the
services that take many with everything they refer to. Refused is the whole, in the same words, and nothing is done.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Model

from licensing.agreements.models import Licence
from licensing.agreements.services import (
    NewBilateral,
    NewCharge,
    NewLicence,
    NewReceipt,
    raise_charges,
    record_bilaterals,
    record_receipts,
    take_over_licences,
)
from licensing.direct.models import DirectKind, DirectLicence, DirectState
from licensing.terms.models import Programme
from members.memberships.models import Membership
from members.memberships.services import NewMember, add_members
from platform_core.access.actors import Actor
from platform_core.access.kernel import visible_rows
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Alliance, Organisation
from platform_core.identity.roles import Purpose, Role
from platform_core.ids import new_id
from platform_core.notices.models import Notice
from platform_core.problems import Problem
from platform_core.treasury.models import BankAccount, StatementLine
from pools.composition.models import Pool, PoolMember
from pools.composition.services import NewEntry, NewPoolMember, add_pool_members, enter_patents
from pools.patents.models import Patent
from pools.patents.services import NewPatent, Owner, record_owners, register_patents
from tests.api.leaks.described import Place, places_of_ids
from tests.api.leaks.telling import Teller, shown
from tests.api.leaks.test_hidden_ids import address_of, hidden_rows, users_of
from tests.api.matrix.asked import _filled, question
from tests.api.matrix.asking import PREFIX, Asker
from tests.api.matrix.kept import Samples
from tests.factories.core import actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.direct import make_direct_licence
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.treasury import HEADINGS, take

pytest_plugins = ["tests.api.matrix.fixtures"]

GOOD_ROWS: dict[str, list[dict[str, Any]]] = {
    "POST alliances/{alliance_id}/founding-members": [
        {"organisation_id": "$nobodys", "code": "NEW1"},
        {"organisation_id": "$untied", "code": "NEW2"},
    ],
    "POST differences/decisions": [
        {"difference_id": "$difference", "side": "own", "version": 1},
        {"difference_id": "$other_difference", "side": "own", "version": 1},
    ],
    "POST submissions": [{"number": "1", "standard": "S", "clause": "7"}],
    "PATCH submissions/{submission_id}": [{"number": "1", "standard": "S", "clause": "7"}],
    "PATCH opinions/{opinion_id}": [{"claim_id": "$claim", "essential": "true"}],
    "POST statement-lines/{line_id}/allocation": [{"invoice_id": "$issued", "amount_minor": 1}],
    "POST patents": [{"owner_id": "$rival"}, {"owner_id": "$company"}],
}
"""Rows that are taken, where the question of the matrix sends fewer than two."""

AT = (0, 1, 2)

WITH: dict[str, dict[str, Any]] = {"POST direct-licences licensee_patent_ids.[]": {"kind": "cross"}}
"""What else is sent, so that there is a list at all."""

BROUGHT_BY = {"patent_ids": "own", "licensee_patent_ids": "$rival"}
"""Whose patents are licensed: one's own, and in a cross-licence those of whoever takes it."""


def lists() -> list[Place]:
    return [place for place in places_of_ids() if "[]" in place.path]


LISTED = {
    "POST charter-versions/{version_id}/reminders": ("charter-versions/{}/missing-signatures", "membership_id"),
    "POST programmes/{programme_id}/report-reminders": ("programmes/{}/missing-reports", "licence_id"),
    # The last two of the list are of the owner that is asked.
    "POST pools/{pool_id}/licence-requests": ("pool-entries?pool={}&order=-publication", "patent_id"),
    "POST invoices/issue": ("invoices?state=draft&paper=invoice", "id"),
    "POST parallel-runs/{parallel_run_id}/acceptance": ("parallel-differences?parallel_run={}", "id"),
    # The first two lines of the order were paid, the last two were not.
    "POST payment-orders/{order_id}/payments": ("payment-orders/{}/lines", "id"),
    "POST payment-orders/{order_id}/receipts": ("payment-orders/{}/lines?order=-position", "id"),
}
"""Where what is sent stands in a list of the object: its address, and what the ids are called there."""


def rows_of(place: Place, body: dict[str, Any], values: dict[str, str], teller: Teller, sample: Model) -> list[Any]:
    """Return two good rows of a list."""
    asking: dict[str, Any] = {"lianchi.actor": teller.asker.actor}
    if place.route in LISTED:
        address, name = LISTED[place.route]
        listed = teller.client.get(f"/{PREFIX}{address.format(sample.pk)}", **asking).json()["items"]
        return [row[name] for row in listed[-2:]]
    if place.path[-1] == "[]":
        model = place.kind(Notice)
        assert teller.asker.actor is not None
        seen = model._default_manager.filter(visible_rows(teller.asker.actor, model))
        if place.route.split(" ", 1)[1].startswith("direct-licences"):
            whose = BROUGHT_BY[place.path[0]]
            owner = teller.asker.actor.organisation_id if whose == "own" else UUID(values[whose.removeprefix("$")])
            seen = seen.filter(pk__in=Patent.objects.filter(ownerships__owner=owner).values("pk"))
        if model is Notice:
            # Of one's own, those whose thing one sees, too.
            listed = teller.client.get("/api/v1/notices", **asking).json()["items"]
            return [row["id"] for row in listed[:2]]
        return [str(pk) for pk in seen.order_by("pk").values_list("pk", flat=True)[:2]]
    if place.name in ("alliance", "operating_entity"):
        own = teller.asker.name == "member_admin"
        return [{"role": role} for role in (("member_staff", "member_finance") if own else ("prospect", "licensee"))]
    rows: list[Any] = _filled(GOOD_ROWS[place.route], values)
    return rows


def with_row(rows: list[Any], at: int, place: Place, value: UUID) -> list[Any]:
    """Return the rows with one more, that has a value where the place says."""
    if place.path[-1] == "[]":
        return [*rows[:at], str(value), *rows[at:]]
    row = {**deepcopy(rows[0]), place.path[-1]: str(value)}
    if "code" in row:
        row["code"] = "NEW9"
    if place.name == "alliance":
        row["role"] = "legal"
    if place.name == "operating_entity":
        row["role"] = "committee"
    return [*rows[:at], row, *rows[at:]]


@pytest.fixture(scope="module")
def tellers(samples: Samples) -> dict[str, Teller]:
    samples.values["untied"] = str(make_organisation("untied").pk)
    # Members are put on record at once only where there are none yet.
    office = make_seat()
    give_role(office, Role.SECRETARIAT, alliance=make_alliance("beginning"))
    founder = Asker("founder", office.user, actor_of_seat(office, clock=samples.world.clock))
    return {asker.name: Teller(asker) for asker in (*samples.askers, founder)}


def users_in(place: Place, samples: Samples, tellers: dict[str, Teller]) -> Iterator[tuple[Teller, Model]]:
    """Yield who may send a list, and about what."""
    if place.route.endswith("founding-members"):
        yield tellers["founder"], Alliance.objects.get(code="beginning")
    if str(place) == "PATCH direct-licences/{licence_id} licensee_patent_ids.[]":
        teller = tellers["member_admin"]
        assert teller.asker.actor is not None
        yield teller, cross_licence(teller.asker.actor, UUID(samples.values["rival"]))
        return
    if place.route == "POST statement-lines/{line_id}/allocation":
        yield tellers["finance"], line_that_arrived(samples)
        return
    for name, sample in users_of(place.route, samples):
        yield tellers[name], sample


def cross_licence(actor: Actor, rival: UUID) -> DirectLicence:
    """Draft a licence for which a rival gives one back: in this alone it brings patents."""
    own, theirs = (
        [Patent.objects.filter(ownerships__owner=owner).earliest("pk")] for owner in (actor.organisation_id, rival)
    )
    licensor, licensee = Organisation.objects.get(seats=actor.seat_id), Organisation.objects.get(pk=rival)
    return make_direct_licence(licensor, licensee, own, DirectState.DRAFT, theirs=theirs, kind=DirectKind.CROSS)


def line_that_arrived(samples: Samples) -> StatementLine:
    """Have money arrive for royalties on a day that has come, which most lines here have not."""
    account = BankAccount.objects.filter(operating_entity=samples.world.entities[0], purpose=Purpose.ROYALTIES)
    taken = take(account.earliest("pk"), f"{HEADINGS}\n2026-03-01,7,,payer,1,goods,ARRIVED\n")
    return StatementLine.objects.get(statement=taken.statement)


@pytest.mark.parametrize("place", lists(), ids=str)
def test_one_hidden_thing_among_good_ones_is_one_that_is_not_there(
    samples: Samples, tellers: dict[str, Teller], place: Place
) -> None:
    one = question(place.route)
    tried, taken = 0, None
    for teller, sample in users_in(place, samples, tellers):
        name = teller.asker.name
        body = _filled(one.body, {**samples.values, "id": str(sample.pk)}) | WITH.get(str(place), {})
        good = rows_of(place, body, samples.values, teller, sample)

        tell = partial(teller.told, one.method, address_of(one, sample))
        taken = tell(body={**body, place.path[0]: good})
        hidden_ones = hidden_rows(place.kind(type(sample)), teller)
        for at in AT[: len(good) + 1]:
            unknown_id = new_id()
            unknown = tell(body={**body, place.path[0]: with_row(good, at, place, unknown_id)}, hide=unknown_id)
            for row in hidden_ones:
                hidden = tell(body={**body, place.path[0]: with_row(good, at, place, row.pk)}, hide=row.pk)
                assert hidden == unknown, f"{place} as {name}, {row!r}\n{shown(hidden)}\nunknown\n{shown(unknown)}"
                assert hidden[0] in (404, 422), f"{place} as {name}: {shown(hidden)}"
                tried += taken[0] < 300
    assert taken is not None
    assert tried, f"{shown(taken)}: nothing was tried with rows that would be taken by themselves"


def test_all_that_are_unread_are_ones_own(samples: Samples, tellers: dict[str, Teller]) -> None:
    teller = tellers["member_admin"]
    assert teller.asker.actor is not None
    others = Notice.objects.exclude(seat=teller.asker.actor.seat_id)
    with transaction.atomic():
        others.update(read_at=None)
        Notice.objects.filter(seat=teller.asker.actor.seat_id).update(read_at=None)
        given: dict[str, Any] = {"lianchi.actor": teller.asker.actor, "content_type": "application/json"}
        response = teller.client.post("/api/v1/notices/read", {}, **given)
        assert response.status_code < 300, response.content
        assert Notice.objects.filter(seat=teller.asker.actor.seat_id).exclude(read_at=None).exists()
        assert not others.exclude(read_at=None).exists()
        transaction.set_rollback(True)


class World:
    """What the office of the first alliance sends: everything its own, but for the id that is tried."""

    def __init__(self, samples: Samples) -> None:
        alliances, seats = samples.world.alliances, samples.world.seats
        self.office: Actor = actor_of_seat(seats["first secretariat"], clock=samples.world.clock)
        self.finance: Actor = actor_of_seat(seats["first finance"], clock=samples.world.clock)
        self.alliance = alliances[0]
        self.programme = Programme.objects.get(alliance=self.alliance, code="reported")
        self.pool = Pool.objects.get(alliance=self.alliance, code="quiet")
        self.patent = make_patent(self.alliance, "CN71B", samples.world.organisations[0])
        self.member = PoolMember.objects.filter(pool=self.pool).earliest("pk")
        self.reported = PoolMember.objects.filter(pool=self.programme.pool).earliest("pk")
        self.licence = Licence.objects.filter(programme=self.programme).earliest("pk")
        self.terms = self.programme.terms_versions.get(number=1)
        self.newcomer = make_organisation("newcomer")
        self.membership = make_membership(self.alliance, make_organisation("joined"), "JOINED")


DAY = date(2025, 1, 1)

MANY: dict[str, tuple[type[Model], Callable[[World, UUID], Any]]] = {
    "members": (
        Organisation,
        lambda world, pk: add_members(
            actor=world.office,
            alliance_id=world.alliance.pk,
            members=[NewMember(organisation_id=one, code=f"X{n}") for n, one in enumerate((world.newcomer.pk, pk))],
        ),
    ),
    "owners of new patents": (
        Organisation,
        lambda world, pk: register_patents(
            actor=world.office,
            alliance_id=world.alliance.pk,
            patents=[
                NewPatent(publication=f"CN8{n}B", country="CN", owners=(Owner(owner_id=one),))
                for n, one in enumerate((world.newcomer.pk, pk))
            ],
        ),
    ),
    "owners": (
        Organisation,
        lambda world, pk: record_owners(
            actor=world.office,
            alliance_id=world.alliance.pk,
            owners=[(world.patent.pk, Owner(owner_id=one)) for one in (world.newcomer.pk, pk)],
        ),
    ),
    "patents of owners": (
        Patent,
        lambda world, pk: record_owners(
            actor=world.office,
            alliance_id=world.alliance.pk,
            owners=[(one, Owner(owner_id=world.newcomer.pk)) for one in (world.patent.pk, pk)],
        ),
    ),
    "pool members": (
        Membership,
        lambda world, pk: add_pool_members(
            actor=world.office,
            pool_id=world.pool.pk,
            members=[NewPoolMember(membership_id=one, segment="other") for one in (world.membership.pk, pk)],
        ),
    ),
    "entries of patents": (
        Patent,
        lambda world, pk: enter_patents(
            actor=world.office,
            pool_id=world.pool.pk,
            entries=[NewEntry(member_id=world.member.pk, patent_id=one) for one in (world.patent.pk, pk)],
        ),
    ),
    "entries of members": (
        PoolMember,
        lambda world, pk: enter_patents(
            actor=world.office,
            pool_id=world.pool.pk,
            entries=[NewEntry(member_id=one, patent_id=world.patent.pk) for one in (world.member.pk, pk)],
        ),
    ),
    "licensees": (
        Organisation,
        lambda world, pk: take_over_licences(
            actor=world.office,
            programme_id=world.programme.pk,
            terms_version_id=world.terms.pk,
            licences=[
                NewLicence(code=f"X{n}", licensee_id=one, signed_on=DAY, starts_on=DAY)
                for n, one in enumerate((world.newcomer.pk, pk))
            ],
        ),
    ),
    "charges": (
        Licence,
        lambda world, pk: raise_charges(
            actor=world.finance,
            programme_id=world.programme.pk,
            charges=[
                NewCharge(licence_id=one, month=date(2025, 2, 1), kind="entry", amount=Decimal(1), currency="CNY")
                for one in (world.licence.pk, pk)
            ],
        ),
    ),
    "receipts": (
        Licence,
        lambda world, pk: record_receipts(
            actor=world.finance,
            programme_id=world.programme.pk,
            receipts=[NewReceipt(licence_id=one, period="2025Q2", amount_minor=1) for one in (world.licence.pk, pk)],
        ),
    ),
    "bilaterals": (
        PoolMember,
        lambda world, pk: record_bilaterals(
            actor=world.finance,
            programme_id=world.programme.pk,
            bilaterals=[
                NewBilateral(licence_id=world.licence.pk, member_id=one, starts_on=date(2026, 2, 1))
                for one in (world.reported.pk, pk)
            ],
        ),
    ),
}
"""Services that take many: what an id is of, and how it is sent behind a good one."""


@pytest.mark.parametrize("name", MANY)
def test_a_service_that_takes_many_refuses_all_for_one_that_is_hidden(samples: Samples, name: str) -> None:
    model, do = MANY[name]

    def refusal(world: World, pk: UUID) -> str:
        before = AuditEvent.objects.count()
        try:
            with transaction.atomic():
                do(world, pk)
        except Problem as problem:
            assert AuditEvent.objects.count() == before
            return f"{type(problem).__name__} {problem}"
        raise AssertionError("it was done")

    with transaction.atomic():
        world = World(samples)
        actor = world.finance if name in ("charges", "receipts", "bilaterals") else world.office
        seen = model._default_manager.filter(visible_rows(actor, model)).order_by().values("pk")
        hidden = model._default_manager.exclude(pk__in=seen).order_by("pk")[0]
        assert refusal(world, hidden.pk) == refusal(world, new_id())
        transaction.set_rollback(True)
