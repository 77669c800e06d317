"""Claims of bilateral licences over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.bilaterals import selectors, services
from licensing.bilaterals.models import BilateralClaim
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class BilateralClaimLineSerializer(serializers.ModelSerializer[BilateralClaim]):
    """A claim as it stands in a list."""

    programme_id = serializers.UUIDField(source="licence.programme_id")
    licence_code = serializers.CharField(source="licence.code")
    licensee_name = serializers.CharField(source="licence.licensee")
    member_code = serializers.CharField(source="member.membership.code")
    member_name = serializers.CharField(source="member.membership.organisation")

    class Meta:
        model = BilateralClaim
        fields = (
            "id",
            "programme_id",
            "licence_id",
            "licence_code",
            "licensee_name",
            "member_id",
            "member_code",
            "member_name",
            "starts_on",
            "ends_on",
            "stands_in",
            "state",
            "claimed_at",
            "asked_at",
            "answered_at",
            "without_answer",
            "withdrawn_at",
            "reason",
            "bilateral_id",
        )


class BilateralClaimSerializer(BilateralClaimLineSerializer):
    """A claim, and what may be done with it."""

    allowed_steps = serializers.SerializerMethodField(help_text="ask, confirm, refuse, settle, withdraw")

    class Meta(BilateralClaimLineSerializer.Meta):
        fields = (*BilateralClaimLineSerializer.Meta.fields, "allowed_steps")  # type: ignore[assignment]  # one more

    def get_allowed_steps(self, claim: BilateralClaim) -> list[str]:
        """Say what the reader may do with it."""
        return selectors.allowed_steps(claim, actor=self.context["actor"])


class NewBilateralClaimSerializer(serializers.Serializer[Any]):
    """A licence that a licensee is said to hold from a member."""

    licence_id = serializers.UUIDField()
    member_id = serializers.UUIDField(help_text="the member's part in the programme's pool")
    starts_on = serializers.DateField(required=False, allow_null=True, help_text="first day")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="last day")
    stands_in = serializers.CharField(max_length=500, help_text="the contract between the two, its date and clause")


class ClaimReasonSerializer(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=500)


_IDS = {"licence": "licence", "programme": "licence__programme", "member": "member"}
_TEXTS = {"state": "state"}


class BilateralClaimsView(HouseView):
    """Claims of bilateral licences."""

    orders = {"claimed": "claimed_at"}

    @extend_schema(
        operation_id="bilateral_claims_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(BilateralClaimLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the claims you may see, the latest first."""
        rows = filtered(selectors.bilateral_claims(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, BilateralClaimLineSerializer, default="-claimed")

    @extend_schema(
        operation_id="bilateral_claims_claim",
        request=NewBilateralClaimSerializer,
        responses={201: BilateralClaimSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Claim that a licensee holds a licence from a member of the pool already."""
        claim = services.NewClaim(**self.read(NewBilateralClaimSerializer, request))
        claimed = services.claim_bilateral(actor=self.actor, claim=claim)
        return Response(_told(claimed, self), status=201)


class BilateralClaimView(HouseView):
    """One claim of a bilateral licence."""

    @extend_schema(operation_id="bilateral_claims_read", responses=BilateralClaimSerializer)
    def get(self, request: Request, claim_id: UUID) -> Response:
        """Read a claim."""
        return answer_with_etag(request, _told(selectors.get_claim(claim_id, actor=self.actor), self))


class ClaimQuestionView(HouseView):
    """Asking the member."""

    @extend_schema(operation_id="bilateral_claims_ask", request=None, responses=BilateralClaimSerializer)
    @idempotent
    def post(self, request: Request, claim_id: UUID) -> Response:
        """Ask the member whether it gave the licence; the evidence is attached before."""
        return Response(_told(services.ask_member(actor=self.actor, claim_id=claim_id), self))


class ClaimConfirmationView(HouseView):
    """The member's confirmation."""

    @extend_schema(operation_id="bilateral_claims_confirm", request=None, responses=BilateralClaimSerializer)
    @idempotent
    def post(self, request: Request, claim_id: UUID) -> Response:
        """Confirm for the member that it gave the licence: its part is credited to the licensee."""
        return Response(_told(services.confirm_claim(actor=self.actor, claim_id=claim_id), self))


class ClaimRefusalView(HouseView):
    """The member's refusal."""

    @extend_schema(
        operation_id="bilateral_claims_refuse", request=ClaimReasonSerializer, responses=BilateralClaimSerializer
    )
    @idempotent
    def post(self, request: Request, claim_id: UUID) -> Response:
        """Say for the member that it gave no such licence."""
        given = self.read(ClaimReasonSerializer, request)
        return Response(_told(services.refuse_claim(actor=self.actor, claim_id=claim_id, **given), self))


class ClaimSettlementView(HouseView):
    """A decision without the member's answer."""

    @extend_schema(
        operation_id="bilateral_claims_settle", request=ClaimReasonSerializer, responses=BilateralClaimSerializer
    )
    @idempotent
    def post(self, request: Request, claim_id: UUID) -> Response:
        """Find the licence shown though the member did not answer within 30 days."""
        given = self.read(ClaimReasonSerializer, request)
        return Response(_told(services.settle_claim(actor=self.actor, claim_id=claim_id, **given), self))


class ClaimWithdrawalView(HouseView):
    """The withdrawal of a claim."""

    @extend_schema(
        operation_id="bilateral_claims_withdraw", request=ClaimReasonSerializer, responses=BilateralClaimSerializer
    )
    @idempotent
    def post(self, request: Request, claim_id: UUID) -> Response:
        """Withdraw a claim that was not answered."""
        given = self.read(ClaimReasonSerializer, request)
        return Response(_told(services.withdraw_claim(actor=self.actor, claim_id=claim_id, **given), self))


def _told(claim: BilateralClaim, view: HouseView) -> dict[str, Any]:
    return dict(BilateralClaimSerializer(claim, context={"actor": view.actor}).data)
