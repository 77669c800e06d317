"""Who may see and revoke what was given by hand: those it was given to, and those who may give on the same object."""

from collections.abc import Sequence

from django.db.models import Q

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.grants.models import Grant
from platform_core.access.kernel import permitted_rows
from platform_core.access.registry import Audience, Giving, Permission, Policy, allow, policies, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_organisation, own_seat
from platform_core.identity.references import Fate, Merger, Reference, declare_reference
from platform_core.identity.roles import Role
from platform_core.identity.ties import Holding, Tie, declare_holding, declare_tie

READ_GRANT = Permission("grant.read")
REVOKE_GRANT = Permission("grant.revoke")


def _on_what_one_may_give(*, to_read: bool) -> Relation:
    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        rows = NOTHING
        for policy in policies():
            if policy.giving is None:
                continue
            for giver in sorted(policy.giving.givers, key=str):
                objects = policy.model._default_manager.filter(permitted_rows(actor, giver, policy.model))
                of_objects = Q(
                    subject_type=policy.model._meta.label_lower, subject_id__in=objects.order_by().values("pk")
                )
                if not (to_read and giver in policy.giving.actions.values() and not policy.giving.quiet):
                    of_objects &= _given_by(giver, policy.giving)
                rows = of_objects if rows is NOTHING else rows | of_objects
        return rows

    # Whoever shares an object sees all who were let in, those assigned by others included, unless some work quietly.
    return Relation("on an object on which one may give " + ("anything" if to_read else "the same"), reach)


def _given_by(giver: Permission, giving: Giving) -> Q:
    roles = [role.value for role, needed in giving.roles.items() if needed == giver]
    actions = [action.name for action, needed in giving.actions.items() if needed == giver]
    return Q(role__in=roles) if not actions else Q(role__in=roles) | Q(actions__overlap=actions)


GRANT_POLICY = register(
    Policy(
        Grant,
        read=READ_GRANT,
        rules=[
            allow(Audience.SIGNED_IN, READ_GRANT, own_seat()),
            allow(Audience.SIGNED_IN, READ_GRANT, own_organisation()),
            allow(Role.MEMBER_ADMIN, {READ_GRANT, REVOKE_GRANT}, own_organisation("granted_by__organisation")),
            allow(Audience.SIGNED_IN, READ_GRANT, _on_what_one_may_give(to_read=True)),
            allow(Audience.SIGNED_IN, REVOKE_GRANT, _on_what_one_may_give(to_read=False)),
            allow(Audience.STAFF, READ_GRANT, in_alliance()),
            allow(COMMAND_LINE, {READ_GRANT, REVOKE_GRANT}, everything()),
        ],
    )
)


def _still_granted(merger: Merger) -> str | None:
    now = merger.actor.clock.now()
    if Grant.objects.filter(organisation=merger.merged, ends_at__gt=now).exists():
        return "A right was granted to the one that goes: withdraw it, and grant it to the one that stays."
    return None


declare_reference(
    Reference(Grant, "organisation", Fate.KEPT, "what was granted to it, and is over", hindrance=_still_granted)
)
# What is granted to an organisation is for its own people.
declare_holding(Holding(Grant, "organisation"))
# Whoever is seated at an organisation holds what was granted to it, and nothing of what was granted to others there.
declare_tie(Tie(Grant, "organisation", "alliance"))
