"""Who has not signed a version, and reminding them, over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.charter import selectors, services
from members.charter.models import SignatureReminder
from members.memberships.models import Membership
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.notices.selectors import latest_reminders


class _MemberSerializer(serializers.Serializer[Any]):
    membership_id = serializers.UUIDField(source="pk")
    code = serializers.CharField()
    organisation_name = serializers.CharField(source="organisation")


class MissingSignatureSerializer(_MemberSerializer):
    """A member that has not signed a version, and when it was last reminded, for those who may know."""

    reminded_at = serializers.SerializerMethodField()
    reminded_by_name = serializers.SerializerMethodField()

    def get_reminded_at(self, membership: Membership) -> datetime | None:
        """Return when the member was last reminded."""
        reminder = self._reminder(membership)
        return reminder.sent_at if reminder is not None else None

    def get_reminded_by_name(self, membership: Membership) -> str:
        """Return who last reminded the member."""
        reminder = self._reminder(membership)
        return reminder.sent_by.name if reminder is not None and reminder.sent_by is not None else ""

    def _reminder(self, membership: Membership) -> SignatureReminder | None:
        reminder: SignatureReminder | None = self.context["reminders"].get(membership.pk)
        return reminder


class SignersToRemindSerializer(serializers.Serializer[Any]):
    """Which members are to be reminded to sign."""

    membership_ids = serializers.ListField(
        child=serializers.UUIDField(),
        allow_empty=False,
        required=False,
        help_text="default: all that have not signed",
    )
    again = serializers.BooleanField(default=False, help_text="also those reminded within the last day")


class SignatureReminderSerializer(serializers.ModelSerializer[SignatureReminder]):
    """A reminder that was sent to a member."""

    code = serializers.CharField(source="membership.code")
    organisation_name = serializers.CharField(source="membership.organisation")

    class Meta:
        model = SignatureReminder
        fields = ("id", "membership_id", "code", "organisation_name", "people", "sent_at")


class UnreachedSignerSerializer(_MemberSerializer):
    """A member that has nobody here who could be reminded."""


class SignersRemindedSerializer(serializers.Serializer[Any]):
    """Who was reminded to sign, and who could not be."""

    reminders = SignatureReminderSerializer(many=True)
    unreached = UnreachedSignerSerializer(many=True)


class MissingSignaturesView(HouseView):
    """Who has not signed a version."""

    orders = {"code": "code"}

    @extend_schema(operation_id="charter_versions_missing", responses=page_of(MissingSignatureSerializer))
    def get(self, request: Request, version_id: UUID) -> Response:
        """List today's members that have not signed a version."""
        version = selectors.get_charter_version(version_id, actor=self.actor)

        def reminders_of(part: Sequence[Membership]) -> dict[str, Any]:
            sent = selectors.signature_reminders(actor=self.actor).filter(version=version, membership__in=part)
            return {"reminders": latest_reminders(sent, "membership_id")}

        rows = selectors.missing_signatures(version, actor=self.actor)
        return self.page(rows, MissingSignatureSerializer, default="code", about=reminders_of)


class SignatureRemindersView(HouseView):
    """Reminders to sign a version."""

    @extend_schema(
        operation_id="charter_versions_remind",
        request=SignersToRemindSerializer,
        responses={201: SignersRemindedSerializer},
        examples=[OpenApiExample("Everybody who has not signed", value={"again": False}, request_only=True)],
    )
    @idempotent
    def post(self, request: Request, version_id: UUID) -> Response:
        """Remind members that have not signed, by notice and message; again within a day only if that is meant."""
        asked = self.read(SignersToRemindSerializer, request)
        done = services.remind_signers(actor=self.actor, version_id=version_id, **asked)
        return Response(SignersRemindedSerializer(done).data, status=201)
