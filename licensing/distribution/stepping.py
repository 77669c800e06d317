"""What the steps of rates, conversions, proofs of residence and remittances share over HTTP."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from platform_core.api.views import HouseView


class StepReasonSerializer(serializers.Serializer[Any]):
    """Why something is given up, withdrawn or taken back."""

    reason = serializers.CharField(max_length=500)


class StepView(HouseView):
    """A step of one thing, answered with the thing as it is then, and with what can be done with it next."""

    detail: ClassVar[type[serializers.ModelSerializer[Any]]]
    fetch: ClassVar[Callable[..., Any]]
    """Fetches it by its id, as far as the actor may see it."""

    def answer(self, pk: UUID, *, status: int = 200) -> Response:
        """Answer with the thing as it is now."""
        found = type(self).fetch(pk, actor=self.actor)
        return Response(type(self).detail(found, context={"actor": self.actor}).data, status=status)

    def reason_in(self, request: Request) -> str:
        """Read why the step is taken."""
        reason: str = self.read(StepReasonSerializer, request)["reason"]
        return reason
