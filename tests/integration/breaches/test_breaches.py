"""A breach from its notice to the end of the licence: right to the day, by two people, and between two sides."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from licensing.agreements.models import Licence, LicenceState
from licensing.agreements.selectors import allowed_steps as licence_steps
from licensing.agreements.selectors import bundle_tables
from licensing.agreements.services import (
    expire_licence,
    resume_licence,
    suspend_licence,
    terminate_licence,
)
from licensing.billing.lifecycle import PlanState
from licensing.billing.models import InstalmentPlan, Invoice
from licensing.breaches.home import breaches_waiting
from licensing.breaches.lifecycle import BreachState
from licensing.breaches.models import Breach, BreachKind, Termination, TerminationGround
from licensing.breaches.policies import BREACH_WORK
from licensing.breaches.rules import breach_rules, rule_for
from licensing.breaches.selectors import (
    allowed_steps,
    breaches,
    course_of,
    grounds_shown,
    lacking_of,
    termination_steps,
    terminations,
)
from licensing.breaches.services import (
    close_what_is_put_right,
    decide_termination,
    end_on_their_day,
    notice_breach,
    propose_termination,
    record_cure,
    suspend_for_breach,
    withdraw_breach,
    withdraw_termination,
)
from licensing.reports.selectors import missing_months
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.deadlines.models import Deadline
from platform_core.documents.models import Document
from platform_core.documents.selectors import open_document_file
from platform_core.documents.services import NewFile, add_document
from platform_core.identity.role_plan import SecondPersonMissing
from platform_core.identity.roles import Role
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from tests.factories.billing import (
    make_billing_terms,
    make_certificate,
    make_invoice,
    make_issued,
    make_plan,
    make_series,
)
from tests.factories.close import make_run
from tests.factories.dealings import make_dealing, make_offer_row
from tests.factories.reports import make_filed_report
from tests.factories.royalties import SmallWorld, add_licensee, make_person, make_small_world

pytestmark = pytest.mark.django_db
CURE_BY = date(2026, 3, 4)
LAST_DAY, SOLD_OFF = date(2026, 3, 20), date(2026, 5, 19)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> SmallWorld:
    """The small world with a licence since July 2025 that nobody reported under, and an office of two."""
    settings.DATA_DIR = tmp_path
    found = make_small_world()
    office = found.seats["secretariat"].organisation
    found.seats["colleague"] = make_person(office, "colleague", Role.SECRETARIAT, alliance=found.alliance)
    add_licensee(found, "L9", starts_on=date(2025, 7, 1))
    return found


def at(world: SmallWorld, who: str, month: int, day: int) -> Actor:
    return replace(world.acting(who), clock=FixedClock(datetime(2026, month, day, 4, tzinfo=UTC)))


def platform(month: int, day: int) -> Actor:
    return Actor.system(BREACH_WORK, clock=FixedClock(datetime(2026, month, day, 4, tzinfo=UTC)))


def noticed(world: SmallWorld, **given: object) -> Breach:
    return notice_breach(
        actor=world.acting("secretariat"),
        licence_id=world.licences["L9"].pk,
        kind=BreachKind.UNREPORTED,
        **given,  # type: ignore[arg-type]  # what is noticed besides
    )


def suspended(world: SmallWorld) -> Breach:
    breach = noticed(world)
    return suspend_for_breach(actor=at(world, "secretariat", 3, 5), breach_id=breach.pk)


def reported(world: SmallWorld) -> None:
    world.report("L9", [(f"2025-0{month}", 0) for month in (7, 8, 9)], first="2025-07", last="2025-09")


def agreed_by_contract(world: SmallWorld, *, cure_days: int, run_off_days: int) -> None:
    licence = world.licences["L9"]
    dealing = make_dealing(world.programme, licence.licensee)
    make_offer_row(
        dealing,
        state="accepted",
        answered_at=world.clock.now(),
        cure_days=cure_days,
        run_off_days=run_off_days,
    )
    type(dealing).objects.filter(pk=dealing.pk).update(
        state="concluded", acknowledged_at=world.clock.now(), agreed_at=world.clock.now(), licence=licence, turn=""
    )


def proposed(world: SmallWorld, breach: Breach, last_day: date = LAST_DAY) -> Termination:
    return propose_termination(
        actor=at(world, "secretariat", 3, 6),
        licence_id=breach.licence_id,
        ground=TerminationGround.BREACH,
        breach_id=breach.pk,
        last_day=last_day,
        reason="Nothing was reported.",
    )


def test_a_notice_goes_out_by_a_rule_and_is_known_to_two_sides_alone(world: SmallWorld) -> None:
    licence = world.licences["L9"]
    found = grounds_shown(licence.pk, actor=world.acting("secretariat"))
    assert [(one.kind, one.key, one.due_on) for one in found] == [
        ("unreported", "2025-07", date(2025, 10, 30)),
        ("unreported", "2025-08", date(2025, 10, 30)),
        ("unreported", "2025-09", date(2025, 10, 30)),
    ]
    for who in ("L9", "calculator", "M1", "L1"):
        with pytest.raises((NotAllowed, NotFound)):
            notice_breach(actor=world.acting(who), licence_id=licence.pk, kind=BreachKind.UNREPORTED)
    with pytest.raises(Conflict, match="nothing of this kind"):
        notice_breach(actor=world.acting("secretariat"), licence_id=licence.pk, kind=BreachKind.UNPAID)
    with pytest.raises(InvalidInput):
        noticed(world, keys=["2025-10"])
    with pytest.raises(InvalidInput):
        noticed(world, cure_days=29)
    assert not Breach.objects.exists()

    breach = noticed(world, keys=["2025-08", "2025-07"], text="Please write to us.")
    assert ([ground["key"] for ground in breach.grounds], breach.cure_by) == (["2025-07", "2025-08"], CURE_BY)
    assert breach.rule == rule_for("unreported", on=date(2026, 2, 2)).source
    seen = [
        who
        for who in ("secretariat", "colleague", "calculator", "L9", "L1", "M1")
        if breaches(actor=world.acting(who)).exists()
    ]
    assert seen == ["secretariat", "colleague", "calculator", "L9"]
    for letter in (breach.letter_zh, breach.letter_en):
        assert letter is not None
        with open_document_file(letter) as file:
            assert file.read(5) == b"%PDF-"
        assert Document.objects.visible_to(world.acting("L9")).filter(pk=letter.pk).exists()
        assert not Document.objects.visible_to(world.acting("L1")).filter(pk=letter.pk).exists()
    [deadline] = Deadline.objects.filter(subject_id=breach.pk, state="open")
    assert (deadline.due_on, deadline.organisation_id) == (CURE_BY, licence.licensee_id)
    assert Notice.objects.get(seat=world.seats["L9"]).kind == "breach.noticed"
    assert Message.objects.get(user=world.seats["L9"].user).kind == "breach.noticed"
    [waiting] = breaches_waiting(world.acting("L9"))
    assert (waiting.kind, waiting.due_on, waiting.title) == ("breach.noticed", CURE_BY, "L9")
    assert list(breaches_waiting(world.acting("secretariat"))) == []
    with pytest.raises(Conflict, match="is open already"):
        noticed(world)


def test_nothing_moves_the_licence_past_an_open_breach(world: SmallWorld) -> None:
    breach, office = noticed(world), world.acting("secretariat")
    licence = world.licences["L9"]
    for step in (resume_licence, expire_licence):
        with pytest.raises(Conflict, match="A breach of this licence is open"):
            step(actor=office, licence_id=licence.pk)
    with pytest.raises(Conflict, match="is suspended for a breach: give notice"):
        suspend_licence(actor=office, licence_id=licence.pk)
    assert licence_steps([licence], actor=office) == {licence.pk: []}
    withdraw_breach(actor=office, breach_id=breach.pk, reason="The report was sent by post.")
    assert licence_steps([licence], actor=office) == {licence.pk: []}
    with pytest.raises(Conflict, match="is suspended for a breach: give notice"):
        suspend_licence(actor=office, licence_id=licence.pk)
    breach.refresh_from_db()
    assert (breach.state, breach.closed_on, breach.closed_by_id) == ("withdrawn", date(2026, 2, 2), office.user_id)
    assert not Deadline.objects.filter(subject_id=breach.pk, state="open").exists()
    with pytest.raises(WrongState):
        record_cure(actor=office, breach_id=breach.pk)


def test_what_is_put_right_in_time_leaves_the_licence_in_force(world: SmallWorld) -> None:
    breach, office = noticed(world), world.acting("secretariat")
    with pytest.raises(Conflict, match="still missing: 2025-07, 2025-08, 2025-09"):
        record_cure(actor=office, breach_id=breach.pk)
    assert close_what_is_put_right(actor=platform(2, 3)) == 0
    reported(world)
    assert lacking_of([breach]) == {breach.pk: []}
    assert close_what_is_put_right(actor=platform(2, 4)) == 1
    breach.refresh_from_db()
    assert (breach.state, breach.closed_on, breach.closed_by) == ("cured", date(2026, 2, 4), None)
    assert Licence.objects.get(code="L9").state == LicenceState.IN_FORCE


def test_what_is_only_estimated_puts_nothing_right(world: SmallWorld) -> None:
    breach = noticed(world, keys=["2025-07"])
    make_filed_report(world.licences["L9"], date(2025, 7, 1), is_estimate=True)
    assert lacking_of([breach]) == {breach.pk: ["2025-07"]}
    assert close_what_is_put_right(actor=platform(2, 3)) == 0


def test_a_licence_is_suspended_after_its_last_day_and_resumed_when_it_is_put_right(world: SmallWorld) -> None:
    breach = noticed(world)
    assert allowed_steps([breach], actor=at(world, "secretariat", 3, 4)) == {breach.pk: ["cure", "withdrawal"]}
    with pytest.raises(Conflict, match="until 2026-03-04"):
        suspend_for_breach(actor=at(world, "secretariat", 3, 4), breach_id=breach.pk)
    with pytest.raises(NotAllowed):
        suspend_for_breach(actor=at(world, "L9", 3, 5), breach_id=breach.pk)
    [waiting] = breaches_waiting(at(world, "colleague", 3, 5))
    assert (waiting.kind, waiting.title) == ("breach.noticed.over", "L9 · uhd licensee L9")
    suspend_for_breach(actor=at(world, "secretariat", 3, 5), breach_id=breach.pk)
    breach.refresh_from_db()
    assert (breach.state, breach.suspended_on) == (BreachState.SUSPENDED, date(2026, 3, 5))
    assert Licence.objects.get(code="L9").state == LicenceState.SUSPENDED
    # It is reported and closed as before.
    reported(world)
    assert b"L9" in bundle_tables(world.programme.pk, period="2026Q1")["licences.csv"]
    record_cure(actor=at(world, "secretariat", 3, 9), breach_id=breach.pk)
    assert Licence.objects.get(code="L9").state == LicenceState.IN_FORCE
    assert [row.name for row in AuditEvent.objects.filter(subject_id=breach.pk).order_by("id")] == [
        "breach.noticed",
        "breach.licence_suspended",
        "breach.cured",
    ]


def test_two_people_end_a_licence_and_it_ends_on_its_day_with_days_to_sell_off(world: SmallWorld) -> None:
    agreed_by_contract(world, cure_days=30, run_off_days=60)
    course = course_of(world.licences["L9"].pk, actor=world.acting("secretariat"))
    assert (course.cure_days, course.run_off_days, course.is_of_contract) == (30, 60, True)
    breach = suspended(world)
    with pytest.raises(InvalidInput):
        proposed(world, breach, date(2026, 3, 5))
    proposal = proposed(world, breach)
    assert termination_steps([proposal], actor=at(world, "colleague", 3, 6)) == {proposal.pk: ["decision"]}
    with pytest.raises(NotAllowed, match="a second person has to decide"):
        decide_termination(actor=at(world, "secretariat", 3, 7), termination_id=proposal.pk, approve=True)
    assert not terminations(actor=world.acting("L9")).exists()
    [waiting] = [one for one in breaches_waiting(at(world, "colleague", 3, 7)) if one.kind == "termination.proposed"]
    assert waiting.due_on == LAST_DAY

    decide_termination(actor=at(world, "colleague", 3, 7), termination_id=proposal.pk, approve=True)
    licence = Licence.objects.get(code="L9")
    assert (licence.state, licence.terminated_on, licence.ends_on) == (LicenceState.SUSPENDED, LAST_DAY, SOLD_OFF)
    assert terminations(actor=world.acting("L9")).get().letter_zh_id is not None
    assert end_on_their_day(actor=platform(3, 20)) == 0
    assert end_on_their_day(actor=platform(3, 21)) == 1
    licence.refresh_from_db()
    breach.refresh_from_db()
    assert (licence.state, licence.ends_on, breach.state) == (LicenceState.TERMINATED, SOLD_OFF, "terminated")
    assert end_on_their_day(actor=platform(3, 22)) == 0

    # What is sold off is asked for and closed, and nothing after it.
    asked = missing_months([licence], date(2026, 1, 1), date(2026, 12, 1))[licence.pk]
    assert asked == [date(2026, month, 1) for month in range(1, 6)]
    table = bundle_tables(world.programme.pk, period="2026Q2")["licences.csv"].decode()
    [row] = [line for line in table.splitlines() if line.startswith("L9,")]
    assert ",2025-07-01,2026-05-19," in row


def test_an_end_for_a_breach_that_was_put_right_meanwhile_is_refused(world: SmallWorld) -> None:
    breach = suspended(world)
    proposal = proposed(world, breach)
    reported(world)
    with pytest.raises(Conflict, match="All of it was put right or taken back"):
        decide_termination(actor=at(world, "colleague", 3, 7), termination_id=proposal.pk, approve=True)
    with pytest.raises(Conflict, match="waits for a second person"):
        record_cure(actor=at(world, "secretariat", 3, 7), breach_id=breach.pk)
    licence = Licence.objects.get(code="L9")
    assert (licence.state, licence.terminated_on, licence.ends_on) == (LicenceState.SUSPENDED, None, None)
    decide_termination(actor=at(world, "colleague", 3, 7), termination_id=proposal.pk, approve=False)
    record_cure(actor=at(world, "secretariat", 3, 7), breach_id=breach.pk)
    assert Licence.objects.get(code="L9").state == LicenceState.IN_FORCE
    with pytest.raises(WrongState):
        proposed(world, breach)


def test_nobody_ends_a_licence_alone(world: SmallWorld) -> None:
    office, licence = world.acting("secretariat"), world.licences["L9"]
    with pytest.raises(Conflict, match="ended by two people"):
        terminate_licence(actor=office, licence_id=licence.pk, ends_on=date(2026, 2, 1))
    licence.refresh_from_db()
    assert licence.state == LicenceState.IN_FORCE
    breach = suspended(world)
    proposal = proposed(world, breach)
    with pytest.raises(DatabaseError), transaction.atomic():
        Termination.objects.filter(pk=proposal.pk).update(
            state="approved", decided_at=world.clock.now(), decided_by=proposal.proposed_by
        )
    with pytest.raises(NotAllowed, match="Only who proposed"):
        withdraw_termination(actor=world.acting("colleague"), termination_id=proposal.pk)
    withdraw_termination(actor=office, termination_id=proposal.pk)
    world.seats["colleague"].role_assignments.update(ends_at=datetime(2026, 2, 1, tzinfo=UTC))
    with pytest.raises(SecondPersonMissing):
        proposed(world, breach)


def test_an_end_that_both_sides_agreed_stands_on_their_paper(world: SmallWorld) -> None:
    office, licence = world.acting("secretariat"), world.licences["L9"]
    proposal = propose_termination(
        actor=office,
        licence_id=licence.pk,
        ground=TerminationGround.AGREED,
        last_day=date(2026, 1, 31),
        run_off_days=10,
        reason="The plant was sold.",
    )
    colleague = world.acting("colleague")
    with pytest.raises(Conflict, match="Attach the paper"):
        decide_termination(actor=colleague, termination_id=proposal.pk, approve=True)
    add_document(
        actor=office,
        subject_type="breaches.termination",
        subject_id=proposal.pk,
        title="agreement",
        file=NewFile("agreement.pdf", io.BytesIO(b"%PDF-1.7 both")),
    )
    decide_termination(actor=colleague, termination_id=proposal.pk, approve=True)
    licence.refresh_from_db()
    # Its last day is past: it is over at once, and sells off until the tenth of February.
    assert (licence.state, licence.terminated_on, licence.ends_on) == (
        *(LicenceState.TERMINATED, date(2026, 1, 31), date(2026, 2, 10)),
    )


def test_an_end_that_both_sides_agreed_names_no_breach(world: SmallWorld) -> None:
    breach = noticed(world)
    for breach_id, refusal in ((breach.pk, InvalidInput), (breach.licence_id, NotFound)):
        with pytest.raises(refusal) as refused:
            propose_termination(
                actor=world.acting("secretariat"),
                licence_id=breach.licence_id,
                ground=TerminationGround.AGREED,
                breach_id=breach_id,
                last_day=LAST_DAY,
                reason="The plant was sold.",
            )
        if isinstance(refused.value, InvalidInput):
            assert [(one.pointer, one.code) for one in refused.value.errors] == [("/breach_id", "not_for_breach")]
    assert not Termination.objects.exists()


def test_an_invoice_that_is_late_enough_is_noticed_without_its_amount(world: SmallWorld) -> None:
    licence = world.licences["L1"]
    run = make_run(world.programme, date(2025, 1, 1), person=world.seats["calculator"].user)
    invoice = make_invoice(licence, run, make_billing_terms(world.programme))
    make_issued(invoice, make_series(world.entity), on=date(2025, 11, 1))
    office = world.acting("secretariat")

    def unpaid() -> list[str]:
        return [one.label for one in grounds_shown(licence.pk, actor=office) if one.kind == BreachKind.UNPAID]

    # Due on the first of December, and more than thirty days late on the second of February.
    assert unpaid() == [invoice.number_text]
    breach = notice_breach(actor=office, licence_id=licence.pk, kind=BreachKind.UNPAID)
    assert breach.grounds == [{"key": str(invoice.pk), "label": invoice.number_text, "due_on": "2025-12-01"}]
    assert "106000" not in str(AuditEvent.objects.filter(subject_id=breach.pk).values_list("changes", flat=True))
    Invoice.objects.filter(pk=invoice.pk).update(disputed_at=world.clock.now(), dispute="wrong rate")
    assert unpaid() == []
    Invoice.objects.filter(pk=invoice.pk).update(disputed_at=None, dispute="")
    make_certificate(invoice, 105999)
    assert unpaid() == [invoice.number_text]
    with pytest.raises(Conflict, match="still missing"):
        record_cure(actor=office, breach_id=breach.pk)
    make_certificate(invoice, 1)
    assert unpaid() == []
    assert record_cure(actor=office, breach_id=breach.pk).state == BreachState.CURED


def test_paying_the_part_that_was_late_puts_it_right_and_later_parts_are_no_matter_of_it(world: SmallWorld) -> None:
    licence, person, office = world.licences["L1"], world.seats["calculator"].user, world.acting("secretariat")
    run = make_run(world.programme, date(2025, 1, 1), person=person)
    runs = [run, make_run(world.programme, date(2025, 4, 1), person=person)]
    terms, series = make_billing_terms(world.programme), make_series(world.entity)
    by_parts, whole = invoices = [
        make_issued(make_invoice(licence, each, terms), series, on=date(2025, 11, 1)) for each in runs
    ]

    def agreed(invoice: Invoice, on: datetime, *days: date) -> InstalmentPlan:
        plan = make_plan(invoice, person, due_days=list(days), proposed_at=on)
        plan.state, plan.decided_at, plan.decided_by = PlanState.AGREED, on, world.seats["approver"].user
        plan.save()
        invoice.plan, invoice.due_order = plan, days[0]
        invoice.save(update_fields=["plan", "due_order"])
        return plan

    first = agreed(by_parts, datetime(2025, 11, 20, tzinfo=UTC), date(2025, 12, 1), date(2026, 2, 20))
    breach = notice_breach(actor=office, licence_id=licence.pk, kind=BreachKind.UNPAID)
    assert {ground["key"] for ground in breach.grounds} == {str(each.pk) for each in invoices}
    # Parts agreed since the notice put nothing right by themselves.
    since = agreed(whole, breach.noticed_at + timedelta(days=1), date(2026, 3, 1), date(2026, 4, 1))
    later = at(world, "secretariat", 3, 1)

    def lacking() -> set[str]:
        return set(lacking_of([breach])[breach.pk])

    assert lacking() == {by_parts.number_text, whole.number_text}
    half = by_parts.open_minor // 2
    make_certificate(by_parts, half - 1, plan=first)
    assert by_parts.number_text in lacking()
    make_certificate(by_parts, 1, plan=first)
    assert lacking() == {whole.number_text}
    make_certificate(whole, whole.open_minor, plan=since)
    assert record_cure(actor=later, breach_id=breach.pk).state == BreachState.CURED


def test_each_rule_has_its_source_and_its_first_day() -> None:
    assert {rule.kind for rule in breach_rules()} == set(BreachKind.values)
    assert all(rule.source and rule.cure_days >= 30 for rule in breach_rules())
    with pytest.raises(LookupError):
        rule_for("unpaid", on=date(2019, 12, 31))


def test_what_was_noticed_stays_as_it_was(world: SmallWorld) -> None:
    breach = noticed(world)
    for columns in ({"cure_by": date(2026, 3, 1)}, {"grounds": [{"key": "x"}]}, {"kind": "unpaid"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Breach.objects.filter(pk=breach.pk).update(**columns)
    with pytest.raises(DatabaseError), transaction.atomic():
        Breach.objects.filter(pk=breach.pk).update(state="suspended", suspended_on=CURE_BY)
    with pytest.raises(DatabaseError), transaction.atomic():
        breach.delete()
