"""What reports and their drafts say, added up and line by line, on the wire."""

from pathlib import Path
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.reports.calculation import lines_between
from platform_core.problems import invalid

SKIP: Final = OpenApiParameter("skip", OpenApiTypes.INT, description="so many lines before; 0 by default")
_LINES_AT_ONCE: Final = 200


class TotalSerializer(serializers.Serializer[Any]):
    """What was sold of one product, in one country or in one month."""

    key = serializers.CharField()
    currency = serializers.CharField()
    units = serializers.IntegerField()
    net_amount = serializers.DecimalField(max_digits=38, decimal_places=6, allow_null=True)


class TotalsSerializer(serializers.Serializer[Any]):
    """The lines added up in three ways."""

    by_product = TotalSerializer(many=True)
    by_country = TotalSerializer(many=True)
    by_month = TotalSerializer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="how many rows there are of each")


class ProductDifferenceSerializer(serializers.Serializer[Any]):
    """What a report or a draft says of a product beside the report before it."""

    product = serializers.CharField()
    currency = serializers.CharField()
    units = serializers.IntegerField()
    units_before = serializers.IntegerField()
    net_amount = serializers.DecimalField(max_digits=38, decimal_places=6, allow_null=True)
    net_amount_before = serializers.DecimalField(max_digits=38, decimal_places=6, allow_null=True)


class ReportLineSerializer(serializers.Serializer[Any]):
    """One checked line."""

    month = serializers.CharField()
    product = serializers.CharField()
    made_in = serializers.CharField()
    sold_in = serializers.CharField()
    units = serializers.IntegerField()
    net_amount = serializers.DecimalField(max_digits=21, decimal_places=6, allow_null=True)
    currency = serializers.CharField()
    brand_or_customer = serializers.CharField(default="")
    model = serializers.CharField(default="")
    first_sold_in = serializers.CharField(default="")
    exclusion_code = serializers.CharField(default="")
    evidence = serializers.CharField(default="")


class ReportLinesSerializer(serializers.Serializer[Any]):
    """Some of the lines of a report or a draft, in their order."""

    lines = ReportLineSerializer(many=True)
    count = serializers.IntegerField()


def lines_answer(request: Request, lines: Path, details: Path | None, *, count: int) -> Response:
    """Answer with the lines that a request asks for, so many at once."""
    asked = request.query_params.get("skip", "0")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 12):
        raise invalid("/skip", "invalid", "This must be a whole number from 0 on.")
    rows = lines_between(lines, details, int(asked), _LINES_AT_ONCE)
    return Response(ReportLinesSerializer({"lines": rows, "count": count}).data)
