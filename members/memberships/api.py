"""Memberships over HTTP."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.memberships import selectors, services
from members.memberships.models import Membership
from platform_core.api.etags import answer_with_etag, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """An organisation's part in an alliance."""

    organisation_name = serializers.CharField(source="organisation")

    class Meta:
        model = Membership
        fields = (
            "id",
            "alliance_id",
            "organisation_id",
            "organisation_name",
            "code",
            "segment",
            "enters_on",
            "leaves_on",
        )


class NewMembershipSerializer(serializers.Serializer[Any]):
    """An organisation to take into an alliance."""

    alliance_id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    code = serializers.CharField(max_length=200, help_text="the member id in lists and statements")
    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)
    enters_on = serializers.DateField(required=False, allow_null=True, help_text="first day in")
    leaves_on = serializers.DateField(required=False, allow_null=True, help_text="first day out")


class MembershipEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a membership."""

    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)
    enters_on = serializers.DateField(required=False, allow_null=True)
    leaves_on = serializers.DateField(required=False, allow_null=True)


_IDS = {"alliance": "alliance", "organisation": "organisation"}
_TEXTS = {"segment": "segment", "code": "code"}


class MembershipsView(HouseView):
    """Memberships."""

    orders = {"code": "code"}

    @extend_schema(
        operation_id="memberships_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(MembershipSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the memberships you may see."""
        rows = filtered(selectors.memberships(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, MembershipSerializer, default="code")

    @extend_schema(
        operation_id="memberships_add", request=NewMembershipSerializer, responses={201: MembershipSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take an organisation into an alliance."""
        given = self.read(NewMembershipSerializer, request)
        alliance_id = given.pop("alliance_id")
        added = services.add_member(actor=self.actor, alliance_id=alliance_id, member=services.NewMember(**given))
        return answer_with_etag(request, MembershipSerializer(added).data, status=201)


class MembershipView(HouseView):
    """One membership."""

    @extend_schema(operation_id="memberships_read", responses=MembershipSerializer)
    def get(self, request: Request, membership_id: UUID) -> Response:
        """Read a membership."""
        found = selectors.get_membership(membership_id, actor=self.actor)
        return answer_with_etag(request, MembershipSerializer(found).data)

    @extend_schema(operation_id="memberships_edit", request=MembershipEditsSerializer, responses=MembershipSerializer)
    @transaction.atomic
    def patch(self, request: Request, membership_id: UUID) -> Response:
        """Change a membership's segment or days; what is left out stays."""
        present = selectors.get_membership(membership_id, actor=self.actor, for_change=True)
        require_match(request, MembershipSerializer(present).data)
        edits = self.read(MembershipEditsSerializer, request)
        edited = services.edit_membership(actor=self.actor, membership_id=membership_id, **edits)
        return answer_with_etag(request, MembershipSerializer(edited).data)
