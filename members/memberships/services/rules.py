"""What an alliance's rules say of admitting members."""

from uuid import UUID

from django.db import transaction

from members.memberships.models import MembershipRules
from members.memberships.policies import SET_MEMBERSHIP_RULES
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.models import Alliance
from platform_core.realtime.services import announce


@transaction.atomic
def set_membership_rules(
    *, actor: Actor, alliance_id: UUID, admission_needs_second_person: bool, reason: str
) -> MembershipRules:
    """Say whether admitting a member of an alliance takes a second person, and where its rules say so."""
    alliance = get_visible(Alliance, alliance_id, actor=actor, for_change=True)
    require(actor, SET_MEMBERSHIP_RULES, alliance)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    rules = MembershipRules.objects.filter(alliance=alliance).first() or MembershipRules(alliance=alliance)
    before = rules.admission_needs_second_person
    rules.admission_needs_second_person = admission_needs_second_person
    rules.reason = reason.strip()
    rules.save()
    record_event(
        "membership_rules.set",
        actor=actor,
        subject=rules,
        changes={
            "admission_needs_second_person": (before, admission_needs_second_person),
            "reason": (None, rules.reason),
        },
    )
    announce(rules)
    return rules
