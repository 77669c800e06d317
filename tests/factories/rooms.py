"""Rows of the rooms above the core, for the test world: a small alliance that has reported, closed and corrected."""

from datetime import date
from decimal import Decimal

from licensing.agreements.models import (
    BilateralLicence,
    Charge,
    ExchangeRate,
    Licence,
    LicenceChange,
    LicenceState,
    Receipt,
)
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun, RejectedRow
from licensing.close.services import approve_close_run, post_close_run, request_calculation
from licensing.reports.services import supersede_sales_report
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from platform_core.access.log import log_access
from platform_core.identity.models import Organisation
from pools.composition.models import Pool, PoolEntry, PoolMember, PoolState
from pools.patents.models import Ownership, Patent, PatentFamily
from tests.factories.royalties import NOW, SmallWorld, make_small_world, report_whole_year, upload_of, work_off
from tests.factories.world import World

JANUARY = date(2025, 1, 1)


def populate(world: World) -> None:
    """Add the small alliance with its people, beside the two that hold no business."""
    small = make_small_world("small")
    world.seats.update({f"small {name}": seat for name, seat in small.seats.items()})

    family = PatentFamily.objects.create(alliance=small.alliance, code="F1")
    patent = Patent.objects.create(alliance=small.alliance, family=family, publication="CN1000001B", country="CN")
    owner = Organisation.objects.get(pk=small.members["M1"].organisation_id)
    Ownership.objects.create(patent=patent, owner=owner)
    PoolEntry.objects.create(patent=patent, member=PoolMember.objects.get(membership=small.members["M1"]))

    licence = small.licences["L1"]
    LicenceChange.objects.create(licence=licence, month=JANUARY, standing="standard")
    Charge.objects.create(
        licence=licence, month=JANUARY, kind="late_fee", amount=Decimal(10), currency="CNY", created_at=NOW
    )
    BilateralLicence.objects.create(
        licence=small.licences["L2"], member=PoolMember.objects.get(membership=small.members["M2"]), starts_on=JANUARY
    )
    ExchangeRate.objects.create(programme=small.programme, month=JANUARY, currency="USD", rate=Decimal("7.1"))
    Receipt.objects.create(licence=licence, period="2025Q1", amount_minor=100, created_at=NOW)

    filed = report_whole_year(small)
    for period in ("2025Q1", "2025Q2"):
        run = small.closed(period)
        log_access("close_run.buckets_viewed", actor=small.acting("calculator"), subject=run)
    supersede_sales_report(
        actor=small.acting("L1"),
        report_id=filed["L1"]["2025Q2"],
        upload=upload_of("L1", [("2025-04", 60_000)]),
        reason="found by our own audit",
    )
    correction = CloseRun.objects.get(status=RunStatus.DRAFT)
    work_off(request_calculation(actor=small.acting("calculator"), run_id=correction.pk))
    approve_close_run(actor=small.acting("approver"), run_id=correction.pk)
    post_close_run(actor=small.acting("approver"), run_id=correction.pk)
    RejectedRow.objects.create(run=small.calculated("2025Q3"), position=1, file="sales.csv", code="x", message="x")
    _what_is_not_public_yet(small)


def _what_is_not_public_yet(small: SmallWorld) -> None:
    """Add a pool that is being formed and a programme, terms and a licence that are being drafted."""
    pool = Pool.objects.create(alliance=small.alliance, code="next", name="Next pool", state=PoolState.FORMING)
    membership = small.members["M3"]
    member = PoolMember.objects.create(pool=pool, membership=membership, segment="upstream")
    family = PatentFamily.objects.create(alliance=small.alliance, code="F2")
    patent = Patent.objects.create(alliance=small.alliance, family=family, publication="CN1000002B", country="CN")
    Ownership.objects.create(patent=patent, owner=Organisation.objects.get(pk=membership.organisation_id))
    PoolEntry.objects.create(patent=patent, member=member)
    programme = Programme.objects.create(
        alliance=small.alliance,
        pool=pool,
        operating_entity=small.entity,
        code="next-tv",
        name="Next television sets",
        currency="CNY",
        state=ProgrammeState.DRAFT,
    )
    terms = TermsVersion.objects.create(
        programme=programme,
        number=1,
        in_force_from=JANUARY,
        document=small.terms.document,
        content=small.terms.content,
        state=TermsState.DRAFT,
    )
    Licence.objects.create(
        programme=programme,
        terms_version=terms,
        licensee=Organisation.objects.get(pk=small.licences["L3"].licensee_id),
        code="N1",
        state=LicenceState.DRAFT,
    )
