"""Estimates by the office over HTTP: what terms say of them, and setting one."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.reports import selectors, services
from licensing.reports.api.reports import SalesReportSerializer, created
from licensing.reports.models import EstimateTerms
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS = {"programme": "programme"}


class EstimateTermsSerializer(serializers.ModelSerializer[EstimateTerms]):
    """What a programme says of reports that do not come."""

    programme_code = serializers.CharField(source="programme.code")
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, normalize_output=True)

    class Meta:
        model = EstimateTerms
        fields = (
            "id",
            "programme_id",
            "programme_code",
            "from_on",
            "stands_in",
            "after_days",
            "percent",
            "bears_interest",
            "recorded_at",
            "confirmed_at",
        )


class NewEstimateTermsSerializer(serializers.Serializer[Any]):
    """What a programme says of reports that do not come, as it stands in its terms or contracts."""

    programme_id = serializers.UUIDField()
    from_on = serializers.DateField(help_text="first day a report may be due for which it holds")
    stands_in = serializers.CharField(max_length=200, help_text="where it stands")
    after_days = serializers.IntegerField(min_value=0, max_value=366, help_text="days after a report was due")
    percent = serializers.DecimalField(max_digits=9, decimal_places=6, help_text="of what was last reported")
    bears_interest = serializers.BooleanField(
        required=False, default=False, help_text="whether what an estimate lacked bears interest from its due day"
    )


class NewEstimateSerializer(serializers.Serializer[Any]):
    """For which quarter an estimate is set."""

    month = serializers.DateField(help_text="any day of the quarter, such as 2026-01-01")


class EstimateTermsListView(HouseView):
    """What programmes say of reports that do not come."""

    orders = {"recorded": "recorded_at"}

    @extend_schema(
        operation_id="estimate_terms_list",
        parameters=parameters_of(ids=_IDS),
        responses=page_of(EstimateTermsSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what programmes say of reports that do not come, the latest first."""
        rows = filtered(selectors.estimate_terms(actor=self.actor), request, ids=_IDS)
        return self.page(rows, EstimateTermsSerializer, default="-recorded")

    @extend_schema(
        operation_id="estimate_terms_record",
        request=NewEstimateTermsSerializer,
        responses={201: EstimateTermsSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record what a programme says of reports that do not come; another person confirms it."""
        given = self.read(NewEstimateTermsSerializer, request)
        programme_id = given.pop("programme_id")
        made = services.record_estimate_terms(
            actor=self.actor, programme_id=programme_id, terms=services.NewEstimateTerms(**given)
        )
        return Response(EstimateTermsSerializer(made).data, status=201)


class EstimateTermsConfirmationView(HouseView):
    """The second person's word on terms on estimates."""

    @extend_schema(operation_id="estimate_terms_confirm", request=None, responses=EstimateTermsSerializer)
    def post(self, request: Request, terms_id: UUID) -> Response:
        """Confirm terms on estimates that somebody else recorded."""
        return Response(
            EstimateTermsSerializer(services.confirm_estimate_terms(actor=self.actor, terms_id=terms_id)).data
        )


class EstimatesView(HouseView):
    """Estimates of a licence's reports."""

    @extend_schema(
        operation_id="licences_estimate_report", request=NewEstimateSerializer, responses={201: SalesReportSerializer}
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Set an estimate by the terms for a quarter not reported in time: it is billed until the report comes."""
        asked = self.read(NewEstimateSerializer, request)
        return created(services.estimate_report(actor=self.actor, licence_id=licence_id, month=asked["month"]))
