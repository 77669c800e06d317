"""What closes come to, over HTTP. Every reading is logged, page by page, with the run or the statement it was of."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from licensing.close import selectors
from licensing.close.api.serializers import (
    AdjustmentSerializer,
    CloseBucketSerializer,
    CloseShareSerializer,
    LicenceResultSerializer,
    PayeeResultSerializer,
    RejectedRowSerializer,
    StatementDetailSerializer,
    StatementProductsSerializer,
    StatementSerializer,
)
from licensing.close.models import Adjustment, CloseBucket, CloseRun, LicenceResult, Statement
from platform_core.access.log import log_access, log_readings
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class _RunResultsView(HouseView):
    """A list of rows of one run, in the order of the run's files."""

    orders = {"position": "position"}
    logged_as: ClassVar[str] = ""

    def opened(self, run_id: UUID) -> CloseRun:
        """Return the run whose rows are read, with the reading noted."""
        run = selectors.get_close_run(run_id, actor=self.actor)
        log_access(_as_read(self, self.logged_as), actor=self.actor, subject=run)
        return run


def _as_read(view: HouseView, viewed: str) -> str:
    """Return how a reading is noted: what is taken away as a file is not only viewed."""
    return f"{viewed.removesuffix('_viewed')}_exported" if view.exporting else viewed


_R = TypeVar("_R", Statement, Adjustment)


class _RowsOfRunsView(HouseView):
    """A list of rows of any runs."""

    logged_as: ClassVar[str] = ""

    def logged_page(self, rows: QuerySet[_R], serializer: type[BaseSerializer[Any]], *, default: str) -> Response:
        """Answer with what is asked for of a list, with the reading noted for each run that it is of."""

        def noted(part: Sequence[_R]) -> dict[str, Any]:
            action = _as_read(self, self.logged_as)
            return _noted_of_each(self, part, [(action, row.run) for row in part])

        return self.page(rows, serializer, default=default, about=noted)


def _noted_of_each(view: HouseView, part: Sequence[Model], besides: Sequence[tuple[str, Model]] = ()) -> dict[str, Any]:
    """Note the reading for everybody whose figures are among the rows: members by statement, licensees by licence."""
    of_members, of_licensees = _as_read(view, "statement.viewed"), _as_read(view, "licence.royalties_viewed")
    readings: list[tuple[str, Model]] = [(of_members, row) for row in part if isinstance(row, Statement)]
    readings += [(of_licensees, row.licence) for row in part if isinstance(row, CloseBucket | LicenceResult)]
    log_readings([*besides, *readings], actor=view.actor)
    return {}


class LicenceResultsView(_RunResultsView):
    """What licensees owe by a close."""

    logged_as = "close_run.licence_results_viewed"

    @extend_schema(operation_id="close_runs_licence_results", responses=page_of(LicenceResultSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List what each licence owes."""
        rows = selectors.licence_results(self.opened(run_id), actor=self.actor)
        return self.page(rows, LicenceResultSerializer, default="position", about=partial(_noted_of_each, self))


class PayeeResultsView(_RunResultsView):
    """What payees are due by a close."""

    logged_as = "close_run.payee_results_viewed"

    @extend_schema(operation_id="close_runs_payee_results", responses=page_of(PayeeResultSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List what each payee is due."""
        rows = selectors.payee_results(self.opened(run_id), actor=self.actor)
        return self.page(rows, PayeeResultSerializer, default="position")


class BucketsView(_RunResultsView):
    """The royalties of a close, bucket by bucket."""

    logged_as = "close_run.buckets_viewed"

    @extend_schema(operation_id="close_runs_buckets", responses=page_of(CloseBucketSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the royalties, in the order of royalties.csv."""
        rows = selectors.buckets(self.opened(run_id), actor=self.actor)
        return self.page(rows, CloseBucketSerializer, default="position", about=partial(_noted_of_each, self))


class SharesView(_RunResultsView):
    """Who gets what of every bucket of a close."""

    logged_as = "close_run.shares_viewed"

    @extend_schema(operation_id="close_runs_shares", responses=page_of(CloseShareSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the shares, in the order of allocations.parquet."""
        rows = selectors.shares(self.opened(run_id), actor=self.actor)
        return self.page(rows, CloseShareSerializer, default="position")


class RejectedRowsView(_RunResultsView):
    """What kept a close from being calculated."""

    logged_as = "close_run.rejected_rows_viewed"

    @extend_schema(operation_id="close_runs_rejected_rows", responses=page_of(RejectedRowSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the rejected rows, by file and line."""
        rows = selectors.rejected_rows(self.opened(run_id), actor=self.actor)
        return self.page(rows, RejectedRowSerializer, default="position")


class RunStatementsView(_RunResultsView):
    """The statements of a close."""

    orders = {"member": "membership__code"}
    logged_as = "close_run.statements_viewed"

    @extend_schema(operation_id="close_runs_statements", responses=page_of(StatementSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the statements of all members."""
        rows = selectors.statements(actor=self.actor).filter(run=self.opened(run_id))
        return self.page(rows, StatementSerializer, default="member", about=partial(_noted_of_each, self))


class RunAdjustmentsView(_RunResultsView):
    """What a correction adds to the close it corrects."""

    logged_as = "close_run.adjustments_viewed"

    @extend_schema(operation_id="close_runs_adjustments", responses=page_of(AdjustmentSerializer))
    def get(self, request: Request, run_id: UUID) -> Response:
        """List the adjustments, licences first; there are none before the correction is posted."""
        rows = selectors.adjustments(actor=self.actor).filter(run=self.opened(run_id))
        return self.page(rows, AdjustmentSerializer, default="position")


class BundleView(HouseView):
    """The bundle of a close."""

    @extend_schema(
        operation_id="close_runs_bundle",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, run_id: UUID) -> FileResponse:
        """Download what a close was calculated from: `lianchi close` of it gives the stored results, byte for byte."""
        run = selectors.get_close_run(run_id, actor=self.actor)
        packed = selectors.open_bundle(run, actor=self.actor)
        log_access("close_run.bundle_downloaded", actor=self.actor, subject=run)
        name = f"{run.programme.code}-{run.period}-{run.number}.zip"
        response = FileResponse(packed, as_attachment=True, filename=name, content_type="application/zip")
        response["Cache-Control"] = "private, no-store"
        return response


_STATEMENT_IDS: Final = {"membership": "membership_id", "programme": "run__programme_id"}


class StatementsView(_RowsOfRunsView):
    """Statements."""

    orders = {"made": "id"}
    logged_as = "close_run.statements_viewed"

    @extend_schema(
        operation_id="statements_list",
        parameters=[
            OpenApiParameter("period", str, description="only of this period"),
            *parameters_of(ids=_STATEMENT_IDS),
        ],
        responses=page_of(StatementSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the statements you may see, the latest first: a member's are its own, once the close is posted."""
        rows = selectors.statements(actor=self.actor)
        rows = filtered(rows, request, ids=_STATEMENT_IDS, texts={"period": "run__period"})
        return self.logged_page(rows, StatementSerializer, default="-made")


class StatementView(HouseView):
    """One statement."""

    @extend_schema(operation_id="statements_read", responses=StatementDetailSerializer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read a statement; the reading is logged."""
        statement = selectors.get_statement(statement_id, actor=self.actor)
        log_access("statement.viewed", actor=self.actor, subject=statement)
        return Response(StatementDetailSerializer(statement).data)


class StatementProductsView(HouseView):
    """How a statement came about."""

    @extend_schema(operation_id="statements_products", responses=StatementProductsSerializer)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Read how a statement came about by product, for finance; the reading is logged."""
        statement = selectors.get_statement(statement_id, actor=self.actor)
        totals = selectors.product_totals(statement, actor=self.actor)
        log_access("statement.workings_viewed", actor=self.actor, subject=statement)
        products = [{"product": product, "micros": str(micros)} for product, micros in totals]
        return Response(StatementProductsSerializer({"products": products}).data)


class AdjustmentsView(_RowsOfRunsView):
    """Adjustments of closed periods."""

    orders = {"made": "id"}
    logged_as = "close_run.adjustments_viewed"

    @extend_schema(
        operation_id="adjustments_list",
        parameters=[
            OpenApiParameter("period", str, description="only of this period"),
            OpenApiParameter("side", str, enum=["licence", "payee"], description="only of this side"),
        ],
        responses=page_of(AdjustmentSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what posted corrections added to the closes they correct, the latest first."""
        texts = {"period": "run__period", "side": "side"}
        rows = filtered(selectors.adjustments(actor=self.actor), request, texts=texts)
        return self.logged_page(rows, AdjustmentSerializer, default="-made")
