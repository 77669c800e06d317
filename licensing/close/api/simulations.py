"""Trying terms with sales over HTTP: asked for here, worked out in the background, told by the job."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.agreements.models import Standing
from licensing.close.selectors import get_close_run
from licensing.close.simulations import services
from licensing.close.simulations.papers import simulation_paper
from licensing.close.simulations.services import OwnSales
from licensing.papers.answers import ASKED, IN_ANY_FORM, asked_form, asked_language, document_answer
from platform_core.api.views import HouseView
from platform_core.jobs.api import JobSerializer


class TriedTermsSerializer(serializers.Serializer[Any]):
    """A version of terms to try, and one beside it."""

    terms_version_id = serializers.UUIDField()
    against_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="beside it; for a close, the version it was closed by where left out"
    )


class OwnSimulationSerializer(TriedTermsSerializer):
    """Sales that one invents, or those one reported."""

    period = serializers.CharField(max_length=7, help_text="2025-03, 2025Q1, 2025H1 or 2025")
    sales = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        help_text="invented lines as CSV: month, product, made_in, sold_in, units, net_amount, currency",
    )
    licence_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="a licence of one's own, by whose conditions it is worked out"
    )
    use_reports = serializers.BooleanField(required=False, help_text="with what was reported under that licence")
    standing = serializers.ChoiceField(choices=Standing.choices, required=False)
    option = serializers.CharField(max_length=200, required=False, allow_blank=True)


class CloseSimulationsView(HouseView):
    """Terms tried with the sales of a close."""

    @extend_schema(operation_id="close_runs_simulate", request=TriedTermsSerializer, responses={202: JobSerializer})
    def post(self, request: Request, run_id: UUID) -> Response:
        """Have terms tried with the sales of a close; what they give is the job's result."""
        # A close that one does not see is not there, whatever is sent.
        get_close_run(run_id, actor=self.actor)
        given = self.read(TriedTermsSerializer, request)
        job = services.simulate_close(actor=self.actor, run_id=run_id, **given)
        return Response(JobSerializer(job).data, status=202)


class OwnSimulationsView(HouseView):
    """Terms tried with one's own sales."""

    @extend_schema(operation_id="programmes_simulate", request=OwnSimulationSerializer, responses={202: JobSerializer})
    def post(self, request: Request, programme_id: UUID) -> Response:
        """Have terms tried with invented sales, or with your own reports; nothing others reported goes into it."""
        given = self.read(OwnSimulationSerializer, request)
        version, against = given.pop("terms_version_id"), given.pop("against_id", None)
        job = services.simulate_own_sales(
            actor=self.actor,
            programme_id=programme_id,
            terms_version_id=version,
            against_id=against,
            sales=OwnSales(**given),
        )
        return Response(JobSerializer(job).data, status=202)


class SimulationDocumentView(HouseView):
    """A comparison of terms on paper."""

    @extend_schema(operation_id="simulations_document", parameters=ASKED, responses=IN_ANY_FORM)
    def get(self, request: Request, job_id: UUID) -> HttpResponse:
        """Take what a simulation of yours gave as PDF, workbook or table; `job_id` is that of its work."""
        result = services.simulation_result(actor=self.actor, job_id=job_id)
        return document_answer(simulation_paper(result, asked_language(request)), asked_form(request))
