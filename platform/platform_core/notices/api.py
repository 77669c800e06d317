"""Notices over HTTP."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.notices import selectors, services
from platform_core.notices.models import Notice


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    """Something the seat was told: a key for the words, and the values that go into them."""

    class Meta:
        model = Notice
        fields = ("id", "kind", "values", "subject_type", "subject_id", "at", "read_at")


class NoticesToReadSerializer(serializers.Serializer[Any]):
    """Which notices were read; without any, all."""

    ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=200)


class NoticesMarkedSerializer(serializers.Serializer[Any]):
    """How many were unread before."""

    marked = serializers.IntegerField()


class NoticesView(HouseView):
    """Notices."""

    orders = {"told": "id"}

    @extend_schema(
        operation_id="notices_list",
        parameters=[OpenApiParameter("unread", str, enum=["1"], description="only what was not read yet")],
        responses=page_of(NoticeSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what your seat was told, the latest first; listen to `notices.inbox:<your seat>` to hear of more."""
        unread = request.query_params.get("unread") == "1"
        return self.page(selectors.notices(actor=self.actor, unread=unread), NoticeSerializer, default="-told")


class NoticesReadView(HouseView):
    """The reading of notices."""

    @extend_schema(
        operation_id="notices_mark_read", request=NoticesToReadSerializer, responses={200: NoticesMarkedSerializer}
    )
    def post(self, request: Request) -> Response:
        """Say that you have read some of your notices, or all."""
        ids = self.read(NoticesToReadSerializer, request).get("ids")
        return Response(NoticesMarkedSerializer({"marked": services.mark_notices_read(actor=self.actor, ids=ids)}).data)
