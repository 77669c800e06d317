"""Panels and opinions over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from pools.submissions import selectors, services
from pools.submissions.models import Finding, Opinion, Panel
from pools.submissions.policies import EVERY_SEAT


class EvaluatorSerializer(serializers.Serializer[Any]):
    """Somebody on a panel."""

    place = serializers.ChoiceField(choices=EVERY_SEAT)
    seat_id = serializers.UUIDField()
    name = serializers.CharField()
    organisation_name = serializers.CharField()


class PanelSerializer(serializers.ModelSerializer[Panel]):
    """Those who evaluate a submission."""

    evaluators = serializers.SerializerMethodField()

    class Meta:
        model = Panel
        fields = ("id", "submission_id", "kind", "evaluators", "until_on", "appointed_at")

    @extend_schema_field(EvaluatorSerializer(many=True))
    def get_evaluators(self, panel: Panel) -> list[dict[str, Any]]:
        """List the lead and the two assistants."""
        seats = [(place, getattr(panel, place)) for place in EVERY_SEAT]
        return [
            {
                "place": place,
                "seat_id": str(seat.pk),
                "name": seat.user.name,
                "organisation_name": str(seat.organisation),
            }
            for place, seat in seats
        ]


class NewPanelSerializer(serializers.Serializer[Any]):
    """Whom to appoint, until which day, and why them."""

    lead_id = serializers.UUIDField(help_text="a seat")
    first_assistant_id = serializers.UUIDField(help_text="a seat")
    second_assistant_id = serializers.UUIDField(help_text="a seat")
    until_on = serializers.DateField(help_text="last day of the assignments")
    reason = serializers.CharField(max_length=500)


class ReplacementSerializer(serializers.Serializer[Any]):
    """Who takes which place of a panel, and why."""

    place = serializers.ChoiceField(choices=EVERY_SEAT)
    seat_id = serializers.UUIDField()
    reason = serializers.CharField(max_length=500)


class RenewalSerializer(serializers.Serializer[Any]):
    """Until which later day a panel is assigned, and why."""

    until_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class FindingSerializer(serializers.ModelSerializer[Finding]):
    """What is found of one claim on one clause."""

    number = serializers.IntegerField(source="claim.number")
    standard = serializers.CharField(source="claim.standard")
    clause = serializers.CharField(source="claim.clause")

    class Meta:
        model = Finding
        fields = ("claim_id", "number", "standard", "clause", "essential", "reasons")


class OpinionSerializer(serializers.ModelSerializer[Opinion]):
    """What a panel finds; all but the result is null for those who may know no more."""

    pool_id = serializers.UUIDField(source="submission.pool_id")
    publication = serializers.CharField(source="submission.patent.publication")
    country = serializers.CharField(source="submission.patent.country")
    submission_id = serializers.UUIDField(allow_null=True)
    panel_kind = serializers.CharField(source="panel.kind", allow_null=True)
    findings = FindingSerializer(many=True, allow_null=True)

    class Meta:
        model = Opinion
        fields = (
            "id",
            "pool_id",
            "publication",
            "country",
            "state",
            "result",
            "given_at",
            "final_on",
            "submission_id",
            "panel_kind",
            "round",
            "reasons",
            "findings",
            "first_voice",
            "first_note",
            "second_voice",
            "second_note",
        )
        extra_kwargs = {
            name: {"allow_null": True}
            for name in ("round", "reasons", "first_voice", "first_note", "second_voice", "second_note")
        }

    def to_representation(self, opinion: Opinion) -> dict[str, Any]:
        """Leave out what is not for the reader."""
        document = super().to_representation(opinion)
        if opinion.pk not in self.context["shown"]:
            document.update({name: None for name in _INSIDE if name in document})
        return document


_INSIDE = (
    "submission_id",
    "panel_kind",
    "round",
    "reasons",
    "findings",
    "first_voice",
    "first_note",
    "second_voice",
    "second_note",
)


class WholeOpinionSerializer(OpinionSerializer):
    """An opinion by itself, with what its reader may do with it."""

    allowed_steps = serializers.SerializerMethodField(help_text="edit, and addresses below this one to post to")

    class Meta(OpinionSerializer.Meta):
        fields = (*OpinionSerializer.Meta.fields, "allowed_steps")  # type: ignore[assignment]  # one more field

    def get_allowed_steps(self, opinion: Opinion) -> list[str]:
        """List what the reader may do with a draft."""
        return selectors.steps_of_opinion(opinion, actor=self.context["actor"])


class NewFindingSerializer(serializers.Serializer[Any]):
    """What is found of one of the claims that were submitted."""

    claim_id = serializers.UUIDField()
    essential = serializers.BooleanField()
    reasons = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)


class OpinionEditsSerializer(serializers.Serializer[Any]):
    """What a lead writes; findings are given all together."""

    reasons = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    findings = NewFindingSerializer(many=True, required=False)


class NewOpinionSerializer(serializers.Serializer[Any]):
    """An opinion to begin on a submission that is in evaluation; it is then edited."""

    submission_id = serializers.UUIDField()


class VoiceSerializer(serializers.Serializer[Any]):
    """Whether an assistant agrees; why not, where it does not."""

    agrees = serializers.BooleanField()
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


_PANEL_IDS = {"submission": "submission"}
# Who may know no more than a result is not told of which submission it is.
_OPINION_IDS = {"pool": "submission__pool", "submission": "submission_shown"}
_OPINION_TEXTS = {"result": "result"}


class PanelsView(HouseView):
    """Panels."""

    orders = {"appointed": "id"}

    @extend_schema(
        operation_id="panels_list", parameters=parameters_of(ids=_PANEL_IDS), responses=page_of(PanelSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the panels you may see; an owner does not learn who is on them."""
        rows = filtered(selectors.panels(actor=self.actor), request, ids=_PANEL_IDS)
        return self.page(rows, PanelSerializer, default="appointed")


class SubmissionPanelView(HouseView):
    """The panel of a submission."""

    @extend_schema(
        operation_id="submissions_appoint_panel", request=NewPanelSerializer, responses={201: PanelSerializer}
    )
    @idempotent
    def post(self, request: Request, submission_id: UUID) -> Response:
        """Appoint who evaluates a submission that is complete, or was appealed."""
        given = self.read(NewPanelSerializer, request)
        made = services.appoint_panel(actor=self.actor, submission_id=submission_id, **given)
        return Response(PanelSerializer(made).data, status=201)


class PanelReplacementView(HouseView):
    """A change on a panel."""

    @extend_schema(operation_id="panels_replace", request=ReplacementSerializer, responses=PanelSerializer)
    @idempotent
    def post(self, request: Request, panel_id: UUID) -> Response:
        """Put somebody else in a place of a panel that is at work."""
        given = self.read(ReplacementSerializer, request)
        return Response(PanelSerializer(services.replace_evaluator(actor=self.actor, panel_id=panel_id, **given)).data)


class PanelRenewalView(HouseView):
    """More time for a panel."""

    @extend_schema(operation_id="panels_renew", request=RenewalSerializer, responses=PanelSerializer)
    @idempotent
    def post(self, request: Request, panel_id: UUID) -> Response:
        """Assign a panel's people until a later day."""
        given = self.read(RenewalSerializer, request)
        return Response(PanelSerializer(services.renew_panel(actor=self.actor, panel_id=panel_id, **given)).data)


class _OpinionView(HouseView):
    def document(self, opinion: Opinion) -> dict[str, Any]:
        """Return an opinion as its reader sees it."""
        shown = selectors.reasons_shown([opinion], actor=self.actor)
        return dict(WholeOpinionSerializer(opinion, context={"actor": self.actor, "shown": shown}).data)


def _findings(given: dict[str, Any]) -> dict[str, Any]:
    if "findings" not in given:
        return given
    return {**given, "findings": [services.NewFinding(**finding) for finding in given["findings"]]}


class OpinionsView(_OpinionView):
    """Opinions."""

    orders = {"written": "id"}

    @extend_schema(
        operation_id="opinions_list",
        parameters=parameters_of(ids=_OPINION_IDS, texts=_OPINION_TEXTS),
        responses=page_of(OpinionSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the opinions you may know of, the latest first; of others' you read the result, once it is final."""
        rows = filtered(selectors.opinions(actor=self.actor), request, ids=_OPINION_IDS, texts=_OPINION_TEXTS)
        return self.page(
            rows,
            OpinionSerializer,
            default="-written",
            about=lambda part: {"shown": selectors.reasons_shown(part, actor=self.actor)},
        )

    @extend_schema(operation_id="opinions_draft", request=NewOpinionSerializer, responses={201: WholeOpinionSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin the opinion of the panel that is at work, as its lead."""
        made = services.draft_opinion(actor=self.actor, **self.read(NewOpinionSerializer, request))
        return answer_with_etag(request, self.document(made), status=201)


class OpinionView(_OpinionView):
    """One opinion."""

    @extend_schema(operation_id="opinions_read", responses=WholeOpinionSerializer)
    def get(self, request: Request, opinion_id: UUID) -> Response:
        """Read an opinion, or no more than its result."""
        return answer_with_etag(request, self.document(selectors.get_opinion(opinion_id, actor=self.actor)))

    @extend_schema(operation_id="opinions_edit", request=OpinionEditsSerializer, responses=WholeOpinionSerializer)
    def patch(self, request: Request, opinion_id: UUID) -> Response:
        """Change a draft; what the assistants said of it before is void."""
        return self.edit(
            request,
            OpinionEditsSerializer,
            present=lambda: selectors.get_opinion(opinion_id, actor=self.actor, for_change=True),
            change=lambda **edits: services.edit_opinion(actor=self.actor, opinion_id=opinion_id, **_findings(edits)),
            represent=self.document,
        )


class OpinionVoiceView(_OpinionView):
    """The voice of an assistant."""

    @extend_schema(operation_id="opinions_voice", request=VoiceSerializer, responses=WholeOpinionSerializer)
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Say as an assistant whether you agree with the draft."""
        given = self.read(VoiceSerializer, request)
        return answer_with_etag(
            request, self.document(services.voice_opinion(actor=self.actor, opinion_id=opinion_id, **given))
        )


class OpinionGivingView(_OpinionView):
    """The giving of an opinion."""

    @extend_schema(operation_id="opinions_give", request=None, responses=WholeOpinionSerializer)
    def post(self, request: Request, opinion_id: UUID) -> Response:
        """Give an opinion: it is fixed, and the submission goes on as it says."""
        return answer_with_etag(request, self.document(services.give_opinion(actor=self.actor, opinion_id=opinion_id)))
