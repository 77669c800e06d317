"""People, organisations and roles over HTTP."""

from functools import partial
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.access.acting import choose_seat, open_seats
from platform_core.api.etags import answer_with_etag, without_version
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.requests import SEAT_IN_SESSION
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.identity import merging, preparing, seating, selectors, services
from platform_core.identity.models import Language, User
from platform_core.identity.role_plan import role_plan
from platform_core.identity.roles import Role
from platform_core.identity.serializers import (
    AllianceInputSerializer,
    AllianceSerializer,
    EndingInputSerializer,
    MeInputSerializer,
    MergerInputSerializer,
    MergerPreviewSerializer,
    MeSerializer,
    OperatingEntityInputSerializer,
    OperatingEntitySerializer,
    OrganisationInputSerializer,
    OrganisationSerializer,
    PlannedDecisionSerializer,
    RoleAssignmentInputSerializer,
    RoleAssignmentSerializer,
    SeatChoiceSerializer,
    SeatInputSerializer,
    SeatSerializer,
)
from platform_core.problems import NotAllowed

_ORGANISATION_TEXTS = {"kind": "kind", "country": "country"}
_ENTITY_IDS = {"alliance": "alliance", "organisation": "organisation"}
_SEAT_IDS = {"organisation": "organisation", "user": "user"}
_ROLE_IDS = {"seat": "seat", "alliance": "alliance", "operating_entity": "operating_entity"}
_ROLE_TEXTS = {"role": "role"}


class MeView(HouseView):
    """The person who is signed in."""

    @extend_schema(operation_id="me_read", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Say who is signed in, in which seats, and with which roles in the one that acts."""
        return self._answer(_person(request))

    @extend_schema(operation_id="me_edit", request=MeInputSerializer, responses=MeSerializer)
    @without_version(because="it is a choice, and the last one holds")
    def patch(self, request: Request) -> Response:
        """Choose the language that messages come in."""
        chosen = Language(self.read(MeInputSerializer, request)["language"])
        return self._answer(services.choose_language(actor=self.actor, language=chosen))

    def _answer(self, user: User) -> Response:
        seats = open_seats(user.pk)
        actor = self.actor if seats else None
        now = actor.clock.now() if actor else None
        held = [row for row in actor.assignments if row.in_force(now)] if actor and now else []
        document = {
            "user": user.pk,
            "name": user.name,
            "email": user.email,
            "language": user.language,
            "seat": actor.seat_id if actor else None,
            "seats": seats,
            "roles": held,
        }
        return Response(MeSerializer(document).data)


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise TypeError("a signed-in person is one of our users")
    return request.user


class MySeatView(HouseView):
    """The seat the session acts in."""

    authentication_classes = [SessionAuthentication]

    @extend_schema(operation_id="me_choose_seat", request=SeatChoiceSerializer, responses={204: None})
    @without_version(because="it is a choice, and the last one holds")
    def put(self, request: Request) -> Response:
        """Choose the seat to act in for the rest of the session."""
        chosen = self.read(SeatChoiceSerializer, request)["seat"]
        user_id = request.user.pk
        if user_id is None:
            raise NotAllowed
        request.session[SEAT_IN_SESSION] = str(choose_seat(user_id, str(chosen)))
        return Response(status=204)


class OrganisationsView(HouseView):
    """Organisations."""

    orders = {"name": "name_zh", "created": "created_at"}

    @extend_schema(
        operation_id="organisations_list",
        parameters=parameters_of(texts=_ORGANISATION_TEXTS),
        responses=page_of(OrganisationSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the organisations you may see."""
        rows = filtered(selectors.organisations(actor=self.actor), request, texts=_ORGANISATION_TEXTS)
        return self.page(rows, OrganisationSerializer, default="name")

    @extend_schema(
        operation_id="organisations_register",
        request=OrganisationInputSerializer,
        responses={201: OrganisationSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Register an organisation."""
        made = services.register_organisation(actor=self.actor, **self.read(OrganisationInputSerializer, request))
        return answer_with_etag(request, OrganisationSerializer(made).data, status=201)


class OrganisationView(HouseView):
    """One organisation."""

    @extend_schema(operation_id="organisations_read", responses=OrganisationSerializer)
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """Read an organisation."""
        found = selectors.organisation(organisation_id, actor=self.actor)
        return answer_with_etag(request, OrganisationSerializer(found).data)

    @extend_schema(
        operation_id="organisations_edit", request=OrganisationInputSerializer, responses=OrganisationSerializer
    )
    def patch(self, request: Request, organisation_id: UUID) -> Response:
        """Change what is known of an organisation; what is left out stays."""
        return self.edit(
            request,
            OrganisationInputSerializer,
            present=lambda: selectors.organisation(organisation_id, actor=self.actor, for_change=True),
            change=partial(services.edit_organisation, actor=self.actor, organisation_id=organisation_id),
            represent=lambda found: OrganisationSerializer(found).data,
        )


class OrganisationMergerView(HouseView):
    """Merging an organisation that is registered twice."""

    @extend_schema(
        operation_id="organisations_merger_preview",
        parameters=[OpenApiParameter("merged", OpenApiTypes.UUID, required=True, description="what would be merged")],
        responses=MergerPreviewSerializer,
    )
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """Say what merging another organisation into this one would move, and what stands against it."""
        kept = merging.organisation_to_keep(organisation_id, actor=self.actor)
        asked = MergerInputSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = merging.preview_merger(kept, asked.validated_data["merged_id"], actor=self.actor)
        return Response(MergerPreviewSerializer(found).data)

    @extend_schema(operation_id="organisations_merge", request=MergerInputSerializer, responses=OrganisationSerializer)
    @idempotent
    def post(self, request: Request, organisation_id: UUID) -> Response:
        """Merge another organisation into this one, which stays, with all that refers to it."""
        given = self.read(MergerInputSerializer, request)
        kept = merging.merge_organisations(actor=self.actor, kept_id=organisation_id, **given)
        return answer_with_etag(request, OrganisationSerializer(kept).data)


class OrganisationDuplicatesView(HouseView):
    """Organisations that may be the same one."""

    @extend_schema(operation_id="organisations_duplicates", responses=OrganisationSerializer(many=True))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """List the organisations with a name or organisation code in common that you may merge with this one."""
        found = merging.possible_duplicates(organisation_id, actor=self.actor)
        return Response(OrganisationSerializer(found, many=True).data)


class AlliancesView(HouseView):
    """Alliances."""

    orders = {"code": "code", "created": "created_at"}

    @extend_schema(operation_id="alliances_list", responses=page_of(AllianceSerializer))
    def get(self, request: Request) -> Response:
        """List the alliances you may see."""
        return self.page(selectors.alliances(actor=self.actor), AllianceSerializer, default="code")

    @extend_schema(operation_id="alliances_open", request=AllianceInputSerializer, responses={201: AllianceSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Open an alliance."""
        made = services.open_alliance(actor=self.actor, **self.read(AllianceInputSerializer, request))
        return Response(AllianceSerializer(made).data, status=201)


class AllianceView(HouseView):
    """One alliance."""

    @extend_schema(operation_id="alliances_read", responses=AllianceSerializer)
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """Read an alliance."""
        found = selectors.alliance(alliance_id, actor=self.actor)
        return answer_with_etag(request, AllianceSerializer(found).data)


class RolePlanView(HouseView):
    """Whether an alliance has two people for each decision of two."""

    @extend_schema(operation_id="alliances_role_plan", responses=PlannedDecisionSerializer(many=True))
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """List for each two-person decision the different people whose roles count for it now."""
        found = role_plan(selectors.alliance(alliance_id, actor=self.actor), actor=self.actor)
        return Response(PlannedDecisionSerializer(found, many=True).data)


class OperatingEntitiesView(HouseView):
    """Operating entities."""

    orders = {"code": "code", "created": "created_at"}

    @extend_schema(
        operation_id="operating_entities_list",
        parameters=parameters_of(ids=_ENTITY_IDS),
        responses=page_of(OperatingEntitySerializer),
    )
    def get(self, request: Request) -> Response:
        """List the operating entities you may see."""
        rows = filtered(selectors.operating_entities(actor=self.actor), request, ids=_ENTITY_IDS)
        return self.page(rows, OperatingEntitySerializer, default="code")

    @extend_schema(
        operation_id="operating_entities_open",
        request=OperatingEntityInputSerializer,
        responses={201: OperatingEntitySerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Make an organisation the contract party of a part of an alliance's business."""
        made = services.open_operating_entity(actor=self.actor, **self.read(OperatingEntityInputSerializer, request))
        return Response(OperatingEntitySerializer(made).data, status=201)


class SeatsView(HouseView):
    """Seats."""

    orders = {"created": "created_at", "person": "user__name"}

    @extend_schema(
        operation_id="seats_list", parameters=parameters_of(ids=_SEAT_IDS), responses=page_of(SeatSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the seats you may see."""
        rows = filtered(selectors.seats(actor=self.actor), request, ids=_SEAT_IDS)
        return self.page(rows, SeatSerializer, default="created")

    @extend_schema(operation_id="seats_open", request=SeatInputSerializer, responses={201: SeatSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Give a user a seat at an organisation."""
        made = seating.open_seat(actor=self.actor, **self.read(SeatInputSerializer, request))
        return Response(SeatSerializer(made).data, status=201)


class SeatEndView(HouseView):
    """The end of a seat."""

    @extend_schema(operation_id="seats_end", request=EndingInputSerializer, responses=SeatSerializer)
    def post(self, request: Request, seat_id: UUID) -> Response:
        """End a seat at once, with every role it holds, as long as two people remain for each decision of two."""
        given = self.read(EndingInputSerializer, request)
        return Response(SeatSerializer(seating.end_seat(actor=self.actor, seat_id=seat_id, **given)).data)


class SeatConfirmationView(HouseView):
    """The confirmation of a seat that was given from outside."""

    @extend_schema(operation_id="seats_confirm", request=None, responses=SeatSerializer)
    def post(self, request: Request, seat_id: UUID) -> Response:
        """Confirm that somebody whom an office seated at an organisation belongs there, as another person."""
        return Response(SeatSerializer(preparing.confirm_seat(actor=self.actor, seat_id=seat_id)).data)


class RoleAssignmentsView(HouseView):
    """Roles that seats hold."""

    orders = {"created": "created_at"}

    @extend_schema(
        operation_id="role_assignments_list",
        parameters=parameters_of(ids=_ROLE_IDS, texts=_ROLE_TEXTS),
        responses=page_of(RoleAssignmentSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the role assignments you may see."""
        rows = selectors.role_assignments(actor=self.actor)
        rows = filtered(rows, request, ids=_ROLE_IDS, texts=_ROLE_TEXTS)
        return self.page(rows, RoleAssignmentSerializer, default="-created")

    @extend_schema(
        operation_id="role_assignments_make",
        request=RoleAssignmentInputSerializer,
        responses={201: RoleAssignmentSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Give a seat a role."""
        given = self.read(RoleAssignmentInputSerializer, request)
        made = seating.assign_role(actor=self.actor, **{**given, "role": Role(given["role"])})
        return Response(RoleAssignmentSerializer(made).data, status=201)


class RoleEndView(HouseView):
    """The end of a role."""

    @extend_schema(
        operation_id="role_assignments_end", request=EndingInputSerializer, responses=RoleAssignmentSerializer
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """End a role at once, as long as two people remain for each decision of two."""
        given = self.read(EndingInputSerializer, request)
        ended = seating.end_role(actor=self.actor, assignment_id=assignment_id, **given)
        return Response(RoleAssignmentSerializer(ended).data)
