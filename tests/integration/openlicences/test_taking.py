"""Taking open licences by notice and payment, what is stated and paid under them, and who learns of it."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from licensing.dealings.models import RecordalResult
from licensing.openlicences import home
from licensing.openlicences.models import (
    DeclarationState,
    OpenDeclaration,
    OpenLicence,
    OpenLicenceState,
    OpenStatement,
    PriceScheme,
)
from licensing.openlicences.selectors import declaration_steps, dues, licence_steps, open_licences, own_licence
from licensing.openlicences.services import (
    advise_payment,
    announce_withdrawal,
    confirm_payment,
    contest_payment,
    end_open_licence,
    file_withdrawal,
    give_notice,
    prepare_notice,
    record_open_recordal,
    state_royalty,
)
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.deadlines.models import Deadline
from platform_core.identity.roles import Role
from platform_core.notices.models import Notice
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from pools.patents.models import Ownership, Patent
from pools.upkeep.selectors import amounts_on, fees_of
from tests.factories.core import acting, make_organisation
from tests.factories.documents import make_document
from tests.factories.memberships import make_membership
from tests.factories.openlicences import make_declaration, make_open_licence
from tests.factories.patents import make_patent
from tests.integration.openlicences.conftest import OpenHouse, later

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
RUNNING: dict[str, Any] = {"scheme": PriceScheme.RUNNING, "sum_minor": None, "sum_within_days": None}


def take(declaration: OpenDeclaration, licensee: Actor) -> OpenLicence:
    prepared = prepare_notice(actor=licensee, declaration_id=declaration.pk)
    letter = make_document(prepared, "notice")
    return give_notice(actor=licensee, licence_id=prepared.pk, letter_id=letter.pk)


def pay(licence: OpenLicence, licensee: Actor, amount: int, on: date, period: date | None = None) -> OpenLicence:
    advise_payment(
        actor=licensee,
        licence_id=licence.pk,
        amount_minor=amount,
        paid_on=on,
        document_id=make_document(licence, "slip").pk,
        period_from=period,
    )
    licence.refresh_from_db()
    return licence


def test_a_licence_is_there_once_the_notice_is_given_and_the_sum_is_paid(open_house: OpenHouse) -> None:
    house = open_house.house
    owner, licensee = open_house.acting(house.owner), open_house.acting(house.rival)
    declaration = make_declaration(house.owner, house.patent)
    prepared = prepare_notice(actor=licensee, declaration_id=declaration.pk)
    # Nobody but whoever prepares it knows of it.
    assert not open_licences(actor=owner).exists()
    assert not Notice.objects.exists()
    letter = make_document(prepared, "notice")
    licence = give_notice(actor=licensee, licence_id=prepared.pk, letter_id=letter.pk)

    assert (licence.state, licence.noticed_on, licence.in_force_from) == (OpenLicenceState.NOTICED, DAY, None)
    assert (licence.letter_sha256, licence.sum_minor) == (letter.sha256, 5_000_000)
    # A number tells nothing of how many licences there are.
    assert licence.number == f"OL20260302-{licence.pk.hex[-6:].upper()}"
    assert licence.sum_due_on == date(2026, 4, 1)
    assert [row.pk for row in open_licences(actor=owner)] == [licence.pk]
    assert Notice.objects.get().kind == "open_licence.noticed"
    licensee = later(licensee, 10)
    assert pay(licence, licensee, 2_000_000, date(2026, 3, 10)).state == OpenLicenceState.NOTICED
    assert pay(licence, licensee, 3_000_000, date(2026, 3, 12)).state == OpenLicenceState.IN_FORCE
    assert licence.in_force_from == date(2026, 3, 12)
    assert licence.recordal_due_on == date(2026, 6, 12)
    deadline = Deadline.objects.get(kind="open_licence_recordal")
    assert (deadline.organisation_id, deadline.due_on) == (house.owner.pk, date(2026, 6, 12))
    assert not AuditEvent.objects.filter(name__startswith="open_", alliance__isnull=False).exists()


def test_with_a_running_rate_alone_the_notice_is_enough(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent, **RUNNING)
    licence = take(declaration, open_house.acting(house.rival))
    assert (licence.state, licence.in_force_from) == (OpenLicenceState.IN_FORCE, DAY)


def test_a_notice_that_is_given_here_is_given_today_and_by_whoever_may_bind(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent)
    licensee = open_house.acting(house.rival)
    prepared = prepare_notice(actor=licensee, declaration_id=declaration.pk)
    letter = make_document(prepared, "notice")
    with pytest.raises(InvalidInput):
        give_notice(actor=licensee, licence_id=prepared.pk, letter_id=letter.pk, noticed_on=date(2026, 2, 1))
    unsigned = open_house.acting(house.rival, signs=False)
    with pytest.raises(NotAllowed, match="letter of authority"):
        give_notice(actor=unsigned, licence_id=prepared.pk, letter_id=letter.pk)
    with pytest.raises(InvalidInput):
        give_notice(actor=licensee, licence_id=prepared.pk, letter_id=make_document(declaration, "other").pk)
    prepared.refresh_from_db()
    assert (prepared.state, prepared.number) == (OpenLicenceState.PREPARED, "")
    with pytest.raises(Conflict, match="already"):
        prepare_notice(actor=licensee, declaration_id=declaration.pk)
    with pytest.raises(NotAllowed):
        prepare_notice(actor=open_house.acting(house.owner), declaration_id=declaration.pk)


def test_an_owner_records_the_letter_that_came_on_paper_with_its_day(open_house: OpenHouse) -> None:
    house = open_house.house
    owner, licensee = open_house.acting(house.owner), open_house.acting(house.rival)
    declaration = make_declaration(house.owner, house.patent)
    prepared = prepare_notice(actor=owner, declaration_id=declaration.pk, licensee_id=house.rival.pk)
    assert not open_licences(actor=licensee).exists()
    assert own_licence(declaration, actor=licensee) is None
    letter = make_document(prepared, "notice")
    with pytest.raises(InvalidInput):
        give_notice(actor=owner, licence_id=prepared.pk, letter_id=letter.pk, noticed_on=date(2026, 1, 19))
    licence = give_notice(actor=owner, licence_id=prepared.pk, letter_id=letter.pk, noticed_on=date(2026, 1, 20))
    assert licence.noticed_on == date(2026, 1, 20)
    assert licence_steps(licence, actor=licensee) == ["end", "contest entry", "advise payment"]
    # The days for the sum pass from today, on which the firm hears of it.
    assert licence.sum_due_on == date(2026, 4, 1)
    assert licence_steps(licence, actor=owner) == ["confirm payment"]


def test_nobody_but_the_two_sides_learns_who_took_a_licence(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent)
    third = make_organisation("丙")
    licence = make_open_licence(declaration, third)
    make_open_licence(declaration, make_organisation("丁"))
    pay(licence, open_house.acting(third, Role.LICENSEE), 1, DAY)
    for other in (
        open_house.acting(house.rival),
        acting(Role.SECRETARIAT, alliance=house.alliance),
        acting(Role.AUTHORITY, alliance=house.alliance),
        Actor.public(),
    ):
        assert not open_licences(actor=other).exists()
        with pytest.raises(NotFound):
            pay(licence, other, 1, DAY)
    assert [row.pk for row in open_licences(actor=open_house.acting(third, Role.LICENSEE))] == [licence.pk]
    assert open_licences(actor=open_house.acting(house.owner)).count() == 2


def test_what_is_stated_is_worked_out_to_the_cent_and_replaced_whole(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent, **{**RUNNING, "rate_percent": "3.3333"})
    licence = take(declaration, open_house.acting(house.rival))
    licensee, owner = open_house.acting(house.rival, on=date(2026, 4, 2)), open_house.acting(house.owner)
    owner = later(owner, 31)
    [due] = dues(licence, actor=licensee)
    assert due.period is not None
    assert (due.period.first, due.period.last, due.standing) == (DAY, date(2026, 3, 31), "to_state")
    assert due.due_on == date(2026, 4, 30)
    paper = make_document(licence, "sales")
    given: dict[str, Any] = {"licence_id": licence.pk, "period_from": DAY, "document_id": paper.pk}
    with pytest.raises(Conflict, match="State what was used"):
        pay(licence, licensee, 1, date(2026, 4, 2), DAY)
    first = state_royalty(actor=licensee, base_minor=12_345_678, **given)
    assert first.royalty_minor == 411_518  # 411518.4847… is rounded once
    second = state_royalty(actor=licensee, base_minor=30_000, **given)
    assert (second.royalty_minor, second.replaces_id) == (1_000, first.pk)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        OpenStatement.objects.filter(pk=first.pk).update(base_minor=1)
    with pytest.raises(NotAllowed):
        state_royalty(actor=owner, base_minor=1, **given)
    with pytest.raises(InvalidInput):
        state_royalty(actor=licensee, base_minor=1, **{**given, "period_from": date(2026, 4, 1)})
    pay(licence, licensee, 1_000, date(2026, 4, 2), DAY)
    assert [due.standing for due in dues(licence, actor=licensee)] == ["advised"]


def test_an_owner_confirms_what_came_and_contests_what_did_not(open_house: OpenHouse) -> None:
    house = open_house.house
    owner, licensee = later(open_house.acting(house.owner), 9), later(open_house.acting(house.rival), 9)
    licence = take(make_declaration(house.owner, house.patent), open_house.acting(house.rival))
    pay(licence, licensee, 5_000_000, date(2026, 3, 5))
    [paid] = licence.payments.all()
    given: dict[str, Any] = {"actor": owner, "payment_id": paid.pk}
    contest_payment(reason="未到账", **given)
    assert [due.standing for due in dues(licence, actor=owner)] == ["open"]
    receipt = make_document(licence, "receipt")
    with pytest.raises(InvalidInput):
        confirm_payment(received_on=date(2026, 3, 4), document_id=receipt.pk, **given)
    confirm_payment(received_on=date(2026, 3, 7), document_id=receipt.pk, **given)
    assert [due.standing for due in dues(licence, actor=owner)] == ["received"]
    with pytest.raises(WrongState):
        contest_payment(reason="未到账", **given)
    with pytest.raises(NotAllowed):
        confirm_payment(**{**given, "actor": licensee}, received_on=date(2026, 3, 7), document_id=receipt.pk)
    kinds = set(Notice.objects.values_list("kind", flat=True))
    assert {"open_licence.noticed", "open_licence.paid", "open_licence.contested", "open_licence.received"} <= kinds


@pytest.mark.parametrize(
    ("noticed", "withdrawn", "state"),
    [(9, 10, OpenLicenceState.IN_FORCE), (10, 10, OpenLicenceState.IN_FORCE), (11, 10, OpenLicenceState.VOID)],
)
def test_what_was_taken_up_to_the_announced_withdrawal_stays(
    open_house: OpenHouse, noticed: int, withdrawn: int, state: OpenLicenceState
) -> None:
    house, start = open_house.house, open_house.acting(open_house.house.owner)
    declaration = make_declaration(house.owner, house.patent, **RUNNING)
    owner, licensee = later(start, 20), later(open_house.acting(house.rival), noticed)
    file_withdrawal(actor=start, declaration_id=declaration.pk, filed_on=DAY, reason="另行许可")
    licence = take(declaration, licensee)
    announce_withdrawal(
        actor=owner,
        declaration_id=declaration.pk,
        withdrawn_on=date(2026, 3, 2 + withdrawn),
        withdrawal_number="W1",
    )
    licence.refresh_from_db()
    assert licence.state == state
    member = make_organisation("丁")
    make_membership(house.alliance, member, "M4")
    fourth = open_house.acting(member)
    with pytest.raises(NotAllowed):
        take(declaration, fourth)
    # A letter that came before that day is recorded even now; one of the day itself, or later, is not.
    prepared = prepare_notice(actor=owner, declaration_id=declaration.pk, licensee_id=fourth.organisation_id)
    letter = make_document(prepared, "notice")
    given: dict[str, Any] = {"actor": owner, "licence_id": prepared.pk, "letter_id": letter.pk}
    with pytest.raises(Conflict, match="from that day on no licence"):
        give_notice(noticed_on=date(2026, 3, 2 + withdrawn), **given)
    late = give_notice(noticed_on=date(2026, 3, 1 + withdrawn), **given)
    assert late.state == OpenLicenceState.IN_FORCE
    assert OpenDeclaration.objects.get().state == DeclarationState.WITHDRAWN


def test_a_licensee_gives_up_its_licence_and_not_for_the_past(open_house: OpenHouse) -> None:
    house, licensee = open_house.house, open_house.acting(open_house.house.rival)
    licence = take(make_declaration(house.owner, house.patent, **RUNNING), licensee)
    with pytest.raises(InvalidInput):
        end_open_licence(actor=licensee, licence_id=licence.pk, ends_on=date(2026, 3, 1), reason="停产")
    ended = end_open_licence(actor=licensee, licence_id=licence.pk, ends_on=date(2026, 5, 15), reason="停产")
    assert (ended.state, ended.ends_on) == (OpenLicenceState.ENDED, date(2026, 5, 15))
    after = later(licensee, 200)
    assert [due.period.last for due in dues(ended, actor=after) if due.period] == [
        date(2026, 3, 31),
        date(2026, 5, 15),
    ]


def test_annuities_are_reduced_once_the_office_knows_of_the_licence(open_house: OpenHouse) -> None:
    house = open_house.house
    Patent.objects.filter(pk=house.patent.pk).update(filed_on=date(2017, 3, 10), granted_on=date(2019, 8, 1))
    owner, licensee = open_house.acting(house.owner), open_house.acting(house.rival)
    licence = take(make_declaration(house.owner, house.patent, **RUNNING), licensee)

    def payable(on: date) -> int | None:
        found = amounts_on(fees_of([house.patent.pk], on)[house.patent.pk], 10, on)
        assert found is not None
        return found.payable

    assert payable(date(2026, 3, 9)) == 400_000
    given: dict[str, Any] = {"actor": later(owner, 5), "licence_id": licence.pk, "filed_on": date(2026, 3, 3)}
    record_open_recordal(**given)
    assert payable(date(2026, 3, 9)) == 400_000
    record_open_recordal(**given, result=RecordalResult.RECORDED, result_on=date(2026, 3, 6), number="2026990000001")
    assert [payable(date(2026, 3, day)) for day in (5, 6, 9)] == [400_000, 340_000, 340_000]
    end_open_licence(actor=licensee, licence_id=licence.pk, ends_on=date(2026, 3, 8), reason="停产")
    assert [payable(date(2026, 3, day)) for day in (8, 9)] == [340_000, 400_000]
    assert Deadline.objects.get(kind="open_licence_recordal").state == "settled"


def test_what_one_side_prepares_neither_tells_the_other_nor_blocks_it(open_house: OpenHouse) -> None:
    house = open_house.house
    owner, licensee = open_house.acting(house.owner), open_house.acting(house.rival)
    declaration = make_declaration(house.owner, house.patent)
    own = prepare_notice(actor=licensee, declaration_id=declaration.pk)
    paper = prepare_notice(actor=owner, declaration_id=declaration.pk, licensee_id=house.rival.pk)
    with pytest.raises(Conflict, match="prepared already"):
        prepare_notice(actor=owner, declaration_id=declaration.pk, licensee_id=house.rival.pk)
    letter = make_document(paper, "notice")
    give_notice(actor=owner, licence_id=paper.pk, letter_id=letter.pk, noticed_on=date(2026, 2, 20))
    shown = own_licence(declaration, actor=licensee)
    assert shown is not None
    assert shown.pk == paper.pk
    # Both know of that one, and there is no second.
    with pytest.raises(Conflict, match="has a licence"):
        give_notice(actor=licensee, licence_id=own.pk, letter_id=make_document(own, "notice").pk)
    own.refresh_from_db()
    assert own.state == OpenLicenceState.PREPARED


def test_no_owner_takes_a_licence_of_its_own_patent(open_house: OpenHouse) -> None:
    house = open_house.house
    Ownership.objects.create(patent=house.patent, alliance=house.alliance, owner=house.rival)
    declaration = make_declaration(house.owner, house.patent)
    co_owner = open_house.acting(house.rival)
    assert "take" not in declaration_steps(declaration, actor=co_owner, own=None)
    with pytest.raises(InvalidInput, match="of its own"):
        prepare_notice(actor=co_owner, declaration_id=declaration.pk)
    with pytest.raises(InvalidInput, match="of its own"):
        prepare_notice(actor=open_house.acting(house.owner), declaration_id=declaration.pk, licensee_id=house.rival.pk)
    assert not OpenLicence.objects.exists()


def test_only_who_may_bind_the_licensee_states_and_pays(open_house: OpenHouse) -> None:
    house = open_house.house
    licence = take(make_declaration(house.owner, house.patent), open_house.acting(house.rival))
    unsigned = open_house.acting(house.rival, signs=False)
    with pytest.raises(NotAllowed, match="letter of authority"):
        pay(licence, unsigned, 5_000_000, DAY)
    with pytest.raises(NotAllowed, match="letter of authority"):
        state_royalty(
            actor=unsigned,
            licence_id=licence.pk,
            period_from=DAY,
            base_minor=1,
            document_id=make_document(licence, "sales").pk,
        )
    licence.refresh_from_db()
    assert (licence.state, licence.payments.count()) == (OpenLicenceState.NOTICED, 0)


def test_a_notice_that_is_not_paid_is_given_up_and_nothing_is_owed(open_house: OpenHouse) -> None:
    house, licensee = open_house.house, open_house.acting(open_house.house.rival)
    declaration = make_declaration(house.owner, house.patent)
    licence = take(declaration, licensee)
    given: dict[str, Any] = {"actor": licensee, "licence_id": licence.pk, "reason": "另寻方案"}
    with pytest.raises(InvalidInput, match="given up today"):
        end_open_licence(ends_on=date(2026, 3, 3), **given)
    ended = end_open_licence(ends_on=DAY, **given)
    assert (ended.state, ended.in_force_from) == (OpenLicenceState.ENDED, None)
    assert dues(ended, actor=licensee) == []
    assert licence_steps(ended, actor=licensee) == []
    with pytest.raises(WrongState):
        pay(ended, licensee, 5_000_000, DAY)
    # It may be taken anew the same day.
    assert take(declaration, licensee).state == OpenLicenceState.NOTICED


def test_a_licence_that_was_given_up_counts_until_its_last_day(open_house: OpenHouse) -> None:
    house, licensee = open_house.house, open_house.acting(open_house.house.rival)
    declaration = make_declaration(house.owner, house.patent, **RUNNING)
    licence = take(declaration, licensee)
    end_open_licence(actor=licensee, licence_id=licence.pk, ends_on=date(2026, 3, 5), reason="停产")
    with pytest.raises(Conflict, match="has a licence"):
        prepare_notice(actor=later(licensee, 3), declaration_id=declaration.pk)
    assert take(declaration, later(licensee, 4)).state == OpenLicenceState.IN_FORCE


def test_what_came_too_late_is_void_though_it_was_given_up_and_its_payments_are_settled(open_house: OpenHouse) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent)
    owner, licensee = open_house.acting(house.owner), open_house.acting(house.rival)
    file_withdrawal(actor=owner, declaration_id=declaration.pk, filed_on=date(2026, 2, 10), reason="另行许可")
    licence = pay(take(declaration, licensee), licensee, 5_000_000, DAY)
    end_open_licence(actor=licensee, licence_id=licence.pk, ends_on=date(2026, 3, 20), reason="停产")
    announce_withdrawal(
        actor=owner, declaration_id=declaration.pk, withdrawn_on=date(2026, 3, 1), withdrawal_number="W1"
    )
    licence.refresh_from_db()
    assert licence.state == OpenLicenceState.VOID
    assert Deadline.objects.get(kind="open_licence_recordal").state == "void"
    with pytest.raises(WrongState, match="not in force"):
        record_open_recordal(actor=owner, licence_id=licence.pk, filed_on=DAY)
    assert licence_steps(licence, actor=owner) == ["confirm payment"]
    receipt = make_document(licence, "receipt")
    confirm_payment(actor=owner, payment_id=licence.payments.get().pk, received_on=DAY, document_id=receipt.pk)
    assert licence.payments.get().received_on == DAY


def test_home_tells_what_is_due_however_many_licences_are_settled(
    open_house: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, licensee = open_house.house, open_house.acting(open_house.house.rival)
    settled = make_open_licence(make_declaration(house.owner, house.patent), house.rival)
    pay(settled, licensee, 5_000_000, DAY)
    patent = make_patent(house.alliance, "CN2B", house.owner)
    owed = make_open_licence(make_declaration(house.owner, patent), house.rival)
    monkeypatch.setattr(home, "AT_MOST", 1)
    assert [one.subject_id for one in home.open_licences_waiting(licensee)] == [owed.pk]


def test_home_asks_as_much_however_many_licences_there_are(open_house: OpenHouse) -> None:
    house = open_house.house
    licensee = open_house.acting(house.rival)
    counts = []
    for number in range(4):
        make_open_licence(
            make_declaration(house.owner, make_patent(house.alliance, f"CN8{number}B", house.owner)), house.rival
        )
        if number in (0, 3):
            with CaptureQueriesContext(connection) as asked:
                assert len(list(home.open_licences_waiting(licensee))) == number + 1
            counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("state", [DeclarationState.DRAFT, DeclarationState.FILED, DeclarationState.REFUSED])
def test_no_letter_is_about_what_was_never_announced(open_house: OpenHouse, state: DeclarationState) -> None:
    house = open_house.house
    declaration = make_declaration(house.owner, house.patent, state)
    with pytest.raises(WrongState, match="No licence can be taken"):
        prepare_notice(actor=open_house.acting(house.owner), declaration_id=declaration.pk, licensee_id=house.rival.pk)
    assert not OpenLicence.objects.exists()
