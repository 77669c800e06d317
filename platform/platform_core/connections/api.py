"""Connections over HTTP."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.requests import require_browser
from platform_core.api.schema import page_of
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView
from platform_core.connections import selectors, services
from platform_core.connections.models import Connection, ConnectionRun, Rhythm
from platform_core.connections.registry import connector_of

RHYTHM = "day, week or month"


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    """A database of others, or a folder, that is asked by schedule. What it is known by is never told."""

    owner_name = serializers.CharField(source="owner.user.name", read_only=True, help_text="who keeps it")
    settings = serializers.DictField(read_only=True, help_text="what is asked for")
    has_secret = serializers.BooleanField(read_only=True, help_text="whether it has credentials")
    told = serializers.DictField(read_only=True, help_text="what the other side last said of our quota")
    paused_reason = StoredSentenceField(help_text="why it paused by itself; blank where somebody paused it")

    class Meta:
        model = Connection
        fields: tuple[str, ...] = (
            "id",
            "alliance_id",
            "organisation_id",
            "owner_id",
            "owner_name",
            "kind",
            "name",
            "settings",
            "has_secret",
            "every",
            "on_day",
            "at_hour",
            "straight_in",
            "state",
            "paused_reason",
            "failures",
            "failing_since",
            "next_run_at",
            "told",
            "created_at",
            "ended_at",
        )


class WholeConnectionSerializer(ConnectionSerializer):
    """A connection with what can be done with it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")
    is_under_way = serializers.SerializerMethodField(help_text="whether it is being asked, or about to be")
    folder = serializers.SerializerMethodField(help_text="where files are put for it, below the data folder")

    class Meta(ConnectionSerializer.Meta):
        fields = (*ConnectionSerializer.Meta.fields, "allowed_steps", "is_under_way", "folder")

    def get_allowed_steps(self, found: Connection) -> list[str]:
        """List what can be done."""
        return selectors.allowed_steps(found, actor=self.context["actor"])

    def get_is_under_way(self, found: Connection) -> bool:
        """Say whether it is being asked."""
        return services.is_under_way(found)

    def get_folder(self, found: Connection) -> str:
        """Return the folder, where it has one."""
        connector = connector_of(found.kind)
        return connector.folder(found.pk, found.alliance.code) if connector else ""


class NewConnectionSerializer(serializers.Serializer[Any]):
    """A connection to open."""

    alliance_id = serializers.UUIDField()
    kind = serializers.CharField(max_length=40, help_text="file_drop or epo_ops")
    name = serializers.CharField(max_length=200)
    settings = serializers.DictField(required=False, help_text="what is asked for, by kind")
    secret = serializers.DictField(
        child=serializers.CharField(max_length=500),
        required=False,
        help_text="credentials, such as key and secret; never told again",
    )
    every = serializers.ChoiceField(choices=Rhythm.choices, required=False, help_text=RHYTHM)
    on_day = serializers.IntegerField(required=False, min_value=1, max_value=28, help_text="of the week or month")
    at_hour = serializers.IntegerField(required=False, min_value=0, max_value=23, help_text="of the alliance's day")
    straight_in = serializers.BooleanField(required=False, help_text="whether what comes is taken in at once")


class ConnectionEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a connection; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    settings = serializers.DictField(required=False, help_text="each by itself: null takes one away")
    every = serializers.ChoiceField(choices=Rhythm.choices, required=False, help_text=RHYTHM)
    on_day = serializers.IntegerField(required=False, min_value=1, max_value=28)
    at_hour = serializers.IntegerField(required=False, min_value=0, max_value=23)
    straight_in = serializers.BooleanField(required=False)


class ConnectionSecretSerializer(serializers.Serializer[Any]):
    """The credentials of a connection."""

    secret = serializers.DictField(child=serializers.CharField(max_length=500))


class RunNoteSerializer(serializers.Serializer[Any]):
    """Something that was refused, or that the other side does not have."""

    about = serializers.CharField(help_text="a number, or the name of a file")
    code = serializers.CharField()
    detail = StoredSentenceField()


class RunImportSerializer(serializers.Serializer[Any]):
    """An import that came of a run."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    state = serializers.CharField()


class ConnectionRunSerializer(serializers.ModelSerializer[ConnectionRun]):
    """One time a connection was asked."""

    detail = StoredSentenceField(help_text="why it stopped or failed")
    notes = RunNoteSerializer(many=True, read_only=True)
    started_by_name = serializers.CharField(source="started_by.name", read_only=True, allow_null=True, default=None)
    imports = serializers.SerializerMethodField(help_text="what came of it, as far as you may see it")

    class Meta:
        model = ConnectionRun
        fields = (
            "id",
            "cause",
            "state",
            "begun_at",
            "ended_at",
            "requests",
            "asked",
            "answered",
            "unchanged",
            "unknown",
            "failed",
            "detail",
            "notes",
            "job_id",
            "started_by_name",
            "imports",
        )

    @extend_schema_field(RunImportSerializer(many=True))
    def get_imports(self, run: ConnectionRun) -> Any:
        """List the imports that came of it."""
        return RunImportSerializer(self.context["imports"].get(run.pk, ()), many=True).data


_IDS = {"alliance": "alliance"}
_TEXTS = {"kind": "kind", "state": "state"}


class ConnectionsView(HouseView):
    """Connections."""

    orders = {"name": "name", "created": "created_at"}

    @extend_schema(
        operation_id="connections_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(ConnectionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the connections you may see."""
        rows = filtered(selectors.connections(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, ConnectionSerializer, default="name")

    @extend_schema(
        operation_id="connections_open", request=NewConnectionSerializer, responses={201: WholeConnectionSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Have a database of others asked by schedule; your seat keeps the connection."""
        require_browser(request)
        opened = services.open_connection(actor=self.actor, **self.read(NewConnectionSerializer, request))
        whole = WholeConnectionSerializer(opened, context={"actor": self.actor}).data
        return Response(whole, status=201, headers={"Location": f"/api/v1/connections/{opened.pk}"})


def _version(found: Connection) -> Mapping[str, Any]:
    """Return what can be edited: a run that begins or ends meanwhile is no other version."""
    return ConnectionEditsSerializer(found).data


class _OneConnectionView(HouseView):
    """What is done with one connection."""

    def whole(self, found: Connection) -> Mapping[str, Any]:
        """Represent a connection with what can be done with it."""
        return WholeConnectionSerializer(found, context={"actor": self.actor}).data


class ConnectionView(_OneConnectionView):
    """One connection."""

    @extend_schema(operation_id="connections_read", responses=WholeConnectionSerializer)
    def get(self, request: Request, connection_id: UUID) -> Response:
        """Read what is asked for, when, and how it stands."""
        found = selectors.get_connection(connection_id, actor=self.actor)
        return answer_with_etag(request, self.whole(found), version=_version(found))

    @extend_schema(
        operation_id="connections_edit", request=ConnectionEditsSerializer, responses=WholeConnectionSerializer
    )
    def patch(self, request: Request, connection_id: UUID) -> Response:
        """Change what is asked for, and when."""

        def change(**edits: Any) -> Connection:
            return services.edit_connection(
                actor=self.actor, connection_id=connection_id, edits=cast(services.ConnectionEdits, edits)
            )

        return self.edit(
            request,
            ConnectionEditsSerializer,
            present=partial(selectors.get_connection, connection_id, actor=self.actor, for_change=True),
            change=change,
            represent=self.whole,
            version=_version,
        )


class ConnectionSecretView(_OneConnectionView):
    """The credentials of a connection."""

    @extend_schema(
        operation_id="connections_replace_secret",
        request=ConnectionSecretSerializer,
        responses=WholeConnectionSerializer,
    )
    def post(self, request: Request, connection_id: UUID) -> Response:
        """Give other credentials; they are kept sealed and never told again."""
        require_browser(request)
        read = self.read(ConnectionSecretSerializer, request)
        found = services.replace_connection_secret(actor=self.actor, connection_id=connection_id, **read)
        return Response(self.whole(found))


class ConnectionPauseView(_OneConnectionView):
    """The pause of a connection."""

    @extend_schema(operation_id="connections_pause", request=None, responses=WholeConnectionSerializer)
    @idempotent
    def post(self, request: Request, connection_id: UUID) -> Response:
        """Ask no more until it is resumed."""
        return Response(self.whole(services.pause_connection(actor=self.actor, connection_id=connection_id)))


class ConnectionResumptionView(_OneConnectionView):
    """The resumption of a paused connection."""

    @extend_schema(operation_id="connections_resume", request=None, responses=WholeConnectionSerializer)
    @idempotent
    def post(self, request: Request, connection_id: UUID) -> Response:
        """Ask again by schedule; your seat keeps the connection from now on."""
        return Response(self.whole(services.resume_connection(actor=self.actor, connection_id=connection_id)))


class ConnectionEndView(_OneConnectionView):
    """The end of a connection."""

    @extend_schema(operation_id="connections_end", request=None, responses=WholeConnectionSerializer)
    @idempotent
    def post(self, request: Request, connection_id: UUID) -> Response:
        """Ask no more for good; what it brought stays."""
        return Response(self.whole(services.end_connection(actor=self.actor, connection_id=connection_id)))


class ConnectionRunsView(_OneConnectionView):
    """The times a connection was asked."""

    orders = {"begun": "pk"}

    @extend_schema(operation_id="connections_runs", responses=page_of(ConnectionRunSerializer))
    def get(self, request: Request, connection_id: UUID) -> Response:
        """List the times a connection was asked, the latest first."""

        def about(runs: Sequence[ConnectionRun]) -> Mapping[str, Any]:
            return {"imports": selectors.imports_of(list(runs), actor=self.actor)}

        rows = selectors.runs_of(connection_id, actor=self.actor)
        return self.page(rows, ConnectionRunSerializer, default="-begun", about=about)

    @extend_schema(operation_id="connections_run", request=None, responses={202: WholeConnectionSerializer})
    @idempotent
    def post(self, request: Request, connection_id: UUID) -> Response:
        """Ask it now, besides its schedule; this goes on in the background."""
        found = services.request_run(actor=self.actor, connection_id=connection_id)
        return Response(self.whole(found), status=202)
