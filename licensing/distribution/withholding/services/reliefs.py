"""Members' proofs of residence, for which a treaty lowers the tax."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from licensing.billing.selectors import tax_identity_on
from licensing.distribution.withholding.lifecycle import (
    RELIEF_LIFECYCLE,
    ReliefState,
)
from licensing.distribution.withholding.models import TreatyRelief
from licensing.distribution.withholding.policies import (
    CONFIRM_TREATY_RELIEF,
    ENTER_TREATY_RELIEF,
    WITHDRAW_TREATY_RELIEF,
    WITHHOLDING_DECISION,
)
from licensing.distribution.withholding.selectors import (
    get_treaty_relief,
)
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks
from platform_core.clock import today
from platform_core.documents.models import Document
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.problems import Conflict
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTreatyRelief:
    """A member's certificate of residence, and how long it holds."""

    membership_id: UUID
    country: str
    from_on: date
    until_on: date
    certificate: str


@transaction.atomic
def enter_treaty_relief(*, actor: Actor, operating_entity_id: UUID, relief: NewTreatyRelief) -> TreatyRelief:
    """Enter a member's certificate of residence; the treaty's rate holds for it once another person confirmed it."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, ENTER_TREATY_RELIEF, entity)
    membership = get_visible(Membership, relief.membership_id, actor=actor)
    require_two_people(WITHHOLDING_DECISION, Place.of(entity), clock=actor.clock)
    checks = Checks()
    if membership.alliance_id != entity.alliance_id:
        checks.wrong("membership_id", "other_alliance", "Choose a member of this alliance.")
    checks.country("country", relief.country)
    # As finance noted it, not as the member says of itself.
    identity = tax_identity_on(entity.pk, membership.organisation_id, today(actor.clock, entity.alliance.zone))
    if identity is None:
        checks.wrong("membership_id", "no_tax_identity", "Note first who the member is to the tax office.")
    elif identity.country != relief.country:
        checks.wrong("country", "other_country", "The member has its seat in another country.")
    checks.text("certificate", relief.certificate, longest=100)
    if relief.until_on < relief.from_on:
        checks.wrong("until_on", "before_start", "The last day is not before the first.")
    checks.refuse()
    made = TreatyRelief.objects.create(
        operating_entity=entity,
        membership=membership,
        country=relief.country,
        from_on=relief.from_on,
        until_on=relief.until_on,
        certificate=relief.certificate.strip(),
        entered_at=actor.clock.now(),
        entered_by_id=actor.person_id,
    )
    record_event(
        "treaty_relief.entered",
        actor=actor,
        subject=made,
        changes={name: (None, getattr(made, name)) for name in ("country", "from_on", "until_on", "certificate")},
    )
    announce(made)
    return made


@transaction.atomic
def confirm_treaty_relief(*, actor: Actor, relief_id: UUID) -> TreatyRelief:
    """Confirm a member's residence by its certificate, whose file hangs on it; releases from then on go by it."""
    relief = get_treaty_relief(relief_id, actor=actor, for_change=True)
    require(actor, CONFIRM_TREATY_RELIEF, relief)
    before = ReliefState(relief.state)
    relief.state = RELIEF_LIFECYCLE.after("confirm", current=before)
    require_second_person(
        WITHHOLDING_DECISION, actor=actor, beside=[relief.entered_by_id], place=Place.of(relief.operating_entity)
    )
    papers = Document.objects.filter(subject_type=TreatyRelief._meta.label_lower, subject_id=relief.pk)
    if not papers.exists():
        raise Conflict("Attach the certificate of residence first.")
    relief.confirmed_at, relief.confirmed_by_id = actor.clock.now(), actor.person_id
    relief.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record_event(
        "treaty_relief.confirmed", actor=actor, subject=relief, changes={"state": (before, ReliefState.CONFIRMED)}
    )
    announce(relief)
    return relief


@transaction.atomic
def withdraw_treaty_relief(*, actor: Actor, relief_id: UUID, reason: str) -> TreatyRelief:
    """Have later releases go by the rate of the law again, and say why; what was released stays as it is."""
    relief = get_treaty_relief(relief_id, actor=actor, for_change=True)
    require(actor, WITHDRAW_TREATY_RELIEF, relief)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before = ReliefState(relief.state)
    relief.state = RELIEF_LIFECYCLE.after("withdraw", current=before)
    relief.withdrawn_at, relief.withdrawn_by_id = actor.clock.now(), actor.person_id
    relief.reason = reason.strip()
    relief.save(update_fields=["state", "withdrawn_at", "withdrawn_by", "reason"])
    record_event(
        "treaty_relief.withdrawn",
        actor=actor,
        subject=relief,
        changes={"state": (before, ReliefState.WITHDRAWN), "reason": (None, relief.reason)},
    )
    announce(relief)
    return relief
