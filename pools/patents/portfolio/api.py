"""The pictures of a portfolio over HTTP, as numbers."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.filters import filtered, parameters_of
from platform_core.api.views import HouseView
from pools.patents.models import Patent
from pools.patents.portfolio import selectors


class YearSerializer(serializers.Serializer[Any]):
    """How many patents of a year."""

    year = serializers.IntegerField()
    patents = serializers.IntegerField()


class SubclassSerializer(serializers.Serializer[Any]):
    """How many patents of a subclass of IPC; one in several counts in each."""

    subclass = serializers.CharField()
    patents = serializers.IntegerField()


class CountrySerializer(serializers.Serializer[Any]):
    """How many patents of a country stand, are not granted, or have ended."""

    country = serializers.CharField()
    in_force = serializers.IntegerField()
    pending = serializers.IntegerField()
    ended = serializers.IntegerField()


class OwnedSerializer(serializers.Serializer[Any]):
    """What somebody owns today."""

    owner_id = serializers.UUIDField()
    owner_name = serializers.CharField()
    patents = serializers.IntegerField(help_text="alone or with others")
    parts = serializers.DecimalField(
        max_digits=12, decimal_places=2, help_text="what the parts add up to, in whole patents; not agreed: equal parts"
    )


class PortfolioSerializer(serializers.Serializer[Any]):
    """What the patents somebody may see look like together."""

    on = serializers.DateField(help_text="the day they are counted on")
    patents = serializers.IntegerField()
    filed = YearSerializer(many=True)
    granted = YearSerializer(many=True)
    in_force = YearSerializer(many=True, help_text="in force now, and still so at the end of each year to come")
    countries = CountrySerializer(many=True)
    subclasses = SubclassSerializer(many=True)
    owners = OwnedSerializer(many=True)


_IDS = {"alliance": "alliance", "family": "family"}
_TEXTS = {"publication": "publication", "country": "country"}


class PortfolioView(HouseView):
    """The pictures of a portfolio."""

    public = True

    @extend_schema(
        operation_id="patents_portfolio",
        parameters=parameters_of(ids=_IDS, texts=_TEXTS),
        responses=PortfolioSerializer,
    )
    def get(self, request: Request) -> Response:
        """Count the patents you may see by year, country, class and owner, narrowed as the list of patents is."""
        patents = filtered(Patent.objects.visible_to(self.actor), request, ids=_IDS, texts=_TEXTS)
        return Response(PortfolioSerializer(selectors.portfolio(patents, actor=self.actor)).data)
