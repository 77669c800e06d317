"""What old workbooks came to beside closes, over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.cutover import selectors, services
from licensing.cutover.models import ParallelDifference, ParallelRun
from platform_core.access.actors import Actor
from platform_core.access.log import log_accesses
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class ParallelRunSerializer(serializers.ModelSerializer[ParallelRun]):
    """What an old workbook and our close of a period came to; the differences add up to what lies between."""

    programme_id = serializers.UUIDField(source="cutover.programme_id")
    programme_code = serializers.CharField(source="cutover.programme.code")
    on_day = serializers.DateField(source="cutover.on_day")
    compared_by = serializers.CharField(source="compared_by.name", default="")
    confirmed_by = serializers.CharField(source="confirmed_by.name", default="")
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta:
        model = ParallelRun
        fields = (
            "id",
            "programme_id",
            "programme_code",
            "on_day",
            "close_run_id",
            "period",
            "number",
            "currency",
            "old_due_minor",
            "due_difference_minor",
            "our_due_minor",
            "old_paid_minor",
            "paid_difference_minor",
            "our_paid_minor",
            "compared_at",
            "compared_by",
            "superseded_at",
            "confirmed_at",
            "confirmed_by",
            "allowed_steps",
        )

    def get_allowed_steps(self, run: ParallelRun) -> list[str]:
        """List what can be done."""
        steps: list[str] = self.context["steps"][run.pk]
        return steps


class ParallelDifferenceSerializer(serializers.ModelSerializer[ParallelDifference]):
    """One difference with its one cause; open until a person accepts it for a reason."""

    currency = serializers.CharField(source="parallel_run.currency")
    accepted_by = serializers.CharField(source="accepted_by.name", default="")

    class Meta:
        model = ParallelDifference
        fields = (
            "id",
            "parallel_run_id",
            "position",
            "side",
            "licence_id",
            "name",
            "old_minor",
            "our_minor",
            "cause",
            "amount_minor",
            "currency",
            "facts",
            "reason",
            "accepted_at",
            "accepted_by",
        )


class DifferencesAcceptanceSerializer(serializers.Serializer[Any]):
    """Which differences are accepted, and why."""

    difference_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1000)
    reason = serializers.CharField(max_length=services.LONGEST_REASON)


def parallel_run_document(run: ParallelRun, actor: Actor) -> dict[str, Any]:
    """Represent one comparison with what can be done about it."""
    context = {"steps": selectors.parallel_steps([run], actor=actor)}
    document: dict[str, Any] = ParallelRunSerializer(run, context=context).data
    return document


_RUN_IDS: Final[Mapping[str, str]] = {"programme": "cutover__programme"}
_RUN_TEXTS: Final[Mapping[str, str]] = {"period": "period"}
_IDS: Final[Mapping[str, str]] = {"parallel_run": "parallel_run"}
_TEXTS: Final[Mapping[str, str]] = {"side": "side", "cause": "cause"}


class ParallelRunsView(HouseView):
    """Parallel runs."""

    orders = {"compared": "compared_at"}

    @extend_schema(
        operation_id="parallel_runs_list",
        parameters=parameters_of(ids=_RUN_IDS, texts=_RUN_TEXTS),
        responses=page_of(ParallelRunSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the parallel runs you may see, the latest comparison first."""
        rows = filtered(selectors.parallel_runs(actor=self.actor), request, ids=_RUN_IDS, texts=_RUN_TEXTS)
        return self.page(rows, ParallelRunSerializer, default="-compared", about=self._noted)

    def _noted(self, part: Sequence[ParallelRun]) -> dict[str, Any]:
        name = "parallel_run.exported" if self.exporting else "parallel_run.listed"
        log_accesses(name, actor=self.actor, subjects=part)
        return {"steps": selectors.parallel_steps(part, actor=self.actor)}


class ParallelRunView(HouseView):
    """One comparison."""

    @extend_schema(operation_id="parallel_runs_read", responses=ParallelRunSerializer)
    def get(self, request: Request, parallel_run_id: UUID) -> Response:
        """Read what an old workbook and our close of a period came to, and what you can do about it."""
        run = selectors.get_parallel_run(parallel_run_id, actor=self.actor)
        log_accesses("parallel_run.viewed", actor=self.actor, subjects=[run])
        return answer_with_etag(request, parallel_run_document(run, self.actor))


class ParallelDifferencesView(HouseView):
    """Differences between old workbooks and closes."""

    orders = {"position": "position"}

    @extend_schema(
        operation_id="parallel_differences_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(ParallelDifferenceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List differences with their causes, licences first."""
        rows = filtered(selectors.differences(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, ParallelDifferenceSerializer, default="position", about=self._noted)

    def _noted(self, part: Sequence[ParallelDifference]) -> dict[str, Any]:
        name = "parallel_run.exported" if self.exporting else "parallel_run.viewed"
        log_accesses(name, actor=self.actor, subjects=[row.parallel_run for row in part])
        return {}


class ParallelRunAcceptanceView(HouseView):
    """The accepting of differences."""

    @extend_schema(
        operation_id="parallel_runs_accept_differences",
        request=DifferencesAcceptanceSerializer,
        responses=ParallelRunSerializer,
    )
    @idempotent
    def post(self, request: Request, parallel_run_id: UUID) -> Response:
        """Accept open differences for a reason; the first live close waits until none is open."""
        run = services.accept_differences(
            actor=self.actor, parallel_run_id=parallel_run_id, **self.read(DifferencesAcceptanceSerializer, request)
        )
        return Response(parallel_run_document(run, self.actor))


class ParallelRunConfirmationView(HouseView):
    """The confirmation of a comparison."""

    @extend_schema(operation_id="parallel_runs_confirm", request=None, responses=ParallelRunSerializer)
    def post(self, request: Request, parallel_run_id: UUID) -> Response:
        """Confirm a comparison whose differences are all accepted, as a second person."""
        run = services.confirm_parallel_run(actor=self.actor, parallel_run_id=parallel_run_id)
        return Response(parallel_run_document(run, self.actor))
