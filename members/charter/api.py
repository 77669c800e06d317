"""What members agree to, over HTTP."""

from typing import Any
from uuid import UUID

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.charter import selectors, services
from members.charter.lifecycle import VERSION_LIFECYCLE
from members.charter.models import (
    BindingAct,
    Charter,
    CharterKind,
    CharterSignature,
    CharterVersion,
    SeatAuthority,
    VersionState,
)
from members.charter.policies import PUBLISH_CHARTER_VERSION
from platform_core.access.kernel import can
from platform_core.api.etags import answer_with_etag, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity.selectors import alliance as get_alliance


class CharterSerializer(serializers.ModelSerializer[Charter]):
    """A document that every member of an alliance signs."""

    class Meta:
        model = Charter
        fields = ("id", "alliance_id", "kind", "title_zh", "title_en")


class NewCharterSerializer(serializers.Serializer[Any]):
    """A document to start; at least one of the titles."""

    alliance_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CharterKind.choices)
    title_zh = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title_en = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CharterVersionSerializer(serializers.ModelSerializer[CharterVersion]):
    """One text of a charter, and the hash it is known by once published."""

    allowed_steps = serializers.SerializerMethodField(help_text="addresses below this one to post to")

    class Meta:
        model = CharterVersion
        fields = (
            "id",
            "charter_id",
            "number",
            "state",
            "text_zh",
            "text_en",
            "document_id",
            "effective_on",
            "sign_by_on",
            "supersedes_id",
            "content_sha256",
            "published_at",
            "allowed_steps",
        )

    def get_allowed_steps(self, version: CharterVersion) -> list[str]:
        """List the steps that lead on, and that the reader may take."""
        steps = VERSION_LIFECYCLE.allowed(VersionState(version.state))
        return steps if steps and can(self.context["actor"], PUBLISH_CHARTER_VERSION, version) else []


class CharterVersionLineSerializer(serializers.ModelSerializer[CharterVersion]):
    """A version in a list, without its text."""

    class Meta:
        model = CharterVersion
        fields = (
            "id",
            "charter_id",
            "number",
            "state",
            "document_id",
            "effective_on",
            "sign_by_on",
            "supersedes_id",
            "content_sha256",
            "published_at",
        )


class CharterVersionEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a draft."""

    text_zh = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    text_en = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    document_id = serializers.UUIDField(required=False, allow_null=True)
    effective_on = serializers.DateField(required=False, allow_null=True, help_text="first day in force")
    sign_by_on = serializers.DateField(
        required=False, allow_null=True, help_text="from then on who has not signed lacks standing; default the same"
    )


class NewCharterVersionSerializer(CharterVersionEditsSerializer):
    """The draft of a charter's next version."""

    charter_id = serializers.UUIDField()


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


class MissingSignatureSerializer(serializers.Serializer[Any]):
    """A member that has not signed a version."""

    membership_id = serializers.UUIDField(source="pk")
    code = serializers.CharField()
    organisation_name = serializers.CharField(source="organisation")


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


_ALLIANCE = {"alliance": "alliance"}
_CHARTER = {"charter": "charter"}
_SIGNATURE = {"version": "version", "membership": "membership"}
_AUTHORITY = {"membership": "membership", "seat": "seat"}


class ChartersView(HouseView):
    """Charters and conventions."""

    orders = {"started": "pk"}

    @extend_schema(
        operation_id="charters_list", parameters=parameters_of(ids=_ALLIANCE), responses=page_of(CharterSerializer)
    )
    def get(self, request: Request) -> Response:
        """List what members agree to in the alliances you may see."""
        rows = filtered(selectors.charters(actor=self.actor), request, ids=_ALLIANCE)
        return self.page(rows, CharterSerializer, default="started")

    @extend_schema(operation_id="charters_start", request=NewCharterSerializer, responses={201: CharterSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Start a document that every member is to sign."""
        given = self.read(NewCharterSerializer, request)
        made = services.start_charter(actor=self.actor, **{**given, "kind": CharterKind(given["kind"])})
        return answer_with_etag(request, CharterSerializer(made).data, status=201)


class CharterView(HouseView):
    """One charter."""

    @extend_schema(operation_id="charters_read", responses=CharterSerializer)
    def get(self, request: Request, charter_id: UUID) -> Response:
        """Read what a charter is."""
        return answer_with_etag(request, CharterSerializer(selectors.get_charter(charter_id, actor=self.actor)).data)


class _VersionView(HouseView):
    def document(self, version: CharterVersion) -> dict[str, Any]:
        """Return a version as its reader sees it."""
        return dict(CharterVersionSerializer(version, context={"actor": self.actor}).data)


class CharterVersionsView(_VersionView):
    """Versions of charters."""

    orders = {"number": "number"}

    @extend_schema(
        operation_id="charter_versions_list",
        parameters=parameters_of(ids=_CHARTER, texts={"state": "state"}),
        responses=page_of(CharterVersionLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List versions without their texts, the latest first."""
        rows = filtered(
            selectors.charter_versions(actor=self.actor).defer("text_zh", "text_en"),
            request,
            ids=_CHARTER,
            texts={"state": "state"},
        )
        return self.page(rows, CharterVersionLineSerializer, default="-number")

    @extend_schema(
        operation_id="charter_versions_draft",
        request=NewCharterVersionSerializer,
        responses={201: CharterVersionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Write the draft of a charter's next version."""
        made = services.draft_version(actor=self.actor, **self.read(NewCharterVersionSerializer, request))
        return answer_with_etag(request, self.document(made), status=201)


class CharterVersionView(_VersionView):
    """One version of a charter."""

    @extend_schema(operation_id="charter_versions_read", responses=CharterVersionSerializer)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Read a version with its text."""
        return answer_with_etag(request, self.document(selectors.get_charter_version(version_id, actor=self.actor)))

    @extend_schema(
        operation_id="charter_versions_edit", request=CharterVersionEditsSerializer, responses=CharterVersionSerializer
    )
    @transaction.atomic
    def patch(self, request: Request, version_id: UUID) -> Response:
        """Change a draft; what is left out stays."""
        present = selectors.get_charter_version(version_id, actor=self.actor, for_change=True)
        require_match(request, self.document(present))
        edits = self.read(CharterVersionEditsSerializer, request)
        edited = services.edit_version(actor=self.actor, version_id=version_id, **edits)
        return answer_with_etag(request, self.document(edited))


class CharterPublicationView(_VersionView):
    """Publication of a version."""

    @extend_schema(operation_id="charter_versions_publish", request=None, responses=CharterVersionSerializer)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Publish a draft, so that its text is fixed and can be signed."""
        done = services.publish_version(actor=self.actor, version_id=version_id)
        return answer_with_etag(request, self.document(done))


class CharterDiscardingView(_VersionView):
    """Giving up a draft."""

    @extend_schema(operation_id="charter_versions_discard", request=None, responses=CharterVersionSerializer)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Give up a draft."""
        done = services.discard_version(actor=self.actor, version_id=version_id)
        return answer_with_etag(request, self.document(done))


class MissingSignaturesView(HouseView):
    """Who has not signed a version."""

    orders = {"code": "code"}

    @extend_schema(operation_id="charter_versions_missing", responses=page_of(MissingSignatureSerializer))
    def get(self, request: Request, version_id: UUID) -> Response:
        """List today's members that have not signed a version."""
        version = selectors.get_charter_version(version_id, actor=self.actor)
        return self.page(
            selectors.missing_signatures(version, actor=self.actor), MissingSignatureSerializer, default="code"
        )


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
