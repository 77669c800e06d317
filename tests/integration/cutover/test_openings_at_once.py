"""Carrying over while others bill, record or confirm at the same moment."""

from pathlib import Path

import pytest

from licensing.agreements.models import Receipt
from licensing.agreements.services import NewReceipt, record_receipt
from licensing.billing.models import Invoice
from licensing.billing.services import (
    issue_invoices,
    prepare_invoices,
)
from licensing.close.models import CloseRun
from licensing.cutover.models import Opening
from licensing.cutover.services import confirm_opening
from licensing.distribution.models import EarlierShare
from tests.concurrency.core.test_races import outcome, together
from tests.concurrency.waiting import while_it_waits
from tests.factories.billing import balances
from tests.factories.royalties import SmallWorld
from tests.integration.cutover.carrying import (
    AS_TOLD,
    moving,
    previewed,
)
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


@pytest.mark.parametrize("is_drafted", [False, True])
def test_what_is_billed_at_the_moment_of_the_booking_is_noticed(
    world: SmallWorld, filed: Filed, tmp_path: Path, is_drafted: bool
) -> None:
    cutover = moving(world)
    finance, approver = world.acting("calculator"), world.acting("approver")
    run, series = CloseRun.objects.get(period="2025Q1"), world.entity.invoice_series.get()
    opening = previewed(world, cutover, tmp_path / "a")
    drafts = prepare_invoices(actor=finance, run_id=run.pk) if is_drafted else []

    def bill() -> None:
        made = drafts or prepare_invoices(actor=finance, run_id=run.pk)
        issue_invoices(actor=finance, invoice_ids=[each.pk for each in made], series_id=series.pk)

    def confirm() -> str:
        return outcome(lambda: confirm_opening(actor=approver, opening_id=opening.pk, sha256=opening.sha256))

    assert while_it_waits(bill, confirm) == "conflict"
    assert Opening.objects.get().state == "previewed"
    assert not Invoice.objects.exclude(outside_number="").exists()


def test_what_is_received_at_the_moment_of_the_booking_is_not_recorded_twice(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    cutover = moving(world)
    opening = previewed(world, cutover, tmp_path / "a")
    receipt = NewReceipt(licence_id=world.licences["L1"].pk, period="2025Q1", amount_minor=10000)
    finance, approver = world.acting("calculator"), world.acting("approver")

    while_it_waits(
        lambda: record_receipt(actor=finance, receipt=receipt),
        lambda: confirm_opening(actor=approver, opening_id=opening.pk, sha256=opening.sha256),
    )

    # As much as the tables tell, 400.00, of which 100.00 were here.
    of_period = Receipt.objects.filter(licence__code="L1", period="2025Q1")
    assert sorted(of_period.values_list("amount_minor", flat=True)) == [10000, 30000]


def test_what_is_being_carried_over_is_not_billed_at_the_same_moment(
    world: SmallWorld, filed: Filed, tmp_path: Path
) -> None:
    cutover = moving(world)
    opening = previewed(world, cutover, tmp_path / "a")
    run, finance, approver = CloseRun.objects.get(period="2025Q1"), world.acting("calculator"), world.acting("approver")

    def confirm() -> None:
        confirm_opening(actor=approver, opening_id=opening.pk, sha256=opening.sha256)

    billed_at_once = while_it_waits(confirm, lambda: outcome(lambda: prepare_invoices(actor=finance, run_id=run.pk)))

    assert billed_at_once == "wrong_state"
    assert balances(world) == AS_TOLD
    assert not Invoice.objects.filter(outside_number="").exists()


def test_two_who_confirm_at_once_have_it_booked_once(world: SmallWorld, filed: Filed, tmp_path: Path) -> None:
    cutover = moving(world)
    opening = previewed(world, cutover, tmp_path / "a")
    actor = world.acting("approver")

    found_ = together(lambda _: confirm_opening(actor=actor, opening_id=opening.pk, sha256=opening.sha256).state)

    assert set(found_) == {"booked"}
    assert balances(world) == AS_TOLD
    assert (Invoice.objects.count(), EarlierShare.objects.count(), Receipt.objects.count()) == (3, 9, 5)
