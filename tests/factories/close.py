"""Closes as bare rows, without an engine: for tests of who may see them."""

from datetime import date
from typing import Any

from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import (
    Adjustment,
    CloseBucket,
    CloseCell,
    CloseInput,
    CloseRun,
    CloseShare,
    LicenceResult,
    PayeeResult,
    RejectedRow,
    Statement,
)
from licensing.close.totals.models import TotalsRelease
from licensing.close.workings.models import WorkingsRelease
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.identity.models import Organisation, User
from platform_core.ids import new_id
from tests.factories.core import NOON, make_user
from tests.factories.reports import CODE
from tests.factories.world import World


def make_run(programme: Programme, month: date, *, person: User, **columns: Any) -> CloseRun:
    """Make the draft of a month's close."""
    number = CloseRun.objects.filter(programme=programme, first_month=month).count() + 1
    return CloseRun.objects.create(
        **{
            "programme": programme,
            "period": f"{month:%Y-%m}",
            "first_month": month,
            "last_month": month,
            "number": number,
            "terms_version": programme.terms_versions.get(number=1),
            "opened_at": NOON,
            "opened_by": person,
            **columns,
        }
    )


def fill_run(run: CloseRun, memberships: list[Membership]) -> None:
    """Give a draft one row of each kind, for every licence and member."""
    for position, report in enumerate(
        SalesReport.objects.filter(licence__programme=run.programme, first_month=run.first_month), start=1
    ):
        CloseInput.objects.create(run=run, report=report)
        bucket = CloseBucket.objects.create(
            run=run,
            position=position,
            licence=report.licence,
            product="tv",
            month=run.period,
            currency="CNY",
            units=1,
            royalty_micros=10**6,
            billed_micros=10**6,
        )
        for number, membership in enumerate(memberships):
            CloseShare.objects.create(
                run=run,
                bucket=bucket,
                position=position * 10 + number,
                payee=membership.code,
                kind="member",
                membership=membership,
                micros=10,
            )
        LicenceResult.objects.create(
            run=run, licence=report.licence, position=position, royalty_minor=1, credit_minor=0, due_minor=1
        )
    for position, membership in enumerate(memberships, start=1):
        PayeeResult.objects.create(
            run=run,
            position=position,
            payee=membership.code,
            kind="member",
            membership=membership,
            amount_minor=position,
        )
        CloseCell.objects.create(
            run=run, payee=membership.code, kind="member", membership=membership, product="tv", micros=10
        )
        Statement.objects.create(run=run, membership=membership, amount_minor=position, held_minor=0)
    RejectedRow.objects.create(run=run, position=1, file="sales.csv", line=2, code="bad_value", message="wrong")


def move_run(run: CloseRun, status: RunStatus, *, calculator: User, approver: User) -> CloseRun:
    """Move a draft on, state by state, as far as asked."""
    run.status = RunStatus.CALCULATED
    run.calculation = Calculation.DONE
    run.calculated_by, run.calculated_at = calculator, NOON
    run.results_claim, run.currency, run.engine_version = new_id(), "CNY", "1"
    run.save()
    if status is not RunStatus.CALCULATED:
        run.status, run.approved_by, run.approved_at = RunStatus.APPROVED, approver, NOON
        run.save()
    if status is RunStatus.POSTED:
        if run.corrects is not None:
            Adjustment.objects.create(run=run, position=1, side="payee", payee="~fee", amount_minor=1)
        run.status, run.posted_by, run.posted_at = RunStatus.POSTED, approver, NOON
        run.save()
    return run


def populate(world: World) -> None:
    """Close January twice on each side, the second time as a correction, and February only as far as calculated."""
    for number, (alliance, entity) in enumerate(zip(world.alliances, world.entities, strict=True)):
        side = ("first", "second")[number]
        programme = Programme.objects.get(alliance=alliance, code=CODE)
        memberships = [
            Membership.objects.filter(alliance=alliance, organisation=organisation).first()
            or Membership.objects.create(
                alliance=alliance, organisation=organisation, code=f"{CODE}-{place}", segment="upstream"
            )
            for place, organisation in enumerate(world.organisations[2 * number : 2 * number + 2])
        ]
        people = {"calculator": world.seats[f"{side} finance"].user, "approver": make_user()}
        assert programme.operating_entity == entity
        first = make_run(programme, date(2025, 1, 1), person=people["calculator"])
        fill_run(first, memberships)
        move_run(first, RunStatus.POSTED, **people)
        correction = make_run(programme, date(2025, 1, 1), person=people["approver"], corrects=first)
        fill_run(correction, memberships)
        move_run(correction, RunStatus.POSTED, **people)
        for month, calculator, approver in ((2, "calculator", "approver"), (3, "approver", "calculator")):
            run = make_run(programme, date(2025, month, 1), person=people[calculator])
            fill_run(run, memberships)
            move_run(run, RunStatus.CALCULATED, calculator=people[calculator], approver=people[approver])
        for reader in (world.organisations[2 * number], entity.organisation):
            totals = make_release(programme, reader, [first])
            make_workings_release(first.statements.get(membership=memberships[0]), totals)


def make_release(programme: Programme, reader: Organisation, runs: list[CloseRun], **columns: Any) -> TotalsRelease:
    """Note that the sum of some closes was told to an organisation."""
    return TotalsRelease.objects.create(
        **{
            "programme": programme,
            "reader": reader,
            "number": TotalsRelease.objects.filter(programme=programme, reader=reader).count() + 1,
            "run_ids": [run.pk for run in runs],
            "first_month": min(run.first_month for run in runs),
            "last_month": max(run.last_month for run in runs),
            "currency": programme.currency,
            "atoms": [[["tv"], ["CN"], "1000000"]],
            "reporters": 3,
            "percent": 60,
            "released_at": NOON,
            **columns,
        }
    )


def make_workings_release(statement: Statement, totals: TotalsRelease) -> WorkingsRelease:
    """Note that the workings of a statement were told to the organisation that was told the totals."""
    return WorkingsRelease.objects.create(
        statement=statement,
        reader=totals.reader,
        totals=totals,
        cells=[[["tv"], ["CN"], "1000000", "10", None, ""]],
        reporters=3,
        percent=60,
        released_at=NOON,
    )
