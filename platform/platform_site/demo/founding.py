"""The first scenes: organisations, people with their seats and roles, the alliance and its operating company."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from members.memberships.moving import StepDetails
from members.memberships.services import (
    NewMember,
    add_members,
    admit_member,
    apply_for_membership,
    review_application,
)
from platform_core.access.actors import Actor
from platform_core.identity.models import OrganisationKind
from platform_core.identity.preparing import confirm_seats
from platform_core.identity.roles import ROLE_SCOPES, Role, RoleScope
from platform_core.identity.seating import assign_role, open_seat
from platform_core.identity.services import open_alliance, open_operating_entity, register_organisation, register_user
from platform_site.demo.names import (
    ALLIANCE_EN,
    ALLIANCE_ZH,
    APPLICANTS,
    ASSOCIATION,
    BUREAU,
    FOUNDED_ON,
    HOST,
    INSTITUTE,
    LICENSEES,
    MEMBERS,
    OPERATOR,
    OTHERS,
    Firm,
    Member,
)
from platform_site.demo.people import ADMINISTRATOR, PEOPLE, SECOND_SECRETARY, SECRETARY, Duty, Person, administrator_of
from platform_site.demo.stage import ZONE, Script, Stage

ALLIANCE_CODE: Final = "jianghan-uhd"
OPERATOR_CODE: Final = "yinglian"

_KINDS: Final = {
    ASSOCIATION: OrganisationKind.ASSOCIATION,
    INSTITUTE: OrganisationKind.INSTITUTE,
    BUREAU: OrganisationKind.PUBLIC_BODY,
}
_KINDS_BY_KEY: Final = {
    "kerong": OrganisationKind.BANK,
    "yingchuan": OrganisationKind.FUND,
    "yanheng": OrganisationKind.AGENCY,
    "xunqi": OrganisationKind.AGENCY,
    "zhengyao": OrganisationKind.AGENCY,
}

_DELIBERATION: Final = timedelta(days=26)
"""From an application to the admission."""

# Roles held at the operating company; operators look after what is the whole alliance's.
_AT_OPERATOR: Final = frozenset({Role.FINANCE, Role.CLOSE_APPROVER, Role.COMMITTEE})


def plan_founding(script: Script, stage: Stage) -> None:
    """Plan who and what has to be there before anything else, and who comes later."""
    administrator = ADMINISTRATOR
    script.add(date(2025, 3, 3), "09:00", "organisations", lambda: _register(stage, stage.command_line(), HOST))
    script.add(date(2025, 3, 3), "09:10", "people", lambda: _seat_all(stage, stage.command_line(), [administrator]))
    script.add(date(2025, 3, 3), "10:00", "organisations", lambda: _found(stage, stage.acting(administrator)))

    def seat_all(firms: set[str]) -> None:
        seated = [person for person in PEOPLE if person.firm.key in firms and person is not administrator]
        _seat_all(stage, stage.acting(administrator), seated)

    def register_all(firms: list[Firm]) -> None:
        for firm in firms:
            _register(stage, stage.acting(administrator), firm)
        seat_all({firm.key for firm in firms})

    script.add(date(2025, 3, 3), "14:00", "people", lambda: seat_all({HOST.key, OPERATOR.key}))
    # A later member owns patents together with founders, so that it is known as an organisation from the beginning.
    script.add(date(2025, 3, 10), "10:00", "members", lambda: register_all([member.firm for member in MEMBERS]))
    script.add(date(2025, 4, 8), "10:00", "people", lambda: register_all(list(OTHERS.values())))
    script.add(date(2025, 6, 17), "10:00", "licensees", lambda: register_all(list(LICENSEES.values())))
    for applicant in APPLICANTS:
        script.add(applicant.applied_on, "09:10", "members", partial(register_all, [applicant.firm]))
    script.add(FOUNDED_ON, "09:30", "members", partial(_take_in_founders, stage))
    for member in MEMBERS:
        if member.joined > FOUNDED_ON:
            script.add(member.joined - _DELIBERATION, "09:30", "members", partial(_apply, stage, member))
            script.add(member.joined, "09:30", "members", partial(_admit, stage, member))


def _register(stage: Stage, actor: Actor, firm: Firm) -> None:
    kind = _KINDS_BY_KEY.get(firm.key) or _KINDS.get(firm.registrar, OrganisationKind.COMPANY)
    organisation = register_organisation(
        actor=actor,
        name_zh=firm.name_zh,
        name_en=firm.name_en,
        kind=kind,
        uscc=firm.credit_code,
        country=firm.country,
    )
    stage.organisations[firm.key] = organisation.pk


def _found(stage: Stage, actor: Actor) -> None:
    _register(stage, actor, OPERATOR)
    alliance = open_alliance(
        actor=actor,
        code=ALLIANCE_CODE,
        name_zh=ALLIANCE_ZH,
        name_en=ALLIANCE_EN,
        association_id=stage.organisations[HOST.key],
    )
    stage.alliance = alliance.pk
    entity = open_operating_entity(
        actor=actor,
        alliance_id=alliance.pk,
        organisation_id=stage.organisations[OPERATOR.key],
        code=OPERATOR_CODE,
    )
    stage.entity = entity.pk


def _seat_all(stage: Stage, actor: Actor, people: list[Person]) -> None:
    """Seat people, have the office confirm them, and give them what they are there for: the office itself first."""
    waiting = []
    for person in people:
        user = register_user(actor=actor, email=person.email, name=person.name)
        seat = open_seat(
            actor=actor, user_id=user.pk, organisation_id=stage.organisations[person.firm.key], title=person.title
        )
        stage.seats[person.email] = seat.pk
        if seat.waits and person is not SECRETARY:
            waiting.append(seat.pk)
    for person in sorted(people, key=lambda person: person is not SECRETARY):
        if person is not SECRETARY and waiting:
            confirm_seats(actor=stage.acting(SECRETARY), seat_ids=waiting)
            waiting = []
        for duty in person.duties:
            _assign(stage, actor, person, duty)


def _assign(stage: Stage, actor: Actor, person: Person, duty: Duty) -> None:
    at_operator = duty.role in _AT_OPERATOR
    in_alliance = not at_operator and ROLE_SCOPES[duty.role] in (RoleScope.ALLIANCE, RoleScope.ALLIANCE_OR_ENTITY)
    now = actor.clock.now()
    assign_role(
        actor=actor,
        seat_id=stage.seats[person.email],
        role=duty.role,
        alliance_id=stage.alliance if in_alliance else None,
        operating_entity_id=stage.entity if at_operator else None,
        purpose=duty.purpose,
        # From its day on, which has begun by the time an administrator gives it.
        starts_at=max(_midnight(duty.from_on) or now, now),
        ends_at=_midnight(duty.to_on),
        reason=duty.reason,
    )


def _take_in_founders(stage: Stage) -> None:
    founders = [member for member in MEMBERS if member.joined == FOUNDED_ON]
    added = add_members(
        actor=stage.acting(SECRETARY),
        alliance_id=stage.alliance,
        members=[
            NewMember(
                organisation_id=stage.organisations[member.firm.key],
                code=member.code,
                segment=member.segment,
                enters_on=member.joined,
            )
            for member in founders
        ],
    )
    for member, membership in zip(founders, added, strict=True):
        stage.memberships[member.code] = membership.pk


def _apply(stage: Stage, member: Member) -> None:
    """Let a firm's own administrator apply, and one of the office take the application up."""
    applied = apply_for_membership(
        actor=stage.acting(administrator_of(member.firm)),
        alliance_id=stage.alliance,
        organisation_id=stage.organisations[member.firm.key],
        segment=member.segment,
    )
    stage.memberships[member.code] = applied.pk
    review_application(actor=stage.acting(SECOND_SECRETARY), membership_id=applied.pk, details=StepDetails())


def _admit(stage: Stage, member: Member) -> None:
    """Let the other of the office admit it, as two people have to."""
    admit_member(
        actor=stage.acting(SECRETARY),
        membership_id=stage.memberships[member.code],
        code=member.code,
        details=StepDetails(effective_on=member.joined),
    )


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZONE)
