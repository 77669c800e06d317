"""What was withheld of each share, over HTTP."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.distribution.withholding import selectors
from licensing.distribution.withholding.api.serializers import (
    WithholdingSerializer,
)
from licensing.distribution.withholding.models import Withholding
from licensing.distribution.withholding.papers import certificate_paper
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access, log_readings
from platform_core.api.filters import filtered, parameters_of
from platform_core.api.schema import page_of
from platform_core.api.views import HouseView

_IDS: Final = {
    "programme": "item__run__programme_id",
    "membership": "membership_id",
    "remittance": "remittance_id",
    "statement": "item_id",
}


class WithholdingsView(HouseView):
    """Tax withheld."""

    orders = {"on": "on"}

    @extend_schema(
        operation_id="withholdings_list", parameters=parameters_of(ids=_IDS), responses=page_of(WithholdingSerializer)
    )
    def get(self, request: Request) -> Response:
        """List the tax withheld that you may see, the latest first: a member's is its own. The reading is logged."""
        rows = filtered(selectors.withholdings(actor=self.actor), request, ids=_IDS)
        name = "withholding.exported" if self.exporting else "withholding.viewed"

        def noted(part: Sequence[Withholding]) -> dict[str, Any]:
            log_readings([(name, row) for row in part], actor=self.actor)
            return {}

        return self.page(rows, WithholdingSerializer, default="-on", about=noted)


class WithholdingView(HouseView):
    """The tax withheld from one share."""

    @extend_schema(operation_id="withholdings_read", responses=WithholdingSerializer)
    def get(self, request: Request, withholding_id: UUID) -> Response:
        """Read what was withheld of a share, and whether it was paid on; the reading is logged."""
        row = selectors.get_withholding(withholding_id, actor=self.actor)
        log_access("withholding.viewed", actor=self.actor, subject=row)
        return Response(WithholdingSerializer(row).data)


class WithholdingCertificateView(HouseView):
    """A certificate of tax withheld."""

    @extend_schema(operation_id="withholdings_certificate", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, withholding_id: UUID) -> HttpResponse:
        """Take the certificate of the tax withheld from a share; every taking is logged."""
        row = selectors.get_withholding(withholding_id, actor=self.actor)
        answer = document_answer(certificate_paper(row, asked_language(request)), asked_form(request))
        log_access("withholding.certificate_downloaded", actor=self.actor, subject=row)
        return answer
