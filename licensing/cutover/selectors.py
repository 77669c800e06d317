"""Finding comparisons with old workbooks, what is carried over, and what is missing before the first live close."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import QuerySet, Sum

from licensing.agreements.models import Receipt
from licensing.billing.kinds import BILLED, COLLECTED
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice, InvoiceSeries, TaxIdentity
from licensing.billing.selectors import terms_on
from licensing.close.calculation import span_of
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.policies import CLOSE_WORK
from licensing.cutover.kinds import PERIODS_NEEDED
from licensing.cutover.lifecycle import OPENING_LIFECYCLE
from licensing.cutover.models import (
    Cutover,
    Opening,
    OpeningDifference,
    OpeningFile,
    OpeningState,
    ParallelDifference,
    ParallelRun,
)
from licensing.cutover.policies import (
    ACCEPT_DIFFERENCES,
    CONFIRM_OPENING,
    CONFIRM_PARALLEL_RUN,
    PREVIEW_OPENING,
    UNDO_OPENING,
)
from licensing.cutover.tables import Known
from licensing.cutover.tying import Here
from licensing.distribution.kinds import FEE_INCOME, RESERVE, UNDISTRIBUTED
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import DistributionRun, PayoutTerms
from licensing.reports.models import ReportedMonth
from licensing.reports.selectors import lines_file, unreported_licences
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import BANK
from platform_core.ledger.models import Account, Posting


def cutovers(*, actor: Actor) -> VisibleQuerySet[Cutover]:
    """List which programmes move from old workbooks, and from which day on."""
    return Cutover.objects.visible_to(actor).select_related("programme", "begun_by")


def get_cutover(cutover_id: UUID, *, actor: Actor) -> Cutover:
    """Fetch one cut-over the actor may see."""
    return get_visible(Cutover, cutover_id, actor=actor)


def parallel_runs(*, actor: Actor) -> VisibleQuerySet[ParallelRun]:
    """List what old workbooks came to beside closes."""
    rows = ParallelRun.objects.visible_to(actor).select_related("cutover__programme", "compared_by", "confirmed_by")
    return rows.defer("told")


def get_parallel_run(parallel_run_id: UUID, *, actor: Actor, for_change: bool = False) -> ParallelRun:
    """Fetch one parallel run the actor may see, locked if it is fetched for a change."""
    return get_visible(ParallelRun, parallel_run_id, actor=actor, for_change=for_change)


def differences(*, actor: Actor) -> VisibleQuerySet[ParallelDifference]:
    """List differences between old workbooks and closes, each with its cause."""
    return ParallelDifference.objects.visible_to(actor).select_related("parallel_run", "accepted_by")


def calculated_run(programme_id: UUID, period: str) -> CloseRun | None:
    """Return the latest close of a period that has results, posted or not."""
    runs = CloseRun.objects.visible_to(Actor.system(CLOSE_WORK)).filter(programme=programme_id, period=period)
    runs = runs.exclude(status=RunStatus.CANCELLED).exclude(results_claim=None)
    return runs.select_related("programme").order_by("-number").first()


def live_closes(programme_id: UUID, on_day: date) -> QuerySet[CloseRun]:
    """Return closes of periods from a day on, or into it, that somebody approved."""
    approved = (RunStatus.APPROVED, RunStatus.POSTED)
    return CloseRun.objects.filter(programme=programme_id, last_month__gte=on_day, status__in=approved)


# -- what is carried over -----------------------------------------------------------------------------------------


def openings(*, actor: Actor) -> VisibleQuerySet[Opening]:
    """List what was to be carried over, and what became of it."""
    rows = Opening.objects.visible_to(actor).select_related(
        "cutover__programme", "previewed_by", "confirmed_by", "undone_by"
    )
    return rows.defer("carried")


def get_opening(opening_id: UUID, *, actor: Actor, for_change: bool = False) -> Opening:
    """Fetch what is to be carried over, locked if it is fetched for a change."""
    return get_visible(Opening, opening_id, actor=actor, for_change=for_change)


def opening_differences(*, actor: Actor) -> VisibleQuerySet[OpeningDifference]:
    """List what does not tie of what is carried over, each with its cause."""
    return OpeningDifference.objects.visible_to(actor).select_related("opening__cutover__programme")


def get_opening_file(file_id: UUID, *, actor: Actor) -> OpeningFile:
    """Fetch a file as it came from the old workbook."""
    return get_visible(OpeningFile, file_id, actor=actor)


def opening_steps(opening: Opening, *, actor: Actor) -> list[str]:
    """List what the actor may do now with what is to be carried over."""
    permissions = {"book": CONFIRM_OPENING, "undo": UNDO_OPENING}
    steps = [step for step in OPENING_LIFECYCLE.allowed(OpeningState(opening.state)) if step in permissions]
    if "book" in steps and opening.differences.filter(hinders=True).exists():
        steps.remove("book")
    return [step for step in steps if can(actor, permissions[step], opening)]


def cutover_steps(cutover: Cutover, *, actor: Actor) -> list[str]:
    """List what the actor may do now with a cut-over."""
    return ["preview"] if can(actor, PREVIEW_OPENING, cutover) else []


def parallel_steps(runs: Sequence[ParallelRun], *, actor: Actor) -> dict[UUID, list[str]]:
    """Return what the actor may do now with each comparison."""
    counting = [run.pk for run in runs if run.superseded_at is None and run.confirmed_at is None]
    waiting = ParallelDifference.objects.filter(parallel_run__in=counting, accepted_at=None).order_by()
    open_ = set(waiting.values_list("parallel_run", flat=True).distinct())

    def may(permission: Permission) -> set[UUID]:
        rows = ParallelRun.objects.permitted_to(actor, permission).filter(pk__in=counting)
        return set(rows.order_by().values_list("pk", flat=True))

    accepting, confirming = may(ACCEPT_DIFFERENCES), may(CONFIRM_PARALLEL_RUN)
    return {
        run.pk: ["accept"] if run.pk in open_ & accepting else ["confirm"] if run.pk in confirming - open_ else []
        for run in runs
    }


def known_to(cutover: Cutover, *, actor: Actor, but: Opening | None = None) -> Known:
    """Return what tables of a cut-over may name; `but` is what is booked, whose invoices may be told again."""
    programme = cutover.programme
    accounts = Account.objects.visible_to(actor).filter(
        operating_entity=programme.operating_entity_id, kind=BANK.code, closed_at=None
    )
    labels: dict[tuple[str, str], set[str]] = {}
    for account in accounts:
        labels.setdefault((account.purpose, account.currency), set()).add(account.label)
    there = Invoice.objects.filter(licence__programme__operating_entity=programme.operating_entity_id)
    there = there.exclude(state=InvoiceState.DISCARDED).select_related("series")
    if but is not None:
        there = there.exclude(licence__programme=programme)
    return Known(
        on_day=cutover.on_day,
        currency=programme.currency,
        licences=frozenset(programme.licences.values_list("code", flat=True)),
        members=frozenset(Membership.objects.filter(alliance=programme.alliance_id).values_list("code", flat=True)),
        bank_labels=labels,
        purposes=frozenset(Purpose.values),
        numbers=frozenset(invoice.number_text for invoice in there if invoice.number_text),
    )


def what_is_here(cutover: Cutover, *, actor: Actor) -> Here:
    """Return what is known here of what is to be carried over."""
    programme = cutover.programme
    posted = CloseRun.objects.filter(programme=programme, status=RunStatus.POSTED, last_month__lt=cutover.on_day)
    distributions = DistributionRun.objects.filter(programme=programme).exclude(status=DistributionStatus.CANCELLED)
    return Here(
        licensees={code: str(holder) for code, holder in programme.licences.values_list("code", "licensee")},
        closed=frozenset(posted.values_list("period", flat=True)),
        received=_received(cutover),
        booked=_booked(cutover),
        units=_units(cutover),
        distributions=distributions.count(),
        currency=programme.currency,
    )


def _received(cutover: Cutover) -> Mapping[tuple[str, str], int]:
    rows = Receipt.objects.filter(licence__programme=cutover.programme_id).order_by()
    sums = rows.values("licence__code", "period").annotate(sum=Sum("amount_minor"))
    return {
        (str(row["licence__code"]), str(row["period"])): int(row["sum"])
        for row in sums
        if row["sum"] and span_of(str(row["period"])).last_day < cutover.on_day
    }


def _booked(cutover: Cutover) -> Mapping[tuple[str, str], int]:
    """What is on accounts that are of this programme alone, where it is not nothing."""
    programme = cutover.programme
    kinds = (BILLED.code, COLLECTED.code, UNDISTRIBUTED.code, FEE_INCOME.code, RESERVE.code)
    accounts = Account.objects.filter(
        operating_entity=programme.operating_entity_id, kind__in=kinds, currency=programme.currency
    )
    own = {
        account.pk: account
        for account in accounts
        if account.label == programme.code[:100] or account.label.startswith(f"{programme.code} ")
    }
    sums = Posting.objects.filter(account__in=list(own)).order_by().values("account").annotate(sum=Sum("amount_minor"))
    found = {own[row["account"]]: int(row["sum"]) for row in sums if row["sum"]}
    return {
        (account.kind, account.label.removeprefix(programme.code[:100]).strip()): amount
        for account, amount in found.items()
    }


def _units(cutover: Cutover) -> Mapping[tuple[str, str], int]:
    """Units of the year so far by licence and product, as they count."""
    first = cutover.on_day.replace(month=1)
    rows = ReportedMonth.objects.filter(
        licence__programme=cutover.programme_id, month__gte=first, month__lt=cutover.on_day
    ).select_related("licence", "report")
    months: dict[UUID, list[ReportedMonth]] = {}
    for row in rows:
        months.setdefault(row.report_id, []).append(row)
    sums: dict[tuple[str, str], int] = {}
    for counted in months.values():
        if counted[0].report.is_nil:
            continue
        table = pq.read_table(lines_file(counted[0].report), columns=["month", "product", "units"])
        of_months = table.filter(pc.field("month").isin([f"{row.month:%Y-%m}" for row in counted]))
        by_product = of_months.group_by("product").aggregate([("units", "sum")])
        code = counted[0].licence.code
        for row_ in by_product.to_pylist():
            key = (code, str(row_["product"]))
            sums[key] = sums.get(key, 0) + int(row_["units_sum"])
    return sums


# -- what is missing ----------------------------------------------------------------------------------------------


class Missing(StrEnum):
    """What a programme needs before its first live close."""

    OPENING = "opening"
    PARALLEL_RUNS = "parallel_runs"
    REPORTS = "reports"
    BILLING_TERMS = "billing_terms"
    INVOICE_SERIES = "invoice_series"
    TAX_IDENTITIES = "tax_identities"
    PAYOUT_TERMS = "payout_terms"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is needed: whether it is done, and how much of it is."""

    what: Missing
    done: bool
    there: int
    needed: int
    hinders: bool
    """Whether the first live close is refused without it."""


def checklist(cutover: Cutover) -> list[Check]:
    """List what a programme needs before its first live close, and how much of it is done."""
    programme = cutover.programme
    licences = list(programme.licences.all())
    confirmed = ParallelRun.objects.filter(cutover=cutover, superseded_at=None).exclude(confirmed_at=None).count()
    booked = Opening.objects.filter(cutover=cutover, state=OpeningState.BOOKED).count()
    first, last = cutover.on_day.replace(month=1), cutover.on_day
    unreported = 0
    if first < last:
        before = date(last.year, last.month - 1, 1)
        unreported = unreported_licences(first, before).filter(programme=programme).count()
    billed = len(terms_on(licences, cutover.on_day))
    series = InvoiceSeries.objects.filter(operating_entity=programme.operating_entity_id, closed_at=None).count()
    holders = {licence.licensee_id for licence in licences} | {programme.operating_entity.organisation_id}
    identities = TaxIdentity.objects.filter(
        operating_entity=programme.operating_entity_id, organisation__in=holders, from_on__lte=cutover.on_day
    )
    known = identities.order_by().values("organisation").distinct().count()
    payout = PayoutTerms.objects.filter(programme=programme, from_on__lte=cutover.on_day).count()
    return [
        Check(Missing.PARALLEL_RUNS, confirmed >= PERIODS_NEEDED, confirmed, PERIODS_NEEDED, True),
        Check(Missing.OPENING, booked > 0, booked, 1, False),
        Check(Missing.REPORTS, unreported == 0, len(licences) - unreported, len(licences), False),
        Check(Missing.BILLING_TERMS, billed == len(licences), billed, len(licences), False),
        Check(Missing.INVOICE_SERIES, series > 0, series, 1, False),
        Check(Missing.TAX_IDENTITIES, known == len(holders), known, len(holders), False),
        Check(Missing.PAYOUT_TERMS, payout > 0, min(payout, 1), 1, False),
    ]
