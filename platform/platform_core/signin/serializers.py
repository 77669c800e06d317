"""How sign-ins look to a client of the API."""

from typing import Any

from rest_framework import serializers

from platform_core.signin.models import Lock, Session


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


class LockSerializer(serializers.ModelSerializer[Lock]):
    """An account or a network address that is locked out."""

    user_name = serializers.CharField(source="user.name", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Lock
        fields = ("id", "kind", "user", "user_name", "address", "failures", "locked_at", "locked_until")
