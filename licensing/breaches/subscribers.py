"""What breaches do when news comes from the rooms below."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from licensing.agreements.models import Licence
from licensing.breaches.lifecycle import OPEN_STATES
from licensing.breaches.models import Breach, Termination
from platform_core.access.actors import Actor
from platform_core.problems import Conflict


def refuse_steps_past_breach(actor: Actor, licence: Licence, course_id: UUID | None) -> None:
    """Refuse to move a licence with an open breach but in its course: which day it stands how, is told there."""
    open_ones = set(Breach.objects.filter(licence=licence, state__in=OPEN_STATES).values_list("pk", flat=True))
    if not open_ones or course_id in open_ones:
        return
    if course_id is None or not Termination.objects.filter(pk=course_id, licence=licence).exists():
        raise Conflict("A breach of this licence is open: take its steps there.")


def name_licences_in_breach(elsewhere: list[Exists]) -> None:
    """Name the licences with an open breach, at which their steps are taken."""
    elsewhere.append(Exists(Breach.objects.filter(licence=OuterRef("pk"), state__in=OPEN_STATES)))
