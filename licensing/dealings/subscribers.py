"""What dealings do when news comes from the rooms below."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from licensing.agreements.models import Licence
from licensing.dealings.lifecycle import OPEN_STATES
from licensing.dealings.models import Dealing
from platform_core.access.actors import Actor
from platform_core.problems import Conflict


def refuse_steps_past_dealing(actor: Actor, licence: Licence, course_id: UUID | None) -> None:
    """Refuse to edit or move the licence of an open dealing but in its course: evidence and offer stand there."""
    open_ones = Dealing.objects.filter(licence=licence, state__in=OPEN_STATES).values_list("pk", flat=True)
    if any(dealing_id != course_id for dealing_id in open_ones):
        raise Conflict("This licence is being agreed in a dealing: take its steps there, or end the dealing.")


def name_licences_in_dealings(elsewhere: list[Exists]) -> None:
    """Name the licences that are being agreed in a dealing, where their steps are taken."""
    elsewhere.append(Exists(Dealing.objects.filter(licence=OuterRef("pk"), state__in=OPEN_STATES)))
