"""Deadlines of patents follow whatever changes them: registering, editing, owners, payments, files, and the day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from platform_core.access.actors import COMMAND_LINE, Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import reopen_deadline, run_deadlines, settle_deadlines, waive_deadlines
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_core.problems import InvalidInput, NotAllowed, NotFound, WrongState
from pools.patents.annuities import WorkingDays
from pools.patents.models import Ownership, Patent, PatentWords
from pools.patents.services import NewPatent, Owner, edit_patent, register_patent, register_patents, transfer_patent
from pools.upkeep.models import AnnuityPayment
from pools.upkeep.services import (
    cancel_payment,
    follow_alliance,
    import_office_calendar,
    record_payment,
    set_annuity_terms,
)
from tests.factories.core import NOON, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership

pytestmark = pytest.mark.django_db

FILED, GRANTED = date(2017, 3, 10), date(2019, 8, 2)


class House:
    """An alliance with two members; the first one registers patents, and has somebody for them and for money."""

    def __init__(self) -> None:
        self.alliance = make_alliance("uhd")
        self.firm, self.rival = make_organisation("江汉显示有限公司"), make_organisation("沧澜科技有限公司")
        for code, firm in (("M1", self.firm), ("M2", self.rival)):
            make_membership(self.alliance, firm, code, enters_on=date(2025, 1, 1))
        self.system = Actor.system(COMMAND_LINE, clock=FixedClock(NOON))
        self.staff, self.other = make_seat(organisation=self.firm), make_seat(organisation=self.rival)
        self.office = make_seat()
        give_role(self.staff, Role.MEMBER_STAFF)
        give_role(self.other, Role.MEMBER_STAFF)
        give_role(self.office, Role.SECRETARIAT, alliance=self.alliance)

    def work(self, on: date = date(2026, 3, 2)) -> Actor:
        return Actor.system(DEADLINE_WORK, clock=FixedClock(datetime(on.year, on.month, on.day, 4, tzinfo=UTC)))

    def desk(self, on: date = date(2026, 3, 2)) -> Actor:
        return actor_of_seat(self.staff, clock=FixedClock(datetime(on.year, on.month, on.day, 4, tzinfo=UTC)))

    def register(self, publication: str = "CN106844774B", **columns: Any) -> Patent:
        return register_patent(
            actor=self.system,
            alliance_id=self.alliance.pk,
            patent=NewPatent(
                publication=publication,
                country=columns.pop("country", "CN"),
                owners=(Owner(owner_id=self.firm.pk),),
                **{"filed_on": FILED, "granted_on": GRANTED, **columns},
            ),
        )


@pytest.fixture
def house() -> House:
    return House()


def standing() -> list[tuple[str, str, str]]:
    rows = Deadline.objects.order_by("due_on", "kind", "part")
    return [(row.part, f"{row.due_on}", row.state) for row in rows]


def next_fees() -> dict[str, str]:
    return {row.title[:2]: f"{row.due_on}" for row in Deadline.objects.filter(kind="annuity", state="open")}


def test_holidays_of_an_office_move_due_days_and_deadlines_follow(house: House) -> None:
    golden_week = WorkingDays(
        off=frozenset(date(2026, 10, day) for day in range(1, 8)), on=frozenset((date(2026, 10, 10),))
    )
    # Due on a Monday of the week that is off.
    house.register(filed_on=date(2017, 10, 5))
    house.register("JP6844774B2", country="JP", filed_on=date(2017, 10, 5), granted_on=date(2019, 10, 5))
    by_weekends = {"CN": "2026-10-05", "JP": "2026-10-05"}
    assert next_fees() == by_weekends

    import_office_calendar(actor=house.system, office="CN", days=golden_week, source="2026.csv")
    follow_alliance(actor=house.work(), alliance_id=house.alliance.pk)

    assert next_fees() == {"CN": "2026-10-08", "JP": "2026-10-05"}
    [told] = AuditEvent.objects.filter(name="office_calendar.imported")
    assert told.changes["days_off"]["new"] == 7
    # Of a year, the file that came last counts alone.
    import_office_calendar(
        actor=house.system, office="CN", days=WorkingDays(off=frozenset((date(2026, 1, 1),))), source="again.csv"
    )
    follow_alliance(actor=house.work(), alliance_id=house.alliance.pk)
    assert next_fees() == by_weekends


def test_a_patent_that_is_registered_has_its_next_fee_as_a_deadline(house: House) -> None:
    patent = house.register()

    row = Deadline.objects.get()
    assert (row.subject_id, row.organisation, row.kind, row.part) == (patent.pk, house.firm, "annuity", "10")
    assert (row.due_on, row.last_day) == (date(2026, 3, 10), date(2026, 9, 10))
    assert row.title == "CN106844774B (CN)"
    assert "第九十八条" in row.rule
    assert row.next_told_on == date(2025, 12, 10)
    assert AuditEvent.objects.get(name="deadline.set").subject_id == row.pk


def test_what_changes_its_days_moves_or_ends_the_deadline_and_says_so(house: House) -> None:
    patent = house.register(granted_on=None)
    assert standing() == []

    edit_patent(actor=house.system, patent_id=patent.pk, granted_on=GRANTED)
    assert standing() == [("10", "2026-03-10", "open")]

    edit_patent(actor=house.system, patent_id=patent.pk, filed_on=date(2017, 3, 20))
    assert standing() == [("10", "2026-03-20", "open")]
    moved = AuditEvent.objects.get(name="deadline.moved")
    assert moved.changes["due_on"] == {"old": "2026-03-10", "new": "2026-03-20"}

    edit_patent(actor=house.system, patent_id=patent.pk, ends_on=date(2026, 1, 1))
    assert standing() == [("10", "2026-03-20", "void")]
    assert AuditEvent.objects.filter(name="deadline.voided").count() == 1

    edit_patent(actor=house.system, patent_id=patent.pk, ends_on=None)
    assert standing() == [("10", "2026-03-20", "void"), ("10", "2026-03-20", "open")]


def test_a_fee_that_may_be_unpaid_when_the_patent_comes_on_record_is_asked_about(house: House) -> None:
    house.register(filed_on=date(2017, 1, 10))

    assert standing() == [("10", "2026-03-16", "open"), ("11", "2027-01-11", "open")]
    asked = Deadline.objects.get(kind="annuity_confirmation")
    settle_deadlines(actor=house.desk(), deadline_ids=[asked.pk], note="一月已缴")
    assert standing() == [("10", "2026-03-16", "settled"), ("11", "2027-01-11", "open")]
    follow_alliance(actor=house.work(date(2026, 4, 1)), alliance_id=house.alliance.pk)
    assert len(standing()) == 2


def test_a_payment_settles_its_deadline_and_brings_the_next_year(house: House) -> None:
    patent = house.register()

    payment = record_payment(
        actor=house.desk(), patent_id=patent.pk, year=10, paid_on=date(2026, 3, 1), fee_minor=4000_00
    )

    assert (payment.organisation, payment.currency, payment.fee_minor) == (house.firm, "CNY", 400_000)
    assert standing() == [("10", "2026-03-10", "settled"), ("11", "2027-03-10", "open")]
    cancelled = cancel_payment(actor=house.desk(), payment_id=payment.pk, reason="记错了专利")
    assert cancelled.cancel_reason == "记错了专利"
    assert standing() == [("10", "2026-03-10", "open"), ("11", "2027-03-10", "void")]
    with pytest.raises(WrongState):
        cancel_payment(actor=house.desk(), payment_id=payment.pk, reason="再来一次")


def test_a_fee_that_was_waived_ends_the_watch_until_it_is_opened_again(house: House) -> None:
    house.register()
    row = Deadline.objects.get()

    with pytest.raises(InvalidInput):
        waive_deadlines(actor=house.desk(), deadline_ids=[row.pk], note=" ")
    assert Deadline.objects.get().state == "open"
    waive_deadlines(actor=house.desk(), deadline_ids=[row.pk], note="权利人放弃")
    follow_alliance(actor=house.work(date(2027, 1, 1)), alliance_id=house.alliance.pk)
    assert standing() == [("10", "2026-03-10", "waived")]

    reopen_deadline(actor=house.desk(), deadline_id=row.pk, note="改变主意")
    assert standing() == [("10", "2026-03-10", "open")]


def test_a_fee_that_was_missed_stays_the_last_one_and_can_be_settled_when_the_right_is_back(house: House) -> None:
    house.register()
    run_deadlines(actor=house.work(date(2026, 9, 11)), alliance_id=house.alliance.pk)
    assert standing() == [("10", "2026-03-10", "missed")]
    run_deadlines(actor=house.work(date(2026, 9, 12)), alliance_id=house.alliance.pk)
    assert standing() == [("10", "2026-03-10", "missed")]

    settle_deadlines(actor=house.desk(date(2026, 10, 20)), deadline_ids=[Deadline.objects.get().pk], note="恢复权利")
    assert standing() == [("10", "2026-03-10", "settled"), ("11", "2027-03-10", "open")]


def test_with_another_owner_the_duty_passes_on_and_only_the_new_one_sees_it(house: House) -> None:
    patent = house.register()
    row = Deadline.objects.get()
    Deadline.objects.update(responsible=house.staff)
    rival = actor_of_seat(house.other)
    assert not Deadline.objects.visible_to(rival).exists()

    transfer_patent(
        actor=house.system,
        patent_id=patent.pk,
        from_owner_id=house.firm.pk,
        to_owner_id=house.rival.pk,
        on=date(2026, 3, 2),
    )

    row.refresh_from_db()
    assert (row.organisation, row.responsible) == (house.rival, None)
    assert list(Deadline.objects.visible_to(rival)) == [row]
    assert not Deadline.objects.visible_to(house.desk()).exists()
    with pytest.raises(NotFound):
        settle_deadlines(actor=house.desk(), deadline_ids=[row.pk])


def test_the_office_sees_days_and_settles_nothing_and_pays_nothing(house: House) -> None:
    patent = house.register()
    office = actor_of_seat(house.office)
    row = Deadline.objects.visible_to(office).get()

    for act in (
        lambda: settle_deadlines(actor=office, deadline_ids=[row.pk]),
        lambda: waive_deadlines(actor=office, deadline_ids=[row.pk], note="why"),
        lambda: record_payment(actor=office, patent_id=patent.pk, year=10, paid_on=date(2026, 3, 1), fee_minor=1),
        lambda: set_annuity_terms(actor=office, patent_id=patent.pk, reduction_percent=70),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert standing() == [("10", "2026-03-10", "open")]
    assert not AnnuityPayment.objects.exists()


def test_terms_decide_the_first_fee_and_a_reduction_that_is_none_is_refused(house: House) -> None:
    patent = house.register(filed_on=date(2024, 3, 10), granted_on=date(2026, 2, 20))
    assert standing() == [("3", "2026-03-10", "open")]

    set_annuity_terms(actor=house.desk(), patent_id=patent.pk, grant_year=3, reduction_percent=85)
    assert standing() == [("3", "2026-03-10", "void"), ("4", "2027-03-10", "open")]
    with pytest.raises(InvalidInput) as refused:
        set_annuity_terms(actor=house.desk(), patent_id=patent.pk, reduction_percent=50)
    assert refused.value.errors[0].pointer == "/reduction_percent"


def test_many_at_once_are_followed_in_the_background_with_as_many_queries_as_few(house: House) -> None:
    def register(first: int, count: int) -> None:
        register_patents(
            actor=house.system,
            alliance_id=house.alliance.pk,
            patents=[
                NewPatent(
                    publication=f"CN10{number:07d}B",
                    country="CN",
                    filed_on=FILED,
                    granted_on=GRANTED,
                    owners=(Owner(owner_id=house.firm.pk),),
                )
                for number in range(first, first + count)
            ],
        )

    def followed() -> int:
        with CaptureQueriesContext(connection) as captured:
            kept = follow_alliance(actor=house.work(), alliance_id=house.alliance.pk)
        assert kept.moved == 0
        return len(captured)

    register(0, 3)
    assert Job.objects.get().task == "upkeep.follow"
    assert not Deadline.objects.exists()
    few = followed()
    assert Deadline.objects.count() == 3
    register(3, 60)
    assert followed() == few
    assert Deadline.objects.filter(state="open").count() == 63
    kept = AuditEvent.objects.filter(name="alliance.deadlines_kept").order_by("pk")
    assert [event.changes["added"]["new"] for event in kept] == [3, 60]

    # What is taken off the register leaves no deadline behind that somebody would be reminded of.
    gone = Patent.objects.order_by("publication")[0]
    Ownership.objects.filter(patent=gone).delete()
    PatentWords.objects.filter(patent=gone).delete()
    Patent.objects.filter(pk=gone.pk).delete()
    follow_alliance(actor=house.work(), alliance_id=house.alliance.pk)
    assert Deadline.objects.get(subject_id=gone.pk).state == "void"


def test_an_office_without_rules_has_no_deadlines_and_pays_nothing_here(house: House) -> None:
    patent = house.register("DE102017000001A1", country="DE")

    assert standing() == []
    with pytest.raises(InvalidInput, match="No fees of DE are known"):
        record_payment(actor=house.desk(), patent_id=patent.pk, year=10, paid_on=date(2026, 3, 1), fee_minor=1)
    assert not AnnuityPayment.objects.exists()
