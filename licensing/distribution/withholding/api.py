"""Tax withheld from members abroad, over HTTP: rules, proofs of residence, what was withheld, and its remittances."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution.withholding import selectors, services
from licensing.distribution.withholding.lifecycle import ReliefState, RemittanceState
from licensing.distribution.withholding.models import TaxRemittance, TreatyRelief, Withholding, WithholdingRule
from licensing.distribution.withholding.papers import certificate_number, certificate_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access, log_readings
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_ENTITY: Final = {"operating_entity": "operating_entity_id"}
_IDS: Final = {
    "programme": "item__run__programme_id",
    "membership": "membership_id",
    "remittance": "remittance_id",
    "statement": "item_id",
}


class WithholdingRuleSerializer(serializers.ModelSerializer[WithholdingRule]):
    """The tax withheld from members of a country from a day on."""

    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    treaty_percent = serializers.DecimalField(
        max_digits=9, decimal_places=6, normalize_output=True, allow_null=True, help_text="null: there is no treaty"
    )

    class Meta:
        model = WithholdingRule
        fields = (
            "id",
            "operating_entity_id",
            "country",
            "from_on",
            "until_on",
            "percent",
            "treaty_percent",
            "treaty",
            "basis",
        )


class WithholdingRuleSetSerializer(serializers.Serializer[Any]):
    """The tax to be withheld from members of a country from a day on."""

    operating_entity_id = serializers.UUIDField()
    country = serializers.CharField(max_length=2)
    from_on = serializers.DateField()
    until_on = serializers.DateField(allow_null=True, default=None, help_text="last day; null: until the next rule")
    percent = serializers.DecimalField(max_digits=9, decimal_places=6)
    basis = serializers.CharField(max_length=300, help_text="what law the rate is from")
    treaty_percent = serializers.DecimalField(max_digits=9, decimal_places=6, allow_null=True, default=None)
    treaty = serializers.CharField(max_length=300, allow_blank=True, default="", help_text="which, and which article")


class TreatyReliefSerializer(serializers.ModelSerializer[TreatyRelief]):
    """A member's proof of residence, by which a treaty's rate holds for it."""

    member = serializers.CharField(source="membership.organisation")
    member_code = serializers.CharField(source="membership.code")
    entered_by = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)

    class Meta:
        model = TreatyRelief
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "membership_id",
            "member",
            "member_code",
            "country",
            "from_on",
            "until_on",
            "certificate",
            "state",
            "entered_at",
            "entered_by",
            "confirmed_at",
            "confirmed_by",
            "withdrawn_at",
            "reason",
        )


class TreatyReliefDetailSerializer(TreatyReliefSerializer):
    """A proof of residence with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(TreatyReliefSerializer.Meta):
        fields = (*TreatyReliefSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, relief: TreatyRelief) -> list[str]:
        """List the steps."""
        return selectors.relief_steps(relief, actor=self.context["actor"])


class NewTreatyReliefSerializer(serializers.Serializer[Any]):
    """A member's certificate of residence; its file hangs on it as a document."""

    operating_entity_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    country = serializers.CharField(max_length=2)
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    certificate = serializers.CharField(max_length=100, help_text="its number")


class WithholdingReasonSerializer(serializers.Serializer[Any]):
    """Why a proof of residence is withdrawn, or a remittance given up."""

    reason = serializers.CharField(max_length=500)


class WithholdingSerializer(serializers.ModelSerializer[Withholding]):
    """The tax withheld from a member's share; amounts in minor units of the distribution's currency."""

    number = serializers.SerializerMethodField(help_text="of the certificate")
    statement_id = serializers.UUIDField(source="item_id")
    programme_code = serializers.CharField(source="item.run.programme.code")
    distribution_number = serializers.IntegerField(source="item.run.number")
    currency = serializers.CharField(source="item.run.currency")
    member = serializers.CharField(source="membership.organisation")
    member_code = serializers.CharField(source="membership.code")
    set_off_minor = serializers.IntegerField(
        help_text="of the share, what pays back what was given too much: not taxed"
    )
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)
    is_by_treaty = serializers.SerializerMethodField()
    basis = serializers.SerializerMethodField(help_text="the law, or the treaty")
    paid_on = serializers.SerializerMethodField(help_text="when the tax office was paid; null: not yet")
    receipt = serializers.SerializerMethodField(help_text="number of the tax office's certificate; blank: not yet")

    class Meta:
        model = Withholding
        fields = (
            "id",
            "number",
            "statement_id",
            "programme_code",
            "distribution_number",
            "currency",
            "membership_id",
            "member",
            "member_code",
            "on",
            "country",
            "gross_minor",
            "set_off_minor",
            "base_minor",
            "percent",
            "is_by_treaty",
            "basis",
            "tax_minor",
            "paid_on",
            "receipt",
        )

    def get_number(self, row: Withholding) -> str:
        """Return the number."""
        return certificate_number(row)

    def get_is_by_treaty(self, row: Withholding) -> bool:
        """Say whether a treaty lowered the rate."""
        return row.relief_id is not None

    def get_basis(self, row: Withholding) -> str:
        """Name what the rate is from."""
        return row.rule.treaty if row.relief_id is not None else row.rule.basis

    def get_paid_on(self, row: Withholding) -> str | None:
        """Return when it was paid on."""
        return row.remittance.paid_on.isoformat() if row.remittance and row.remittance.paid_on else None

    def get_receipt(self, row: Withholding) -> str:
        """Return the tax office's certificate."""
        return row.remittance.receipt if row.remittance else ""


class TaxRemittanceSerializer(serializers.ModelSerializer[TaxRemittance]):
    """Tax withheld on its way to the tax office."""

    prepared_by = serializers.CharField()
    confirmed_by = serializers.CharField(allow_null=True)

    class Meta:
        model = TaxRemittance
        fields: tuple[str, ...] = (
            "id",
            "operating_entity_id",
            "currency",
            "through_on",
            "amount_minor",
            "reference",
            "state",
            "prepared_at",
            "prepared_by",
            "confirmed_at",
            "confirmed_by",
            "paid_on",
            "entry_id",
            "receipt",
            "reason",
        )


class TaxRemittanceDetailSerializer(TaxRemittanceSerializer):
    """A remittance with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(TaxRemittanceSerializer.Meta):
        fields = (*TaxRemittanceSerializer.Meta.fields, "allowed_steps")

    def get_allowed_steps(self, remittance: TaxRemittance) -> list[str]:
        """List the steps."""
        return selectors.remittance_steps(remittance, actor=self.context["actor"])


class NewTaxRemittanceSerializer(serializers.Serializer[Any]):
    """What is to be paid to the tax office: all that was withheld by a day and is in no remittance yet."""

    operating_entity_id = serializers.UUIDField()
    currency = serializers.CharField(max_length=3)
    through_on = serializers.DateField()
    reference = serializers.CharField(max_length=100, help_text="of the declaration at the tax office")


class TaxReceiptSerializer(serializers.Serializer[Any]):
    """The tax office's certificate that it was paid."""

    receipt = serializers.CharField(max_length=100, help_text="its number")


class WithholdingRulesView(HouseView):
    """By which rules tax is withheld."""

    orders = {"from": "from_on"}

    @extend_schema(
        operation_id="withholding_rules_list",
        parameters=parameters_of(ids=_ENTITY, texts={"country": "country"}),
        responses=page_of(WithholdingRuleSerializer),
    )
    def get(self, request: Request) -> Response:
        """List by which rules tax is withheld from members abroad, the latest first."""
        rows = filtered(
            selectors.withholding_rules(actor=self.actor), request, ids=_ENTITY, texts={"country": "country"}
        )
        return self.page(rows, WithholdingRuleSerializer, default="-from")

    @extend_schema(
        operation_id="withholding_rules_set",
        request=WithholdingRuleSetSerializer,
        responses={201: WithholdingRuleSerializer},
    )
    def post(self, request: Request) -> Response:
        """Set the tax withheld from members of a country from a day on, by law and by treaty."""
        asked = self.read(WithholdingRuleSetSerializer, request)
        entity = asked.pop("operating_entity_id")
        made = services.set_withholding_rule(
            actor=self.actor, operating_entity_id=entity, rule=services.NewWithholdingRule(**asked)
        )
        return Response(WithholdingRuleSerializer(made).data, status=201)


class _ReliefAnswer(HouseView):
    def answer(self, relief_id: UUID, *, status: int = 200) -> Response:
        """Answer with a proof of residence as it is now."""
        relief = selectors.get_treaty_relief(relief_id, actor=self.actor)
        return Response(TreatyReliefDetailSerializer(relief, context={"actor": self.actor}).data, status=status)


class TreatyReliefsView(_ReliefAnswer):
    """Members' proofs of residence."""

    orders = {"entered": "entered_at"}

    @extend_schema(
        operation_id="treaty_reliefs_list",
        parameters=[
            *parameters_of(ids={**_ENTITY, "membership": ""}),
            OpenApiParameter("state", str, description="only in this state: " + ", ".join(ReliefState.values)),
        ],
        responses=page_of(TreatyReliefSerializer),
    )
    def get(self, request: Request) -> Response:
        """List members' proofs of residence, the latest first; a member's are its own."""
        ids = {**_ENTITY, "membership": "membership_id"}
        rows = filtered(selectors.treaty_reliefs(actor=self.actor), request, ids=ids, texts={"state": "state"})
        return self.page(rows, TreatyReliefSerializer, default="-entered")

    @extend_schema(
        operation_id="treaty_reliefs_enter",
        request=NewTreatyReliefSerializer,
        responses={201: TreatyReliefDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        """Enter a member's certificate of residence; another person confirms it."""
        asked = self.read(NewTreatyReliefSerializer, request)
        entity = asked.pop("operating_entity_id")
        made = services.enter_treaty_relief(
            actor=self.actor, operating_entity_id=entity, relief=services.NewTreatyRelief(**asked)
        )
        return self.answer(made.pk, status=201)


class TreatyReliefView(_ReliefAnswer):
    """One proof of residence."""

    @extend_schema(operation_id="treaty_reliefs_read", responses=TreatyReliefDetailSerializer)
    def get(self, request: Request, relief_id: UUID) -> Response:
        """Read a proof of residence."""
        return self.answer(relief_id)


class TreatyReliefConfirmationView(_ReliefAnswer):
    """The confirmation of a proof of residence."""

    @extend_schema(operation_id="treaty_reliefs_confirm", request=None, responses={200: TreatyReliefDetailSerializer})
    def post(self, request: Request, relief_id: UUID) -> Response:
        """Confirm as a second person that a member lives where its certificate says."""
        services.confirm_treaty_relief(actor=self.actor, relief_id=relief_id)
        return self.answer(relief_id)


class TreatyReliefWithdrawalView(_ReliefAnswer):
    """The withdrawal of a proof of residence."""

    @extend_schema(
        operation_id="treaty_reliefs_withdraw",
        request=WithholdingReasonSerializer,
        responses={200: TreatyReliefDetailSerializer},
    )
    def post(self, request: Request, relief_id: UUID) -> Response:
        """Have later releases go by the rate of the law again, and say why."""
        reason = self.read(WithholdingReasonSerializer, request)["reason"]
        services.withdraw_treaty_relief(actor=self.actor, relief_id=relief_id, reason=reason)
        return self.answer(relief_id)


class WithholdingsView(HouseView):
    """Tax withheld."""

    orders = {"on": "on"}

    @extend_schema(
        operation_id="withholdings_list", parameters=parameters_of(ids=_IDS), responses=page_of(WithholdingSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the tax withheld that you may see, the latest first: a member's is its own. The reading is logged."""
        rows = filtered(selectors.withholdings(actor=self.actor), request, ids=_IDS)
        name = "withholding.exported" if self.exporting else "withholding.viewed"

        def noted(part: Sequence[Withholding]) -> dict[str, Any]:
            log_readings([(name, row) for row in part], actor=self.actor)
            return {}

        return self.page(rows, WithholdingSerializer, default="-on", about=noted)


class WithholdingView(HouseView):
    """The tax withheld from one share."""

    @extend_schema(operation_id="withholdings_read", responses=WithholdingSerializer)
    def get(self, request: Request, withholding_id: UUID) -> Response:
        """Read what was withheld of a share, and whether it was paid on; the reading is logged."""
        row = selectors.get_withholding(withholding_id, actor=self.actor)
        log_access("withholding.viewed", actor=self.actor, subject=row)
        return Response(WithholdingSerializer(row).data)


class WithholdingCertificateView(HouseView):
    """A certificate of tax withheld."""

    @extend_schema(operation_id="withholdings_certificate", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, withholding_id: UUID) -> HttpResponse:
        """Take the certificate of the tax withheld from a share; every taking is logged."""
        row = selectors.get_withholding(withholding_id, actor=self.actor)
        answer = document_answer(certificate_paper(row, asked_language(request)), asked_form(request))
        log_access("withholding.certificate_downloaded", actor=self.actor, subject=row)
        return answer


class _RemittanceAnswer(HouseView):
    def answer(self, remittance_id: UUID, *, status: int = 200) -> Response:
        """Answer with a remittance as it is now."""
        found = selectors.get_tax_remittance(remittance_id, actor=self.actor)
        return Response(TaxRemittanceDetailSerializer(found, context={"actor": self.actor}).data, status=status)


class TaxRemittancesView(_RemittanceAnswer):
    """Remittances of tax withheld."""

    orders = {"prepared": "prepared_at"}

    @extend_schema(
        operation_id="tax_remittances_list",
        parameters=[
            *parameters_of(ids=_ENTITY),
            OpenApiParameter("state", str, description="only in this state: " + ", ".join(RemittanceState.values)),
        ],
        responses=page_of(TaxRemittanceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was or is to be paid to the tax office, the latest first."""
        rows = filtered(selectors.tax_remittances(actor=self.actor), request, ids=_ENTITY, texts={"state": "state"})
        return self.page(rows, TaxRemittanceSerializer, default="-prepared")

    @extend_schema(
        operation_id="tax_remittances_prepare",
        request=NewTaxRemittanceSerializer,
        responses={201: TaxRemittanceDetailSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Put together what was withheld by a day and not paid on; another person confirms it."""
        made = services.prepare_tax_remittance(actor=self.actor, **self.read(NewTaxRemittanceSerializer, request))
        return self.answer(made.pk, status=201)


class TaxRemittanceView(_RemittanceAnswer):
    """One remittance."""

    @extend_schema(operation_id="tax_remittances_read", responses=TaxRemittanceDetailSerializer)
    def get(self, request: Request, remittance_id: UUID) -> Response:
        """Read a remittance."""
        return self.answer(remittance_id)


class TaxRemittanceConfirmationView(_RemittanceAnswer):
    """The confirmation of a remittance."""

    @extend_schema(operation_id="tax_remittances_confirm", request=None, responses={200: TaxRemittanceDetailSerializer})
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Confirm as a second person what is paid to the tax office."""
        services.confirm_tax_remittance(actor=self.actor, remittance_id=remittance_id)
        return self.answer(remittance_id)


class TaxRemittanceCancellationView(_RemittanceAnswer):
    """The cancellation of a remittance."""

    @extend_schema(
        operation_id="tax_remittances_cancel",
        request=WithholdingReasonSerializer,
        responses={200: TaxRemittanceDetailSerializer},
    )
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Give up a remittance that was not paid, and say why."""
        reason = self.read(WithholdingReasonSerializer, request)["reason"]
        services.cancel_tax_remittance(actor=self.actor, remittance_id=remittance_id, reason=reason)
        return self.answer(remittance_id)


class TaxRemittanceReceiptView(_RemittanceAnswer):
    """The tax office's certificate of a remittance."""

    @extend_schema(
        operation_id="tax_remittances_note_receipt",
        request=TaxReceiptSerializer,
        responses={200: TaxRemittanceDetailSerializer},
    )
    def post(self, request: Request, remittance_id: UUID) -> Response:
        """Note the number of the tax office's certificate; members read it on theirs."""
        receipt = self.read(TaxReceiptSerializer, request)["receipt"]
        services.note_tax_receipt(actor=self.actor, remittance_id=remittance_id, receipt=receipt)
        return self.answer(remittance_id)
