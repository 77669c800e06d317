"""Imports over HTTP."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.bodies import GivenJSONField, is_kept
from platform_core.api.exports.writers import BYTE_ORDER_MARK, safe_cell
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView
from platform_core.exchange import selectors, services
from platform_core.exchange.models import Import, SavedMapping
from platform_core.exchange.registry import SeenRow, importer_of
from platform_core.problems import invalid

MOST_ROWS: Final = 200


class ImportSerializer(serializers.ModelSerializer[Import]):
    """A file of another system: what it was taken for, what its rows would do, and where it stands."""

    detail = StoredSentenceField(help_text="why it cannot be read, or why taking it in or back came to nothing")
    organisation_name = serializers.CharField(source="organisation", read_only=True)
    created_by_name = serializers.CharField(source="created_by.name", read_only=True, allow_null=True, default=None)
    told = serializers.DictField(read_only=True, help_text="what the file was taken for")
    counts = serializers.DictField(
        child=serializers.IntegerField(), read_only=True, help_text="rows by outcome: new, changed, same, doubtful, …"
    )

    class Meta:
        model = Import
        fields = (
            "id",
            "alliance_id",
            "organisation_id",
            "organisation_name",
            "subject",
            "state",
            "file_name",
            "file_size",
            "file_sha256",
            "choices",
            "told",
            "counts",
            "detail",
            "job_id",
            "created_by_id",
            "created_by_name",
            "created_at",
            "applied_at",
            "undone_at",
        )


class ProfileSerializer(serializers.Serializer[Any]):
    """A system whose tables are recognised."""

    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    verified = serializers.BooleanField(help_text="whether it was tried on a real file of that system")


class WholeImportSerializer(ImportSerializer):
    """An import with what can be done with it now, and what can be chosen for such files."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")
    fields_known = serializers.SerializerMethodField(help_text="what a column can be")
    profiles = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = (*ImportSerializer.Meta.fields, "allowed_steps", "fields_known", "profiles")

    def get_allowed_steps(self, found: Import) -> list[str]:
        """List what can be done."""
        return selectors.allowed_steps(found, actor=self.context["actor"])

    def get_fields_known(self, found: Import) -> list[str]:
        """List what a column of such a file can be."""
        importer = importer_of(found.subject)
        return list(importer.fields) if importer else []

    @extend_schema_field(ProfileSerializer(many=True))
    def get_profiles(self, found: Import) -> Any:
        """List the systems whose files are known."""
        importer = importer_of(found.subject)
        return ProfileSerializer(importer.profiles() if importer else [], many=True).data


class NewImportSerializer(serializers.Serializer[Any]):
    """A file to take in."""

    alliance_id = serializers.UUIDField()
    subject = serializers.CharField(max_length=100, help_text="what its rows are, such as patents.patent")
    file = serializers.FileField(allow_empty_file=True, help_text="CSV, XLSX, XLS or XML")
    choices = GivenJSONField(required=False, help_text="what you know of the file, as an object")


class ChoicesSerializer(serializers.Serializer[Any]):
    """What you say of a file; what is left out stays, null leaves it to the platform again."""

    choices = serializers.DictField(child=serializers.JSONField(allow_null=True))


class MappingNameSerializer(serializers.Serializer[Any]):
    """The name under which the columns of a file are remembered."""

    name = serializers.CharField(max_length=200)


class SavedMappingSerializer(serializers.ModelSerializer[SavedMapping]):
    """What the columns of a kind of table mean."""

    saved_by_name = serializers.CharField(source="saved_by.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = SavedMapping
        fields = ("id", "alliance_id", "subject", "name", "mapping", "saved_by_name", "saved_at")


class RowProblemSerializer(serializers.Serializer[Any]):
    """Why a row is doubtful or refused."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = StoredSentenceField()


class ImportedRowSerializer(serializers.Serializer[SeenRow]):
    """A row as it was understood."""

    line = serializers.IntegerField()
    outcome = serializers.CharField()
    subject_id = serializers.UUIDField(allow_null=True, help_text="what on record it speaks of; null: new")
    values = serializers.DictField()
    problems = RowProblemSerializer(many=True)


class ImportedRowsSerializer(serializers.Serializer[Any]):
    """Rows along the lines of a file; ask for those behind the last line for more."""

    rows = ImportedRowSerializer(many=True)
    behind = serializers.IntegerField(allow_null=True, help_text="ask with this for the next rows; null: no more")


_NUMBER: Final = re.compile("0|[1-9][0-9]{0,9}")
_IDS = {"alliance": "alliance"}
_TEXTS = {"subject": "subject", "state": "state"}


class ImportsView(HouseView):
    """Imports."""

    orders = {"created": "created_at"}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="imports_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(ImportSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the imports you may see, the latest first."""
        rows = filtered(selectors.imports(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, ImportSerializer, default="-created")

    @extend_schema(operation_id="imports_start", request=NewImportSerializer, responses={201: WholeImportSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Bring a file in: it is read in the background, and nothing is changed before you have seen what would be."""
        asked = self.read(NewImportSerializer, request)
        upload, choices = asked.pop("file"), asked.pop("choices", None) or {}
        if not isinstance(choices, dict):
            raise invalid("/choices", "invalid", "Give the choices as an object.")
        made = services.start_import(
            actor=self.actor, file=upload.file, name=upload.name or "", choices=choices, **asked
        )
        return Response(self.whole(made), status=201, headers={"Location": f"/api/v1/imports/{made.pk}"})

    def whole(self, found: Import) -> Any:
        """Represent an import with what can be done with it."""
        return WholeImportSerializer(found, context={"actor": self.actor}).data


class _OneImportView(HouseView):
    """What is done with one import."""

    def answer(self, found: Import) -> Response:
        """Answer with an import and what can be done with it."""
        return Response(WholeImportSerializer(found, context={"actor": self.actor}).data)


class ImportView(_OneImportView):
    """One import."""

    @extend_schema(operation_id="imports_read", responses=WholeImportSerializer)
    def get(self, request: Request, import_id: UUID) -> Response:
        """Read what a file was taken for, what its rows would do, and where it stands."""
        return self.answer(selectors.get_import(import_id, actor=self.actor))


class ImportRowsView(HouseView):
    """The rows of an import."""

    @extend_schema(
        operation_id="imports_rows",
        parameters=[
            OpenApiParameter("outcome", OpenApiTypes.STR, description="only rows that would do this"),
            OpenApiParameter("behind", OpenApiTypes.INT, description="only rows behind this line"),
            OpenApiParameter("limit", OpenApiTypes.INT, description=f"so many rows, {MOST_ROWS} at most"),
        ],
        responses=ImportedRowsSerializer,
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """List rows as they were understood, along the lines of the file."""
        found = selectors.get_import(import_id, actor=self.actor)
        behind, limit = _count(request, "behind", 0, 2**31 - 1), _count(request, "limit", 50, MOST_ROWS)
        outcome = request.query_params.get("outcome", "")
        if not is_kept(outcome):
            raise invalid("/outcome", "bad_text", "This must be plain text.")
        rows = selectors.rows(found, outcome=outcome, behind=behind, limit=limit)
        more = rows[-1].line if len(rows) == limit and rows else None
        return Response(ImportedRowsSerializer({"rows": rows, "behind": more}).data)


class RefusedRowsView(HouseView):
    """The rows of an import that were refused."""

    @extend_schema(operation_id="imports_refused", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, import_id: UUID) -> StreamingHttpResponse:
        """Download the rows that were refused, as they came, each with its reason in front."""
        found = selectors.get_import(import_id, actor=self.actor)
        response = StreamingHttpResponse(_csv(selectors.refused_rows(found)), content_type="text/csv")
        stem = found.file_name.rsplit(".", 1)[0]
        response["Content-Disposition"] = content_disposition_header(True, f"{stem}-refused.csv") or "attachment"
        response["Cache-Control"] = "private, no-store"
        return response


class ChoicesView(_OneImportView):
    """What is said of a file."""

    @extend_schema(operation_id="imports_choose", request=ChoicesSerializer, responses=WholeImportSerializer)
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Say otherwise what a file is; it is read anew."""
        asked = self.read(ChoicesSerializer, request)
        return self.answer(services.choose_for_import(actor=self.actor, import_id=import_id, **asked))


class ApplicationView(_OneImportView):
    """Taking a file in."""

    @extend_schema(operation_id="imports_apply", request=None, responses=WholeImportSerializer)
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Take a file in as it was seen, all of it or nothing; this goes on in the background."""
        return self.answer(services.begin_import(actor=self.actor, import_id=import_id))


class UndoingView(_OneImportView):
    """Taking back what a file brought."""

    @extend_schema(operation_id="imports_undo", request=None, responses=WholeImportSerializer)
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Take back what a file brought, but for what others build on or have changed since."""
        return self.answer(services.begin_undoing(actor=self.actor, import_id=import_id))


class DiscardingView(_OneImportView):
    """Dropping a file."""

    @extend_schema(operation_id="imports_discard", request=None, responses=WholeImportSerializer)
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Drop a file that was not taken in."""
        return self.answer(services.discard_import(actor=self.actor, import_id=import_id))


class MappingView(HouseView):
    """Remembering what the columns of a file mean."""

    @extend_schema(
        operation_id="imports_save_mapping", request=MappingNameSerializer, responses={201: SavedMappingSerializer}
    )
    @idempotent
    def post(self, request: Request, import_id: UUID) -> Response:
        """Remember what the columns of a file mean, for later files; one of the same name is replaced."""
        kept = services.save_mapping(actor=self.actor, import_id=import_id, **self.read(MappingNameSerializer, request))
        return Response(SavedMappingSerializer(kept).data, status=201)


class SavedMappingsView(HouseView):
    """Saved mappings."""

    orders = {"name": "name"}

    @extend_schema(
        operation_id="saved_mappings_list",
        parameters=parameters_of(ids=_IDS, texts={"subject": "subject"}),
        responses=page_of(SavedMappingSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was remembered of the columns of tables."""
        rows = filtered(selectors.saved_mappings(actor=self.actor), request, ids=_IDS, texts={"subject": "subject"})
        return self.page(rows, SavedMappingSerializer, default="name")


class SavedMappingView(HouseView):
    """One saved mapping."""

    @extend_schema(operation_id="saved_mappings_forget", responses={204: None})
    def delete(self, request: Request, mapping_id: UUID) -> Response:
        """Forget what the columns of such tables mean."""
        services.forget_mapping(actor=self.actor, mapping_id=mapping_id)
        return Response(status=204)


def _count(request: Request, name: str, otherwise: int, most: int) -> int:
    asked = request.query_params.get(name)
    if not asked:
        return otherwise
    if not _NUMBER.fullmatch(asked):
        raise invalid(f"/{name}", "bad_number", "This must be a whole number.")
    return min(int(asked), most)


def _csv(rows: Iterable[list[str]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([safe_cell(cell) for cell in row])
        yield line.getvalue()
