"""Breaches of licences, and ends of licences before their time, over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.breaches import selectors, services
from licensing.breaches.models import Breach, BreachKind, Termination, TerminationGround
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class BreachGroundSerializer(serializers.Serializer[Any]):
    """One thing that a licence lacks by a rule: which invoice, month or audit, and since when."""

    kind = serializers.ChoiceField(choices=BreachKind.choices)
    key = serializers.CharField()
    what = serializers.CharField(source="label", help_text="which invoice, month or audit")
    due_on = serializers.DateField()


class KeptGroundSerializer(serializers.Serializer[Any]):
    """One thing that was noticed, as it stood then."""

    key = serializers.CharField()
    what = serializers.CharField(source="label", help_text="which invoice, month or audit")
    due_on = serializers.DateField()


class BreachSerializer(serializers.ModelSerializer[Breach]):
    """A breach of a licence: what was noticed by which rule, until when it may be put right, and what came of it."""

    licence_code = serializers.CharField(source="licence.code")
    licensee_id = serializers.UUIDField(source="licence.licensee_id")
    licensee_name = serializers.CharField(source="licence.licensee")
    grounds = serializers.SerializerMethodField()
    lacking = serializers.SerializerMethodField(help_text="labels of what is not put right yet, as far as records tell")
    noticed_by_name = serializers.CharField(source="noticed_by.name")
    suspended_by_name = serializers.CharField(source="suspended_by.name", allow_null=True, default=None)
    closed_by_name = serializers.CharField(source="closed_by.name", allow_null=True, default=None)
    allowed_steps = serializers.SerializerMethodField(help_text="cure, withdrawal, suspension, termination")

    class Meta:
        model = Breach
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "licensee_id",
            "licensee_name",
            "number",
            "kind",
            "grounds",
            "lacking",
            "rule",
            "text",
            "state",
            "noticed_on",
            "noticed_by_name",
            "cure_by",
            "run_off_days",
            "letter_zh_id",
            "letter_en_id",
            "suspended_on",
            "suspended_by_name",
            "closed_on",
            "closed_by_name",
            "close_note",
            "allowed_steps",
        )

    @extend_schema_field(KeptGroundSerializer(many=True))
    def get_grounds(self, breach: Breach) -> Any:
        """List what was noticed."""
        return KeptGroundSerializer(breach.grounds, many=True).data

    def get_lacking(self, breach: Breach) -> list[str]:
        """List what is not put right yet; nothing of a breach that is over."""
        lacking: list[str] = self.context["lacking"][breach.pk]
        return lacking

    def get_allowed_steps(self, breach: Breach) -> list[str]:
        """Say what its reader may do with it today."""
        steps: list[str] = self.context["steps"][breach.pk]
        return steps


class TerminationSerializer(serializers.ModelSerializer[Termination]):
    """A proposal to end a licence before its time, and what was decided."""

    licence_code = serializers.CharField(source="licence.code")
    licensee_id = serializers.UUIDField(source="licence.licensee_id")
    licensee_name = serializers.CharField(source="licence.licensee")
    run_off_until = serializers.SerializerMethodField(help_text="last day on which stock may be sold; null: none")
    proposed_by_name = serializers.CharField(source="proposed_by.name")
    decided_by_name = serializers.CharField(source="decided_by.name", allow_null=True, default=None)
    allowed_steps = serializers.SerializerMethodField(help_text="decision, withdrawal")

    class Meta:
        model = Termination
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "licensee_id",
            "licensee_name",
            "breach_id",
            "ground",
            "last_day",
            "run_off_days",
            "run_off_until",
            "reason",
            "state",
            "proposed_at",
            "proposed_by_name",
            "decided_at",
            "decided_by_name",
            "letter_zh_id",
            "letter_en_id",
            "allowed_steps",
        )

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_run_off_until(self, row: Termination) -> Any:
        """Name the last day on which stock may be sold."""
        return services.run_off_until(row.last_day, row.run_off_days)

    def get_allowed_steps(self, row: Termination) -> list[str]:
        """Say what its reader may do with it."""
        steps: list[str] = self.context["steps"][row.pk]
        return steps


class NewBreachSerializer(serializers.Serializer[Any]):
    """What is noticed: all that the rules find of a kind, or some of it by its keys."""

    kind = serializers.ChoiceField(choices=BreachKind.choices)
    keys = serializers.ListField(child=serializers.CharField(max_length=60), required=False, max_length=500)
    cure_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=366, help_text="the contract's days, or more"
    )
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)

    def validate_kind(self, value: str) -> BreachKind:
        """Read the kind of breach."""
        return BreachKind(value)


class CureSerializer(serializers.Serializer[Any]):
    """What was done to put a breach right."""

    note = serializers.CharField(max_length=500, required=False, allow_blank=True)


class BreachReasonSerializer(serializers.Serializer[Any]):
    """Why a notice is taken back."""

    reason = serializers.CharField(max_length=500)


class NewTerminationSerializer(serializers.Serializer[Any]):
    """With which day a licence is to end, and why."""

    ground = serializers.ChoiceField(choices=TerminationGround.choices)
    breach_id = serializers.UUIDField(required=False, allow_null=True)
    last_day = serializers.DateField(help_text="last day in force")
    run_off_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=366, help_text="where both sides agreed; else as agreed"
    )
    reason = serializers.CharField(max_length=500, help_text="the licensee reads it")

    def validate_ground(self, value: str) -> TerminationGround:
        """Read for what it ends."""
        return TerminationGround(value)


class TerminationDecisionSerializer(serializers.Serializer[Any]):
    """Whether the licence ends."""

    approve = serializers.BooleanField()


class BreachCourseSerializer(serializers.Serializer[Any]):
    """What a licence lacks by today's rules, and what its reader may begin."""

    grounds = BreachGroundSerializer(many=True)
    cure_days = serializers.IntegerField(help_text="that the contract gives, or the rules where it says nothing")
    run_off_days = serializers.IntegerField()
    is_of_contract = serializers.BooleanField()


_IDS = {"licence": "licence", "programme": "licence__programme"}
_TEXTS = {"state": "state", "kind": "kind"}
_STATES = {"state": "state"}


class BreachesView(HouseView):
    """Breaches of licences."""

    orders = {"noticed": "noticed_at", "cure": "cure_by"}

    @extend_schema(
        operation_id="breaches_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(BreachSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the breaches of licences you may see, the latest first."""
        rows = filtered(selectors.breaches(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, BreachSerializer, default="-noticed", about=lambda part: _about(self, part))


class BreachView(HouseView):
    """One breach of a licence."""

    @extend_schema(operation_id="breaches_read", responses=BreachSerializer)
    def get(self, request: Request, breach_id: UUID) -> Response:
        """Read a breach."""
        return Response(_breach(self, breach_id))


class BreachGroundsView(HouseView):
    """What a licence lacks."""

    @extend_schema(operation_id="licences_breach_grounds", responses=BreachCourseSerializer)
    def get(self, request: Request, licence_id: UUID) -> Response:
        """Say what a licence lacks today by the rules: which invoice, month or audit, and no figures."""
        return Response(BreachCourseSerializer(selectors.course_of(licence_id, actor=self.actor)).data)


class LicenceBreachesView(HouseView):
    """Breaches of one licence."""

    @extend_schema(operation_id="breaches_notice", request=NewBreachSerializer, responses={201: BreachSerializer})
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Notice a breach by what the rules find today; the letter goes out at once."""
        given = self.read(NewBreachSerializer, request)
        breach = services.notice_breach(actor=self.actor, licence_id=licence_id, **given)
        return Response(_breach(self, breach.pk), status=201)


class BreachCureView(HouseView):
    """The putting right of a breach."""

    @extend_schema(operation_id="breaches_record_cure", request=CureSerializer, responses=BreachSerializer)
    @idempotent
    def post(self, request: Request, breach_id: UUID) -> Response:
        """Record that a breach was put right; refused while something that was noticed is missing."""
        services.record_cure(actor=self.actor, breach_id=breach_id, **self.read(CureSerializer, request))
        return Response(_breach(self, breach_id))


class BreachWithdrawalView(HouseView):
    """The withdrawal of a notice."""

    @extend_schema(operation_id="breaches_withdraw", request=BreachReasonSerializer, responses=BreachSerializer)
    @idempotent
    def post(self, request: Request, breach_id: UUID) -> Response:
        """Take a notice back, with a reason."""
        services.withdraw_breach(actor=self.actor, breach_id=breach_id, **self.read(BreachReasonSerializer, request))
        return Response(_breach(self, breach_id))


class BreachSuspensionView(HouseView):
    """The suspension of a licence for a breach."""

    @extend_schema(operation_id="breaches_suspend", request=None, responses=BreachSerializer)
    @idempotent
    def post(self, request: Request, breach_id: UUID) -> Response:
        """Suspend the licence, once the days to put it right are over; reports and royalties go on."""
        services.suspend_for_breach(actor=self.actor, breach_id=breach_id)
        return Response(_breach(self, breach_id))


class LicenceTerminationsView(HouseView):
    """Proposals to end one licence."""

    @extend_schema(
        operation_id="terminations_propose", request=NewTerminationSerializer, responses={201: TerminationSerializer}
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Propose that a licence ends before its time; another person decides."""
        given = self.read(NewTerminationSerializer, request)
        proposal = services.propose_termination(actor=self.actor, licence_id=licence_id, **given)
        return Response(_termination(self, proposal), status=201)


class TerminationsView(HouseView):
    """Proposals to end licences."""

    orders = {"proposed": "proposed_at"}

    @extend_schema(
        operation_id="terminations_list",
        parameters=parameters_of(ids=_IDS, texts=_STATES),
        responses=page_of(TerminationSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the proposals to end licences you may see, the latest first."""
        rows = filtered(selectors.terminations(actor=self.actor), request, ids=_IDS, texts=_STATES)
        return self.page(
            rows,
            TerminationSerializer,
            default="-proposed",
            about=lambda part: {"steps": selectors.termination_steps(part, actor=self.actor)},
        )


class TerminationDecisionView(HouseView):
    """The decision about the end of a licence."""

    @extend_schema(
        operation_id="terminations_decide", request=TerminationDecisionSerializer, responses=TerminationSerializer
    )
    @idempotent
    def post(self, request: Request, termination_id: UUID) -> Response:
        """Approve or refuse a proposal of somebody else; once approved, the licensee is told."""
        given = self.read(TerminationDecisionSerializer, request)
        decided = services.decide_termination(actor=self.actor, termination_id=termination_id, **given)
        return Response(_termination(self, decided))


class TerminationWithdrawalView(HouseView):
    """The withdrawal of a proposal to end a licence."""

    @extend_schema(operation_id="terminations_withdraw", request=None, responses=TerminationSerializer)
    @idempotent
    def post(self, request: Request, termination_id: UUID) -> Response:
        """Take your own proposal back before it is decided."""
        taken = services.withdraw_termination(actor=self.actor, termination_id=termination_id)
        return Response(_termination(self, taken))


def _about(view: HouseView, rows: Any) -> dict[str, Any]:
    return {
        "steps": selectors.allowed_steps(rows, actor=view.actor),
        "lacking": selectors.lacking_of(rows),
    }


def _breach(view: HouseView, breach_id: UUID) -> dict[str, Any]:
    breach = selectors.breach_shown(breach_id, actor=view.actor)
    return dict(BreachSerializer(breach, context=_about(view, [breach])).data)


def _termination(view: HouseView, row: Termination) -> dict[str, Any]:
    steps = selectors.termination_steps([row], actor=view.actor)
    return dict(TerminationSerializer(row, context={"steps": steps}).data)
