"""Reminding members of what they have not signed."""

from collections.abc import Collection, Mapping
from functools import partial
from uuid import UUID

from django.db import transaction

from members.charter.letters import SIGNATURE_REMINDER
from members.charter.models import CharterVersion, SeatAuthority, SignatureReminder, VersionState
from members.charter.policies import REMIND_SIGNERS
from members.charter.selectors import get_charter_version, missing_signatures, signature_reminders, version_in_force
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.audit.services import record_event
from platform_core.clock import today
from platform_core.identity.models import Language
from platform_core.identity.roles import Role
from platform_core.notices.selectors import seats_holding
from platform_core.notices.services import Reminded, remind_each, remind_seats
from platform_core.problems import WrongState
from platform_core.realtime.services import announce


@transaction.atomic
def remind_signers(
    *, actor: Actor, version_id: UUID, membership_ids: Collection[UUID] | None = None, again: bool = False
) -> Reminded[Membership, SignatureReminder]:
    """Remind members that have not signed a version, all of them or some, by notice and message.

    Whoever was reminded within the last day is not reminded again unless `again` says that this is meant.
    """
    version = get_charter_version(version_id, actor=actor, for_change=True)
    require(actor, REMIND_SIGNERS, version)
    _check_asks(version, actor)
    missing = missing_signatures(version, actor=actor).select_related("organisation").order_by("code")
    return remind_each(
        actor=actor,
        missing=list(missing),
        only=membership_ids,
        again=again,
        sent=signature_reminders(actor=actor).filter(version=version),
        about="membership_id",
        code_of=lambda membership: membership.code,
        remind=partial(_remind, actor, version),
    )


def _check_asks(version: CharterVersion, actor: Actor) -> None:
    if version.state != VersionState.PUBLISHED:
        raise WrongState("Only a published version is signed.")
    now = version_in_force(version.charter_id, today(actor.clock, version.charter.alliance.zone))
    if now is not None and now.number > version.number:
        raise WrongState(f"Version {now.number} is in force by now: remind of that one.")


def _remind(actor: Actor, version: CharterVersion, membership: Membership) -> SignatureReminder | None:
    """Tell a member's administrators and whoever may sign for it; None where there is nobody to tell."""

    def words(language: Language) -> Mapping[str, str]:
        charter, organisation = version.charter, membership.organisation
        english = language is Language.ENGLISH
        return {
            "organisation": (organisation.name_en if english else "") or str(organisation),
            "title": (charter.title_en if english else charter.title_zh) or charter.title_zh or charter.title_en,
            "number": str(version.number),
            "sign_by": str(version.sign_by_on),
        }

    signing = SeatAuthority.objects.filter(membership=membership, ends_on=None, acts__contains=["charter"])
    people = remind_seats(
        actor=actor,
        seats=[
            *seats_holding(Role.MEMBER_ADMIN, actor=actor, organisation=membership.organisation_id),
            *signing.values_list("seat", flat=True),
        ],
        notice="charter_version.signer_reminded",
        letter=SIGNATURE_REMINDER,
        subject=version,
        page=f"/charter-versions/{version.pk}",
        words=words,
    )
    if not people:
        return None
    reminder = SignatureReminder.objects.create(
        version=version, membership=membership, sent_at=actor.clock.now(), sent_by_id=actor.user_id, people=people
    )
    record_event(
        "signature_reminder.sent",
        actor=actor,
        subject=reminder,
        changes={"version": (None, version), "membership": (None, membership.code), "people": (None, people)},
    )
    announce(version, part=reminder)
    return reminder
