"""Signing what members agree to: by a seat with authority, or on paper."""

from datetime import date
from uuid import UUID

from django.db import transaction

from members.charter.models import BindingAct, CharterSignature, CharterVersion, SigningWay, VersionState
from members.charter.policies import RECORD_SIGNATURE, SIGN_CHARTER, authorities_in_force
from members.charter.selectors import MAY_SIGN, get_charter_version, version_in_force
from members.memberships.models import Membership
from members.memberships.moving import paper_of
from members.memberships.selectors import get_membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.identity.models import User
from platform_core.problems import Conflict, NotFound, Problem, WrongState, invalid
from platform_core.realtime.services import announce


@transaction.atomic
def sign_charter(*, actor: Actor, version_id: UUID, membership_id: UUID, content_sha256: str) -> CharterSignature:
    """Sign a version for one's organisation, by a recorded authority; the hash says which text was read."""
    version, membership, day = _both(actor, version_id, membership_id)
    require(actor, SIGN_CHARTER, membership)
    _check_open(version, membership, day)
    if content_sha256 != version.content_sha256:
        raise invalid("/content_sha256", "differs", "This is not the text of the version: read it again, then sign.")
    authority = authorities_in_force(actor, BindingAct.CHARTER).filter(membership=membership).order_by("pk").first()
    if authority is None:
        raise NotFound("The authority ended meanwhile.")
    return _save(
        actor,
        CharterSignature(
            version=version,
            membership=membership,
            way=SigningWay.SEAT,
            signatory_name=User.objects.get(pk=actor.person_id).name,
            signatory_title=authority.title,
            signed_on=day,
            seat_id=actor.seat_id,
            authority=authority,
            letter=authority.letter,
        ),
    )


@transaction.atomic
def record_paper_signature(
    *,
    actor: Actor,
    version_id: UUID,
    membership_id: UUID,
    signatory_name: str,
    signatory_title: str,
    signed_on: date,
    letter_id: UUID,
    scan_id: UUID,
) -> CharterSignature:
    """Record a signature given on paper, with the letter of authority and the scan of the sealed page on file."""
    version, membership, day = _both(actor, version_id, membership_id)
    require(actor, RECORD_SIGNATURE, membership)
    _check_open(version, membership, day)
    checks = Checks()
    checks.text("signatory_name", signatory_name, longest=120)
    checks.text("signatory_title", signatory_title, longest=120)
    if signed_on > day:
        checks.wrong("signed_on", "future", "A signature is recorded once it was given.")
    checks.refuse()
    return _save(
        actor,
        CharterSignature(
            version=version,
            membership=membership,
            way=SigningWay.PAPER,
            signatory_name=signatory_name.strip(),
            signatory_title=signatory_title.strip(),
            signed_on=signed_on,
            letter=paper_of(actor, membership, letter_id),
            scan=paper_of(actor, membership, scan_id),
        ),
    )


def _both(actor: Actor, version_id: UUID, membership_id: UUID) -> tuple[CharterVersion, Membership, date]:
    version = get_charter_version(version_id, actor=actor)
    membership = get_membership(membership_id, actor=actor, for_change=True)
    if membership.alliance_id != version.charter.alliance_id:
        raise NotFound("The alliance of this membership has no such document.")
    return version, membership, today(actor.clock, membership.alliance.zone)


def _check_open(version: CharterVersion, membership: Membership, day: date) -> None:
    if version.state != VersionState.PUBLISHED:
        raise WrongState("Only a published version is signed.")
    if membership.state not in MAY_SIGN:
        raise WrongState("Only a member, or who applies to be one, signs.")
    now = version_in_force(version.charter_id, day)
    if now is not None and now.number > version.number:
        raise WrongState(f"Version {now.number} is in force by now: sign that one.")


def _save(actor: Actor, signature: CharterSignature) -> CharterSignature:
    signature.recorded_at = actor.clock.now()
    signature.recorded_by_id = actor.user_id
    with told_as(_PROBLEMS):
        signature.save(force_insert=True)
    record_event(
        "charter_signature.given",
        actor=actor,
        subject=signature,
        changes={
            "version": (None, signature.version),
            "content_sha256": (None, signature.version.content_sha256),
            "signatory": (None, f"{signature.signatory_name}, {signature.signatory_title}"),
            "letter": (None, signature.letter.sha256 if signature.letter else None),
        },
    )
    announce(signature.version, signature.membership, part=signature)
    return signature


_PROBLEMS: dict[str, Problem] = {
    "chartersignature_once": Conflict("This member has signed this version already."),
}
