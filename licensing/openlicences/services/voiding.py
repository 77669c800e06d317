"""What becomes of licences whose notice came after the office had announced the withdrawal."""

from datetime import date

from licensing.openlicences.kinds import OPEN_RECORDAL
from licensing.openlicences.lifecycle import OPEN_LICENCE_LIFECYCLE
from licensing.openlicences.models import OpenDeclaration, OpenLicence, OpenLicenceState
from licensing.openlicences.services.telling import tell_licensee
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.deadlines.policies import DEADLINE_WORK
from platform_core.deadlines.services import set_deadlines
from platform_core.realtime.services import announce


def void_late_licences(*, actor: Actor, declaration: OpenDeclaration, withdrawn_on: date) -> list[OpenLicence]:
    """Void the licences that were noticed after the day of the announcement; those noticed up to it stay."""
    rows = OpenLicence.objects.select_for_update(no_key=True).filter(
        declaration=declaration,
        state__in=(OpenLicenceState.NOTICED, OpenLicenceState.IN_FORCE, OpenLicenceState.ENDED),
        noticed_on__gt=withdrawn_on,
    )
    voided = list(rows.order_by("pk"))
    for licence in voided:
        before = OpenLicenceState(licence.state)
        licence.state = OPEN_LICENCE_LIFECYCLE.after("void", current=before)
        licence.save(update_fields=["state"])
        record_event("open_licence.voided", actor=actor, subject=licence, changes={"state": (before, licence.state)})
        announce(licence)
        # Of what is void no recordal is filed.
        set_deadlines(
            actor=Actor.system(DEADLINE_WORK, on_behalf_of=actor),
            alliance_id=declaration.alliance_id,
            kind=OPEN_RECORDAL,
            subjects=[licence.pk],
            duties=[],
        )
        tell_licensee(actor=actor, licence=licence, kind="open_licence.voided")
    return voided
