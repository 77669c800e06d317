"""The lapse of a notice whose sum was not paid within the days that the declaration announced."""

from uuid import UUID

from django.db import transaction

from licensing.openlicences.models import OpenLicence
from licensing.openlicences.policies import LAPSE_OPEN_NOTICE
from licensing.openlicences.selectors import undecided_payments
from licensing.openlicences.services.duties import drop_reminders
from licensing.openlicences.services.stepping import begin_step
from licensing.openlicences.services.telling import tell_licensee
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def lapse_notice(*, actor: Actor, licence_id: UUID) -> OpenLicence:
    """Have a notice lapse, for its owner, once the days for its sum have passed: no licence comes of it.

    A payment takes the same row: it comes first and is looked at, or the notice has lapsed and it is refused. What was
    paid in part stays on record, for the owner to give back outside the platform.
    """
    licence, after = begin_step(actor=actor, licence_id=licence_id, step="lapse", permission=LAPSE_OPEN_NOTICE)
    if licence.sum_due_on is None:
        raise WrongState("No sum is due after this notice: it cannot lapse.", current=licence.state)
    day = today(actor.clock, licence.declaration.alliance.zone)
    if day <= licence.sum_due_on:
        raise WrongState(
            f"The sum may still be paid until {licence.sum_due_on}: the notice lapses after that day at the earliest.",
            current=licence.state,
        )
    if undecided_payments(licence).exists():
        raise Conflict("A payment is advised that you have not looked at. Confirm or contest it first.")
    licence.state, licence.lapsed_on = after, day
    licence.save(update_fields=["state", "lapsed_on"])
    record_event(
        "open_licence.lapsed",
        actor=actor,
        subject=licence,
        changes={"lapsed_on": (None, day), "sum_due_on": (licence.sum_due_on, licence.sum_due_on)},
    )
    announce(licence)
    drop_reminders(actor=actor, licence=licence)
    tell_licensee(actor=actor, licence=licence, kind="open_licence.lapsed")
    return licence
