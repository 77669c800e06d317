"""What audits do when lower rooms have news."""

from django.db.models import Q

from licensing.agreements.models import Charge
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
            f"Audit {settled.number} of these months has charged what lacked: have two people of finance reverse its "
            "settlement before they are reported anew."
        )


def refuse_what_two_settled(actor: Actor, charge: Charge) -> None:
    """Refuse that one person cancels what an audit charged: two settled it, and two take it back."""
    of_it = Q(shortfall_charge=charge) | Q(interest_charge=charge) | Q(cost_charge=charge)
    settled = Audit.objects.filter(of_it).first()
    if settled is not None:
        raise Conflict(
            f"Audit {settled.number} of this licence raised this charge, as two people settled it: reverse the "
            "settlement of that audit instead, which takes two people too."
        )
