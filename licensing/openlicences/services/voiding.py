"""What becomes of licences whose notice came after the office had announced the withdrawal."""

from datetime import date

from licensing.openlicences.lifecycle import OPEN_LICENCE_LIFECYCLE
from licensing.openlicences.models import OpenDeclaration, OpenLicence, OpenLicenceState
from licensing.openlicences.services.duties import drop_reminders
from licensing.openlicences.services.telling import tell_licensee
from platform_core.access.actors import Actor
from platform_core.audit.services import record_event
from platform_core.realtime.services import announce


def void_late_licences(*, actor: Actor, declaration: OpenDeclaration, withdrawn_on: date) -> list[OpenLicence]:
    """Void the licences that were noticed after the day of the announcement; those noticed up to it stay."""
    rows = OpenLicence.objects.select_for_update(no_key=True).filter(
        declaration=declaration,
        state__in=[state for state in OpenLicenceState if "void" in OPEN_LICENCE_LIFECYCLE.allowed(state)],
        noticed_on__gt=withdrawn_on,
    )
    voided = list(rows.order_by("pk"))
    for licence in voided:
        before = OpenLicenceState(licence.state)
        licence.state = OPEN_LICENCE_LIFECYCLE.after("void", current=before)
        licence.save(update_fields=["state"])
        record_event("open_licence.voided", actor=actor, subject=licence, changes={"state": (before, licence.state)})
        announce(licence)
        # Of what is void no recordal is filed, and no sum is paid.
        drop_reminders(actor=actor, licence=licence)
        tell_licensee(actor=actor, licence=licence, kind="open_licence.voided")
    return voided
