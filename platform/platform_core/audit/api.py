"""The audit record over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.audit import selectors
from platform_core.audit.events import is_sentence
from platform_core.audit.models import AuditEvent, AuditSeal
from platform_core.audit.searching import PARAMETERS, searched
from platform_core.chinese import for_reader


class AuditEventSerializer(serializers.ModelSerializer[AuditEvent]):
    """Something that was done; the changes are null where you may not see their subject."""

    user_name = serializers.CharField(source="user.name", read_only=True, allow_null=True, default=None)
    changes = serializers.SerializerMethodField()

    class Meta:
        model = AuditEvent
        fields = (
            "id",
            "at",
            "name",
            "actor_kind",
            "user",
            "user_name",
            "organisation",
            "work",
            "request_id",
            "subject_type",
            "subject_id",
            "alliance",
            "operating_entity",
            "changes",
        )

    def get_changes(self, event: AuditEvent) -> dict[str, Any] | None:
        """Give the old and new values, if the subject may be seen."""
        if event.pk not in self.context["readable"]:
            return None
        return {
            field: _for_reader(change) if is_sentence(event.name, field) else change
            for field, change in event.changes.items()
        }


def _for_reader(change: Mapping[str, Any]) -> dict[str, Any]:
    """Say the old and the new sentence of a change in the reader's language; the record keeps the English."""
    return {side: for_reader(said) if isinstance(said, str) else said for side, said in change.items()}


class AuditEventsView(HouseView):
    """What was done."""

    orders = {"at": "pk"}

    @extend_schema(operation_id="audit_events_list", parameters=PARAMETERS, responses=page_of(AuditEventSerializer))
    def get(self, request: Request) -> Response:
        """List the events you may see, the latest first; what is asked for is sought in what you are shown."""
        return self.page(
            searched(selectors.audit_events(actor=self.actor), request.query_params, actor=self.actor),
            AuditEventSerializer,
            default="-at",
            about=lambda part: {"readable": selectors.readable_contents(part, actor=self.actor)},
        )


class AuditSealSerializer(serializers.ModelSerializer[AuditSeal]):
    """A seal: which rows of the record it covers, and the head it leaves."""

    class Meta:
        model = AuditSeal
        fields = (
            "id",
            "number",
            "first_row",
            "last_row",
            "previous_head",
            "head",
            "key_id",
            "signature",
            "sealed_at",
        )


class AuditHeadSerializer(serializers.Serializer[Any]):
    """The signed head of the record: kept elsewhere, it shows later that nothing before it was changed or cut off."""

    format = serializers.CharField()
    form = serializers.IntegerField()
    number = serializers.IntegerField()
    first_row = serializers.IntegerField()
    last_row = serializers.IntegerField()
    previous_head = serializers.CharField()
    last_hash = serializers.CharField()
    sealed_at = serializers.CharField()
    key_id = serializers.CharField()
    head = serializers.CharField()
    signature = serializers.CharField(help_text="Ed25519, base64")
    public_key = serializers.CharField(help_text="PEM; compare it with the one you keep")


class AuditSealsView(HouseView):
    """The seals of the record."""

    orders = {"number": "number"}

    @extend_schema(operation_id="audit_seals_list", responses=page_of(AuditSealSerializer))
    def get(self, request: Request) -> Response:
        """List the seals of the record, the latest first."""
        return self.page(selectors.audit_seals(actor=self.actor), AuditSealSerializer, default="-number")


class AuditHeadView(HouseView):
    """The head of the record as a seal left it."""

    @extend_schema(operation_id="audit_seals_head", responses=AuditHeadSerializer)
    def get(self, request: Request, seal_id: UUID) -> Response:
        """Download the signed head, to be kept elsewhere: `lianchi audit verify --head FILE` checks against it."""
        head = selectors.head_of(seal_id, actor=self.actor)
        response = Response(head.document())
        response["Content-Disposition"] = f'attachment; filename="lianchi-audit-head-{head.number}.json"'
        return response
