"""Cut-overs, and what is carried over from old workbooks, over HTTP."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.cutover import selectors, services
from licensing.cutover.api.comparing import ParallelRunSerializer, parallel_run_document
from licensing.cutover.models import Cutover, Opening, OpeningDifference
from licensing.cutover.reading import INVOICES, PAYEES
from licensing.cutover.tables import LARGEST_FILE, MOST_FILES
from licensing.cutover.telling import opening_totals
from licensing.cutover.templates import template_workbook
from platform_core.access.log import log_accesses
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.problems import invalid

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES: Final = ("zh", "en")


class CutoverCheckSerializer(serializers.Serializer[Any]):
    """One thing that a programme needs before its first live close."""

    what = serializers.ChoiceField(choices=[(each.value, each.value) for each in selectors.Missing])
    done = serializers.BooleanField()
    there = serializers.IntegerField()
    needed = serializers.IntegerField()
    hinders = serializers.BooleanField(help_text="whether the first live close is refused without it")


class CutoverSerializer(serializers.ModelSerializer[Cutover]):
    """From which day on a programme is closed here alone."""

    programme_code = serializers.CharField(source="programme.code")
    programme_name = serializers.CharField(source="programme.name")
    currency = serializers.CharField(source="programme.currency")
    begun_by = serializers.CharField(source="begun_by.name", default="")

    class Meta:
        model = Cutover
        fields: tuple[str, ...] = (
            "id",
            "programme_id",
            "programme_code",
            "programme_name",
            "currency",
            "on_day",
            "begun_at",
            "begun_by",
        )


class WholeCutoverSerializer(CutoverSerializer):
    """A cut-over with what is missing before the first live close."""

    checklist = serializers.SerializerMethodField()
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(CutoverSerializer.Meta):
        fields = (*CutoverSerializer.Meta.fields, "checklist", "allowed_steps")

    @extend_schema_field(CutoverCheckSerializer(many=True))
    def get_checklist(self, cutover: Cutover) -> Any:
        """List what is needed."""
        return CutoverCheckSerializer(selectors.checklist(cutover), many=True).data

    def get_allowed_steps(self, cutover: Cutover) -> list[str]:
        """List what can be done."""
        return selectors.cutover_steps(cutover, actor=self.context["actor"])


class NewCutoverSerializer(serializers.Serializer[Any]):
    """Which programme moves, and from which day on it is closed here alone."""

    programme_id = serializers.UUIDField()
    on_day = serializers.DateField(help_text="first day of the first period that is closed here alone")


class ComparisonSerializer(serializers.Serializer[Any]):
    """What the old workbook came to for a past period."""

    period = serializers.CharField(max_length=7)
    invoices = serializers.FileField(help_text="CSV: licence_id, royalty, credit, due; product, units, rate")
    payees = serializers.FileField(help_text="CSV: payee, amount")


class OpeningFilesSerializer(serializers.Serializer[Any]):
    """The tables of what is carried over: one workbook, or a file for each table."""

    files = serializers.ListField(
        child=serializers.FileField(), min_length=1, max_length=MOST_FILES, help_text="XLSX or CSV, at most 5 MB each"
    )


class OpeningFileSerializer(serializers.Serializer[Any]):
    """A file as it came."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    sha256 = serializers.CharField()


class OpeningSerializer(serializers.ModelSerializer[Opening]):
    """What is carried over from an old workbook on the cut-over day."""

    programme_id = serializers.UUIDField(source="cutover.programme_id")
    programme_code = serializers.CharField(source="cutover.programme.code")
    on_day = serializers.DateField(source="cutover.on_day")
    previewed_by = serializers.CharField(source="previewed_by.name")
    confirmed_by = serializers.CharField(source="confirmed_by.name", default="")
    undone_by = serializers.CharField(source="undone_by.name", default="")

    class Meta:
        model = Opening
        fields: tuple[str, ...] = (
            "id",
            "cutover_id",
            "programme_id",
            "programme_code",
            "on_day",
            "number",
            "state",
            "sha256",
            "previewed_at",
            "previewed_by",
            "confirmed_at",
            "confirmed_by",
            "undone_at",
            "undone_by",
            "reason",
        )


class OpeningTotalSerializer(serializers.Serializer[Any]):
    """How many rows a table has, and what they come to."""

    table = serializers.CharField()
    rows = serializers.IntegerField()
    amount_minor = serializers.IntegerField(allow_null=True, help_text="none: amounts of several kinds, or units")


class WholeOpeningSerializer(OpeningSerializer):
    """What is carried over, with its files, its totals, and what you can do about it now."""

    files = OpeningFileSerializer(many=True)
    totals = serializers.SerializerMethodField()
    hindering = serializers.SerializerMethodField(help_text="how many differences hinder its booking")
    currency = serializers.CharField(source="cutover.programme.currency")
    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")

    class Meta(OpeningSerializer.Meta):
        fields = (*OpeningSerializer.Meta.fields, "files", "totals", "hindering", "currency", "allowed_steps")

    @extend_schema_field(OpeningTotalSerializer(many=True))
    def get_totals(self, opening: Opening) -> Any:
        """Say what each table has."""
        return OpeningTotalSerializer(opening_totals(opening), many=True).data

    def get_hindering(self, opening: Opening) -> int:
        """Count what hinders."""
        return opening.differences.filter(hinders=True).count()

    def get_allowed_steps(self, opening: Opening) -> list[str]:
        """List what can be done."""
        return selectors.opening_steps(opening, actor=self.context["actor"])


class OpeningDifferenceSerializer(serializers.ModelSerializer[OpeningDifference]):
    """Two figures that do not tie, with the one cause."""

    class Meta:
        model = OpeningDifference
        fields = (
            "id",
            "opening_id",
            "position",
            "tie",
            "name",
            "currency",
            "left_minor",
            "right_minor",
            "amount_minor",
            "cause",
            "hinders",
            "facts",
        )


class OpeningConfirmationSerializer(serializers.Serializer[Any]):
    """What exactly is confirmed."""

    sha256 = serializers.CharField(max_length=64, help_text="of the preview that was looked at")


class OpeningUndoingSerializer(serializers.Serializer[Any]):
    """Why what was carried over is taken back."""

    reason = serializers.CharField(max_length=500)


_IDS: Final[Mapping[str, str]] = {"programme": "programme"}
_OPENING_IDS: Final[Mapping[str, str]] = {"cutover": "cutover"}
_OPENING_TEXTS: Final[Mapping[str, str]] = {"state": "state"}
_DIFFERENCE_IDS: Final[Mapping[str, str]] = {"opening": "opening"}


class CutoversView(HouseView):
    """Cut-overs."""

    orders = {"begun": "begun_at"}

    @extend_schema(
        operation_id="cutovers_list", parameters=parameters_of(ids=_IDS), responses=page_of(CutoverSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the programmes that move from old workbooks."""
        rows = filtered(selectors.cutovers(actor=self.actor), request, ids=_IDS)
        return self.page(rows, CutoverSerializer, default="-begun")

    @extend_schema(operation_id="cutovers_begin", request=NewCutoverSerializer, responses={201: WholeCutoverSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin to move a programme from its old workbook."""
        begun = services.begin_cutover(actor=self.actor, **self.read(NewCutoverSerializer, request))
        return Response(WholeCutoverSerializer(begun, context={"actor": self.actor}).data, status=201)


class CutoverView(HouseView):
    """One cut-over."""

    @extend_schema(operation_id="cutovers_read", responses=WholeCutoverSerializer)
    def get(self, request: Request, cutover_id: UUID) -> Response:
        """Read a cut-over, and what is missing before the first live close."""
        found = selectors.get_cutover(cutover_id, actor=self.actor)
        return answer_with_etag(request, WholeCutoverSerializer(found, context={"actor": self.actor}).data)


class ComparisonsView(HouseView):
    """Comparing past periods."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="cutovers_compare",
        request={"multipart/form-data": ComparisonSerializer},
        responses={201: ParallelRunSerializer},
    )
    @idempotent
    def post(self, request: Request, cutover_id: UUID) -> Response:
        """Set what the old workbook came to beside our close of a past period."""
        given = self.read(ComparisonSerializer, request)
        with _on_disk([(INVOICES, given["invoices"]), (PAYEES, given["payees"])], under_their_names=True) as kept:
            run = services.compare_period(
                actor=self.actor, cutover_id=cutover_id, period=given["period"], folder=kept[0][1].parent
            )
        return Response(parallel_run_document(run, self.actor), status=201)


class CutoverOpeningsView(HouseView):
    """Previewing what is carried over."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="cutovers_preview_opening",
        request={"multipart/form-data": OpeningFilesSerializer},
        responses={201: WholeOpeningSerializer},
    )
    @idempotent
    def post(self, request: Request, cutover_id: UUID) -> Response:
        """Read what is to be carried over, and set it beside what is here; nothing is booked."""
        given = self.read(OpeningFilesSerializer, request)
        with _on_disk([(file.name, file) for file in given["files"]]) as kept:
            opening = services.preview_opening(actor=self.actor, cutover_id=cutover_id, files=kept)
        return Response(WholeOpeningSerializer(opening, context={"actor": self.actor}).data, status=201)


class OpeningsView(HouseView):
    """What was to be carried over."""

    orders = {"previewed": "previewed_at"}

    @extend_schema(
        operation_id="openings_list",
        parameters=parameters_of(ids=_OPENING_IDS, texts=_OPENING_TEXTS),
        responses=page_of(OpeningSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was to be carried over, the latest first."""
        rows = filtered(selectors.openings(actor=self.actor), request, ids=_OPENING_IDS, texts=_OPENING_TEXTS)
        return self.page(rows, OpeningSerializer, default="-previewed", about=self._noted)

    def _noted(self, part: Sequence[Opening]) -> dict[str, Any]:
        name = "opening.exported" if self.exporting else "opening.listed"
        log_accesses(name, actor=self.actor, subjects=part)
        return {}


class OpeningView(HouseView):
    """One preview of what is carried over."""

    @extend_schema(operation_id="openings_read", responses=WholeOpeningSerializer)
    def get(self, request: Request, opening_id: UUID) -> Response:
        """Read what is carried over, and what you can do about it."""
        found = selectors.get_opening(opening_id, actor=self.actor)
        log_accesses("opening.viewed", actor=self.actor, subjects=[found])
        return answer_with_etag(request, WholeOpeningSerializer(found, context={"actor": self.actor}).data)


class OpeningDifferencesView(HouseView):
    """What does not tie."""

    orders = {"position": "position"}

    @extend_schema(
        operation_id="opening_differences_list",
        parameters=parameters_of(ids=_DIFFERENCE_IDS),
        responses=page_of(OpeningDifferenceSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what does not tie, each with its cause."""
        rows = filtered(selectors.opening_differences(actor=self.actor), request, ids=_DIFFERENCE_IDS)
        return self.page(rows, OpeningDifferenceSerializer, default="position", about=self._noted)

    def _noted(self, part: Sequence[OpeningDifference]) -> dict[str, Any]:
        name = "opening.exported" if self.exporting else "opening.viewed"
        log_accesses(name, actor=self.actor, subjects=[row.opening for row in part])
        return {}


class OpeningConfirmationView(HouseView):
    """The confirmation of what is carried over."""

    @extend_schema(
        operation_id="openings_confirm", request=OpeningConfirmationSerializer, responses=WholeOpeningSerializer
    )
    @idempotent
    def post(self, request: Request, opening_id: UUID) -> Response:
        """Have what is carried over booked, as a second person who looked at just this."""
        given = self.read(OpeningConfirmationSerializer, request)
        booked = services.confirm_opening(actor=self.actor, opening_id=opening_id, **given)
        return Response(WholeOpeningSerializer(booked, context={"actor": self.actor}).data)


class OpeningUndoingView(HouseView):
    """Taking back what was carried over."""

    @extend_schema(operation_id="openings_undo", request=OpeningUndoingSerializer, responses=WholeOpeningSerializer)
    @idempotent
    def post(self, request: Request, opening_id: UUID) -> Response:
        """Take back all that was carried over, as long as nothing was booked on top of it."""
        given = self.read(OpeningUndoingSerializer, request)
        undone = services.undo_opening(actor=self.actor, opening_id=opening_id, **given)
        return Response(WholeOpeningSerializer(undone, context={"actor": self.actor}).data)


class OpeningFileView(HouseView):
    """A file as it came."""

    @extend_schema(operation_id="opening_files_read", responses={200: OpenApiTypes.BINARY})
    def get(self, request: Request, file_id: UUID) -> HttpResponse:
        """Take a file of the old workbook as it came."""
        found = selectors.get_opening_file(file_id, actor=self.actor)
        log_accesses("opening.exported", actor=self.actor, subjects=[found.opening])
        answer = HttpResponse(bytes(found.content), content_type="application/octet-stream")
        answer["Content-Disposition"] = f'attachment; filename="{PurePath(_plain(found.name)).name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class CutoverTemplateView(HouseView):
    """The workbook to fill in."""

    @extend_schema(
        operation_id="cutover_template",
        parameters=[OpenApiParameter("language", str, enum=list(LANGUAGES), description="of its headings and notes")],
        responses={(200, XLSX): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """Take the workbook to fill in: a sheet for each table, and what stands in each column."""
        language = request.query_params.get("language", "zh")
        # For whoever has a seat, as everything here.
        _seated = self.actor
        if language not in LANGUAGES:
            raise invalid("/language", "unknown", "Ask for zh or en.")
        answer = HttpResponse(template_workbook(language), content_type=XLSX)
        answer["Content-Disposition"] = 'attachment; filename="cut-over.xlsx"'
        return answer


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._- ") else "_" for letter in name)


@contextmanager
def _on_disk(files: Sequence[tuple[str, Any]], *, under_their_names: bool = False) -> Iterator[list[tuple[str, Path]]]:
    """Have what was sent in files while it is read, under names that are ours or were given by us."""
    if any((file.size or 0) > LARGEST_FILE for _, file in files):
        raise invalid("/files", "too_large", f"A file has at most {LARGEST_FILE // 2**20} MB.")
    with tempfile.TemporaryDirectory() as folder:
        kept: list[tuple[str, Path]] = []
        for place, (name, file) in enumerate(files):
            path = Path(folder) / (name if under_their_names else str(place))
            with path.open("wb") as written:
                for chunk in file.chunks():
                    written.write(chunk)
            kept.append((PurePath(name.replace("\\", "/")).name, path))
        yield kept
