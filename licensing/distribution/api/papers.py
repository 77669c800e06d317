"""Statements of distributions on paper, over HTTP. Every taking is logged."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from licensing.distribution import selectors
from licensing.distribution.api.runs import as_json_file
from licensing.distribution.api.serializers import DistributionStatementSerializer, told_breakdown
from licensing.distribution.papers import distribution_paper
from licensing.papers import Form
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.access.log import log_access
from platform_core.api.views import HouseView

JSON: Final = "json"
_FORMS: Final = OpenApiParameter(
    "as",
    str,
    enum=[*(form.value for form in Form), JSON],
    description="the form it takes; pdf by default; json: the figures as the statement's address has them",
)


class DistributionDocumentView(HouseView):
    """A statement of a distribution on paper."""

    @extend_schema(
        operation_id="distribution_statements_document", parameters=[_FORMS, *ASKED[1:]], responses=IN_ANY_FORM
    )
    def get(self, request: Request, statement_id: UUID) -> HttpResponse:
        """Take a statement as PDF, workbook, table or JSON."""
        item = selectors.get_statement(statement_id, actor=self.actor)
        breakdown = selectors.breakdown_of(item, actor=self.actor)
        paper = distribution_paper(item, asked_language(request), breakdown)
        if request.query_params.get("as") == JSON:
            figures = DistributionStatementSerializer(item).data
            content = JSONRenderer().render({**figures, "breakdown": told_breakdown(item, actor=self.actor)})
            answer = as_json_file(content, f"{paper.name}.json")
        else:
            answer = document_answer(paper, asked_form(request))
        log_access("distribution_item.document_downloaded", actor=self.actor, subject=item)
        return answer
