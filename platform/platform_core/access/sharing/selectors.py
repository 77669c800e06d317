"""Who sees an object, and why: the policies asked the other way round, for everybody who could be concerned."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q

from platform_core.access.acting import actors_in_seats
from platform_core.access.actors import Actor, SystemWork
from platform_core.access.grants.models import Grant
from platform_core.access.kernel import answers_of, can, get_visible, holds_by_role, reached_by
from platform_core.access.registry import Audience, Permission, Policy, Rule, policy_of
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from platform_core.identity.ties import organisations_of
from platform_core.models import Record
from platform_core.problems import NotAllowed, NotFound

READERS_AT_MOST: Final = 1000
"""Readers that are listed; the rest is counted."""

_ASKED_AT_ONCE: Final = 40
"""Conditions that one query answers."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for which somebody sees an object: role, grant, assignment, staff session, or being anybody."""

    kind: str
    """role, grant, assignment, staff_session or public"""
    text: str
    role: Role | None = None
    grant_id: UUID | None = None
    """None where the one who asks may not see the grant."""
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A seat that sees the object, or several alike that may not be named, or (without either name) the public."""

    seat_id: UUID | None
    name: str
    organisation_id: UUID | None
    organisation_name: str
    roles: tuple[Role, ...]
    actions: tuple[str, ...]
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who sees an object, and what the one who asks may give on it."""

    subject: Model
    readers: list[Reader]
    left_out: int
    may_grant: list[str]
    may_assign: list[Role]


@dataclass(slots=True)
class _Found:
    """What is found out about one seat."""

    actor: Actor
    why: dict[Why, None] = field(default_factory=dict)
    actions: set[Permission] = field(default_factory=set)
    openly: set[Permission] = field(default_factory=set)
    """Those of the actions that it has without a quiet assignment."""


def sharing_of(*, actor: Actor, subject_type: str, subject_id: UUID) -> Sharing:
    """Say who sees an object and why, to those who may give something on it themselves.

    People and organisations are named as far as the one who asks may see them; what is the same for several seats that
    may not be named is said once.
    """
    policy = _policy(subject_type)
    subject = get_visible(policy.model, subject_id, actor=actor)
    giving = policy.giving
    if giving is None:
        raise NotFound
    may = {giver for giver in giving.givers if can(actor, giver, subject)}
    if not may:
        raise NotAllowed("Who sees this is told to those who may share it or assign people to it.")
    found = _find(actor, policy, subject)
    readers = list(_as_told_to(actor, subject, found, policy))
    return Sharing(
        subject=subject,
        readers=readers[:READERS_AT_MOST],
        left_out=max(0, len(readers) - READERS_AT_MOST),
        may_grant=[
            action.name
            for action, giver in giving.actions.items()
            if giver in may and holds_by_role(actor, action, subject)
        ],
        may_assign=[role for role, giver in giving.roles.items() if giver in may],
    )


def readers_of(subject: Model, *, actor: Actor) -> dict[UUID, frozenset[str]]:
    """Return what each open seat that sees an object may do with it, at the instant of the actor's clock.

    For internal use: whoever asks a question on behalf of a reader takes `sharing_of`, which names nobody hidden.
    """
    policy = policy_of(type(subject))
    return {
        seat_id: frozenset(permission.name for permission in row.actions)
        for seat_id, row in _find(actor, policy, subject).items()
        if seat_id is not None
    }


def _policy(subject_type: str) -> Policy:
    try:
        policy = policy_of(apps.get_model(subject_type))
    except (LookupError, ValueError, ImproperlyConfigured):
        raise NotFound("There is no such kind of thing, or it is not shared by hand.") from None
    if policy.giving is None or policy.model._meta.label_lower != subject_type:
        raise NotFound("There is no such kind of thing, or it is not shared by hand.")
    return policy


def _find(asking: Actor, policy: Policy, subject: Model) -> dict[UUID | None, _Found]:
    """Find everybody who reads the object; under None stands the public, if it does."""
    now = asking.clock.now()
    grants = list(
        Grant.objects.filter(
            subject_type=policy.model._meta.label_lower, subject_id=subject.pk, starts_at__lte=now, ends_at__gt=now
        ).order_by("pk")
    )
    public = _Found(Actor.public(clock=asking.clock))
    found: dict[UUID | None, _Found] = {None: public}
    found.update({actor.seat_id: _Found(actor) for actor in _candidates(asking, subject, now)})
    personal = _holders_of_their_own(found.values(), now)

    questions: dict[tuple[Hashable, ...], Q] = {}
    asked: list[tuple[_Found, Rule, tuple[Hashable, ...]]] = []
    for row in found.values():
        profile = _profile(row.actor, now, personal)
        for number, rule in enumerate(policy.rules):
            assignments = rule.matches(row.actor)
            if assignments is None:
                continue
            key = (number, *profile)
            if key not in questions:
                questions[key] = reached_by(rule, row.actor, assignments, policy)
            asked.append((row, rule, key))
    answers = _answered(policy, subject, questions)
    for row, rule, key in asked:
        if answers[key]:
            row.actions |= rule.may
            if not (rule.reach.by_assignment and policy.giving and policy.giving.quiet.intersection(rule.who)):
                row.openly |= rule.may
            row.why.update(dict.fromkeys(_reasons(rule, row.actor, grants)))
    _add_grants(policy, subject, found.values(), grants)
    _drop_guarded(policy, subject, found.values())
    return {seat: row for seat, row in found.items() if policy.read in row.actions}


def _candidates(asking: Actor, subject: Model, now: datetime) -> list[Actor]:
    """Everybody whom something ties to the object's alliance; an object of none could concern anybody."""
    seats = Seat.objects.all()
    alliance = subject.audit_alliance_id() if isinstance(subject, Record) else None
    if alliance is not None:
        holders = Grant.objects.filter(alliance=alliance, starts_at__lte=now, ends_at__gt=now).order_by()
        tied = Organisation.objects.filter(organisations_of(alliance)).order_by()
        seats = seats.filter(
            Q(organisation__in=tied.values("pk"))
            | Q(pk__in=holders.filter(seat__isnull=False).values("seat"))
            | Q(organisation__in=holders.filter(organisation__isnull=False).values("organisation"))
            | Q(role_assignments__role=Role.SITE_ADMIN)
        ).distinct()
    return actors_in_seats(seats, clock=asking.clock)


def _holders_of_their_own(rows: Iterable[_Found], now: datetime) -> set[UUID]:
    """The seats that were given something themselves, so that they may see more than others in their position."""
    seats = [row.actor.seat_id for row in rows if row.actor.seat_id is not None]
    held = Grant.objects.filter(seat__in=seats, starts_at__lte=now, ends_at__gt=now).order_by()
    return {seat for seat in held.values_list("seat_id", flat=True) if seat is not None}


def _profile(actor: Actor, now: datetime, personal: set[UUID]) -> tuple[Hashable, ...]:
    """What the answers for a seat depend on: seats with the same are asked about once."""
    staff = actor.open_staff_session
    roles = frozenset(
        (row.role, row.alliance_id, row.operating_entity_id, row.purpose)
        for row in actor.assignments
        if row.in_force(now)
    )
    own = actor.seat_id if actor.seat_id in personal else None
    return (actor.kind, actor.organisation_id, roles, staff.alliance_id if staff else None, own, actor.screen)


def _answered(policy: Policy, subject: Model, questions: dict[tuple[Hashable, ...], Q]) -> dict[Hashable, bool]:
    keys = list(questions)
    answers: dict[Hashable, bool] = {}
    for start in range(0, len(keys), _ASKED_AT_ONCE):
        part = keys[start : start + _ASKED_AT_ONCE]
        answer = answers_of(
            policy.model, subject.pk, {f"question_{number}": questions[key] for number, key in enumerate(part)}
        )
        answers.update({key: bool(answer and answer[f"question_{number}"]) for number, key in enumerate(part)})
    return answers


def _reasons(rule: Rule, actor: Actor, grants: Sequence[Grant]) -> Iterator[Why]:
    for who in rule.who:
        if isinstance(who, SystemWork):
            continue
        if isinstance(who, Role):
            held = list(actor.current(who, purpose=rule.purpose))
            assignments = [row for row in grants if row.role == who and row.seat_id == actor.seat_id]
            if held and rule.reach.by_assignment:
                for grant in assignments:
                    yield Why("assignment", rule.reach.label, role=who, grant_id=grant.pk, ends_at=grant.ends_at)
            elif held:
                ends = [row.ends_at for row in held]
                last = None if None in ends else max(end for end in ends if end is not None)
                yield Why("role", rule.reach.label, role=who, ends_at=last)
        elif who is Audience.STAFF:
            if (staff := actor.open_staff_session) is not None:
                yield Why("staff_session", rule.reach.label, ends_at=staff.ends_at)
        elif who is Audience.PUBLIC and actor.seat_id is None:
            yield Why("public", rule.reach.label)
        elif actor.seat_id is not None:
            yield Why("role", rule.reach.label)


def _add_grants(policy: Policy, subject: Model, rows: Iterable[_Found], grants: Sequence[Grant]) -> None:
    if policy.giving is None:
        return
    known = {permission.name: permission for permission in policy.giving.actions}
    for row in rows:
        if _screened_from(row.actor, policy, subject):
            continue
        for grant in grants:
            if not grant.role and grant.holder in (row.actor.seat_id, row.actor.organisation_id):
                given = {known[name] for name in grant.actions if name in known}
                row.actions |= given
                row.openly |= given
                row.why[Why("grant", ", ".join(grant.actions), grant_id=grant.pk, ends_at=grant.ends_at)] = None


def _screened_from(actor: Actor, policy: Policy, subject: Model) -> bool:
    if actor.screen is None or (left := policy.unscreened(actor.screen)) is None:
        return False
    answer = answers_of(policy.model, subject.pk, {"left": left})
    return answer is None or not answer["left"]


def _drop_guarded(policy: Policy, subject: Model, rows: Iterable[_Found]) -> None:
    questions: dict[tuple[Hashable, ...], Q] = {}
    concerned: list[tuple[_Found, Permission, tuple[Hashable, ...]]] = []
    for row in rows:
        for permission in row.actions:
            for number, guard in enumerate(policy.guards_of(permission)):
                key: tuple[Hashable, ...] = (permission.name, number, row.actor.seat_id)
                questions[key] = guard.holds(row.actor)
                concerned.append((row, permission, key))
    answers = _answered(policy, subject, questions)
    for row, permission, key in concerned:
        if not answers[key]:
            row.actions.discard(permission)


def _as_told_to(asking: Actor, subject: Model, found: dict[UUID | None, _Found], policy: Policy) -> Iterator[Reader]:
    order = {permission: number for number, permission in enumerate(policy.permissions())}
    public = found.get(None)
    seats = {
        seat.pk: seat
        for seat in Seat.objects.filter(pk__in=[pk for pk in found if pk]).select_related("user", "organisation")
    }
    named = set(Seat.objects.visible_to(asking).filter(pk__in=list(seats)).values_list("pk", flat=True))
    organisations = {seat.organisation_id for seat in seats.values()}
    shown = set(Organisation.objects.visible_to(asking).filter(pk__in=organisations).values_list("pk", flat=True))
    grants = set(
        Grant.objects.visible_to(asking)
        .filter(subject_type=policy.model._meta.label_lower, subject_id=subject.pk)
        .values_list("pk", flat=True)
    )
    told: dict[Reader, None] = {}
    for pk, row in found.items():
        whys = [why for why in row.why if not _is_quiet(why, policy, grants)]
        if pk is not None and (not whys or (public is not None and all(_is_anybodys(why, policy) for why in whys))):
            continue
        actions = row.actions if len(whys) == len(row.why) else row.actions & row.openly
        seat = seats.get(pk) if pk else None
        known = seat is not None and seat.organisation_id in shown
        reader = Reader(
            seat_id=pk if pk in named else None,
            name=seat.user.name if seat is not None and pk in named else "",
            organisation_id=seat.organisation_id if seat is not None and known else None,
            organisation_name=str(seat.organisation) if seat is not None and known else "",
            roles=tuple(sorted({why.role for why in whys if why.role is not None})),
            actions=tuple(permission.name for permission in sorted(actions, key=lambda each: order[each])),
            why=tuple(_without_hidden(why, grants) for why in whys),
        )
        told[reader] = None
    # The public first, then whom the one who asks knows by name.
    yield from sorted(
        told,
        key=lambda row: (
            row.why[0].kind != "public",
            not row.organisation_name,
            row.organisation_name,
            not row.name,
            row.name,
        ),
    )


def _is_anybodys(why: Why, policy: Policy) -> bool:
    """Whether everybody has this reason, so that it is told once, as the public's."""
    labels = {rule.reach.label for rule in policy.rules if Audience.PUBLIC in rule.who}
    return why.kind == "role" and why.role is None and why.text in labels


def _is_quiet(why: Why, policy: Policy, grants: set[UUID]) -> bool:
    """Whether it is an assignment that the one who asks is not to learn of."""
    quiet = policy.giving.quiet if policy.giving is not None else frozenset()
    return why.kind == "assignment" and why.role in quiet and why.grant_id not in grants


def _without_hidden(why: Why, grants: set[UUID]) -> Why:
    if why.grant_id is None or why.grant_id in grants:
        return why
    return Why(why.kind, why.text, role=why.role, ends_at=why.ends_at)
