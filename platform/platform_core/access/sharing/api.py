"""Who sees an object, and why, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.sharing.selectors import Reader, Sharing, Why, sharing_of
from platform_core.api.views import HouseView
from platform_core.identity.roles import Role

_KINDS = ("role", "grant", "assignment", "staff_session", "public")


class WhySerializer(serializers.Serializer[Why]):
    """One reason for which somebody sees an object."""

    kind = serializers.ChoiceField(choices=[(kind, kind) for kind in _KINDS])
    text = serializers.CharField(help_text="by which relation, or which actions were granted")
    role = serializers.ChoiceField(choices=Role.choices, allow_null=True)
    grant = serializers.UUIDField(source="grant_id", allow_null=True, help_text="null too where you may not see it")
    ends_at = serializers.DateTimeField(allow_null=True, help_text="null: open, or not by itself")


class ReaderSerializer(serializers.Serializer[Reader]):
    """A seat that sees the object; where it may not be named, all seats alike of its organisation; or the public."""

    seat = serializers.UUIDField(source="seat_id", allow_null=True)
    name = serializers.CharField(help_text="of the person; blank where you may not see them")
    organisation = serializers.UUIDField(source="organisation_id", allow_null=True)
    organisation_name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    actions = serializers.ListField(child=serializers.CharField())
    why = WhySerializer(many=True)


class SubjectSerializer(serializers.Serializer[Any]):
    """The object that is shared."""

    type = serializers.CharField(source="_meta.label_lower")
    id = serializers.UUIDField(source="pk")
    label = serializers.CharField(source="__str__")  # type: ignore[assignment]  # a field of this name, not the attribute


class SharingSerializer(serializers.Serializer[Sharing]):
    """Who sees an object, and what you may give on it."""

    subject = SubjectSerializer()
    readers = ReaderSerializer(many=True)
    left_out = serializers.IntegerField(help_text="readers beyond those that are listed")
    may_grant = serializers.ListField(child=serializers.CharField(), help_text="actions, such as patent.read")
    may_assign = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class SharingView(HouseView):
    """Who sees an object."""

    @extend_schema(operation_id="sharing_read", responses=SharingSerializer)
    def get(self, request: Request, subject_type: str, subject_id: UUID) -> Response:
        """Say who sees an object and why, to those who may share it or assign people to it."""
        found = sharing_of(actor=self.actor, subject_type=subject_type, subject_id=subject_id)
        return Response(SharingSerializer(found).data)
