"""A programme's totals over HTTP."""

from datetime import date
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.close.totals.services import programme_totals, rule_in_force
from licensing.close.totals.tables import By
from platform_core.access.aggregates.calculation import Withheld
from platform_core.api.views import HouseView
from platform_core.problems import invalid


class TotalsRowSerializer(serializers.Serializer[Any]):
    """A line of the table; several labels: they are told together, because one of them alone may not be."""

    labels = serializers.ListField(child=serializers.CharField(allow_blank=True))
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    corrected = serializers.ListField(
        child=serializers.CharField(), help_text="periods told before, of which this holds what a correction changed"
    )
    amount_minor = serializers.IntegerField()


class TotalsWaitingSerializer(serializers.Serializer[Any]):
    """Periods of which nothing is told yet, and why."""

    periods = serializers.ListField(child=serializers.CharField())
    first_month = serializers.DateField(format="%Y-%m")
    last_month = serializers.DateField(format="%Y-%m")
    reason = serializers.ChoiceField(choices=[reason.value for reason in Withheld])


class AggregateRuleSerializer(serializers.Serializer[Any]):
    """How many have to report, and how much of a figure one of them may have, the reader's own left out."""

    reporters = serializers.IntegerField()
    percent = serializers.IntegerField()


class ProgrammeTotalsSerializer(serializers.Serializer[Any]):
    """Royalties of a programme's posted closes, in minor units of its currency."""

    programme_id = serializers.UUIDField()
    by = serializers.ChoiceField(choices=[by.value for by in By])
    currency = serializers.CharField()
    exact = serializers.BooleanField(help_text="false: sums by the rule, so that they tell of nobody")
    rule = AggregateRuleSerializer()
    rows = TotalsRowSerializer(many=True)
    total_minor = serializers.IntegerField(allow_null=True, help_text="of the lines told; null where there are none")
    waiting = TotalsWaitingSerializer(allow_null=True)


class ProgrammeTotalsView(HouseView):
    """Totals of a programme."""

    @extend_schema(
        operation_id="programmes_totals",
        parameters=[
            OpenApiParameter(
                "by", str, enum=[by.value for by in By], description="how to lay it out; period if not said"
            ),
            OpenApiParameter("from", str, description="first month, such as 2025-01"),
            OpenApiParameter("to", str, description="last month, such as 2025-12"),
        ],
        responses=ProgrammeTotalsSerializer,
    )
    def get(self, request: Request, programme_id: UUID) -> Response:
        """Read what a programme's posted closes came to, by product, country or period.

        Periods, products and countries of too few licensees are told together with others, or not yet.
        """
        asked = request.query_params
        try:
            by = By(asked.get("by", By.PERIOD))
        except ValueError:
            raise invalid("/by", "unknown_layout", f"Lay it out by: {', '.join(By)}.") from None
        totals = programme_totals(
            actor=self.actor,
            programme_id=programme_id,
            by=by,
            first=_month(asked.get("from"), "/from"),
            last=_month(asked.get("to"), "/to"),
        )
        document = {
            "programme_id": programme_id,
            "by": by,
            "currency": totals.currency,
            "exact": totals.exact,
            "rule": rule_in_force(),
            "rows": totals.rows,
            "total_minor": totals.total_minor,
            "waiting": totals.waiting,
        }
        return Response(ProgrammeTotalsSerializer(document).data)


def _month(text: str | None, pointer: str) -> date | None:
    if not text:
        return None
    try:
        year, month = text.split("-")
        if (len(year), len(month)) != (4, 2) or not text.isascii():
            raise ValueError(text)
        return date(int(year), int(month), 1)
    except ValueError:
        raise invalid(pointer, "not_a_month", "Write a month as 2025-01.") from None
