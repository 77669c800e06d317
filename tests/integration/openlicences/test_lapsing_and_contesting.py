"""Notices that lapse unpaid, and notices on paper that their firm contests: what follows, and who hears of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from licensing.openlicences.home import open_licences_waiting
from licensing.openlicences.models import OpenDeclaration, OpenLicence, OpenLicenceState
from licensing.openlicences.selectors import dues, licence_steps, own_licence
from licensing.openlicences.services import (
    acknowledge_entry,
    announce_withdrawal,
    contest_entry,
    contest_payment,
    end_open_licence,
    file_withdrawal,
    give_notice,
    lapse_notice,
    prepare_notice,
    record_open_recordal,
    show_evidence,
    state_royalty,
    withdraw_entry,
)
from platform_core.access.actors import Actor
from platform_core.access.kernel import can
from platform_core.audit.models import AuditEvent
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import DEADLINE_WORK, SETTLE_DEADLINE
from platform_core.deadlines.services import run_deadlines
from platform_core.identity.roles import Role
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, NotAllowed, WrongState
from tests.factories.core import acting
from tests.factories.documents import make_document
from tests.factories.openlicences import make_declaration
from tests.factories.patents import make_patent
from tests.integration.openlicences.conftest import OpenHouse, later
from tests.integration.openlicences.test_taking import RUNNING, pay, take

pytestmark = pytest.mark.django_db
DAY, DUE = date(2026, 3, 2), date(2026, 4, 1)


def enter(at: OpenHouse, declaration: OpenDeclaration) -> OpenLicence:
    """What the owner alone records of a letter that it says came from the firm."""
    owner = at.acting(at.house.owner)
    prepared = prepare_notice(actor=owner, declaration_id=declaration.pk, licensee_id=at.house.rival.pk)
    letter = make_document(prepared, "notice")
    return give_notice(actor=owner, licence_id=prepared.pk, letter_id=letter.pk, noticed_on=date(2026, 2, 20))


def open_deadlines() -> list[tuple[str, date]]:
    return list(Deadline.objects.filter(state="open").order_by("kind").values_list("kind", "due_on"))


def deadline_states() -> list[tuple[str, str]]:
    return list(Deadline.objects.order_by("pk").values_list("kind", "state"))


def look_at(at: OpenHouse, day: date) -> None:
    """The daily work of a day."""
    actor = Actor.system(DEADLINE_WORK, clock=at.acting(at.house.owner, on=day).clock)
    run_deadlines(actor=actor, alliance_id=at.house.alliance.pk)


def home(actor: Actor) -> list[tuple[str, str]]:
    return [(one.kind.removeprefix("open_licence."), one.severity.value) for one in open_licences_waiting(actor)]


def test_a_notice_lapses_after_its_days_and_what_was_paid_in_part_stays(open_house: OpenHouse) -> None:
    house = open_house.house
    licensee, owner = open_house.acting(house.rival), open_house.acting(house.owner)
    declaration = make_declaration(house.owner, house.patent)
    licence = take(declaration, licensee)
    # The firm is reminded beforehand.
    deadline = Deadline.objects.get(kind="open_licence_sum")
    assert (deadline.organisation_id, deadline.due_on, deadline.state) == (house.rival.pk, DUE, "open")
    # Neither side settles that by hand: a payment does.
    assert [can(actor, SETTLE_DEADLINE, deadline) for actor in (licensee, owner)] == [False, False]
    assert Deadline.objects.visible_to(licensee).exists()
    given: dict[str, Any] = {"licence_id": licence.pk}
    on_the_day, after = later(owner, 30), later(owner, 31)
    with pytest.raises(WrongState, match="may still be paid until 2026-04-01"):
        lapse_notice(actor=on_the_day, **given)
    assert "lapse" not in licence_steps(licence, actor=on_the_day)
    assert home(on_the_day) == []
    assert home(after) == [("lapse", "attention")]
    pay(licence, licensee, 2_000_000, DAY)
    # As long as that is not looked at, nothing lapses, and nothing else is offered.
    assert "lapse" not in licence_steps(licence, actor=after)
    assert home(after) == [("confirm", "attention")]
    with pytest.raises(Conflict, match="Confirm or contest it first"):
        lapse_notice(actor=after, **given)
    contest_payment(actor=after, payment_id=licence.payments.get().pk, reason="未到账")
    assert "lapse" in licence_steps(licence, actor=after)
    assert home(after) == [("lapse", "attention")]
    with pytest.raises(NotAllowed, match="letter of authority"):
        lapse_notice(actor=later(open_house.acting(house.owner, signs=False), 31), **given)
    with pytest.raises(NotAllowed):
        lapse_notice(actor=later(licensee, 31), **given)
    licence.refresh_from_db()
    assert licence.state == OpenLicenceState.NOTICED

    lapsed = lapse_notice(actor=after, **given)
    assert (lapsed.state, lapsed.lapsed_on, lapsed.in_force_from) == (OpenLicenceState.LAPSED, date(2026, 4, 2), None)
    assert open_deadlines() == []
    assert Notice.objects.filter(kind="open_licence.lapsed").exists()
    assert dues(lapsed, actor=licensee) == []
    assert home(later(licensee, 31)) == []
    with pytest.raises(WrongState):
        pay(lapsed, later(licensee, 31), 3_000_000, DAY)
    # What came stays on record, and the owner says of it whether it did.
    assert [payment.amount_minor for payment in lapsed.payments.all()] == [2_000_000]
    assert licence_steps(lapsed, actor=after) == ["confirm payment"]
    # The firm may notify anew.
    assert take(declaration, later(licensee, 31)).state == OpenLicenceState.NOTICED


@pytest.mark.parametrize("how", ["contest", "lapse", "give up", "void"])
def test_a_sum_that_was_missed_is_no_longer_missed_once_nobody_owes_it(open_house: OpenHouse, how: str) -> None:
    house, owner = open_house.house, later(open_house.acting(open_house.house.owner), 40)
    firm = later(open_house.acting(house.rival), 40)
    declaration = make_declaration(house.owner, house.patent)
    licence = enter(open_house, declaration)
    look_at(open_house, date(2026, 4, 2))
    assert deadline_states() == [("open_licence_sum", "missed")]
    given: dict[str, Any] = {"licence_id": licence.pk}
    match how:
        case "contest":
            contest_entry(actor=firm, reason="我方未发出该函", **given)
        case "lapse":
            lapse_notice(actor=owner, **given)
        case "give up":
            end_open_licence(actor=firm, ends_on=date(2026, 4, 11), reason="另寻方案", **given)
        case _:
            file_withdrawal(actor=owner, declaration_id=declaration.pk, filed_on=date(2026, 2, 10), reason="另行许可")
            announce_withdrawal(
                actor=owner, declaration_id=declaration.pk, withdrawn_on=date(2026, 2, 15), withdrawal_number="W1"
            )
    assert deadline_states() == [("open_licence_sum", "void")]
    assert AuditEvent.objects.get(name="deadline.voided").changes["state"] == {"old": "missed", "new": "void"}


def test_whoever_acknowledges_and_pays_has_missed_nothing(open_house: OpenHouse) -> None:
    house, firm = open_house.house, later(open_house.acting(open_house.house.rival), 40)
    licence = enter(open_house, make_declaration(house.owner, house.patent))
    look_at(open_house, date(2026, 4, 2))
    contest_entry(actor=firm, licence_id=licence.pk, reason="我方未发出该函")
    own = acknowledge_entry(actor=firm, licence_id=licence.pk)
    assert open_deadlines() == [("open_licence_sum", date(2026, 5, 11))]
    assert pay(own, firm, 5_000_000, DAY).state == OpenLicenceState.IN_FORCE
    # What was asked before the contest is void, and what is asked since is done.
    assert deadline_states()[:2] == [("open_licence_sum", "void"), ("open_licence_sum", "settled")]


def test_the_days_for_a_sum_do_not_pass_before_the_firm_hears_of_the_entry(open_house: OpenHouse) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner, on=date(2026, 3, 25))
    prepared = prepare_notice(
        actor=owner, declaration_id=make_declaration(house.owner, house.patent).pk, licensee_id=house.rival.pk
    )
    letter = make_document(prepared, "notice")
    licence = give_notice(actor=owner, licence_id=prepared.pk, letter_id=letter.pk, noticed_on=date(2026, 1, 25))
    assert (licence.noticed_on, licence.sum_due_on) == (date(2026, 1, 25), date(2026, 4, 24))
    with pytest.raises(WrongState, match="may still be paid until 2026-04-24"):
        lapse_notice(actor=owner, licence_id=licence.pk)


def test_a_notice_from_before_sums_had_deadlines_is_reminded_of_by_the_daily_work(open_house: OpenHouse) -> None:
    house, firm = open_house.house, open_house.acting(open_house.house.rival)
    licence = take(make_declaration(house.owner, house.patent), firm)
    other = make_declaration(house.owner, make_patent(house.alliance, "CN2B", house.owner))
    pay(take(other, firm), firm, 5_000_000, DAY)
    Deadline.objects.filter(kind="open_licence_sum").delete()
    for day in (DAY, DAY + timedelta(days=1)):
        look_at(open_house, day)
    # Once, and of what was paid nobody is reminded.
    found = Deadline.objects.get(kind="open_licence_sum")
    assert (found.subject_id, found.due_on, found.organisation_id) == (licence.pk, DUE, house.rival.pk)


def test_a_sum_that_is_paid_settles_its_reminder_and_nothing_lapses(open_house: OpenHouse) -> None:
    house = open_house.house
    licensee, owner = open_house.acting(house.rival), later(open_house.acting(house.owner), 60)
    licence = pay(take(make_declaration(house.owner, house.patent), licensee), licensee, 5_000_000, DAY)
    assert Deadline.objects.get(kind="open_licence_sum").state == "settled"
    with pytest.raises(WrongState):
        lapse_notice(actor=owner, licence_id=licence.pk)
    assert home(owner) == [("confirm", "attention")]


def test_the_database_lets_no_notice_lapse_within_its_days(open_house: OpenHouse) -> None:
    house = open_house.house
    licence = take(make_declaration(house.owner, house.patent), open_house.acting(house.rival))
    with pytest.raises(IntegrityError, match="lapsed_after_its_days"), transaction.atomic():
        OpenLicence.objects.filter(pk=licence.pk).update(state="lapsed", lapsed_on=DUE)


def test_nothing_runs_and_nothing_is_asked_while_a_firm_contests_what_its_owner_entered(open_house: OpenHouse) -> None:
    house = open_house.house
    firm, owner = open_house.acting(house.rival, signs=False), open_house.acting(house.owner)
    declaration = make_declaration(house.owner, house.patent, **RUNNING)
    licence = enter(open_house, declaration)
    assert Notice.objects.get().kind == "open_licence.recorded"
    assert licence.state == OpenLicenceState.IN_FORCE
    assert open_deadlines() == [("open_licence_recordal", date(2026, 5, 20))]
    given: dict[str, Any] = {"licence_id": licence.pk}
    with pytest.raises(NotAllowed):
        contest_entry(actor=owner, reason="x", **given)
    # It takes no letter of authority to say that nobody wrote one.
    contested = contest_entry(actor=firm, reason="我方未发出该函", **given)
    assert (contested.state, contested.in_force_from) == (OpenLicenceState.CONTESTED, None)
    assert open_deadlines() == []
    much_later = later(firm, 200)
    assert dues(contested, actor=much_later) == []
    assert home(much_later) == [("await_owner", "fine")]
    assert home(owner) == [("settle_entry", "attention")]
    assert Notice.objects.filter(kind="open_licence.entry_contested").exists()
    with pytest.raises(WrongState):
        record_open_recordal(actor=owner, filed_on=DAY, **given)
    with pytest.raises(WrongState):
        state_royalty(
            actor=open_house.acting(house.rival),
            period_from=date(2026, 2, 20),
            base_minor=1,
            document_id=make_document(licence, "sales").pk,
            **given,
        )
    # It hinders the firm in nothing, and its owner enters no second one.
    assert own_licence(declaration, actor=firm) is None
    with pytest.raises(Conflict, match="contests an entry"):
        enter(open_house, declaration)

    withdrawn = withdraw_entry(actor=owner, **given)
    assert withdrawn.state == OpenLicenceState.WITHDRAWN
    assert (home(firm), home(owner)) == ([], [])
    assert licence_steps(withdrawn, actor=firm) == []


def test_evidence_alone_puts_nothing_in_force_and_the_firm_says_whether_it_is_its_own(open_house: OpenHouse) -> None:
    house = open_house.house
    firm, owner = open_house.acting(house.rival), open_house.acting(house.owner)
    licence = enter(open_house, make_declaration(house.owner, house.patent))
    given: dict[str, Any] = {"licence_id": licence.pk}
    contest_entry(actor=firm, reason="我方未发出该函", **given)
    paper = make_document(licence, "envelope")
    with pytest.raises(NotAllowed):
        show_evidence(actor=firm, document_id=paper.pk, note="x", **given)
    shown = show_evidence(actor=owner, document_id=paper.pk, note="邮件回执", **given)
    assert (shown.state, shown.evidence_id) == (OpenLicenceState.CONTESTED, paper.pk)
    assert (home(firm), home(owner)) == ([("look_at_evidence", "attention")], [("await_firm", "fine")])
    # Better evidence takes its place on the page; what was shown before stays in the history.
    better = make_document(licence, "courier")
    show_evidence(actor=owner, document_id=better.pk, note="快递签收单", **given)
    told = AuditEvent.objects.filter(name="open_licence.evidence_added").order_by("-pk")[0].changes
    assert told["evidence"] == {"old": str(paper.pk), "new": str(better.pk)}
    assert told["note"] == {"old": "邮件回执", "new": "快递签收单"}
    with pytest.raises(NotAllowed, match="letter of authority"):
        acknowledge_entry(actor=open_house.acting(house.rival, signs=False), **given)
    with pytest.raises(NotAllowed):
        acknowledge_entry(actor=owner, **given)
    # Its days begin anew: until now nothing was asked of it.
    own = acknowledge_entry(actor=later(firm, 100), **given)
    assert (own.state, own.sum_due_on) == (OpenLicenceState.NOTICED, date(2026, 7, 10))
    assert open_deadlines() == [("open_licence_sum", date(2026, 7, 10))]
    with pytest.raises(WrongState, match="acted on this notice"):
        contest_entry(actor=firm, reason="x", **given)
    assert "contest entry" not in licence_steps(own, actor=firm)


def test_a_running_licence_goes_on_from_its_notice_once_the_firm_says_it_is_its_own(open_house: OpenHouse) -> None:
    house, firm = open_house.house, open_house.acting(open_house.house.rival)
    licence = enter(open_house, make_declaration(house.owner, house.patent, **RUNNING))
    contest_entry(actor=firm, licence_id=licence.pk, reason="未发出")
    own = acknowledge_entry(actor=firm, licence_id=licence.pk)
    assert (own.state, own.in_force_from) == (OpenLicenceState.IN_FORCE, date(2026, 2, 20))
    assert open_deadlines() == [("open_licence_recordal", date(2026, 5, 20))]


def test_what_a_firm_gave_itself_or_acted_on_it_does_not_contest(open_house: OpenHouse) -> None:
    house, firm = open_house.house, open_house.acting(open_house.house.rival)
    own = take(make_declaration(house.owner, house.patent), firm)
    with pytest.raises(WrongState, match="Give it up instead"):
        contest_entry(actor=firm, licence_id=own.pk, reason="x")
    entered = enter(open_house, make_declaration(house.owner, make_patent(house.alliance, "CN2B", house.owner)))
    assert "contest entry" in licence_steps(entered, actor=firm)
    pay(entered, firm, 1, DAY)
    with pytest.raises(WrongState, match="acted on this notice"):
        contest_entry(actor=firm, licence_id=entered.pk, reason="x")


def test_a_firm_takes_its_own_licence_beside_a_contested_entry_and_acknowledges_no_second(
    open_house: OpenHouse,
) -> None:
    house, firm = open_house.house, open_house.acting(open_house.house.rival)
    declaration = make_declaration(house.owner, house.patent)
    entered = enter(open_house, declaration)
    contest_entry(actor=firm, licence_id=entered.pk, reason="未发出")
    assert take(declaration, firm).state == OpenLicenceState.NOTICED
    with pytest.raises(Conflict, match="has a licence"):
        acknowledge_entry(actor=firm, licence_id=entered.pk)


def test_no_office_hears_of_a_contest_and_a_late_entry_is_void_though_it_is_contested(open_house: OpenHouse) -> None:
    house, owner = open_house.house, open_house.acting(open_house.house.owner)
    declaration = make_declaration(house.owner, house.patent)
    entered = enter(open_house, declaration)
    contest_entry(actor=open_house.acting(house.rival), licence_id=entered.pk, reason="未发出")
    assert home(acting(Role.SECRETARIAT, alliance=house.alliance)) == []
    file_withdrawal(actor=owner, declaration_id=declaration.pk, filed_on=date(2026, 2, 10), reason="另行许可")
    announce_withdrawal(
        actor=owner, declaration_id=declaration.pk, withdrawn_on=date(2026, 2, 15), withdrawal_number="W1"
    )
    entered.refresh_from_db()
    assert entered.state == OpenLicenceState.VOID
    assert home(owner) == []
