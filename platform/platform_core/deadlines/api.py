"""Deadlines, what each day did about them, and calendars over HTTP."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.request_ids import request_id_of
from platform_core.api.requests import require_browser
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.deadlines import selectors, services
from platform_core.deadlines.kinds import words_of
from platform_core.deadlines.lifecycle import BY_PEOPLE
from platform_core.deadlines.models import CalendarFeed, Deadline, DeadlineReminder, DeadlineRun
from platform_core.identity.models import Language
from platform_core.problems import NotFound


class DeadlineSerializer(serializers.ModelSerializer[Deadline]):
    """Something to be done by a day, in the reader's language, and the steps the reader may take with it now."""

    what = serializers.SerializerMethodField()
    organisation_name = serializers.CharField(source="organisation", allow_null=True)
    responsible_name = serializers.CharField(source="responsible.user.name", allow_null=True, default=None)
    settled_by_name = serializers.CharField(source="settled_by.name", allow_null=True, default=None)
    allowed_steps = serializers.SerializerMethodField()

    class Meta:
        model = Deadline
        fields = (
            "id",
            "alliance_id",
            "organisation_id",
            "organisation_name",
            "responsible_id",
            "responsible_name",
            "subject_type",
            "subject_id",
            "title",
            "kind",
            "part",
            "what",
            "due_on",
            "last_day",
            "rule",
            "state",
            "settled_at",
            "settled_by_name",
            "note",
            "allowed_steps",
        )

    def get_what(self, deadline: Deadline) -> str:
        """Say what is to be done."""
        language = Language.CHINESE if get_language() == "zh-hans" else Language.ENGLISH
        return words_of(deadline.kind, language, deadline.values, title=deadline.title)

    def get_allowed_steps(self, deadline: Deadline) -> list[str]:
        """List the steps the reader may take now."""
        steps: list[str] = self.context["steps"].get(deadline.pk, [])
        return [step for step in BY_PEOPLE if step in steps]


class DeadlineReminderSerializer(serializers.ModelSerializer[DeadlineReminder]):
    """A reminder that was sent, or in whose place a later one was."""

    class Meta:
        model = DeadlineReminder
        fields = ("id", "rung", "fell_on", "sent_on", "instead", "people")


class DeadlinesToSettleSerializer(serializers.Serializer[Any]):
    """Which deadlines are done, and how."""

    deadline_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=500)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DeadlinesToWaiveSerializer(serializers.Serializer[Any]):
    """Which deadlines are not to be met, and why."""

    deadline_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=500)
    note = serializers.CharField(max_length=500)


class DeadlinesToAssignSerializer(serializers.Serializer[Any]):
    """Who is to look after which deadlines."""

    deadline_ids = serializers.ListField(child=serializers.UUIDField(), allow_empty=False, max_length=500)
    seat_id = serializers.UUIDField(allow_null=True, help_text="null: nobody in particular")


class DeadlineReopeningSerializer(serializers.Serializer[Any]):
    """Why a deadline is open again."""

    note = serializers.CharField(max_length=500)


class ChangedDeadlinesSerializer(serializers.Serializer[Any]):
    """The deadlines as they are now."""

    items = DeadlineSerializer(many=True)


class DeadlineRunSerializer(serializers.ModelSerializer[DeadlineRun]):
    """A day: what was told, what was missed, and for what nobody was there."""

    class Meta:
        model = DeadlineRun
        fields = (
            "id",
            "alliance_id",
            "day",
            "ran_at",
            "caught_up",
            "open",
            "reminders",
            "taken_together",
            "people",
            "missed",
            "unreached",
        )


class NewCalendarFeedSerializer(serializers.Serializer[Any]):
    """A calendar to make: what reads it."""

    name = serializers.CharField(max_length=100)


class CalendarFeedSerializer(serializers.ModelSerializer[CalendarFeed]):
    """A calendar, without its key."""

    class Meta:
        model = CalendarFeed
        fields = ("id", "name", "start", "created_at", "read_at", "revoked_at")


class CalendarFeedWithAddressSerializer(serializers.Serializer[Any]):
    """A calendar with its address, which is shown once."""

    feed = CalendarFeedSerializer()
    address = serializers.CharField()


_IDS = {
    "alliance": "alliance",
    "organisation": "organisation",
    "responsible": "responsible",
    "subject": "subject_id",
}
_KEY = r"^lcf_[A-Za-z0-9_-]{43}$"
_TEXTS = {"kind": "kind", "state": "state", "subject_type": "subject_type"}


class _OfDeadlines(HouseView):
    def steps(self, rows: Sequence[Deadline]) -> dict[str, Any]:
        """Return what has to be known of deadlines before they are shown."""
        return {"steps": selectors.steps_of(rows, actor=self.actor)}

    def shown(self, row: Deadline) -> dict[str, Any]:
        """Show one deadline."""
        return dict(DeadlineSerializer(row, context=self.steps([row])).data)

    def answer(self, rows: Sequence[Deadline]) -> Response:
        """Answer with deadlines that were just changed."""
        order = {row.pk: place for place, row in enumerate(rows)}
        found = sorted(selectors.deadlines(actor=self.actor).filter(pk__in=order), key=lambda row: order[row.pk])
        return Response({"items": DeadlineSerializer(found, many=True, context=self.steps(found)).data})


class DeadlinesView(_OfDeadlines):
    """Deadlines."""

    orders = {"due": "due_on", "last_day": "last_day", "changed": "changed_at"}

    @extend_schema(
        operation_id="deadlines_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(DeadlineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the deadlines of what you look after or keep an eye on, the most pressing first."""
        rows = filtered(selectors.deadlines(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, DeadlineSerializer, default="due", about=self.steps)


class DeadlineView(_OfDeadlines):
    """One deadline."""

    @extend_schema(operation_id="deadlines_read", responses=DeadlineSerializer)
    def get(self, request: Request, deadline_id: UUID) -> Response:
        """Read a deadline."""
        return Response(self.shown(selectors.get_deadline(deadline_id, actor=self.actor)))


class DeadlineRemindersView(HouseView):
    """The reminders of a deadline."""

    orders = {"fell_on": "fell_on"}

    @extend_schema(operation_id="deadlines_reminders", responses=page_of(DeadlineReminderSerializer))
    def get(self, request: Request, deadline_id: UUID) -> Response:
        """List when a deadline was reminded of, and how many people heard it."""
        deadline = selectors.get_deadline(deadline_id, actor=self.actor)
        rows = selectors.reminders_of(deadline, actor=self.actor)
        return self.page(rows, DeadlineReminderSerializer, default="-fell_on")


class DeadlineSettlementView(_OfDeadlines):
    """Settling deadlines."""

    @extend_schema(
        operation_id="deadlines_settle",
        request=DeadlinesToSettleSerializer,
        responses={200: ChangedDeadlinesSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Note that what was to be done is done, for one or many; one that you may not settle refuses all."""
        given = self.read(DeadlinesToSettleSerializer, request)
        return self.answer(services.settle_deadlines(actor=self.actor, **given))


class DeadlineWaiverView(_OfDeadlines):
    """Waiving deadlines."""

    @extend_schema(
        operation_id="deadlines_waive", request=DeadlinesToWaiveSerializer, responses={200: ChangedDeadlinesSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Say that something is not to be done, and why; nobody is reminded of it any more."""
        given = self.read(DeadlinesToWaiveSerializer, request)
        return self.answer(services.waive_deadlines(actor=self.actor, **given))


class DeadlineAssignmentView(_OfDeadlines):
    """Who looks after deadlines."""

    @extend_schema(
        operation_id="deadlines_assign",
        request=DeadlinesToAssignSerializer,
        responses={200: ChangedDeadlinesSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Say who looks after deadlines; reminders go to that seat from now on."""
        given = self.read(DeadlinesToAssignSerializer, request)
        return self.answer(services.assign_deadlines(actor=self.actor, **given))


class DeadlineReopeningView(_OfDeadlines):
    """Opening a deadline again."""

    @extend_schema(
        operation_id="deadlines_reopen", request=DeadlineReopeningSerializer, responses={200: DeadlineSerializer}
    )
    @idempotent
    def post(self, request: Request, deadline_id: UUID) -> Response:
        """Open a deadline again that was settled or waived by mistake."""
        given = self.read(DeadlineReopeningSerializer, request)
        services.reopen_deadline(actor=self.actor, deadline_id=deadline_id, **given)
        return Response(self.shown(selectors.get_deadline(deadline_id, actor=self.actor)))


class DeadlineRunsView(HouseView):
    """What was done about deadlines, day by day."""

    orders = {"day": "day"}

    @extend_schema(
        operation_id="deadline_runs_list",
        parameters=parameters_of(ids={"alliance": "alliance"}),
        responses=page_of(DeadlineRunSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the days of your alliance: what was told and missed, and which days passed without a worker."""
        rows = filtered(selectors.runs(actor=self.actor), request, ids={"alliance": "alliance"})
        return self.page(rows, DeadlineRunSerializer, default="-day")


class CalendarFeedsView(HouseView):
    """Calendars of one's own deadlines."""

    orders = {"created": "created_at"}

    @extend_schema(operation_id="calendar_feeds_list", responses=page_of(CalendarFeedSerializer))
    def get(self, request: Request) -> Response:
        """List the calendars of your seat, the latest first."""
        return self.page(selectors.calendar_feeds(actor=self.actor), CalendarFeedSerializer, default="-created")

    # Not to be repeated by key: the answer, with its address, is kept nowhere.
    @extend_schema(
        operation_id="calendar_feeds_make",
        request=NewCalendarFeedSerializer,
        responses={201: CalendarFeedWithAddressSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make an address at which a calendar program reads your deadlines; it is shown in this answer only."""
        require_browser(request)
        feed, key = services.make_feed(actor=self.actor, **self.read(NewCalendarFeedSerializer, request))
        told = {"feed": feed, "address": f"{settings.PUBLIC_URL}/api/v1/calendars/{key}"}
        return Response(CalendarFeedWithAddressSerializer(told).data, status=201)


class CalendarFeedRevocationView(HouseView):
    """Revoking a calendar."""

    @extend_schema(operation_id="calendar_feeds_revoke", request=None, responses={200: CalendarFeedSerializer})
    @idempotent
    def post(self, request: Request, feed_id: UUID) -> Response:
        """Revoke a calendar: its address leads nowhere at once."""
        return Response(CalendarFeedSerializer(services.revoke_feed(actor=self.actor, feed_id=feed_id)).data)


class CalendarView(HouseView):
    """A calendar at its secret address."""

    public = True

    @extend_schema(
        operation_id="calendars_read",
        parameters=[OpenApiParameter("feed_key", {"type": "string", "pattern": _KEY}, OpenApiParameter.PATH)],
        responses={(200, "text/calendar"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, feed_key: str) -> HttpResponse:
        """Read a calendar by its key alone: the deadlines that its seat sees at this moment."""
        feed = services.feed_of(feed_key)
        if feed is None:
            raise NotFound("There is no such calendar, or it was revoked.")
        clock = self.actor.clock
        services.note_reading(feed, clock=clock)
        written = services.calendar_of(feed, clock=clock, request_id=request_id_of(request._request))
        response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, no-store"
        # The address is the key: it goes to nobody else.
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response
