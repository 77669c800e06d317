"""Asking an owner for a bilateral licence over HTTP, for anybody."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.idempotency import key_of, keyed
from platform_core.api.views import HouseView
from platform_core.identity.models import Language
from pools.asking import services
from pools.asking.models import LONGEST_TEXT, LicenceRequest, RequestState
from pools.asking.services.asking import MOST_PATENTS

KEY_HEADER: Final = "X-Confirmation-Key"


class NewLicenceRequestSerializer(serializers.Serializer[Any]):
    """Who asks which owner for a licence, of which patents and for what; no patents means all of the owner's here."""

    member_id = serializers.UUIDField(help_text="the owner's part in the pool, as `/pool-members` has it")
    patent_ids = serializers.ListField(child=serializers.UUIDField(), required=False, max_length=MOST_PATENTS)
    name = serializers.CharField(max_length=120)
    organisation = serializers.CharField(max_length=200)
    email = serializers.EmailField(max_length=254)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    language = serializers.ChoiceField(choices=Language.choices, required=False, help_text="of what is written back")
    products = serializers.CharField(max_length=LONGEST_TEXT)
    fields_of_use = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    territory = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)
    message = serializers.CharField(max_length=LONGEST_TEXT, required=False, allow_blank=True)


class ConfirmationKeySerializer(serializers.Serializer[Any]):
    """The key of a link."""

    key = serializers.CharField(max_length=100)


class RequestToConfirmSerializer(serializers.ModelSerializer[LicenceRequest]):
    """What a link is about: whom one asks, and of which pool."""

    owner_name = serializers.CharField(source="addressee")
    pool_name = serializers.CharField(source="pool.name")
    is_confirmed = serializers.SerializerMethodField()

    class Meta:
        model = LicenceRequest
        fields = ("owner_name", "pool_id", "pool_name", "is_whole", "asked_at", "is_confirmed")

    def get_is_confirmed(self, request: LicenceRequest) -> bool:
        """Say whether it was confirmed already."""
        return request.state != RequestState.UNCONFIRMED


class AskingView(HouseView):
    """Asking an owner for a licence."""

    public = True
    strangers_write = True

    @extend_schema(operation_id="pools_ask_owner", request=NewLicenceRequestSerializer, responses={204: None})
    @keyed
    def post(self, request: Request, pool_id: UUID) -> Response:
        """Ask an owner on a public list for a licence from it alone; a link to confirm it goes to your address."""
        given = self.read(NewLicenceRequestSerializer, request)
        wish = {name: given[name] for name in ("products", "fields_of_use", "territory", "message") if name in given}
        asker = {name: given[name] for name in ("name", "organisation", "email", "country")}
        language = Language(given.get("language", Language.CHINESE))
        services.ask_for_licence(
            actor=self.actor,
            pool_id=pool_id,
            member_id=given["member_id"],
            patent_ids=given.get("patent_ids", ()),
            asker=services.Asker(**asker, language=language),
            wish=services.Wish(**wish),
            intention=key_of(request),
            address=request.META.get("REMOTE_ADDR") or "",
        )
        return Response(status=204)


class ConfirmationView(HouseView):
    """What the link leads to."""

    public = True
    strangers_write = True

    @extend_schema(
        operation_id="licence_requests_look_at",
        parameters=[
            OpenApiParameter(KEY_HEADER, str, OpenApiParameter.HEADER, required=True, description="the key of the link")
        ],
        responses=RequestToConfirmSerializer,
    )
    def get(self, request: Request) -> Response:
        """Say what a link is about, to whoever holds it."""
        found = services.find_request(actor=self.actor, key=request.headers.get(KEY_HEADER, ""))
        return Response(RequestToConfirmSerializer(found).data)

    @extend_schema(
        operation_id="licence_requests_confirm",
        request=ConfirmationKeySerializer,
        responses=RequestToConfirmSerializer,
    )
    def post(self, request: Request) -> Response:
        """Confirm that it was you who asked; from now on the owner, and nobody else, sees it."""
        done = services.confirm_request(actor=self.actor, **self.read(ConfirmationKeySerializer, request))
        return Response(RequestToConfirmSerializer(done).data)
