"""Members paid in another currency: at a rate two people stand for, once, to the unit, and what it cost is booked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError

from licensing.distribution.exchange import services
from licensing.distribution.exchange.home import to_confirm
from licensing.distribution.exchange.models import Conversion, RateSheet, ReferenceRate
from licensing.distribution.exchange.selectors import positions, rate_on
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.papers import distribution_paper
from licensing.papers.paper import Language
from licensing.payments.reconciling import reconciliation
from licensing.payments.services import order_payouts
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.ledger.models import Account, Posting
from platform_core.problems import Conflict, InvalidInput, NotAllowed, NotFound
from platform_core.treasury.claims import proposals_for
from platform_core.treasury.models import BankAccount, StatementLine
from platform_core.treasury.services import assign_line
from tests.api.core.clients import client_of
from tests.factories.billing import billed, pay, set_up_billing
from tests.factories.distribution import released
from tests.factories.royalties import SmallWorld
from tests.factories.treasury import HEADINGS, make_bank_account, payee_in_force, take
from tests.integration.distribution.test_distributing import write
from tests.small_worlds import Filed, Stages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

EARLY, TODAY, DUE = date(2026, 1, 20), date(2026, 2, 2), date(2026, 3, 1)
CSV = "Date,USD,CNY,\n2026-02-02,1.1684,7.9827,\n2026-01-30,1.1711,7.9967,\n"


def file_of(folder: Path, text: str = CSV) -> Path:
    path = folder / "eurofxref.csv"
    path.write_text(text, encoding="utf-8")
    return path


def confirmed(world: SmallWorld, folder: Path, text: str = CSV) -> RateSheet:
    sheet = services.take_reference_rates(
        actor=world.acting("calculator"), operating_entity_id=world.entity.pk, path=file_of(folder, text)
    )
    return services.confirm_rates(actor=world.acting("approver"), sheet_id=sheet.pk)


def by_hand(world: SmallWorld, rate: str, *, on: date = TODAY, base: str = "USD", quote: str = "CNY") -> RateSheet:
    sheet = services.enter_rates(
        actor=world.acting("calculator"),
        operating_entity_id=world.entity.pk,
        name="中国银行折算价",
        rates=[services.NewRate(on=on, base=base, quote=quote, rate=Decimal(rate))],
    )
    return services.confirm_rates(actor=world.acting("approver"), sheet_id=sheet.pk)


def in_force(world: SmallWorld, member: str, currency: str) -> None:
    """Have a member paid to an account in a currency since January."""
    entered = datetime(2026, 1, 5, tzinfo=UTC)
    payee_in_force(
        world.members[member].organisation,
        currency=currency,
        entered_at=entered,
        confirmed_at=entered,
        in_force_at=entered + timedelta(days=3),
    )


@pytest.fixture
def run(world: SmallWorld, filed: Filed, stages: Stages) -> DistributionRun:
    """L1 pays its 40,000: 18,000 to M1, who is paid in dollars, 10,800 to M2 and 7,200 to M3, in yuan."""

    def make() -> DistributionRun:
        in_force(world, "M1", "USD")
        in_force(world, "M2", "CNY")
        pay(world, billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"], on=EARLY)
        return released(world)

    return stages.reach("a member is paid in dollars", make)


def draft(world: SmallWorld, run: DistributionRun, currency: str = "USD") -> list[Conversion]:
    return services.draft_conversions(actor=world.acting("calculator"), run_id=run.pk, currency=currency)


def order(world: SmallWorld, run: DistributionRun, bank: BankAccount) -> list[tuple[int, str]]:
    made = order_payouts(actor=world.acting("calculator"), run_id=run.pk, bank_account_id=bank.pk, due_on=DUE)
    return [(payout.amount_minor, payout.bank_account.currency) for payout in made]


def stands(world: SmallWorld) -> dict[tuple[str, str], int]:
    """Return what stands on kinds of accounts, by currency, where it is not 0."""
    sums: dict[tuple[str, str], int] = {}
    for row in Posting.objects.filter(account__operating_entity=world.entity).select_related("account"):
        key = (row.account.kind, row.account.currency)
        sums[key] = sums.get(key, 0) + row.amount_minor
    return {key: amount for key, amount in sums.items() if amount}


def test_a_share_is_converted_as_two_agree_and_paid_in_the_members_currency(
    world: SmallWorld, run: DistributionRun, tmp_path: Path
) -> None:
    sheet = confirmed(world, tmp_path)
    yuan, dollars = make_bank_account(world.entity), make_bank_account(world.entity, currency="USD")
    # M1 is paid in dollars alone, so that nothing of it is paid in yuan; M3 has said nothing, and waits as ever.
    assert order(world, run, yuan) == [(10_800, "CNY"), (7_200, "CNY")]
    assert order(world, run, dollars) == []
    [conversion] = draft(world, run)
    assert (conversion.source_minor, conversion.target_minor, conversion.rate) == (
        18_000,
        2_635,
        Decimal("0.146366517594"),
    )
    assert (conversion.rate_on, conversion.sheet, conversion.made_of) == (
        TODAY,
        sheet,
        "1 EUR = 7.9827 CNY = 1.1684 USD",
    )
    assert [row.kind for row in to_confirm(world.acting("approver"))] == ["conversion.confirm"]
    assert list(to_confirm(world.acting("calculator"))) == []
    # Asked again, nothing is drafted twice; and nobody confirms its own.
    assert draft(world, run) == []
    with pytest.raises(NotAllowed, match="somebody else"):
        services.confirm_conversion(actor=world.acting("calculator"), conversion_id=conversion.pk)
    before = stands(world)
    assert ("fx_clearing", "USD") not in before

    services.confirm_conversion(actor=world.acting("approver"), conversion_id=conversion.pk)

    after = stands(world)
    assert before["payable", "CNY"] - after["payable", "CNY"] == -18_000
    assert (after["payable", "USD"], after["fx_clearing", "USD"], after["fx_clearing", "CNY"]) == (
        -2_635,
        2_635,
        -18_000,
    )
    for currency in ("CNY", "USD"):
        assert sum(amount for (_, unit), amount in after.items() if unit == currency) == 0
    assert order(world, run, dollars) == [(2_635, "USD")]
    assert order(world, run, dollars) == []
    assert draft(world, run) == []
    event = AuditEvent.objects.get(name="conversion.confirmed")
    assert event.changes["target_minor"] == {"old": None, "new": 2_635}
    rows = reconciliation(world.entity.pk, actor=world.acting("calculator"), on=TODAY)
    assert [row.difference_minor for row in rows if row.check == "payable"] == [0] * sum(
        row.check == "payable" for row in rows
    )


def test_the_statement_says_the_rate_its_day_and_whose_it_is(
    world: SmallWorld, run: DistributionRun, tmp_path: Path
) -> None:
    confirmed(world, tmp_path)
    [conversion] = draft(world, run)
    item = DistributionItem.objects.get(run=run, membership__code="M1")
    member, other = client_of(world.seats["M1"]), client_of(world.seats["M2"])
    # What is not confirmed is not told.
    assert member.get(f"/api/v1/distribution-statements/{item.pk}").json()["conversions"] == []
    assert member.get("/api/v1/conversions").json()["items"] == []
    services.confirm_conversion(actor=world.acting("approver"), conversion_id=conversion.pk)
    [told] = member.get(f"/api/v1/distribution-statements/{item.pk}").json()["conversions"]
    assert {key: told[key] for key in ("source_minor", "target_minor", "rate", "rate_on", "rate_source")} == {
        "source_minor": 18_000,
        "target_minor": 2_635,
        "rate": "0.146366517594",
        "rate_on": "2026-02-02",
        "rate_source": services.ECB,
    }
    [row] = member.get("/api/v1/conversions").json()["items"]
    assert (row["id"], row["member"]) == (str(conversion.pk), str(world.members["M1"].organisation))
    assert other.get("/api/v1/conversions").json()["items"] == []
    assert other.get(f"/api/v1/conversions/{conversion.pk}").status_code == 404
    assert member.get("/api/v1/rate-sheets").json()["items"] == []
    for language, said in ((Language.EN, "26.35 USD"), (Language.ZH, "换为 26.35 USD")):
        notes = " ".join(text for _, text in distribution_paper(item, language).notes)
        assert said in notes
        assert "1 CNY = 0.146366517594 USD" in notes
        assert services.ECB in notes


def test_what_the_currency_cost_is_booked_once_it_is_bought(
    world: SmallWorld, run: DistributionRun, tmp_path: Path
) -> None:
    confirmed(world, tmp_path)
    [conversion] = draft(world, run)
    services.confirm_conversion(actor=world.acting("approver"), conversion_id=conversion.pk)
    yuan, dollars = make_bank_account(world.entity), make_bank_account(world.entity, currency="USD")
    actor = world.acting("calculator")

    def line(bank: BankAccount, amount: str, serial: str) -> StatementLine:
        taken = take(bank, f"{HEADINGS}\n2026-02-05,{amount},,中国银行,1,购汇,{serial}\n")
        return StatementLine.objects.get(statement=taken.statement)

    paid, came, more = line(yuan, "-181.20", "71"), line(dollars, "26.35", "72"), line(dollars, "26.36", "73")
    with pytest.raises(Conflict, match="Not all of the currency is bought"):
        services.settle_exchange(actor=actor, operating_entity_id=world.entity.pk, source="CNY", target="USD")
    proposed = proposals_for([paid, came], actor=actor)
    [(claimant, for_yuan)] = proposed[paid.pk]
    [(_, for_dollars)] = proposed[came.pk]
    assert (claimant.code, for_yuan.title, for_yuan.amount_minor) == ("exchange", "CNY>USD", -18_000)
    assert (for_dollars.amount_minor, for_dollars.reasons) == (2_635, ("amount",))
    with pytest.raises(Conflict, match="No more of a currency comes"):
        assign_line(actor=actor, line_id=more.pk, claimant="exchange", subject_id=for_dollars.subject_id)
    assign_line(actor=actor, line_id=paid.pk, claimant="exchange", subject_id=for_yuan.subject_id)
    assign_line(actor=actor, line_id=came.pk, claimant="exchange", subject_id=for_dollars.subject_id)
    [open_] = positions(world.entity.pk, actor=actor)
    assert (open_.source_minor, open_.target_minor) == (-120, 0)
    lost = services.settle_exchange(actor=actor, operating_entity_id=world.entity.pk, source="CNY", target="USD")
    # 181.20 yuan were paid for what was converted from 180.00: 1.20 are an expense of the office.
    assert lost == -120
    after = stands(world)
    assert after["fx_difference", "CNY"] == 120
    assert ("fx_clearing", "CNY") not in after
    assert positions(world.entity.pk, actor=actor) == []
    with pytest.raises(Conflict, match="Nothing is open"):
        services.settle_exchange(actor=actor, operating_entity_id=world.entity.pk, source="CNY", target="USD")


def test_the_latest_confirmed_rate_holds_and_what_finance_wrote_goes_first(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    def found(on: date = TODAY) -> tuple[str, date] | None:
        rate = rate_on(world.entity.pk, "CNY", "USD", on)
        return None if rate is None else (str(rate.rate), rate.on)

    assert found() is None
    entered = services.take_reference_rates(
        actor=world.acting("calculator"), operating_entity_id=world.entity.pk, path=file_of(tmp_path)
    )
    assert found() is None
    with pytest.raises(NotAllowed, match="somebody else"):
        services.confirm_rates(actor=world.acting("calculator"), sheet_id=entered.pk)
    services.confirm_rates(actor=world.acting("approver"), sheet_id=entered.pk)
    assert found() == ("0.146366517594", TODAY)
    assert found(date(2026, 2, 1)) == ("0.146447909763", date(2026, 1, 30))
    assert found(TODAY + timedelta(days=7)) == ("0.146366517594", TODAY)
    assert found(TODAY + timedelta(days=8)) is None
    own = by_hand(world, "7.1")
    assert found() == ("0.140845070423", TODAY)
    services.withdraw_rates(actor=world.acting("approver"), sheet_id=own.pk, reason="Wrong day.")
    assert found() == ("0.146366517594", TODAY)
    with pytest.raises(Conflict, match="taken in already"):
        confirmed(world, tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": Decimal(0)},
        {"rate": Decimal(-1)},
        {"rate": Decimal("1.0000000000001")},
        {"rate": Decimal("NaN")},
        {"quote": "USD"},
        {"quote": "XXQ"},
        {"on": TODAY + timedelta(days=1)},
    ],
)
def test_what_is_no_rate_is_refused_and_nothing_is_kept(world: SmallWorld, filed: Filed, wrong: dict[str, Any]) -> None:
    values: dict[str, Any] = {"on": TODAY, "base": "USD", "quote": "CNY", "rate": Decimal("7.1"), **wrong}
    with pytest.raises(InvalidInput):
        services.enter_rates(
            actor=world.acting("calculator"),
            operating_entity_id=world.entity.pk,
            name="by hand",
            rates=[services.NewRate(**values)],
        )
    assert not RateSheet.objects.exists()


def test_nothing_is_converted_without_a_rate_or_at_one_that_is_old_or_withdrawn(
    world: SmallWorld, run: DistributionRun, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="No confirmed rate from CNY to USD"):
        draft(world, run)
    with pytest.raises(InvalidInput):
        draft(world, run, "CNY")
    sheet = confirmed(world, tmp_path)
    [conversion] = draft(world, run)
    world.clock = FixedClock(world.clock.now() + timedelta(days=8))
    with pytest.raises(Conflict, match="too old"):
        services.confirm_conversion(actor=world.acting("approver"), conversion_id=conversion.pk)
    world.clock = FixedClock(world.clock.now() - timedelta(days=8))
    services.withdraw_rates(actor=world.acting("calculator"), sheet_id=sheet.pk, reason="Another file.")
    with pytest.raises(Conflict, match="withdrawn"):
        services.confirm_conversion(actor=world.acting("approver"), conversion_id=conversion.pk)
    services.cancel_conversion(actor=world.acting("calculator"), conversion_id=conversion.pk, reason="Old rate.")
    assert not Account.objects.filter(kind="fx_clearing").exists()


def test_no_more_is_converted_than_may_be_paid(world: SmallWorld, run: DistributionRun, tmp_path: Path) -> None:
    confirmed(world, tmp_path)
    [conversion] = draft(world, run)
    # It says meanwhile that it is paid in yuan as well, and a payment of all is drafted.
    in_force(world, "M1", "CNY")
    assert (18_000, "CNY") in order(world, run, make_bank_account(world.entity))
    before = stands(world)
    with pytest.raises(Conflict, match="Less may be paid now"):
        services.confirm_conversion(actor=world.acting("approver"), conversion_id=conversion.pk)
    assert stands(world) == before


@pytest.mark.parametrize("who", ["M1", "L1", "secretariat"])
def test_nobody_but_finance_brings_rates_or_converts(
    world: SmallWorld, run: DistributionRun, tmp_path: Path, who: str
) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        services.take_reference_rates(
            actor=world.acting(who), operating_entity_id=world.entity.pk, path=file_of(tmp_path)
        )
    confirmed(world, tmp_path)
    with pytest.raises((NotAllowed, NotFound)):
        services.draft_conversions(actor=world.acting(who), run_id=run.pk, currency="USD")
    [conversion] = draft(world, run)
    with pytest.raises((NotAllowed, NotFound)):
        services.confirm_conversion(actor=world.acting(who), conversion_id=conversion.pk)
    assert Conversion.objects.get().state == "drafted"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE distribution_referencerate SET rate = 1",
        "DELETE FROM distribution_referencerate",
        "INSERT INTO distribution_referencerate SELECT gen_random_uuid(), \"on\", 'EUR', 'GBP', 1, sheet_id"
        " FROM distribution_referencerate LIMIT 1",
        "UPDATE distribution_ratesheet SET name = 'x'",
        "UPDATE distribution_ratesheet SET state = 'entered', confirmed_at = NULL, confirmed_by_id = NULL",
        "UPDATE distribution_conversion SET target_minor = 1",
        "UPDATE distribution_conversion SET rate = 1",
        "UPDATE distribution_conversion SET state = 'confirmed'",
        "UPDATE distribution_conversion SET state = 'confirmed', confirmed_at = now(), confirmed_by_id = drafted_by_id",
        "DELETE FROM distribution_conversion",
    ],
)
def test_nobody_changes_a_rate_behind_the_back(
    world: SmallWorld, run: DistributionRun, tmp_path: Path, statement: str
) -> None:
    confirmed(world, tmp_path)
    draft(world, run)
    with pytest.raises(DatabaseError):
        write(statement)


def test_it_goes_over_the_wire(world: SmallWorld, run: DistributionRun) -> None:
    one, other = client_of(world.seats["calculator"]), client_of(world.seats["approver"])
    file = SimpleUploadedFile("eurofxref.csv", CSV.encode())
    taken = one.post("/api/v1/rate-files", {"operating_entity_id": str(world.entity.pk), "file": file})
    assert (taken.status_code, taken.json()["rates_count"], taken.json()["source"]) == (201, 4, "ecb")
    assert taken.json()["allowed_steps"] == ["withdraw"]
    sheet = f"/api/v1/rate-sheets/{taken.json()['id']}"
    assert one.post(f"{sheet}/confirmation", {}, content_type="application/json").status_code == 403
    assert other.post(f"{sheet}/confirmation", {}, content_type="application/json").json()["state"] == "confirmed"
    rates = one.get(f"{sheet}/rates").json()["items"]
    assert sorted((row["on"], row["quote"], row["rate"]) for row in rates) == [
        ("2026-01-30", "CNY", "7.9967"),
        ("2026-01-30", "USD", "1.1711"),
        ("2026-02-02", "CNY", "7.9827"),
        ("2026-02-02", "USD", "1.1684"),
    ]
    written = one.post(
        "/api/v1/rate-sheets",
        {
            "operating_entity_id": str(world.entity.pk),
            "name": "中国银行折算价",
            "rates": [{"on": "2026-02-02", "base": "USD", "quote": "CNY", "rate": "6.8345"}],
        },
        content_type="application/json",
    )
    assert (written.status_code, written.json()["source"]) == (201, "manual")
    entity = f"/api/v1/operating-entities/{world.entity.pk}/exchange-positions"
    assert one.get(entity).json() == {"positions": []}
    assert ReferenceRate.objects.count() == 5
