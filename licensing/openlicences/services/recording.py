"""The recordal (备案) of licences under declarations: filed on which day, and with what result."""

from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.dealings.models import RecordalResult
from licensing.openlicences.kinds import OPEN_RECORDAL
from licensing.openlicences.models import OpenLicence
from licensing.openlicences.policies import RECORD_OPEN_RECORDAL
from licensing.openlicences.selectors import RECORDED_STATES, get_open_licence
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.deadlines.services import settle_of_subject
from platform_core.problems import WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def record_open_recordal(
    *,
    actor: Actor,
    licence_id: UUID,
    filed_on: date,
    result: RecordalResult | None = None,
    result_on: date | None = None,
    number: str = "",
) -> OpenLicence:
    """Record that the recordal was filed, and its result once that is there; filing settles its deadline.

    After a refusal it is filed again.
    """
    licence = get_open_licence(licence_id, actor=actor, for_change=True)
    require(actor, RECORD_OPEN_RECORDAL, licence)
    if licence.state not in RECORDED_STATES or licence.recordal_due_on is None or licence.in_force_from is None:
        raise WrongState("The licence is not in force: nothing is recorded of it.", current=licence.state)
    if licence.recordal_result == RecordalResult.RECORDED:
        raise WrongState("The recordal was recorded already.", current=licence.recordal_result)
    day = today(actor.clock, licence.declaration.alliance.zone)
    checks = Checks()
    checks.text("number", number, needed=result == RecordalResult.RECORDED, longest=40)
    if not licence.in_force_from <= filed_on <= day:
        checks.wrong("filed_on", "out_of_range", f"Name a day from {licence.in_force_from} to today.")
    if result is not None and (result_on is None or not filed_on <= result_on <= day):
        checks.wrong("result_on", "out_of_range", f"Name a day from {filed_on} to today.")
    checks.refuse()
    before = (licence.recordal_filed_on, licence.recordal_result)
    licence.recordal_filed_on, licence.recordal_result = filed_on, result or ""
    licence.recordal_result_on = result_on if result else None
    licence.recordal_number = number.strip() if result else ""
    licence.save(update_fields=["recordal_filed_on", "recordal_result", "recordal_result_on", "recordal_number"])
    settle_of_subject(actor=actor, subject_id=licence.pk, kind=OPEN_RECORDAL.name, part="")
    record_event(
        "open_licence.recordal_recorded",
        actor=actor,
        subject=licence,
        changes={
            "recordal_filed_on": (before[0], filed_on),
            "recordal_result": (before[1], licence.recordal_result),
        },
    )
    announce(licence)
    return licence
