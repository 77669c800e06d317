"""Webhooks over HTTP."""

from functools import partial
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.requests import require_browser
from platform_core.api.schema import page_of
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView
from platform_core.webhooks import selectors, services
from platform_core.webhooks.models import Webhook, WebhookDelivery

EVENT = r"^(\*|[a-z][a-z0-9_]*(\.[a-z0-9_]+)*)$"


class WebhookSerializer(serializers.ModelSerializer[Webhook]):
    """An address that is called about events which its seat may read."""

    events = serializers.ListField(child=serializers.CharField())
    disabled_reason = StoredSentenceField(help_text="why it is no longer called, in the reader's language")

    class Meta:
        model = Webhook
        fields: tuple[str, ...] = (
            "id",
            "seat_id",
            "organisation_id",
            "url",
            "events",
            "failures",
            "created_at",
            "disabled_at",
            "disabled_reason",
            "ended_at",
        )


class WebhookWithSecretSerializer(WebhookSerializer):
    """A webhook with the secret its calls are signed with, which is shown this once."""

    secret = serializers.CharField(help_text="whsec_ and base64, as Standard Webhooks has it")

    class Meta(WebhookSerializer.Meta):
        fields = (*WebhookSerializer.Meta.fields, "secret")


class WebhookInputSerializer(serializers.Serializer[Any]):
    """What to call, and about what."""

    url = serializers.CharField(max_length=500, help_text="https://…")
    events = serializers.ListField(
        child=serializers.RegexField(EVENT, max_length=100),
        min_length=1,
        max_length=50,
        help_text="names such as close_run.approved, things such as close_run, or * for all you may read",
    )


class WebhookEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a webhook; what is left out stays."""

    url = serializers.CharField(max_length=500, required=False)
    events = serializers.ListField(
        child=serializers.RegexField(EVENT, max_length=100), min_length=1, max_length=50, required=False
    )


class WebhookDeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """One call: what it told, how often it was tried, and how it ended."""

    error = StoredSentenceField(help_text="why the last attempt came to nothing, in the reader's language")

    class Meta:
        model = WebhookDelivery
        fields = (
            "id",
            "event",
            "topic",
            "at",
            "state",
            "attempts",
            "next_attempt_at",
            "status_code",
            "error",
            "created_at",
            "finished_at",
        )


class WebhooksView(HouseView):
    """Webhooks."""

    orders = {"created": "created_at"}

    @extend_schema(operation_id="webhooks_list", responses=page_of(WebhookSerializer))
    def get(self, request: Request) -> Response:
        """List the webhooks you may see."""
        return self.page(selectors.webhooks(actor=self.actor), WebhookSerializer, default="created")

    # Not to be repeated by key: the answer, with its secret, is kept nowhere.
    @extend_schema(
        operation_id="webhooks_open", request=WebhookInputSerializer, responses={201: WebhookWithSecretSerializer}
    )
    def post(self, request: Request) -> Response:
        """Have an address called about events your seat may read; the secret is shown in this answer only."""
        require_browser(request)
        opened = services.open_webhook(actor=self.actor, **self.read(WebhookInputSerializer, request))
        return Response(WebhookWithSecretSerializer(opened).data, status=201)


class WebhookView(HouseView):
    """One webhook."""

    @extend_schema(operation_id="webhooks_read", responses=WebhookSerializer)
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """Read a webhook."""
        found = selectors.webhook(webhook_id, actor=self.actor)
        return answer_with_etag(request, WebhookSerializer(found).data)

    @extend_schema(operation_id="webhooks_edit", request=WebhookEditsSerializer, responses=WebhookSerializer)
    def patch(self, request: Request, webhook_id: UUID) -> Response:
        """Change what is called, or about what."""
        require_browser(request)
        return self.edit(
            request,
            WebhookEditsSerializer,
            present=lambda: selectors.webhook(webhook_id, actor=self.actor, for_change=True),
            change=partial(services.edit_webhook, actor=self.actor, webhook_id=webhook_id),
            represent=lambda found: WebhookSerializer(found).data,
        )


class WebhookEndView(HouseView):
    """The end of a webhook."""

    @extend_schema(operation_id="webhooks_end", request=None, responses=WebhookSerializer)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Call the address no more."""
        return Response(WebhookSerializer(services.end_webhook(actor=self.actor, webhook_id=webhook_id)).data)


class WebhookResumptionView(HouseView):
    """The resumption of a disabled webhook."""

    @extend_schema(operation_id="webhooks_resume", request=None, responses=WebhookSerializer)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Call the address again, about what happens from now on."""
        return Response(WebhookSerializer(services.resume_webhook(actor=self.actor, webhook_id=webhook_id)).data)


class WebhookSecretView(HouseView):
    """The secret of a webhook."""

    @extend_schema(operation_id="webhooks_replace_secret", request=None, responses=WebhookWithSecretSerializer)
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Replace the secret; the new one is shown in this answer only."""
        require_browser(request)
        found = services.replace_secret(actor=self.actor, webhook_id=webhook_id)
        return Response(WebhookWithSecretSerializer(found).data)


class WebhookTestView(HouseView):
    """A call to see whether a webhook answers."""

    @extend_schema(operation_id="webhooks_test", request=None, responses={202: WebhookDeliverySerializer})
    def post(self, request: Request, webhook_id: UUID) -> Response:
        """Call the address once; how it went stands among the deliveries."""
        sent = services.send_test(actor=self.actor, webhook_id=webhook_id)
        return Response(WebhookDeliverySerializer(sent).data, status=202)


class WebhookDeliveriesView(HouseView):
    """What was sent to a webhook."""

    orders = {"created": "pk"}

    @extend_schema(operation_id="webhooks_deliveries", responses=page_of(WebhookDeliverySerializer))
    def get(self, request: Request, webhook_id: UUID) -> Response:
        """List the calls of the last thirty days, the latest first."""
        rows = selectors.deliveries(webhook_id, actor=self.actor)
        return self.page(rows, WebhookDeliverySerializer, default="-created")
