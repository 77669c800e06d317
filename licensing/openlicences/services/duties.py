"""The deadlines of a licence: until when its sum is paid, and its recordal filed."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from licensing.openlicences.kinds import OPEN_RECORDAL, OPEN_SUM
from licensing.openlicences.models import OpenLicence, OpenLicenceState
from platform_core.access.actors import Actor
from platform_core.deadlines.kinds import DeadlineKind
from platform_core.deadlines.models import Deadline
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import Duty, set_deadlines, void_of_subject

_LABEL: Final = OpenLicence._meta.label_lower


def remind_of_sum(*, actor: Actor, licence: OpenLicence) -> None:
    """Remind the licensee of the sum that is due after its notice."""
    _remind(actor, licence, OPEN_SUM, licence.licensee_id, licence.sum_due_on)


def remind_of_recordal(*, actor: Actor, licence: OpenLicence) -> None:
    """Remind the owner of the recordal of a licence in force, unless it was filed."""
    if licence.recordal_filed_on is None:
        owner = licence.declaration.owner_id
        _remind(actor, licence, OPEN_RECORDAL, owner, licence.recordal_due_on, rule=licence.recordal_rule)


def catch_up_with_sums(*, actor: Actor, alliance_id: UUID) -> None:
    """Have every sum that waits be reminded of: notices that were given before sums had deadlines have none.

    Each in a transaction of its own, so that nobody who pays waits for all.
    """
    known = Deadline.objects.filter(subject_type=_LABEL, subject_id=OuterRef("pk"), kind=OPEN_SUM.name)
    waiting = OpenLicence.objects.filter(
        ~Exists(known), declaration__alliance=alliance_id, state=OpenLicenceState.NOTICED, sum_due_on__isnull=False
    )
    for licence_id in waiting.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            # Whoever pays, contests or gives up locks it as well: what is over by then is left out.
            locked = OpenLicence.objects.select_for_update(of=("self",), no_key=True).filter(
                pk=licence_id, state=OpenLicenceState.NOTICED
            )
            licence = locked.select_related("declaration__patent").order_by("pk").first()
            if licence is not None:
                remind_of_sum(actor=actor, licence=licence)


def drop_reminders(*, actor: Actor, licence: OpenLicence) -> None:
    """Remind nobody of anything any more: nothing is asked under the licence as it stands, and nothing was missed."""
    for kind in (OPEN_SUM, OPEN_RECORDAL):
        void_of_subject(
            actor=Actor.system(DEADLINE_WORK, on_behalf_of=actor), subject_id=licence.pk, kind=kind.name, part=""
        )


def _remind(
    actor: Actor, licence: OpenLicence, kind: DeadlineKind, organisation_id: UUID, day: date | None, *, rule: str = ""
) -> None:
    if day is None:
        return
    duty = Duty(
        subject_id=licence.pk,
        title=licence.declaration.patent.publication,
        due_on=day,
        last_day=day,
        organisation_id=organisation_id,
        values={"licence": licence.number},
        rule=rule,
    )
    set_deadlines(
        actor=Actor.system(DEADLINE_WORK, on_behalf_of=actor),
        alliance_id=licence.declaration.alliance_id,
        kind=kind,
        subjects=[licence.pk],
        duties=[duty],
    )
