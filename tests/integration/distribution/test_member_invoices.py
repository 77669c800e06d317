"""A share waits for the member's tax invoice (发票) where terms ask for one, and is paid once that is accepted."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from licensing.distribution.home import member_invoices_to_check, member_invoices_to_give
from licensing.distribution.lifecycle import MemberInvoiceState
from licensing.distribution.models import DistributionRun, MemberInvoice
from licensing.distribution.services import (
    GivenInvoice,
    NewMemberInvoiceTerms,
    accept_member_invoice,
    record_member_invoice,
    send_back_member_invoice,
    set_member_invoice_terms,
)
from licensing.payments.services import order_payouts
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import RoleAssignment, Seat
from platform_core.ledger.models import Account
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, Problem, WrongState
from platform_core.treasury.models import BankAccount, Payout
from platform_core.treasury.services import draft_payout
from tests.api.core.clients import client_of
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.distribution import released
from tests.factories.documents import make_document
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import make_bank_account
from tests.integration.distribution.test_distributing import write
from tests.small_worlds import Filed, Stages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY, DUE, TODAY = date(2026, 1, 20), date(2026, 3, 1), date(2026, 2, 2)
NUMBER = "25312000000012345678"


def ask(world: SmallWorld, **terms: Any) -> None:
    """Ask members for tax invoices from today on, at 6 % unless something else is said."""
    set_member_invoice_terms(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        terms=NewMemberInvoiceTerms(**{"from_on": TODAY, "is_needed": True, "percent": Decimal(6), **terms}),
    )


def paid_and_released(world: SmallWorld) -> DistributionRun:
    """L1 pays its 40,000: 18,000 to M1, 10,800 to M2, 7,200 to M3."""
    pay(world, billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"], on=EARLY)
    return released(world)


@pytest.fixture
def run(world: SmallWorld, filed: Filed, stages: Stages) -> DistributionRun:
    def make() -> DistributionRun:
        ask(world)
        return paid_and_released(world)

    return stages.reach("members are asked for invoices", make)


@pytest.fixture
def bank(world: SmallWorld) -> BankAccount:
    return make_bank_account(world.entity)


def of(member: str) -> MemberInvoice:
    return MemberInvoice.objects.get(membership__code=member)


def given(invoice: MemberInvoice, **said: Any) -> GivenInvoice:
    """What a right tax invoice says, with its file."""
    paper = make_document(invoice, f"fapiao {invoice.pk}")
    values = {"number": NUMBER, "issued_on": TODAY, "given_minor": 18_000, "tax_minor": 1_019, "document_id": paper.pk}
    return GivenInvoice(**{**values, **said})


def record(world: SmallWorld, who: str = "M1", **said: Any) -> MemberInvoice:
    invoice = of(who)
    return record_member_invoice(actor=world.acting(who), invoice_id=invoice.pk, given=given(invoice, **said))


def order(world: SmallWorld, run: DistributionRun, bank: BankAccount) -> list[int]:
    drafted = order_payouts(actor=world.acting("calculator"), run_id=run.pk, bank_account_id=bank.pk, due_on=DUE)
    return [payout.amount_minor for payout in drafted]


def test_a_share_is_paid_once_its_invoice_is_accepted_and_no_other_is(
    world: SmallWorld, run: DistributionRun, bank: BankAccount
) -> None:
    asked = MemberInvoice.objects.order_by("membership__code")
    assert list(asked.values_list("membership__code", "amount_minor", "percent", "state")) == [
        ("M1", 18_000, Decimal(6), "awaited"),
        ("M2", 10_800, Decimal(6), "awaited"),
        ("M3", 7_200, Decimal(6), "awaited"),
    ]
    assert order(world, run, bank) == []
    invoice = record(world)
    assert order(world, run, bank) == []
    accepted = accept_member_invoice(actor=world.acting("approver"), invoice_id=invoice.pk)
    assert (accepted.state, accepted.decided_by) == (MemberInvoiceState.ACCEPTED, world.seats["approver"].user)
    assert order(world, run, bank) == [18_000]
    assert order(world, run, bank) == []


def test_a_payment_drafted_by_hand_waits_for_the_invoice_as_well(
    world: SmallWorld, run: DistributionRun, bank: BankAccount
) -> None:
    account = Account.objects.get(kind="payable", holder=world.members["M1"].organisation)

    def draft(amount: int) -> Payout:
        return draft_payout(
            actor=world.acting("calculator"),
            bank_account_id=bank.pk,
            owed_account_id=account.pk,
            amount_minor=amount,
            due_on=DUE,
        )

    with pytest.raises(Conflict, match=r"180\.00 CNY of what is owed wait .* 0\.00 CNY can be paid now"):
        draft(1)
    assert not Payout.objects.exists()
    accept_member_invoice(actor=world.acting("approver"), invoice_id=record(world).pk)
    assert draft(18_000).amount_minor == 18_000


@pytest.mark.parametrize(
    ("said", "place", "sentence"),
    [
        ({"given_minor": 17_999}, "/given_minor", r"has to be of 180\.00 CNY.*179\.99 CNY is not"),
        ({"given_minor": 19_080}, "/given_minor", r"has to be of 180\.00 CNY.*190\.80 CNY is not"),
        ({"tax_minor": 1_080}, "/tax_minor", r"At 6 % the tax within 180\.00 CNY is 10\.19 CNY; 10\.80 CNY is not"),
        ({"tax_minor": -1}, "/tax_minor", "At 6 %"),
        ({"number": "1234"}, "/number", "20 digits"),
        ({"number": "12345678"}, "/code", "beside a code"),
        ({"code": "0310022001"}, "/code", "without a code"),
        ({"issued_on": date(2026, 2, 3)}, "/issued_on", "today or before"),
    ],
)
def test_what_is_wrong_on_it_is_said_and_nothing_is_taken_down(
    world: SmallWorld, run: DistributionRun, said: dict[str, Any], place: str, sentence: str
) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(InvalidInput, match=sentence) as refused:
        record(world, **said)
    assert [error.pointer for error in refused.value.errors] == [place]
    assert (of("M1").state, of("M1").number, AuditEvent.objects.count()) == ("awaited", "", before)


def test_a_tax_that_offices_round_otherwise_by_a_cent_is_taken(world: SmallWorld, run: DistributionRun) -> None:
    assert record(world, tax_minor=1_018).tax_minor == 1_018


def test_the_older_paper_with_code_and_number_is_taken(world: SmallWorld, run: DistributionRun) -> None:
    invoice = record(world, number="12345678", code="031002200111")
    assert (invoice.number, invoice.code) == ("12345678", "031002200111")


def test_the_file_is_one_that_hangs_on_it(world: SmallWorld, run: DistributionRun) -> None:
    elsewhere = make_document(of("M2"), "of M2")
    with pytest.raises(InvalidInput, match="Attach the file"):
        record(world, document_id=elsewhere.pk)
    assert of("M1").state == MemberInvoiceState.AWAITED


def test_what_is_sent_back_says_why_and_is_given_anew(world: SmallWorld, run: DistributionRun) -> None:
    invoice = record(world)
    with pytest.raises(InvalidInput):
        send_back_member_invoice(actor=world.acting("calculator"), invoice_id=invoice.pk, reason=" ")
    back = send_back_member_invoice(actor=world.acting("calculator"), invoice_id=invoice.pk, reason="wrong buyer")
    assert (back.state, back.reason) == (MemberInvoiceState.SENT_BACK, "wrong buyer")
    with pytest.raises(WrongState):
        accept_member_invoice(actor=world.acting("approver"), invoice_id=invoice.pk)
    [waiting] = member_invoices_to_give(world.acting("M1"))
    assert (waiting.kind, waiting.detail["reason"]) == ("member_invoice.record", "wrong buyer")
    again = record(world, number=NUMBER[:-1] + "9")
    assert (again.state, again.reason, again.decided_by) == (MemberInvoiceState.RECORDED, "", None)
    assert list(member_invoices_to_give(world.acting("M1"))) == []
    assert [row.kind for row in member_invoices_to_check(world.acting("approver"))] == ["member_invoice.accept"]


@pytest.mark.parametrize(
    ("who", "problem"),
    [("M2", NotFound), ("L1", NotFound), ("secretariat", NotFound), ("calculator", NotAllowed)],
)
def test_only_the_member_gives_its_invoice(
    world: SmallWorld, run: DistributionRun, who: str, problem: type[Problem]
) -> None:
    invoice = of("M1")
    with pytest.raises(problem):
        record_member_invoice(actor=world.acting(who), invoice_id=invoice.pk, given=given(invoice))
    assert of("M1").state == MemberInvoiceState.AWAITED
    assert [row.membership.code for row in MemberInvoice.objects.visible_to(world.acting("M2"))] == ["M2"]


def test_whoever_gave_it_does_not_accept_it_from_another_seat(world: SmallWorld, run: DistributionRun) -> None:
    """One person with a seat at the member and one in the office is still one person."""
    invoice = record(world)
    person, office = world.seats["M1"].user, world.seats["approver"]
    seat = Seat.objects.create(user=person, organisation=office.organisation, created_at=office.created_at)
    held = RoleAssignment.objects.get(seat=office)
    RoleAssignment.objects.create(
        seat=seat,
        role=held.role,
        operating_entity=held.operating_entity,
        purpose=held.purpose,
        starts_at=held.starts_at,
    )
    world.seats["both"] = seat
    with pytest.raises((NotAllowed, NotFound)):
        accept_member_invoice(actor=world.acting("both"), invoice_id=invoice.pk)
    with pytest.raises(DatabaseError, match="memberinvoice_two_people"):
        write(
            "UPDATE distribution_memberinvoice SET state = 'accepted', decided_at = now(),"
            " decided_by_id = recorded_by_id WHERE state = 'recorded'"
        )


def test_one_invoice_is_given_for_one_share_and_others_numbers_tell_nothing(
    world: SmallWorld, run: DistributionRun
) -> None:
    record(world)
    # The same number of another member's is none of its business: taken, not refused.
    assert record(world, "M2", given_minor=10_800, tax_minor=611).number == NUMBER
    pay(world, billed(world, world.closed("2025Q2"), _series(world))["L1"], on=EARLY)
    released(world)
    second = MemberInvoice.objects.get(membership__code="M1", state=MemberInvoiceState.AWAITED)
    with pytest.raises(InvalidInput, match="for another share already"):
        record_member_invoice(
            actor=world.acting("M1"), invoice_id=second.pk, given=given(second, given_minor=second.amount_minor)
        )


def _series(world: SmallWorld) -> Any:
    from licensing.billing.models import InvoiceSeries

    return InvoiceSeries.objects.get()


def test_terms_of_a_member_go_before_those_of_a_programme_and_these_before_those_of_all(
    world: SmallWorld, filed: Filed
) -> None:
    ask(world)
    ask(world, programme_id=world.programme.pk, percent=Decimal(3))
    ask(world, membership_id=world.members["M2"].pk, is_needed=False, percent=Decimal(0))
    ask(world, from_on=TODAY + timedelta(days=1), programme_id=world.programme.pk, percent=Decimal(13))
    paid_and_released(world)
    asked = MemberInvoice.objects.order_by("membership__code").values_list("membership__code", "percent")
    assert list(asked) == [("M1", Decimal(3)), ("M3", Decimal(3))]


def test_terms_hold_from_today_at_the_earliest_and_once_from_a_day(world: SmallWorld, filed: Filed) -> None:
    with pytest.raises(InvalidInput):
        ask(world, from_on=date(2026, 2, 1))
    with pytest.raises(InvalidInput):
        ask(world, is_needed=False)
    ask(world)
    with pytest.raises(Conflict):
        ask(world)
    with pytest.raises((NotAllowed, NotFound)):
        set_member_invoice_terms(
            actor=world.acting("M1"),
            operating_entity_id=world.entity.pk,
            terms=NewMemberInvoiceTerms(from_on=TODAY, is_needed=False),
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_memberinvoice SET state = 'accepted'",
        "UPDATE distribution_memberinvoice SET amount_minor = 1",
        "UPDATE distribution_memberinvoice SET percent = 0",
        "DELETE FROM distribution_memberinvoice",
        "UPDATE distribution_memberinvoiceterms SET is_needed = false, percent = 0",
        "DELETE FROM distribution_memberinvoiceterms",
    ],
)
def test_nobody_takes_a_share_out_of_its_waiting_behind_the_back(
    world: SmallWorld, run: DistributionRun, statement: str
) -> None:
    with pytest.raises(DatabaseError):
        write(statement)


INVOICES = "/api/v1/member-invoices"


def step(client: Client, invoice: MemberInvoice, name: str, body: dict[str, Any]) -> Any:
    tag = client.get(f"{INVOICES}/{invoice.pk}").headers.get("ETag", "*")
    address = f"{INVOICES}/{invoice.pk}/{name}"
    return client.post(address, body, content_type="application/json", headers={"If-Match": tag})


def test_it_goes_over_the_wire_from_the_member_to_finance_and_back(world: SmallWorld, run: DistributionRun) -> None:
    member, finance = client_of(world.seats["M1"]), client_of(world.seats["calculator"])
    [row] = member.get(INVOICES).json()["items"]
    assert (row["amount_minor"], row["tax_due_minor"]) == (18_000, 1_019)
    assert (row["member_code"], row["state"]) == ("M1", "awaited")
    listed = finance.get(f"{INVOICES}?state=awaited").json()["items"]
    assert [one["member_code"] for one in listed] == ["M1", "M2", "M3"]
    [total] = finance.get(f"{INVOICES}/ageing").json()["totals"]
    assert (total["currency"], total["invoices"], total["total_minor"]) == ("CNY", 3, 36_000)
    [own] = member.get(f"{INVOICES}/ageing").json()["totals"]
    assert (own["invoices"], own["total_minor"]) == (1, 18_000)
    invoice = of("M1")
    body = {
        "number": NUMBER,
        "issued_on": "2026-02-02",
        "given_minor": 19_000,
        "tax_minor": 1_019,
        "document_id": str(make_document(invoice).pk),
    }
    refused = step(member, invoice, "recording", body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/given_minor"
    recorded = step(member, invoice, "recording", {**body, "given_minor": 18_000})
    assert (recorded.status_code, recorded.json()["state"], recorded.json()["allowed_steps"]) == (200, "recorded", [])
    assert step(client_of(world.seats["M2"]), invoice, "recording", body).status_code == 404
    blindly = finance.post(f"{INVOICES}/{invoice.pk}/acceptance", {}, content_type="application/json")
    assert blindly.status_code == 428
    back = step(finance, invoice, "return", {"reason": "no seal"})
    assert (back.json()["state"], back.json()["reason"]) == ("sent_back", "no seal")
    statement = member.get(f"/api/v1/distribution-statements/{invoice.item_id}").json()
    assert statement["tax_invoice"] == {"id": str(invoice.pk), "state": "sent_back", "waiver_reason": ""}
    assert step(member, invoice, "recording", {**body, "given_minor": 18_000}).json()["state"] == "recorded"
    done = step(finance, invoice, "acceptance", {}).json()
    assert (done["state"], done["age"], done["waits_days"]) == ("accepted", "", None)
