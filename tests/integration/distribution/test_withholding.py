"""Tax withheld from members abroad: by rule or treaty, on what is paid, to the cent, booked, and paid on by two."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError

from licensing.billing.models import TaxIdentity
from licensing.distribution.models import (
    DistributionItem,
    DistributionRun,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from licensing.distribution.papers import distribution_paper
from licensing.distribution.proofs import read_statement, verify_statement
from licensing.distribution.services import release_distribution, take_proof
from licensing.distribution.withholding import services
from licensing.distribution.withholding.home import to_confirm
from licensing.distribution.withholding.papers import certificate_paper
from licensing.papers.paper import Language
from licensing.payments.reconciling import Check, reconciliation
from licensing.payments.services import order_payouts
from licensing.reports.services import supersede_sales_report
from platform_core.access.actors import Actor
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from platform_core.treasury.claims import proposals_for
from platform_core.treasury.models import BankAccount, StatementLine
from platform_core.treasury.services import assign_line
from tests.api.core.clients import client_of
from tests.factories.billing import SINCE, balances, billed, make_tax_identity, pay, set_up_billing
from tests.factories.distribution import approved, released
from tests.factories.documents import make_document
from tests.factories.royalties import SmallWorld, make_person, upload_of
from tests.factories.treasury import HEADINGS, make_bank_account, take
from tests.integration.distribution.test_distributing import write
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY, TODAY = date(2026, 1, 20), date(2026, 2, 2)


def abroad(world: SmallWorld, **countries: str) -> None:
    """Have members taxed in these countries, as finance notes it, and all others at home."""
    for code, member in world.members.items():
        known = TaxIdentity.objects.filter(operating_entity=world.entity, organisation=member.organisation)
        if code in countries or not known.exists():
            since = SINCE + timedelta(days=known.count())
            make_tax_identity(world.entity, member.organisation, country=countries.get(code, "CN"), from_on=since)


def rule(world: SmallWorld, country: str, percent: str, who: str = "calculator", **said: Any) -> WithholdingRule:
    values = {"from_on": TODAY, "basis": "企业所得税法第三条第三款、第十九条", **said}
    return services.set_withholding_rule(
        actor=world.acting(who),
        operating_entity_id=world.entity.pk,
        rule=services.NewWithholdingRule(country=country, percent=Decimal(percent), **values),
    )


def relief(world: SmallWorld, member: str, country: str, **said: Any) -> TreatyRelief:
    values = {"from_on": date(2026, 1, 1), "until_on": date(2026, 12, 31), "certificate": "6166-2026-001", **said}
    return services.enter_treaty_relief(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        relief=services.NewTreatyRelief(membership_id=world.members[member].pk, country=country, **values),
    )


def confirmed(world: SmallWorld, member: str, country: str, **said: Any) -> TreatyRelief:
    entered = relief(world, member, country, **said)
    make_document(entered, "certificate of residence")
    return services.confirm_treaty_relief(actor=world.acting("approver"), relief_id=entered.pk)


def pay_l1(world: SmallWorld) -> None:
    """L1 pays its 40,000: 18,000 to M1, 10,800 to M2, 7,200 to M3, 4,000 to the fee."""
    pay(world, billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"], on=EARLY)


def withheld(run: DistributionRun) -> dict[str, tuple[int, int, Decimal, int]]:
    """Return by member: the share, what of it is taxed, at which rate, and the tax."""
    rows = Withholding.objects.filter(item__run=run).order_by("membership__code")
    return {row.membership.code: (row.gross_minor, row.base_minor, row.percent, row.tax_minor) for row in rows}


def test_tax_is_withheld_by_law_or_treaty_and_booked_as_owed_to_the_tax_office(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR", M2="JP")
    rule(world, "KR", "10")
    rule(world, "JP", "10", treaty_percent=Decimal("7.5"), treaty="中日税收协定第十二条")
    confirmed(world, "M2", "JP")
    pay_l1(world)
    run = released(world)

    assert withheld(run) == {
        "M1": (18_000, 18_000, Decimal(10), 1_800),
        "M2": (10_800, 10_800, Decimal("7.5"), 810),
    }
    items = DistributionItem.objects.filter(run=run).order_by("payee")
    told = [(item.payee, item.amount_minor, item.tax_minor, item.net_minor, item.closing_minor) for item in items]
    assert told == [
        ("M1", 18_000, 1_800, 16_200, 16_200),
        ("M2", 10_800, 810, 9_990, 9_990),
        ("M3", 7_200, 0, 7_200, 7_200),
        ("~fee", 4_000, 0, 4_000, 4_000),
    ]
    # Nothing is lost or made: what was received is what members, the office and the tax office are owed.
    stands = balances(world)
    assert (stands["payable"], stands["withheld_tax"], stands["fee_income"]) == (-33_390, -2_610, -4_000)
    assert -stands["payable"] - stands["withheld_tax"] - stands["fee_income"] == run.total_minor == 40_000
    event = AuditEvent.objects.get(name="distribution_run.released")
    assert event.changes["tax_minor"] == {"old": None, "new": 2_610}
    bank = make_bank_account(world.entity)
    drafted = order_payouts(actor=world.acting("calculator"), run_id=run.pk, bank_account_id=bank.pk, due_on=TODAY)
    assert [payout.amount_minor for payout in drafted] == [16_200, 9_990, 7_200]


@pytest.mark.parametrize(
    ("percent", "tax"), [("10", 1_800), ("7.5", 1_350), ("0.0025", 0), ("0.0028", 1), ("3.3347", 600), ("0", 0)]
)
def test_the_tax_is_rounded_once_to_the_cent_halves_up(world: SmallWorld, filed: Filed, percent: str, tax: int) -> None:
    abroad(world, M1="KR")
    rule(world, "KR", percent)
    pay_l1(world)
    run = released(world)
    assert withheld(run)["M1"][3] == tax
    assert balances(world).get("withheld_tax", 0) == -tax


def test_the_statement_says_gross_tax_and_net_and_its_proof_is_bound_to_them(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    rule(world, "KR", "10")
    series = set_up_billing(world, vat="")
    invoices = billed(world, world.closed("2025Q1"), series)
    for name in ("L1", "L2", "L3"):
        pay(world, invoices[name], on=EARLY)
    run = released(world)
    item = DistributionItem.objects.get(run=run, membership__code="M1")
    assert (item.amount_minor, item.tax_minor) == (135_000, 13_500)
    told = client_of(world.seats["M1"]).get(f"/api/v1/distribution-statements/{item.pk}").json()
    assert [told[key] for key in ("amount_minor", "tax_minor", "net_minor", "closing_minor")] == [
        135_000,
        13_500,
        121_500,
        121_500,
    ]
    assert told["withholding"] == {
        "id": str(item.withholding.pk),
        "country": "KR",
        "set_off_minor": 0,
        "base_minor": 135_000,
        "percent": "10",
        "is_by_treaty": False,
        "tax_minor": 13_500,
    }
    for language, tax, net in ((Language.ZH, "代扣税款", "税后金额"), (Language.EN, "Tax withheld", "After tax")):
        paper = distribution_paper(item, language)
        figures = {label: money.minor for label, money in paper.figures}
        assert (figures[tax], figures[net]) == (-13_500, 121_500)
    if not item.proof_withheld:
        _, content = take_proof(actor=world.acting("M1"), item_id=item.pk)
        proven = read_statement(content)
        assert proven.statement.details["tax_minor"] == "13500"
        verify_statement(proven)


def test_rules_hold_from_and_until_their_days_and_the_later_one_goes_before(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR", M2="KR")
    rule(world, "KR", "20", until_on=TODAY)
    rule(world, "KR", "15", from_on=TODAY + timedelta(days=1))
    pay_l1(world)
    assert withheld(released(world))["M1"][2:] == (Decimal(20), 3_600)
    with pytest.raises(Conflict, match="choose another day"):
        rule(world, "KR", "5")
    wrongs: tuple[dict[str, Any], ...] = (
        {"percent": "100"},
        {"country": "CN"},
        {"country": "XX"},
        {"treaty_percent": Decimal(30), "treaty": "art. 12"},
        {"treaty_percent": Decimal(5)},
        {"treaty": "art. 12"},
        {"until_on": TODAY - timedelta(days=1)},
        {"from_on": TODAY - timedelta(days=1)},
        {"basis": " "},
    )
    for wrong in wrongs:
        with pytest.raises(InvalidInput):
            rule(world, **{"country": "DE", "percent": "10", **wrong})
    with pytest.raises((NotAllowed, NotFound)):
        rule(world, "DE", "10", who="M1")
    assert WithholdingRule.objects.count() == 2


def test_a_member_that_moves_its_own_seat_is_taxed_where_finance_noted_it(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    rule(world, "KR", "10", treaty_percent=Decimal(5), treaty="art. 12")
    pay_l1(world)
    run = approved(world)
    Organisation.objects.filter(pk=world.members["M1"].organisation_id).update(country="CN")
    Organisation.objects.filter(pk=world.members["M2"].organisation_id).update(country="KR")
    with pytest.raises(InvalidInput):
        relief(world, "M2", "KR")
    confirmed(world, "M1", "KR")
    release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert withheld(run) == {"M1": (18_000, 18_000, Decimal(5), 900)}
    assert Withholding.objects.get(item__run=run).country == "KR"


def test_nothing_is_released_to_members_of_whom_no_tax_identity_is_noted(world: SmallWorld, filed: Filed) -> None:
    rule(world, "KR", "10")
    make_tax_identity(world.entity, world.members["M2"].organisation)
    pay_l1(world)
    run = approved(world)
    before = balances(world)
    with pytest.raises(InvalidInput):
        relief(world, "M1", "KR")
    with pytest.raises(Conflict, match=r"not noted: M1, M3\. Note who they are"):
        release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    run.refresh_from_db()
    assert (run.status, balances(world), Withholding.objects.count()) == ("approved", before, 0)
    abroad(world)
    release_distribution(actor=world.acting("calculator"), run_id=run.pk)
    assert balances(world)["payable"] == -36_000


def test_a_rule_that_ran_out_withholds_nothing(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    WithholdingRule.objects.create(
        operating_entity=world.entity,
        country="KR",
        from_on=date(2025, 1, 1),
        until_on=TODAY - timedelta(days=1),
        percent=10,
        basis="law",
    )
    pay_l1(world)
    assert withheld(released(world)) == {}


@pytest.mark.parametrize("why", ["entered", "withdrawn", "ran out", "other country", "no treaty"])
def test_the_treaty_holds_only_for_a_confirmed_proof_of_its_days(world: SmallWorld, filed: Filed, why: str) -> None:
    abroad(world, M1="JP")
    treaty: dict[str, Any] = {} if why == "no treaty" else {"treaty_percent": Decimal(5), "treaty": "art. 12"}
    rule(world, "JP", "10", **treaty)
    if why == "entered":
        relief(world, "M1", "JP")
    else:
        until = date(2026, 2, 1) if why == "ran out" else date(2026, 12, 31)
        made = confirmed(world, "M1", "JP", until_on=until)
        if why == "withdrawn":
            services.withdraw_treaty_relief(actor=world.acting("calculator"), relief_id=made.pk, reason="It moved.")
        if why == "other country":
            abroad(world, M1="KR")
            rule(world, "KR", "10", treaty_percent=Decimal(5), treaty="art. 12")
    pay_l1(world)
    run = released(world)
    assert withheld(run)["M1"][2:] == (Decimal(10), 1_800)
    assert Withholding.objects.get(item__run=run).relief is None


def test_a_proof_of_residence_takes_two_people_and_its_paper(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="JP")
    rule(world, "JP", "10", treaty_percent=Decimal(5), treaty="art. 12")
    with pytest.raises(InvalidInput):
        relief(world, "M1", "KR")
    entered = relief(world, "M1", "JP")
    with pytest.raises(Conflict, match="Attach the certificate"):
        services.confirm_treaty_relief(actor=world.acting("approver"), relief_id=entered.pk)
    make_document(entered)
    with pytest.raises(NotAllowed, match="somebody else"):
        services.confirm_treaty_relief(actor=world.acting("calculator"), relief_id=entered.pk)
    with pytest.raises(NotAllowed):
        services.confirm_treaty_relief(actor=world.acting("M1"), relief_id=entered.pk)
    with pytest.raises(NotFound):
        services.confirm_treaty_relief(actor=world.acting("M2"), relief_id=entered.pk)
    with pytest.raises(DatabaseError, match="treatyrelief_two_people"):
        write(
            "UPDATE distribution_treatyrelief SET state = 'confirmed', confirmed_at = now(),"
            " confirmed_by_id = entered_by_id"
        )
    entered.refresh_from_db()
    assert entered.state == "entered"


def test_what_is_taken_back_is_set_off_before_the_next_share_is_taxed(world: SmallWorld, filed: Filed) -> None:
    """M1 turned out to have been given 4,500 too much: of its next share it is paid, and taxed on, so much less."""
    abroad(world, M1="KR")
    rule(world, "KR", "10")
    series = set_up_billing(world, vat="")
    for invoice in billed(world, world.closed("2025Q1"), series).values():
        pay(world, invoice, on=EARLY)
    assert withheld(released(world))["M1"] == (135_000, 135_000, Decimal(10), 13_500)
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-01", 1000), ("2025-02", 750), ("2025-03", 750)]),
        reason="returns",
    )
    world.corrected("2025Q1")
    back = released(world)
    item = DistributionItem.objects.get(run=back, membership__code="M1")
    # Nothing is withheld of what is taken back, and the tax office gives nothing back.
    assert (item.amount_minor, item.tax_minor, withheld(back)) == (-4_500, 0, {})
    pay(world, billed(world, world.closed("2025Q2"), series)["L2"], on=EARLY)
    after = released(world)
    item = DistributionItem.objects.get(run=after, membership__code="M1")
    share = item.amount_minor
    row = Withholding.objects.get(item=item)
    assert share > 4_500
    assert (row.gross_minor, row.set_off_minor, row.base_minor) == (share, 4_500, share - 4_500)
    assert row.tax_minor * 10 == pytest.approx(row.base_minor, abs=5)
    # Of all it was given in the end, a tenth is the tax office's.
    everything = sum(DistributionItem.objects.filter(membership__code="M1").values_list("amount_minor", flat=True))
    assert -balances(world)["withheld_tax"] == 13_500 + row.tax_minor == round(everything / 10)
    words = dict(distribution_paper(item, Language.EN).notes)["Tax withheld"]
    assert "45.00 CNY of the share pays back what was given too much before" in words


def _prepared(world: SmallWorld, who: str = "calculator", through_on: date = TODAY) -> TaxRemittance:
    return services.prepare_tax_remittance(
        actor=world.acting(who),
        operating_entity_id=world.entity.pk,
        currency="CNY",
        through_on=through_on,
        reference="SB2026-0207",
    )


@pytest.fixture
def taxed(world: SmallWorld, filed: Filed) -> DistributionRun:
    """M1 and M2 are withheld 1,800 and 1,080."""
    abroad(world, M1="KR", M2="KR")
    rule(world, "KR", "10")
    pay_l1(world)
    return released(world)


@pytest.fixture
def bank(world: SmallWorld) -> BankAccount:
    return make_bank_account(world.entity)


def _line(bank: BankAccount, amount: str) -> StatementLine:
    taken = take(bank, f"{HEADINGS}\n2026-02-06,{amount},,国家税务总局,6222,税款 SB2026-0207,9001\n")
    return StatementLine.objects.get(statement=taken.statement)


def test_tax_is_paid_on_by_two_people_and_the_banks_line(
    world: SmallWorld, taxed: DistributionRun, bank: BankAccount
) -> None:
    prepared = _prepared(world)
    assert (prepared.amount_minor, prepared.withholdings.count()) == (2_880, 2)
    with pytest.raises(InvalidInput):
        _prepared(world)
    line = _line(bank, "-28.80")
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
    wrong = _line(bank, "-28.79")
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
    prepared = _prepared(world)
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    line = _line(bank, "-28.80")
    assign_line(actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=prepared.pk)
    assert compared(TODAY) == [(2_880, 2_880)]
    assert compared(date(2026, 2, 6)) in ([], [(0, 0)])


def _third(world: SmallWorld) -> Actor:
    """Return somebody else in finance."""
    office, entity = world.entity.organisation, world.entity
    world.seats["third"] = make_person(office, "third", Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES)
    return world.acting("third")


def test_nothing_is_paid_on_by_a_day_to_come(world: SmallWorld, taxed: DistributionRun) -> None:
    with pytest.raises(InvalidInput) as refused:
        _prepared(world, through_on=TODAY + timedelta(days=1))
    assert [error.code for error in refused.value.errors] == ["in_the_future"]
    assert not TaxRemittance.objects.exists()


def test_whoever_prepared_a_remittance_gives_it_up_before_it_is_confirmed(
    world: SmallWorld, taxed: DistributionRun
) -> None:
    prepared = _prepared(world)
    services.cancel_tax_remittance(actor=world.acting("calculator"), remittance_id=prepared.pk, reason="Wrong month.")
    assert not Withholding.objects.exclude(remittance=None).exists()


def test_what_is_given_up_goes_into_another_remittance(world: SmallWorld, taxed: DistributionRun) -> None:
    prepared = _prepared(world)
    with pytest.raises(InvalidInput):
        services.cancel_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk, reason=" ")
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    for who in ("calculator", "approver"):
        with pytest.raises(NotAllowed, match="prepared or confirmed this yourself"):
            services.cancel_tax_remittance(actor=world.acting(who), remittance_id=prepared.pk, reason="Wrong month.")
    prepared.refresh_from_db()
    assert (prepared.state, prepared.reason, prepared.withholdings.count()) == ("confirmed", "", 2)
    services.cancel_tax_remittance(actor=_third(world), remittance_id=prepared.pk, reason="Wrong month.")
    assert not Withholding.objects.exclude(remittance=None).exists()
    assert _prepared(world).amount_minor == 2_880


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
    prepared = _prepared(world)
    services.confirm_tax_remittance(actor=world.acting("approver"), remittance_id=prepared.pk)
    line = _line(bank, "-28.80")
    assign_line(actor=world.acting("calculator"), line_id=line.pk, claimant="tax_remittance", subject_id=prepared.pk)
    with pytest.raises(DatabaseError):
        write(statement)


def test_each_member_reads_its_own_certificate_and_nobody_elses(world: SmallWorld, taxed: DistributionRun) -> None:
    one, other, finance = (client_of(world.seats[name]) for name in ("M1", "M2", "calculator"))
    [mine] = one.get("/api/v1/withholdings").json()["items"]
    assert (mine["member_code"], mine["gross_minor"], mine["tax_minor"]) == ("M1", 18_000, 1_800)
    assert mine["number"] == f"WHT-{world.programme.code}-1-M1"
    assert (mine["paid_on"], mine["receipt"], mine["is_by_treaty"]) == (None, "", False)
    address = f"/api/v1/withholdings/{mine['id']}"
    for form, kind in (("pdf", "application/pdf"), ("csv", "text/csv; charset=utf-8")):
        taken = one.get(f"{address}/certificate?as={form}&language=en")
        assert (taken.status_code, taken["Content-Type"]) == (200, kind)
    assert b"18.00" in one.get(f"{address}/certificate?as=csv&language=zh").content
    assert other.get(address).status_code == other.get(f"{address}/certificate").status_code == 404
    assert len(finance.get("/api/v1/withholdings").json()["items"]) == 2
    for hidden in ("withholding-rules", "tax-remittances"):
        assert one.get(f"/api/v1/{hidden}").json()["items"] == []
    # The tax office's own paper hangs on one member's tax, and is that member's alone.
    paper = make_document(Withholding.objects.get(pk=mine["id"]), "完税证明")
    assert one.get(f"/api/v1/documents/{paper.pk}").status_code == 200
    assert other.get(f"/api/v1/documents/{paper.pk}").status_code == 404


def test_it_goes_over_the_wire(world: SmallWorld, filed: Filed) -> None:
    abroad(world, M1="KR")
    one, other = client_of(world.seats["calculator"]), client_of(world.seats["approver"])

    def post(client: Any, address: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Idempotency-Key": f"wht-{address[-20:]}"}
        return client.post(f"/api/v1/{address}", body or {}, content_type="application/json", headers=headers)

    rule(world, "KR", "10", treaty_percent=Decimal(5), treaty="art. 12")
    made = post(
        one,
        "withholding-rules",
        {
            "operating_entity_id": str(world.entity.pk),
            "country": "KR",
            "from_on": "2090-02-02",
            "percent": "10",
            "treaty_percent": "5",
            "treaty": "中韩税收协定第十二条",
            "basis": "企业所得税法",
        },
    )
    assert (made.status_code, made.json()["treaty_percent"]) == (201, "5")
    entered = post(
        one,
        "treaty-reliefs",
        {
            "operating_entity_id": str(world.entity.pk),
            "membership_id": str(world.members["M1"].pk),
            "country": "KR",
            "from_on": "2026-01-01",
            "until_on": "2026-12-31",
            "certificate": "KR-77",
        },
    ).json()
    assert entered["allowed_steps"] == ["withdraw"]
    make_document(TreatyRelief.objects.get())
    assert post(other, f"treaty-reliefs/{entered['id']}/confirmation").json()["state"] == "confirmed"
    pay_l1(world)
    released(world)
    remittance = post(
        one,
        "tax-remittances",
        {
            "operating_entity_id": str(world.entity.pk),
            "currency": "CNY",
            "through_on": "2026-02-02",
            "reference": "SB-1",
        },
    )
    assert (remittance.status_code, remittance.json()["amount_minor"]) == (201, 900)
    address = f"tax-remittances/{remittance.json()['id']}"
    assert post(one, f"{address}/confirmation").status_code == 403
    assert post(other, f"{address}/confirmation").json()["allowed_steps"] == []
    assert post(other, f"{address}/receipt", {"receipt": "1"}).status_code == 409
    assert post(one, f"{address}/cancellation", {"reason": "wrong"}).status_code == 403
    _third(world)
    third = client_of(world.seats["third"])
    assert post(third, f"{address}/cancellation", {"reason": "wrong"}).json()["state"] == "cancelled"
