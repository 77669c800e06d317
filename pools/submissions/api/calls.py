"""Calls for patents over HTTP."""

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
from pools.submissions import selectors, services
from pools.submissions.models import Call, CallAudience


class CallSerializer(serializers.ModelSerializer[Call]):
    """A call for patents: for what, from when to when, and the time limits of its evaluations."""

    pool_name = serializers.CharField(source="pool.name")
    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta:
        model = Call
        fields = (
            "id",
            "pool_id",
            "pool_name",
            "number",
            "state",
            "audience",
            "title_zh",
            "title_en",
            "standard",
            "text_zh",
            "text_en",
            "opens_on",
            "submit_by_on",
            "evaluation_days",
            "reevaluation_days",
            "appeal_days",
            "published_at",
            "allowed_steps",
        )

    def get_allowed_steps(self, call: Call) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        steps: list[str] = self.context["steps"][call.pk]
        return steps


class CallEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft."""

    audience = serializers.ChoiceField(choices=CallAudience.choices, required=False)
    title_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)
    standard = serializers.CharField(max_length=200, required=False, help_text="with its version; or the field")
    text_zh = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    text_en = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    opens_on = serializers.DateField(required=False, allow_null=True, help_text="first day on which patents are taken")
    submit_by_on = serializers.DateField(required=False, allow_null=True, help_text="last such day; null: open")
    evaluation_days = serializers.IntegerField(required=False, min_value=1, max_value=730)
    reevaluation_days = serializers.IntegerField(required=False, min_value=1, max_value=730)
    appeal_days = serializers.IntegerField(required=False, min_value=1, max_value=730)


class NewCallSerializer(CallEditsSerializer):
    """The draft of a pool's next call."""

    pool_id = serializers.UUIDField()
    standard = serializers.CharField(max_length=200, help_text="with its version; or the field")


class CallExtensionSerializer(serializers.Serializer[Any]):
    """A later last day of a call."""

    submit_by_on = serializers.DateField(allow_null=True, help_text="null: open from now on")


_IDS = {"pool": "pool", "alliance": "pool__alliance"}
_TEXTS = {"state": "state"}


class _CallView(HouseView):
    def document(self, call: Call) -> dict[str, Any]:
        """Return a call as its reader sees it."""
        steps = selectors.allowed_steps_of_calls([call], actor=self.actor)
        return dict(CallSerializer(call, context={"steps": steps}).data)


class CallsView(_CallView):
    """Calls for patents."""

    public = True
    orders = {"opens": "opens_on", "written": "id"}

    @extend_schema(
        operation_id="calls_list", parameters=parameters_of(ids=_IDS, texts=_TEXTS), responses=page_of(CallSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the calls you may see, the latest first; some are public."""
        return self.page(
            filtered(selectors.calls(actor=self.actor), request, ids=_IDS, texts=_TEXTS),
            CallSerializer,
            default="-written",
            about=lambda part: {"steps": selectors.allowed_steps_of_calls(part, actor=self.actor)},
        )

    @extend_schema(operation_id="calls_draft", request=NewCallSerializer, responses={201: CallSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Write the draft of a pool's next call."""
        made = services.draft_call(actor=self.actor, **self.read(NewCallSerializer, request))
        return answer_with_etag(request, self.document(made), status=201)


class CallView(_CallView):
    """One call for patents."""

    public = True

    @extend_schema(operation_id="calls_read", responses=CallSerializer)
    def get(self, request: Request, call_id: UUID) -> Response:
        """Read a call."""
        return answer_with_etag(request, self.document(selectors.get_call(call_id, actor=self.actor)))

    @extend_schema(operation_id="calls_edit", request=CallEditsSerializer, responses=CallSerializer)
    def patch(self, request: Request, call_id: UUID) -> Response:
        """Change a draft; what is left out stays."""
        return self.edit(
            request,
            CallEditsSerializer,
            present=lambda: selectors.get_call(call_id, actor=self.actor, for_change=True),
            change=partial(services.edit_call, actor=self.actor, call_id=call_id),
            represent=self.document,
        )


class CallPublicationView(_CallView):
    """Publication of a call."""

    @extend_schema(operation_id="calls_publish", request=None, responses=CallSerializer)
    def post(self, request: Request, call_id: UUID) -> Response:
        """Publish a draft, so that its text is fixed and members can answer it."""
        return answer_with_etag(request, self.document(services.publish_call(actor=self.actor, call_id=call_id)))


class CallExtensionView(_CallView):
    """A later last day."""

    @extend_schema(operation_id="calls_extend", request=CallExtensionSerializer, responses=CallSerializer)
    def post(self, request: Request, call_id: UUID) -> Response:
        """Move the last day of a published call to a later one."""
        given = self.read(CallExtensionSerializer, request)
        return answer_with_etag(
            request, self.document(services.extend_call(actor=self.actor, call_id=call_id, **given))
        )


class CallClosingView(_CallView):
    """The end of a call."""

    @extend_schema(operation_id="calls_close", request=None, responses=CallSerializer)
    def post(self, request: Request, call_id: UUID) -> Response:
        """Close a call that is over, or that has no last day; what was submitted goes on."""
        return answer_with_etag(request, self.document(services.close_call(actor=self.actor, call_id=call_id)))
