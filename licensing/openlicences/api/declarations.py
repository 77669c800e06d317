"""Declarations of open licences over HTTP."""

from dataclasses import asdict
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.openlicences import checking, selectors, services
from licensing.openlicences.api.licences import licence_document
from licensing.openlicences.api.serializers.declarations import (
    NewOpenConsentSerializer,
    NewOpenDeclarationSerializer,
    OpenAnnouncementSerializer,
    OpenChecksSerializer,
    OpenConsentSerializer,
    OpenDeclarationEditsSerializer,
    OpenDeclarationLineSerializer,
    OpenDeclarationSerializer,
    OpenFilingSerializer,
    OpenRefusalSerializer,
    OpenWithdrawalAnnouncementSerializer,
    OpenWithdrawalSerializer,
)
from licensing.openlicences.api.serializers.licences import (
    NewOpenNoticeSerializer,
    OpenLicenceSerializer,
)
from licensing.openlicences.models import OpenDeclaration
from licensing.openlicences.papers import statement_paper
from licensing.openlicences.reductions import reduction_of
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access
from platform_core.api.etags import IF_MATCH, answer_with_etag, require_match
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView
from platform_core.clock import today
from platform_core.problems import Conflict

_LIST_IDS = {"alliance": "alliance", "owner": "owner", "patent": "patent"}
_LIST_TEXTS = {"state": "state", "scheme": "scheme"}
_READ = OpenApiParameter(
    IF_MATCH, str, OpenApiParameter.HEADER, required=True, description="the ETag of the declaration as you read it"
)


class OpenDeclarationsView(HouseView):
    """Declarations of open licences."""

    public = True
    orders = {"drafted": "id", "announced": "announced_on", "patent": "patent__publication"}

    @extend_schema(
        operation_id="open_declarations_list",
        parameters=parameters_of(ids=_LIST_IDS, texts=_LIST_TEXTS),
        responses=page_of(OpenDeclarationLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the declarations that the office announced, and your organisation's own, the latest first."""
        rows = filtered(selectors.open_declarations(actor=self.actor), request, ids=_LIST_IDS, texts=_LIST_TEXTS)
        return self.page(rows, OpenDeclarationLineSerializer, default="-drafted")

    @extend_schema(
        operation_id="open_declarations_draft",
        request=NewOpenDeclarationSerializer,
        responses={201: OpenDeclarationSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Draft a declaration that anybody may take a licence of a patent of your own."""
        given = self.read(NewOpenDeclarationSerializer, request)
        drafted = services.draft_declaration(actor=self.actor, declaration=services.NewDeclaration(**given))
        return answer_with_etag(request, _declaration(self, drafted), status=201)


class OpenDeclarationView(HouseView):
    """One declaration of an open licence."""

    public = True

    @extend_schema(operation_id="open_declarations_read", responses=OpenDeclarationSerializer)
    def get(self, request: Request, declaration_id: UUID) -> Response:
        """Read a declaration; its workings are the owner's."""
        found = selectors.get_open_declaration(declaration_id, actor=self.actor)
        return answer_with_etag(request, _declaration(self, found))

    @extend_schema(
        operation_id="open_declarations_edit",
        request=OpenDeclarationEditsSerializer,
        responses=OpenDeclarationSerializer,
    )
    def patch(self, request: Request, declaration_id: UUID) -> Response:
        """Change a draft; what is left out stays."""
        return self.edit(
            request,
            OpenDeclarationEditsSerializer,
            present=lambda: selectors.get_open_declaration(declaration_id, actor=self.actor, for_change=True),
            change=partial(services.edit_declaration, actor=self.actor, declaration_id=declaration_id),
            represent=lambda found: _declaration(self, found),
        )


class OpenChecksView(HouseView):
    """What stands against a declaration."""

    @extend_schema(operation_id="open_declarations_check", responses=OpenChecksSerializer)
    def get(self, request: Request, declaration_id: UUID) -> Response:
        """Say what stands against your declaration today, what guidance says to its price, and the reduction."""
        declaration = selectors.get_open_declaration(declaration_id, actor=self.actor)
        found = checking.findings_shown(declaration, actor=self.actor)
        day = today(self.actor.clock, declaration.alliance.zone)
        rule, above = checking.price_guidance(declaration, declaration.filed_on or day)
        checks = {
            "findings": found,
            "guidance": None if rule is None else {**asdict(rule), "is_above": above},
            "reduction": reduction_of(declaration, day, actor=self.actor),
            "is_ready": checking.is_ready(declaration, found),
        }
        return Response(OpenChecksSerializer(checks).data)


class OpenStatementPaperView(HouseView):
    """A declaration on paper."""

    @extend_schema(operation_id="open_declarations_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, declaration_id: UUID) -> HttpResponse:
        """Take your declaration as a paper once it was filed, or nothing stands against filing it; it is logged."""
        declaration = selectors.get_open_declaration(declaration_id, actor=self.actor)
        if not checking.is_ready(declaration, checking.findings_shown(declaration, actor=self.actor)):
            raise Conflict("Something stands against filing this declaration. Settle that first, then take the paper.")
        day = today(self.actor.clock, declaration.alliance.zone)
        paper = statement_paper(
            declaration,
            selectors.declared_owners(declaration, day),
            selectors.open_consents(declaration, actor=self.actor),
            on=day,
            language=asked_language(request),
        )
        answer = document_answer(paper, asked_form(request))
        log_access("open_declaration.document_downloaded", actor=self.actor, subject=declaration)
        return answer


class OpenConsentsView(HouseView):
    """Consents to a declaration."""

    @extend_schema(
        operation_id="open_consents_record",
        parameters=[_READ],
        request=NewOpenConsentSerializer,
        responses={201: OpenConsentSerializer},
    )
    @idempotent
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Record that a co-owner or a pledgee consents to your draft, as you read it."""
        given = self.read(NewOpenConsentSerializer, request)
        present = selectors.get_open_declaration(declaration_id, actor=self.actor, for_change=True)
        require_match(request, _declaration(self, present), as_read=True)
        recorded = services.record_open_consent(actor=self.actor, declaration_id=declaration_id, **given)
        return Response(OpenConsentSerializer(recorded).data, status=201)


class OpenFilingView(HouseView):
    """The filing of a declaration."""

    @extend_schema(
        operation_id="open_declarations_file",
        parameters=[_READ],
        request=OpenFilingSerializer,
        responses=OpenDeclarationSerializer,
    )
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Note that the declaration was filed with the office as you read it; it stays so from then on."""
        given = self.read(OpenFilingSerializer, request)
        return self.step(
            request,
            present=lambda: selectors.get_open_declaration(declaration_id, actor=self.actor, for_change=True),
            take=lambda: services.file_declaration(actor=self.actor, declaration_id=declaration_id, **given),
            represent=partial(_declaration, self),
            as_read=True,
        )


class OpenAnnouncementView(HouseView):
    """The announcement of a declaration."""

    @extend_schema(
        operation_id="open_declarations_announce",
        request=OpenAnnouncementSerializer,
        responses=OpenDeclarationSerializer,
    )
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Note that the office announced the declaration."""
        given = self.read(OpenAnnouncementSerializer, request)
        return _moved(self, services.announce_declaration(actor=self.actor, declaration_id=declaration_id, **given))


class OpenRefusalView(HouseView):
    """That a declaration is not announced."""

    @extend_schema(
        operation_id="open_declarations_refuse", request=OpenRefusalSerializer, responses=OpenDeclarationSerializer
    )
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Note that the office does not announce the declaration, and why."""
        given = self.read(OpenRefusalSerializer, request)
        return _moved(self, services.refuse_declaration(actor=self.actor, declaration_id=declaration_id, **given))


class OpenCancellationView(HouseView):
    """The giving up of a declaration that was not announced."""

    @extend_schema(operation_id="open_declarations_cancel", request=None, responses=OpenDeclarationSerializer)
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Give up a draft, or a declaration that you took back at the office before it was announced."""
        return _moved(self, services.cancel_declaration(actor=self.actor, declaration_id=declaration_id))


class OpenWithdrawalView(HouseView):
    """The filing of a withdrawal."""

    @extend_schema(
        operation_id="open_declarations_withdraw",
        request=OpenWithdrawalSerializer,
        responses=OpenDeclarationSerializer,
    )
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Note that the withdrawal was filed; until it is announced, licences may still be taken."""
        given = self.read(OpenWithdrawalSerializer, request)
        return _moved(self, services.file_withdrawal(actor=self.actor, declaration_id=declaration_id, **given))


class OpenWithdrawalAnnouncementView(HouseView):
    """The announcement of a withdrawal."""

    @extend_schema(
        operation_id="open_declarations_announce_withdrawal",
        request=OpenWithdrawalAnnouncementSerializer,
        responses=OpenDeclarationSerializer,
    )
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Note that the office announced the withdrawal; licences noticed up to that day stay."""
        given = self.read(OpenWithdrawalAnnouncementSerializer, request)
        return _moved(self, services.announce_withdrawal(actor=self.actor, declaration_id=declaration_id, **given))


class OpenNoticesView(HouseView):
    """Notices under a declaration."""

    @extend_schema(
        operation_id="open_notices_prepare",
        request=NewOpenNoticeSerializer,
        responses={201: OpenLicenceSerializer},
    )
    @idempotent
    def post(self, request: Request, declaration_id: UUID) -> Response:
        """Prepare the notice by which you take a licence, or, as the owner, one that came to you on paper."""
        given = self.read(NewOpenNoticeSerializer, request)
        prepared = services.prepare_notice(actor=self.actor, declaration_id=declaration_id, **given)
        return answer_with_etag(request, licence_document(self, prepared), status=201)


def _declaration(view: HouseView, declaration: OpenDeclaration) -> dict[str, Any]:
    # Both its id and what may be done depend on it.
    own = selectors.own_licence(declaration, actor=view.actor)
    return dict(OpenDeclarationSerializer(declaration, context={"actor": view.actor, "own": own}).data)


def _moved(view: HouseView, declaration: OpenDeclaration) -> Response:
    return Response(_declaration(view, declaration))
