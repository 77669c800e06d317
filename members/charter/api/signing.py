"""Signatures, the authority they are given on, and good standing over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.charter import selectors, services
from members.charter.models import BindingAct, CharterSignature, SeatAuthority
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.selectors import alliance as get_alliance


class SeatAuthoritySerializer(serializers.ModelSerializer[SeatAuthority]):
    """What a seat may bind its organisation to."""

    person_name = serializers.CharField(source="seat.user.name")
    organisation_name = serializers.CharField(source="membership.organisation")
    acts = serializers.ListField(child=serializers.ChoiceField(choices=BindingAct.choices))

    class Meta:
        model = SeatAuthority
        fields = (
            "id",
            "seat_id",
            "person_name",
            "membership_id",
            "organisation_name",
            "acts",
            "title",
            "letter_id",
            "starts_on",
            "ends_on",
            "recorded_at",
        )


class NewSeatAuthoritySerializer(serializers.Serializer[Any]):
    """An authority to record, by a letter that hangs on the membership."""

    membership_id = serializers.UUIDField()
    seat_id = serializers.UUIDField()
    acts = serializers.ListField(child=serializers.ChoiceField(choices=BindingAct.choices), allow_empty=False)
    title = serializers.CharField(max_length=120)
    letter_id = serializers.UUIDField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)


class AuthorityEndSerializer(serializers.Serializer[Any]):
    """From which day an authority is over."""

    ends_on = serializers.DateField(required=False, allow_null=True, help_text="first day without it; default today")


class CharterSignatureSerializer(serializers.ModelSerializer[CharterSignature]):
    """A member's signature under a version."""

    organisation_name = serializers.CharField(source="membership.organisation")

    class Meta:
        model = CharterSignature
        fields = (
            "id",
            "version_id",
            "membership_id",
            "organisation_name",
            "way",
            "signatory_name",
            "signatory_title",
            "signed_on",
            "authority_id",
            "letter_id",
            "scan_id",
            "recorded_at",
        )


class PaperSerializer(serializers.Serializer[Any]):
    """A signature that was given on paper."""

    signatory_name = serializers.CharField(max_length=120)
    signatory_title = serializers.CharField(max_length=120)
    signed_on = serializers.DateField()
    letter_id = serializers.UUIDField(help_text="the letter of authority, on the membership")
    scan_id = serializers.UUIDField(help_text="the scan of the sealed page, on the membership")


class NewCharterSignatureSerializer(serializers.Serializer[Any]):
    """A signature: by the acting seat, naming the hash of the text that was read, or one recorded from paper."""

    version_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    content_sha256 = serializers.CharField(max_length=64, required=False, help_text="what the acting seat signs")
    paper = PaperSerializer(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what is neither, or both."""
        if ("content_sha256" in attrs) is ("paper" in attrs):
            raise serializers.ValidationError("Name the hash of the text you sign, or the paper: one of the two.")
        return attrs


class StandingSerializer(serializers.Serializer[Any]):
    """Whether a member is in good standing today, and what it lacks."""

    membership_id = serializers.UUIDField(source="membership.pk")
    code = serializers.CharField(source="membership.code")
    organisation_name = serializers.CharField(source="membership.organisation")
    good = serializers.BooleanField()
    suspended = serializers.BooleanField()
    unsigned_version_ids = serializers.SerializerMethodField()

    def get_unsigned_version_ids(self, standing: selectors.Standing) -> list[UUID]:
        """List the versions it should have signed."""
        return [version.pk for version in standing.unsigned]


_SIGNATURE = {"version": "version", "membership": "membership"}
_AUTHORITY = {"membership": "membership", "seat": "seat"}


class CharterSignaturesView(HouseView):
    """Signatures under versions."""

    orders = {"recorded": "pk"}

    @extend_schema(
        operation_id="charter_signatures_list",
        parameters=parameters_of(ids=_SIGNATURE),
        responses=page_of(CharterSignatureSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the signatures you may know of."""
        rows = filtered(selectors.charter_signatures(actor=self.actor), request, ids=_SIGNATURE)
        return self.page(rows, CharterSignatureSerializer, default="recorded")

    @extend_schema(
        operation_id="charter_signatures_give",
        request=NewCharterSignatureSerializer,
        responses={201: CharterSignatureSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Sign for your organisation by your seat's recorded authority, or record a signature from paper."""
        given = self.read(NewCharterSignatureSerializer, request)
        paper = given.pop("paper", None)
        if paper is None:
            signature = services.sign_charter(actor=self.actor, **given)
        else:
            signature = services.record_paper_signature(actor=self.actor, **given, **paper)
        return Response(CharterSignatureSerializer(signature).data, status=201)


class SeatAuthoritiesView(HouseView):
    """Recorded authorities of seats."""

    orders = {"recorded": "pk"}

    @extend_schema(
        operation_id="seat_authorities_list",
        parameters=parameters_of(ids=_AUTHORITY),
        responses=page_of(SeatAuthoritySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the authorities you may see, the latest first."""
        rows = filtered(selectors.seat_authorities(actor=self.actor), request, ids=_AUTHORITY)
        return self.page(rows, SeatAuthoritySerializer, default="-recorded")

    @extend_schema(
        operation_id="seat_authorities_record",
        request=NewSeatAuthoritySerializer,
        responses={201: SeatAuthoritySerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record by which letter a member's seat may bind it."""
        given = self.read(NewSeatAuthoritySerializer, request)
        acts = [BindingAct(act) for act in given.pop("acts")]
        made = services.record_authority(actor=self.actor, acts=acts, **given)
        return Response(SeatAuthoritySerializer(made).data, status=201)


class SeatAuthorityEndView(HouseView):
    """The end of an authority."""

    @extend_schema(
        operation_id="seat_authorities_end", request=AuthorityEndSerializer, responses=SeatAuthoritySerializer
    )
    def post(self, request: Request, authority_id: UUID) -> Response:
        """End an authority; what was signed by it stays signed."""
        given = self.read(AuthorityEndSerializer, request)
        ended = services.end_authority(actor=self.actor, authority_id=authority_id, **given)
        return Response(SeatAuthoritySerializer(ended).data)


class GoodStandingView(HouseView):
    """Which members of an alliance are in good standing."""

    @extend_schema(operation_id="alliances_good_standing", responses=StandingSerializer(many=True))
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """Say of each of today's members you may see whether it is in good standing, and what it lacks."""
        alliance = get_alliance(alliance_id, actor=self.actor)
        found = selectors.good_standing(alliance, actor=self.actor)
        return Response(StandingSerializer(found, many=True).data)
