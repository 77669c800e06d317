"""Addresses that exist for the tests of the API's contract only: each goes wrong, or repeats, in its own way."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import ParseError, Throttled
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.idempotency import idempotent
from platform_core.api.views import HouseView, resolve
from platform_core.identity.models import Organisation
from platform_core.problems import Conflict, WrongState
from platform_site.pages import views as pages
from platform_site.urls import urlpatterns as site
from tests.factories.core import make_organisation

SECRET = "postgres://user:password@10.0.0.7/db"


class Line(serializers.Serializer[dict[str, Any]]):
    units = serializers.IntegerField(min_value=0)


class Reference(serializers.Serializer[dict[str, Any]]):
    id = serializers.UUIDField()


class Made(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    then = serializers.CharField(required=False)


class Report(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    lines = Line(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["name"] == "contradiction":
            raise serializers.ValidationError("These do not go together.", code="contradiction")
        return attrs


class Failing(HouseView):
    public = strangers_write = True

    def get(self, request: Request, kind: str) -> Response:
        match kind:
            case "conflict":
                raise Conflict("Not twice.", existing="abc")
            case "state":
                raise WrongState("Not now.", allowed_steps=["wait"])
            case "missing":
                raise Http404
            case "forbidden":
                raise PermissionDenied
            case "throttled":
                raise Throttled(wait=12.2)
            case "parse":
                raise ParseError
        raise RuntimeError(f"cannot reach {SECRET}")

    def post(self, request: Request, kind: str) -> Response:
        if kind == "reference":
            target = self.read(Reference, request)["id"]
            return Response({"found": str(resolve(Organisation, target, actor=self.actor, pointer="/id"))})
        return Response(self.read(Report, request))


class Once(HouseView):
    parser_classes = [JSONParser, MultiPartParser]

    @idempotent
    def post(self, request: Request) -> Response:
        """Make an organisation, and fail or not afterwards."""
        asked = self.read(Made, request)
        made = make_organisation(asked["name"])
        if asked.get("then") == "fail":
            raise Conflict("After the fact.")
        if asked.get("then") == "crash":
            raise RuntimeError("boom")
        if asked.get("then") == "refuse":
            return Response({"no": "thanks"}, status=409)
        response = Response({"id": made.pk, "created_at": made.created_at}, status=201)
        response["Location"] = f"/things/{made.pk}"
        return response


urlpatterns = [
    path("failing/<str:kind>", Failing.as_view()),
    path("once", Once.as_view()),
    # Last, as the web application answers every address that nobody else does.
    *site,
]
handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.failed
