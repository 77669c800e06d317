"""Ties, affiliations and undertakings over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.conflicts import selectors, services
from platform_core.conflicts.models import Affiliation, AffiliationKind, DeclaredTie, TieKind, Undertaking


class AffiliationSerializer(serializers.ModelSerializer[Affiliation]):
    """Two organisations that belong together."""

    first_name = serializers.CharField(source="first")
    second_name = serializers.CharField(source="second")

    class Meta:
        model = Affiliation
        fields = ("id", "first_id", "first_name", "second_id", "second_name", "kind", "source", "starts_on", "ends_on")


class NewAffiliationSerializer(serializers.Serializer[Any]):
    """An affiliation to record."""

    first_id = serializers.UUIDField(help_text="an organisation you may record this of")
    second_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AffiliationKind.choices)
    source = serializers.CharField(max_length=500)  # type: ignore[assignment]  # a field, not the attribute
    starts_on = serializers.DateField()


class DeclaredTieSerializer(serializers.ModelSerializer[DeclaredTie]):
    """A tie of a person to an organisation."""

    user_name = serializers.CharField(source="user.name")
    organisation_name = serializers.CharField(source="organisation")

    class Meta:
        model = DeclaredTie
        fields = (
            "id",
            "user_id",
            "user_name",
            "organisation_id",
            "organisation_name",
            "kind",
            "source",
            "starts_on",
            "ends_on",
        )


class NewDeclaredTieSerializer(serializers.Serializer[Any]):
    """A tie to declare; for oneself unless a person is named."""

    user_id = serializers.UUIDField(required=False)
    organisation_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=TieKind.choices)
    source = serializers.CharField(max_length=500)  # type: ignore[assignment]  # a field, not the attribute
    starts_on = serializers.DateField()


class UndertakingSerializer(serializers.ModelSerializer[Undertaking]):
    """A clean-team undertaking: what a person does not see, in which alliance, between which days."""

    user_name = serializers.CharField(source="user.name")
    hidden_organisations = serializers.ListField(child=serializers.UUIDField())
    hidden_kinds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Undertaking
        fields = (
            "id",
            "user_id",
            "user_name",
            "alliance_id",
            "text",
            "hidden_organisations",
            "hidden_kinds",
            "starts_on",
            "ends_on",
            "recorded_at",
            "confirmed_at",
        )


class NewUndertakingSerializer(serializers.Serializer[Any]):
    """An undertaking to record; attach the signed paper to it, and have it confirmed."""

    alliance_id = serializers.UUIDField()
    seat_id = serializers.UUIDField(help_text="an open seat of the person; what is undertaken binds in all their seats")
    text = serializers.CharField(max_length=2000)
    hidden_organisations = serializers.ListField(child=serializers.UUIDField(), required=False)
    hidden_kinds = serializers.ListField(
        child=serializers.CharField(max_length=100), required=False, help_text="such as reports.salesreport"
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="first day without it")


class AffiliationsView(HouseView):
    """Affiliations of organisations."""

    orders = {"recorded": "pk"}

    @extend_schema(operation_id="affiliations_list", responses=page_of(AffiliationSerializer))
    def get(self, request: Request) -> Response:
        """List the affiliations you may see."""
        return self.page(selectors.affiliations(actor=self.actor), AffiliationSerializer, default="-recorded")

    @extend_schema(
        operation_id="affiliations_record", request=NewAffiliationSerializer, responses={201: AffiliationSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record that two organisations belong together."""
        given = self.read(NewAffiliationSerializer, request)
        made = services.record_affiliation(actor=self.actor, **{**given, "kind": AffiliationKind(given["kind"])})
        return Response(AffiliationSerializer(made).data, status=201)


class AffiliationEndView(HouseView):
    """The end of an affiliation."""

    @extend_schema(operation_id="affiliations_end", request=None, responses=AffiliationSerializer)
    def post(self, request: Request, affiliation_id: UUID) -> Response:
        """Record that two organisations belong together no longer."""
        ended = services.end_affiliation(actor=self.actor, affiliation_id=affiliation_id)
        return Response(AffiliationSerializer(ended).data)


class DeclaredTiesView(HouseView):
    """Declared ties of people."""

    orders = {"declared": "pk"}
    _ids = {"user": "user", "organisation": "organisation"}

    @extend_schema(
        operation_id="ties_declared_list",
        parameters=parameters_of(ids=_ids),
        responses=page_of(DeclaredTieSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the declared ties you may see."""
        rows = filtered(selectors.declared_ties(actor=self.actor), request, ids=self._ids)
        return self.page(rows, DeclaredTieSerializer, default="-declared")

    @extend_schema(
        operation_id="ties_declared_declare", request=NewDeclaredTieSerializer, responses={201: DeclaredTieSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Declare that you, or somebody you may declare this for, are tied to an organisation."""
        given = self.read(NewDeclaredTieSerializer, request)
        given = {"user_id": self.actor.person_id, **given, "kind": TieKind(given["kind"])}
        made = services.declare_personal_tie(actor=self.actor, **given)
        return Response(DeclaredTieSerializer(made).data, status=201)


class DeclaredTieEndView(HouseView):
    """The end of a declared tie."""

    @extend_schema(operation_id="ties_declared_end", request=None, responses=DeclaredTieSerializer)
    def post(self, request: Request, tie_id: UUID) -> Response:
        """Record that somebody's tie is over."""
        return Response(DeclaredTieSerializer(services.end_personal_tie(actor=self.actor, tie_id=tie_id)).data)


class UndertakingsView(HouseView):
    """Clean-team undertakings."""

    orders = {"recorded": "pk"}
    _ids = {"alliance": "alliance", "user": "user"}

    @extend_schema(
        operation_id="undertakings_list", parameters=parameters_of(ids=_ids), responses=page_of(UndertakingSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the undertakings you may see."""
        rows = filtered(selectors.undertakings(actor=self.actor), request, ids=self._ids)
        return self.page(rows, UndertakingSerializer, default="-recorded")

    @extend_schema(
        operation_id="undertakings_record", request=NewUndertakingSerializer, responses={201: UndertakingSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Record what a person with a conflict undertakes not to see."""
        made = services.record_undertaking(actor=self.actor, **self.read(NewUndertakingSerializer, request))
        return Response(UndertakingSerializer(made).data, status=201)


class UndertakingConfirmationView(HouseView):
    """Confirmation of an undertaking."""

    @extend_schema(operation_id="undertakings_confirm", request=None, responses=UndertakingSerializer)
    def post(self, request: Request, undertaking_id: UUID) -> Response:
        """Confirm as a second person that the signed undertaking is on file."""
        done = services.confirm_undertaking(actor=self.actor, undertaking_id=undertaking_id)
        return Response(UndertakingSerializer(done).data)


class UndertakingEndView(HouseView):
    """The end of an undertaking."""

    @extend_schema(operation_id="undertakings_end", request=None, responses=UndertakingSerializer)
    def post(self, request: Request, undertaking_id: UUID) -> Response:
        """End an undertaking; where the conflict goes on, the role stops at once."""
        done = services.end_undertaking(actor=self.actor, undertaking_id=undertaking_id)
        return Response(UndertakingSerializer(done).data)
