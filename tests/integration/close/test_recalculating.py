"""Everything that is stored can be worked out again, by anyone, and by every way of closing."""

import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, Receipt
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseBucket, CloseRun, CloseShare, LicenceResult, PayeeResult, Statement
from licensing.close.storage import bundle_folder, output_folder
from pools.composition.models import PoolMember
from tests.factories.royalties import TERMS, SmallWorld, make_small_world, report_whole_year
from tests.small_worlds import Filed

pytestmark = pytest.mark.django_db(transaction=True)


def verify(run: CloseRun, bundle: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Verify a stored run with the command an auditor would use."""
    assert run.results_claim is not None
    output = output_folder(run.pk, run.results_claim)
    given = bundle or bundle_folder(run.pk, run.results_claim)
    return subprocess.run(
        [sys.executable, "-m", "licensing.engine", "verify", str(output), str(given)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_stored_run_verifies_and_a_changed_bundle_does_not(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    run = world.closed("2025Q1")
    verified = verify(run)
    assert verified.returncode == 0, verified.stderr

    assert run.results_claim is not None
    changed = tmp_path / "changed"
    shutil.copytree(bundle_folder(run.pk, run.results_claim), changed)
    members = changed / "members.csv"
    members.write_text(members.read_text("utf-8").replace("M1", "M9"), "utf-8")
    assert verify(run, changed).returncode == 1


def test_charges_exchange_and_bilateral_licences_go_in(world: SmallWorld) -> None:
    licence = world.licences["L1"]
    now = world.clock.now()
    Charge.objects.create(
        licence=licence, month=date(2025, 2, 1), kind="entry", amount=Decimal(100), currency="USD", created_at=now
    )
    ExchangeRate.objects.create(
        programme=world.programme, month=date(2025, 2, 1), currency="USD", rate=Decimal("7.25"), source="central bank"
    )
    member = PoolMember.objects.get(membership=world.members["M1"])
    BilateralLicence.objects.create(licence=licence, member=member, starts_on=date(2025, 1, 1))
    world.report("L1", [("2025-01", 2_000)], first="2025-01", last="2025-03")
    run = world.calculated("2025Q1")

    # 1,000 units at 0.20 and a charge of 725.00; M1's half of nine tenths of the sales' royalty is credited.
    owed = LicenceResult.objects.get(run=run)
    assert (owed.royalty_minor, owed.credit_minor, owed.due_minor) == (92_500, 9_000, 83_500)
    assert (run.royalty_minor, run.credit_minor, run.due_minor, run.distributed_minor) == (
        92_500,
        9_000,
        83_500,
        83_500,
    )
    charge = CloseBucket.objects.get(run=run, product="~charge:entry")
    assert (charge.made_in, charge.sold_in, charge.currency, int(charge.units)) == ("", "", "USD", 0)
    credit = CloseShare.objects.get(run=run, payee="~credit:M1")
    assert (credit.kind, credit.membership_id, int(credit.micros)) == ("credit", world.members["M1"].pk, 9_000 * 10**6)
    # A credit is the licensee's, so the statement holds M1's part of the charge alone.
    statement = Statement.objects.get(run=run, membership=world.members["M1"])
    assert statement.amount_minor == PayeeResult.objects.get(run=run, payee="M1").amount_minor == 32_625
    assert verify(run).returncode == 0


def test_a_programme_that_distributes_what_was_collected_closes_on_receipts(transactional_db: None) -> None:
    world = make_small_world("paid", document=TERMS.replace('"accrued"', '"collected"'))
    report_whole_year(world)
    for amount in (10_000, 5_000):
        Receipt.objects.create(
            licence=world.licences["L1"], period="2025Q1", amount_minor=amount, created_at=world.clock.now()
        )
    run = world.calculated("2025Q1")
    assert (run.status, run.due_minor, run.distributed_minor) == (RunStatus.CALCULATED, 300_000, 15_000)
    assert dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor")) == {
        "M1": 6_750,
        "M2": 4_050,
        "M3": 2_700,
        "~fee": 1_500,
    }
    assert verify(run).returncode == 0


def test_a_minimum_reaches_a_licence_without_any_sales(transactional_db: None) -> None:
    document = TERMS.replace("[allocation]", '[[minimums]]\nid = "least"\nper_year = "500"\n[allocation]')
    world = make_small_world("least", document=document)
    run = world.calculated("2025Q4")
    assert dict(LicenceResult.objects.filter(run=run).values_list("licence__code", "due_minor")) == {
        "L1": 50_000,
        "L2": 50_000,
        "L3": 50_000,
    }
    assert set(CloseBucket.objects.filter(run=run).values_list("product", "month")) == {("~minimum:least", "2025-12")}
