"""An invoice is told to its licensee down to bands and caps, exactly, and tells it nothing of others."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from django.db import connection

from licensing.agreements.models import Licence
from licensing.billing.models import Invoice
from licensing.billing.services import credit_invoice, issue_invoices
from licensing.close import bills, storage
from licensing.close.export import sales_name
from licensing.engine import BundleError
from licensing.reports.bundles import write_own_bundle
from licensing.reports.services import supersede_sales_report
from platform_core.access.models import AccessLogEntry
from tests.api.core.clients import client_of
from tests.factories.billing import billed, make_interest_note, set_up_billing
from tests.factories.royalties import SmallWorld, make_small_world, report_whole_year, upload_of
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]

CAPPED = """
[programme]
basis = "accrued"
[[rates]]
id = "device"
bands = [{above = 0, per_unit = "0"}, {above = 1000, per_unit = "0.20"}, {above = 50000, per_unit = "0.10"}]
[[caps]]
id = "year"
per_year = "350"
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""

BANDED = CAPPED.replace("350", "99999999")


SUMMED = [("tv", "", "3000", "40000000000")]


def workings(world: SmallWorld, who: str, invoice: Invoice, *, expect: int = 200) -> Any:
    answer = client_of(world.seats[who]).get(f"/api/v1/invoices/{invoice.pk}/workings")
    assert answer.status_code == expect, answer.content
    return answer.json()


def offered(world: SmallWorld, who: str, invoice: Invoice) -> Any:
    return client_of(world.seats[who]).get(f"/api/v1/invoices/{invoice.pk}").json()["has_workings"]


def summed(told: Any) -> list[tuple[str, str, str, str]]:
    return [(row["product"], row["month"], row["units"], row["billed_micros"]) for row in told["rows"]]


def test_a_licensee_reads_its_units_bands_and_caps_and_the_rows_add_up_to_its_invoice() -> None:
    world = make_small_world(document=CAPPED)
    report_whole_year(world)
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"]
    told = workings(world, "L1", invoice)
    assert told["untold"] is None
    assert [(row["month"], row["units"], row["royalty_micros"]) for row in told["rows"]] == [
        ("2025-01", "1000", "0"),
        ("2025-02", "1000", "20000000000"),
        ("2025-03", "1000", "15000000000"),
    ]
    assert [row["bands"] for row in told["rows"]] == [
        [{"above": "0", "per_unit": "0", "units": "1000"}],
        [{"above": "1000", "per_unit": "0.2", "units": "1000"}],
        [{"above": "1000", "per_unit": "0.2", "units": "1000"}],
    ]
    assert [row["limits"] for row in told["rows"]] == [
        [],
        [],
        [
            {
                "kind": "cap",
                "id": "year",
                "limit_micros": "35000000000",
                "before_month_micros": "20000000000",
                "change_micros": "-5000000000",
            }
        ],
    ]
    assert told["rows"][2]["rated_micros"] == "20000000000"
    assert sum(int(row["billed_micros"]) for row in told["rows"]) == told["due_minor"] * 10**6 == 35000 * 10**6
    assert told["due_minor"] == invoice.priced_minor
    assert AccessLogEntry.objects.filter(action="invoice.workings_viewed", subject_id=invoice.pk).count() == 1


def test_the_working_of_an_invoice_is_its_licensees_and_finances_alone(world: SmallWorld, filed: Filed) -> None:
    invoice = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"]
    assert workings(world, "calculator", invoice) == workings(world, "L1", invoice)
    for who in ("L2", "M1", "secretariat"):
        workings(world, who, invoice, expect=404)
    assert [offered(world, who, invoice) for who in ("L1", "calculator")] == [True, True]


def test_workings_are_offered_where_there_are_some(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    wrong = billed(world, world.closed("2025Q1"), series)["L1"]
    finance = world.acting("calculator")
    note, again = credit_invoice(actor=finance, invoice_id=wrong.pk, reason="wrong address")
    issue_invoices(actor=finance, invoice_ids=[note.pk, again.pk], series_id=series.pk)
    for invoice, there in ((note, False), (again, True)):
        assert offered(world, "L1", invoice) is there
        workings(world, "L1", invoice, expect=200 if there else 404)


def test_bands_and_caps_that_affiliates_sales_count_in_are_not_told(world: SmallWorld, filed: Filed) -> None:
    Licence.objects.filter(code__in=("L1", "L2")).update(enterprise="one group")
    invoices = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))
    told = workings(world, "L1", invoices["L1"])
    assert told["untold"] == "affiliates"
    assert {
        (row["rated_micros"], row["net_amount"], len(row["bands"]), len(row["limits"])) for row in told["rows"]
    } == {(None, None, 0, 0)}
    assert sum(int(row["billed_micros"]) for row in told["rows"]) == invoices["L1"].priced_minor * 10**6
    # One that sells by itself is told still.
    assert workings(world, "L3", invoices["L3"])["untold"] is None


def test_what_affiliates_sold_cannot_be_worked_out_from_what_a_group_is_told() -> None:
    """Rows by month would tell when the group's units reached a band: only the invoice's own figures may differ."""
    seen = []
    for sold in (1500, 60_000):
        world = make_small_world(f"sold{sold}", document=BANDED)
        Licence.objects.filter(code__in=("L1", "L2")).update(enterprise="one group")
        world.report("L1", [("2025-01", 1000), ("2025-02", 1000), ("2025-03", 1000)], first="2025-01", last="2025-03")
        world.report("L2", [("2025-01", sold), ("2025-02", sold), ("2025-03", 7)], first="2025-01", last="2025-03")
        world.report("L3", [("2025-01", 1)], first="2025-01", last="2025-03")
        invoice = billed(world, world.closed("2025Q1"), set_up_billing(world, vat=""))["L1"]
        told = workings(world, "L1", invoice)
        assert (told["untold"], told["due_minor"]) == ("affiliates", invoice.priced_minor)
        (row,) = told["rows"]
        assert {row.pop(name) for name in ("billed_micros", "royalty_micros")} == {f"{invoice.priced_minor}000000"}
        seen.append((invoice.priced_minor, {**told, "invoice_id": "", "due_minor": 0}))
    (one, said), (other, said_again) = seen
    assert one != other
    assert said == said_again


def test_rows_that_lead_elsewhere_than_the_record_are_not_told_and_logged(
    world: SmallWorld, filed: Filed, caplog: pytest.LogCaptureFixture
) -> None:
    run = world.closed("2025Q1")
    invoice = billed(world, run, set_up_billing(world, vat=""))["L1"]
    assert run.results_claim is not None
    bundle = storage.bundle_folder(run.pk, run.results_claim)
    kept = bundle / sales_name(filed["L1"]["2025Q1"])
    kept.chmod(0o600)
    kept.write_bytes((bundle / sales_name(filed["L2"]["2025Q1"])).read_bytes())
    told = workings(world, "L1", invoice)
    assert (told["untold"], told["royalty_minor"], summed(told)) == ("differs", None, SUMMED)
    [said] = [each for each in caplog.records if each.name == "licensing.close.bills"]
    assert said.levelname == "ERROR"
    assert str(run.pk) in said.getMessage()
    assert str(world.licences["L1"].pk) in said.getMessage()


def test_without_its_files_and_with_too_many_rows_an_invoice_is_told_by_product(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.closed("2025Q1")
    invoice = billed(world, run, set_up_billing(world, vat=""))["L1"]
    with monkeypatch.context() as patched:
        patched.setattr(bills, "MOST_BUCKETS", 2)
        told = workings(world, "L1", invoice)
    assert (told["untold"], summed(told)) == ("large", SUMMED)
    assert run.results_claim is not None
    rmtree(storage.bundle_folder(run.pk, run.results_claim))
    told = workings(world, "L1", invoice)
    assert (told["untold"], summed(told)) == ("files", SUMMED)


def test_an_invoice_is_worked_out_once_for_all_who_ask_and_apart_from_what_is_kept(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.closed("2025Q1")
    written: list[Path] = []

    def write(bundle: Path, *given: Any, **more: Any) -> None:
        written.append(bundle)
        write_own_bundle(bundle, *given, **more)

    monkeypatch.setattr(bills, "write_own_bundle", write)

    def ask(_: int) -> int:
        try:
            return len(bills.bill_of(run, world.licences["L1"]).rows)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as at_once:
        assert list(at_once.map(ask, range(4))) == [3] * 4
    [bundle] = written
    assert bundle.is_relative_to(storage.simulations_folder())
    assert not bundle.parent.exists()
    assert stat.S_IMODE(storage.simulations_folder().stat().st_mode) == 0o700


def test_what_was_worked_out_is_told_while_another_is_worked_out_and_others_wait_but_so_long(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.closed("2025Q1")
    bills.bill_of(run, world.licences["L1"])
    begun, over = threading.Event(), threading.Event()

    def write(*given: Any, **more: Any) -> None:
        begun.set()
        assert over.wait(30)
        write_own_bundle(*given, **more)

    def ask() -> int:
        try:
            return len(bills.bill_of(run, world.licences["L2"]).rows)
        finally:
            connection.close()

    monkeypatch.setattr(bills, "write_own_bundle", write)
    monkeypatch.setattr(bills, "_WAITS", 0.1)
    with ThreadPoolExecutor(1) as beside:
        slow = beside.submit(ask)
        try:
            assert begun.wait(30)
            assert len(bills.bill_of(run, world.licences["L1"]).rows) == 3
            with pytest.raises(bills.WorkingOut):
                bills.bill_of(run, world.licences["L3"])
        finally:
            over.set()
        assert slow.result(30) > 0


def test_what_cannot_be_closed_is_tried_once(world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch) -> None:
    run = world.closed("2025Q1")
    tries: list[str] = []

    def refuse(_: Path, code: str) -> None:
        tries.append(code)
        raise BundleError("no such product")

    monkeypatch.setattr(bills, "explain_licence_alone", refuse)
    assert {bills.bill_of(run, world.licences["L1"]).untold for _ in range(2)} == {bills.Untold.DIFFERS}
    assert tries == ["L1"]


def test_interest_is_told_of_the_run_that_charged_it(world: SmallWorld, filed: Filed) -> None:
    series = set_up_billing(world, vat="")
    late = billed(world, world.closed("2025Q1"), series)["L1"]
    before = make_interest_note(late, date(2025, 12, 1))
    invoice = billed(world, world.closed("2025Q4"), series)["L1"]
    assert [note["id"] for note in workings(world, "L1", invoice)["interest"]] == [str(before.pk)]
    # Of the same month, and charged once that was closed: the correction bills it.
    afterwards = make_interest_note(late, date(2025, 12, 11))
    assert [note["id"] for note in workings(world, "L1", invoice)["interest"]] == [str(before.pk)]
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q4"],
        upload=upload_of("L1", [("2025-10", 1000), ("2025-11", 500)]),
        reason="counted twice",
    )
    corrected = billed(world, world.corrected("2025Q4"), series)["L1"]
    assert [note["id"] for note in workings(world, "L1", corrected)["interest"]] == [str(afterwards.pk)]
    assert workings(world, "L1", late)["interest"] == []


def test_a_correction_says_what_was_owed_before_it(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = set_up_billing(world, vat="")
    billed(world, world.closed("2025Q1"), series)
    supersede_sales_report(
        actor=world.acting("L1"),
        report_id=filed["L1"]["2025Q1"],
        upload=upload_of("L1", [("2025-01", 1000), ("2025-02", 500)]),
        reason="counted twice",
    )
    invoice = billed(world, world.corrected("2025Q1"), series)["L1"]
    told = workings(world, "L1", invoice)
    assert (told["before_minor"], told["due_minor"], invoice.priced_minor) == (40000, 10000, -30000)
    assert [row["units"] for row in told["rows"]] == ["1000", "500"]
    # It bills all products in one line, of what all of them come to.
    monkeypatch.setattr(bills, "MOST_BUCKETS", 1)
    told = workings(world, "L1", invoice)
    assert (told["untold"], summed(told)) == ("large", [("~correction", "", "1500", "-30000000000")])
