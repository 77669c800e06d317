"""Documents over HTTP."""

from typing import Any
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.log import log_access
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.documents import selectors, services
from platform_core.documents.models import Document


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A paper, and what it hangs on."""

    uploaded_by_name = serializers.CharField(source="uploaded_by.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Document
        fields = (
            "id",
            "subject_type",
            "subject_id",
            "title",
            "name",
            "media_type",
            "size",
            "sha256",
            "uploaded_at",
            "uploaded_by_id",
            "uploaded_by_name",
            "organisation_id",
        )


class NewDocumentSerializer(serializers.Serializer[Any]):
    """A file to hang on something."""

    subject_type = serializers.CharField(max_length=100, help_text="such as memberships.membership")
    subject_id = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    file = serializers.FileField(allow_empty_file=True, help_text="PDF, PNG, JPEG, DOCX, XLSX, OFD or plain text")


_IDS = {"subject_id": "subject_id"}
_TEXTS = {"subject_type": "subject_type"}


class DocumentsView(HouseView):
    """Papers."""

    orders = {"uploaded": "uploaded_at"}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="documents_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(DocumentSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the documents you may read, the latest first."""
        rows = filtered(selectors.documents(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, DocumentSerializer, default="-uploaded")

    @extend_schema(operation_id="documents_add", request=NewDocumentSerializer, responses={201: DocumentSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Hang a file on something; its contents must be of the kind its name says."""
        asked = self.read(NewDocumentSerializer, request)
        upload = asked.pop("file")
        added = services.add_document(actor=self.actor, file=services.NewFile(upload.name or "", upload.file), **asked)
        return Response(
            DocumentSerializer(added).data, status=201, headers={"Location": f"/api/v1/documents/{added.pk}"}
        )


class DocumentView(HouseView):
    """One paper."""

    @extend_schema(operation_id="documents_read", responses=DocumentSerializer)
    def get(self, request: Request, document_id: UUID) -> Response:
        """Read what a document is and what it hangs on."""
        return Response(DocumentSerializer(selectors.get_document(document_id, actor=self.actor)).data)


class DocumentFileView(HouseView):
    """The file of a paper."""

    @extend_schema(
        operation_id="documents_download", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, document_id: UUID) -> FileResponse:
        """Download the file as it came; the reading is logged."""
        document = selectors.get_document(document_id, actor=self.actor)
        source = selectors.open_document_file(document)
        log_access("document.file_downloaded", actor=self.actor, subject=document)
        # Never shown in place: what somebody else wrote does not run under our address.
        response = FileResponse(
            source, as_attachment=True, filename=document.name, content_type="application/octet-stream"
        )
        response["Cache-Control"] = "private, no-store"
        response["X-Content-Type-Options"] = "nosniff"
        return response
