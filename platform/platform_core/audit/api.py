"""The audit record over HTTP."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.audit import selectors
from platform_core.audit.models import AuditEvent


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
        return event.changes if event.pk in self.context["readable"] else None


class AuditEventsView(HouseView):
    """What was done."""

    orders = {"at": "pk"}

    @extend_schema(operation_id="audit_events_list", responses=page_of(AuditEventSerializer))
    def get(self, request: Request) -> Response:
        """List the events you may see, the latest first."""
        return self.page(
            selectors.audit_events(actor=self.actor),
            AuditEventSerializer,
            default="-at",
            about=lambda part: {"readable": selectors.readable_contents(part, actor=self.actor)},
        )
