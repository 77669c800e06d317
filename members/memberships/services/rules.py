"""What an alliance's rules say of admitting members and of leaving."""

from uuid import UUID

from django.db import transaction

from members.memberships.models import NOTICE_AT_MOST, USUAL_NOTICE, MembershipRules
from members.memberships.policies import SET_MEMBERSHIP_RULES
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.identity.models import Alliance
from platform_core.realtime.services import announce


@transaction.atomic
def set_membership_rules(
    *,
    actor: Actor,
    alliance_id: UUID,
    admission_needs_second_person: bool,
    reason: str,
    longest_notice_days: int = USUAL_NOTICE,
) -> MembershipRules:
    """Say whether admitting a member takes a second person, how far ahead one may leave, and where the rules say so.

    What a member gave notice of before stays as it is.
    """
    alliance = get_visible(Alliance, alliance_id, actor=actor, for_change=True)
    require(actor, SET_MEMBERSHIP_RULES, alliance)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    if not 1 <= longest_notice_days <= NOTICE_AT_MOST:
        checks.wrong("longest_notice_days", "out_of_range", f"Name from {1} to {NOTICE_AT_MOST} days.")
    checks.refuse()
    rules = MembershipRules.objects.filter(alliance=alliance).first() or MembershipRules(alliance=alliance)
    before, notice_before = rules.admission_needs_second_person, rules.longest_notice_days
    rules.longest_notice_days = longest_notice_days
    rules.admission_needs_second_person = admission_needs_second_person
    rules.reason = reason.strip()
    rules.save()
    record_event(
        "membership_rules.set",
        actor=actor,
        subject=rules,
        changes={
            "admission_needs_second_person": (before, admission_needs_second_person),
            "longest_notice_days": (notice_before, longest_notice_days),
            "reason": (None, rules.reason),
        },
    )
    announce(rules)
    return rules
