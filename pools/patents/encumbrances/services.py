"""Recording what rests on a patent, and that it is over."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce
from pools.patents.encumbrances.selectors import get_encumbrance
from pools.patents.models import Encumbrance, EncumbranceKind, Patent
from pools.patents.policies import EDIT_PATENT, END_ENCUMBRANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEncumbrance:
    """What is to rest on a patent: its kind, in whose favour, and from when to when."""

    kind: EncumbranceKind
    holder: str
    from_on: date
    to_on: date | None = None
    register_number: str = ""
    is_public: bool = False
    note: str = ""


@transaction.atomic
def record_encumbrance(*, actor: Actor, patent_id: UUID, encumbrance: NewEncumbrance) -> Encumbrance:
    """Record what rests on a patent; a register's number makes it public where the register does."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=True)
    require(actor, EDIT_PATENT, patent)
    checks = Checks()
    checks.text("holder", encumbrance.holder, longest=300)
    checks.text("register_number", encumbrance.register_number, needed=encumbrance.is_public, longest=60)
    checks.text("note", encumbrance.note, needed=False, longest=500)
    checks.days("to_on", encumbrance.from_on, encumbrance.to_on)
    checks.refuse()
    with told_as(_PROBLEMS):
        recorded = Encumbrance.objects.create(
            patent=patent,
            kind=encumbrance.kind,
            holder=encumbrance.holder.strip(),
            register_number=encumbrance.register_number.strip(),
            is_public=encumbrance.is_public,
            from_on=encumbrance.from_on,
            to_on=encumbrance.to_on,
            note=encumbrance.note.strip(),
            recorded_at=actor.clock.now(),
            recorded_by_id=actor.user_id,
        )
    record_event(
        "encumbrance.recorded",
        actor=actor,
        subject=recorded,
        changes={
            "kind": (None, recorded.kind),
            "holder": (None, recorded.holder),
            "from_on": (None, recorded.from_on),
            "to_on": (None, recorded.to_on),
            "register_number": (None, recorded.register_number),
        },
    )
    announce(patent, part=recorded)
    return recorded


@transaction.atomic
def end_encumbrance(*, actor: Actor, encumbrance_id: UUID, to_on: date, note: str = "") -> Encumbrance:
    """Say from which day something no longer rests on a patent, and why that is known."""
    found = get_encumbrance(encumbrance_id, actor=actor, for_change=True)
    require(actor, END_ENCUMBRANCE, found)
    if found.to_on is not None:
        raise WrongState("It has an end on record already.")
    checks = Checks()
    checks.days("to_on", found.from_on, to_on)
    checks.text("note", note, longest=500)
    checks.refuse()
    found.to_on = to_on
    found.save(update_fields=["to_on"])
    record_event(
        "encumbrance.ended", actor=actor, subject=found, changes={"to_on": (None, to_on), "reason": (None, note)}
    )
    announce(found.patent, part=found)
    return found


_PROBLEMS: Final[dict[str, Problem]] = {
    "encumbrance_one_pledge_at_a_time": Conflict(
        "The patent is pledged during those days already. End that pledge first."
    ),
    "encumbrance_one_licence_exclusive_at_a_time": Conflict(
        "The patent is licensed exclusively during those days already. End that licence first."
    ),
}
