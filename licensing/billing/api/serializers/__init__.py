"""How billing looks on the wire."""

from licensing.billing.api.serializers.instalments import (
    InstalmentPlanSerializer,
    InstalmentSerializer,
    NewInstalmentPlanSerializer,
    NewInstalmentSerializer,
    plan_context,
)
from licensing.billing.api.serializers.invoices import (
    AgeingRowSerializer,
    AgeingSerializer,
    CreditedSerializer,
    InvoiceDetailSerializer,
    InvoiceIssueSerializer,
    InvoiceLineSerializer,
    InvoiceReasonSerializer,
    InvoiceSerializer,
    InvoicesMadeSerializer,
    PartySerializer,
    TaxInvoiceStepSerializer,
    today_of,
)
from licensing.billing.api.serializers.people import (
    ActingPersonSerializer,
)
from licensing.billing.api.serializers.settling import (
    InterestChargeSerializer,
    InterestNoteSerializer,
    InterestSpanSerializer,
    NewSettlementSerializer,
    NewWriteOffSerializer,
    SetOffSerializer,
    SettlementReturnSerializer,
    SettlementSerializer,
    UnassignedReceiptsSerializer,
    WriteOffSerializer,
)

__all__ = [
    "ActingPersonSerializer",
    "AgeingRowSerializer",
    "AgeingSerializer",
    "CreditedSerializer",
    "InstalmentPlanSerializer",
    "InstalmentSerializer",
    "InterestChargeSerializer",
    "InterestNoteSerializer",
    "InterestSpanSerializer",
    "InvoiceDetailSerializer",
    "InvoiceIssueSerializer",
    "InvoiceLineSerializer",
    "InvoiceReasonSerializer",
    "InvoiceSerializer",
    "InvoicesMadeSerializer",
    "NewInstalmentPlanSerializer",
    "NewInstalmentSerializer",
    "NewSettlementSerializer",
    "NewWriteOffSerializer",
    "PartySerializer",
    "SetOffSerializer",
    "SettlementReturnSerializer",
    "SettlementSerializer",
    "TaxInvoiceStepSerializer",
    "UnassignedReceiptsSerializer",
    "WriteOffSerializer",
    "plan_context",
    "today_of",
]
