"""Staff sessions over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.staff import selectors, services
from platform_core.access.staff.models import StaffSession
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.requests import require_browser
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class StaffSessionSerializer(serializers.ModelSerializer[StaffSession]):
    """A time in which a site administrator could read what an alliance keeps: who, when and why."""

    user_id = serializers.UUIDField(source="seat.user_id")
    user_name = serializers.CharField(source="seat.user.name")
    organisation_name = serializers.CharField(source="seat.organisation")
    alliance_name = serializers.CharField(source="alliance")

    class Meta:
        model = StaffSession
        fields = (
            "id",
            "seat_id",
            "user_id",
            "user_name",
            "organisation_name",
            "alliance_id",
            "alliance_name",
            "reason",
            "starts_at",
            "ends_at",
            "ended_at",
        )


class NewStaffSessionSerializer(serializers.Serializer[Any]):
    """Which alliance's data is to be read, why, and for how long."""

    alliance_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=500, help_text="shown to the alliance and its members")
    minutes = serializers.IntegerField(
        min_value=1, max_value=services.MINUTES_AT_MOST, help_text="until it ends by itself"
    )


_IDS = {"alliance": "alliance"}


class StaffSessionsView(HouseView):
    """Staff sessions."""

    orders = {"started": "starts_at"}

    @extend_schema(
        operation_id="staff_sessions_list",
        parameters=parameters_of(ids=_IDS),
        responses=page_of(StaffSessionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the staff sessions you may see, the latest first."""
        rows = filtered(selectors.staff_sessions(actor=self.actor), request, ids=_IDS)
        return self.page(rows, StaffSessionSerializer, default="-started")

    @extend_schema(
        operation_id="staff_sessions_start",
        request=NewStaffSessionSerializer,
        responses={201: StaffSessionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Open an alliance's data to yourself for reading, for a time and a reason that the alliance sees."""
        require_browser(request)
        started = services.start_staff_session(actor=self.actor, **self.read(NewStaffSessionSerializer, request))
        return Response(StaffSessionSerializer(started).data, status=201)


class StaffSessionEndView(HouseView):
    """The end of a staff session."""

    @extend_schema(operation_id="staff_sessions_end", request=None, responses=StaffSessionSerializer)
    def post(self, request: Request, session_id: UUID) -> Response:
        """End a staff session at once."""
        ended = services.end_staff_session(actor=self.actor, session_id=session_id)
        return Response(StaffSessionSerializer(ended).data)
