"""What is distributed, in each relation to those who ask: released, and one that waits for its approval beside."""

from collections.abc import Callable

from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import (
    Conversion,
    DistributionItem,
    DistributionRun,
    MemberInvoice,
    MemberInvoiceTerms,
    Objection,
    PayoutTerms,
    RateSheet,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from tests.api.matrix.kept import Sample

By = Callable[..., dict[str, Sample]]


def distribution_samples(by_company: By, by_alliance: By) -> dict[str, dict[str, Sample]]:
    """Return for each kind the rows of the company, its rival, and others."""
    runs, items = DistributionRun.objects.all(), DistributionItem.objects.all()
    owner = "membership__organisation"
    return {
        "distribution.DistributionRun": {
            **by_alliance(runs.filter(status=DistributionStatus.RELEASED), "programme__alliance"),
            "reviewed": by_alliance(runs.filter(status=DistributionStatus.REVIEWED), "programme__alliance")["same"],
        },
        "distribution.DistributionItem": {
            **by_company(items, owner, run__status=DistributionStatus.RELEASED),
            "nobodys": by_alliance(
                items.filter(membership=None, run__status=DistributionStatus.RELEASED), "run__programme__alliance"
            )["same"],
            "own_reviewed": by_company(items, owner, run__status=DistributionStatus.REVIEWED)["own"],
        },
        "distribution.Objection": by_company(Objection.objects.all(), "item__membership__organisation"),
        "distribution.MemberInvoice": by_company(MemberInvoice.objects.all(), "membership__organisation"),
        "distribution.MemberInvoiceTerms": by_alliance(MemberInvoiceTerms.objects.all(), "operating_entity__alliance"),
        "distribution.RateSheet": by_alliance(RateSheet.objects.filter(state="entered"), "operating_entity__alliance"),
        "distribution.Conversion": by_company(Conversion.objects.all(), "membership__organisation"),
        "distribution.WithholdingRule": by_alliance(WithholdingRule.objects.all(), "operating_entity__alliance"),
        "distribution.TreatyRelief": by_company(TreatyRelief.objects.all(), "membership__organisation"),
        "distribution.Withholding": by_company(Withholding.objects.all(), "membership__organisation"),
        "distribution.TaxRemittance": by_alliance(TaxRemittance.objects.all(), "operating_entity__alliance"),
        "distribution.PayoutTerms": by_alliance(PayoutTerms.objects.all(), "programme__alliance"),
    }
