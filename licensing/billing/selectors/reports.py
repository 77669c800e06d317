"""What became of a sales report: the closes that counted it for their period, and what was billed by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice
from licensing.billing.selectors.invoices import invoices
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.reports.selectors import get_sales_report
from platform_core.access.actors import Actor


@dataclass(frozen=True, slots=True)
class ReportUse:
    """A posted close that counted a report for its period, and the invoices of the report's licence made from it."""

    run: CloseRun
    is_run_visible: bool
    invoices: Sequence[Invoice]


def uses_of_report(report_id: UUID, *, actor: Actor) -> list[ReportUse]:
    """Return which closes counted a report that the actor may read, as far as the actor may know, the earliest first.

    The first close of a period is told: it counts every report. A correction may be the doing of another licensee, and
    reads all reports again: it is told to whose report made it necessary, to whom it changed something, by the
    invoice or credit note, and to whoever reads closes.
    """
    report = get_sales_report(report_id, actor=actor)
    billed: dict[UUID, list[Invoice]] = {}
    rows = invoices(actor=actor).filter(run__inputs__report=report, licence=report.licence_id)
    for invoice in rows.exclude(state=InvoiceState.DISCARDED).order_by("number_order", "pk"):
        if invoice.run_id is not None:
            billed.setdefault(invoice.run_id, []).append(invoice)
    readable = CloseRun.objects.visible_to(actor).order_by().values("pk")
    # A close reads the months before its period as well, for bands and caps of the year: that bills nothing again.
    runs = CloseRun.objects.filter(
        Q(corrects=None) | Q(prompted_by=report) | Q(pk__in=billed) | Q(pk__in=readable),
        status=RunStatus.POSTED,
        inputs__report=report,
        first_month__lte=report.last_month,
        last_month__gte=report.first_month,
    )
    visible = set(readable.filter(inputs__report=report).values_list("pk", flat=True))
    return [
        ReportUse(run, run.pk in visible, billed.get(run.pk, []))
        for run in runs.order_by(F("posted_at").asc(nulls_last=True), "number", "pk")
    ]
