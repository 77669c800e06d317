"""Recording what changes with a licence from a month on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.agreements.calculation import is_own_enterprise, own_enterprise
from licensing.agreements.models import BINDING_STATES, Licence, LicenceChange
from licensing.agreements.policies import EDIT_LICENCE, EDIT_LICENCE_CHANGE
from licensing.agreements.selectors import names_group
from licensing.agreements.services.many import require_binding
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.problems import Conflict, Problem, WrongState
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChange:
    """What a licence's standing, enterprise or option is from a month on; blank changes nothing.

    The licensee's own name, or its own key, as the enterprise says that it left its group.
    """

    licence_id: UUID
    month: date
    standing: str = ""
    enterprise: str = ""
    option: str = ""


@transaction.atomic
def record_licence_change(*, actor: Actor, change: NewChange) -> LicenceChange:
    """Record a change of a licence from a month on; what was accumulated before stays where it was sold."""
    licence = get_visible(Licence, change.licence_id, actor=actor, for_change=True)
    require(actor, EDIT_LICENCE, licence)
    if licence.state not in BINDING_STATES:
        raise WrongState("The licence is not in force yet. Edit it instead.", current=licence.state)
    own_name = str(licence.licensee)
    if change.enterprise == own_name and not names_group(licence.programme_id, own_name, besides=licence.licensee_id):
        # Kept as a key: it still says so when the licensee has another name.
        change = replace(change, enterprise=own_enterprise(licence.licensee_id))
    [recorded] = _create([change])
    record_event(
        "licence_change.recorded",
        actor=actor,
        subject=recorded,
        changes={
            "licence": (None, licence),
            "month": (None, change.month),
            "standing": (None, change.standing),
            "enterprise": (None, recorded.enterprise),
            "option": (None, change.option),
        },
    )
    announce(licence, part=recorded)
    return recorded


@transaction.atomic
def record_licence_changes(*, actor: Actor, programme_id: UUID, changes: Sequence[NewChange]) -> list[LicenceChange]:
    """Record many changes of a programme's licences at once, all or none."""
    programme = get_visible(Programme, programme_id, actor=actor)
    require_binding(
        actor=actor, permission=EDIT_LICENCE, programme=programme, ids={change.licence_id for change in changes}
    )
    recorded = _create(changes)
    record_event(
        "programme.licence_changes_recorded", actor=actor, subject=programme, changes={"changes": (None, len(recorded))}
    )
    return recorded


@transaction.atomic
def withdraw_licence_change(*, actor: Actor, change_id: UUID) -> None:
    """Take back a change that was recorded in error; closes made before keep what they were made from."""
    change = get_visible(LicenceChange, change_id, actor=actor, for_change=True)
    require(actor, EDIT_LICENCE_CHANGE, change)
    record_event(
        "licence_change.withdrawn",
        actor=actor,
        subject=change,
        changes={
            "month": (change.month, None),
            "standing": (change.standing, None),
            "enterprise": (change.enterprise, None),
            "option": (change.option, None),
        },
    )
    # What is gone nobody sees, so that it cannot be asked who did: those hear who might have taken it back themselves.
    announce(change.licence, to=EDIT_LICENCE)
    change.delete()


def _create(changes: Sequence[NewChange]) -> list[LicenceChange]:
    checks = Checks()
    licensees = dict(
        Licence.objects.filter(pk__in={change.licence_id for change in changes}).values_list("pk", "licensee")
    )
    for change in changes:
        checks.month("month", change.month)
        checks.text("enterprise", change.enterprise, needed=False)
        checks.text("option", change.option, needed=False)
        own = own_enterprise(licensees[change.licence_id])
        if is_own_enterprise(change.enterprise) and change.enterprise != own:
            checks.wrong("enterprise", "no_group_name", f"Name a group, or “{own}” where the licensee left its group.")
        if change.standing not in ("", "standard", "compliant"):
            checks.wrong("standing", "unknown_standing", "The standing is “standard” or “compliant”.")
        if not (change.standing or change.enterprise or change.option):
            checks.wrong("standing", "nothing_changed", "Name a new standing, enterprise or option.")
    checks.refuse()
    with told_as(_PROBLEMS):
        return LicenceChange.objects.bulk_create(
            LicenceChange(
                licence_id=change.licence_id,
                month=change.month,
                standing=change.standing,
                enterprise=change.enterprise,
                option=change.option,
            )
            for change in changes
        )


_PROBLEMS: dict[str, Problem] = {
    "licence_change_once_a_month": Conflict("A change of this licence is recorded for that month. Withdraw it first."),
}
