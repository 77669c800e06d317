"""The tax invoices (发票) that members give for shares: asked for at the release, recorded, accepted, sent back."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.close.models import PayeeKind
from licensing.distribution.calculation import TAX_TOLERANCE_MINOR, tax_within
from licensing.distribution.lifecycle import MEMBER_INVOICE_LIFECYCLE, MemberInvoiceState
from licensing.distribution.models import DistributionItem, DistributionRun, MemberInvoice, MemberInvoiceTerms
from licensing.distribution.policies import (
    DECIDE_MEMBER_INVOICE,
    RECORD_MEMBER_INVOICE,
    SET_MEMBER_INVOICE_TERMS,
)
from licensing.distribution.selectors import get_member_invoice, member_invoice_terms_on
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.audit.services import record_event
from platform_core.checks import Checks, told_as
from platform_core.clock import today
from platform_core.documents.models import Document
from platform_core.documents.selectors import documents
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose, Role
from platform_core.money import format_minor
from platform_core.notices.selectors import seats_by_organisation, seats_holding
from platform_core.notices.services import notify_seats
from platform_core.problems import Conflict, Problem, invalid
from platform_core.realtime.services import announce

YUAN: Final = "CNY"
_DIGITAL: Final = re.compile("[0-9]{20}")
_OLDER: Final = re.compile("[0-9]{8}")
_CODE: Final = re.compile("[0-9]{10}|[0-9]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemberInvoiceTerms:
    """From a day on: whether tax invoices are needed, of which members of which programme, and at which tax."""

    from_on: date
    is_needed: bool
    percent: Decimal = Decimal(0)
    programme_id: UUID | None = None
    membership_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenInvoice:
    """What stands on a tax invoice, in minor units, and the paper itself."""

    number: str
    issued_on: date
    given_minor: int
    tax_minor: int
    document_id: UUID
    code: str = ""


@transaction.atomic
def set_member_invoice_terms(
    *, actor: Actor, operating_entity_id: UUID, terms: NewMemberInvoiceTerms
) -> MemberInvoiceTerms:
    """Set from a day on whether members give tax invoices before they are paid; shares released before keep theirs."""
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, SET_MEMBER_INVOICE_TERMS, entity)
    programme = None if terms.programme_id is None else get_visible(Programme, terms.programme_id, actor=actor)
    membership = None if terms.membership_id is None else get_visible(Membership, terms.membership_id, actor=actor)
    checks = Checks()
    if programme is not None and programme.operating_entity_id != entity.pk:
        checks.wrong("programme_id", "other_entity", "Choose a programme of this operating entity.")
    if membership is not None and membership.alliance_id != entity.alliance_id:
        checks.wrong("membership_id", "other_alliance", "Choose a member of this alliance.")
    if not 0 <= terms.percent < 100:
        checks.wrong("percent", "bad_percent", "Write a rate from 0 to below 100 per cent.")
    elif terms.percent and not terms.is_needed:
        checks.wrong("percent", "not_needed", "Where no tax invoice is needed there is no rate.")
    if terms.from_on < today(actor.clock, entity.alliance.zone):
        checks.wrong("from_on", "in_the_past", "What was released before keeps its terms: choose today or a later day.")
    checks.refuse()
    with told_as(_PROBLEMS):
        made = MemberInvoiceTerms.objects.create(
            operating_entity=entity,
            programme=programme,
            membership=membership,
            from_on=terms.from_on,
            is_needed=terms.is_needed,
            percent=terms.percent,
        )
    record_event(
        "member_invoice_terms.set",
        actor=actor,
        subject=made,
        changes={
            "from_on": (None, made.from_on),
            "is_needed": (None, made.is_needed),
            "percent": (None, made.percent),
        },
    )
    announce(made)
    return made


def ask_for_invoices(*, actor: Actor, run: DistributionRun, items: Iterable[DistributionItem]) -> int:
    """Ask members for tax invoices of what a release gives them, by the terms of its day; return of how many.

    Within the transaction of the release, whose record says so.
    """
    # A tax invoice is in yuan.
    if run.currency != YUAN:
        return 0
    terms = member_invoice_terms_on(run.programme, today(actor.clock, run.programme.alliance.zone))
    asked = []
    for item in items:
        if item.kind != PayeeKind.MEMBER or item.membership_id is None or item.amount_minor <= 0:
            continue
        rule = next((one for one in terms if one.membership_id in (None, item.membership_id)), None)
        if rule is not None and rule.is_needed:
            asked.append(
                MemberInvoice(
                    item=item,
                    membership_id=item.membership_id,
                    terms=rule,
                    amount_minor=item.amount_minor,
                    percent=rule.percent,
                    asked_at=actor.clock.now(),
                )
            )
    MemberInvoice.objects.bulk_create(asked)
    return len(asked)


@transaction.atomic
def record_member_invoice(*, actor: Actor, invoice_id: UUID, given: GivenInvoice) -> MemberInvoice:
    """Record the tax invoice that one gives for one's share; it has to be of the share, at the tax asked for."""
    invoice = get_member_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, RECORD_MEMBER_INVOICE, invoice)
    before = MemberInvoiceState(invoice.state)
    state = MEMBER_INVOICE_LIFECYCLE.after("record", current=before)
    number, code = given.number.strip(), given.code.strip()
    _check(actor, invoice, given, number, code)
    invoice.state = state
    invoice.number, invoice.code, invoice.issued_on = number, code, given.issued_on
    invoice.given_minor, invoice.tax_minor = given.given_minor, given.tax_minor
    invoice.document = _paper(actor, invoice, given.document_id)
    invoice.recorded_at, invoice.recorded_by_id = actor.clock.now(), actor.person_id
    invoice.decided_at, invoice.decided_by, invoice.reason = None, None, ""
    forget_waiver(invoice)
    with told_as(_PROBLEMS):
        invoice.save()
    record_event(
        "member_invoice.recorded",
        actor=actor,
        subject=invoice,
        changes={
            "state": (before, state),
            "number": (None, number),
            "given_minor": (None, given.given_minor),
            "tax_minor": (None, given.tax_minor),
        },
    )
    announce(invoice)
    tell_finance(actor=actor, invoice=invoice, kind="member_invoice.recorded", values=run_values(invoice))
    return invoice


@transaction.atomic
def accept_member_invoice(*, actor: Actor, invoice_id: UUID) -> MemberInvoice:
    """Accept a member's tax invoice: its share may be paid from then on."""
    return _decide(actor, invoice_id, "accept", "")


@transaction.atomic
def send_back_member_invoice(*, actor: Actor, invoice_id: UUID, reason: str) -> MemberInvoice:
    """Send a member's tax invoice back, and say what is wrong with it; its share goes on waiting."""
    checks = Checks()
    checks.text("reason", reason, longest=500)
    invoice = _decide(actor, invoice_id, "send back", reason.strip(), checks)
    tell_member(
        actor=actor,
        invoice=invoice,
        kind="member_invoice.sent_back",
        values=run_values(invoice) | {"reason": invoice.reason},
    )
    return invoice


_EVENTS: Final = {"accept": "member_invoice.accepted", "send back": "member_invoice.sent_back"}


def _decide(actor: Actor, invoice_id: UUID, step: str, reason: str, checks: Checks | None = None) -> MemberInvoice:
    invoice = get_member_invoice(invoice_id, actor=actor, for_change=True)
    require(actor, DECIDE_MEMBER_INVOICE, invoice)
    if checks is not None:
        checks.refuse()
    before = MemberInvoiceState(invoice.state)
    invoice.state = MEMBER_INVOICE_LIFECYCLE.after(step, current=before)
    invoice.decided_at, invoice.decided_by_id, invoice.reason = actor.clock.now(), actor.person_id, reason
    invoice.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    changes: dict[str, tuple[object, object]] = {"state": (before, invoice.state)}
    record_event(
        _EVENTS[step], actor=actor, subject=invoice, changes=changes | ({"reason": (None, reason)} if reason else {})
    )
    announce(invoice)
    return invoice


def _check(actor: Actor, invoice: MemberInvoice, given: GivenInvoice, number: str, code: str) -> None:
    run = invoice.item.run
    checks = Checks()
    if not (_DIGITAL.fullmatch(number) or _OLDER.fullmatch(number)):
        checks.wrong("number", "bad_number", "The number of a tax invoice has 20 digits, or 8 beside a code.")
    elif _DIGITAL.fullmatch(number) and code:
        checks.wrong("code", "no_code", "A number of 20 digits stands without a code.")
    elif _OLDER.fullmatch(number) and not _CODE.fullmatch(code):
        checks.wrong("code", "bad_code", "A number of 8 digits stands beside a code of 10 or 12.")
    if given.issued_on > today(actor.clock, run.programme.alliance.zone):
        checks.wrong("issued_on", "in_the_future", "It was issued today or before.")
    due, currency = invoice.amount_minor, run.currency
    if given.given_minor != due:
        checks.wrong(
            "given_minor",
            "other_amount",
            f"The tax invoice has to be of {format_minor(due, currency)}, tax included, which is the share; "
            f"{format_minor(given.given_minor, currency)} is not.",
        )
    else:
        tax = tax_within(due, invoice.percent)
        if given.tax_minor < 0 or abs(given.tax_minor - tax) > TAX_TOLERANCE_MINOR:
            checks.wrong(
                "tax_minor",
                "other_tax",
                f"At {invoice.percent.normalize():f} % the tax within {format_minor(due, currency)} is "
                f"{format_minor(tax, currency)}; {format_minor(given.tax_minor, currency)} is not.",
            )
    others = MemberInvoice.objects.filter(
        membership__organisation=invoice.membership.organisation_id, number=number, code=code
    )
    if number and others.exclude(pk=invoice.pk).exists():
        checks.wrong("number", "given_already", "This tax invoice was given for another share already.")
    checks.refuse()


def _paper(actor: Actor, invoice: MemberInvoice, document_id: UUID) -> Document:
    found = documents(actor=actor).filter(
        subject_type=MemberInvoice._meta.label_lower, subject_id=invoice.pk, pk=document_id
    )
    paper = found.first()
    if paper is None:
        raise invalid("/document_id", "unknown", "Attach the file of the tax invoice here first.")
    return paper


def forget_waiver(invoice: MemberInvoice) -> None:
    """Drop the request to do without a tax invoice; the record keeps it."""
    invoice.waiver_reason, invoice.waiver_asked_at, invoice.waiver_asked_by = "", None, None


def run_values(invoice: MemberInvoice) -> dict[str, object]:
    """Return what notices say of the distribution that a tax invoice is for."""
    run = invoice.item.run
    return {"programme": run.programme.code, "number": run.number}


def tell_finance(*, actor: Actor, invoice: MemberInvoice, kind: str, values: Mapping[str, object]) -> None:
    """Tell whoever settles royalties of the operating entity."""
    seats = seats_holding(
        Role.FINANCE,
        actor=actor,
        operating_entity=invoice.item.run.programme.operating_entity_id,
        purpose=Purpose.ROYALTIES,
    )
    notify_seats(actor=actor, seats=seats, kind=kind, subject=invoice, values=values)


def tell_member(*, actor: Actor, invoice: MemberInvoice, kind: str, values: Mapping[str, object]) -> None:
    """Tell the member's finance and administrators."""
    organisation = invoice.membership.organisation_id
    roles = (Role.MEMBER_FINANCE, Role.MEMBER_ADMIN)
    seats = seats_by_organisation(roles, actor=actor, organisations=[organisation])[organisation]
    notify_seats(actor=actor, seats=seats, kind=kind, subject=invoice, values=values)


_PROBLEMS: dict[str, Problem] = {
    "memberinvoiceterms_once_from_a_day": Conflict("There are terms from that day already: choose another day."),
    "memberinvoice_given_once": Conflict("This tax invoice was given for another share already."),
}
