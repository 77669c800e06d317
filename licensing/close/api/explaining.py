"""Why amounts are what they are, over HTTP. Every reading is logged."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.close import selectors
from licensing.close.explanation import DEEPEST, LEVELS, Explained, Part, exact, explain_amount
from licensing.close.own_patents import counted_patents
from licensing.engine.explain import Reason
from licensing.terms.api.reasons import ReasonSerializer
from platform_core.access.log import log_access
from platform_core.api.views import HouseView


class AmountPartSerializer(serializers.Serializer[Any]):
    """One node of the tree of an amount."""

    level = serializers.ChoiceField(choices=["total", *LEVELS, DEEPEST])
    key = serializers.CharField(help_text="what to ask for to open it: the value of the parameter named by `level`")
    kind = serializers.CharField(help_text="of a payee: member, held, fee, reserve, undistributed or credit")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    amount_minor = serializers.IntegerField(
        allow_null=True,
        help_text="what is paid of it; the parts' add up to the whole's; null for what is credited, and for families "
        "of which one is enough for the whole (`one_is_enough` among the facts)",
    )
    micros = serializers.CharField(help_text="exact, in millionths of the minor unit")
    exact = serializers.CharField(help_text="exact, in major units")
    facts = serializers.DictField()
    reasons = ReasonSerializer(many=True)


class AmountRestSerializer(serializers.Serializer[Any]):
    """The parts that are not listed, summed."""

    count = serializers.IntegerField()
    micros = serializers.CharField()
    amount_minor = serializers.IntegerField(allow_null=True)


class ExplanationSerializer(serializers.Serializer[Any]):
    """A node of the tree of an amount, the way to it, and its parts."""

    run_id = serializers.UUIDField()
    programme_code = serializers.CharField()
    pool_id = serializers.UUIDField()
    period = serializers.CharField()
    currency = serializers.CharField()
    path = AmountPartSerializer(many=True, help_text="from the total down to what was asked for")
    level = serializers.CharField(allow_null=True, help_text="what the parts are: ask with a parameter of this name")
    parts = AmountPartSerializer(many=True, help_text="the largest first")
    rest = AmountRestSerializer(allow_null=True)
    credits = AmountPartSerializer(many=True, help_text="at the total only: credited to licensees instead")


class CountedPatentSerializer(serializers.Serializer[Any]):
    """A patent that counted."""

    publication = serializers.CharField()
    country = serializers.CharField()
    share = serializers.CharField(help_text="the member's part of it")
    granted = serializers.DateField(allow_null=True, help_text="first day in force")
    ends = serializers.DateField(allow_null=True, help_text="first day no longer in force")
    enters = serializers.DateField(allow_null=True, help_text="first day in the pool")
    leaves = serializers.DateField(allow_null=True, help_text="first day no longer in the pool")
    months = serializers.ListField(child=serializers.CharField(), help_text="of the period, in which it counted")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the column whose name Python keeps for itself."""
        return {**super().get_fields(), "class": serializers.CharField(help_text="of the pool's list; blank: none")}


class CountedFamilySerializer(serializers.Serializer[Any]):
    """A family with the patents of it that counted."""

    family = serializers.CharField()
    patents = CountedPatentSerializer(many=True)


class CountsSerializer(serializers.Serializer[Any]):
    """How many counted."""

    families = serializers.IntegerField()
    patents = serializers.IntegerField()
    pool_families = serializers.IntegerField(help_text="of all members together")


class StatementExplanationSerializer(serializers.Serializer[Any]):
    """Why a statement is what it is, as far as its reader may know it."""

    statement_id = serializers.UUIDField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField()
    held_minor = serializers.IntegerField()
    reasons = ReasonSerializer(many=True)
    counts = CountsSerializer()
    families = CountedFamilySerializer(many=True)


_EXAMPLE: Final = {
    "run_id": "019aa000-0000-7000-8000-000000000001",
    "programme_code": "UHD-TV",
    "pool_id": "019aa000-0000-7000-8000-000000000002",
    "period": "2026Q3",
    "currency": "CNY",
    "path": [
        {
            "level": "total",
            "key": "",
            "kind": "",
            "name_zh": "",
            "name_en": "",
            "amount_minor": 300000,
            "micros": "300000000000",
            "exact": "3000",
            "facts": {"buckets": 9},
            "reasons": [
                {"key": "close.total", "values": {"licences_owe_minor": 300000, "distributed_minor": 300000}},
            ],
        },
    ],
    "level": "payee",
    "parts": [
        {
            "level": "payee",
            "key": "M1",
            "kind": "member",
            "name_zh": "曜熙显示科技有限公司",
            "name_en": "Yaoxi Display",
            "amount_minor": 270000,
            "micros": "270000000000",
            "exact": "2700",
            "facts": {},
            "reasons": [{"key": "close.payee.member", "values": {}}],
        },
        {
            "level": "payee",
            "key": "~fee",
            "kind": "fee",
            "name_zh": "",
            "name_en": "",
            "amount_minor": 30000,
            "micros": "30000000000",
            "exact": "300",
            "facts": {},
            "reasons": [{"key": "close.payee.fee", "values": {}}],
        },
    ],
    "rest": None,
    "credits": [],
}


class ExplanationView(HouseView):
    """Why the amounts of a close are what they are."""

    @extend_schema(
        operation_id="close_runs_explanation",
        parameters=[OpenApiParameter(level, str, description=f"open this {level}") for level in LEVELS],
        responses=ExplanationSerializer,
        examples=[OpenApiExample("The total and its payees", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, run_id: UUID) -> Response:
        """Explain an amount, a level at a time: payee, product, country, licence, bucket, rule, families of patents."""
        run = selectors.get_close_run(run_id, actor=self.actor)
        asked = {level: request.query_params.get(level, "") for level in LEVELS}
        explained = explain_amount(run, asked, actor=self.actor)
        log_access("close_run.explanation_viewed", actor=self.actor, subject=run)
        document = {
            "run_id": run.pk,
            "programme_code": run.programme.code,
            "pool_id": run.programme.pool_id,
            "period": run.period,
            "currency": run.currency,
            **_explained(explained, run.currency),
        }
        return Response(ExplanationSerializer(document).data)


class StatementExplanationView(HouseView):
    """Why a statement is what it is."""

    @extend_schema(operation_id="statements_explanation", responses=StatementExplanationSerializer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read which of a member's patents counted for its statement."""
        statement = selectors.get_statement(statement_id, actor=self.actor)
        families, counts = counted_patents(statement.run, statement.membership.code)
        log_access("statement.explanation_viewed", actor=self.actor, subject=statement)
        reasons = [Reason("close.payee.member")]
        if statement.held_minor:
            reasons.append(Reason("close.payee.held", {"held_minor": statement.held_minor}))
        document = {
            "statement_id": statement.pk,
            "currency": statement.run.currency,
            "amount_minor": statement.amount_minor,
            "held_minor": statement.held_minor,
            "reasons": [_reason(reason) for reason in reasons],
            "counts": counts,
            "families": families,
        }
        return Response(StatementExplanationSerializer(document).data)


def _explained(explained: Explained, currency: str) -> Mapping[str, Any]:
    rest = None
    if explained.rest is not None:
        count, micros, amount = explained.rest
        rest = {"count": count, "micros": str(micros), "amount_minor": amount}
    return {
        "path": [_part(part, currency) for part in explained.path],
        "level": explained.level,
        "parts": [_part(part, currency) for part in explained.parts],
        "rest": rest,
        "credits": [_part(part, currency) for part in explained.credits],
    }


def _part(part: Part, currency: str) -> Mapping[str, Any]:
    return {
        "level": part.level,
        "key": part.key,
        "kind": part.kind,
        "name_zh": part.name_zh,
        "name_en": part.name_en,
        "amount_minor": part.amount_minor,
        "micros": str(part.micros),
        "exact": exact(part.micros, currency),
        "facts": dict(part.facts),
        "reasons": [_reason(reason) for reason in part.reasons],
    }


def _reason(reason: Reason) -> Mapping[str, Any]:
    return {"key": reason.key, "values": dict(reason.values)}
