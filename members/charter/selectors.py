"""Finding charters, their versions and signatures, and who is in good standing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from members.charter.models import (
    Charter,
    CharterSignature,
    CharterVersion,
    SeatAuthority,
    SignatureReminder,
    VersionState,
)
from members.charter.policies import READ_GOOD_STANDING
from members.memberships.models import APPLYING, MEMBER_STATES, Membership, MembershipState
from members.memberships.selectors import memberships, standing_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.identity.models import Alliance

MAY_SIGN = (*APPLYING, MembershipState.ADMITTED.value, MembershipState.SUSPENDED.value)
"""States of memberships that still sign."""


def charters(*, actor: Actor) -> VisibleQuerySet[Charter]:
    """List the charters the actor may read."""
    return Charter.objects.visible_to(actor)


def charter_versions(*, actor: Actor) -> VisibleQuerySet[CharterVersion]:
    """List the versions of charters the actor may read."""
    return CharterVersion.objects.visible_to(actor).select_related("charter__alliance")


def charter_signatures(*, actor: Actor) -> VisibleQuerySet[CharterSignature]:
    """List the signatures the actor may know of."""
    return CharterSignature.objects.visible_to(actor).select_related("membership__organisation", "version__charter")


def seat_authorities(*, actor: Actor) -> VisibleQuerySet[SeatAuthority]:
    """List the recorded authorities of seats the actor may see."""
    return SeatAuthority.objects.visible_to(actor).select_related("seat__user", "membership__organisation")


def signature_reminders(*, actor: Actor) -> VisibleQuerySet[SignatureReminder]:
    """List the reminders to sign that the actor may know of."""
    return SignatureReminder.objects.visible_to(actor)


def get_charter(charter_id: UUID, *, actor: Actor, for_change: bool = False) -> Charter:
    """Return one charter the actor may read, locked if it is to be changed."""
    return get_visible(Charter, charter_id, actor=actor, for_change=for_change)


def get_charter_version(version_id: UUID, *, actor: Actor, for_change: bool = False) -> CharterVersion:
    """Return one version the actor may read, locked if it is to be changed."""
    return get_visible(CharterVersion, version_id, actor=actor, for_change=for_change)


def version_in_force(charter_id: UUID, day: date) -> CharterVersion | None:
    """Return the version of a charter that is in force on a day."""
    return (
        CharterVersion.objects.filter(charter=charter_id, state=VersionState.PUBLISHED, effective_on__lte=day)
        .order_by("-effective_on")
        .first()
    )


def members_on(alliance_id: UUID, day: date, *, actor: Actor) -> VisibleQuerySet[Membership]:
    """Return the members of an alliance on a day that the actor may see."""
    return memberships(actor=actor).filter(
        Q(enters_on=None) | Q(enters_on__lte=day),
        Q(leaves_on=None) | Q(leaves_on__gt=day),
        alliance=alliance_id,
        state__in=MEMBER_STATES,
    )


def missing_signatures(version: CharterVersion, *, actor: Actor) -> VisibleQuerySet[Membership]:
    """Return today's members that have not signed a version, as far as the actor may see them."""
    day = today(actor.clock, version.charter.alliance.zone)
    signed = CharterSignature.objects.filter(version=version).order_by().values("membership")
    return members_on(version.charter.alliance_id, day, actor=actor).exclude(pk__in=signed)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a member is in good standing today, and what it lacks."""

    membership: Membership
    suspended: bool
    unsigned: list[CharterVersion] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether it lacks nothing."""
        return not self.suspended and not self.unsigned


def good_standing(alliance: Alliance, *, actor: Actor) -> list[Standing]:
    """Say of each of today's members whether it is in good standing: not suspended, and bound by what is in force.

    A version asks for signatures from the day by which it was to be signed.
    """
    require(actor, READ_GOOD_STANDING, alliance)
    day = today(actor.clock, alliance.zone)
    asked = _asked_for(alliance.pk, day)
    pairs = CharterSignature.objects.filter(version__in=asked).values_list("version", "membership")
    signed = set(pairs)
    return [
        Standing(
            membership,
            suspended=standing_of(membership, actor=actor) == MembershipState.SUSPENDED,
            unsigned=[version for version in asked if (version.pk, membership.pk) not in signed],
        )
        for membership in members_on(alliance.pk, day, actor=actor).order_by("code")
    ]


def _asked_for(alliance_id: UUID, day: date) -> Sequence[CharterVersion]:
    """The version of each charter that is in force, once the day by which it was to be signed has come."""
    published = CharterVersion.objects.filter(
        charter__alliance=alliance_id, state=VersionState.PUBLISHED, effective_on__lte=day
    ).order_by("charter", "effective_on")
    latest = {version.charter_id: version for version in published.select_related("charter")}
    return [version for version in latest.values() if version.sign_by_on is not None and version.sign_by_on <= day]
