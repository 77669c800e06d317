"""Versions of pools' lists over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import asked_day, filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.problems import invalid
from pools.composition import selectors, services
from pools.composition.api.pools import PoolEntrySerializer
from pools.composition.models import ListLine, ListVersion


class ListVersionSerializer(serializers.ModelSerializer[ListVersion]):
    """A pool's list as it stood on a day, under its number."""

    class Meta:
        model = ListVersion
        fields = ("id", "pool_id", "number", "effective_on", "note", "patents", "published_at")


class ListLineSerializer(serializers.ModelSerializer[ListLine]):
    """One member's part of a patent as a version has it."""

    share = serializers.DecimalField(max_digits=13, decimal_places=12, normalize_output=True)

    class Meta:
        model = ListLine
        fields = (
            "id",
            "version_id",
            "publication",
            "country",
            "family_code",
            "owner_code",
            "owner_name",
            "share",
            "class_label",
            "products",
            "granted_on",
            "ends_on",
            "enters_on",
            "leaves_on",
        )


class ChangedLineSerializer(serializers.Serializer[Any]):
    """A line that differs between two versions."""

    before = ListLineSerializer()
    after = ListLineSerializer()


class ListChangesSerializer(serializers.Serializer[Any]):
    """What is new, gone and changed from one version to another."""

    added = ListLineSerializer(many=True)
    removed = ListLineSerializer(many=True)
    changed = ChangedLineSerializer(many=True)


class OverlapSerializer(serializers.Serializer[Any]):
    """What two pools have in common on a day: families by their codes, and entries of the same patents."""

    day = serializers.DateField()
    patents = serializers.IntegerField(help_text="on the first list")
    other_patents = serializers.IntegerField()
    families = serializers.IntegerField()
    other_families = serializers.IntegerField()
    common_families = serializers.ListField(child=serializers.CharField())
    common = PoolEntrySerializer(many=True)


class MemberCountSerializer(serializers.Serializer[Any]):
    """How many patents and families of a member are on the list today, and on the later day."""

    code = serializers.CharField()
    name = serializers.CharField()
    patents = serializers.IntegerField()
    patents_then = serializers.IntegerField()
    families = serializers.IntegerField()
    families_then = serializers.IntegerField()


class PayeeEffectSerializer(serializers.Serializer[Any]):
    """What a payee would have got of the last closed period, with either list."""

    payee = serializers.CharField()
    name = serializers.CharField()
    before_minor = serializers.IntegerField()
    after_minor = serializers.IntegerField()


class ProgrammeEffectSerializer(serializers.Serializer[Any]):
    """What the change would have done to a programme's last close; why not, where no amounts are told."""

    programme_id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    period = serializers.CharField()
    currency = serializers.CharField()
    payees = PayeeEffectSerializer(many=True)
    withheld = serializers.CharField(help_text="not_for_you, nothing_closed, not_worked_out; or blank")


class ListEffectSerializer(serializers.Serializer[Any]):
    """What entries and exits on record do between today and a later day."""

    today = serializers.DateField()
    on = serializers.DateField()
    members = MemberCountSerializer(many=True)
    programmes = ProgrammeEffectSerializer(many=True)


class NewListVersionSerializer(serializers.Serializer[Any]):
    """The list to publish: of which pool and day, and what is to be said with it."""

    pool_id = serializers.UUIDField()
    effective_on = serializers.DateField(required=False, allow_null=True, help_text="today, if left out")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


_VERSION_IDS = {"pool": "pool"}
_LINE_IDS = {"list_version": "version"}
_LINE_TEXTS = {"publication": "publication", "country": "country", "class": "class_label"}


class ListVersionsView(HouseView):
    """Versions of lists."""

    public = True
    orders = {"number": "number", "published": "id"}

    @extend_schema(
        operation_id="list_versions_list",
        parameters=parameters_of(ids=_VERSION_IDS),
        responses=page_of(ListVersionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the versions of the lists you may see, the latest first; those of launched pools are public."""
        rows = filtered(selectors.list_versions(actor=self.actor), request, ids=_VERSION_IDS)
        return self.page(rows, ListVersionSerializer, default="-published")

    @extend_schema(
        operation_id="list_versions_publish", request=NewListVersionSerializer, responses={201: ListVersionSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Publish a pool's list as it stands on a day, for good."""
        made = services.publish_list_version(actor=self.actor, **self.read(NewListVersionSerializer, request))
        return answer_with_etag(request, ListVersionSerializer(made).data, status=201)


class ListVersionView(HouseView):
    """One version of a list."""

    public = True

    @extend_schema(operation_id="list_versions_read", responses=ListVersionSerializer)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Read what a version is; its lines are a list of their own."""
        found = selectors.get_list_version(version_id, actor=self.actor)
        return answer_with_etag(request, ListVersionSerializer(found).data)


class ListVersionChangesView(HouseView):
    """What is different in a version."""

    public = True

    @extend_schema(
        operation_id="list_versions_changes",
        parameters=[
            OpenApiParameter("since", OpenApiTypes.UUID, description="another version of the list; else the one before")
        ],
        responses=ListChangesSerializer,
    )
    def get(self, request: Request, version_id: UUID) -> Response:
        """Say what is new, gone and changed since another version, or since the one before."""
        asked = request.query_params.get("since")
        try:
            since = UUID(asked) if asked else None
        except ValueError:
            raise invalid("/since", "bad_id", f"“{asked}” is not an id.") from None
        found = selectors.list_changes(version_id, since, actor=self.actor)
        return answer_with_etag(request, ListChangesSerializer(found).data)


class OverlapView(HouseView):
    """What two pools have in common."""

    public = True

    @extend_schema(
        operation_id="pools_overlap",
        parameters=[
            OpenApiParameter("with", OpenApiTypes.UUID, required=True, description="the other pool"),
            OpenApiParameter("on", OpenApiTypes.DATE, description="today, if left out"),
        ],
        responses=OverlapSerializer,
    )
    def get(self, request: Request, pool_id: UUID) -> Response:
        """Say which patents and families two pools have in common, as far as you see their lists."""
        # Nothing is said of what was asked before it is seen that the pool may be.
        selectors.get_pool(pool_id, actor=self.actor)
        asked = request.query_params.get("with", "")
        try:
            other_id = UUID(asked)
        except ValueError:
            raise invalid("/with", "bad_id", f"“{asked}” is not an id.") from None
        on = asked_day(request, "on")
        found = selectors.overlap(pool_id, other_id, actor=self.actor, on=on)
        return answer_with_etag(request, OverlapSerializer(found).data)


class ListEffectView(HouseView):
    """What entries and exits to come will do."""

    @extend_schema(
        operation_id="pools_list_effect",
        parameters=[
            OpenApiParameter("on", OpenApiTypes.DATE, description="today or a later day; else the next month's first")
        ],
        responses=ListEffectSerializer,
    )
    def get(self, request: Request, pool_id: UUID) -> Response:
        """Show what entries and exits until a day will do to the list, and to what is shared out, for who may know."""
        on = asked_day(request, "on")
        return Response(ListEffectSerializer(selectors.list_effect(pool_id, actor=self.actor, on=on)).data)


class ListLinesView(HouseView):
    """Lines of lists."""

    public = True
    orders = {"publication": "publication", "id": "id"}

    @extend_schema(
        operation_id="list_lines_list",
        parameters=parameters_of(ids=_LINE_IDS, texts=_LINE_TEXTS),
        responses=page_of(ListLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what stands in the versions you may see."""
        rows = filtered(selectors.list_lines(actor=self.actor), request, ids=_LINE_IDS, texts=_LINE_TEXTS)
        return self.page(rows, ListLineSerializer, default="publication")
