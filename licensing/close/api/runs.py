"""Close runs and their steps over HTTP."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.close import selectors, services
from licensing.close.api.serializers import (
    ApprovalSheetRowSerializer,
    CloseRunDetailSerializer,
    CloseRunReturnSerializer,
    CloseRunSerializer,
    CloseRunStartSerializer,
)
from licensing.close.models import CloseRun
from platform_core.access.actors import Actor
from platform_core.api.etags import IF_MATCH, answer_with_etag
from platform_core.api.filters import filtered
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.roles import Purpose, Role
from platform_core.problems import NotAllowed

VERSION = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the close as you read it"
)


def represent(run: CloseRun, *, actor: Actor) -> Mapping[str, Any]:
    """Return a run as its own address shows it."""
    document: Mapping[str, Any] = CloseRunDetailSerializer(run, context={"actor": actor}).data
    return document


class CloseRunsView(HouseView):
    """Closes."""

    orders = {"opened": "opened_at", "period": "last_month"}

    @extend_schema(
        operation_id="close_runs_list",
        parameters=[
            OpenApiParameter("programme", OpenApiTypes.UUID, description="only of this programme"),
            OpenApiParameter("period", str, description="only of this period"),
            OpenApiParameter("status", str, description="only in this state"),
        ],
        responses=page_of(CloseRunSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the closes you may see, the latest first."""
        rows = filtered(
            selectors.close_runs(actor=self.actor),
            request,
            ids={"programme": "programme"},
            texts={"period": "period", "status": "status"},
        )
        return self.page(rows, CloseRunSerializer, default="-opened")

    @extend_schema(
        operation_id="close_runs_start", request=CloseRunStartSerializer, responses={201: CloseRunDetailSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Start the close of a period; it is calculated in the background."""
        asked = self.read(CloseRunStartSerializer, request)
        run = services.start_close_run(actor=self.actor, programme_id=asked["programme_id"], period=asked["period"])
        response = answer_with_etag(request, represent(run, actor=self.actor), status=201)
        response["Location"] = f"/api/v1/close-runs/{run.pk}"
        return response


class CloseRunView(HouseView):
    """One close."""

    @extend_schema(operation_id="close_runs_read", responses=CloseRunDetailSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Read where a close stands, and what you may do with it."""
        run = selectors.get_close_run(run_id, actor=self.actor)
        return answer_with_etag(request, represent(run, actor=self.actor))


class _StepView(HouseView):
    """A step of a close, taken from the version the client has read."""

    fetch = staticmethod(selectors.get_close_run)

    def take(self, request: Request, run_id: UUID, step: Callable[[], CloseRun]) -> Response:
        """Take a step if nobody changed the run since it was read."""
        return self.step(
            request,
            present=lambda: self.fetch(run_id, actor=self.actor, for_change=True),
            take=step,
            represent=partial(represent, actor=self.actor),
        )


class CalculationView(_StepView):
    """The calculation of a close."""

    @extend_schema(
        operation_id="close_runs_calculate",
        parameters=[VERSION],
        request=None,
        responses={200: CloseRunDetailSerializer},
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Have a close calculated (again) in the background, from the records as they are now."""
        return self.take(request, run_id, lambda: services.request_calculation(actor=self.actor, run_id=run_id))


class ApprovalSheetsView(HouseView):
    """Closes that wait for a second person."""

    orders = {"calculated": "calculated_at", "period": "last_month"}

    @extend_schema(
        operation_id="approval_sheets_list",
        parameters=[
            OpenApiParameter("period", str, description="only of this period"),
            OpenApiParameter("status", str, description="only in this state: calculated ones wait"),
        ],
        responses=page_of(ApprovalSheetRowSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the closes whose approval sheet you may see, as far as the sheet speaks of them, the latest first."""
        if self.exporting and not self.actor.holds(Role.FINANCE, purpose=Purpose.ROYALTIES):
            raise NotAllowed("The approval sheet is had page by page, and not as a list.")
        rows = filtered(
            selectors.approval_sheets(actor=self.actor), request, texts={"period": "period", "status": "status"}
        )
        return self.page(rows, ApprovalSheetRowSerializer, default="-calculated")


class ApprovalView(_StepView):
    """The approval of a close."""

    fetch = staticmethod(selectors.get_run_to_approve)

    @extend_schema(
        operation_id="close_runs_approve", parameters=[VERSION], request=None, responses={200: CloseRunDetailSerializer}
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Approve a calculated close as the second person."""
        return self.take(request, run_id, lambda: services.approve_close_run(actor=self.actor, run_id=run_id))


class ReturnView(_StepView):
    """The return of a close to whoever calculates it."""

    fetch = staticmethod(selectors.get_run_to_approve)

    @extend_schema(
        operation_id="close_runs_send_back",
        parameters=[VERSION],
        request=CloseRunReturnSerializer,
        responses={200: CloseRunDetailSerializer},
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Send a calculated close back, with the reason."""
        reason = self.read(CloseRunReturnSerializer, request)["reason"]
        return self.take(
            request, run_id, lambda: services.send_back_close_run(actor=self.actor, run_id=run_id, reason=reason)
        )


class PostingView(HouseView):
    """The posting of a close."""

    @extend_schema(
        operation_id="close_runs_post", parameters=[VERSION], request=None, responses={200: CloseRunDetailSerializer}
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Post an approved close: from then on it never changes."""
        return self.step(
            request,
            # Posting locks the programme before the run: it is compared as it is, and locked by the step.
            present=lambda: selectors.get_close_run(run_id, actor=self.actor),
            take=lambda: services.post_close_run(actor=self.actor, run_id=run_id),
            represent=partial(represent, actor=self.actor),
        )


class CancellationView(_StepView):
    """The cancellation of a close."""

    @extend_schema(
        operation_id="close_runs_cancel", parameters=[VERSION], request=None, responses={200: CloseRunDetailSerializer}
    )
    def post(self, request: Request, run_id: UUID) -> Response:
        """Give up a close that was not approved."""
        return self.take(request, run_id, lambda: services.cancel_close_run(actor=self.actor, run_id=run_id))
