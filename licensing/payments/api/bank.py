"""What arrived at banks and what it is for, over HTTP; what moves money happens once per key."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.payments import selectors, services
from licensing.payments.models import BankAllocation, BankReceipt, MatchingTerms
from platform_core.access.log import log_accesses
from platform_core.api.filters import asked_id, filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.conflicts.models import AffiliationKind
from platform_core.ids import new_id
from platform_core.ledger.models import Account


class BankAllocationSerializer(serializers.ModelSerializer[BankAllocation]):
    """What of a payment went to an invoice, and what banks on the way kept."""

    invoice_id = serializers.UUIDField(source="settlement.invoice_id")
    invoice_number = serializers.CharField(source="settlement.invoice.number_text")
    licensee_name = serializers.CharField(source="settlement.invoice.licence.licensee")
    amount_minor = serializers.IntegerField(source="settlement.amount_minor")
    charge_minor = serializers.IntegerField(source="charge.amount_minor", default=0)

    class Meta:
        model = BankAllocation
        fields = ("id", "invoice_id", "invoice_number", "licensee_name", "amount_minor", "charge_minor")


class BankReceiptSerializer(serializers.ModelSerializer[BankReceipt]):
    """What a line of a bank statement was for: invoices, and what was paid ahead."""

    bank_account_id = serializers.UUIDField(source="line.bank_account_id")
    bank_account_name = serializers.CharField(source="line.bank_account")
    booked_on = serializers.DateField(source="line.booked_on")
    amount_minor = serializers.IntegerField(source="line.amount_minor", help_text="all that arrived")
    currency = serializers.CharField(source="line.bank_account.currency")
    counterparty_name = serializers.CharField(source="line.counterparty_name")
    licensee_name = serializers.CharField(source="licensee", default="", help_text="who paid ahead; blank: nobody")
    user_name = serializers.CharField(source="user.name", default="", help_text="who said what it is for")
    allocations = serializers.SerializerMethodField()

    class Meta:
        model = BankReceipt
        fields = (
            "id",
            "line_id",
            "bank_account_id",
            "bank_account_name",
            "booked_on",
            "amount_minor",
            "currency",
            "counterparty_name",
            "licensee_id",
            "licensee_name",
            "prepaid_minor",
            "is_automatic",
            "at",
            "user_name",
            "taken_back_at",
            "allocations",
        )

    @extend_schema_field(BankAllocationSerializer(many=True))
    def get_allocations(self, receipt: BankReceipt) -> Any:
        """Return what went to which invoices."""
        allocations: dict[UUID, list[BankAllocation]] = self.context["allocations"]
        return BankAllocationSerializer(allocations.get(receipt.pk, []), many=True).data


class AllocationPartSerializer(serializers.Serializer[Any]):
    """What of a payment is for one invoice."""

    invoice_id = serializers.UUIDField()
    amount_minor = serializers.IntegerField(help_text="what arrived for it")
    charge_minor = serializers.IntegerField(default=0, help_text="what banks on the way kept, within the tolerance")


class AllocationSerializer(serializers.Serializer[Any]):
    """What a payment is for."""

    parts = AllocationPartSerializer(many=True)
    licensee_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="whose money it is that is left over, kept as paid ahead"
    )


class MatchedSerializer(serializers.Serializer[Any]):
    """What the matching came to."""

    settled = serializers.IntegerField(help_text="lines that paid invoices beyond doubt")


class PrepaidSerializer(serializers.ModelSerializer[Account]):
    """What a licensee has paid ahead in one currency."""

    licensee_id = serializers.UUIDField(source="holder_id")
    licensee_name = serializers.CharField(source="holder")
    prepaid_minor = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = ("id", "operating_entity_id", "licensee_id", "licensee_name", "currency", "prepaid_minor")

    def get_prepaid_minor(self, account: Account) -> int:
        """Return what is there, in minor units."""
        paid_ahead: dict[UUID, int] = self.context["paid_ahead"]
        return paid_ahead.get(account.pk, 0)


class NewPrepaidUseSerializer(serializers.Serializer[Any]):
    """How much of what was paid ahead is used."""

    amount_minor = serializers.IntegerField(help_text="minor units of the invoice's currency")


class PrepaidUseSerializer(serializers.Serializer[Any]):
    """An invoice that was settled with what was paid ahead."""

    invoice_id = serializers.UUIDField()
    settlement_id = serializers.UUIDField(source="id")
    amount_minor = serializers.IntegerField()
    open_minor = serializers.IntegerField(source="invoice.open_minor", help_text="what is open of it now")


class MatchingTermsSerializer(serializers.ModelSerializer[MatchingTerms]):
    """How much of a payment banks on the way may keep, from a day on."""

    operating_entity_id = serializers.UUIDField()
    set_by_name = serializers.CharField(source="set_by.name", default="", read_only=True)

    class Meta:
        model = MatchingTerms
        fields = (
            "id",
            "operating_entity_id",
            "currency",
            "from_on",
            "charge_tolerance_minor",
            "set_at",
            "set_by_name",
        )
        read_only_fields = ("set_at",)


class PayingAffiliateSerializer(serializers.Serializer[Any]):
    """An organisation whose payments are recognised as a licensee's, because they belong together."""

    licensee_id = serializers.UUIDField()
    licensee_name = serializers.CharField()
    affiliate_name = serializers.CharField()
    kind = serializers.ChoiceField(choices=AffiliationKind.choices)
    known_from = serializers.CharField()
    starts_on = serializers.DateField()
    recorded_by_name = serializers.CharField()


class PayingAffiliatesSerializer(serializers.Serializer[Any]):
    """Who pays for whom."""

    items = PayingAffiliateSerializer(many=True)


class PayingAffiliatesView(HouseView):
    """Those whose payments are recognised as a licensee's."""

    @extend_schema(operation_id="operating_entities_paying_affiliates", responses=PayingAffiliatesSerializer)
    def get(self, request: Request, entity_id: UUID) -> Response:
        """List the licensees with those that belong to them today, and who put that on record."""
        items = [
            {
                "licensee_id": licensee.pk,
                "licensee_name": str(licensee),
                "affiliate_name": str(affiliate),
                "kind": row.kind,
                "known_from": row.source,
                "starts_on": row.starts_on,
                "recorded_by_name": row.recorded_by.name if row.recorded_by else "",
            }
            for licensee, affiliate, row in selectors.paying_affiliates(entity_id, actor=self.actor)
        ]
        return Response(PayingAffiliatesSerializer({"items": items}).data)


class AllocationView(HouseView):
    """What a payment is for."""

    @extend_schema(
        operation_id="statement_lines_allocate", request=AllocationSerializer, responses={201: BankReceiptSerializer}
    )
    @idempotent
    def post(self, request: Request, line_id: UUID) -> Response:
        """Settle one invoice or several with a payment; what is left over is kept as paid ahead."""
        given = self.read(AllocationSerializer, request)
        receipt = services.allocate_line(
            actor=self.actor,
            line_id=line_id,
            parts=[services.Part(**part) for part in given["parts"]],
            licensee_id=given.get("licensee_id"),
        )
        context = {"allocations": selectors.allocations_of([receipt], actor=self.actor)}
        return Response(BankReceiptSerializer(receipt, context=context).data, status=201)


class MatchingView(HouseView):
    """The matching of what is beyond doubt."""

    @extend_schema(operation_id="bank_accounts_match", request=None, responses=MatchedSerializer)
    def post(self, request: Request, account_id: UUID) -> Response:
        """Settle what open lines pay beyond doubt: they name invoices, and pay them to the cent. Again does no harm."""
        settled = services.match_lines(actor=self.actor, bank_account_id=account_id)
        return Response(MatchedSerializer({"settled": settled}).data)


class BankReceiptsView(HouseView):
    """What lines of bank statements were for."""

    orders = {"at": "at"}
    _ids: Final = {"bank_account": "line__bank_account", "statement_line": "line"}

    @extend_schema(
        operation_id="bank_receipts_list",
        parameters=[
            *parameters_of(ids=_ids),
            OpenApiParameter(
                "licensee", OpenApiTypes.UUID, description="only what paid its invoices, or it paid ahead"
            ),
        ],
        responses=page_of(BankReceiptSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what lines were for, the latest first, with those that were taken back."""
        rows = filtered(selectors.bank_receipts(actor=self.actor), request, ids=self._ids)
        if (licensee := asked_id(request, "licensee")) is not None:
            rows = selectors.of_licensee(rows, licensee)
        return self.page(rows, BankReceiptSerializer, default="-at", about=self._noted)

    def _noted(self, part: Sequence[BankReceipt]) -> dict[str, Any]:
        allocations = selectors.allocations_of(part, actor=self.actor)
        invoices = {row.settlement.invoice_id: row.settlement.invoice for rows in allocations.values() for row in rows}
        name = "invoice.exported" if self.exporting else "invoice.listed"
        log_accesses(name, actor=self.actor, subjects=list(invoices.values()))
        return {"allocations": allocations}


class PrepaidUseView(HouseView):
    """The use of what was paid ahead."""

    @extend_schema(
        operation_id="invoices_use_prepaid", request=NewPrepaidUseSerializer, responses={201: PrepaidUseSerializer}
    )
    @idempotent
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Settle an invoice with what its licensee paid ahead."""
        given = self.read(NewPrepaidUseSerializer, request)
        made = services.use_prepaid(actor=self.actor, invoice_id=invoice_id, key=new_id(), **given)
        return Response(PrepaidUseSerializer(made).data, status=201)


class PrepaidView(HouseView):
    """What licensees have paid ahead."""

    orders = {"opened": "opened_at"}
    _ids: Final = {"operating_entity": "operating_entity", "licensee": "holder"}

    @extend_schema(
        operation_id="prepaid_list", parameters=parameters_of(ids=_ids), responses=page_of(PrepaidSerializer)
    )
    def get(self, request: Request) -> Response:
        """List what licensees have paid ahead, by currency: all of them for finance, a licensee its own."""
        rows = filtered(selectors.prepaid_accounts(actor=self.actor), request, ids=self._ids)
        return self.page(rows, PrepaidSerializer, default="opened", about=self._paid_ahead)

    def _paid_ahead(self, part: Sequence[Account]) -> dict[str, Any]:
        return {"paid_ahead": selectors.paid_ahead_on(part)}


class MatchingTermsView(HouseView):
    """How far payments may fall short."""

    orders = {"from": "from_on"}
    _ids: Final = {"operating_entity": "operating_entity"}

    @extend_schema(
        operation_id="matching_terms_list",
        parameters=parameters_of(ids=_ids),
        responses=page_of(MatchingTermsSerializer),
    )
    def get(self, request: Request) -> Response:
        """List how much banks on the way may keep, the latest first."""
        rows = filtered(selectors.matching_terms(actor=self.actor), request, ids=self._ids)
        return self.page(rows, MatchingTermsSerializer, default="-from")

    @extend_schema(
        operation_id="matching_terms_set", request=MatchingTermsSerializer, responses={201: MatchingTermsSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Set how much banks on the way may keep from a day on."""
        terms = services.set_matching_terms(actor=self.actor, **self.read(MatchingTermsSerializer, request))
        return Response(MatchingTermsSerializer(terms).data, status=201)
