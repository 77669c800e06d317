"""People, organisations, memberships, and what people leave behind."""

from datetime import timedelta

from members.memberships.models import Membership, MembershipState, StepKind
from platform_core.access.log import log_access
from platform_core.audit.services import record_event
from platform_core.home.models import HomeVisit
from platform_core.identity.roles import Role
from platform_core.lists.models import SavedView
from platform_core.notices.models import Notice
from platform_core.webhooks.models import WebhookDelivery
from tests.api.leaks.additions.places import WORD, Elsewhere, month, number
from tests.factories.access import make_staff_session
from tests.factories.charter import (
    make_authority,
    make_charter,
    make_signature,
    make_signature_reminder,
    make_version,
)
from tests.factories.conflicts import make_affiliation, make_declared_tie, make_undertaking
from tests.factories.core import (
    NOON,
    actor_of_seat,
    give_role,
    make_alliance,
    make_entity,
    make_job,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.documents import make_document
from tests.factories.grants import make_grant
from tests.factories.memberships import make_membership, make_step
from tests.factories.messaging import make_message
from tests.factories.patents import make_patent
from tests.factories.signatures import make_signature_check
from tests.factories.signin import make_invitation, make_lock, make_session, make_token
from tests.factories.webhooks import make_webhook


def add_person(at: Elsewhere) -> None:
    seat = make_seat(make_user(name=f"{WORD} Li"), at.company)
    give_role(seat, Role.MEMBER_STAFF)


def add_traces(at: Elsewhere) -> None:
    """What people leave behind: sign-ins, tokens, messages, jobs, notices, views, webhooks, readings."""
    seat = at.seat
    actor = actor_of_seat(seat)
    make_session(seat.user)
    make_lock(make_user())
    make_token(seat)
    make_message(seat.user)
    make_job(actor)
    Notice.objects.create(
        seat=seat, kind="alliance.edited", subject_type="identity.alliance", subject_id=at.alliance.pk, at=NOON
    )
    HomeVisit.objects.create(seat=make_seat(organisation=at.company), seen_at=NOON)
    SavedView.objects.create(
        user=seat.user, page="patents", name=f"{WORD} {number()}", query="order=code", created_at=NOON
    )
    webhook = make_webhook(seat)
    WebhookDelivery.objects.create(
        webhook=webhook, event="pool.opened", topic="pool:x", at=NOON, created_at=NOON, next_attempt_at=NOON
    )
    log_access("organisation.viewed", actor=actor, subject=seat.organisation)


def add_event(at: Elsewhere) -> None:
    record_event("seat.opened", actor=actor_of_seat(at.seat), subject=at.seat)


def add_invitation(at: Elsewhere) -> None:
    make_invitation(at.seat)


def add_ties(at: Elsewhere) -> None:
    make_affiliation(make_organisation(), make_organisation())
    make_declared_tie(at.seat.user, make_organisation())
    make_undertaking(at.seat.user, at.alliance)


def add_paper(at: Elsewhere) -> None:
    make_signature_check(make_document(at.company, WORD))


def add_organisation(at: Elsewhere) -> None:
    make_organisation(f"{WORD} {number()}")


def add_applicant(at: Elsewhere) -> None:
    applicant = make_organisation(f"{WORD} {number()}")
    membership = make_membership(at.alliance, applicant, "", state=MembershipState.APPLIED)
    make_step(membership, StepKind.APPLICATION, MembershipState.APPLIED)


def add_charter(at: Elsewhere) -> None:
    version = make_version(make_charter(at.alliance, f"{WORD} {number()}"))
    member = Membership.objects.filter(alliance=at.alliance, organisation=at.company)[0]
    make_signature(version, member, make_authority(at.seat, member))
    make_signature_reminder(version, member)


def add_draft(at: Elsewhere) -> None:
    version = make_version(make_charter(at.alliance, f"{WORD} {number()}"), 1, published=False)
    assert version.pk


def add_session_of_staff(at: Elsewhere) -> None:
    starts_at = NOON + timedelta(days=number())
    make_staff_session(at.office, at.alliance, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def add_grant(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company)
    make_grant(patent, make_seat(), "patent.read", by=at.office)


def add_alliance(at: Elsewhere) -> None:
    alliance = make_alliance(f"zephyr-{number()}", name_zh=WORD)
    make_entity(alliance)


def add_ties_within(at: Elsewhere) -> None:
    make_affiliation(at.company, at.licensee, starts_on=month(), ends_on=month())
    make_declared_tie(at.seat.user, at.licensee, starts_on=month(), ends_on=month())
    make_undertaking(at.seat.user, at.alliance)


def add_member_within(at: Elsewhere) -> None:
    membership = make_membership(at.alliance, make_organisation(f"{WORD} {number()}"), f"{number()}")
    make_step(membership, StepKind.ADMISSION, MembershipState.ADMITTED)


def add_session_within(at: Elsewhere) -> None:
    starts_at = NOON + timedelta(days=number())
    make_staff_session(at.office, at.alliance, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def add_grant_within(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company)
    make_grant(patent, at.seat, "patent.read", by=at.office)
