"""What a statement is made of, over HTTP."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.close.api.totals import AggregateRuleSerializer
from licensing.close.totals.services import rule_in_force
from licensing.close.workings.calculation import Row, Why
from licensing.close.workings.services import statement_workings
from platform_core.api.views import HouseView

_WHY: Final = [why.value for why in Why]


class WorkingsRowSerializer(serializers.Serializer[Any]):
    """A cell, or the sum at the end of a row or under a column; several products or countries are told together."""

    products = serializers.ListField(child=serializers.CharField(), help_text="empty: of all products of the table")
    countries = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        help_text="empty: of all countries; a blank one is that of minimums and charges, which have none",
    )
    royalty_minor = serializers.IntegerField(help_text="the pool's royalties")
    units = serializers.CharField(
        allow_null=True, help_text="units that bore them; null where units of different royalties are told together"
    )
    share_percent = serializers.CharField(allow_null=True, help_text="the member's part of the royalties")
    earned_minor = serializers.IntegerField(allow_null=True, help_text="what the member earns of them; null: withheld")
    why = serializers.ChoiceField(choices=_WHY, allow_null=True, help_text="why the amount of a cell is withheld")


class StatementWorkingsSerializer(serializers.Serializer[Any]):
    """What a statement is made of, in minor units of the currency; what is withheld for now counts as earned."""

    statement_id = serializers.UUIDField()
    currency = serializers.CharField()
    exact = serializers.BooleanField(help_text="false: sums by the rule, so that they tell of nobody")
    rule = AggregateRuleSerializer()
    why = serializers.ChoiceField(choices=_WHY, allow_null=True, help_text="why there is no table; null: there is")
    cells = WorkingsRowSerializer(many=True)
    products = WorkingsRowSerializer(many=True, help_text="the sum of each row of the table")
    countries = WorkingsRowSerializer(many=True, help_text="the sum of each column of the table")
    total = WorkingsRowSerializer(allow_null=True)
    earned_minor = serializers.IntegerField(help_text="what the statement says: it is always exact")
    untold_minor = serializers.IntegerField(
        allow_null=True, help_text="earned of the cells whose amount is withheld, in one sum; null: none is"
    )


def _row(products: list[str], countries: list[str], royalty: int, earned: int, units: str) -> dict[str, Any]:
    return {
        "products": products,
        "countries": countries,
        "royalty_minor": royalty,
        "units": units,
        "share_percent": "12.5000",
        "earned_minor": earned,
        "why": None,
    }


_EXAMPLE: Final = {
    "statement_id": "019a1b2c-0000-7000-8000-000000000001",
    "currency": "CNY",
    "exact": False,
    "rule": {"reporters": 3, "percent": 60},
    "why": None,
    "cells": [
        _row(["tv"], ["CN"], 800_000_00, 100_000_00, "1000000"),
        _row(["tv"], ["DE", "FR"], 160_000_00, 20_000_00, "200000"),
    ],
    "products": [_row(["tv"], [], 960_000_00, 120_000_00, "1200000")],
    "countries": [
        _row([], ["CN"], 800_000_00, 100_000_00, "1000000"),
        _row([], ["DE", "FR"], 160_000_00, 20_000_00, "200000"),
    ],
    "total": _row([], [], 960_000_00, 120_000_00, "1200000"),
    "earned_minor": 120_000_00,
    "untold_minor": None,
}


class StatementWorkingsView(HouseView):
    """What a statement is made of."""

    @extend_schema(
        operation_id="statements_workings",
        responses=StatementWorkingsSerializer,
        examples=[OpenApiExample("Two countries told together", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read what a statement is made of by product and country; the reading is logged.

        Sums of too few licensees are told together with others or withheld, so that nothing follows about one of them.
        """
        told = statement_workings(actor=self.actor, statement_id=statement_id)
        document = {
            "statement_id": statement_id,
            "currency": told.currency,
            "exact": told.exact,
            "rule": rule_in_force(),
            "why": told.why,
            "cells": [_document(row) for row in told.cells],
            "products": [_document(row) for row in told.products],
            "countries": [_document(row) for row in told.countries],
            "total": None if told.total is None else _document(told.total),
            "earned_minor": told.earned_minor,
            "untold_minor": told.untold_minor,
        }
        return Response(StatementWorkingsSerializer(document).data)


def _document(row: Row) -> dict[str, Any]:
    return {
        "products": row.products,
        "countries": row.countries,
        "royalty_minor": row.royalty_minor,
        "units": None if row.units is None else str(row.units),
        "share_percent": row.share_percent,
        "earned_minor": row.earned_minor,
        "why": row.why,
    }
