"""Who may see and change memberships, and how upper rooms reach objects through them."""

from collections.abc import Sequence

from django.db.models import DateField, DateTimeField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Cast

from members.memberships.models import APPLYING, MEMBER_STATES, Membership, MembershipRules, MembershipStep, StepKind
from platform_core.access.actors import COMMAND_LINE, Actor, Assignment
from platform_core.access.kernel import follows, permitted_rows
from platform_core.access.registry import Audience, Guard, Permission, Policy, allow, register
from platform_core.access.relations import EVERYTHING, NOTHING, Relation, everything, in_alliance, own_organisation
from platform_core.access.staff.policies import READ_STAFF_SESSION, STAFF_SESSION_POLICY
from platform_core.audit.events import reserve_events
from platform_core.clock import today
from platform_core.conflicts.parties import ZONE, Party, declare_party
from platform_core.documents.models import Document
from platform_core.documents.subjects import declare_subject
from platform_core.identity.models import Alliance, OperatingEntity
from platform_core.identity.policies import (
    ALLIANCE_POLICY,
    ORGANISATION_POLICY,
    READ_ALLIANCE,
    READ_ORGANISATION,
    READ_SEAT,
    SEAT_POLICY,
)
from platform_core.identity.references import Fate, Merger, Reference, declare_reference
from platform_core.identity.role_plan import Decision, declare_decision
from platform_core.identity.roles import MEMBER_ROLES, Role
from platform_core.identity.ties import Holding, Tie, declare_holding, declare_tie
from platform_core.models import Record
from platform_core.problems import Conflict

READ_MEMBERSHIP = Permission("membership.read")
READ_MEMBERSHIP_PAPERS = Permission("membership.read_papers")
"""How a membership came about and ended: its steps with their reasons, letters and decisions."""
ATTACH_MEMBERSHIP_PAPER = Permission("membership.attach_paper")
EDIT_MEMBERSHIP = Permission("membership.edit")
REVIEW_MEMBERSHIP = Permission("membership.review")
ADMIT_MEMBER = Permission("membership.admit")
REFUSE_MEMBERSHIP = Permission("membership.refuse")
WITHDRAW_APPLICATION = Permission("membership.withdraw")
SUSPEND_MEMBER = Permission("membership.suspend")
RESUME_MEMBERSHIP = Permission("membership.resume")
LEAVE_ALLIANCE = Permission("membership.leave")
EXPEL_MEMBER = Permission("membership.expel")

ADD_MEMBER = Permission("alliance.add_member")
FILE_APPLICATION = Permission("alliance.file_application")
APPLY_FOR_MEMBERSHIP = Permission("organisation.apply_for_membership")

READ_MEMBERSHIP_RULES = Permission("membership_rules.read")
SET_MEMBERSHIP_RULES = Permission("alliance.set_membership_rules")

ADMISSION = "membership.admission"
"""The decision of two people: one reviews an application, another admits the member."""

OFFICE_ROLES = (Role.SECRETARIAT, Role.OPERATOR, Role.OPERATIONS_HEAD, Role.LEGAL)
"""Roles that work for an alliance as a whole."""

ENTITY_ROLES = (Role.FINANCE, Role.COMMITTEE, Role.OPERATOR, Role.OPERATIONS_HEAD)
"""Roles that work for one operating entity of an alliance."""

MEMBERS = tuple(sorted(MEMBER_ROLES))
"""Every role of a member organisation."""


def today_in(actor: Actor, zone: str) -> Cast:
    """Return today's date for each row, by the time zone found along a path from it."""
    return Cast(Func(F(zone), Value(actor.clock.now(), DateTimeField()), function="timezone"), DateField())


def current_memberships(actor: Actor) -> QuerySet[Membership]:
    """Return the memberships that the actor's organisation has today, today being that of each alliance's zone."""
    today = today_in(actor, "alliance__zone")
    return Membership.objects.filter(
        Q(state__in=MEMBER_STATES),
        Q(enters_on__isnull=True) | Q(enters_on__lte=today),
        Q(leaves_on__isnull=True) | Q(leaves_on__gt=today),
        organisation=actor.organisation_id,
    )


def in_own_alliance(path: str = "alliance") -> Relation:
    """Reach rows whose alliance is one that the actor's organisation is a member of today."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        if actor.organisation_id is None:
            return NOTHING
        return Q(**{f"{path}__in": current_memberships(actor).order_by().values("alliance")})

    return Relation("of an alliance of the own organisation", reach, path)


def in_alliance_of_entity(path: str = "alliance") -> Relation:
    """Reach rows whose alliance has the operating entity that the role is held in."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = sorted({row.operating_entity_id for row in assignments if row.operating_entity_id is not None})
        if not ids:
            return NOTHING
        return Q(**{f"{path}__in": OperatingEntity.objects.filter(pk__in=ids).order_by().values("alliance")})

    return Relation("of the alliance of the operating entity", reach, path)


def holding(permission: Permission, child: type[Record], path: str) -> Relation:
    """Reach rows that some row of another table, which the actor may do a certain thing with, points to."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        children = child.objects.filter(permitted_rows(actor, permission, child), **{f"{path}__isnull": False})
        return Q(pk__in=children.order_by().values(path))

    return Relation(f"with a {child._meta.verbose_name} that allows {permission}", reach)


def _that_brought_papers() -> Relation:
    """Reach seats that attached papers to a membership of the alliance: the office reads who did on each of them."""

    def reach(actor: Actor, assignments: Sequence[Assignment]) -> Q:
        ids = sorted({row.alliance_id for row in assignments if row.alliance_id is not None})
        papers = Document.objects.filter(
            subject_type=Membership._meta.label_lower, alliance__in=ids, uploaded_from__isnull=False
        )
        return Q(pk__in=papers.order_by().values("uploaded_from")) if ids else NOTHING

    return Relation("that brought papers to a membership of the alliance", reach)


_ADMITTED = Q(state__in=MEMBER_STATES)
_ONCE_ADMITTED = "once admitted"

_OFFICE_STEPS = frozenset(
    {
        REVIEW_MEMBERSHIP,
        ADMIT_MEMBER,
        REFUSE_MEMBERSHIP,
        WITHDRAW_APPLICATION,
        SUSPEND_MEMBER,
        RESUME_MEMBERSHIP,
        LEAVE_ALLIANCE,
        EXPEL_MEMBER,
    }
)
"""What the office does, or puts on record on a member's letter."""

_PAPERS = frozenset({READ_MEMBERSHIP_PAPERS, ATTACH_MEMBERSHIP_PAPER})


def one_person_admits(path: str) -> Q:
    """Select rows of alliances, found along a path, whose rules let one person admit members."""
    relaxed = MembershipRules.objects.filter(admission_needs_second_person=False)
    return Q(**{f"{path}__in": relaxed.order_by().values("alliance")})


MEMBERSHIP_POLICY = register(
    Policy(
        Membership,
        read=READ_MEMBERSHIP,
        read_contents=READ_MEMBERSHIP_PAPERS,
        rules=[
            allow(Role.SECRETARIAT, {READ_MEMBERSHIP, EDIT_MEMBERSHIP, *_PAPERS, *_OFFICE_STEPS}, in_alliance()),
            allow(Audience.STAFF, {READ_MEMBERSHIP, READ_MEMBERSHIP_PAPERS}, in_alliance()),
            # Who has applied, and who was refused, is nothing for those whom the applicant would join.
            allow((*OFFICE_ROLES, Role.AUTHORITY), READ_MEMBERSHIP, in_alliance().narrowed(_ADMITTED, _ONCE_ADMITTED)),
            allow(ENTITY_ROLES, READ_MEMBERSHIP, in_alliance_of_entity().narrowed(_ADMITTED, _ONCE_ADMITTED)),
            allow(MEMBERS, READ_MEMBERSHIP, own_organisation()),
            allow(Role.MEMBER_ADMIN, {*_PAPERS, WITHDRAW_APPLICATION, LEAVE_ALLIANCE}, own_organisation()),
            allow(MEMBERS, READ_MEMBERSHIP, in_own_alliance().narrowed(_ADMITTED, _ONCE_ADMITTED)),
            allow(COMMAND_LINE, {READ_MEMBERSHIP, EDIT_MEMBERSHIP, *_PAPERS, *_OFFICE_STEPS}, everything()),
        ],
        guards=[
            Guard(
                ADMIT_MEMBER,
                "You reviewed this application: by the alliance's rules a second person admits.",
                lambda actor: ~Q(reviewed_by=actor.user_id) | Q(reviewed_by=None) | one_person_admits("alliance"),
            ),
        ],
    )
)
declare_subject(Membership, read=READ_MEMBERSHIP_PAPERS, attach=ATTACH_MEMBERSHIP_PAPER)

MEMBERSHIP_STEP_POLICY = register(
    Policy(
        MembershipStep,
        read=READ_MEMBERSHIP_PAPERS,
        rules=[
            allow(
                Audience.SIGNED_IN, READ_MEMBERSHIP_PAPERS, follows("membership", READ_MEMBERSHIP_PAPERS, Membership)
            ),
            allow(COMMAND_LINE, READ_MEMBERSHIP_PAPERS, everything()),
        ],
    )
)

MEMBERSHIP_RULES_POLICY = register(
    Policy(
        MembershipRules,
        read=READ_MEMBERSHIP_RULES,
        rules=[
            allow(OFFICE_ROLES, READ_MEMBERSHIP_RULES, in_alliance()),
            allow(MEMBERS, READ_MEMBERSHIP_RULES, in_own_alliance()),
            allow((Role.SITE_ADMIN, COMMAND_LINE), READ_MEMBERSHIP_RULES, everything()),
        ],
    )
)


def _may_add(actor: Actor) -> Q:
    """Founders are put on record together; whoever comes later applies and is admitted, unless one person admits."""
    if actor.work == COMMAND_LINE:
        return EVERYTHING
    peopled = Membership.objects.filter(state__in=MEMBER_STATES).order_by().values("alliance")
    return ~Q(pk__in=peopled) | one_person_admits("pk")


ALLIANCE_POLICY.extend(
    allow(Role.SECRETARIAT, {ADD_MEMBER, FILE_APPLICATION}, in_alliance("pk")),
    allow(MEMBERS, READ_ALLIANCE, holding(READ_MEMBERSHIP, Membership, "alliance")),
    # One who may alone decide that one is enough would be no second person: this is set apart from the office.
    allow((Role.SITE_ADMIN, COMMAND_LINE), SET_MEMBERSHIP_RULES, everything()),
    allow(COMMAND_LINE, {ADD_MEMBER, FILE_APPLICATION}, everything()),
)
ALLIANCE_POLICY.guard(
    Guard(
        ADD_MEMBER,
        "This alliance has members, and two people admit new ones: file an application, review and admit it.",
        _may_add,
    )
)

ORGANISATION_POLICY.extend(
    allow(Audience.SIGNED_IN, READ_ORGANISATION, holding(READ_MEMBERSHIP, Membership, "organisation")),
    allow(Role.MEMBER_ADMIN, APPLY_FOR_MEMBERSHIP, own_organisation("pk")),
)
# A letter names whom it authorises, and the office writes that down for the one that it can tell from others.
SEAT_POLICY.extend(allow(Role.SECRETARIAT, READ_SEAT, _that_brought_papers()))
# Whom a staff session may concern sees that there was one: when, who, and why.
STAFF_SESSION_POLICY.extend(
    allow(MEMBERS, READ_STAFF_SESSION, in_own_alliance()),
    allow(ENTITY_ROLES, READ_STAFF_SESSION, in_alliance_of_entity()),
)
declare_tie(Tie(Membership, "organisation", "alliance", Q(state__in=MEMBER_STATES)))
# An application that an office files in somebody's name takes nothing from another alliance's office.
declare_tie(
    Tie(
        MembershipStep,
        "membership__organisation",
        "membership__alliance",
        Q(kind=StepKind.APPLICATION, organisation=F("membership__organisation"), membership__state__in=APPLYING),
    )
)
# Who applies has nothing yet; what somebody had as a member stays theirs when they have left.
declare_holding(Holding(Membership, "organisation", Q(state__in=MEMBER_STATES)))
declare_party(
    Party(
        Membership,
        "organisation",
        "alliance",
        lambda day: Q(state__in=MEMBER_STATES) & (Q(leaves_on=None) | Q(leaves_on__gt=day)),
    )
)
MEMBERSHIP_POLICY.belong_to("organisation")
MEMBERSHIP_STEP_POLICY.belong_to("membership__organisation")
declare_decision(
    Decision(
        ADMISSION,
        (Role.SECRETARIAT,),
        waived=lambda place: Alliance.objects.filter(one_person_admits("pk"), pk=place.alliance_id).exists(),
    )
)


def _in_one_alliance(merger: Merger) -> str | None:
    here = Membership.objects.filter(_not_over(merger), organisation=merger.merged)
    both = Membership.objects.filter(_not_over(merger), organisation=merger.kept, alliance__in=here.values("alliance"))
    names = sorted(str(row.alliance) for row in both.select_related("alliance"))
    if names:
        return f"Both are members, or apply, in {', '.join(names)}: end the membership or application of one first."
    return None


def _not_over(merger: Merger) -> Q:
    over = Q(leaves_on__lte=today(merger.actor.clock, ZONE))
    return Q(state__in=APPLYING) | (Q(state__in=MEMBER_STATES) & (Q(leaves_on=None) | ~over))


declare_reference(
    Reference(
        Membership,
        "organisation",
        Fate.MOVED,
        "it is the same member, with its shares, under its code",
        hindrance=_in_one_alliance,
        clashes={
            "membership_once_at_a_time": Conflict(
                "Both were members of one alliance at the same time, and shared in it apart: they stay two."
            )
        },
    ),
    Reference(MembershipStep, "organisation", Fate.KEPT, "in whose name it was done, as it was then"),
)
reserve_events("alliance.members_added")
