"""The messages that left the platform, over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.schema import page_of
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView
from platform_core.messaging import selectors
from platform_core.messaging.models import Message


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message and what became of it; what it said is not kept."""

    user_name = serializers.CharField(source="user.name", read_only=True, allow_null=True, default=None)
    error = StoredSentenceField(help_text="why it could not be sent, in the reader's language")

    class Meta:
        model = Message
        fields = (
            "id",
            "kind",
            "channel",
            "user",
            "user_name",
            "address",
            "language",
            "state",
            "attempts",
            "error",
            "created_at",
            "finished_at",
        )


class MessagesView(HouseView):
    """Messages."""

    orders = {"created": "created_at"}

    @extend_schema(operation_id="messages_list", responses=page_of(MessageSerializer))
    def get(self, request: Request) -> Response:
        """List the messages you may see: those to you, and for the site's administrator all."""
        return self.page(selectors.messages(actor=self.actor), MessageSerializer, default="-created")
