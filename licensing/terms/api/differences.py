"""What differs between two versions of terms, over HTTP."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from licensing.terms import selectors
from licensing.terms.models import TermsVersion
from licensing.terms.policies import READ_TERMS_DOCUMENT
from licensing.terms.wording import Difference, compare_terms
from platform_core.access.kernel import require
from platform_core.api.views import HouseView, resolve
from platform_core.problems import invalid


class ComparedTermsSerializer(serializers.ModelSerializer[TermsVersion]):
    """One of two versions that are compared."""

    class Meta:
        model = TermsVersion
        fields = ("id", "number", "in_force_from", "state")


class TermsDifferenceSerializer(serializers.Serializer[Any]):
    """One thing in which two versions differ, in words."""

    area = serializers.ChoiceField(choices=["programme", "rates", "waivers", "caps", "minimums", "allocation"])
    kind = serializers.ChoiceField(choices=["added", "removed", "moved", "changed"])
    subject = serializers.CharField(help_text="the id of the rate, waiver, cap or minimum; blank elsewhere")
    text_en = serializers.CharField()
    text_zh = serializers.CharField()


class TermsDifferencesSerializer(serializers.Serializer[Any]):
    """All in which a version differs from another one of its programme."""

    version = ComparedTermsSerializer()
    against = ComparedTermsSerializer(allow_null=True, help_text="null: there is none before it that you may read")
    differences = TermsDifferenceSerializer(many=True)


def told_differences(differences: Iterable[Difference]) -> list[dict[str, str]]:
    """Return differences as they are told."""
    return [
        {
            "area": found.area,
            "kind": found.kind,
            "subject": found.subject,
            "text_en": found.said.en,
            "text_zh": found.said.zh,
        }
        for found in differences
    ]


_EXAMPLE: Final[Mapping[str, Any]] = {
    "version": {
        "id": "019aa000-0000-7000-8000-000000000002",
        "number": 2,
        "in_force_from": "2027-01-01",
        "state": "draft",
    },
    "against": {
        "id": "019aa000-0000-7000-8000-000000000001",
        "number": 1,
        "in_force_from": "2026-01-01",
        "state": "published",
    },
    "differences": [
        {
            "area": "rates",
            "kind": "changed",
            "subject": "phones",
            "text_en": "Rate “phones”: units above 5,000,000: 0.1 CNY → 0.12 CNY.",
            "text_zh": "费率“phones”：超过 5,000,000 台的部分每台：0.1 CNY → 0.12 CNY。",
        }
    ],
}


class TermsDifferencesView(HouseView):
    """A version of terms beside another one."""

    @extend_schema(
        operation_id="terms_versions_differences",
        parameters=[
            OpenApiParameter(
                "against",
                OpenApiTypes.UUID,
                description="another version of the programme; the published one that it follows by default",
            )
        ],
        responses=TermsDifferencesSerializer,
        examples=[OpenApiExample("Against the version before", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request, terms_version_id: UUID) -> Response:
        """Say in words all in which a version differs from another one; nothing else differs."""
        version = selectors.get_terms(terms_version_id, actor=self.actor)
        against = self._against(version)
        document: dict[str, Any] = {"version": version, "against": against, "differences": []}
        if against is not None:
            found = compare_terms(selectors.typed_terms(against), selectors.typed_terms(version))
            document["differences"] = told_differences(found)
        return Response(TermsDifferencesSerializer(document).data)

    def _against(self, version: TermsVersion) -> TermsVersion | None:
        asked = self.request.query_params.get("against")
        if not asked:
            return selectors.terms_before(version, actor=self.actor)
        try:
            other = resolve(TermsVersion, UUID(asked), actor=self.actor, pointer="/against")
        except ValueError:
            raise invalid("/against", "bad_id", "This is not an id.") from None
        require(self.actor, READ_TERMS_DOCUMENT, other)
        if other.programme_id != version.programme_id:
            raise invalid("/against", "other_programme", "Name another version of the same programme.")
        return other
