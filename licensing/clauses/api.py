"""Clauses of licences and better terms of others over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.clauses import selectors, services
from licensing.clauses.models import FavourEnding, FavourNotice, LicenceClauses
from licensing.clauses.rules import ASKED_GRANT_BACKS
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView


class LicenceClausesSerializer(serializers.ModelSerializer[LicenceClauses]):
    """What a licence agrees besides its price."""

    licence_code = serializers.CharField(source="licence.code")

    class Meta:
        model = LicenceClauses
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "grant_back",
            "ends_on_challenge",
            "most_favoured",
            "note",
            "recorded_at",
        )


class NewLicenceClausesSerializer(serializers.Serializer[Any]):
    """Clauses to record; an exclusive grant-back or assignment, and an end for a challenge, are refused."""

    grant_back = serializers.ChoiceField(choices=ASKED_GRANT_BACKS, required=False)
    ends_on_challenge = serializers.BooleanField(required=False)
    most_favoured = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class FavourSerializer(serializers.Serializer[Any]):
    """A later licence of the programme that has a better rate."""

    licence_id = serializers.UUIDField(source="licence.pk")
    licence_code = serializers.CharField(source="licence.code")
    licensee_id = serializers.UUIDField(source="licence.licensee_id")
    licensee_name = serializers.CharField(source="licence.licensee")
    from_on = serializers.DateField()
    rate = serializers.CharField(help_text="the rate of the licence that was asked about")
    better = serializers.CharField(help_text="the rate of the later one")
    comparable = serializers.BooleanField(help_text="whether both are of one kind; if not, people have to compare them")


class FavourNoticeSerializer(serializers.ModelSerializer[FavourNotice]):
    """What a licensee was told: that a better rate exists from a day."""

    licence_code = serializers.CharField(source="licence.code")

    class Meta:
        model = FavourNotice
        fields = ("id", "licence_id", "licence_code", "from_on", "told_at")


class NewFavourNoticeSerializer(serializers.Serializer[Any]):
    """The day from which a better rate exists."""

    from_on = serializers.DateField()


class FavourEndingSerializer(serializers.ModelSerializer[FavourEnding]):
    """A proposal that a licence has its most-favoured clause no longer, and what was decided."""

    licence_code = serializers.CharField(source="licence.code")
    proposed_by_name = serializers.CharField(source="proposed_by.name")
    decided_by_name = serializers.CharField(source="decided_by.name", allow_null=True, default=None)
    allowed_steps = serializers.SerializerMethodField(help_text="decision, withdrawal")

    class Meta:
        model = FavourEnding
        fields = (
            "id",
            "licence_id",
            "licence_code",
            "reason",
            "state",
            "proposed_at",
            "proposed_by_name",
            "decided_at",
            "decided_by_name",
            "allowed_steps",
        )

    def get_allowed_steps(self, ending: FavourEnding) -> list[str]:
        """Say what its reader may do with it."""
        steps: list[str] = self.context["steps"][ending.pk]
        return steps


class NewFavourEndingSerializer(serializers.Serializer[Any]):
    """Why a licence is to have its most-favoured clause no longer."""

    reason = serializers.CharField(max_length=500)


class FavourEndingDecisionSerializer(serializers.Serializer[Any]):
    """Whether the clause ends."""

    approve = serializers.BooleanField()


_IDS = {"licence": "licence", "programme": "licence__programme"}


_STATES = {"state": "state"}


class LicenceClausesListView(HouseView):
    """Clauses of licences."""

    orders = {"recorded": "recorded_at"}

    @extend_schema(
        operation_id="licence_clauses_list",
        parameters=parameters_of(ids=_IDS),
        responses=page_of(LicenceClausesSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the clauses of licences you may read."""
        rows = filtered(selectors.licence_clauses(actor=self.actor), request, ids=_IDS)
        return self.page(rows, LicenceClausesSerializer, default="-recorded")


class LicenceClausesView(HouseView):
    """The clauses of one licence."""

    @extend_schema(
        operation_id="licence_clauses_record",
        request=NewLicenceClausesSerializer,
        responses=LicenceClausesSerializer,
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Record what a licence agrees besides its price; it takes the place of what was recorded before."""
        clauses = services.NewClauses(**self.read(NewLicenceClausesSerializer, request))
        recorded = services.record_clauses(actor=self.actor, licence_id=licence_id, clauses=clauses)
        return Response(LicenceClausesSerializer(recorded).data)


class FavoursView(HouseView):
    """Later licences with better rates."""

    @extend_schema(operation_id="licences_favours", responses=FavourSerializer(many=True))
    def get(self, request: Request, licence_id: UUID) -> Response:
        """Say which later licences of the programme have better rates than one with a most-favoured clause."""
        return Response(FavourSerializer(selectors.favours(licence_id, actor=self.actor), many=True).data)


class FavourNoticesListView(HouseView):
    """What licensees were told of better terms."""

    orders = {"told": "told_at", "from": "from_on"}

    @extend_schema(
        operation_id="favour_notices_list",
        parameters=parameters_of(ids=_IDS),
        responses=page_of(FavourNoticeSerializer),
    )
    def get(self, request: Request) -> Response:
        """List what licensees were told of better terms, as far as you may read it."""
        rows = filtered(selectors.favour_notices(actor=self.actor), request, ids=_IDS)
        return self.page(rows, FavourNoticeSerializer, default="-told")


class FavourNoticesView(HouseView):
    """Notices of better terms to one licensee."""

    @extend_schema(
        operation_id="favour_notices_tell",
        request=NewFavourNoticeSerializer,
        responses={201: FavourNoticeSerializer},
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Tell the licensee that a better rate exists from a day, and not whose it is."""
        given = self.read(NewFavourNoticeSerializer, request)
        told = services.tell_favour(actor=self.actor, licence_id=licence_id, **given)
        return Response(FavourNoticeSerializer(told).data, status=201)


class FavourEndingsView(HouseView):
    """Proposals to end most-favoured clauses."""

    orders = {"proposed": "proposed_at"}

    @extend_schema(
        operation_id="favour_endings_list",
        parameters=parameters_of(ids=_IDS, texts=_STATES),
        responses=page_of(FavourEndingSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the proposals to end most-favoured clauses, the latest first."""
        rows = filtered(selectors.favour_endings(actor=self.actor), request, ids=_IDS, texts=_STATES)
        return self.page(
            rows,
            FavourEndingSerializer,
            default="-proposed",
            about=lambda part: {"steps": selectors.ending_steps(part, actor=self.actor)},
        )


class LicenceFavourEndingsView(HouseView):
    """Proposals to end the most-favoured clause of one licence."""

    @extend_schema(
        operation_id="favour_endings_propose",
        request=NewFavourEndingSerializer,
        responses={201: FavourEndingSerializer},
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Propose that a licence has its most-favoured clause no longer; another person decides."""
        given = self.read(NewFavourEndingSerializer, request)
        proposal = services.propose_favour_ending(actor=self.actor, licence_id=licence_id, **given)
        return Response(_ending(self, proposal), status=201)


class FavourEndingDecisionView(HouseView):
    """The decision about the end of a most-favoured clause."""

    @extend_schema(
        operation_id="favour_endings_decide",
        request=FavourEndingDecisionSerializer,
        responses=FavourEndingSerializer,
    )
    @idempotent
    def post(self, request: Request, ending_id: UUID) -> Response:
        """Approve or refuse a proposal of somebody else; once approved, the licensee is told."""
        given = self.read(FavourEndingDecisionSerializer, request)
        return Response(_ending(self, services.decide_favour_ending(actor=self.actor, ending_id=ending_id, **given)))


class FavourEndingWithdrawalView(HouseView):
    """The withdrawal of a proposal to end a most-favoured clause."""

    @extend_schema(operation_id="favour_endings_withdraw", request=None, responses=FavourEndingSerializer)
    @idempotent
    def post(self, request: Request, ending_id: UUID) -> Response:
        """Take your own proposal back before it is decided."""
        return Response(_ending(self, services.withdraw_favour_ending(actor=self.actor, ending_id=ending_id)))


def _ending(view: HouseView, ending: FavourEnding) -> dict[str, Any]:
    steps = selectors.ending_steps([ending], actor=view.actor)
    return dict(FavourEndingSerializer(ending, context={"steps": steps}).data)
