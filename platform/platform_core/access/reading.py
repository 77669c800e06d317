"""The access log over HTTP: who read what of one's own, and what one read oneself."""

from datetime import UTC, datetime, time

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.models import AccessLogEntry
from platform_core.api.filters import asked_day, filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS = {
    "user": "user",
    "organisation": "organisation",
    "concerns": "concerns",
    "subject_id": "subject_id",
    "staff_session": "staff_session",
}
_TEXTS = {"action": "action", "subject_type": "subject_type"}


class AccessLogEntrySerializer(serializers.ModelSerializer[AccessLogEntry]):
    """One reading of something confidential: when, by whom, of what, and whose figures it was."""

    user_id = serializers.UUIDField(allow_null=True)
    user_name = serializers.CharField(source="user.name", allow_null=True, default=None)
    organisation_id = serializers.UUIDField(allow_null=True, help_text="for which the reader acted")
    organisation_name = serializers.CharField(source="organisation", allow_null=True, default=None)
    concerns_id = serializers.UUIDField(allow_null=True, help_text="the organisation that it tells of")
    staff_session_id = serializers.UUIDField(allow_null=True)

    class Meta:
        model = AccessLogEntry
        fields = (
            "id",
            "at",
            "action",
            "user_id",
            "user_name",
            "organisation_id",
            "organisation_name",
            "work",
            "subject_type",
            "subject_id",
            "concerns_id",
            "staff_session_id",
            "request_line",
            "request_id",
        )


class AccessLogView(HouseView):
    """The access log."""

    orders = {"at": "pk"}

    @extend_schema(
        operation_id="access_log_list",
        parameters=[
            *parameters_of(ids=_IDS, texts=_TEXTS),
            OpenApiParameter("from", OpenApiTypes.DATE, description="first day (UTC)"),
            OpenApiParameter("to", OpenApiTypes.DATE, description="last day (UTC)"),
            OpenApiParameter("by_others", OpenApiTypes.BOOL, description="true: not what you read yourself"),
        ],
        responses=page_of(AccessLogEntrySerializer),
    )
    def get(self, request: Request) -> Response:
        """List who read what of yours, what you read yourself, and what staff sessions read; the latest first."""
        rows: QuerySet[AccessLogEntry] = AccessLogEntry.objects.visible_to(self.actor).select_related(
            "user", "organisation"
        )
        rows = filtered(rows, request, ids=_IDS, texts=_TEXTS)
        if (first := asked_day(request, "from")) is not None:
            rows = rows.filter(at__gte=datetime.combine(first, time(), UTC))
        if (last := asked_day(request, "to")) is not None:
            rows = rows.filter(at__lte=datetime.combine(last, time.max, UTC))
        if request.query_params.get("by_others") == "true":
            rows = rows.exclude(user=self.actor.person_id)
        return self.page(rows, AccessLogEntrySerializer, default="-at")
