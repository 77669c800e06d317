"""By which rules tax is withheld, and members' proofs of residence, over HTTP."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution.stepping import StepReasonSerializer, StepView
from licensing.distribution.withholding import selectors, services
from licensing.distribution.withholding.api.serializers import (
    NewTreatyReliefSerializer,
    TreatyReliefDetailSerializer,
    TreatyReliefSerializer,
    WithholdingRuleSerializer,
    WithholdingRuleSetSerializer,
)
from licensing.distribution.withholding.lifecycle import ReliefState
from licensing.distribution.withholding.models import WithholdingRule
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_ENTITY: Final = {"operating_entity": "operating_entity_id"}


class _RuleAnswer(HouseView):
    def answer(self, rule: WithholdingRule, *, status: int = 200) -> Response:
        """Answer with a rule as it is now, and with what can be done with it."""
        steps = selectors.steps_of_rules([rule], actor=self.actor)
        return Response(WithholdingRuleSerializer(rule, context={"steps": steps}).data, status=status)


class WithholdingRulesView(_RuleAnswer):
    """By which rules tax is withheld."""

    orders = {"from": "from_on"}

    @extend_schema(
        operation_id="withholding_rules_list",
        parameters=parameters_of(ids=_ENTITY, texts={"country": "country"}),
        responses=page_of(WithholdingRuleSerializer),
    )
    def get(self, request: Request) -> Response:
        """List by which rules tax is withheld from members abroad, the latest first, with those that wait."""
        rows = filtered(
            selectors.withholding_rules(actor=self.actor), request, ids=_ENTITY, texts={"country": "country"}
        )
        return self.page(rows, WithholdingRuleSerializer, default="-from", about=self._steps)

    @extend_schema(
        operation_id="withholding_rules_record",
        request=WithholdingRuleSetSerializer,
        responses={201: WithholdingRuleSerializer},
    )
    def post(self, request: Request) -> Response:
        """Record the tax withheld from members of a country from a day on; it counts once another person confirmed."""
        asked = self.read(WithholdingRuleSetSerializer, request)
        entity = asked.pop("operating_entity_id")
        made = services.record_withholding_rule(
            actor=self.actor, operating_entity_id=entity, rule=services.NewWithholdingRule(**asked)
        )
        return self.answer(made, status=201)

    def _steps(self, part: Sequence[WithholdingRule]) -> dict[str, Any]:
        return {"steps": selectors.steps_of_rules(part, actor=self.actor)}


class WithholdingRuleConfirmationView(_RuleAnswer):
    """The confirmation of a rule."""

    @extend_schema(operation_id="withholding_rules_confirm", request=None, responses={200: WithholdingRuleSerializer})
    def post(self, request: Request, rule_id: UUID) -> Response:
        """Confirm a rule that somebody else recorded; it takes the place of one for the same day."""
        return self.answer(services.confirm_withholding_rule(actor=self.actor, rule_id=rule_id))


class WithholdingRuleWithdrawalView(_RuleAnswer):
    """The withdrawal of a rule."""

    @extend_schema(operation_id="withholding_rules_withdraw", request=None, responses={200: WithholdingRuleSerializer})
    def post(self, request: Request, rule_id: UUID) -> Response:
        """Take back a rule that nobody has confirmed."""
        return self.answer(services.withdraw_withholding_rule(actor=self.actor, rule_id=rule_id))


class _ReliefAnswer(StepView):
    detail = TreatyReliefDetailSerializer
    fetch = staticmethod(selectors.get_treaty_relief)


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
        request=StepReasonSerializer,
        responses={200: TreatyReliefDetailSerializer},
    )
    def post(self, request: Request, relief_id: UUID) -> Response:
        """Have later releases go by the rate of the law again, and say why."""
        reason = self.reason_in(request)
        services.withdraw_treaty_relief(actor=self.actor, relief_id=relief_id, reason=reason)
        return self.answer(relief_id)
