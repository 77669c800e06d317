"""What dealings do when news comes from the rooms below."""

from collections.abc import Collection
from uuid import UUID

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


def name_licences_in_dealings(ids: Collection[UUID], held: set[UUID]) -> None:
    """Name the licences that are being agreed in a dealing, where their steps are taken."""
    open_ones = Dealing.objects.filter(licence__in=ids, state__in=OPEN_STATES)
    held.update(pk for pk in open_ones.values_list("licence", flat=True) if pk is not None)
