"""What is billed, in each relation to those who ask: issued, and drafts beside."""

from collections.abc import Callable

from licensing.audits.models import Audit, AuditClause, AuditFinding
from licensing.billing.models import (
    BillingTerms,
    InstalmentPlan,
    InterestNote,
    Invoice,
    InvoiceSeries,
    Settlement,
    TaxIdentity,
    TaxRule,
    WriteOff,
)
from licensing.close.models import CloseRun
from licensing.cutover.models import (
    Cutover,
    Opening,
    OpeningDifference,
    OpeningFile,
    ParallelDifference,
    ParallelRun,
)
from licensing.payments.models import BankReceipt, MatchingTerms, OnlinePayment, OnlineRefund, StripeAccount
from platform_core.identity.models import OperatingEntity, Organisation, User
from tests.api.matrix.kept import Sample
from tests.api.matrix.making import own
from tests.factories.billing import make_invoice, make_issued, make_plan, make_write_off
from tests.factories.payments import make_movement, make_online_payment, make_refund

By = Callable[..., dict[str, Sample]]


def billing_samples(by_company: By, by_alliance: By) -> dict[str, dict[str, Sample]]:
    """Return for each kind the rows of the company, its rival, and others."""
    invoices, of_invoice = Invoice.objects.all(), "invoice__licence__licensee"
    own_draft = by_company(invoices, "licence__licensee", state="draft")["own"]
    return {
        "audits.Audit": by_company(Audit.objects.all(), "licence__licensee"),
        "audits.AuditClause": by_company(AuditClause.objects.all(), "licence__licensee"),
        "audits.AuditFinding": by_company(AuditFinding.objects.all(), "audit__licence__licensee"),
        "billing.TaxIdentity": by_company(TaxIdentity.objects.all(), "organisation"),
        "billing.TaxRule": by_alliance(TaxRule.objects.all(), "operating_entity__alliance"),
        "billing.InvoiceSeries": by_alliance(InvoiceSeries.objects.all(), "operating_entity__alliance"),
        "billing.BillingTerms": {
            **by_company(BillingTerms.objects.all(), "licence__licensee"),
            "programme": by_alliance(BillingTerms.objects.filter(licence=None), "programme__alliance")["same"],
        },
        "billing.Invoice": {
            **by_company(invoices, "licence__licensee", state="issued"),
            "own_draft": own_draft,
        },
        "billing.Settlement": by_company(Settlement.objects.all(), of_invoice),
        "billing.InterestNote": by_company(InterestNote.objects.all(), of_invoice),
        "billing.WriteOff": {
            **by_company(WriteOff.objects.all(), of_invoice),
            "self": own(WriteOff, "proposed_by", "user_id"),
        },
        "billing.InstalmentPlan": {
            **by_company(InstalmentPlan.objects.all(), of_invoice, state="proposed"),
            "agreed": by_company(InstalmentPlan.objects.all(), of_invoice, state="agreed")["own"],
            "asked": by_company(InstalmentPlan.objects.all(), of_invoice, state="asked")["own"],
            "rivals_asked": by_company(InstalmentPlan.objects.all(), of_invoice, state="asked")["same"],
            "self": own(InstalmentPlan, "proposed_by", "user_id"),
        },
        "payments.StripeAccount": by_alliance(StripeAccount.objects.all(), "operating_entity__alliance"),
        "payments.OnlinePayment": by_company(OnlinePayment.objects.all(), of_invoice),
        "payments.BankReceipt": by_company(
            BankReceipt.objects.all(), "allocations__settlement__invoice__licence__licensee"
        ),
        "payments.MatchingTerms": by_alliance(MatchingTerms.objects.all(), "operating_entity__alliance"),
        "payments.OnlineRefund": {
            **by_company(OnlineRefund.objects.all(), "payment__invoice__licence__licensee"),
            "self": own(OnlineRefund, "proposed_by", "user_id"),
        },
        "cutover.Cutover": by_alliance(Cutover.objects.all(), "programme__alliance"),
        "cutover.Opening": by_alliance(Opening.objects.all(), "cutover__programme__alliance"),
        "cutover.OpeningFile": by_alliance(OpeningFile.objects.all(), "opening__cutover__programme__alliance"),
        "cutover.OpeningDifference": by_alliance(
            OpeningDifference.objects.all(), "opening__cutover__programme__alliance"
        ),
        "cutover.ParallelRun": by_alliance(ParallelRun.objects.all(), "cutover__programme__alliance"),
        "cutover.ParallelDifference": by_alliance(
            ParallelDifference.objects.all(), "parallel_run__cutover__programme__alliance"
        ),
    }


def billing_values(entity: OperatingEntity, company: Organisation, person: User) -> dict[str, str]:
    """Return what bodies refer to: the series of an entity, an invoice and a credit note of the company's.

    Somebody in finance proposed to write another invoice off.
    """
    billed = Invoice.objects.filter(licence__licensee=company, state="issued").earliest("pk")
    note = make_invoice(
        billed.licence, billed.run, billed.terms, net_minor=-100, tax_minor=-6, credits=billed, prepared_by=person
    )
    series = InvoiceSeries.objects.filter(operating_entity=entity).earliest("pk")
    calculated = CloseRun.objects.filter(programme=billed.licence.programme, status="calculated").earliest("pk")
    other = make_issued(make_invoice(billed.licence, calculated, billed.terms), series)
    make_write_off(other, person)
    make_plan(other, person)
    payment = make_online_payment(other, StripeAccount.objects.get(operating_entity=entity))
    make_movement(payment)
    make_refund(payment, person)
    return {
        "series": str(series.pk),
        "issued": str(billed.pk),
        "parallel_difference": str(
            ParallelDifference.objects.filter(parallel_run__cutover__programme__operating_entity=entity)
            .earliest("pk")
            .pk
        ),
        "credit_note": str(note.pk),
    }
