"""Patents, their families and their owners over HTTP."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.kernel import reached_ids
from platform_core.api.etags import answer_with_etag
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.pagination import Search
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.problems import invalid
from pools.patents import selectors, services
from pools.patents.models import Ownership, Patent, PatentFamily


class OwnershipSerializer(serializers.ModelSerializer[Ownership]):
    """An owner's part of a patent."""

    owner_name = serializers.CharField(source="owner")
    share = serializers.DecimalField(
        max_digits=13, decimal_places=12, allow_null=True, normalize_output=True, help_text="null: joint, not agreed"
    )

    class Meta:
        model = Ownership
        fields = ("id", "owner_id", "owner_name", "share", "from_on", "to_on")


class PatentSerializer(serializers.ModelSerializer[Patent]):
    """A right in one country with its owners over time."""

    family_code = serializers.CharField(source="family.code")
    owners = OwnershipSerializer(source="ownerships", many=True)

    class Meta:
        model = Patent
        fields = (
            "id",
            "alliance_id",
            "family_id",
            "family_code",
            "publication",
            "country",
            "title",
            "application",
            "filed_on",
            "granted_on",
            "ends_on",
            "owners",
        )


class PatentFamilySerializer(serializers.ModelSerializer[PatentFamily]):
    """Patents for one invention."""

    class Meta:
        model = PatentFamily
        fields = ("id", "alliance_id", "code")


class OwnerSerializer(serializers.Serializer[Any]):
    """An owner to record: the agreed part (null: joint, not agreed) and the days."""

    owner_id = serializers.UUIDField()
    share = serializers.DecimalField(max_digits=13, decimal_places=12, required=False, allow_null=True)
    from_on = serializers.DateField(required=False, allow_null=True, help_text="first day as owner")
    to_on = serializers.DateField(required=False, allow_null=True, help_text="first day no longer owner")


class NewPatentSerializer(serializers.Serializer[Any]):
    """A patent to register; a blank family means the publication by itself."""

    alliance_id = serializers.UUIDField()
    publication = serializers.CharField(max_length=200)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1 alpha-2, where the right is in force")
    family = serializers.CharField(max_length=200, required=False, allow_blank=True)
    title = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    application = serializers.CharField(max_length=40, required=False, allow_blank=True)
    filed_on = serializers.DateField(required=False, allow_null=True)
    granted_on = serializers.DateField(required=False, allow_null=True, help_text="first day in force")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="first day no longer in force")
    owners = OwnerSerializer(many=True, required=False)


class PatentEditsSerializer(serializers.Serializer[Any]):
    """What may be changed of a patent."""

    title = serializers.CharField(max_length=1000, required=False, allow_blank=True)
    application = serializers.CharField(max_length=40, required=False, allow_blank=True)
    filed_on = serializers.DateField(required=False, allow_null=True)
    granted_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


class TransferSerializer(serializers.Serializer[Any]):
    """An owner's part that passes to another."""

    from_owner_id = serializers.UUIDField()
    to_owner_id = serializers.UUIDField()
    on = serializers.DateField(help_text="first day of the new owner")


_IDS = {"alliance": "alliance", "family": "family"}
_TEXTS = {"publication": "publication", "country": "country"}
_WANTED = [
    OpenApiParameter("q", str, description="words of title, abstract, people and classes, or a number in any form"),
    OpenApiParameter("applicant", str, description="words of an applicant's or inventor's name"),
    OpenApiParameter("symbol", str, description="a class of IPC or CPC and all below it, such as G06F or H04N 19"),
    OpenApiParameter("standing", str, enum=list(selectors.STANDINGS), description="only what stands so today"),
    OpenApiParameter("standard", str, description="a standard that your charts say they read on, such as TS 36.321"),
]
_LONGEST_ASKED: Final = 200


class PatentsView(HouseView):
    """Patents."""

    public = True
    orders = {"publication": "publication", "country": "country"}

    @extend_schema(
        operation_id="patents_list",
        parameters=[*parameters_of(ids=_IDS, texts=_TEXTS), *_WANTED],
        responses=page_of(PatentSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the patents you may see; those of launched pools are public."""
        rows = filtered(selectors.patents(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        wanted = _wanted(request)
        if standard := request.query_params.get("standard", ""):
            rows = selectors.on_standard(rows, _plain("standard", standard), actor=self.actor)
        found = selectors.find_patents(rows, wanted, today=timezone.localdate(self.actor.clock.now()))
        search = Search(rows, reached_ids(self.actor, Patent)) if wanted.is_search else None
        return self.page(found, PatentSerializer, default="publication", search=search)

    @extend_schema(operation_id="patents_register", request=NewPatentSerializer, responses={201: PatentSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Put a patent with its owners on an alliance's register."""
        given = self.read(NewPatentSerializer, request)
        alliance_id = given.pop("alliance_id")
        owners = tuple(services.Owner(**owner) for owner in given.pop("owners", ()))
        made = services.register_patent(
            actor=self.actor, alliance_id=alliance_id, patent=services.NewPatent(**given, owners=owners)
        )
        return answer_with_etag(request, PatentSerializer(made).data, status=201)


def _plain(name: str, text: str) -> str:
    if "\x00" in text or len(text) > _LONGEST_ASKED:
        raise invalid(f"/{name}", "bad_text", "This must be plain text.")
    return text


def _wanted(request: Request) -> selectors.Wanted:
    given = {name: request.query_params.get(name, "") for name in ("q", "applicant", "symbol", "standing")}
    for name, text in given.items():
        _plain(name, text)
    if given["standing"] and given["standing"] not in selectors.STANDINGS:
        raise invalid("/standing", "unknown", "There is no such standing.")
    return selectors.Wanted(
        text=given["q"], applicant=given["applicant"], symbol=given["symbol"], standing=given["standing"]
    )


class PatentView(HouseView):
    """One patent."""

    public = True

    @extend_schema(operation_id="patents_read", responses=PatentSerializer)
    def get(self, request: Request, patent_id: UUID) -> Response:
        """Read a patent with its owners over time."""
        found = selectors.get_patent(patent_id, actor=self.actor)
        return answer_with_etag(request, PatentSerializer(found).data)

    @extend_schema(operation_id="patents_edit", request=PatentEditsSerializer, responses=PatentSerializer)
    def patch(self, request: Request, patent_id: UUID) -> Response:
        """Change a patent's title or the days it is in force; what is left out stays."""
        return self.edit(
            request,
            PatentEditsSerializer,
            present=lambda: selectors.get_patent(patent_id, actor=self.actor, for_change=True),
            change=partial(services.edit_patent, actor=self.actor, patent_id=patent_id),
            represent=lambda found: PatentSerializer(found).data,
        )


class PatentOwnersView(HouseView):
    """The owners of a patent."""

    @extend_schema(operation_id="patents_record_owner", request=OwnerSerializer, responses={201: OwnershipSerializer})
    @idempotent
    def post(self, request: Request, patent_id: UUID) -> Response:
        """Record an owner of a patent."""
        owner = services.Owner(**self.read(OwnerSerializer, request))
        recorded = services.record_owner(actor=self.actor, patent_id=patent_id, owner=owner)
        return Response(OwnershipSerializer(recorded).data, status=201)


class PatentTransfersView(HouseView):
    """Transfers of a patent."""

    @extend_schema(operation_id="patents_transfer", request=TransferSerializer, responses={201: OwnershipSerializer})
    @idempotent
    def post(self, request: Request, patent_id: UUID) -> Response:
        """Pass an owner's part to another from a day on; the former owner's entries in pools end that day."""
        made = services.transfer_patent(actor=self.actor, patent_id=patent_id, **self.read(TransferSerializer, request))
        return Response(OwnershipSerializer(made).data, status=201)


class PatentFamiliesView(HouseView):
    """Patent families."""

    public = True
    orders = {"code": "code"}

    @extend_schema(
        operation_id="patent_families_list",
        parameters=parameters_of(ids={"alliance": "alliance"}),
        responses=page_of(PatentFamilySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the families of the patents you may see."""
        rows = filtered(selectors.families(actor=self.actor), request, ids={"alliance": "alliance"})
        return self.page(rows, PatentFamilySerializer, default="code")
