"""Distributions and their steps over HTTP."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.db.models import Model
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution import selectors, services
from licensing.distribution.api.serializers import (
    DistributionItemSerializer,
    DistributionPartSerializer,
    DistributionReturnSerializer,
    DistributionReviewSerializer,
    DistributionRunDetailSerializer,
    DistributionRunSerializer,
    DistributionShareSerializer,
    DistributionStartSerializer,
    PayoutTermsSerializer,
    PayoutTermsSetSerializer,
)
from licensing.distribution.models import DistributionItem, DistributionPart, DistributionRun, DistributionShare
from platform_core.access.kernel import require_kind
from platform_core.access.log import log_access, log_readings
from platform_core.access.registry import policy_of
from platform_core.api.etags import IF_MATCH, answer_with_etag
from platform_core.api.filters import filtered
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

F = TypeVar("F", bound=Callable[..., Any])

VERSION: Final = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the distribution as you read it"
)
OF_PROGRAMME: Final = OpenApiParameter("programme", OpenApiTypes.UUID, description="only of this programme")


def as_json_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a file of a proof, byte for byte, to be kept by nobody in between."""
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, name.replace("/", "-")) or ""
    response["Cache-Control"] = "private, no-store"
    return response


class DistributionRunsView(HouseView):
    """Distributions."""

    orders = {"opened": "opened_at"}

    @extend_schema(
        operation_id="distribution_runs_list",
        parameters=[OF_PROGRAMME, OpenApiParameter("status", str, description="only in this state")],
        responses=page_of(DistributionRunSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the distributions you may see, the latest first."""
        rows = filtered(
            selectors.distribution_runs(actor=self.actor),
            request,
            ids={"programme": "programme"},
            texts={"status": "status"},
        )
        return self.page(rows, DistributionRunSerializer, default="-opened")

    @extend_schema(
        operation_id="distribution_runs_start",
        request=DistributionStartSerializer,
        responses={201: DistributionRunDetailSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Start a distribution of what was received by the end of a day; it is worked out in the background."""
        asked = self.read(DistributionStartSerializer, request)
        run = services.start_distribution(actor=self.actor, **asked)
        response = answer_with_etag(request, _represent(self, run), status=201)
        response["Location"] = f"/api/v1/distribution-runs/{run.pk}"
        return response


class DistributionRunView(HouseView):
    """One distribution."""

    @extend_schema(operation_id="distribution_runs_read", responses=DistributionRunDetailSerializer)
    def get(self, request: Request, run_id: UUID) -> Response:
        """Read where a distribution stands, and what you may do with it."""
        run = selectors.get_distribution(run_id, actor=self.actor)
        return answer_with_etag(request, _represent(self, run))


def _represent(view: HouseView, run: DistributionRun) -> Mapping[str, Any]:
    document: Mapping[str, Any] = DistributionRunDetailSerializer(run, context={"actor": view.actor}).data
    return document


def _step(operation: str, body: Any = None) -> Callable[[F], F]:
    described: Callable[[F], F] = extend_schema(
        operation_id=f"distribution_runs_{operation}",
        parameters=[VERSION],
        request=body,
        responses={200: DistributionRunDetailSerializer},
    )
    return described


class _StepView(HouseView):
    """A step of a distribution, taken from the version the client has read."""

    def take(self, request: Request, run_id: UUID, step: Callable[..., DistributionRun], **asked: Any) -> Response:
        """Take a step if nobody changed the run since it was read."""
        return self.step(
            request,
            present=lambda: selectors.get_distribution(run_id, actor=self.actor, for_change=True),
            take=lambda: step(actor=self.actor, run_id=run_id, **asked),
            represent=partial(_represent, self),
        )


class DistributionCalculationView(_StepView):
    """The calculation of a distribution."""

    @_step("calculate")
    def post(self, request: Request, run_id: UUID) -> Response:
        """Have a distribution worked out (again) in the background, from the records as they are now."""
        return self.take(request, run_id, services.request_distribution)


class DistributionReviewView(_StepView):
    """The review of a distribution."""

    @_step("review", DistributionReviewSerializer)
    def post(self, request: Request, run_id: UUID) -> Response:
        """Note that a calculated distribution was looked through, and what was found."""
        asked = self.read(DistributionReviewSerializer, request)
        return self.take(request, run_id, services.review_distribution, **asked)


class DistributionApprovalView(_StepView):
    """The approval of a distribution."""

    @_step("approve")
    def post(self, request: Request, run_id: UUID) -> Response:
        """Approve a reviewed distribution as the second person."""
        return self.take(request, run_id, services.approve_distribution)


class DistributionReturnView(_StepView):
    """The return of a distribution to whoever calculates it."""

    @_step("send_back", DistributionReturnSerializer)
    def post(self, request: Request, run_id: UUID) -> Response:
        """Send a distribution back, with the reason."""
        asked = self.read(DistributionReturnSerializer, request)
        return self.take(request, run_id, services.send_back_distribution, **asked)


class DistributionReleaseView(_StepView):
    """The release of a distribution."""

    @_step("release")
    def post(self, request: Request, run_id: UUID) -> Response:
        """Release an approved distribution: it is booked, and members read their statements."""
        return self.take(request, run_id, services.release_distribution)


class DistributionClosingView(_StepView):
    """The end of a distribution."""

    @_step("close")
    def post(self, request: Request, run_id: UUID) -> Response:
        """Close a released distribution to which nobody can object any more."""
        return self.take(request, run_id, services.close_distribution)


class DistributionCancellationView(_StepView):
    """The cancellation of a distribution."""

    @_step("cancel")
    def post(self, request: Request, run_id: UUID) -> Response:
        """Give up a distribution that was not released."""
        return self.take(request, run_id, services.cancel_distribution)


class _RowsView(HouseView):
    """Rows of one distribution; each reading is logged."""

    logged_as: ClassVar[str] = ""

    def opened(self, run_id: UUID, rows: type[Model]) -> DistributionRun:
        """Return the distribution whose rows of a kind are read, with the reading noted."""
        run = selectors.get_distribution(run_id, actor=self.actor)
        require_kind(self.actor, policy_of(rows).read, rows)
        log_access(as_read(self, self.logged_as), actor=self.actor, subject=run)
        return run


def as_read(view: HouseView, viewed: str) -> str:
    """Return how a reading is noted: what is taken away as a file is not only viewed."""
    return f"{viewed.removesuffix('_viewed')}_exported" if view.exporting else viewed


class DistributionPartsView(_RowsView):
    """The periods of a distribution."""

    orders = {"period": "period"}
    logged_as = "distribution_run.parts_viewed"

    @extend_schema(operation_id="distribution_runs_parts", responses=page_of(DistributionPartSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the periods of which money was received, with what of it was given out before and is new."""
        rows = selectors.parts(self.opened(run_id, DistributionPart), actor=self.actor)
        return self.page(rows, DistributionPartSerializer, default="period")


class DistributionSharesView(_RowsView):
    """Who gets what of every period of a distribution."""

    orders = {"payee": "payee", "period": "part__period"}
    logged_as = "distribution_run.shares_viewed"

    @extend_schema(operation_id="distribution_runs_shares", responses=page_of(DistributionShareSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List what each payee gets of each period."""
        rows = selectors.shares(self.opened(run_id, DistributionShare), actor=self.actor)
        return self.page(rows, DistributionShareSerializer, default="payee")


class DistributionItemsView(_RowsView):
    """What the payees of a distribution get."""

    orders = {"payee": "payee", "amount": "amount_minor"}
    logged_as = "distribution_run.items_viewed"

    @extend_schema(operation_id="distribution_runs_items", responses=page_of(DistributionItemSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List what each payee gets over all periods."""
        rows = selectors.statements(actor=self.actor).filter(run=self.opened(run_id, DistributionItem))

        def noted(part: Sequence[Model]) -> dict[str, Any]:
            log_readings([(as_read(self, "distribution_item.viewed"), row) for row in part], actor=self.actor)
            return {}

        return self.page(rows, DistributionItemSerializer, default="payee", about=noted)


class DistributionPublishedView(HouseView):
    """What a distribution published."""

    @extend_schema(
        operation_id="distribution_runs_published", responses={(200, "application/json"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, run_id: UUID) -> HttpResponse:
        """Download what a released distribution published, byte for byte; its SHA-256 is the fingerprint."""
        run, content = services.take_published(actor=self.actor, run_id=run_id)
        return as_json_file(content, f"{run.programme.code}-{run.number}-published.json")


class PayoutTermsView(HouseView):
    """How programmes' distributions are made."""

    orders = {"from": "from_on"}

    @extend_schema(
        operation_id="payout_terms_list", parameters=[OF_PROGRAMME], responses=page_of(PayoutTermsSerializer)
    )
    def get(self, request: Request) -> Response:
        """List how programmes' distributions are made, the latest first."""
        rows = filtered(selectors.payout_terms(actor=self.actor), request, ids={"programme": "programme"})
        return self.page(rows, PayoutTermsSerializer, default="-from")

    @extend_schema(
        operation_id="payout_terms_set", request=PayoutTermsSetSerializer, responses={201: PayoutTermsSerializer}
    )
    def post(self, request: Request) -> Response:
        """Set how a programme's distributions are made from a day on."""
        terms = services.set_payout_terms(actor=self.actor, **self.read(PayoutTermsSetSerializer, request))
        return Response(PayoutTermsSerializer(terms).data, status=201)
