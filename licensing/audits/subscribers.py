"""What audits do when lower rooms have news."""

from licensing.audits.lifecycle import AuditState
from licensing.audits.models import Audit
from licensing.close.services.opening import lock_programme
from licensing.reports.models import SalesReport
from platform_core.access.actors import Actor
from platform_core.problems import Conflict


def refuse_what_was_settled(actor: Actor, report: SalesReport) -> None:
    """Refuse to have months reported anew whose shortfall an audit has charged: a close would bill it once more."""
    # An audit is settled under the same lock: it sees this report, or is seen here.
    lock_programme(report.licence.programme_id)
    settled = Audit.objects.filter(
        licence=report.licence_id,
        state=AuditState.SETTLED,
        first_month__lte=report.last_month,
        last_month__gte=report.first_month,
        shortfall_charge__cancelled_at=None,
        shortfall_charge__isnull=False,
    ).first()
    if settled is not None:
        raise Conflict(
            f"Audit {settled.number} of these months has charged what lacked: have finance cancel that charge before "
            "they are reported anew."
        )
