"""Saved views over HTTP."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.lists import selectors, services
from platform_core.lists.models import SavedView

PAGE = r"^[a-z0-9][a-z0-9/_.-]*$"


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """How you want to see a list again."""

    class Meta:
        model = SavedView
        fields = ("id", "page", "name", "query", "created_at")


class NewSavedViewSerializer(serializers.Serializer[Any]):
    """A view to keep."""

    page = serializers.RegexField(PAGE, max_length=100, help_text="which list, such as patents")
    name = serializers.CharField(max_length=100)
    query = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class SavedViewEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a view; what is left out stays."""

    name = serializers.CharField(max_length=100, required=False)
    query = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class SavedViewsView(HouseView):
    """Saved views."""

    orders = {"name": "name", "created": "created_at"}

    @extend_schema(
        operation_id="saved_views_list",
        parameters=parameters_of(texts={"page": "page"}),
        responses=page_of(SavedViewSerializer),
    )
    def get(self, request: Request) -> Response:
        """List your own views."""
        rows = filtered(selectors.saved_views(actor=self.actor), request, texts={"page": "page"})
        return self.page(rows, SavedViewSerializer, default="name")

    @extend_schema(
        operation_id="saved_views_save", request=NewSavedViewSerializer, responses={201: SavedViewSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Keep a view; one of the same name for the same list is replaced."""
        saved = services.save_view(actor=self.actor, **self.read(NewSavedViewSerializer, request))
        return answer_with_etag(request, SavedViewSerializer(saved).data, status=201)


class SavedViewView(HouseView):
    """One saved view."""

    @extend_schema(operation_id="saved_views_read", responses=SavedViewSerializer)
    def get(self, request: Request, view_id: UUID) -> Response:
        """Read a view."""
        found = selectors.saved_view(view_id, actor=self.actor)
        return answer_with_etag(request, SavedViewSerializer(found).data)

    @extend_schema(operation_id="saved_views_edit", request=SavedViewEditsSerializer, responses=SavedViewSerializer)
    def patch(self, request: Request, view_id: UUID) -> Response:
        """Change a view."""
        return self.edit(
            request,
            SavedViewEditsSerializer,
            present=lambda: selectors.saved_view(view_id, actor=self.actor, for_change=True),
            change=partial(services.edit_view, actor=self.actor, view_id=view_id),
            represent=lambda found: SavedViewSerializer(found).data,
        )

    @extend_schema(operation_id="saved_views_remove", responses={204: None})
    def delete(self, request: Request, view_id: UUID) -> Response:
        """Keep a view no longer."""
        services.remove_view(actor=self.actor, view_id=view_id)
        return Response(status=204)
