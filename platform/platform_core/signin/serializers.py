"""How sign-ins look to a client of the API."""

from typing import Any

from rest_framework import serializers

from platform_core.identity.models import Language, User
from platform_core.identity.roles import Purpose, Role
from platform_core.signin.models import ApiToken, Invitation, InvitedRole, Lock, Session


class SessionSerializer(serializers.ModelSerializer[Session]):
    """A browser you are signed in with."""

    current = serializers.SerializerMethodField(help_text="whether it is the one that asks")

    class Meta:
        model = Session
        fields = ("id", "started_at", "seen_at", "expires_at", "address", "device", "current")

    def get_current(self, session: Session) -> bool:
        """Say whether the session is the one that asks."""
        current: Any = self.context.get("current")
        return bool(session.pk == current)


class AccountReasonSerializer(serializers.Serializer[Any]):
    """Why an account is closed or opened again."""

    reason = serializers.CharField(max_length=500)


class AccountSerializer(serializers.ModelSerializer[User]):
    """A person's account."""

    class Meta:
        model = User
        fields = ("id", "name", "email", "is_active")


class LockLiftingSerializer(serializers.Serializer[Any]):
    """Why a lock is lifted before its time."""

    reason = serializers.CharField(max_length=500)


class LockSerializer(serializers.ModelSerializer[Lock]):
    """An account or a network address that is locked out."""

    user_name = serializers.CharField(source="user.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Lock
        fields = ("id", "kind", "user", "user_name", "address", "failures", "locked_at", "locked_until")


class InvitedRoleSerializer(serializers.ModelSerializer[InvitedRole]):
    """A role that an invitation brings."""

    class Meta:
        model = InvitedRole
        fields = ("role", "alliance", "operating_entity", "purpose", "ends_at")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation to a seat; its link goes to the invited address alone."""

    organisation_name = serializers.CharField(source="organisation.__str__", read_only=True)
    invited_by_name = serializers.CharField(source="invited_by.user.name", read_only=True)
    roles = InvitedRoleSerializer(many=True, read_only=True)

    class Meta:
        model = Invitation
        fields = (
            "id",
            "organisation",
            "organisation_name",
            "email",
            "title",
            "language",
            "state",
            "roles",
            "invited_by",
            "invited_by_name",
            "created_at",
            "sent_at",
            "times_sent",
            "expires_at",
            "finished_at",
            "seat",
        )


class InvitedRoleInputSerializer(serializers.Serializer[dict[str, object]]):
    """A role that an invitation is to bring."""

    role = serializers.ChoiceField(choices=Role.choices)
    alliance = serializers.UUIDField(source="alliance_id", required=False)
    operating_entity = serializers.UUIDField(source="operating_entity_id", required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)
    ends_at = serializers.DateTimeField(required=False)


class InvitationInputSerializer(serializers.Serializer[dict[str, object]]):
    """Who is invited, to which organisation, and as what."""

    organisation = serializers.UUIDField(source="organisation_id")
    email = serializers.EmailField(max_length=254)
    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    roles = InvitedRoleInputSerializer(many=True, required=False)


class InvitationSeenSerializer(serializers.Serializer[object]):
    """What whoever holds the link is told of an invitation."""

    email = serializers.EmailField()
    organisation_name = serializers.CharField()
    invited_by_name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    expires_at = serializers.DateTimeField()
    has_account = serializers.BooleanField(help_text="then sign in first; otherwise choose a name and a password")


class AcceptanceSerializer(serializers.Serializer[dict[str, object]]):
    """The key of the link; name and password where the invited address has no account yet."""

    key = serializers.CharField(max_length=200)
    name = serializers.CharField(max_length=120, required=False)
    password = serializers.CharField(max_length=256, required=False, trim_whitespace=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class AcceptedSerializer(serializers.Serializer[object]):
    """The seat that was taken up; a new user now signs in with the chosen password."""

    email = serializers.EmailField()
    seat = serializers.UUIDField(source="seat_id")
    organisation = serializers.UUIDField(source="organisation_id")


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token of yours; its key is not kept."""

    organisation_name = serializers.CharField(source="seat.organisation.__str__", read_only=True)
    areas = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ApiToken
        fields: tuple[str, ...] = (
            "id",
            "name",
            "start",
            "seat",
            "organisation_name",
            "read_only",
            "areas",
            "created_at",
            "expires_at",
            "used_at",
            "used_from",
        )


class MadeApiTokenSerializer(ApiTokenSerializer):
    """A token that was just made, with its key, shown this once."""

    key = serializers.SerializerMethodField(help_text="send it as `Authorization: Bearer …`; it is not shown again")

    class Meta(ApiTokenSerializer.Meta):
        fields = (*ApiTokenSerializer.Meta.fields, "key")

    def get_key(self, token: ApiToken) -> str:
        """Give the key, which only whoever made the token knows."""
        return str(self.context["key"])


class ApiTokenInputSerializer(serializers.Serializer[dict[str, object]]):
    """What a token is for and how long it holds."""

    name = serializers.CharField(max_length=100)
    days = serializers.IntegerField(min_value=1, max_value=365)
    read_only = serializers.BooleanField(default=True)  # type: ignore[assignment]  # a field, not the attribute
    areas = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=100,
        help_text="collections it reaches, such as `patents`; all of them if none is named",
    )
