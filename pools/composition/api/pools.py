"""Pools, their members and their patents over HTTP."""

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
from pools.composition import selectors, services
from pools.composition.lifecycle import POOL_LIFECYCLE
from pools.composition.models import Pool, PoolEntry, PoolMember, PoolState


class PoolSerializer(serializers.ModelSerializer[Pool]):
    """A pool, and the steps that lead on from its state."""

    allowed_steps = serializers.SerializerMethodField()

    class Meta:
        model = Pool
        fields = ("id", "alliance_id", "code", "name", "state", "allowed_steps")

    def get_allowed_steps(self, pool: Pool) -> list[str]:
        """List the steps that are possible now."""
        return POOL_LIFECYCLE.allowed(PoolState(pool.state))


class PoolMemberSerializer(serializers.ModelSerializer[PoolMember]):
    """A member's part in a pool; whether money is withheld, and figures, are null for those who may not read them."""

    code = serializers.CharField(source="membership.code")
    name = serializers.CharField(source="membership.organisation")
    held = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()

    class Meta:
        model = PoolMember
        fields = (
            "id",
            "pool_id",
            "membership_id",
            "code",
            "name",
            "segment",
            "held",
            "enters_on",
            "leaves_on",
            "figures",
        )

    def get_held(self, member: PoolMember) -> bool | None:
        """Return whether the member's money is withheld today, in a dispute or while it is suspended."""
        return member.pk in self.context["withheld"] if member.pk in self.context["figures_shown"] else None

    def get_figures(self, member: PoolMember) -> dict[str, str] | None:
        """Return the figures that allocations may name."""
        return member.figures if member.pk in self.context["figures_shown"] else None


class PoolEntrySerializer(serializers.ModelSerializer[PoolEntry]):
    """A member's part of a patent in a pool."""

    pool_id = serializers.UUIDField(source="member.pool_id")
    owner_code = serializers.CharField(source="member.membership.code")
    owner_name = serializers.CharField(source="member.membership.organisation")
    publication = serializers.CharField(source="patent.publication")
    country = serializers.CharField(source="patent.country")
    family_code = serializers.CharField(source="patent.family.code")
    granted_on = serializers.DateField(source="patent.granted_on", allow_null=True)
    ends_on = serializers.DateField(source="patent.ends_on", allow_null=True)
    share = serializers.DecimalField(max_digits=13, decimal_places=12, normalize_output=True)

    class Meta:
        model = PoolEntry
        fields = (
            "id",
            "pool_id",
            "member_id",
            "owner_code",
            "owner_name",
            "patent_id",
            "publication",
            "country",
            "family_code",
            "granted_on",
            "ends_on",
            "share",
            "class_label",
            "products",
            "enters_on",
            "leaves_on",
        )


class NewPoolSerializer(serializers.Serializer[Any]):
    """A pool to open."""

    alliance_id = serializers.UUIDField()
    code = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=500)


class PoolEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a pool."""

    name = serializers.CharField(max_length=500)


class PoolStepSerializer(serializers.Serializer[Any]):
    """A step to take."""

    step = serializers.ChoiceField(choices=list(POOL_LIFECYCLE))


class NewPoolMemberSerializer(serializers.Serializer[Any]):
    """A member to take into a pool; a blank segment means that of its membership."""

    pool_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)
    enters_on = serializers.DateField(required=False, allow_null=True, help_text="first day it shares in royalties")
    leaves_on = serializers.DateField(required=False, allow_null=True, help_text="first day it no longer does")
    figures = serializers.DictField(child=serializers.CharField(), required=False)


class PoolMemberEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a member's part in a pool."""

    segment = serializers.CharField(max_length=200, required=False)
    enters_on = serializers.DateField(required=False, allow_null=True)
    leaves_on = serializers.DateField(required=False, allow_null=True)
    figures = serializers.DictField(child=serializers.CharField(), required=False)


class HoldReasonSerializer(serializers.Serializer[Any]):
    """Why money is withheld or released."""

    reason = serializers.CharField(max_length=500)


class NewPoolEntrySerializer(serializers.Serializer[Any]):
    """A member's part of a patent to enter; no products means all."""

    pool_id = serializers.UUIDField()
    member_id = serializers.UUIDField()
    patent_id = serializers.UUIDField()
    share = serializers.DecimalField(max_digits=13, decimal_places=12, required=False)
    class_label = serializers.CharField(max_length=200, required=False, allow_blank=True)
    products = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    enters_on = serializers.DateField(required=False, allow_null=True, help_text="first day in the pool")
    leaves_on = serializers.DateField(required=False, allow_null=True, help_text="first day no longer in the pool")


class PoolEntryEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of an entry."""

    share = serializers.DecimalField(max_digits=13, decimal_places=12, required=False)
    class_label = serializers.CharField(max_length=200, required=False, allow_blank=True)
    products = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    enters_on = serializers.DateField(required=False, allow_null=True)
    leaves_on = serializers.DateField(required=False, allow_null=True)


_POOL_IDS = {"alliance": "alliance"}
_POOL_TEXTS = {"state": "state", "code": "code"}
_MEMBER_IDS = {"pool": "pool", "membership": "membership"}
_MEMBER_TEXTS = {"segment": "segment"}
_ENTRY_IDS = {"pool": "member__pool", "member": "member", "patent": "patent"}
_ENTRY_TEXTS = {"country": "patent__country", "publication": "patent__publication", "class": "class_label"}


class PoolsView(HouseView):
    """Pools."""

    public = True
    orders = {"code": "code"}

    @extend_schema(
        operation_id="pools_list",
        parameters=parameters_of(ids=_POOL_IDS, texts=_POOL_TEXTS),
        responses=page_of(PoolSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the pools you may see; launched ones are public."""
        rows = filtered(selectors.pools(actor=self.actor), request, ids=_POOL_IDS, texts=_POOL_TEXTS)
        return self.page(rows, PoolSerializer, default="code")

    @extend_schema(operation_id="pools_open", request=NewPoolSerializer, responses={201: PoolSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Open a pool in an alliance."""
        made = services.open_pool(actor=self.actor, **self.read(NewPoolSerializer, request))
        return answer_with_etag(request, PoolSerializer(made).data, status=201)


class PoolView(HouseView):
    """One pool."""

    public = True

    @extend_schema(operation_id="pools_read", responses=PoolSerializer)
    def get(self, request: Request, pool_id: UUID) -> Response:
        """Read a pool."""
        return answer_with_etag(request, PoolSerializer(selectors.get_pool(pool_id, actor=self.actor)).data)

    @extend_schema(operation_id="pools_edit", request=PoolEditsSerializer, responses=PoolSerializer)
    def patch(self, request: Request, pool_id: UUID) -> Response:
        """Change a pool's name."""
        return self.edit(
            request,
            PoolEditsSerializer,
            present=lambda: selectors.get_pool(pool_id, actor=self.actor, for_change=True),
            change=partial(services.edit_pool, actor=self.actor, pool_id=pool_id),
            represent=lambda found: PoolSerializer(found).data,
        )


class PoolStepsView(HouseView):
    """Steps of a pool."""

    @extend_schema(operation_id="pools_step", request=PoolStepSerializer, responses=PoolSerializer)
    def post(self, request: Request, pool_id: UUID) -> Response:
        """Take the pool's next step."""
        step = self.read(PoolStepSerializer, request)["step"]
        return Response(PoolSerializer(services.take_pool_step(actor=self.actor, pool_id=pool_id, step=step)).data)


class PoolMembersView(HouseView):
    """Members of pools."""

    public = True
    orders = {"code": "membership__code"}

    @extend_schema(
        operation_id="pool_members_list",
        parameters=parameters_of(ids=_MEMBER_IDS, texts=_MEMBER_TEXTS),
        responses=page_of(PoolMemberSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the members of the pools you may see."""
        rows = filtered(selectors.pool_members(actor=self.actor), request, ids=_MEMBER_IDS, texts=_MEMBER_TEXTS)
        return self.page(
            rows,
            PoolMemberSerializer,
            default="code",
            about=lambda part: {
                "figures_shown": selectors.figures_shown(part, actor=self.actor),
                "withheld": selectors.withheld_today(part, actor=self.actor),
            },
        )

    @extend_schema(
        operation_id="pool_members_add", request=NewPoolMemberSerializer, responses={201: PoolMemberSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take a member of the alliance into a pool."""
        given = self.read(NewPoolMemberSerializer, request)
        pool_id = given.pop("pool_id")
        added = services.add_pool_member(actor=self.actor, pool_id=pool_id, member=services.NewPoolMember(**given))
        return answer_with_etag(request, _member(self, added), status=201)


class PoolMemberView(HouseView):
    """One member of a pool."""

    public = True

    @extend_schema(operation_id="pool_members_read", responses=PoolMemberSerializer)
    def get(self, request: Request, member_id: UUID) -> Response:
        """Read a member's part in a pool."""
        return answer_with_etag(request, _member(self, selectors.get_pool_member(member_id, actor=self.actor)))

    @extend_schema(operation_id="pool_members_edit", request=PoolMemberEditsSerializer, responses=PoolMemberSerializer)
    def patch(self, request: Request, member_id: UUID) -> Response:
        """Change a member's segment, days or figures in a pool; what is left out stays."""
        return self.edit(
            request,
            PoolMemberEditsSerializer,
            present=lambda: selectors.get_pool_member(member_id, actor=self.actor, for_change=True),
            change=partial(services.edit_pool_member, actor=self.actor, member_id=member_id),
            represent=partial(_member, self),
        )


class PoolMemberHoldView(HouseView):
    """The withholding of a member's money."""

    @extend_schema(operation_id="pool_members_hold", request=HoldReasonSerializer, responses=PoolMemberSerializer)
    @idempotent
    def post(self, request: Request, member_id: UUID) -> Response:
        """Withhold a member's money from now on; it earns as usual."""
        given = self.read(HoldReasonSerializer, request)
        return Response(_member(self, services.hold_pool_member(actor=self.actor, member_id=member_id, **given)))


class PoolMemberReleaseView(HouseView):
    """The end of a withholding."""

    @extend_schema(operation_id="pool_members_release", request=HoldReasonSerializer, responses=PoolMemberSerializer)
    @idempotent
    def post(self, request: Request, member_id: UUID) -> Response:
        """End the withholding of a member's money."""
        given = self.read(HoldReasonSerializer, request)
        return Response(_member(self, services.release_pool_member(actor=self.actor, member_id=member_id, **given)))


class PoolEntriesView(HouseView):
    """Patents in pools."""

    public = True
    orders = {"publication": "patent__publication", "id": "id"}

    @extend_schema(
        operation_id="pool_entries_list",
        parameters=parameters_of(ids=_ENTRY_IDS, texts=_ENTRY_TEXTS),
        responses=page_of(PoolEntrySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the patents in the pools you may see."""
        rows = filtered(selectors.pool_entries(actor=self.actor), request, ids=_ENTRY_IDS, texts=_ENTRY_TEXTS)
        return self.page(rows, PoolEntrySerializer, default="publication")

    @extend_schema(
        operation_id="pool_entries_enter", request=NewPoolEntrySerializer, responses={201: PoolEntrySerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Enter a member's part of a patent into a pool."""
        given = self.read(NewPoolEntrySerializer, request)
        pool_id = given.pop("pool_id")
        entry = services.NewEntry(**{**given, "products": tuple(given.get("products", ()))})
        made = services.enter_patent(actor=self.actor, pool_id=pool_id, entry=entry)
        return answer_with_etag(request, PoolEntrySerializer(made).data, status=201)


class PoolEntryView(HouseView):
    """One patent in a pool."""

    public = True

    @extend_schema(operation_id="pool_entries_read", responses=PoolEntrySerializer)
    def get(self, request: Request, entry_id: UUID) -> Response:
        """Read an entry of a pool's list."""
        found = selectors.get_pool_entry(entry_id, actor=self.actor)
        return answer_with_etag(request, PoolEntrySerializer(found).data)

    @extend_schema(operation_id="pool_entries_edit", request=PoolEntryEditsSerializer, responses=PoolEntrySerializer)
    def patch(self, request: Request, entry_id: UUID) -> Response:
        """Change an entry's part, class, products or days; its first day out takes it off the list."""
        return self.edit(
            request,
            PoolEntryEditsSerializer,
            present=lambda: selectors.get_pool_entry(entry_id, actor=self.actor, for_change=True),
            change=partial(services.edit_entry, actor=self.actor, entry_id=entry_id),
            represent=lambda found: PoolEntrySerializer(found).data,
        )


def _member(view: HouseView, member: PoolMember) -> dict[str, Any]:
    shown = selectors.figures_shown([member], actor=view.actor)
    withheld = selectors.withheld_today([member], actor=view.actor)
    return dict(PoolMemberSerializer(member, context={"figures_shown": shown, "withheld": withheld}).data)
