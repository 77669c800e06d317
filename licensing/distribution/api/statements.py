"""Members' statements of distributions, their proofs, and objections to them, over HTTP. Every reading is logged."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution import selectors, services
from licensing.distribution.api.runs import as_json_file, as_read
from licensing.distribution.api.serializers import (
    DistributionStatementDetailSerializer,
    DistributionStatementSerializer,
    ObjectionAnswerSerializer,
    ObjectionDetailSerializer,
    ObjectionRaiseSerializer,
    ObjectionSerializer,
)
from licensing.distribution.models import DistributionItem, Objection
from platform_core.access.log import log_access, log_readings
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_STATEMENT_IDS: Final = {"programme": "run__programme_id", "membership": "membership_id"}
_OBJECTION_IDS: Final = {"statement": "item_id", "programme": "item__run__programme_id"}


class DistributionStatementsView(HouseView):
    """Statements of distributions."""

    orders = {"made": "id"}

    @extend_schema(
        operation_id="distribution_statements_list",
        parameters=parameters_of(ids=_STATEMENT_IDS),
        responses=page_of(DistributionStatementSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the statements you may see, the latest first: a member's are its own, once they are released."""
        rows = filtered(selectors.statements(actor=self.actor), request, ids=_STATEMENT_IDS)

        def noted(part: Sequence[DistributionItem]) -> dict[str, Any]:
            log_readings([(as_read(self, "distribution_item.viewed"), row) for row in part], actor=self.actor)
            return {}

        return self.page(rows, DistributionStatementSerializer, default="-made", about=noted)


class DistributionStatementView(HouseView):
    """One statement of a distribution."""

    @extend_schema(operation_id="distribution_statements_read", responses=DistributionStatementDetailSerializer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read a statement; the reading is logged."""
        item = selectors.get_statement(statement_id, actor=self.actor)
        log_access("distribution_item.viewed", actor=self.actor, subject=item)
        return Response(DistributionStatementDetailSerializer(item, context={"actor": self.actor}).data)


class DistributionProofView(HouseView):
    """The proof of a statement."""

    @extend_schema(
        operation_id="distribution_statements_proof", responses={(200, "application/json"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, statement_id: UUID) -> HttpResponse:
        """Download the file that proves your amount: `lianchi verify-statement` checks it.

        It tells the total of the distribution. Where that may not be told to you, the answer says why.
        """
        item, content = services.take_proof(actor=self.actor, item_id=statement_id)
        payee = item.payee.removeprefix("~").replace(":", "-")
        return as_json_file(content, f"{item.run.programme.code}-{item.run.number}-{payee}.json")


class StatementObjectionsView(HouseView):
    """Objections to a statement."""

    @extend_schema(
        operation_id="distribution_statements_object",
        request=ObjectionRaiseSerializer,
        responses={201: ObjectionDetailSerializer},
    )
    @idempotent
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Object to your own statement within the window."""
        text = self.read(ObjectionRaiseSerializer, request)["text"]
        objection = services.raise_objection(actor=self.actor, item_id=statement_id, text=text)
        response = _answer(self, objection, status=201)
        response["Location"] = f"/api/v1/objections/{objection.pk}"
        return response


class ObjectionsView(HouseView):
    """Objections to statements."""

    orders = {"raised": "raised_at"}

    @extend_schema(
        operation_id="objections_list",
        parameters=[
            *parameters_of(ids=_OBJECTION_IDS),
            OpenApiParameter("state", str, description="only in this state: raised ones wait for an answer"),
        ],
        responses=page_of(ObjectionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the objections you may see, the latest first."""
        rows = filtered(selectors.objections(actor=self.actor), request, ids=_OBJECTION_IDS, texts={"state": "state"})
        return self.page(rows, ObjectionSerializer, default="-raised")


class ObjectionView(HouseView):
    """One objection."""

    @extend_schema(operation_id="objections_read", responses=ObjectionDetailSerializer)
    def get(self, request: Request, objection_id: UUID) -> Response:
        """Read an objection and what came of it."""
        return _answer(self, selectors.get_objection(objection_id, actor=self.actor))


class ObjectionAnswerView(HouseView):
    """The answer to an objection."""

    @extend_schema(
        operation_id="objections_answer",
        request=ObjectionAnswerSerializer,
        responses={200: ObjectionDetailSerializer},
    )
    def post(self, request: Request, objection_id: UUID) -> Response:
        """Uphold or refuse an objection, and say why."""
        asked = self.read(ObjectionAnswerSerializer, request)
        return _answer(self, services.answer_objection(actor=self.actor, objection_id=objection_id, **asked))


class ObjectionWithdrawalView(HouseView):
    """The withdrawal of an objection."""

    @extend_schema(operation_id="objections_withdraw", request=None, responses={200: ObjectionDetailSerializer})
    def post(self, request: Request, objection_id: UUID) -> Response:
        """Take your own objection back before it is answered."""
        return _answer(self, services.withdraw_objection(actor=self.actor, objection_id=objection_id))


def _answer(view: HouseView, objection: Objection, *, status: int = 200) -> Response:
    return Response(ObjectionDetailSerializer(objection, context={"actor": view.actor}).data, status=status)
