"""Who may read, write and sign what members agree to."""

from collections.abc import Callable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from members.charter.models import (
    BindingAct,
    Charter,
    CharterSignature,
    CharterVersion,
    SeatAuthority,
    SignatureReminder,
    VersionState,
)
from members.memberships.models import MEMBER_STATES, Membership, MembershipState
from members.memberships.policies import MEMBERS, MEMBERSHIP_POLICY, OFFICE_ROLES, in_own_alliance, today_in
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import NOTHING, Relation, everything, in_alliance, own_organisation, own_seat
from platform_core.documents.subjects import declare_subject
from platform_core.identity.policies import ALLIANCE_POLICY
from platform_core.identity.roles import Role

READ_CHARTER = Permission("charter.read")
EDIT_CHARTER = Permission("charter.edit")
START_CHARTER = Permission("alliance.start_charter")
READ_GOOD_STANDING = Permission("alliance.read_good_standing")
"""Who has agreed to what binds all: for those alone who may read what that is."""
READ_CHARTER_VERSION = Permission("charter_version.read")
EDIT_CHARTER_VERSION = Permission("charter_version.edit")
PUBLISH_CHARTER_VERSION = Permission("charter_version.publish")
REMIND_SIGNERS = Permission("charter_version.remind_signers")
READ_CHARTER_SIGNATURE = Permission("charter_signature.read")
SIGN_CHARTER = Permission("membership.sign_charter")
RECORD_SIGNATURE = Permission("membership.record_signature")
READ_SIGNATURE_REMINDER = Permission("signature_reminder.read")
READ_SEAT_AUTHORITY = Permission("seat_authority.read")
RECORD_AUTHORITY = Permission("membership.record_authority")
END_SEAT_AUTHORITY = Permission("seat_authority.end")

_OPEN_APPLICATIONS = (MembershipState.APPLIED.value, MembershipState.UNDER_REVIEW.value)
_PUBLISHED = Q(state=VersionState.PUBLISHED)
_BY_MEMBERS = Q(membership__state__in=MEMBER_STATES)
_ONCE_ADMITTED = "once admitted"


def _applied_for(path: str) -> Relation:
    """Reach rows of alliances that the own organisation applies to: it must know what it would sign."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        own = Membership.objects.filter(organisation=actor.organisation_id, state__in=_OPEN_APPLICATIONS)
        return Q(**{f"{path}__in": own.order_by().values("alliance")})

    return Relation("of an alliance the own organisation applies to", reach, path)


def authorities_in_force(actor: Actor, act: BindingAct) -> QuerySet[SeatAuthority]:
    """Return the authorities by which the actor's seat may do a binding act today."""
    today = today_in(actor, "membership__alliance__zone")
    return SeatAuthority.objects.filter(
        Q(starts_on__lte=today),
        Q(ends_on=None) | Q(ends_on__gt=today),
        seat=actor.seat_id,
        acts__contains=[act.value],
    )


def may_bind(column: str, act: BindingAct, *, alliance: str = "alliance") -> Callable[[Actor], Q]:
    """Let a seat bind a member only with a recorded authority; of others the alliance keeps no such record.

    `column` names the organisation that is bound, among those of the object.
    """

    def holds(actor: Actor) -> Q:
        bound = OuterRef(column)
        authorities = authorities_in_force(actor, act).filter(
            membership__alliance=OuterRef(alliance), membership__organisation=bound
        )
        day = today_in(actor, "alliance__zone")
        members = Membership.objects.filter(
            Q(enters_on=None) | Q(enters_on__lte=day),
            Q(leaves_on=None) | Q(leaves_on__gt=day),
            state__in=MEMBER_STATES,
            alliance=OuterRef(alliance),
            organisation=bound,
        )
        return Q(Exists(authorities)) | ~Q(Exists(members))

    return holds


CHARTER_POLICY = register(
    Policy(
        Charter,
        read=READ_CHARTER,
        rules=[
            allow(Role.SECRETARIAT, {READ_CHARTER, EDIT_CHARTER}, in_alliance()),
            allow((*OFFICE_ROLES, Role.AUTHORITY, Audience.STAFF), READ_CHARTER, in_alliance()),
            allow(MEMBERS, READ_CHARTER, in_own_alliance()),
            allow(MEMBERS, READ_CHARTER, _applied_for("alliance")),
            allow(COMMAND_LINE, {READ_CHARTER, EDIT_CHARTER}, everything()),
        ],
    )
)
declare_subject(Charter, read=READ_CHARTER, attach=EDIT_CHARTER)

_EVERYTHING_ABOUT_A_VERSION = {READ_CHARTER_VERSION, EDIT_CHARTER_VERSION, PUBLISH_CHARTER_VERSION}

CHARTER_VERSION_POLICY = register(
    Policy(
        CharterVersion,
        read=READ_CHARTER_VERSION,
        rules=[
            allow(Role.SECRETARIAT, {*_EVERYTHING_ABOUT_A_VERSION, REMIND_SIGNERS}, in_alliance("charter__alliance")),
            allow(
                (*OFFICE_ROLES, Role.AUTHORITY, Audience.STAFF),
                READ_CHARTER_VERSION,
                in_alliance("charter__alliance").narrowed(_PUBLISHED, "once published"),
            ),
            allow(
                MEMBERS,
                READ_CHARTER_VERSION,
                in_own_alliance("charter__alliance").narrowed(_PUBLISHED, "once published"),
            ),
            allow(
                MEMBERS,
                READ_CHARTER_VERSION,
                _applied_for("charter__alliance").narrowed(_PUBLISHED, "once published"),
            ),
            allow(COMMAND_LINE, {*_EVERYTHING_ABOUT_A_VERSION, REMIND_SIGNERS}, everything()),
        ],
    )
)

CHARTER_SIGNATURE_POLICY = register(
    Policy(
        CharterSignature,
        read=READ_CHARTER_SIGNATURE,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_CHARTER_SIGNATURE, in_alliance("membership__alliance")),
            # Who has signed is open among those who agreed with each other, and the papers are not. An applicant who
            # signs has agreed with nobody yet: that it applies is nothing for those whom it would join.
            allow(
                OFFICE_ROLES,
                READ_CHARTER_SIGNATURE,
                in_alliance("membership__alliance").narrowed(_BY_MEMBERS, _ONCE_ADMITTED),
            ),
            allow(
                MEMBERS,
                READ_CHARTER_SIGNATURE,
                in_own_alliance("membership__alliance").narrowed(_BY_MEMBERS, _ONCE_ADMITTED),
            ),
            allow(MEMBERS, READ_CHARTER_SIGNATURE, own_organisation("membership__organisation")),
            allow(COMMAND_LINE, READ_CHARTER_SIGNATURE, everything()),
        ],
    )
)

SIGNATURE_REMINDER_POLICY = register(
    Policy(
        SignatureReminder,
        read=READ_SIGNATURE_REMINDER,
        rules=[
            allow((Role.SECRETARIAT, Audience.STAFF), READ_SIGNATURE_REMINDER, in_alliance("membership__alliance")),
            allow(COMMAND_LINE, READ_SIGNATURE_REMINDER, everything()),
        ],
    )
)

SEAT_AUTHORITY_POLICY = register(
    Policy(
        SeatAuthority,
        read=READ_SEAT_AUTHORITY,
        rules=[
            allow(Role.SECRETARIAT, {READ_SEAT_AUTHORITY, END_SEAT_AUTHORITY}, in_alliance("membership__alliance")),
            allow(
                Role.MEMBER_ADMIN,
                {READ_SEAT_AUTHORITY, END_SEAT_AUTHORITY},
                own_organisation("membership__organisation"),
            ),
            allow(Audience.STAFF, READ_SEAT_AUTHORITY, in_alliance("membership__alliance")),
            allow(MEMBERS, READ_SEAT_AUTHORITY, own_seat("seat")),
            allow(COMMAND_LINE, {READ_SEAT_AUTHORITY, END_SEAT_AUTHORITY}, everything()),
        ],
    )
)


def _with_authority(actor: Actor) -> Q:
    if actor.seat_id is None:
        return NOTHING
    return Q(Exists(authorities_in_force(actor, BindingAct.CHARTER).filter(membership=OuterRef("pk"))))


ALLIANCE_POLICY.extend(
    allow(Role.SECRETARIAT, START_CHARTER, in_alliance("pk")),
    allow(COMMAND_LINE, {START_CHARTER, READ_GOOD_STANDING}, everything()),
    allow((*OFFICE_ROLES, Role.AUTHORITY, Audience.STAFF), READ_GOOD_STANDING, in_alliance("pk")),
    allow(MEMBERS, READ_GOOD_STANDING, in_own_alliance("pk")),
)
MEMBERSHIP_POLICY.extend(
    allow(MEMBERS, SIGN_CHARTER, own_organisation()),
    # The office records a letter that it has seen; a member does not give itself authority.
    allow(Role.SECRETARIAT, {RECORD_SIGNATURE, RECORD_AUTHORITY}, in_alliance()),
    allow(COMMAND_LINE, {RECORD_SIGNATURE, RECORD_AUTHORITY}, everything()),
)
MEMBERSHIP_POLICY.guard(
    Guard(
        SIGN_CHARTER,
        "Your seat has no recorded authority to sign for this member: send the office a letter of authority.",
        _with_authority,
    )
)
for _policy in (CHARTER_SIGNATURE_POLICY, SEAT_AUTHORITY_POLICY, SIGNATURE_REMINDER_POLICY):
    _policy.belong_to("membership__organisation")
