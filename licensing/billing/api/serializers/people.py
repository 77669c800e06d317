"""Who did something with an invoice, on the wire."""

from rest_framework import serializers

from platform_core.identity.models import User


class ActingPersonSerializer(serializers.ModelSerializer[User]):
    """Somebody who did something with an invoice."""

    class Meta:
        model = User
        fields = ("id", "name")
