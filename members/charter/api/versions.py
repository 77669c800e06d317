"""Charters and their versions over HTTP."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.charter import selectors, services
from members.charter.lifecycle import VERSION_LIFECYCLE
from members.charter.models import Charter, CharterKind, CharterVersion, VersionState
from members.charter.policies import PUBLISH_CHARTER_VERSION
from platform_core.access.kernel import can
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class CharterSerializer(serializers.ModelSerializer[Charter]):
    """A document that every member of an alliance signs."""

    class Meta:
        model = Charter
        fields = ("id", "alliance_id", "kind", "title_zh", "title_en")


class NewCharterSerializer(serializers.Serializer[Any]):
    """A document to start; at least one of the titles."""

    alliance_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CharterKind.choices)
    title_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CharterVersionSerializer(serializers.ModelSerializer[CharterVersion]):
    """One text of a charter, and the hash it is known by once published."""

    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta:
        model = CharterVersion
        fields = (
            "id",
            "charter_id",
            "number",
            "state",
            "text_zh",
            "text_en",
            "document_id",
            "effective_on",
            "sign_by_on",
            "supersedes_id",
            "content_sha256",
            "published_at",
            "allowed_steps",
        )

    def get_allowed_steps(self, version: CharterVersion) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        steps = VERSION_LIFECYCLE.allowed(VersionState(version.state))
        return steps if steps and can(self.context["actor"], PUBLISH_CHARTER_VERSION, version) else []


class CharterVersionLineSerializer(serializers.ModelSerializer[CharterVersion]):
    """A version in a list, without its text."""

    class Meta:
        model = CharterVersion
        fields = (
            "id",
            "charter_id",
            "number",
            "state",
            "document_id",
            "effective_on",
            "sign_by_on",
            "supersedes_id",
            "content_sha256",
            "published_at",
        )


class CharterVersionEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft."""

    text_zh = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    text_en = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    document_id = serializers.UUIDField(required=False, allow_null=True)
    effective_on = serializers.DateField(required=False, allow_null=True, help_text="first day in force")
    sign_by_on = serializers.DateField(
        required=False, allow_null=True, help_text="from then on who has not signed lacks standing; default the same"
    )


class NewCharterVersionSerializer(CharterVersionEditsSerializer):
    """The draft of a charter's next version."""

    charter_id = serializers.UUIDField()


_ALLIANCE = {"alliance": "alliance"}
_CHARTER = {"charter": "charter"}


class ChartersView(HouseView):
    """Charters and conventions."""

    orders = {"started": "pk"}

    @extend_schema(
        operation_id="charters_list", parameters=parameters_of(ids=_ALLIANCE), responses=page_of(CharterSerializer)
    )
    def get(self, request: Request) -> Response:
        """List what members agree to in the alliances you may see."""
        rows = filtered(selectors.charters(actor=self.actor), request, ids=_ALLIANCE)
        return self.page(rows, CharterSerializer, default="started")

    @extend_schema(operation_id="charters_start", request=NewCharterSerializer, responses={201: CharterSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Start a document that every member is to sign."""
        given = self.read(NewCharterSerializer, request)
        made = services.start_charter(actor=self.actor, **{**given, "kind": CharterKind(given["kind"])})
        return answer_with_etag(request, CharterSerializer(made).data, status=201)


class CharterView(HouseView):
    """One charter."""

    @extend_schema(operation_id="charters_read", responses=CharterSerializer)
    def get(self, request: Request, charter_id: UUID) -> Response:
        """Read what a charter is."""
        return answer_with_etag(request, CharterSerializer(selectors.get_charter(charter_id, actor=self.actor)).data)


class _VersionView(HouseView):
    def document(self, version: CharterVersion) -> dict[str, Any]:
        """Return a version as its reader sees it."""
        return dict(CharterVersionSerializer(version, context={"actor": self.actor}).data)


class CharterVersionsView(_VersionView):
    """Versions of charters."""

    orders = {"number": "number"}

    @extend_schema(
        operation_id="charter_versions_list",
        parameters=parameters_of(ids=_CHARTER, texts={"state": "state"}),
        responses=page_of(CharterVersionLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List versions without their texts, the latest first."""
        rows = filtered(
            selectors.charter_versions(actor=self.actor).defer("text_zh", "text_en"),
            request,
            ids=_CHARTER,
            texts={"state": "state"},
        )
        return self.page(rows, CharterVersionLineSerializer, default="-number")

    @extend_schema(
        operation_id="charter_versions_draft",
        request=NewCharterVersionSerializer,
        responses={201: CharterVersionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Write the draft of a charter's next version."""
        made = services.draft_version(actor=self.actor, **self.read(NewCharterVersionSerializer, request))
        return answer_with_etag(request, self.document(made), status=201)


class CharterVersionView(_VersionView):
    """One version of a charter."""

    @extend_schema(operation_id="charter_versions_read", responses=CharterVersionSerializer)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Read a version with its text."""
        return answer_with_etag(request, self.document(selectors.get_charter_version(version_id, actor=self.actor)))

    @extend_schema(
        operation_id="charter_versions_edit", request=CharterVersionEditsSerializer, responses=CharterVersionSerializer
    )
    def patch(self, request: Request, version_id: UUID) -> Response:
        """Change a draft; what is left out stays."""
        return self.edit(
            request,
            CharterVersionEditsSerializer,
            present=lambda: selectors.get_charter_version(version_id, actor=self.actor, for_change=True),
            change=partial(services.edit_version, actor=self.actor, version_id=version_id),
            represent=self.document,
        )


class CharterPublicationView(_VersionView):
    """Publication of a version."""

    @extend_schema(operation_id="charter_versions_publish", request=None, responses=CharterVersionSerializer)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Publish a draft, so that its text is fixed and can be signed."""
        done = services.publish_version(actor=self.actor, version_id=version_id)
        return answer_with_etag(request, self.document(done))


class CharterDiscardingView(_VersionView):
    """Giving up a draft."""

    @extend_schema(operation_id="charter_versions_discard", request=None, responses=CharterVersionSerializer)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Give up a draft."""
        done = services.discard_version(actor=self.actor, version_id=version_id)
        return answer_with_etag(request, self.document(done))
