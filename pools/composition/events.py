"""What pools ask upper rooms, which know what is earned with a list."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from platform_core.access.actors import Actor
from platform_core.events import Hook


@dataclass(frozen=True, slots=True)
class EffectAsked:
    """What a pool's list as it stands on a later day would do, beside the list of today."""

    pool_id: UUID
    today: date
    on: date


@dataclass(frozen=True, slots=True)
class PayeeEffect:
    """What a payee would have got of the last period with the list of today, and with that of the later day."""

    payee: str
    name: str
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class ProgrammeEffect:
    """What a change of the list would have done to a programme's last close; no payees where a reason says why not."""

    programme_id: UUID
    code: str
    name: str
    period: str
    currency: str
    payees: tuple[PayeeEffect, ...] = ()
    withheld: str = ""
    """Why no amounts are told: not_for_you, nothing_closed, or not_worked_out."""


effect_asked: Hook[[Actor, EffectAsked, list[ProgrammeEffect]]] = Hook("effect of a list asked")
"""Whoever shares out what a pool earns adds its answer, as far as the one who asks may know it."""
