"""Licences under declarations over HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.dealings.models import RecordalResult
from licensing.openlicences import selectors, services
from licensing.openlicences.api.serializers.licences import (
    NewOpenPaymentSerializer,
    NewOpenStatementSerializer,
    OpenContestSerializer,
    OpenEndSerializer,
    OpenLicenceLineSerializer,
    OpenLicenceSerializer,
    OpenNoticeSerializer,
    OpenPaymentSerializer,
    OpenReceiptSerializer,
    OpenRecordalSerializer,
    OpenStatementSerializer,
)
from licensing.openlicences.models import OpenLicence
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.idempotency import idempotent
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_LIST_IDS = {"declaration": "declaration", "licensee": "licensee", "owner": "declaration__owner"}
_LIST_TEXTS = {"state": "state", "number": "number"}


class OpenLicencesView(HouseView):
    """Licences under declarations."""

    orders = {"prepared": "id", "number": "number", "begins": "in_force_from"}

    @extend_schema(
        operation_id="open_licences_list",
        parameters=parameters_of(ids=_LIST_IDS, texts=_LIST_TEXTS),
        responses=page_of(OpenLicenceLineSerializer),
    )
    def get(self, request: Request) -> Response:
        """List the open licences that your organisation took, or gave by its declarations, the latest first."""
        rows = filtered(selectors.open_licences(actor=self.actor), request, ids=_LIST_IDS, texts=_LIST_TEXTS)
        return self.page(rows, OpenLicenceLineSerializer, default="-prepared")


class OpenLicenceView(HouseView):
    """One licence under a declaration."""

    @extend_schema(operation_id="open_licences_read", responses=OpenLicenceSerializer)
    def get(self, request: Request, licence_id: UUID) -> Response:
        """Read a licence that your organisation is a side of, with what is due under it."""
        return licence_answer(self, selectors.get_open_licence(licence_id, actor=self.actor))


class OpenNoticeView(HouseView):
    """The notice of a licence."""

    @extend_schema(operation_id="open_licences_notice", request=OpenNoticeSerializer, responses=OpenLicenceSerializer)
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Give the owner the written notice that was prepared, or record the letter that came on paper."""
        given = self.read(OpenNoticeSerializer, request)
        return licence_answer(self, services.give_notice(actor=self.actor, licence_id=licence_id, **given))


class OpenNoticeCancellationView(HouseView):
    """The giving up of a notice."""

    @extend_schema(operation_id="open_licences_cancel", request=None, responses=OpenLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Give up a notice that was prepared and not given."""
        return licence_answer(self, services.cancel_notice(actor=self.actor, licence_id=licence_id))


class OpenEndView(HouseView):
    """The end of a licence."""

    @extend_schema(operation_id="open_licences_end", request=OpenEndSerializer, responses=OpenLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Give up your licence from a day on."""
        given = self.read(OpenEndSerializer, request)
        return licence_answer(self, services.end_open_licence(actor=self.actor, licence_id=licence_id, **given))


class OpenLapseView(HouseView):
    """The lapse of a notice whose sum was not paid."""

    @extend_schema(operation_id="open_licences_lapse", request=None, responses=OpenLicenceSerializer)
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Have a notice lapse, as its owner, whose sum was not paid within the days you announced."""
        return licence_answer(self, services.lapse_notice(actor=self.actor, licence_id=licence_id))


class OpenStatementsView(HouseView):
    """What a licensee states it used."""

    @extend_schema(
        operation_id="open_statements_state",
        request=NewOpenStatementSerializer,
        responses={201: OpenStatementSerializer},
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """State what you used in a period that is over; stating it again replaces what you stated."""
        given = self.read(NewOpenStatementSerializer, request)
        stated = services.state_royalty(actor=self.actor, licence_id=licence_id, **given)
        return Response(OpenStatementSerializer(stated).data, status=201)


class OpenPaymentsView(HouseView):
    """Payments under a licence."""

    @extend_schema(
        operation_id="open_payments_advise",
        request=NewOpenPaymentSerializer,
        responses={201: OpenPaymentSerializer},
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Advise the owner of a payment, with its proof."""
        given = self.read(NewOpenPaymentSerializer, request)
        paid = services.advise_payment(actor=self.actor, licence_id=licence_id, **given)
        return Response(OpenPaymentSerializer(paid).data, status=201)


class OpenReceiptView(HouseView):
    """That a payment came."""

    @extend_schema(operation_id="open_payments_confirm", request=OpenReceiptSerializer, responses=OpenPaymentSerializer)
    @idempotent
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Confirm for the owner that a payment came."""
        given = self.read(OpenReceiptSerializer, request)
        paid = services.confirm_payment(actor=self.actor, payment_id=payment_id, **given)
        return Response(OpenPaymentSerializer(paid).data)


class OpenContestView(HouseView):
    """That a payment did not come."""

    @extend_schema(operation_id="open_payments_contest", request=OpenContestSerializer, responses=OpenPaymentSerializer)
    def post(self, request: Request, payment_id: UUID) -> Response:
        """Say for the owner that a payment did not come, and why."""
        given = self.read(OpenContestSerializer, request)
        paid = services.contest_payment(actor=self.actor, payment_id=payment_id, **given)
        return Response(OpenPaymentSerializer(paid).data)


class OpenRecordalView(HouseView):
    """The recordal of a licence."""

    @extend_schema(
        operation_id="open_licences_record_recordal", request=OpenRecordalSerializer, responses=OpenLicenceSerializer
    )
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Record that the recordal was filed, and its result once that is there."""
        given = self.read(OpenRecordalSerializer, request)
        result = given.pop("office_answer", None)
        recorded = services.record_open_recordal(
            actor=self.actor,
            licence_id=licence_id,
            result=RecordalResult(result) if result else None,
            **given,
        )
        return licence_answer(self, recorded)


def licence_document(view: HouseView, licence: OpenLicence) -> dict[str, Any]:
    """Represent a licence for one of its sides."""
    return dict(OpenLicenceSerializer(licence, context={"actor": view.actor}).data)


def licence_answer(view: HouseView, licence: OpenLicence) -> Response:
    """Answer with a licence as it stands by now."""
    return Response(licence_document(view, licence))
