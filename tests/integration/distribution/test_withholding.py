"""Tax withheld from members abroad: by rule or treaty, on what is paid, to the cent, booked."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from licensing.distribution.models import (
    DistributionItem,
    DistributionRun,
    TreatyRelief,
    Withholding,
)
from licensing.distribution.papers import distribution_paper
from licensing.distribution.proofs import read_statement, verify_statement
from licensing.distribution.services import release_distribution, take_proof
from licensing.papers.paper import Language
from licensing.payments.services import order_payouts
from licensing.reports.services import supersede_sales_report
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Organisation
from platform_core.identity.roles import Purpose
from platform_core.ids import new_id
from platform_core.ledger.calculation import Line
from platform_core.ledger.models import Entry
from platform_core.ledger.services import NewEntry, open_account, post_entry, reverse_entry
from platform_core.problems import Conflict, InvalidInput
from tests.api.core.clients import client_of
from tests.factories.billing import balances, billed, make_tax_identity, pay, set_up_billing
from tests.factories.distribution import approved, released
from tests.factories.documents import make_document
from tests.factories.royalties import SmallWorld, upload_of
from tests.factories.treasury import make_bank_account
from tests.factories.withholding import (
    EARLY,
    TODAY,
    abroad,
    confirmed,
    pay_l1,
    relief,
    rule,
    withheld,
)
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


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


def test_what_a_member_owed_when_its_account_was_carried_over_is_set_off_before_tax(
    world: SmallWorld, filed: Filed
) -> None:
    """M1 owed 5,000 from before, so that of 18,000 it is paid 13,000, and a tenth of that is the tax office's."""
    abroad(world, M1="KR", M2="KR")
    rule(world, "KR", "10")
    actor, entity = world.acting("calculator"), world.entity

    def account(kind: str, holder: UUID) -> UUID:
        opened = open_account(
            actor=actor,
            operating_entity_id=entity.pk,
            holder_id=holder,
            kind=kind,
            purpose=Purpose.ROYALTIES,
            currency="CNY",
            label=world.programme.code if kind == "opening" else "",
        )
        return opened.pk

    opening = account("opening", entity.organisation_id)

    def carried(member: str, minor: int) -> Entry:
        payable = account("payable", world.members[member].organisation_id)
        lines = [Line(payable, -minor), Line(opening, minor)]
        new = NewEntry(key=new_id(), name="opening.booked", effective_on=EARLY, subject=entity, lines=lines)
        return post_entry(actor=actor, operating_entity_id=entity.pk, entry=new)

    carried("M1", -5_000)
    # What M2 is due from before was taxed there, and a mistake that was taken back counts for nothing.
    carried("M2", 700)
    wrong = carried("M2", -900)
    reverse_entry(actor=actor, entry_id=wrong.pk, key=new_id(), effective_on=EARLY, subject=entity)
    pay_l1(world)
    run = released(world)
    assert withheld(run) == {
        "M1": (18_000, 13_000, Decimal(10), 1_300),
        "M2": (10_800, 10_800, Decimal(10), 1_080),
    }
    item = DistributionItem.objects.get(run=run, membership__code="M1")
    assert (item.opening_minor, item.closing_minor) == (-5_000, 11_700)


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

    def post(client: Any, address: str, body: dict[str, Any] | None = None, *, again: bool = False) -> Any:
        headers = {"Idempotency-Key": f"wht-{address[-20:]}{again}"}
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
    assert (made.status_code, made.json()["treaty_percent"], made.json()["allowed_steps"]) == (201, "5", ["withdraw"])
    rule_address = f"withholding-rules/{made.json()['id']}"
    assert post(one, f"{rule_address}/confirmation").status_code == 403
    told = post(other, f"{rule_address}/confirmation").json()
    assert (told["confirmed_at"] is not None, told["allowed_steps"]) == (True, [])
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
    assert post(other, f"{address}/confirmation").json()["allowed_steps"] == ["ask to undo"]
    assert post(other, f"{address}/receipt", {"receipt": "1"}).status_code == 409
    assert post(one, f"{address}/cancellation", {"reason": "wrong"}).status_code == 409
    asked = post(one, f"{address}/undoing", {"reason": "wrong"}).json()
    assert (asked["allowed_steps"], asked["undoing"]["reason"]) == (["refuse to undo"], "wrong")
    assert post(one, f"{address}/undoing/approval").status_code == 403
    assert post(other, f"{address}/undoing/refusal").json()["undoing"] is None
    assert post(other, f"{address}/undoing", {"reason": "the month is wrong"}).status_code == 200
    gone = post(one, f"{address}/undoing/approval", again=True).json()
    assert (gone["state"], gone["reason"]) == ("cancelled", "the month is wrong")
