"""Memberships over HTTP."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.memberships import selectors, services
from members.memberships.models import NOTICE_AT_MOST, USUAL_NOTICE, Membership, MembershipRules, MembershipStep
from members.memberships.moving import StepDetails
from platform_core.api.etags import answer_with_etag, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.selectors import alliance as get_alliance


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """An organisation's part in an alliance, how it stands, and the steps you may take with it now."""

    organisation_name = serializers.CharField(source="organisation")
    standing = serializers.SerializerMethodField(
        help_text="the state it is in today; its last step may hold from later"
    )
    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta:
        model = Membership
        fields = (
            "id",
            "alliance_id",
            "organisation_id",
            "organisation_name",
            "code",
            "segment",
            "state",
            "standing",
            "enters_on",
            "leaves_on",
            "on_behalf",
            "allowed_steps",
        )

    def get_standing(self, membership: Membership) -> str:
        """Return the state of today."""
        return selectors.standing_of(membership, actor=self.context["actor"])

    def get_allowed_steps(self, membership: Membership) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        steps: list[str] = self.context["allowed_steps"].get(membership.pk, [])
        return steps


class MembershipStepSerializer(serializers.ModelSerializer[MembershipStep]):
    """One step of a membership's history."""

    user_name = serializers.CharField(source="user.name", read_only=True, allow_null=True, default=None)
    organisation_name = serializers.CharField(source="organisation", read_only=True, allow_null=True, default=None)

    class Meta:
        model = MembershipStep
        fields = (
            "id",
            "number",
            "kind",
            "state_after",
            "effective_on",
            "shares_from_on",
            "reason",
            "document_id",
            "taken_over",
            "at",
            "user_name",
            "organisation_name",
        )


class ApplicationSerializer(serializers.Serializer[Any]):
    """An organisation that applies for membership; the office may file it and attach the applicant's letter."""

    alliance_id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class FoundingMemberSerializer(serializers.Serializer[Any]):
    """An organisation that is a member from the beginning, or was before the platform."""

    organisation_id = serializers.UUIDField()
    code = serializers.CharField(max_length=200, help_text="the member code in lists and statements")
    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)
    enters_on = serializers.DateField(required=False, allow_null=True, help_text="first day in")
    leaves_on = serializers.DateField(required=False, allow_null=True, help_text="first day out")


class FoundingSerializer(serializers.Serializer[Any]):
    """The members an alliance begins with."""

    members = FoundingMemberSerializer(many=True, allow_empty=False)


class MembershipEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a membership; its days follow from its steps."""

    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)


class StepInputSerializer(serializers.Serializer[Any]):
    """A step: from which day it holds, from which day shares follow, why, and on which paper of the membership."""

    effective_on = serializers.DateField(required=False, allow_null=True, help_text="first day; default today")
    shares_from_on = serializers.DateField(
        required=False, allow_null=True, help_text="first day shares in royalties follow it; default the same day"
    )
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    document_id = serializers.UUIDField(required=False, allow_null=True)


class AdmissionSerializer(StepInputSerializer):
    """An admission, which gives the member its id."""

    code = serializers.CharField(max_length=200, help_text="the member code in lists and statements")
    segment = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MembershipRulesSerializer(serializers.ModelSerializer[MembershipRules]):
    """What an alliance's rules say of admission and of leaving."""

    longest_notice_days = serializers.IntegerField(
        min_value=1,
        max_value=NOTICE_AT_MOST,
        default=USUAL_NOTICE,
        help_text="how many days ahead a member itself may leave; the office records later days on its letter",
    )

    class Meta:
        model = MembershipRules
        fields = ("admission_needs_second_person", "longest_notice_days", "reason")


_IDS = {"alliance": "alliance", "organisation": "organisation"}
_TEXTS = {"segment": "segment", "code": "code", "state": "state"}


class _MembershipView(HouseView):
    def context(self, found: Sequence[Membership]) -> dict[str, Any]:
        """Return what the serializer needs besides the rows."""
        return {"actor": self.actor, "allowed_steps": selectors.allowed_steps(found, actor=self.actor)}

    def document(self, membership: Membership) -> dict[str, Any]:
        """Return a membership as its reader sees it."""
        return dict(MembershipSerializer(membership, context=self.context([membership])).data)


class MembershipsView(_MembershipView):
    """Memberships."""

    orders = {"code": "code"}

    @extend_schema(
        operation_id="memberships_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(MembershipSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the memberships you may see, applications among them."""
        rows = filtered(selectors.memberships(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, MembershipSerializer, default="code", about=self.context)

    @extend_schema(
        operation_id="memberships_apply", request=ApplicationSerializer, responses={201: MembershipSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Apply for membership for your organisation, or file another's application as the alliance's office."""
        applied = services.apply_for_membership(actor=self.actor, **self.read(ApplicationSerializer, request))
        return answer_with_etag(request, self.document(applied), status=201)


class FoundingMembersView(_MembershipView):
    """The members an alliance begins with."""

    @extend_schema(
        operation_id="memberships_found", request=FoundingSerializer, responses={201: MembershipSerializer(many=True)}
    )
    @idempotent
    def post(self, request: Request, alliance_id: UUID) -> Response:
        """Put the first members of an alliance on record, all or none; later ones apply and are admitted."""
        given = self.read(FoundingSerializer, request)["members"]
        added = services.add_members(
            actor=self.actor, alliance_id=alliance_id, members=[services.NewMember(**member) for member in given]
        )
        shown = MembershipSerializer(added, many=True, context=self.context(added))
        return Response(shown.data, status=201)


class MembershipView(_MembershipView):
    """One membership."""

    @extend_schema(operation_id="memberships_read", responses=MembershipSerializer)
    def get(self, request: Request, membership_id: UUID) -> Response:
        """Read a membership."""
        return answer_with_etag(request, self.document(selectors.get_membership(membership_id, actor=self.actor)))

    @extend_schema(operation_id="memberships_edit", request=MembershipEditsSerializer, responses=MembershipSerializer)
    def patch(self, request: Request, membership_id: UUID) -> Response:
        """Change the segment a member belongs to."""
        return self.edit(
            request,
            MembershipEditsSerializer,
            present=lambda: selectors.get_membership(membership_id, actor=self.actor, for_change=True),
            change=partial(services.edit_membership, actor=self.actor, membership_id=membership_id),
            represent=self.document,
        )


class MembershipStepsView(HouseView):
    """The history of a membership."""

    orders = {"number": "number"}

    @extend_schema(operation_id="memberships_steps", responses=page_of(MembershipStepSerializer))
    def get(self, request: Request, membership_id: UUID) -> Response:
        """List a membership's steps, if you may read its papers."""
        membership = selectors.get_membership(membership_id, actor=self.actor)
        rows = selectors.membership_steps(membership, actor=self.actor)
        return self.page(rows, MembershipStepSerializer, default="number")


def _details(given: dict[str, Any]) -> StepDetails:
    return StepDetails(**given)


def _step_view(step: str, what: str, take: Callable[..., Membership]) -> type[_MembershipView]:
    """Make the view of one step's address."""

    class StepView(_MembershipView):
        @extend_schema(
            operation_id=f"memberships_{step}",
            description=what,
            request=StepInputSerializer,
            responses=MembershipSerializer,
        )
        def post(self, request: Request, membership_id: UUID) -> Response:
            details = _details(self.read(StepInputSerializer, request))
            moved = take(actor=self.actor, membership_id=membership_id, details=details)
            return answer_with_etag(request, self.document(moved))

    StepView.__doc__ = what
    return StepView


ReviewView = _step_view("review", "Take an application up for review.", services.review_application)
RefusalView = _step_view("refuse", "Refuse an application, with a reason.", services.refuse_application)
WithdrawalView = _step_view("withdraw", "Withdraw an application.", services.withdraw_application)
SuspensionView = _step_view(
    "suspend", "Suspend a member with a reason; its money is withheld from a day on.", services.suspend_member
)
ResumptionView = _step_view("resume", "End a suspension, with a reason.", services.resume_membership)
DepartureView = _step_view(
    "leave", "End a membership at the member's wish; the office names its letter.", services.leave_alliance
)
ExpulsionView = _step_view(
    "expel", "Expel a member with a reason, on the paper of the decision.", services.expel_member
)


class AdmissionView(_MembershipView):
    """Admission of an applicant."""

    @extend_schema(operation_id="memberships_admit", request=AdmissionSerializer, responses=MembershipSerializer)
    def post(self, request: Request, membership_id: UUID) -> Response:
        """Admit an applicant under a member code; by most alliances' rules not the one who reviewed it does."""
        given = self.read(AdmissionSerializer, request)
        code, segment = given.pop("code"), given.pop("segment", None)
        admitted = services.admit_member(
            actor=self.actor, membership_id=membership_id, code=code, segment=segment, details=_details(given)
        )
        return answer_with_etag(request, self.document(admitted))


class MembershipRulesView(HouseView):
    """What an alliance's rules say of admission and of leaving."""

    @extend_schema(operation_id="membership_rules_read", responses=MembershipRulesSerializer)
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """Read whether admitting a member takes a second person, and how far ahead a member may leave."""
        alliance = get_alliance(alliance_id, actor=self.actor)
        rules = selectors.membership_rules(alliance.pk, actor=self.actor)
        return answer_with_etag(request, MembershipRulesSerializer(rules).data)

    @extend_schema(
        operation_id="membership_rules_set", request=MembershipRulesSerializer, responses=MembershipRulesSerializer
    )
    @transaction.atomic
    def put(self, request: Request, alliance_id: UUID) -> Response:
        """Say whether admitting a member takes a second person, how far ahead one may leave, and where it says so."""
        # Locked before it is compared: what somebody else is just setting is to be seen first.
        alliance = get_alliance(alliance_id, actor=self.actor, for_change=True)
        present = selectors.membership_rules(alliance.pk, actor=self.actor)
        require_match(request, MembershipRulesSerializer(present).data)
        given = self.read(MembershipRulesSerializer, request)
        rules = services.set_membership_rules(
            actor=self.actor,
            alliance_id=alliance.pk,
            admission_needs_second_person=given.get("admission_needs_second_person", True),
            longest_notice_days=given["longest_notice_days"],
            reason=given["reason"],
        )
        return answer_with_etag(request, MembershipRulesSerializer(rules).data)
