"""Inviting people to seats, and taking the seats up."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.api.problems import TooManyRequests
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.identity.models import Language, Organisation, Seat, User
from platform_core.identity.policies import OPEN_SEAT
from platform_core.identity.roles import Purpose, Role
from platform_core.identity.seating import assign_role, open_seat, require_assigning
from platform_core.identity.services import register_user
from platform_core.messaging.services import send_message
from platform_core.problems import Conflict, NotAllowed, NotFound, Problem, SignInNeeded, invalid
from platform_core.signin.letters import INVITATION
from platform_core.signin.lifecycle import INVITATION_LIFECYCLE, InvitationState
from platform_core.signin.models import Invitation, InvitedRole
from platform_core.signin.policies import RECEPTION, WITHDRAW_INVITATION

VALID_FOR: Final = timedelta(days=14)
SENT_AT_MOST: Final = 5
SENT_EVERY: Final = timedelta(minutes=10)
ROLES_AT_MOST: Final = 20
A_DAY_AT_MOST: Final = 100
"""How many invitations one seat makes in a day."""


@dataclass(frozen=True, slots=True)
class RoleAsked:
    """A role that an invitation is to bring, where it is held and until when."""

    role: Role
    alliance_id: UUID | None = None
    operating_entity_id: UUID | None = None
    purpose: Purpose | None = None
    ends_at: datetime | None = None


@transaction.atomic
def invite_person(
    *,
    actor: Actor,
    organisation_id: UUID,
    email: str,
    roles: Sequence[RoleAsked] = (),
    title: str = "",
    language: Language = Language.CHINESE,
) -> Invitation:
    """Invite somebody to a seat at an organisation, with roles that the one who invites may give."""
    organisation = get_visible(Organisation, organisation_id, actor=actor)
    require(actor, OPEN_SEAT, organisation)
    address = email.strip().lower()
    _check(actor, organisation, address, roles, title)
    now = actor.clock.now()
    if actor.seat_id is None:
        raise NotAllowed("Only a person in a seat invites others.")
    recent = Invitation.objects.filter(invited_by_id=actor.seat_id, created_at__gt=now - timedelta(days=1))
    if recent.count() >= A_DAY_AT_MOST:
        raise TooManyRequests(f"A seat makes at most {A_DAY_AT_MOST} invitations a day.", retry_after=3600)
    key = secrets.token_urlsafe(32)
    taken = Conflict("This address is invited to this organisation already: send that invitation again or withdraw it.")
    with told_as({"invitation_one_open_per_address": taken}):
        invitation = Invitation.objects.create(
            organisation=organisation,
            email=address,
            title=title.strip(),
            language=language,
            key_hash=hash_of_key(key),
            invited_by_id=actor.seat_id,
            created_at=now,
            sent_at=now,
            expires_at=now + VALID_FOR,
        )
    for asked in roles:
        InvitedRole.objects.create(
            invitation=invitation,
            role=asked.role,
            alliance_id=asked.alliance_id,
            operating_entity_id=asked.operating_entity_id,
            purpose=asked.purpose or "",
            ends_at=asked.ends_at,
        )
    record_event(
        "invitation.made",
        actor=actor,
        subject=invitation,
        changes={"email": (None, address), "roles": (None, [asked.role for asked in roles])},
    )
    _send(invitation, key, actor)
    return invitation


@transaction.atomic
def withdraw_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """Withdraw an invitation that was not accepted; its link leads nowhere from now on."""
    invitation = get_visible(Invitation, invitation_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_INVITATION, invitation)
    invitation.state = INVITATION_LIFECYCLE.after("withdraw", current=InvitationState(invitation.state))
    invitation.finished_at = actor.clock.now()
    invitation.save(update_fields=["state", "finished_at"])
    record_event("invitation.withdrawn", actor=actor, subject=invitation)
    return invitation


@transaction.atomic
def resend_invitation(*, actor: Actor, invitation_id: UUID) -> Invitation:
    """Send an invitation again, with a new link and a new term; the old link leads nowhere."""
    invitation = get_visible(Invitation, invitation_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_INVITATION, invitation)
    INVITATION_LIFECYCLE.after("send again", current=InvitationState(invitation.state))
    now = actor.clock.now()
    if invitation.times_sent >= SENT_AT_MOST:
        raise Conflict(f"This was sent {SENT_AT_MOST} times: withdraw it and check the address.")
    if (wait := invitation.sent_at + SENT_EVERY - now) > timedelta(0):
        seconds = round(wait.total_seconds())
        raise TooManyRequests(f"Send it again in {seconds} seconds at the earliest.", retry_after=seconds)
    key = secrets.token_urlsafe(32)
    invitation.key_hash = hash_of_key(key)
    invitation.times_sent += 1
    invitation.sent_at, invitation.expires_at = now, now + VALID_FOR
    invitation.save(update_fields=["key_hash", "times_sent", "sent_at", "expires_at"])
    record_event("invitation.sent_again", actor=actor, subject=invitation)
    _send(invitation, key, actor)
    return invitation


def find_invitation(*, actor: Actor, key: str, for_change: bool = False) -> Invitation:
    """Return the open invitation whose link somebody follows; the key is the right to see it."""
    rows = Invitation.objects.filter(
        key_hash=hash_of_key(key), state=InvitationState.OPEN, expires_at__gt=actor.clock.now()
    )
    if for_change:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("organisation", "invited_by__user").order_by("pk").first()
    if found is None:
        raise NotFound("This invitation was withdrawn, used or has run out: ask for a new one.")
    return found


@transaction.atomic
def accept_invitation(
    *,
    actor: Actor,
    key: str,
    user: User | None = None,
    name: str = "",
    password: str = "",
    language: Language | None = None,
) -> Invitation:
    """Take up the seat of an invitation, as the user who is signed in or as a new one.

    The roles are given in the name of whoever invited, if they may still give them at this moment.
    """
    invitation = find_invitation(actor=actor, key=key, for_change=True)
    inviter = _inviter(invitation, actor)
    organisation = invitation.organisation
    desk = Actor.system(RECEPTION, clock=actor.clock, request_id=actor.request_id)
    person = _person(invitation, user, desk, name=name, password=password, language=language)
    seat = Seat.objects.filter(user=person, organisation=organisation, ended_at=None).first()
    if seat is None:
        seat = open_seat(
            actor=desk,
            user_id=person.pk,
            organisation_id=organisation.pk,
            title=invitation.title,
            in_name_of=inviter,
        )
    for row in invitation.roles.order_by("pk"):
        held = seat.role_assignments.filter(
            role=row.role,
            alliance=row.alliance,
            operating_entity=row.operating_entity,
            purpose=row.purpose,
            ends_at=None,
        )
        if held.exists():
            continue
        try:
            assign_role(
                actor=inviter,
                seat_id=seat.pk,
                role=Role(row.role),
                alliance_id=row.alliance_id,
                operating_entity_id=row.operating_entity_id,
                purpose=Purpose(row.purpose) if row.purpose else None,
                ends_at=row.ends_at,
                reason="invitation",
            )
        except (NotAllowed, NotFound) as refusal:
            _void(refusal)
    invitation.state = INVITATION_LIFECYCLE.after("accept", current=InvitationState(invitation.state))
    invitation.finished_at = actor.clock.now()
    invitation.seat = seat
    invitation.save(update_fields=["state", "finished_at", "seat"])
    record_event("invitation.accepted", actor=desk, subject=invitation, changes={"seat": (None, seat.pk)})
    return invitation


def hash_of_key(key: str) -> str:
    """Return the hash by which an invitation's key is known; the key is 256 random bits."""
    return hashlib.sha256(f"invitation:{key}".encode()).hexdigest()


def _check(actor: Actor, organisation: Organisation, address: str, roles: Sequence[RoleAsked], title: str) -> None:
    checks = Checks()
    checks.text("email", address, longest=254)
    checks.text("title", title, needed=False, longest=120)
    if not checks.errors:
        try:
            validate_email(address)
        except ValidationError:
            checks.wrong("email", "bad_email", "This is not an e-mail address such as wang@example.com.")
    for index, asked in enumerate(roles):
        if (asked.role is Role.FINANCE) is not (asked.purpose is not None):
            checks.wrong(f"roles/{index}/purpose", "purpose", "Finance is held for one purpose; other roles have none.")
        if asked.ends_at is not None and asked.ends_at <= actor.clock.now():
            checks.wrong(f"roles/{index}/ends_at", "order", "The role must end in the future.")
    if len(roles) > ROLES_AT_MOST:
        checks.wrong("roles", "too_many", f"An invitation brings at most {ROLES_AT_MOST} roles.")
    if len({(row.role, row.alliance_id, row.operating_entity_id, row.purpose) for row in roles}) < len(roles):
        checks.wrong("roles", "twice", "A role stands there twice.")
    checks.refuse()
    for asked in roles:
        require_assigning(
            actor, Seat(organisation=organisation), asked.role, asked.alliance_id, asked.operating_entity_id
        )


def _send(invitation: Invitation, key: str, actor: Actor) -> None:
    until = timezone.localtime(invitation.expires_at)
    send_message(
        actor=actor,
        kind=INVITATION,
        address=invitation.email,
        language=Language(invitation.language),
        values={
            "organisation": str(invitation.organisation),
            "inviter": invitation.invited_by.user.name,
            "until": f"{until:%Y-%m-%d %H:%M} ({settings.TIME_ZONE})",
            "link": f"{settings.PUBLIC_URL}/sign-in/invitation/{key}",
        },
    )


def _inviter(invitation: Invitation, actor: Actor) -> Actor:
    try:
        inviter = actor_in_seat(invitation.invited_by_id, clock=actor.clock, request_id=actor.request_id)
        require(inviter, OPEN_SEAT, invitation.organisation)
    except (NotAllowed, NotFound) as refusal:
        _void(refusal)
    return inviter


def _void(refusal: Problem) -> NoReturn:
    raise Conflict("Whoever invited you may no longer do so: ask for a new invitation.") from refusal


def _person(
    invitation: Invitation, user: User | None, desk: Actor, *, name: str, password: str, language: Language | None
) -> User:
    """Return whom an invitation is for: the one who is signed in, or a new user whose address the link has proved."""
    if user is not None:
        if user.email != invitation.email:
            raise NotAllowed(f"This invitation is for {invitation.email}, and you are signed in as {user.email}.")
        return user
    if User.objects.filter(email=invitation.email).exists():
        raise SignInNeeded("There is an account for this address: sign in, then follow the link again.")
    try:
        validate_password(password, User(email=invitation.email, name=name))
    except ValidationError as problem:
        raise invalid("/password", "weak_password", " ".join(problem.messages)) from problem
    made = register_user(actor=desk, email=invitation.email, name=name, password=password)
    made.language = language or Language(invitation.language)
    made.save(update_fields=["language"])
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made
