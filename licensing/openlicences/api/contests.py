"""Entries of notices on paper that their firm contests, over HTTP."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.openlicences import services
from licensing.openlicences.api.licences import licence_answer
from licensing.openlicences.api.serializers.licences import (
    OpenContestSerializer,
    OpenEvidenceSerializer,
    OpenLicenceSerializer,
)
from platform_core.api.idempotency import idempotent
from platform_core.api.views import HouseView


class OpenEntryContestView(HouseView):
    """That a notice on paper is not the firm's own."""

    @extend_schema(operation_id="open_licences_contest", request=OpenContestSerializer, responses=OpenLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Say that a notice which the owner recorded from paper is not yours: nothing runs until that is settled."""
        given = self.read(OpenContestSerializer, request)
        contested = services.contest_entry(actor=self.actor, licence_id=licence_id, **given)
        return licence_answer(self, contested)


class OpenEvidenceView(HouseView):
    """What shows that a letter is the firm's."""

    @extend_schema(
        operation_id="open_licences_show_evidence", request=OpenEvidenceSerializer, responses=OpenLicenceSerializer
    )
    @idempotent
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Put beside a contested entry of yours what shows that the letter is the firm's."""
        given = self.read(OpenEvidenceSerializer, request)
        shown = services.show_evidence(actor=self.actor, licence_id=licence_id, **given)
        return licence_answer(self, shown)


class OpenEntryWithdrawalView(HouseView):
    """The withdrawal of a contested entry."""

    @extend_schema(operation_id="open_licences_withdraw_entry", request=None, responses=OpenLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Withdraw an entry of yours that its firm contests: no licence came of it."""
        withdrawn = services.withdraw_entry(actor=self.actor, licence_id=licence_id)
        return licence_answer(self, withdrawn)


class OpenAcknowledgementView(HouseView):
    """That a contested notice is the firm's own after all."""

    @extend_schema(operation_id="open_licences_acknowledge", request=None, responses=OpenLicenceSerializer)
    def post(self, request: Request, licence_id: UUID) -> Response:
        """Say that a notice you contested is yours after all: the licence goes on as it says."""
        acknowledged = services.acknowledge_entry(actor=self.actor, licence_id=licence_id)
        return licence_answer(self, acknowledged)
