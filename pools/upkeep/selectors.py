"""Finding what keeps patents alive, what that costs, what was paid, and orders to pay."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.access.querysets import VisibleQuerySet
from platform_core.clock import today
from platform_core.deadlines.models import Deadline
from platform_core.documents.models import Document
from pools.patents.annuities import Annuity, KeptRight, NoRules, Relief, rules_of, schedule, work_out
from pools.patents.models import Bibliography, Patent, RightKind
from pools.upkeep.events import open_licences_asked
from pools.upkeep.kinds import ANNUITY, CONFIRMATION
from pools.upkeep.models import AnnuityPayment, AnnuityTerms, PaymentOrder, PaymentOrderLine
from pools.upkeep.office_days import OfficeDays, office_days
from pools.upkeep.policies import READ_ANNUITIES


@dataclass(frozen=True, slots=True)
class Fees:
    """What a patent's fees are worked out from."""

    right: KeptRight | None
    relief: Relief
    calendar: OfficeDays
    is_openly_licensed: bool = False
    """Whether the office knows an open licence to be practised on the day, for which fees are reduced."""


@dataclass(frozen=True, slots=True)
class PatentSchedule:
    """The fees of a patent year by year as on a day, what was paid, and why nothing is told where nothing is."""

    patent: Patent
    terms: AnnuityTerms
    claims: int | None
    on: date
    currency: str
    annuities: Sequence[Annuity]
    payments: Sequence[AnnuityPayment]
    deadlines: Sequence[Deadline]
    problem: str
    is_openly_licensed: bool
    """Whether fees are reduced on the day for an open licence that is practised; who took it, and when, is not told."""
    holidays_until: date | None
    """The last day up to which holidays of the office are known without a gap; None: weekends alone move a day."""


def annuity_deadlines(*, actor: Actor) -> VisibleQuerySet[Deadline]:
    """List the fees of those patents whose costs the actor may read."""
    patents = Patent.objects.permitted_to(actor, READ_ANNUITIES).order_by().values("pk")
    rows = Deadline.objects.visible_to(actor).filter(
        subject_type=Patent._meta.label_lower, kind=ANNUITY.name, subject_id__in=patents
    )
    return rows.select_related("organisation", "alliance")


def fees_of(patent_ids: Collection[UUID], day: date) -> dict[UUID, Fees]:
    """Return what the fees of patents are worked out from on a day; the caller answers for who reads it."""
    patents = list(Patent.objects.filter(pk__in=patent_ids))
    calendars = office_days(patent.country for patent in patents)
    terms = {row.patent_id: row for row in AnnuityTerms.objects.filter(patent__in=patent_ids)}
    counts = Bibliography.objects.filter(patent__in=patent_ids).values_list("patent", "claims_count")
    claims = dict(counts.order_by())
    practised = _openly_licensed(patent_ids, day)
    return {
        patent.pk: _fees(
            patent,
            terms.get(patent.pk),
            claims.get(patent.pk),
            calendars[patent.country],
            patent.pk in practised,
        )
        for patent in patents
    }


def amounts_on(fees: Fees | None, year: int, day: date) -> Annuity | None:
    """Return what is due for a year on a day; None where nothing is known of it."""
    if fees is None or fees.right is None:
        return None
    try:
        return work_out(fees.right, year, on=day, relief=fees.relief, calendar=fees.calendar.days)
    except NoRules:
        return None


def schedule_of(patent_id: UUID, *, actor: Actor, for_change: bool = False) -> PatentSchedule:
    """Return the fees of a patent year by year, for whoever may read what it costs; locked for a change of these."""
    patent = get_visible(Patent, patent_id, actor=actor, for_change=for_change, along=("alliance",))
    require(actor, READ_ANNUITIES, patent)
    day = today(actor.clock, patent.alliance.zone)
    terms = AnnuityTerms.objects.filter(patent=patent).first()
    claims = Bibliography.objects.filter(patent=patent).values_list("claims_count", flat=True).first()
    is_practised = patent.pk in _openly_licensed([patent.pk], day)
    fees = _fees(patent, terms, claims, office_days([patent.country])[patent.country], is_practised)
    annuities: list[Annuity] = []
    problem, currency = "", ""
    if fees.right is None:
        problem = "The filing date is not on record: without it no fee can be worked out."
    else:
        try:
            currency = rules_of(patent.country).currency
            annuities = schedule(fees.right, on=day, relief=fees.relief, calendar=fees.calendar.days)
        except NoRules:
            problem = f"No fees of {patent.country} are known for this kind of right: keep its deadlines by hand."
    payments = AnnuityPayment.objects.visible_to(actor).filter(patent=patent, cancelled_at=None)
    rows = Deadline.objects.visible_to(actor).filter(
        subject_type=Patent._meta.label_lower, subject_id=patent.pk, kind__in=(ANNUITY.name, CONFIRMATION.name)
    )
    return PatentSchedule(
        patent=patent,
        terms=terms or AnnuityTerms(patent=patent),
        claims=terms.claims if terms is not None and terms.claims is not None else claims,
        on=day,
        currency=currency,
        annuities=annuities,
        payments=list(payments.select_related("receipt")),
        deadlines=list(rows.order_by("created_at", "pk")),
        problem=problem,
        is_openly_licensed=fees.is_openly_licensed,
        holidays_until=fees.calendar.known_until(day),
    )


def payments(*, actor: Actor) -> VisibleQuerySet[AnnuityPayment]:
    """List what the actor's organisation paid to keep patents alive."""
    return AnnuityPayment.objects.visible_to(actor).select_related("patent", "receipt", "recorded_by")


def payment_orders(*, actor: Actor) -> VisibleQuerySet[PaymentOrder]:
    """List the orders to pay of the actor's organisation."""
    return PaymentOrder.objects.visible_to(actor).select_related("created_by", "ordered_by")


def get_payment_order(order_id: UUID, *, actor: Actor, for_change: bool = False) -> PaymentOrder:
    """Return one order the actor may see, locked if it is to be changed."""
    return get_visible(PaymentOrder, order_id, actor=actor, for_change=for_change)


def lines_of(order: PaymentOrder, *, actor: Actor) -> VisibleQuerySet[PaymentOrderLine]:
    """List the lines of an order, with their patents and payments."""
    rows = PaymentOrderLine.objects.visible_to(actor).filter(order=order)
    return rows.select_related("patent", "payment__receipt", "order")


def receipt_of(order: PaymentOrder, document_id: UUID, *, actor: Actor) -> Document | None:
    """Return a paper that hangs on an order, if it is one the actor may read."""
    label = PaymentOrder._meta.label_lower
    rows = Document.objects.visible_to(actor).filter(subject_type=label, subject_id=order.pk, pk=document_id)
    return rows.order_by("pk").first()


def right_of(patent: Patent, *, grant_year: int | None = None, claims: int | None = None) -> KeptRight | None:
    """Return a patent as the rules of fees know it; None where the day its term runs from is not known."""
    if patent.filed_on is None:
        return None
    return KeptRight(
        office=patent.country,
        # What is not said to be something else is watched as an invention: its fees run longest.
        right=patent.right or RightKind.INVENTION,
        filed_on=patent.filed_on,
        granted_on=patent.granted_on,
        grant_year=grant_year,
        claims=claims or 0,
    )


def _fees(
    patent: Patent, terms: AnnuityTerms | None, claims: int | None, calendar: OfficeDays, is_practised: bool
) -> Fees:
    terms = terms or AnnuityTerms(patent=patent)
    right = right_of(patent, grant_year=terms.grant_year, claims=terms.claims if terms.claims is not None else claims)
    # Whoever keeps the terms may know of an open licence that is not kept here.
    relief = Relief(percent=terms.reduction_percent, is_open_licence=terms.is_open_licence or is_practised)
    return Fees(right, relief, calendar, is_practised)


def _openly_licensed(patent_ids: Collection[UUID], day: date) -> set[UUID]:
    found: set[UUID] = set()
    with transaction.atomic():
        open_licences_asked.tell(patent_ids, day, found)
    return found
