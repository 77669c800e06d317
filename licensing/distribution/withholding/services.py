"""Withholding tax from members abroad, and paying it on: rules, proofs of residence, remittances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from licensing.billing.selectors import tax_identity_on
from licensing.close.models import PayeeKind
from licensing.distribution.kinds import WITHHELD_TAX
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.withholding.calculation import tax_on
from licensing.distribution.withholding.lifecycle import (
    RELIEF_LIFECYCLE,
    REMITTANCE_LIFECYCLE,
    ReliefState,
    RemittanceState,
)
from licensing.distribution.withholding.models import TaxRemittance, TreatyRelief, Withholding, WithholdingRule
from licensing.distribution.withholding.policies import (
    CANCEL_TAX_REMITTANCE,
    CONFIRM_TAX_REMITTANCE,
    CONFIRM_TREATY_RELIEF,
    ENTER_TREATY_RELIEF,
    NOTE_TAX_RECEIPT,
    PREPARE_TAX_REMITTANCE,
    SET_WITHHOLDING_RULE,
    WITHDRAW_TREATY_RELIEF,
    WITHHOLDING_DECISION,
)
from licensing.distribution.withholding.selectors import (
    get_tax_remittance,
    get_treaty_relief,
    relief_on,
    set_off_against,
    still_to_remit,
    withholding_rule_on,
    withholding_rules_on,
)
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.codes import CURRENCY_EXPONENTS
from platform_core.documents.models import Document
from platform_core.identity.models import OperatingEntity
from platform_core.identity.role_plan import Place, require_second_person, require_two_people
from platform_core.identity.roles import Purpose
from platform_core.ledger.models import Account
from platform_core.ledger.services import open_account
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWithholdingRule:
    """The tax withheld from members of a country from a day on, by law and by treaty."""

    country: str
    from_on: date
    percent: Decimal
    basis: str
    until_on: date | None = None
    treaty_percent: Decimal | None = None
    treaty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTreatyRelief:
    """A member's certificate of residence, and how long it holds."""

    membership_id: UUID
    country: str
    from_on: date
    until_on: date
    certificate: str


@transaction.atomic
def set_withholding_rule(*, actor: Actor, operating_entity_id: UUID, rule: NewWithholdingRule) -> WithholdingRule:
    """Set the tax withheld from members of a country from a day on; shares released before keep what they had."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SET_WITHHOLDING_RULE, entity)
    checks = Checks()
    checks.country("country", rule.country)
    if rule.country == entity.organisation.country:
        checks.wrong("country", "own_country", "Tax is withheld from members abroad: this is the entity's own country.")
    checks.text("basis", rule.basis, longest=300)
    checks.text("treaty", rule.treaty, needed=rule.treaty_percent is not None, longest=300)
    if not 0 <= rule.percent < 100:
        checks.wrong("percent", "bad_percent", "Write a rate from 0 to below 100 per cent.")
    if rule.treaty_percent is None and rule.treaty.strip():
        checks.wrong("treaty_percent", "required", "Write the rate of the treaty.")
    if rule.treaty_percent is not None and not 0 <= rule.treaty_percent <= rule.percent:
        checks.wrong("treaty_percent", "bad_percent", "A treaty lowers the rate of the law: write no more than that.")
    if rule.until_on is not None and rule.until_on < rule.from_on:
        checks.wrong("until_on", "before_start", "The last day is not before the first.")
    if rule.from_on < today(actor.clock, entity.alliance.zone):
        checks.wrong("from_on", "in_the_past", "What was released before keeps its terms: choose today or a later day.")
    checks.refuse()
    with told_as(_PROBLEMS):
        made = WithholdingRule.objects.create(
            operating_entity=entity,
            country=rule.country,
            from_on=rule.from_on,
            until_on=rule.until_on,
            percent=rule.percent,
            treaty_percent=rule.treaty_percent,
            treaty=rule.treaty.strip(),
            basis=rule.basis.strip(),
        )
    fields = ("country", "from_on", "until_on", "percent", "treaty_percent", "treaty", "basis")
    record_event(
        "withholding_rule.set",
        actor=actor,
        subject=made,
        changes={name: (None, getattr(made, name)) for name in fields if getattr(made, name) not in (None, "")},
    )
    announce(made)
    return made


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


def work_out_withholdings(
    *, run: DistributionRun, items: Iterable[DistributionItem], on: date
) -> dict[UUID, Withholding]:
    """Work out, within a release, the tax withheld of what it gives members abroad, by the rules of its day; by item.

    Tax is on what is paid: what a share only pays back is taken off first. Nothing is kept yet. A member's country is
    that of its tax identity, which finance notes: raises Conflict where tax is withheld and a member has none.
    """
    entity = run.programme.operating_entity
    is_withheld = withholding_rules_on(entity.pk, on).exists()
    unknown: list[str] = []
    found: dict[UUID, Withholding] = {}
    earlier: dict[UUID, list[int]] = defaultdict(list)
    for item in items:
        if item.kind != PayeeKind.MEMBER or item.membership is None:
            continue
        organisation = item.membership.organisation
        before = earlier[organisation.pk]
        identity = tax_identity_on(entity.pk, organisation.pk, on) if is_withheld and item.amount_minor > 0 else None
        if is_withheld and item.amount_minor > 0 and identity is None:
            unknown.append(item.membership.code)
        if identity is not None and (rule := withholding_rule_on(entity.pk, identity.country, on)) is not None:
            relief = None
            if rule.treaty_percent is not None:
                relief = relief_on(item.membership, entity.pk, identity.country, on)
            percent = rule.percent if relief is None or rule.treaty_percent is None else rule.treaty_percent
            set_off = min(item.amount_minor, set_off_against(item, run, before))
            base = item.amount_minor - set_off
            found[item.pk] = Withholding(
                item=item,
                membership=item.membership,
                rule=rule,
                relief=relief,
                on=on,
                country=identity.country,
                gross_minor=item.amount_minor,
                set_off_minor=set_off,
                base_minor=base,
                percent=percent,
                tax_minor=tax_on(base, percent),
            )
        before.append(item.amount_minor)
    if unknown:
        raise Conflict(
            f"Tax is withheld from members abroad, and where these members pay theirs is not noted: "
            f"{', '.join(unknown)}. Note who they are to the tax office first."
        )
    return found


def withheld_tax_account(*, actor: Actor, entity: OperatingEntity, currency: str) -> Account:
    """Return where the books keep what is owed to the tax office, opened if need be."""
    return open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=entity.organisation_id,
        kind=WITHHELD_TAX.code,
        purpose=Purpose.ROYALTIES,
        currency=currency,
    )


@transaction.atomic
def prepare_tax_remittance(
    *, actor: Actor, operating_entity_id: UUID, currency: str, through_on: date, reference: str
) -> TaxRemittance:
    """Put together what was withheld by a day and not paid on, as it is declared; a second person confirms it."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, PREPARE_TAX_REMITTANCE, entity)
    require_two_people(WITHHOLDING_DECISION, Place.of(entity), clock=actor.clock)
    checks = Checks()
    checks.text("reference", reference, longest=100)
    if currency not in CURRENCY_EXPONENTS:
        checks.wrong("currency", "unknown", "This is no currency: write a code such as CNY, USD or EUR.")
    if through_on > today(actor.clock, entity.alliance.zone):
        checks.wrong(
            "through_on", "in_the_future", "Nobody pays on what is withheld later: choose today or an earlier day."
        )
    checks.refuse()
    rows = list(
        still_to_remit(entity.pk, currency, through=through_on, actor=actor)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
    if not rows:
        raise invalid("/through_on", "nothing", "No tax was withheld by that day that is not in a remittance already.")
    with told_as(_PROBLEMS):
        made = TaxRemittance.objects.create(
            operating_entity=entity,
            currency=currency,
            through_on=through_on,
            amount_minor=sum(row.tax_minor for row in rows),
            reference=reference.strip(),
            prepared_at=actor.clock.now(),
            prepared_by_id=actor.person_id,
        )
    Withholding.objects.filter(pk__in=[row.pk for row in rows]).update(remittance=made)
    record_event(
        "tax_remittance.prepared",
        actor=actor,
        subject=made,
        changes={
            "amount_minor": (None, made.amount_minor),
            "through_on": (None, through_on),
            "rows": (None, len(rows)),
        },
    )
    announce(made)
    return made


@transaction.atomic
def confirm_tax_remittance(*, actor: Actor, remittance_id: UUID) -> TaxRemittance:
    """Confirm as a second person what is paid to the tax office; a line of the bank then says that it was."""
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, CONFIRM_TAX_REMITTANCE, remittance)
    before = RemittanceState(remittance.state)
    remittance.state = REMITTANCE_LIFECYCLE.after("confirm", current=before)
    require_second_person(
        WITHHOLDING_DECISION,
        actor=actor,
        beside=[remittance.prepared_by_id],
        place=Place.of(remittance.operating_entity),
    )
    told = Withholding.objects.filter(remittance=remittance).aggregate(sum=Sum("tax_minor"))["sum"]
    if told != remittance.amount_minor:
        raise Conflict("What was withheld does not come to this remittance: cancel it, and prepare another one.")
    remittance.confirmed_at, remittance.confirmed_by_id = actor.clock.now(), actor.person_id
    remittance.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    record_event(
        "tax_remittance.confirmed", actor=actor, subject=remittance, changes={"state": (before, remittance.state)}
    )
    announce(remittance)
    return remittance


@transaction.atomic
def cancel_tax_remittance(*, actor: Actor, remittance_id: UUID, reason: str) -> TaxRemittance:
    """Give up a remittance that was not paid, and say why; what is in it may go into another one.

    Once it is confirmed, the tax office may have been told: only somebody independent of both people gives it up.
    """
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, CANCEL_TAX_REMITTANCE, remittance)
    checks = Checks()
    checks.text("reason", reason, longest=500)
    checks.refuse()
    before = RemittanceState(remittance.state)
    remittance.state = REMITTANCE_LIFECYCLE.after("cancel", current=before)
    if before == RemittanceState.CONFIRMED and remittance.confirmed_by_id is not None:
        require_second_person(
            WITHHOLDING_DECISION,
            actor=actor,
            beside=[remittance.prepared_by_id, remittance.confirmed_by_id],
            place=Place.of(remittance.operating_entity),
        )
    remittance.reason = reason.strip()
    Withholding.objects.filter(remittance=remittance).update(remittance=None)
    remittance.save(update_fields=["state", "reason"])
    record_event(
        "tax_remittance.cancelled",
        actor=actor,
        subject=remittance,
        changes={"state": (before, remittance.state), "reason": (None, remittance.reason)},
    )
    announce(remittance)
    return remittance


@transaction.atomic
def note_tax_receipt(*, actor: Actor, remittance_id: UUID, receipt: str) -> TaxRemittance:
    """Note the number of the tax office's certificate of payment; members read it on their own certificates."""
    remittance = get_tax_remittance(remittance_id, actor=actor, for_change=True)
    require(actor, NOTE_TAX_RECEIPT, remittance)
    REMITTANCE_LIFECYCLE.after("note receipt", current=RemittanceState(remittance.state))
    checks = Checks()
    checks.text("receipt", receipt, longest=100)
    checks.refuse()
    if remittance.receipt:
        raise Conflict("The tax office's certificate of this remittance is noted already.")
    remittance.receipt = receipt.strip()
    remittance.save(update_fields=["receipt"])
    record_event(
        "tax_remittance.receipt_noted", actor=actor, subject=remittance, changes={"receipt": (None, remittance.receipt)}
    )
    announce(remittance)
    return remittance


_PROBLEMS: Final[Mapping[str, Problem]] = {
    "withholdingrule_once_from_a_day": Conflict("There is a rule for this country from that day: choose another day."),
    "taxremittance_one_to_confirm": Conflict("A remittance in this currency waits to be confirmed: settle it first."),
}
