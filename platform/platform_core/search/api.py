"""The search box over HTTP."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.views import HouseView
from platform_core.search.selectors import search


class FoundSerializer(serializers.Serializer[Any]):
    """Something that was found."""

    type = serializers.CharField(help_text="app_label.model, such as patents.patent")
    id = serializers.UUIDField()
    title = serializers.CharField()
    detail = serializers.DictField()


class FoundListSerializer(serializers.Serializer[Any]):
    """What was found, kind by kind."""

    items = FoundSerializer(many=True)


_EXAMPLE: Final = {
    "items": [
        {
            "type": "patents.patent",
            "id": "019aa000-0000-7000-8000-000000000004",
            "title": "CN109876543B",
            "detail": {"country": "CN", "application": "201910123456.7", "title": "一种视频编码方法"},
        }
    ]
}


class SearchView(HouseView):
    """The search box."""

    @extend_schema(
        operation_id="search",
        parameters=[OpenApiParameter("q", str, required=True, description="a number in any form, a name, a code")],
        responses=FoundListSerializer,
        examples=[OpenApiExample("By an application number", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Find what you may see by its number, name or code: up to eight things of each kind."""
        found = search(request.query_params.get("q", ""), actor=self.actor)
        return Response(FoundListSerializer({"items": found}).data)
