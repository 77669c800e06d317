"""Rights given by hand, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.actors import Actor
from platform_core.access.grants import selectors, services
from platform_core.access.grants.models import Grant
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.roles import Role
from platform_core.problems import invalid


class GrantSerializer(serializers.ModelSerializer[Grant]):
    """Actions on one object given to a seat or an organisation, or the role in which a seat is assigned to it.

    Seats and organisations that you may not see are null.
    """

    seat = serializers.UUIDField(source="seat_shown", allow_null=True)
    seat_name = serializers.CharField(allow_null=True)
    organisation = serializers.UUIDField(
        source="organisation_shown", allow_null=True, help_text="the organisation, or that of the seat"
    )
    organisation_name = serializers.CharField(allow_null=True)
    to_whole_organisation = serializers.SerializerMethodField()
    granted_by = serializers.UUIDField(source="granted_by_shown", allow_null=True, help_text="a seat")
    granted_by_name = serializers.CharField(allow_null=True)
    granted_by_organisation_name = serializers.CharField(allow_null=True)

    class Meta:
        model = Grant
        fields = (
            "id",
            "subject_type",
            "subject_id",
            "seat",
            "seat_name",
            "organisation",
            "organisation_name",
            "to_whole_organisation",
            "actions",
            "role",
            "reason",
            "granted_by",
            "granted_by_name",
            "granted_by_organisation_name",
            "granted_at",
            "starts_at",
            "ends_at",
            "revoked_at",
            "revocation_reason",
        )

    def get_to_whole_organisation(self, grant: Grant) -> bool:
        """Say whether every seat of the organisation holds it."""
        return grant.organisation_id is not None


class NewGrantSerializer(serializers.Serializer[Any]):
    """What to give on which object: actions to a seat or an organisation, or a role to a seat."""

    subject_type = serializers.CharField(max_length=100, help_text="such as patents.patent")
    subject_id = serializers.UUIDField()
    seat = serializers.UUIDField(required=False, allow_null=True)
    organisation = serializers.UUIDField(required=False, allow_null=True)
    actions = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, max_length=50, help_text="such as patent.read"
    )
    role = serializers.ChoiceField(
        choices=Role.choices, required=False, allow_null=True, help_text="assign the seat in this role"
    )
    reason = serializers.CharField(max_length=500)
    starts_at = serializers.DateTimeField(required=False, allow_null=True, help_text="now, if left out")
    ends_at = serializers.DateTimeField(help_text="the first instant without the right")


class RevocationSerializer(serializers.Serializer[Any]):
    """Why a grant is taken back."""

    reason = serializers.CharField(max_length=500)


# Seats and organisations are asked for as they are shown, so that a filter finds nobody who is not.
_IDS = {"subject_id": "subject_id", "seat": "seat_shown", "organisation": "organisation_shown"}
_TEXTS = {"subject_type": "subject_type", "role": "role"}


class GrantsView(HouseView):
    """Grants and assignments."""

    orders = {"granted": "pk", "ends": "ends_at"}

    @extend_schema(
        operation_id="grants_list",
        parameters=[
            *parameters_of(ids=_IDS, texts=_TEXTS),
            OpenApiParameter("current", OpenApiTypes.BOOL, description="only those in force now, or only the others"),
        ],
        responses=page_of(GrantSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what was given by hand, as far as you may see it: to you, by you, on what you may share or assign."""
        current = {"true": True, "false": False, None: None}.get(request.query_params.get("current"), ...)
        if current is ...:
            raise invalid("/current", "bad_value", "Ask for “true” or “false”.")
        rows = filtered(selectors.grants(actor=self.actor, current=current), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, GrantSerializer, default="-granted")

    @extend_schema(operation_id="grants_give", request=NewGrantSerializer, responses={201: GrantSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Grant actions on an object, or assign a seat to it, with a reason and an end."""
        given = self.read(NewGrantSerializer, request)
        role, actions = given.pop("role", None), given.pop("actions", ())
        if bool(role) is bool(actions):
            raise invalid("/actions", "actions_or_role", "Name the actions to grant or the role to assign, not both.")
        seat_id, organisation_id = given.pop("seat", None), given.pop("organisation", None)
        if role:
            if seat_id is None or organisation_id is not None:
                raise invalid("/seat", "one_holder", "A role on an object is assigned to a seat.")
            made = services.assign_seat(actor=self.actor, role=Role(role), seat_id=seat_id, **given)
        else:
            made = services.grant_access(
                actor=self.actor, actions=actions, seat_id=seat_id, organisation_id=organisation_id, **given
            )
        return Response(_document(made, self.actor), status=201)


class GrantRevocationView(HouseView):
    """The end of a grant before its time."""

    @extend_schema(operation_id="grants_revoke", request=RevocationSerializer, responses=GrantSerializer)
    def post(self, request: Request, grant_id: UUID) -> Response:
        """Take back a grant or an assignment, at once and on every channel."""
        revoked = services.revoke_grant(actor=self.actor, grant_id=grant_id, **self.read(RevocationSerializer, request))
        return Response(_document(revoked, self.actor))


def _document(grant: Grant, actor: Actor) -> Any:
    return GrantSerializer(selectors.grants(actor=actor).get(pk=grant.pk)).data
