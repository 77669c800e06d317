"""The lines of statements over HTTP: what each is for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.actors import Actor
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import asked_day, filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.treasury import selectors, services
from platform_core.treasury.claims import Claimant, Proposal, proposals_for
from platform_core.treasury.models import LineState, StatementLine


class LineProposalSerializer(serializers.Serializer[Any]):
    """What a line may be for."""

    claimant = serializers.CharField()
    subject_type = serializers.CharField()
    subject_id = serializers.UUIDField()
    title = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text="what is expected, with the sign of the line")
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="by what it was recognised: amount, account, name, reference"
    )


class StatementLineSerializer(serializers.ModelSerializer[StatementLine]):
    """One thing that happened on a bank account, and what it is for."""

    currency = serializers.CharField(source="bank_account.currency", read_only=True)
    bank_account_name = serializers.CharField(source="bank_account", read_only=True)
    decided_by_name = serializers.CharField(source="decided_by.name", default="", read_only=True)
    likely = serializers.SerializerMethodField(help_text="what most speaks for, while nobody has said it")

    class Meta:
        model = StatementLine
        fields: tuple[str, ...] = (
            "id",
            "bank_account_id",
            "bank_account_name",
            "statement_id",
            "line",
            "booked_on",
            "amount_minor",
            "currency",
            "balance_minor",
            "counterparty_name",
            "counterparty_account",
            "text",
            "serial",
            "state",
            "claimant",
            "subject_type",
            "subject_id",
            "reason",
            "decided_at",
            "decided_by_name",
            "likely",
        )

    @extend_schema_field(LineProposalSerializer(allow_null=True))
    def get_likely(self, line: StatementLine) -> dict[str, Any] | None:
        """Return what it is most likely for; people say whether it is."""
        likely: dict[UUID, dict[str, Any]] = self.context.get("likely", {})
        return likely.get(line.pk)


class WholeStatementLineSerializer(StatementLineSerializer):
    """A line with what it may be for, where it was booked, and what you can do about it now."""

    allowed_steps = serializers.SerializerMethodField(help_text="the steps you may take now")
    entry_id = serializers.SerializerMethodField(help_text="the entry by which it was booked")
    proposals = serializers.SerializerMethodField()

    class Meta(StatementLineSerializer.Meta):
        fields = (*StatementLineSerializer.Meta.fields, "allowed_steps", "entry_id", "proposals")

    def get_allowed_steps(self, line: StatementLine) -> list[str]:
        """List what can be done."""
        return selectors.line_steps(line, actor=self.context["actor"])

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_entry_id(self, line: StatementLine) -> UUID | None:
        """Return where it was booked."""
        return selectors.entry_ids_of([line], actor=self.context["actor"]).get(line.pk)

    @extend_schema_field(LineProposalSerializer(many=True))
    def get_proposals(self, line: StatementLine) -> list[dict[str, Any]]:
        """Return what rooms propose, while nobody has decided."""
        if "assign" not in self.get_allowed_steps(line):
            return []
        found = proposals_for([line], actor=self.context["actor"]).get(line.pk, [])
        return [_proposal(claimant, proposal) for claimant, proposal in found]


class LineAssignmentSerializer(serializers.Serializer[Any]):
    """What a line is for."""

    claimant = serializers.CharField(max_length=40, help_text="the room that proposed it")
    subject_id = serializers.UUIDField()


class LineReasonSerializer(serializers.Serializer[Any]):
    """Why a line is set aside or undone."""

    reason = serializers.CharField(max_length=500)


class StatementLinesView(HouseView):
    """Lines of statements."""

    orders = {"day": "booked_on", "amount": "amount_minor"}
    _ids = {"bank_account": "bank_account", "statement": "statement"}
    _texts = {"state": "state"}

    @extend_schema(
        operation_id="statement_lines_list",
        parameters=[
            *parameters_of(ids=_ids, texts=_texts),
            OpenApiParameter("from", OpenApiTypes.DATE, description="from this day on"),
            OpenApiParameter("to", OpenApiTypes.DATE, description="through this day"),
        ],
        responses=page_of(StatementLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the lines you may see, the latest first; `state=open` is the queue."""
        rows = filtered(selectors.statement_lines(actor=self.actor), request, ids=self._ids, texts=self._texts)
        if (first := asked_day(request, "from")) is not None:
            rows = rows.filter(booked_on__gte=first)
        if (last := asked_day(request, "to")) is not None:
            rows = rows.filter(booked_on__lte=last)
        return self.page(rows, StatementLineSerializer, default="-day", about=self._likely)

    def _likely(self, part: Sequence[StatementLine]) -> dict[str, Any]:
        waiting = [line for line in part if line.state == LineState.OPEN]
        found = proposals_for(waiting, actor=self.actor) if waiting else {}
        return {"likely": {pk: _proposal(*proposals[0]) for pk, proposals in found.items()}}


class StatementLineView(HouseView):
    """One line."""

    @extend_schema(operation_id="statement_lines_read", responses=WholeStatementLineSerializer)
    def get(self, request: Request, line_id: UUID) -> Response:
        """Read a line, and what it may be for."""
        line = selectors.get_statement_line(line_id, actor=self.actor)
        return answer_with_etag(request, _whole(line, self.actor))


class AssignmentView(HouseView):
    """The assignment of a line."""

    @extend_schema(
        operation_id="statement_lines_assign", request=LineAssignmentSerializer, responses=WholeStatementLineSerializer
    )
    def post(self, request: Request, line_id: UUID) -> Response:
        """Say what a line is for; the room that knows it books it."""
        given = self.read(LineAssignmentSerializer, request)
        return Response(_whole(services.assign_line(actor=self.actor, line_id=line_id, **given), self.actor))


class SettingAsideView(HouseView):
    """The setting aside of a line."""

    @extend_schema(
        operation_id="statement_lines_set_aside", request=LineReasonSerializer, responses=WholeStatementLineSerializer
    )
    def post(self, request: Request, line_id: UUID) -> Response:
        """Take a line off the queue that is for nothing anybody knows of, and say why."""
        reason = self.read(LineReasonSerializer, request)["reason"]
        return Response(_whole(services.set_line_aside(actor=self.actor, line_id=line_id, reason=reason), self.actor))


class TakingUpView(HouseView):
    """The return of a line to the queue."""

    @extend_schema(operation_id="statement_lines_take_up", request=None, responses=WholeStatementLineSerializer)
    def post(self, request: Request, line_id: UUID) -> Response:
        """Put a line that was set aside back on the queue."""
        return Response(_whole(services.take_line_up(actor=self.actor, line_id=line_id), self.actor))


class ReleaseView(HouseView):
    """The release of a line that was assigned."""

    @extend_schema(
        operation_id="statement_lines_release", request=LineReasonSerializer, responses=WholeStatementLineSerializer
    )
    def post(self, request: Request, line_id: UUID) -> Response:
        """Put a line back on the queue that was said to be for the wrong thing; what it settled is open again."""
        reason = self.read(LineReasonSerializer, request)["reason"]
        return Response(_whole(services.release_line(actor=self.actor, line_id=line_id, reason=reason), self.actor))


class LineReversalView(HouseView):
    """The reversal of a line."""

    @extend_schema(
        operation_id="statement_lines_reverse", request=LineReasonSerializer, responses=WholeStatementLineSerializer
    )
    def post(self, request: Request, line_id: UUID) -> Response:
        """Undo the booking of a line that never happened, and say why; it stays on record."""
        reason = self.read(LineReasonSerializer, request)["reason"]
        return Response(_whole(services.reverse_line(actor=self.actor, line_id=line_id, reason=reason), self.actor))


def _whole(line: StatementLine, actor: Actor) -> dict[str, Any]:
    document: dict[str, Any] = WholeStatementLineSerializer(line, context={"actor": actor}).data
    return document


def _proposal(claimant: Claimant, proposal: Proposal) -> dict[str, Any]:
    return {
        "claimant": claimant.code,
        "subject_type": proposal.subject_type,
        "subject_id": str(proposal.subject_id),
        "title": proposal.title,
        "amount_minor": proposal.amount_minor,
        "reasons": list(proposal.reasons),
    }
