"""The recordal (备案) of licences that came into force: until when, filed on which day, and with what result."""

from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.dealings.kinds import RECORDAL
from licensing.dealings.lifecycle import DEALING_LIFECYCLE, DealingState
from licensing.dealings.models import Recordal, RecordalResult
from licensing.dealings.moving import day_of, dealing_of_office
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.deadlines.services import settle_of_subject
from platform_core.problems import Conflict, WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def record_recordal(
    *,
    actor: Actor,
    dealing_id: UUID,
    filed_on: date,
    result: RecordalResult | None = None,
    result_on: date | None = None,
    number: str = "",
) -> Recordal:
    """Record that the recordal was filed, and its result once that is there; filing settles its deadline.

    What is recorded stays; after a refusal it is filed again.
    """
    dealing = dealing_of_office(actor, dealing_id)
    DEALING_LIFECYCLE.after("recordal", current=DealingState(dealing.state))
    recordal = Recordal.objects.select_for_update(no_key=True).filter(dealing=dealing).first()
    if recordal is None:
        raise Conflict("This licence needs no recordal: no patent of its list is granted in China.")
    if recordal.result == RecordalResult.RECORDED:
        raise WrongState("The recordal was recorded already.", current=recordal.result)
    today = day_of(actor, dealing)
    checks = Checks()
    checks.text("number", number, needed=result == RecordalResult.RECORDED, longest=40)
    if filed_on > today:
        checks.wrong("filed_on", "not_yet", "Note what has happened, on its day.")
    if result is not None and (result_on is None or not filed_on <= result_on <= today):
        checks.wrong("result_on", "out_of_range", f"Name a day from {filed_on} to today.")
    checks.refuse()
    before = (recordal.filed_on, recordal.result)
    recordal.filed_on, recordal.result, recordal.result_on = filed_on, result or "", result_on if result else None
    recordal.number = number.strip() if result else ""
    recordal.save(update_fields=["filed_on", "result", "result_on", "number"])
    settle_of_subject(actor=actor, subject_id=dealing.pk, kind=RECORDAL.name, part="")
    record_event(
        "dealing.recordal_recorded",
        actor=actor,
        subject=dealing,
        changes={"recordal_filed_on": (before[0], filed_on), "recordal_result": (before[1], recordal.result)},
    )
    announce(dealing)
    return recordal
