"""A claim of a bilateral licence, from its evidence to its credit: who may what, and who learns of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from licensing.agreements.models import BilateralLicence
from licensing.agreements.selectors import bundle_tables
from licensing.agreements.services import end_bilateral
from licensing.bilaterals.home import claims_waiting
from licensing.bilaterals.models import BilateralClaim, ClaimState
from licensing.bilaterals.selectors import allowed_steps, bilateral_claims, get_claim
from licensing.bilaterals.services import (
    NewClaim,
    ask_member,
    claim_bilateral,
    confirm_claim,
    refuse_claim,
    settle_claim,
    withdraw_claim,
)
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import RoleAssignment
from platform_core.identity.roles import Role
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from pools.composition.models import PoolMember
from tests.factories.conflicts import make_declared_tie
from tests.factories.core import give_role, make_seat
from tests.factories.documents import make_document
from tests.factories.royalties import NOW, SmallWorld, make_person

pytestmark = pytest.mark.django_db(transaction=True)

FIRST_DAY = date(2025, 2, 1)


@pytest.fixture(autouse=True)
def administrators(world: SmallWorld) -> None:
    """Give every member somebody who answers for it."""
    for name, membership in list(world.members.items()):
        seat = make_person(membership.organisation, f"{name}-admin", Role.MEMBER_ADMIN)
        world.seats[f"{name} admin"] = seat


def member_of(world: SmallWorld, name: str) -> PoolMember:
    return PoolMember.objects.get(pool=world.pool, membership=world.members[name])


def claimed(world: SmallWorld, who: str = "L1", member: str = "M1", **changed: object) -> BilateralClaim:
    given = {
        "licence_id": world.licences["L1"].pk,
        "member_id": member_of(world, member).pk,
        "starts_on": FIRST_DAY,
        "stands_in": "Cross-licence of 2024-12-01, clause 4",
        **changed,
    }
    return claim_bilateral(actor=world.acting(who), claim=NewClaim(**given))  # type: ignore[arg-type]


def asked(world: SmallWorld, who: str = "L1") -> BilateralClaim:
    claim = claimed(world, who)
    make_document(claim, "contract")
    return ask_member(actor=world.acting("calculator"), claim_id=claim.pk)


def credited(world: SmallWorld) -> list[str]:
    """What the next close of the first quarter would credit, as lines of its bundle."""
    table = bundle_tables(world.programme.pk, period="2025Q1").get("bilaterals.csv", b"")
    return table.decode().splitlines()[1:]


def seen_by(world: SmallWorld, *names: str) -> list[str]:
    return [name for name in names if bilateral_claims(actor=world.acting(name)).exists()]


def test_what_a_member_confirms_is_credited_from_then_on(world: SmallWorld) -> None:
    claim = asked(world)
    assert credited(world) == []
    confirmed = confirm_claim(actor=world.acting("M1 admin"), claim_id=claim.pk)
    assert (confirmed.state, confirmed.without_answer) == (ClaimState.CONFIRMED, False)
    assert credited(world) == ["L1,M1,2025-02-01,"]
    assert confirmed.bilateral == BilateralLicence.objects.get()
    names = AuditEvent.objects.filter(subject_id=claim.pk).order_by("id").values_list("name", flat=True)
    assert list(names) == ["bilateral_claim.claimed", "bilateral_claim.asked", "bilateral_claim.confirmed"]


def test_what_a_member_refuses_is_not_credited_and_can_be_claimed_anew(world: SmallWorld) -> None:
    claim = asked(world)
    with pytest.raises(InvalidInput):
        refuse_claim(actor=world.acting("M1 admin"), claim_id=claim.pk, reason=" ")
    refused = refuse_claim(actor=world.acting("M1 admin"), claim_id=claim.pk, reason="It ended in 2023.")
    assert (refused.state, refused.reason) == (ClaimState.REFUSED, "It ended in 2023.")
    assert credited(world) == []
    assert claimed(world).state == ClaimState.CLAIMED


def test_only_the_licensee_finance_and_the_member_that_is_asked_learn_of_it(world: SmallWorld) -> None:
    everybody = ("L1", "L2", "calculator", "approver", "M1 admin", "M1", "M2 admin", "M2", "secretariat")
    claim = claimed(world)
    assert seen_by(world, *everybody) == ["L1", "calculator", "approver"]
    make_document(claim, "contract")
    ask_member(actor=world.acting("calculator"), claim_id=claim.pk)
    assert seen_by(world, *everybody) == ["L1", "calculator", "approver", "M1 admin", "M1"]
    with pytest.raises(NotFound):
        confirm_claim(actor=world.acting("M2 admin"), claim_id=claim.pk)
    with pytest.raises(NotAllowed):
        confirm_claim(actor=world.acting("M1"), claim_id=claim.pk)
    with pytest.raises(NotAllowed):
        confirm_claim(actor=world.acting("L1"), claim_id=claim.pk)
    assert credited(world) == []


def test_nobody_is_asked_about_what_nothing_shows(world: SmallWorld) -> None:
    claim = claimed(world)
    with pytest.raises(Conflict):
        ask_member(actor=world.acting("calculator"), claim_id=claim.pk)
    claim.refresh_from_db()
    assert claim.state == ClaimState.CLAIMED
    assert claim.asked_at is None


def test_finance_that_also_administers_the_member_does_not_answer_itself(world: SmallWorld) -> None:
    claim = asked(world, "calculator")
    # Another seat of the same person, at the member.
    seat = make_seat(world.seats["calculator"].user, world.members["M1"].organisation)
    give_role(seat, Role.MEMBER_ADMIN)
    world.seats["second"] = seat
    with pytest.raises(NotAllowed, match="does not answer"):
        confirm_claim(actor=world.acting("second"), claim_id=claim.pk)
    assert allowed_steps(get_claim(claim.pk, actor=world.acting("second")), actor=world.acting("second")) == []
    assert credited(world) == []


def test_after_thirty_days_of_silence_another_person_of_finance_decides(world: SmallWorld) -> None:
    claim = asked(world)
    world.clock.move(timedelta(days=29, hours=23))
    with pytest.raises(NotAllowed, match="30 days"):
        settle_claim(actor=world.acting("approver"), claim_id=claim.pk, reason="The contract shows it.")
    world.clock.move(timedelta(hours=1))
    with pytest.raises(NotAllowed, match="ask a colleague"):
        settle_claim(actor=world.acting("calculator"), claim_id=claim.pk, reason="The contract shows it.")
    with pytest.raises(InvalidInput):
        settle_claim(actor=world.acting("approver"), claim_id=claim.pk, reason="")
    assert credited(world) == []
    settled = settle_claim(actor=world.acting("approver"), claim_id=claim.pk, reason="The contract shows it.")
    assert (settled.state, settled.without_answer) == (ClaimState.CONFIRMED, True)
    assert credited(world) == ["L1,M1,2025-02-01,"]


def test_two_of_finance_who_are_tied_to_one_party_do_not_decide_what_another_is_given(world: SmallWorld) -> None:
    claim = asked(world, "calculator")
    world.clock.move(timedelta(days=30))
    for who in ("calculator", "approver"):
        make_declared_tie(world.seats[who].user, world.members["M2"].organisation)
    # Who is tied to a party of the pool finds no claim, whoever it is of.
    with pytest.raises(NotFound):
        settle_claim(actor=world.acting("approver"), claim_id=claim.pk, reason="The contract shows it.")
    assert credited(world) == []


def test_who_is_concerned_is_told(world: SmallWorld) -> None:
    claim = asked(world)

    def told() -> list[tuple[str, str]]:
        names = {seat.pk: name for name, seat in world.seats.items()}
        rows = Notice.objects.filter(subject_id=claim.pk).values_list("seat", "kind")
        return sorted((names[seat], kind) for seat, kind in rows)

    asked_of = [("M1", "bilateral_claim.asked"), ("M1 admin", "bilateral_claim.asked")]
    assert told() == asked_of
    refuse_claim(actor=world.acting("M1 admin"), claim_id=claim.pk, reason="It ended in 2023.")
    assert told() == [("L1", "bilateral_claim.refused"), *asked_of]


def test_home_pages_name_who_has_to_act(world: SmallWorld) -> None:
    asked(world)

    def waiting(who: str) -> list[str]:
        return [one.kind for one in claims_waiting(world.acting(who))]

    assert {who: waiting(who) for who in ("M1 admin", "M2 admin", "calculator", "approver")} == {
        "M1 admin": ["bilateral_claim.answer"],
        "M2 admin": [],
        "calculator": [],
        "approver": [],
    }
    world.clock.move(timedelta(days=30))
    assert {who: waiting(who) for who in ("calculator", "approver")} == {
        "calculator": [],
        "approver": ["bilateral_claim.settle"],
    }


@pytest.mark.parametrize("who", ["L1", "approver"])
def test_a_claim_is_withdrawn_by_its_licensee_or_finance_until_it_is_answered(world: SmallWorld, who: str) -> None:
    claim = asked(world)
    with pytest.raises(NotAllowed):
        withdraw_claim(actor=world.acting("M1 admin"), claim_id=claim.pk, reason="No.")
    withdrawn = withdraw_claim(actor=world.acting(who), claim_id=claim.pk, reason="Claimed twice.")
    assert (withdrawn.state, withdrawn.withdrawn_at) == (ClaimState.WITHDRAWN, NOW)
    with pytest.raises(WrongState):
        confirm_claim(actor=world.acting("M1 admin"), claim_id=claim.pk)
    assert credited(world) == []


def test_what_cannot_be_is_not_claimed(world: SmallWorld) -> None:
    with pytest.raises(NotFound):
        claimed(world, licence_id=member_of(world, "M1").pk)
    for who in ("L2", "M2 admin", "secretariat"):
        with pytest.raises(NotAllowed):
            claimed(world, who=who)
    with pytest.raises(InvalidInput):
        claimed(world, stands_in=" ")
    with pytest.raises(InvalidInput):
        claimed(world, ends_on=FIRST_DAY - timedelta(days=1))
    with pytest.raises(NotFound):
        claimed(world, member_id=world.licences["L1"].pk)
    claimed(world)
    with pytest.raises(Conflict, match="claimed already"):
        claimed(world, who="calculator")
    assert BilateralClaim.objects.count() == 1
    member = member_of(world, "M2")
    BilateralLicence.objects.create(licence=world.licences["L1"], member=member, starts_on=FIRST_DAY)
    with pytest.raises(Conflict, match="credited already"):
        claimed(world, member="M2")


def test_a_member_that_is_a_licensee_too_holds_nothing_from_itself(world: SmallWorld) -> None:
    seat = world.seats["M1 admin"]
    RoleAssignment.objects.create(seat=seat, role=Role.LICENSEE, starts_at=NOW)
    world.licences["L1"].__class__.objects.filter(pk=world.licences["L2"].pk).update(licensee=seat.organisation)
    with pytest.raises(InvalidInput):
        claimed(world, who="M1 admin", licence_id=world.licences["L2"].pk)


def test_what_is_credited_ends_earlier_at_most(world: SmallWorld) -> None:
    claim = confirm_claim(actor=world.acting("M1 admin"), claim_id=asked(world).pk)
    assert claim.bilateral is not None
    end = date(2025, 2, 28)
    end_bilateral(actor=world.acting("calculator"), bilateral_id=claim.bilateral.pk, ends_on=end)
    with pytest.raises(InvalidInput, match="claim the days after that anew"):
        end_bilateral(
            actor=world.acting("calculator"), bilateral_id=claim.bilateral.pk, ends_on=end + timedelta(days=1)
        )
    assert credited(world) == ["L1,M1,2025-02-01,2025-02-28"]


def test_an_answer_and_a_withdrawal_at_once_leave_one_of_them(world: SmallWorld) -> None:
    claim = asked(world)
    barrier = Barrier(2)
    licensee, member = world.acting("L1"), world.acting("M1 admin")

    def at_once(act: Callable[[], BilateralClaim]) -> BilateralClaim | Problem:
        try:
            barrier.wait(timeout=30)
            return act()
        except WrongState as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = list(
            pool.map(
                at_once,
                (
                    lambda: withdraw_claim(actor=licensee, claim_id=claim.pk, reason="Claimed twice."),
                    lambda: confirm_claim(actor=member, claim_id=claim.pk),
                ),
            )
        )
    assert sum(isinstance(result, WrongState) for result in results) == 1
    claim.refresh_from_db()
    assert (claim.state == ClaimState.CONFIRMED) == (credited(world) == ["L1,M1,2025-02-01,"])
    assert claim.state in (ClaimState.CONFIRMED, ClaimState.WITHDRAWN)


def test_the_database_keeps_what_was_said(world: SmallWorld) -> None:
    claim = asked(world)
    rows = BilateralClaim.objects.filter(pk=claim.pk)
    other = world.seats["M1 admin"].user
    changes: tuple[dict[str, object], ...] = (
        {"ends_on": date(2025, 12, 31)},
        {"stands_in": "another contract"},
        {"member": member_of(world, "M2")},
        {"state": "confirmed", "answered_at": NOW, "answered_by": other},
        {"state": "refused", "answered_at": NOW, "answered_by": claim.asked_by, "reason": "No."},
        {"state": "refused", "answered_at": NOW, "answered_by": other},
        {"state": "claimed", "asked_at": None, "answered_at": NOW},
        {"state": "asked", "asked_at": None},
    )
    for change in changes:
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()
    refuse_claim(actor=world.acting("M1 admin"), claim_id=claim.pk, reason="No.")
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(reason="Yes.")
    claim.refresh_from_db()
    assert claim.reason == "No."
