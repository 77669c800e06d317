"""Records that change after a calculation: it is not approved, and where it was, posting opens its correction."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from licensing.agreements.models import Charge, ExchangeRate, LicenceChange, Standing
from licensing.close import export
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.services import approve_close_run, post_close_run, request_calculation
from licensing.engine import load_document
from licensing.terms.models import TermsState, TermsVersion
from platform_core.problems import Conflict
from pools.composition.models import PoolMember
from tests.factories.royalties import SmallWorld, work_off
from tests.small_worlds import Filed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine_in_this_process")]


def a_charge(world: SmallWorld) -> None:
    Charge.objects.create(
        licence=world.licences["L1"],
        month=date(2025, 2, 1),
        created_at=world.clock.now(),
        kind="entry",
        amount=Decimal(100),
        currency="CNY",
    )


def an_exchange_rate(world: SmallWorld) -> None:
    ExchangeRate.objects.create(programme=world.programme, month=date(2025, 2, 1), currency="USD", rate=Decimal("7.1"))


def a_licence_change(world: SmallWorld) -> None:
    LicenceChange.objects.create(
        licence=world.licences["L1"], month=date(2025, 2, 1), standing=Standing.values[-1], enterprise="", option=""
    )


def a_hold(world: SmallWorld) -> None:
    PoolMember.objects.filter(membership=world.members["M2"]).update(held=True)


def terms_from_before(world: SmallWorld) -> None:
    document = world.terms.document.replace('"0.20"', '"0.30"')
    TermsVersion.objects.create(
        programme=world.programme,
        number=2,
        in_force_from=date(2025, 1, 1),
        document=document,
        content=load_document(document),
        state=TermsState.PUBLISHED,
        published_at=world.clock.now(),
    )


CHANGES: list[tuple[Callable[[SmallWorld], None], str]] = [
    (a_charge, r"Records changed \(charges.csv\)"),
    (an_exchange_rate, r"Records changed \(fx.csv\)"),
    (a_licence_change, r"Records changed \(licence_changes.csv\)"),
    (a_hold, r"Records changed \(members.csv\)"),
    (terms_from_before, "Other terms came into force"),
]


@pytest.mark.parametrize(("change", "told"), CHANGES)
def test_a_run_is_not_approved_over_the_head_of_newer_records(
    world: SmallWorld, filed: Filed, change: Callable[[SmallWorld], None], told: str
) -> None:
    run = world.calculated("2025Q1")
    change(world)
    before = CloseRun.objects.filter(pk=run.pk).values().get()
    with pytest.raises(Conflict, match=f"{told} since this was calculated: have the run calculated again"):
        approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert CloseRun.objects.filter(pk=run.pk).values().get() == before


@pytest.mark.parametrize("change", [change for change, told in CHANGES])
def test_records_changed_after_the_approval_are_corrected_right_after_posting(
    world: SmallWorld, filed: Filed, change: Callable[[SmallWorld], None]
) -> None:
    run = world.calculated("2025Q1")
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    change(world)
    post_close_run(actor=world.acting("approver"), run_id=run.pk)
    draft = CloseRun.objects.get(status=RunStatus.DRAFT)
    assert (draft.period, draft.corrects_id, draft.prompted_by) == ("2025Q1", run.pk, None)


def test_a_run_calculated_again_from_the_newer_records_is_approved_and_posted(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    a_hold(world)
    terms_from_before(world)
    run = work_off(request_calculation(actor=world.acting("calculator"), run_id=run.pk))
    approve_close_run(actor=world.acting("approver"), run_id=run.pk)
    assert post_close_run(actor=world.acting("approver"), run_id=run.pk).status == RunStatus.POSTED
    assert CloseRun.objects.count() == 1


PATENTS = b"""publication,family,owner,country,granted,ends,enters,leaves,class,products,share
CN1,F1,M1,CN,2020-01-01,%s,,%s,,*,
"""


@pytest.mark.parametrize(
    ("now", "same"),
    [
        (PATENTS % (b"2025-04-01", b""), True),
        (PATENTS % (b"2025-03-31", b""), False),
        (PATENTS % (b"2040-01-01", b"2025-04-01"), True),
        (PATENTS % (b"2040-01-01", b"2025-02-10"), False),
        (PATENTS % (b"2040-01-01", b"") + b"CN2,F2,M2,CN,2020-01-01,,2025-04-01,,,*,\n", True),
        (PATENTS % (b"2040-01-01", b"") + b"CN2,F2,M2,CN,2025-04-01,,,,,*,\n", True),
        (PATENTS % (b"2040-01-01", b"") + b"CN2,F2,M2,CN,2020-01-01,,2025-03-31,,,*,\n", False),
        (PATENTS.replace(b"F1", b"F9") % (b"2040-01-01", b""), False),
    ],
)
def test_patents_that_change_after_the_period_stand_in_nobody_s_way(
    world: SmallWorld, filed: Filed, monkeypatch: pytest.MonkeyPatch, now: bytes, same: bool
) -> None:
    monkeypatch.setattr(export, "bundle_patents", lambda pool_id: PATENTS % (b"2040-01-01", b""))
    run = world.calculated("2025Q1")
    monkeypatch.setattr(export, "bundle_patents", lambda pool_id: now)
    assert export.tables_changed(run) == ([] if same else ["patents.csv"])


def test_records_of_later_months_stand_in_nobody_s_way(world: SmallWorld, filed: Filed) -> None:
    run = world.calculated("2025Q1")
    Charge.objects.create(
        licence=world.licences["L1"],
        month=date(2025, 4, 1),
        created_at=world.clock.now(),
        kind="entry",
        amount=Decimal(1),
        currency="CNY",
    )
    assert approve_close_run(actor=world.acting("approver"), run_id=run.pk).status == RunStatus.APPROVED
