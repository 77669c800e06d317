"""Dealings over HTTP, for the office and for the prospect."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.dealings import selectors, services
from licensing.dealings.api.serializers import (
    DealingClosingSerializer,
    DealingDetailSerializer,
    DealingSerializer,
    LicenceApplicationSerializer,
    NewConductSerializer,
    NewOfferSerializer,
    OfferAcceptanceSerializer,
    OfferRefusalSerializer,
)
from licensing.dealings.papers import conduct_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.actors import Actor
from platform_core.access.log import log_access
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.signatures.selectors import checks_of

_IDS = {"programme": "programme", "prospect": "prospect"}
_TEXTS = {"state": "state", "turn": "turn"}


def whole(dealing_id: UUID, actor: Actor) -> dict[str, Any]:
    """Represent a whole dealing as the actor reads it."""
    dealing = selectors.get_dealing(dealing_id, actor=actor)
    contracts = selectors.contracts_in(dealing, actor=actor)
    signatures = selectors.signatures_on(contracts, actor=actor)
    context = {
        "contracts": contracts,
        "signatures": signatures,
        "checks": checks_of({signature.document_id for signature in signatures}, actor=actor),
        "seals": selectors.seals_on(contracts, actor=actor),
        "recordal": selectors.recordal_of(dealing, actor=actor),
        "actor": actor,
        "side": selectors.side_of(dealing, actor=actor),
        "offers": selectors.offers_in(dealing, actor=actor),
        "conduct": selectors.conduct_in(dealing, actor=actor),
    }
    document: dict[str, Any] = DealingDetailSerializer(dealing, context=context).data
    return document


class DealingsView(HouseView):
    """Dealings in which one takes part."""

    orders = {"next": "next_by", "moved": "moved_at"}

    @extend_schema(
        operation_id="dealings_list",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=page_of(DealingSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the dealings you take part in, the nearest day first; nobody but the two sides sees them."""
        rows = filtered(selectors.dealings(actor=self.actor), request, ids=_IDS, texts=_TEXTS)
        return self.page(rows, DealingSerializer, default="next")

    @extend_schema(
        operation_id="dealings_apply", request=LicenceApplicationSerializer, responses={201: DealingDetailSerializer}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Apply for a licence for your organisation; the alliance's office is told, and nobody else."""
        given = self.read(LicenceApplicationSerializer, request)
        programme_id = given.pop("programme_id")
        applied = services.apply_for_licence(
            actor=self.actor, programme_id=programme_id, application=services.Application(**given)
        )
        return Response(whole(applied.pk, self.actor), status=201)


class DealingView(HouseView):
    """One dealing."""

    @extend_schema(operation_id="dealings_read", responses=DealingDetailSerializer)
    def get(self, request: Request, dealing_id: UUID) -> Response:
        """Read a dealing: what was applied for, every offer, and who did what when."""
        return Response(whole(dealing_id, self.actor))


class AcknowledgementView(HouseView):
    """That an application was received."""

    @extend_schema(operation_id="dealings_acknowledge", request=None, responses=DealingDetailSerializer)
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Let whoever applied know that the office has the application."""
        services.acknowledge_application(actor=self.actor, dealing_id=dealing_id)
        return Response(whole(dealing_id, self.actor))


class OffersView(HouseView):
    """Offers of either side."""

    @extend_schema(operation_id="dealings_offer", request=NewOfferSerializer, responses={201: DealingDetailSerializer})
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Make an offer, or one against the other side's; it cannot be changed any more."""
        offer = services.NewOffer(**self.read(NewOfferSerializer, request))
        services.make_offer(actor=self.actor, dealing_id=dealing_id, offer=offer)
        return Response(whole(dealing_id, self.actor), status=201)


class AcceptanceView(HouseView):
    """The acceptance of an offer."""

    @extend_schema(operation_id="dealings_accept", request=OfferAcceptanceSerializer, responses=DealingDetailSerializer)
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Accept the other side's open offer, by its number."""
        services.accept_offer(actor=self.actor, dealing_id=dealing_id, **self.read(OfferAcceptanceSerializer, request))
        return Response(whole(dealing_id, self.actor))


class RefusalView(HouseView):
    """The refusal of an offer."""

    @extend_schema(operation_id="dealings_refuse", request=OfferRefusalSerializer, responses=DealingDetailSerializer)
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Refuse the other side's open offer, with the reason."""
        services.refuse_offer(actor=self.actor, dealing_id=dealing_id, **self.read(OfferRefusalSerializer, request))
        return Response(whole(dealing_id, self.actor))


class DealingClosingView(HouseView):
    """The end of a dealing."""

    @extend_schema(operation_id="dealings_close", request=DealingClosingSerializer, responses=DealingDetailSerializer)
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """End a dealing without a licence, with the reason."""
        services.close_dealing(actor=self.actor, dealing_id=dealing_id, **self.read(DealingClosingSerializer, request))
        return Response(whole(dealing_id, self.actor))


class ConductView(HouseView):
    """The record of conduct."""

    @extend_schema(
        operation_id="dealings_note_conduct", request=NewConductSerializer, responses={201: DealingDetailSerializer}
    )
    @idempotent
    def post(self, request: Request, dealing_id: UUID) -> Response:
        """Note what your side did outside of the platform, for both sides to read."""
        services.note_conduct(actor=self.actor, dealing_id=dealing_id, **self.read(NewConductSerializer, request))
        return Response(whole(dealing_id, self.actor), status=201)


class ConductRecordView(HouseView):
    """The record of conduct on paper."""

    @extend_schema(operation_id="dealings_conduct_record", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, dealing_id: UUID) -> HttpResponse:
        """Take the record of who did what on which day as PDF, workbook or table; the taking is logged."""
        dealing = selectors.get_dealing(dealing_id, actor=self.actor)
        offers = selectors.offers_in(dealing, actor=self.actor)
        conduct = selectors.conduct_in(dealing, actor=self.actor)
        paper = conduct_paper(dealing, offers, conduct, asked_language(request))
        answer = document_answer(paper, asked_form(request))
        log_access("dealing.record_downloaded", actor=self.actor, subject=dealing)
        return answer
