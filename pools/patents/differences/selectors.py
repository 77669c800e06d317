"""Finding where our record of patents differs from what others say."""

from platform_core.access.actors import Actor
from platform_core.access.querysets import VisibleQuerySet
from pools.patents.models import Difference


def differences(*, actor: Actor) -> VisibleQuerySet[Difference]:
    """List the differences of the patents the actor keeps, with their patents and the days others spoke."""
    return Difference.objects.visible_to(actor).select_related("patent", "office_source", "docket_source")
