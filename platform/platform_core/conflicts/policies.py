"""Who may declare and see ties, and who records and confirms undertakings."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import (
    EVERYTHING,
    NOTHING,
    Relation,
    everything,
    in_alliance,
    own_organisation,
    own_user,
)
from platform_core.clock import today
from platform_core.conflicts.models import Affiliation, DeclaredTie, Undertaking
from platform_core.conflicts.parties import ZONE, own_ties
from platform_core.documents.subjects import declare_subject
from platform_core.identity.models import RoleAssignment
from platform_core.identity.policies import ALLIANCE_POLICY, ORGANISATION_POLICY, USER_POLICY
from platform_core.identity.references import Fate, Merger, Reference, declare_reference
from platform_core.identity.roles import Role, RoleScope, roles_of
from platform_core.identity.ties import tied_to_no_other_alliance, tied_to_own_alliance
from platform_core.problems import Conflict

READ_AFFILIATION = Permission("affiliation.read")
END_AFFILIATION = Permission("affiliation.end")
RECORD_AFFILIATION = Permission("organisation.record_affiliation")

READ_DECLARED_TIE = Permission("declared_tie.read")
END_DECLARED_TIE = Permission("declared_tie.end")
DECLARE_TIE = Permission("user.declare_tie")

READ_UNDERTAKING = Permission("undertaking.read")
RECORD_UNDERTAKING = Permission("alliance.record_undertaking")
CONFIRM_UNDERTAKING = Permission("undertaking.confirm")
END_UNDERTAKING = Permission("undertaking.end")


def _working_in_own_alliance(path: str, *, nowhere_else: bool = False) -> Relation:
    """Reach people, found along a path, with a role that is not over in an alliance that the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = sorted({row.alliance_id for row in assignments if row.alliance_id is not None})
        if not ids:
            return NOTHING
        roles = _roles_not_over(actor)
        here = roles.filter(Q(alliance__in=ids) | Q(operating_entity__alliance__in=ids))
        people = Q(**{f"{path}__in": here.order_by().values("seat__user")})
        if not nowhere_else:
            return people
        # Those who are assigned to single objects may be so in any alliance.
        elsewhere = roles.filter(
            (Q(alliance__isnull=False) & ~Q(alliance__in=ids))
            | (Q(operating_entity__isnull=False) & ~Q(operating_entity__alliance__in=ids))
            | Q(role__in=roles_of(RoleScope.ASSIGNMENT))
        )
        return people & ~Q(**{f"{path}__in": elsewhere.order_by().values("seat__user")})

    label = "of somebody with a role in the alliance"
    return Relation(f"{label} and in no other" if nowhere_else else label, reach, path)


def _roles_not_over(actor: Actor) -> QuerySet[RoleAssignment]:
    return RoleAssignment.objects.filter(Q(ends_at=None) | Q(ends_at__gt=actor.clock.now()), seat__ended_at=None)


def _of_no_other_alliance() -> Relation:
    """Reach affiliations neither side of which concerns an alliance that the role is not held in."""
    first, second = tied_to_no_other_alliance("first"), tied_to_no_other_alliance("second")
    return Relation(
        "of organisations tied to no other alliance",
        lambda actor, assignments: first.reach(actor, assignments) & second.reach(actor, assignments),
    )


def _of_others(actor: Actor) -> Q:
    """Affiliations by which the acting person is tied to nobody."""
    if actor.user_id is None:
        return EVERYTHING
    return ~Q(first__in=own_ties(actor)) & ~Q(second__in=own_ties(actor))


AFFILIATION_POLICY = register(
    Policy(
        Affiliation,
        read=READ_AFFILIATION,
        rules=[
            allow(Role.MEMBER_ADMIN, READ_AFFILIATION, own_organisation("first")),
            allow(Role.MEMBER_ADMIN, READ_AFFILIATION, own_organisation("second")),
            allow(Role.SECRETARIAT, READ_AFFILIATION, tied_to_own_alliance("first")),
            allow(Role.SECRETARIAT, READ_AFFILIATION, tied_to_own_alliance("second")),
            # Whoever may record that two belong together is told that it is recorded: so they see it, too.
            allow(Role.SECRETARIAT, {READ_AFFILIATION, END_AFFILIATION}, _of_no_other_alliance()),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_AFFILIATION, END_AFFILIATION}, everything()),
        ],
        guards=[
            Guard(
                END_AFFILIATION,
                "It ties yourself to the other one: ask a colleague, and show that it is over.",
                _of_others,
            ),
        ],
    )
)

DECLARED_TIE_POLICY = register(
    Policy(
        DeclaredTie,
        read=READ_DECLARED_TIE,
        rules=[
            allow(Audience.SIGNED_IN, READ_DECLARED_TIE, own_user("user")),
            allow(Role.SECRETARIAT, READ_DECLARED_TIE, _working_in_own_alliance("user")),
            # A tie keeps its person out of every office, so that one alliance's office alone does not end it.
            allow(Role.SECRETARIAT, END_DECLARED_TIE, _working_in_own_alliance("user", nowhere_else=True)),
            allow((Role.SITE_ADMIN, COMMAND_LINE), {READ_DECLARED_TIE, END_DECLARED_TIE}, everything()),
        ],
        guards=[
            Guard(
                END_DECLARED_TIE,
                "Nobody ends a tie of their own: ask a colleague, and show that it is over.",
                lambda actor: ~Q(user=actor.user_id),
            ),
        ],
    )
)

_ALL_OF_AN_UNDERTAKING = {READ_UNDERTAKING, CONFIRM_UNDERTAKING, END_UNDERTAKING}

UNDERTAKING_POLICY = register(
    Policy(
        Undertaking,
        read=READ_UNDERTAKING,
        rules=[
            allow(Audience.SIGNED_IN, READ_UNDERTAKING, own_user("user")),
            allow(Role.SECRETARIAT, _ALL_OF_AN_UNDERTAKING, in_alliance()),
            allow((Role.SITE_ADMIN, COMMAND_LINE), _ALL_OF_AN_UNDERTAKING, everything()),
        ],
        guards=[
            Guard(
                CONFIRM_UNDERTAKING,
                "A second person confirms: neither who recorded the undertaking nor who gives it.",
                lambda actor: ~Q(recorded_by=actor.user_id) & ~Q(user=actor.user_id),
            ),
        ],
    )
)
declare_subject(Undertaking, read=READ_UNDERTAKING, attach=END_UNDERTAKING)

ORGANISATION_POLICY.extend(
    allow(Role.SECRETARIAT, RECORD_AFFILIATION, tied_to_own_alliance()),
    allow(Role.SECRETARIAT, RECORD_AFFILIATION, tied_to_no_other_alliance()),
    allow((Role.SITE_ADMIN, COMMAND_LINE), RECORD_AFFILIATION, everything()),
)
USER_POLICY.extend(
    allow(Audience.SIGNED_IN, DECLARE_TIE, own_user("pk")),
    allow((Role.SITE_ADMIN, COMMAND_LINE), DECLARE_TIE, everything()),
)
ALLIANCE_POLICY.extend(
    allow(Role.SECRETARIAT, RECORD_UNDERTAKING, in_alliance("pk")),
    allow((Role.SITE_ADMIN, COMMAND_LINE), RECORD_UNDERTAKING, everything()),
)


def _over_or_between(merger: Merger) -> Q:
    """Affiliations that are history, and those that tie an organisation to itself."""
    day = today(merger.actor.clock, ZONE)
    kept = merger.kept
    return Q(ends_on__lte=day) | Q(first=kept) | Q(second=kept)


def _named_in_an_undertaking(merger: Merger) -> str | None:
    day = today(merger.actor.clock, ZONE)
    if Undertaking.objects.filter(hidden_organisations__contains=[merger.merged.pk], ends_on__gt=day).exists():
        return (
            "A clean-team undertaking names the one that goes, and cannot be reworded: "
            "have it given anew for the one that stays, and end it, or merge the other way round."
        )
    return None


_TWICE = {
    "affiliation_once_at_a_time": Conflict(
        "Both are affiliated to the same organisation at the same time: end one of the two affiliations first."
    )
}
declare_reference(
    *(
        Reference(Affiliation, side, Fate.MOVED, "groups hold together", stays=_over_or_between, clashes=_TWICE)
        for side in ("first", "second")
    ),
    Reference(
        DeclaredTie,
        "organisation",
        Fate.MOVED,
        "people are tied to the organisation it is",
        hindrance=_named_in_an_undertaking,
    ),
)
