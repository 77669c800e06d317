"""Paying tax withheld on: by two people and the bank's line, and taken back by two."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from licensing.distribution.models import (
    DistributionRun,
    RemittanceUndoing,
    TaxRemittance,
    Withholding,
)
from licensing.distribution.withholding import services
from licensing.distribution.withholding.home import to_confirm
from licensing.distribution.withholding.papers import certificate_paper
from licensing.distribution.withholding.selectors import get_tax_remittance, remittance_steps
from licensing.papers.paper import Language
from licensing.payments.reconciling import Check, reconciliation
from platform_core.ledger.models import Entry
from platform_core.problems import Conflict, InvalidInput, NotAllowed, WrongState
from platform_core.treasury.claims import proposals_for
from platform_core.treasury.models import BankAccount, StatementLine
from platform_core.treasury.services import assign_line, release_line
from tests.factories.billing import balances
from tests.factories.royalties import NOW, SmallWorld
from tests.factories.treasury import HEADINGS, take
from tests.factories.withholding import (
    TODAY,
    line_of,
    prepared_of,
)
from tests.integration.distribution.test_distributing import write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def test_tax_is_paid_on_by_two_people_and_the_banks_line(
    world: SmallWorld, taxed: DistributionRun, bank: BankAccount
) -> None:
    prepared = prepared_of(world)
    assert (prepared.amount_minor, prepared.withholdings.count()) == (2_880, 2)
    with pytest.raises(InvalidInput):
        prepared_of(world)
    line = line_of(bank, "-28.80")
    assert proposals_for([line], actor=world.acting("calculator")) == {}
    with pytest.raises(NotAllowed, match="somebody else"):
        services.confirm_tax_remittance(actor=world.acting("calculator"), remittance_id=prepared.pk)
    with pytest.raises(WrongState):
        services.note_tax_receipt(actor=world.acting("calculator"), remittance_id=prepared.pk, receipt="1")
    assert [row.kind for row in to_confirm(world.acting("approver"))] == ["tax_remittance.confirm"]
    assert list(to_confirm(world.acting("calculator"))) == []
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    [(claimant, proposal)] = proposals_for([line], actor=world.acting("calculator"))[line.pk]
    assert (claimant.code, proposal.title, proposal.reasons) == (
        "tax_remittance",
        "SB2026-0207",
        ("amount", "reference"),
    )
    wrong = line_of(bank, "-28.79")
    with pytest.raises(Conflict, match="another account or amount"):
        assign_line(
            actor=world.acting("calculator"), line_id=wrong.pk, claimant="tax_remittance", subject_id=prepared.pk
        )
    before = balances(world)

    assign_line(actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=prepared.pk)

    paid = TaxRemittance.objects.get()
    assert (paid.state, paid.paid_on, paid.entry is not None) == ("paid", date(2026, 2, 6), True)
    after = balances(world)
    assert (before["withheld_tax"], after.get("withheld_tax", 0)) == (-2_880, 0)
    assert after["payable"] == before["payable"]
    services.note_tax_receipt(actor=world.acting("calculator"), remittance_id=paid.pk, receipt="完税 3312")
    with pytest.raises(Conflict):
        services.note_tax_receipt(actor=world.acting("calculator"), remittance_id=paid.pk, receipt="another")
    with pytest.raises(WrongState):
        services.cancel_tax_remittance(actor=world.acting("approver"), remittance_id=paid.pk, reason="no")
    row = Withholding.objects.get(membership__code="M1")
    facts = dict(certificate_paper(row, Language.EN).facts)
    assert (facts["Paid to the tax office on"], facts["Tax office's certificate"]) == ("2026-02-06", "完税 3312")


def test_the_books_agree_with_what_was_withheld(world: SmallWorld, taxed: DistributionRun, bank: BankAccount) -> None:
    def compared(on: date) -> list[tuple[int, int]]:
        rows = reconciliation(world.entity.pk, actor=world.acting("calculator"), on=on)
        assert all(row.difference_minor == 0 for row in rows if row.check in (Check.WITHHELD_TAX, Check.PAYABLE))
        return [(row.papers_minor, row.books_minor) for row in rows if row.check is Check.WITHHELD_TAX]

    assert compared(TODAY) == [(2_880, 2_880)]
    prepared = prepared_of(world)
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    line = line_of(bank, "-28.80")
    assign_line(actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=prepared.pk)
    assert compared(TODAY) == [(2_880, 2_880)]
    assert compared(date(2026, 2, 6)) in ([], [(0, 0)])


def test_nothing_is_paid_on_by_a_day_to_come(world: SmallWorld, taxed: DistributionRun) -> None:
    with pytest.raises(InvalidInput) as refused:
        prepared_of(world, through_on=TODAY + timedelta(days=1))
    assert [error.code for error in refused.value.errors] == ["in_the_future"]
    assert not TaxRemittance.objects.exists()


def test_whoever_prepared_a_remittance_gives_it_up_before_it_is_confirmed(
    world: SmallWorld, taxed: DistributionRun
) -> None:
    prepared = prepared_of(world)
    services.cancel_tax_remittance(actor=world.acting("calculator"), remittance_id=prepared.pk, reason="Wrong month.")
    assert not Withholding.objects.exclude(remittance=None).exists()


def test_what_two_confirmed_is_given_up_by_two_and_goes_into_another_remittance(
    world: SmallWorld, taxed: DistributionRun
) -> None:
    """There are two people in this office's finance: both have had their hands in the remittance."""
    prepared = prepared_of(world)
    with pytest.raises(WrongState, match="Cancel one that waits"):
        asked_to_undo(world, "approver", prepared, "Wrong month.")
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    for who in ("calculator", "approver"):
        with pytest.raises(WrongState, match="have a colleague agree"):
            services.cancel_tax_remittance(actor=world.acting(who), remittance_id=prepared.pk, reason="Wrong month.")
    with pytest.raises(WrongState, match="have a colleague ask for it first"):
        services.agree_to_undo_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    with pytest.raises(InvalidInput):
        asked_to_undo(world, "calculator", prepared, " ")
    asked_to_undo(world, "calculator", prepared, "Wrong month.")
    with pytest.raises(Conflict, match="decide that first"):
        asked_to_undo(world, "approver", prepared, "Mine.")
    with pytest.raises(NotAllowed, match="somebody else decides"):
        services.agree_to_undo_remittance(actor=world.acting("calculator"), remittance_id=prepared.pk)
    assert remittance_steps(prepared_again(world), actor=world.acting("calculator")) == ["refuse to undo"]
    assert remittance_steps(prepared_again(world), actor=world.acting("approver")) == [
        "agree to undo",
        "refuse to undo",
    ]
    prepared.refresh_from_db()
    assert (prepared.state, prepared.reason, prepared.withholdings.count()) == ("confirmed", "", 2)
    services.refuse_to_undo_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    asked_to_undo(world, "approver", prepared, "Wrong month.")
    gone = services.agree_to_undo_remittance(actor=world.acting("calculator"), remittance_id=prepared.pk)
    assert (gone.state, gone.reason, gone.cancelled_by_id) == (
        "cancelled",
        "Wrong month.",
        world.seats["calculator"].user_id,
    )
    assert not Withholding.objects.exclude(remittance=None).exists()
    assert prepared_of(world).amount_minor == 2_880


def asked_to_undo(world: SmallWorld, who: str, remittance: TaxRemittance, reason: str) -> RemittanceUndoing:
    return services.ask_to_undo_remittance(actor=world.acting(who), remittance_id=remittance.pk, reason=reason)


def prepared_again(world: SmallWorld) -> TaxRemittance:
    """Fetch the remittance that is there, as somebody of finance reads it."""
    return get_tax_remittance(TaxRemittance.objects.get().pk, actor=world.acting("approver"))


def paid_by(world: SmallWorld, bank: BankAccount, remittance: TaxRemittance) -> StatementLine:
    """Have a line of the bank assigned to a confirmed remittance."""
    line = line_of(bank, "-28.80")
    return assign_line(
        actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=remittance.pk
    )


def confirmed_of(world: SmallWorld) -> TaxRemittance:
    prepared = prepared_of(world)
    return services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)


def facts_of(member: str) -> dict[str, str]:
    """Return what a member's certificate says."""
    return dict(certificate_paper(Withholding.objects.get(membership__code=member), Language.EN).facts)


def owed_on(world: SmallWorld, on: date) -> list[tuple[int, int]]:
    """Return what is owed to the tax office by papers and by books, which agree."""
    rows = reconciliation(world.entity.pk, actor=world.acting("calculator"), on=on)
    assert all(row.difference_minor == 0 for row in rows if row.check in (Check.WITHHELD_TAX, Check.WAITING))
    return [(row.papers_minor, row.books_minor) for row in rows if row.check is Check.WITHHELD_TAX]


def test_a_line_that_was_for_something_else_is_freed_by_two_and_another_one_pays(
    world: SmallWorld, taxed: DistributionRun, bank: BankAccount
) -> None:
    remittance = confirmed_of(world)
    wrong = paid_by(world, bank, remittance)
    services.note_tax_receipt(actor=world.acting("calculator"), remittance_id=remittance.pk, receipt="完税 3312")
    world.clock.set(NOW.replace(year=2026, month=2, day=10))
    with pytest.raises(WrongState, match="have a colleague ask for it first"):
        release_line(actor=world.acting("calculator"), line_id=wrong.pk, reason="Not this one")
    asked_to_undo(world, "calculator", remittance, "Not this one")
    with pytest.raises(NotAllowed, match="somebody else decides"):
        release_line(actor=world.acting("calculator"), line_id=wrong.pk, reason="Not this one")
    with pytest.raises(NotAllowed, match="somebody else decides"):
        services.agree_to_undo_remittance(actor=world.acting("calculator"), remittance_id=remittance.pk)
    wrong.refresh_from_db()
    assert (wrong.state, balances(world).get("withheld_tax", 0)) == ("assigned", 0)

    services.agree_to_undo_remittance(actor=world.acting("approver"), remittance_id=remittance.pk)

    remittance.refresh_from_db()
    wrong.refresh_from_db()
    assert (remittance.state, remittance.paid_on, remittance.entry_id, remittance.receipt) == (
        "confirmed",
        None,
        None,
        "",
    )
    assert (wrong.state, wrong.claimant) == ("open", "")
    assert balances(world)["withheld_tax"] == -2_880
    # The entry stays, and its opposite stands beside it.
    entry = Entry.objects.get(name="tax_remittance.paid")
    assert Entry.objects.get(name="entry.reversed", subject_id=remittance.pk).reverses_id == entry.pk
    assert facts_of("M1")["Paid to the tax office on"] == "not paid yet"
    assert "Tax office's certificate" not in facts_of("M1")
    # What the books said on a day, they say for ever.
    assert owed_on(world, TODAY) == [(2_880, 2_880)]
    assert owed_on(world, date(2026, 2, 6)) in ([], [(0, 0)])
    assert owed_on(world, date(2026, 2, 10)) == [(2_880, 2_880)]

    right = take(bank, f"{HEADINGS}\n2026-02-09,-28.80,,国家税务总局,6222,税款 SB2026-0207,9002\n")
    line = StatementLine.objects.get(statement=right.statement)
    assign_line(actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=remittance.pk)
    remittance.refresh_from_db()
    assert (remittance.state, remittance.paid_on, remittance.line_id) == ("paid", date(2026, 2, 9), line.pk)
    assert balances(world).get("withheld_tax", 0) == 0
    assert facts_of("M1")["Paid to the tax office on"] == "2026-02-09"


def test_a_payment_that_came_back_is_taken_back_by_its_line_and_paid_again(
    world: SmallWorld, taxed: DistributionRun, bank: BankAccount
) -> None:
    remittance = confirmed_of(world)
    first = paid_by(world, bank, remittance)
    world.clock.set(NOW.replace(year=2026, month=2, day=12))
    told = take(bank, f"{HEADINGS}\n2026-02-11,28.80,,国家税务总局,6222,退汇 SB2026-0207,9003\n")
    back = StatementLine.objects.get(statement=told.statement)
    assert proposals_for([back], actor=world.acting("approver")) == {}
    asked_to_undo(world, "calculator", remittance, "退汇")
    [(claimant, proposal)] = proposals_for([back], actor=world.acting("approver"))[back.pk]
    assert (claimant.code, proposal.amount_minor) == ("tax_remittance", 2_880)

    def assign(who: str, line: StatementLine) -> StatementLine:
        return assign_line(
            actor=world.acting(who), line_id=line.pk, claimant="tax_remittance", subject_id=remittance.pk
        )

    with pytest.raises(NotAllowed, match="somebody else decides"):
        assign("calculator", back)
    assign("approver", back)
    remittance.refresh_from_db()
    assert (remittance.state, remittance.paid_on) == ("confirmed", None)
    assert balances(world)["withheld_tax"] == -2_880
    assert owed_on(world, date(2026, 2, 10)) in ([], [(0, 0)])
    assert owed_on(world, date(2026, 2, 11)) == [(2_880, 2_880)]
    # Both lines tell what happened, and stay.
    for line in (first, back):
        with pytest.raises((Conflict, WrongState)):
            release_line(actor=world.acting("approver"), line_id=line.pk, reason="no")
    again = take(bank, f"{HEADINGS}\n2026-02-12,-28.80,,国家税务总局,6222,税款 SB2026-0207,9004\n")
    assign("calculator", StatementLine.objects.get(statement=again.statement))
    remittance.refresh_from_db()
    assert (remittance.state, remittance.paid_on) == ("paid", date(2026, 2, 12))
    assert balances(world).get("withheld_tax", 0) == 0
    # What two undid was the first payment: it undoes no other one.
    back_again = (
        "UPDATE distribution_taxremittance SET state = 'confirmed', paid_on = NULL, line_id = NULL, entry_id = NULL"
    )
    with pytest.raises(DatabaseError, match="two people undo"):
        write(back_again)
    asked_to_undo(world, "calculator", remittance, "Again")
    with pytest.raises(Conflict, match="both lines tell so"):
        release_line(actor=world.acting("approver"), line_id=first.pk, reason="no")


def test_what_was_asked_before_the_bank_paid_is_asked_anew(
    world: SmallWorld, taxed: DistributionRun, bank: BankAccount
) -> None:
    remittance = confirmed_of(world)
    asked_to_undo(world, "calculator", remittance, "Wrong month.")
    line = paid_by(world, bank, remittance)
    with pytest.raises(Conflict, match="refuse that, and ask anew"):
        services.agree_to_undo_remittance(actor=world.acting("approver"), remittance_id=remittance.pk)
    line.refresh_from_db()
    assert line.state == "assigned"
    services.refuse_to_undo_remittance(actor=world.acting("approver"), remittance_id=remittance.pk)
    asked_to_undo(world, "calculator", remittance, "Wrong line.")
    services.agree_to_undo_remittance(actor=world.acting("approver"), remittance_id=remittance.pk)
    assert RemittanceUndoing.objects.filter(is_agreed=True, undoes="paid").count() == 1


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "UPDATE distribution_taxremittance SET state = 'cancelled', reason = 'x', cancelled_at = now(),"
            " cancelled_by_id = prepared_by_id",
            "two people undo",
        ),
        (
            "UPDATE distribution_remittanceundoing SET is_agreed = true, decided_at = now(),"
            " decided_by_id = asked_by_id",
            "remittanceundoing_two_people",
        ),
        ("DELETE FROM distribution_remittanceundoing", "can no longer be changed"),
    ],
)
def test_the_database_holds_that_two_undo_what_two_decided(
    world: SmallWorld, taxed: DistributionRun, statement: str, why: str
) -> None:
    remittance = confirmed_of(world)
    asked_to_undo(world, "calculator", remittance, "Wrong month.")
    Withholding.objects.update(remittance=None)
    with pytest.raises(DatabaseError, match=why):
        write(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_withholding SET tax_minor = 0, percent = 0",
        "UPDATE distribution_withholding SET remittance_id = NULL",
        "DELETE FROM distribution_withholding",
        "UPDATE distribution_withholdingrule SET percent = 0",
        "DELETE FROM distribution_withholdingrule",
        "UPDATE distribution_taxremittance SET amount_minor = 1",
        "UPDATE distribution_taxremittance SET state = 'cancelled', reason = 'x'",
        "UPDATE distribution_taxremittance SET state = 'prepared', confirmed_at = NULL, confirmed_by_id = NULL",
        "DELETE FROM distribution_taxremittance",
        "UPDATE distribution_distributionitem SET tax_minor = 0",
    ],
)
def test_nobody_changes_what_was_withheld_behind_the_back(
    world: SmallWorld, taxed: DistributionRun, bank: BankAccount, statement: str
) -> None:
    prepared = prepared_of(world)
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    line = line_of(bank, "-28.80")
    assign_line(actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=prepared.pk)
    with pytest.raises(DatabaseError):
        write(statement)
