"""Checking a document of terms over HTTP, before it is kept."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.terms.api.differences import ComparedTermsSerializer, TermsDifferenceSerializer, told_differences
from licensing.terms.checking import check_terms
from platform_core.api.sentences import StoredSentenceField
from platform_core.api.views import HouseView


class TermsToCheckSerializer(serializers.Serializer[Any]):
    """A document of terms as somebody writes it, and the day from which it is to be in force."""

    programme_id = serializers.UUIDField()
    in_force_from = serializers.DateField()
    document = serializers.CharField(trim_whitespace=False, allow_blank=True)


class TermsMistakeSerializer(serializers.Serializer[Any]):
    """One mistake, and its place in the document."""

    path = serializers.CharField(help_text="the key, such as rates[0].bands[1].above; blank: the document itself")
    line = serializers.IntegerField(help_text="the line of what is no TOML; 0: see the path")
    code = serializers.CharField()
    message = StoredSentenceField(source="sentence")


class CheckedTermsSerializer(serializers.Serializer[Any]):
    """All mistakes of a document; without any, in what it differs from the version it would follow."""

    mistakes = TermsMistakeSerializer(many=True)
    against = ComparedTermsSerializer(allow_null=True, help_text="null: there is none before it, or there are mistakes")
    differences = TermsDifferenceSerializer(many=True)


class TermsChecksView(HouseView):
    """Checks of terms."""

    @extend_schema(operation_id="terms_checks_make", request=TermsToCheckSerializer, responses=CheckedTermsSerializer)
    def post(self, request: Request) -> Response:
        """Check a document of terms as drafting it would, and keep nothing: all mistakes, each with its place."""
        found = check_terms(actor=self.actor, **self.read(TermsToCheckSerializer, request))
        document = {
            "mistakes": found.mistakes,
            "against": found.against,
            "differences": told_differences(found.differences),
        }
        return Response(CheckedTermsSerializer(document).data)
