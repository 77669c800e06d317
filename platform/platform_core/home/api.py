"""The home page over HTTP."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import without_version
from platform_core.api.views import HouseView
from platform_core.home import selectors, services
from platform_core.home.registry import Severity


class WaitingSerializer(serializers.Serializer[Any]):
    """Something that waits for the reader."""

    id = serializers.CharField()
    kind = serializers.CharField(help_text="a key for the words, such as close.approve")
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    title = serializers.CharField(help_text="the name of the thing, in no language")
    detail = serializers.DictField(help_text="values that go into the words")
    since = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    severity = serializers.ChoiceField(choices=[severity.value for severity in Severity])
    step = serializers.CharField(allow_null=True, help_text="the step that settles it, as in allowed_steps")


class ChangedSerializer(serializers.Serializer[Any]):
    """Something that changed."""

    at = serializers.DateTimeField()
    text_key = serializers.CharField(help_text="a key for the words, such as close_run.posted")
    values = serializers.DictField()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()


class FigureSerializer(serializers.Serializer[Any]):
    """A figure of the reader's role."""

    key = serializers.CharField()
    value = serializers.IntegerField(help_text="money in minor units")
    unit = serializers.CharField(help_text="a currency, or count")
    previous = serializers.IntegerField(allow_null=True)
    link = serializers.CharField(allow_null=True, help_text="the page that explains it")
    due_on = serializers.DateField(allow_null=True, help_text="by when what it counts is to be done, where it is")
    values = serializers.DictField()


class HomeSerializer(serializers.Serializer[Any]):
    """The home page of a seat."""

    waiting = WaitingSerializer(many=True)
    changed = ChangedSerializer(many=True)
    figures = FigureSerializer(many=True)
    since = serializers.DateTimeField(help_text="changes are told from here on")


class HomeSeenSerializer(serializers.Serializer[Any]):
    """From when on changes are told now."""

    since = serializers.DateTimeField()


_RUN: Final = "019aa000-0000-7000-8000-000000000001"
_EXAMPLE: Final = {
    "waiting": [
        {
            "id": f"close.approve:{_RUN}",
            "kind": "close.approve",
            "subject_type": "close.closerun",
            "subject_id": _RUN,
            "title": "UHD-TV 2026Q3",
            "detail": {"distributed_minor": 123456789, "currency": "CNY", "calculated_by": "顾清禾"},
            "since": "2026-11-16T02:00:00Z",
            "due_on": None,
            "severity": "attention",
            "step": "approve",
        }
    ],
    "changed": [
        {
            "at": "2026-11-16T02:00:00Z",
            "text_key": "close_run.calculated",
            "values": {"by": "顾清禾"},
            "subject_type": "close.closerun",
            "subject_id": _RUN,
        }
    ],
    "figures": [
        {
            "key": "close.distributed",
            "value": 123456789,
            "unit": "CNY",
            "previous": 120000000,
            "link": f"/closes/{_RUN}",
            "due_on": None,
            "values": {"programme": "UHD-TV", "period": "2026Q2"},
        }
    ],
    "since": "2026-11-09T00:00:00Z",
}


class HomeView(HouseView):
    """The home page."""

    @extend_schema(
        operation_id="home_read",
        responses=HomeSerializer,
        examples=[OpenApiExample("The second person of a close", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Read what waits for you, what changed since you looked, and the figures of your role."""
        return Response(HomeSerializer(selectors.home(actor=self.actor)).data)


class HomeSeenView(HouseView):
    """The last look at the home page."""

    @extend_schema(operation_id="home_mark_seen", request=None, responses=HomeSeenSerializer)
    @without_version(because="it replaces an instant by a later one")
    def put(self, request: Request) -> Response:
        """Say that you have looked at what changed."""
        return Response(HomeSeenSerializer({"since": services.mark_home_seen(actor=self.actor)}).data)
