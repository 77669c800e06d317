"""What reports are prepared with, over HTTP: templates, names of products, and who may sign."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements.models import Licence
from licensing.reports import selectors, services
from licensing.reports.api.asking import LANGUAGE, asked_language, asked_months, file_answer
from licensing.reports.models import ProductAlias, ReportAuthority
from licensing.reports.policies import DRAFT_SALES_REPORT, RECORD_REPORT_AUTHORITY
from licensing.reports.template import template_csv, template_name, template_xlsx
from platform_core.access.kernel import get_visible, require
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.models import Seat
from platform_core.problems import invalid

_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALIAS = {"programme": "programme", "licence": "licence"}
_AUTHORITY = {"licence": "licence", "seat": "seat"}


class ProductAliasSerializer(serializers.ModelSerializer[ProductAlias]):
    """A name in reports that stands for a product."""

    programme_id = serializers.UUIDField()
    licence_id = serializers.UUIDField(allow_null=True, help_text="null: read in everybody's reports")
    licence_code = serializers.CharField(source="licence.code", default="")

    class Meta:
        model = ProductAlias
        fields = ("id", "programme_id", "licence_id", "licence_code", "name", "product", "made_at")


class NewProductAliasSerializer(serializers.Serializer[Any]):
    """A name to be read as a product: in one licensee's reports, or in everybody's under a programme."""

    licence_id = serializers.UUIDField(required=False, help_text="whose reports")
    programme_id = serializers.UUIDField(required=False, help_text="everybody's reports")
    name = serializers.CharField(max_length=200)
    product = serializers.CharField(max_length=200)


class ReportAuthoritySerializer(serializers.ModelSerializer[ReportAuthority]):
    """That a seat may sign a licensee's reports."""

    licence_id = serializers.UUIDField()
    licence_code = serializers.CharField(source="licence.code")
    seat_id = serializers.UUIDField()
    signatory_name = serializers.CharField(source="seat.user.name")

    class Meta:
        model = ReportAuthority
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "seat_id",
            "signatory_name",
            "title",
            "letter",
            "starts_on",
            "ends_on",
            "recorded_at",
        )


class NewReportAuthoritySerializer(serializers.Serializer[Any]):
    """An authority to record, by a letter that is on file."""

    licence_id = serializers.UUIDField()
    seat_id = serializers.UUIDField()
    title = serializers.CharField(max_length=120)
    letter = serializers.CharField(max_length=200, help_text="number or date of the letter")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="first day without it")


class ReportingSeatSerializer(serializers.ModelSerializer[Seat]):
    """A seat that reports for a licensee."""

    name = serializers.CharField(source="user.name")

    class Meta:
        model = Seat
        fields = ("id", "name")


class ReportTemplateView(HouseView):
    """The table to fill in for a report."""

    @extend_schema(
        operation_id="licences_report_template",
        parameters=[
            OpenApiParameter("period", str, description="2025-03, 2025Q1, 2025H1 or 2025; the last quarter by default"),
            OpenApiParameter("as", str, enum=["xlsx", "csv"], description="the form it takes; xlsx by default"),
            LANGUAGE,
        ],
        responses={(200, _WORKBOOK): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, licence_id: UUID) -> HttpResponse:
        """Take the table to fill in, with the products of the licence and the months set out."""
        licence = get_visible(Licence, licence_id, actor=self.actor, along=["programme"])
        require(self.actor, DRAFT_SALES_REPORT, licence)
        asked = request.query_params.get("period")
        first, last = asked_months(asked) if asked else selectors.reporting_quarter(licence.programme, actor=self.actor)
        months, language = services.months_between(first, last), asked_language(request)
        name = template_name(licence, first, last)
        match request.query_params.get("as", "xlsx"):
            case "xlsx":
                content = template_xlsx(licence, months, language, actor=self.actor)
                return file_answer(content, f"{name}.xlsx", _WORKBOOK)
            case "csv":
                return file_answer(template_csv(licence, months, language), f"{name}.csv", "text/csv; charset=utf-8")
        raise invalid("/as", "unknown_form", "A template is had as xlsx, csv.")


class ProductAliasesView(HouseView):
    """Names of products."""

    orders = {"name": "key", "product": "product"}

    @extend_schema(
        operation_id="product_aliases_list",
        parameters=parameters_of(ids=_ALIAS),
        responses=page_of(ProductAliasSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the names in use that you may see."""
        rows = filtered(selectors.product_aliases(actor=self.actor), request, ids=_ALIAS)
        return self.page(rows, ProductAliasSerializer, default="name")

    @extend_schema(
        operation_id="product_aliases_give",
        request=NewProductAliasSerializer,
        responses={201: ProductAliasSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a name read as a product from now on; what was filed stays as it is."""
        given = self.read(NewProductAliasSerializer, request)
        if ("licence_id" in given) is ("programme_id" in given):
            raise invalid("/licence_id", "one_of_two", "Name a licence or a programme, one of the two.")
        if "licence_id" in given:
            made = services.name_product(actor=self.actor, **given)
        else:
            made = services.name_product_of_all(actor=self.actor, **given)
        return Response(ProductAliasSerializer(made).data, status=201)


class ProductAliasWithdrawalView(HouseView):
    """The end of a name."""

    @extend_schema(operation_id="product_aliases_withdraw", request=None, responses=ProductAliasSerializer)
    def post(self, request: Request, alias_id: UUID) -> Response:
        """Have a name read as it stands from now on."""
        ended = services.withdraw_product_alias(actor=self.actor, alias_id=alias_id)
        return Response(ProductAliasSerializer(ended).data)


class ReportAuthoritiesView(HouseView):
    """Who may sign reports."""

    orders = {"recorded": "pk"}

    @extend_schema(
        operation_id="report_authorities_list",
        parameters=parameters_of(ids=_AUTHORITY),
        responses=page_of(ReportAuthoritySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the authorities you may see, the latest first."""
        rows = filtered(selectors.report_authorities(actor=self.actor), request, ids=_AUTHORITY)
        return self.page(rows, ReportAuthoritySerializer, default="-recorded")

    @extend_schema(
        operation_id="report_authorities_record",
        request=NewReportAuthoritySerializer,
        responses={201: ReportAuthoritySerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record by which letter a seat of a licensee may sign its reports."""
        made = services.record_report_authority(actor=self.actor, **self.read(NewReportAuthoritySerializer, request))
        return Response(ReportAuthoritySerializer(made).data, status=201)


class ReportAuthorityEndView(HouseView):
    """The end of an authority."""

    @extend_schema(operation_id="report_authorities_end", request=None, responses=ReportAuthoritySerializer)
    def post(self, request: Request, authority_id: UUID) -> Response:
        """End an authority today; what was signed by it stays signed."""
        ended = services.end_report_authority(actor=self.actor, authority_id=authority_id)
        return Response(ReportAuthoritySerializer(ended).data)


class ReportingSeatsView(HouseView):
    """The seats that report under a licence."""

    @extend_schema(operation_id="licences_reporting_seats", responses=ReportingSeatSerializer(many=True))
    def get(self, request: Request, licence_id: UUID) -> Response:
        """List the licensee's seats that a letter of authority may name."""
        licence = get_visible(Licence, licence_id, actor=self.actor)
        require(self.actor, RECORD_REPORT_AUTHORITY, licence)
        rows = selectors.seats_to_authorise(licence).select_related("user").order_by("user__name", "pk")
        return Response(ReportingSeatSerializer(rows, many=True).data)
