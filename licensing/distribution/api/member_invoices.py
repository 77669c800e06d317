"""The tax invoices (发票) that members give before they are paid, over HTTP. Every reading of one is logged."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution import selectors, services
from licensing.distribution.api.runs import as_read
from licensing.distribution.calculation import age_of
from licensing.distribution.lifecycle import SETTLED, MemberInvoiceState
from licensing.distribution.models import MemberInvoice, MemberInvoiceTerms
from platform_core.access.log import log_access, log_readings
from platform_core.api.etags import IF_MATCH, answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS: Final = {
    "programme": "item__run__programme_id",
    "membership": "membership_id",
}
_VERSION: Final = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the tax invoice as you read it"
)
AGES: Final = ("to_30", "to_60", "to_90", "over_90")


class MemberInvoiceSerializer(serializers.ModelSerializer[MemberInvoice]):
    """The tax invoice that a member gives for a share; amounts in minor units of the distribution's currency."""

    statement_id = serializers.UUIDField(source="item_id", help_text="the distribution statement it is for")
    distribution_id = serializers.UUIDField(source="item.run_id")
    programme_id = serializers.UUIDField(source="item.run.programme_id")
    programme_code = serializers.CharField(source="item.run.programme.code")
    distribution_number = serializers.IntegerField(source="item.run.number")
    currency = serializers.CharField(source="item.run.currency")
    member = serializers.CharField(source="membership.organisation")
    member_code = serializers.CharField(source="membership.code")
    percent = serializers.DecimalField(
        max_digits=9, decimal_places=6, normalize_output=True, help_text="value added tax that is in the amount"
    )
    tax_due_minor = serializers.SerializerMethodField(help_text="the tax that is in the amount by the rate")
    waits_days = serializers.SerializerMethodField(
        help_text="days since it was asked for; null once accepted or waived"
    )
    age = serializers.SerializerMethodField(help_text="to_30, to_60, to_90 or over_90; blank once accepted or waived")
    document_name = serializers.CharField(source="document.name", default="", allow_blank=True)
    recorded_by = serializers.CharField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True)
    waiver_asked_by = serializers.CharField(allow_null=True)

    class Meta:
        model = MemberInvoice
        fields: tuple[str, ...] = (
            "id",
            "statement_id",
            "distribution_id",
            "programme_id",
            "programme_code",
            "distribution_number",
            "currency",
            "membership_id",
            "member",
            "member_code",
            "amount_minor",
            "percent",
            "tax_due_minor",
            "asked_at",
            "waits_days",
            "age",
            "state",
            "number",
            "code",
            "issued_on",
            "given_minor",
            "tax_minor",
            "document_id",
            "document_name",
            "recorded_at",
            "recorded_by",
            "decided_at",
            "decided_by",
            "reason",
            "waiver_reason",
            "waiver_asked_at",
            "waiver_asked_by",
        )

    def get_tax_due_minor(self, invoice: MemberInvoice) -> int:
        """Return the tax that is in the share."""
        return selectors.tax_due(invoice)

    def get_waits_days(self, invoice: MemberInvoice) -> int | None:
        """Return for how many days the share has waited."""
        return _days(invoice, self.context["on"])

    def get_age(self, invoice: MemberInvoice) -> str:
        """Name the age."""
        days = _days(invoice, self.context["on"])
        return "" if days is None else age_of(days)


class MemberInvoiceDetailSerializer(MemberInvoiceSerializer):
    """A tax invoice with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(MemberInvoiceSerializer.Meta):
        fields = (*MemberInvoiceSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, invoice: MemberInvoice) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        return selectors.steps_on_member_invoice(invoice, actor=self.context["actor"])


class MemberInvoiceRecordSerializer(serializers.Serializer[Any]):
    """What stands on a tax invoice; its file hangs on it as a document."""

    number = serializers.CharField(max_length=20, help_text="号码: 20 digits, or 8 beside a code")
    code = serializers.CharField(max_length=12, allow_blank=True, default="", help_text="代码: 10 or 12 digits")
    issued_on = serializers.DateField()
    given_minor = serializers.IntegerField(help_text="what it is of, tax included (价税合计)")
    tax_minor = serializers.IntegerField()
    document_id = serializers.UUIDField()


class MemberInvoiceReturnSerializer(serializers.Serializer[Any]):
    """Why a tax invoice is sent back."""

    reason = serializers.CharField(max_length=500)


class MemberInvoiceWaiverSerializer(serializers.Serializer[Any]):
    """Why a share is to be paid without a tax invoice, or why not."""

    reason = serializers.CharField(max_length=500)


class MemberInvoiceAgeSerializer(serializers.Serializer[Any]):
    """What waits for members' tax invoices in a currency, by how long: how many, and what they come to."""

    currency = serializers.CharField()
    invoices = serializers.IntegerField()
    total_minor = serializers.IntegerField()
    to_30_minor = serializers.IntegerField()
    to_60_minor = serializers.IntegerField()
    to_90_minor = serializers.IntegerField()
    over_90_minor = serializers.IntegerField()
    waived = serializers.IntegerField(help_text="how many were waived, which wait no longer")
    waived_minor = serializers.IntegerField(help_text="what these come to")


class MemberInvoiceAgeingSerializer(serializers.Serializer[Any]):
    """What waits for members' tax invoices on a day."""

    on = serializers.DateField()
    totals = MemberInvoiceAgeSerializer(many=True)


class MemberInvoiceTermsSerializer(serializers.ModelSerializer[MemberInvoiceTerms]):
    """From a day on: whether members give tax invoices before they are paid, and at which tax."""

    programme_code = serializers.CharField(source="programme.code", default="", allow_blank=True)
    member = serializers.CharField(source="membership.organisation", default="", allow_blank=True)
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)

    class Meta:
        model = MemberInvoiceTerms
        fields = (
            "id",
            "operating_entity_id",
            "programme_id",
            "programme_code",
            "membership_id",
            "member",
            "from_on",
            "is_needed",
            "percent",
        )


class MemberInvoiceTermsSetSerializer(serializers.Serializer[Any]):
    """Whether members are to give tax invoices from a day on: all, those of a programme, or one."""

    operating_entity_id = serializers.UUIDField()
    programme_id = serializers.UUIDField(allow_null=True, default=None, help_text="null: all programmes")
    membership_id = serializers.UUIDField(allow_null=True, default=None, help_text="null: all members")
    from_on = serializers.DateField()
    is_needed = serializers.BooleanField()
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, default=Decimal(0))


def _days(invoice: MemberInvoice, on: date) -> int | None:
    if invoice.state in SETTLED:
        return None
    return (on - timezone.localdate(invoice.asked_at)).days


class _WithDay(HouseView):
    """Views that tell how long something has waited."""

    @property
    def on(self) -> date:
        """Return the day on which is asked."""
        return timezone.localdate(self.actor.clock.now())


class MemberInvoicesView(_WithDay):
    """Members' tax invoices."""

    orders = {"asked": "asked_at"}

    @extend_schema(
        operation_id="member_invoices_list",
        parameters=[
            *parameters_of(ids=_IDS),
            OpenApiParameter("state", str, description="only in this state: " + ", ".join(MemberInvoiceState.values)),
        ],
        responses=page_of(MemberInvoiceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the tax invoices that members gave or have to give, those that have waited longest first."""
        rows = filtered(selectors.member_invoices(actor=self.actor), request, ids=_IDS, texts={"state": "state"})

        def noted(part: Sequence[MemberInvoice]) -> dict[str, Any]:
            log_readings([(as_read(self, "member_invoice.viewed"), row) for row in part], actor=self.actor)
            return {}

        return self.page(rows, MemberInvoiceSerializer, default="asked", about=noted, context={"on": self.on})


class MemberInvoiceAgeingView(_WithDay):
    """What waits for tax invoices, by its age."""

    @extend_schema(
        operation_id="member_invoices_ageing",
        parameters=parameters_of(ids=_IDS),
        responses=MemberInvoiceAgeingSerializer,
    )
    def get(self, request: Request) -> Response:
        """Tell what waits for members' tax invoices today: up to 30, 60, 90 days and longer; and what was waived."""
        on = self.on
        rows = filtered(selectors.member_invoices(actor=self.actor), request, ids=_IDS)
        told = list(rows.exclude(state=MemberInvoiceState.ACCEPTED))
        log_readings([("member_invoice.viewed", row) for row in told], actor=self.actor)
        sums: dict[str, dict[str, int]] = {}
        for invoice in told:
            row = sums.setdefault(invoice.item.run.currency, defaultdict(int))
            if invoice.state == MemberInvoiceState.WAIVED:
                row["waived"] += 1
                row["waived_minor"] += invoice.amount_minor
                continue
            row["invoices"] += 1
            row["total_minor"] += invoice.amount_minor
            row[f"{age_of((on - timezone.localdate(invoice.asked_at)).days)}_minor"] += invoice.amount_minor
        totals = [
            {
                "currency": currency,
                "invoices": row["invoices"],
                "total_minor": row["total_minor"],
                **{f"{age}_minor": row[f"{age}_minor"] for age in AGES},
                "waived": row["waived"],
                "waived_minor": row["waived_minor"],
            }
            for currency, row in sorted(sums.items())
        ]
        return Response(MemberInvoiceAgeingSerializer({"on": on, "totals": totals}).data)


class _OneView(_WithDay):
    """One tax invoice of a member, and its steps."""

    def represent(self, invoice: MemberInvoice) -> dict[str, Any]:
        """Return a tax invoice as its page reads it."""
        context = {"actor": self.actor, "on": self.on}
        document: dict[str, Any] = MemberInvoiceDetailSerializer(invoice, context=context).data
        return document

    def take(self, request: Request, invoice_id: UUID, step: Callable[..., MemberInvoice], **asked: Any) -> Response:
        """Take a step if nobody changed it since it was read."""

        def take() -> MemberInvoice:
            step(actor=self.actor, invoice_id=invoice_id, **asked)
            return selectors.get_member_invoice(invoice_id, actor=self.actor)

        return self.step(
            request,
            present=lambda: selectors.get_member_invoice(invoice_id, actor=self.actor, for_change=True),
            take=take,
            represent=self.represent,
        )


class MemberInvoiceView(_OneView):
    """One tax invoice of a member."""

    @extend_schema(operation_id="member_invoices_read", responses=MemberInvoiceDetailSerializer)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        """Read what a member gave or has to give for a share; the reading is logged."""
        invoice = selectors.get_member_invoice(invoice_id, actor=self.actor)
        log_access("member_invoice.viewed", actor=self.actor, subject=invoice)
        return answer_with_etag(request, self.represent(invoice))


class MemberInvoiceRecordingView(_OneView):
    """What stands on a tax invoice."""

    @extend_schema(
        operation_id="member_invoices_record",
        parameters=[_VERSION],
        request=MemberInvoiceRecordSerializer,
        responses={200: MemberInvoiceDetailSerializer},
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Record the tax invoice you give for your share; it has to be of the share, tax included."""
        given = services.GivenInvoice(**self.read(MemberInvoiceRecordSerializer, request))
        return self.take(request, invoice_id, services.record_member_invoice, given=given)


class MemberInvoiceAcceptanceView(_OneView):
    """The acceptance of a tax invoice."""

    @extend_schema(
        operation_id="member_invoices_accept",
        parameters=[_VERSION],
        request=None,
        responses={200: MemberInvoiceDetailSerializer},
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Accept a member's tax invoice: its share may be paid from then on."""
        return self.take(request, invoice_id, services.accept_member_invoice)


class MemberInvoiceReturnView(_OneView):
    """The return of a tax invoice."""

    @extend_schema(
        operation_id="member_invoices_send_back",
        parameters=[_VERSION],
        request=MemberInvoiceReturnSerializer,
        responses={200: MemberInvoiceDetailSerializer},
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Send a tax invoice back to the member, and say what is wrong with it."""
        asked = self.read(MemberInvoiceReturnSerializer, request)
        return self.take(request, invoice_id, services.send_back_member_invoice, **asked)


class MemberInvoiceWaiverRequestView(_OneView):
    """The request to do without a tax invoice."""

    @extend_schema(
        operation_id="member_invoices_ask_waiver",
        parameters=[_VERSION],
        request=MemberInvoiceWaiverSerializer,
        responses={200: MemberInvoiceDetailSerializer},
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Ask that a share is paid without a tax invoice, and say why none fits; a second person decides."""
        asked = self.read(MemberInvoiceWaiverSerializer, request)
        return self.take(request, invoice_id, services.ask_for_waiver, **asked)


class MemberInvoiceWaiverView(_OneView):
    """The waiver of a tax invoice."""

    @extend_schema(
        operation_id="member_invoices_waive",
        parameters=[_VERSION],
        request=None,
        responses={200: MemberInvoiceDetailSerializer},
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Agree as a second person that a share is paid without a tax invoice."""
        return self.take(request, invoice_id, services.waive_member_invoice)


class MemberInvoiceWaiverRefusalView(_OneView):
    """The refusal of a waiver."""

    @extend_schema(
        operation_id="member_invoices_refuse_waiver",
        parameters=[_VERSION],
        request=MemberInvoiceWaiverSerializer,
        responses={200: MemberInvoiceDetailSerializer},
    )
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Refuse to do without a tax invoice, or take your own request back, and say why."""
        asked = self.read(MemberInvoiceWaiverSerializer, request)
        return self.take(request, invoice_id, services.refuse_waiver, **asked)


class MemberInvoiceTermsView(HouseView):
    """By which rules members give tax invoices."""

    orders = {"from": "from_on"}

    @extend_schema(
        operation_id="member_invoice_terms_list",
        parameters=parameters_of(ids={"operating_entity": "", "programme": ""}),
        responses=page_of(MemberInvoiceTermsSerializer),
    )
    def get(self, request: Request) -> Response:
        """List by which rules members give tax invoices before they are paid, the latest first."""
        ids = {"operating_entity": "operating_entity", "programme": "programme"}
        rows = filtered(selectors.member_invoice_terms(actor=self.actor), request, ids=ids)
        return self.page(rows, MemberInvoiceTermsSerializer, default="-from")

    @extend_schema(
        operation_id="member_invoice_terms_set",
        request=MemberInvoiceTermsSetSerializer,
        responses={201: MemberInvoiceTermsSerializer},
    )
    def post(self, request: Request) -> Response:
        """Set whether members give tax invoices from a day on; one's own rule goes before a programme's."""
        asked = self.read(MemberInvoiceTermsSetSerializer, request)
        entity = asked.pop("operating_entity_id")
        terms = services.set_member_invoice_terms(
            actor=self.actor, operating_entity_id=entity, terms=services.NewMemberInvoiceTerms(**asked)
        )
        return Response(MemberInvoiceTermsSerializer(terms).data, status=201)
