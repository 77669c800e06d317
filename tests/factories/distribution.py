"""Distributions: of a small world, worked out here as a worker would, and as bare rows, for tests of rights."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from licensing.agreements.models import Licence
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import CloseRun, PayeeKind
from licensing.distribution.lifecycle import DistributionStatus
from licensing.distribution.models import (
    Conversion,
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionRun,
    DistributionShare,
    MemberInvoice,
    MemberInvoiceTerms,
    Objection,
    PayoutTerms,
    RateSheet,
    ReferenceRate,
    TaxRemittance,
    TreatyRelief,
    Withholding,
    WithholdingRule,
)
from licensing.distribution.proofs import FEWEST_PAYEES, commit_run, fingerprint, published_file
from licensing.distribution.services import (
    approve_distribution,
    release_distribution,
    review_distribution,
    start_distribution,
)
from licensing.distribution.services.releasing import statement_of, written_opening
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.identity.models import OperatingEntity, User
from platform_core.ids import new_id
from platform_core.jobs.tasks import run as run_job
from tests.factories.core import NOON, make_user
from tests.factories.documents import make_document
from tests.factories.reports import CODE
from tests.factories.royalties import SmallWorld

if TYPE_CHECKING:
    from tests.factories.world import World

THROUGH = date(2026, 2, 1)
UNTIL = date(2030, 1, 1)


def worked_out(world: SmallWorld, through: date = THROUGH) -> DistributionRun:
    """Start a distribution and do its calculation here."""
    started = start_distribution(actor=world.acting("calculator"), programme_id=world.programme.pk, through_on=through)
    assert started.job_id is not None
    run_job(started.job_id)
    return DistributionRun.objects.get(pk=started.pk)


def approved(world: SmallWorld, through: date = THROUGH) -> DistributionRun:
    """Take a distribution as far as its approval."""
    run = worked_out(world, through)
    review_distribution(actor=world.acting("calculator"), run_id=run.pk, review="compared with the bank")
    return approve_distribution(actor=world.acting("approver"), run_id=run.pk)


def released(world: SmallWorld, through: date = THROUGH) -> DistributionRun:
    """Take a distribution all the way to its release."""
    run = approved(world, through)
    return release_distribution(actor=world.acting("calculator"), run_id=run.pk)


def amounts(run: DistributionRun) -> dict[str, int]:
    """Return what each payee gets."""
    return dict(DistributionItem.objects.filter(run=run).values_list("payee", "amount_minor"))


def make_distribution(programme: Programme, *, person: User, **columns: Any) -> DistributionRun:
    """Make the draft of a distribution."""
    return DistributionRun.objects.create(
        **{
            "programme": programme,
            "number": DistributionRun.objects.filter(programme=programme).count() + 1,
            "through_on": date(2026, 2, 1),
            "currency": programme.currency,
            "opened_at": NOON,
            "opened_by": person,
            **columns,
        }
    )


def fill_distribution(
    run: DistributionRun, close: CloseRun, memberships: Sequence[Membership], licences: Sequence[Licence]
) -> None:
    """Give a draft what was received under each licence, and to each member 100 of it, 10 to the operating entity."""
    total = 100 * len(memberships) + 10
    part = DistributionPart.objects.create(
        run=run, close_run=close, period=close.period, received_minor=total, used_minor=total, before_minor=0
    )
    for licence in licences:
        DistributionReceipt.objects.create(run=run, part=part, licence=licence, received_minor=total, used_minor=total)
    payees: list[tuple[str, PayeeKind, Membership | None, int]] = [
        (membership.code, PayeeKind.MEMBER, membership, 100) for membership in memberships
    ]
    for payee, kind, membership, amount in [*payees, ("~fee", PayeeKind.FEE, None, 10)]:
        of = {"run": run, "payee": payee, "kind": kind, "membership": membership, "amount_minor": amount}
        DistributionShare.objects.create(part=part, cumulative_minor=amount, before_minor=0, **of)
        DistributionItem.objects.create(**of)
    run.periods, run.total_minor = [close.period], total


def move_distribution(
    run: DistributionRun, status: DistributionStatus, *, calculator: User, approver: User
) -> DistributionRun:
    """Move a draft on, state by state, as far as asked."""
    run.status, run.calculation, run.results_claim = DistributionStatus.CALCULATED, Calculation.DONE, new_id()
    run.calculated_by, run.calculated_at = calculator, NOON
    run.save()
    if status is not DistributionStatus.CALCULATED:
        run.status, run.reviewed_by, run.reviewed_at = DistributionStatus.REVIEWED, calculator, NOON
        run.save()
    if status in (DistributionStatus.APPROVED, DistributionStatus.RELEASED):
        run.status, run.approved_by, run.approved_at = DistributionStatus.APPROVED, approver, NOON
        run.save()
    items = list(DistributionItem.objects.filter(run=run).order_by("payee"))
    if status is DistributionStatus.RELEASED and len(items) >= FEWEST_PAYEES:
        published, proofs = commit_run(
            run=str(run.pk),
            currency=run.currency,
            periods=run.periods,
            statements=[statement_of(item, run) for item in items],
        )
        for item, proof in zip(items, proofs, strict=True):
            item.opening = written_opening(proof.opening)
            item.save()
        run.published, run.fingerprint = published_file(published), fingerprint(published)
    if status is DistributionStatus.RELEASED:
        run.status, run.released_by, run.released_at = DistributionStatus.RELEASED, calculator, NOON
        run.objections_until = UNTIL
        run.save()
    return run


def make_objection(item: DistributionItem, **columns: Any) -> Objection:
    return Objection.objects.create(**{"item": item, "text": "too little", "raised_at": NOON, **columns})


def make_member_invoice_terms(programme: Programme, **columns: Any) -> MemberInvoiceTerms:
    return MemberInvoiceTerms.objects.create(
        **{
            "operating_entity": programme.operating_entity,
            "programme": programme,
            "from_on": date(2025, 1, 1),
            "is_needed": True,
            "percent": 6,
            **columns,
        }
    )


def make_member_invoice(item: DistributionItem, terms: MemberInvoiceTerms, **columns: Any) -> MemberInvoice:
    """What a member has to give for its share."""
    return MemberInvoice.objects.create(
        **{
            "item": item,
            "membership": item.membership,
            "terms": terms,
            "amount_minor": item.amount_minor,
            "percent": terms.percent,
            "asked_at": NOON,
            **columns,
        }
    )


def make_withholding_rule(entity: OperatingEntity, **columns: Any) -> WithholdingRule:
    return WithholdingRule.objects.create(
        **{
            "operating_entity": entity,
            "country": "KR",
            "from_on": date(2025, 1, 1),
            "percent": 0,
            "basis": "law",
            "recorded_at": NOON,
            "confirmed_at": NOON,
            **columns,
        }
    )


def make_treaty_relief(membership: Membership, entity: OperatingEntity, **columns: Any) -> TreatyRelief:
    """One that somebody entered, and nobody confirmed yet."""
    return TreatyRelief.objects.create(
        **{
            "operating_entity": entity,
            "membership": membership,
            "country": "KR",
            "from_on": date(2025, 1, 1),
            "until_on": date(2025, 12, 31),
            "certificate": "R-1",
            "entered_at": NOON,
            "entered_by": make_user(),
            **columns,
        }
    )


def make_withholding(item: DistributionItem, rule: WithholdingRule, **columns: Any) -> Withholding:
    """What is withheld of a share at a rate of nothing, which needs no tax on the share itself."""
    return Withholding.objects.create(
        **{
            "item": item,
            "membership": item.membership,
            "rule": rule,
            "on": date(2026, 2, 2),
            "country": rule.country,
            "gross_minor": item.amount_minor,
            "base_minor": item.amount_minor,
            "percent": 0,
            "tax_minor": 0,
            **columns,
        }
    )


def make_tax_remittance(entity: OperatingEntity, **columns: Any) -> TaxRemittance:
    """One that somebody put together, and nobody confirmed yet."""
    return TaxRemittance.objects.create(
        **{
            "operating_entity": entity,
            "currency": "CNY",
            "through_on": date(2026, 2, 2),
            "amount_minor": 100,
            "reference": "SB-1",
            "prepared_at": NOON,
            "prepared_by": make_user(),
            **columns,
        }
    )


def make_rate_sheet(entity: OperatingEntity, **columns: Any) -> RateSheet:
    """A table of forty days that somebody wrote down, and nobody confirmed yet."""
    days = [date(2026, 2, 2) - timedelta(days=before) for before in range(40)]
    sheet = RateSheet.objects.create(
        **{
            "operating_entity": entity,
            "source": "manual",
            "name": "bank",
            "first_on": days[-1],
            "last_on": days[0],
            "rates_count": len(days),
            "entered_at": NOON,
            "entered_by": make_user(),
            **columns,
        }
    )
    ReferenceRate.objects.bulk_create(
        ReferenceRate(sheet=sheet, on=day, base="USD", quote="CNY", rate=7) for day in days
    )
    return sheet


def confirm_sheet(sheet: RateSheet) -> RateSheet:
    sheet.state, sheet.confirmed_at, sheet.confirmed_by = "confirmed", NOON, make_user()
    sheet.save()
    return sheet


def make_conversion(item: DistributionItem, sheet: RateSheet, **columns: Any) -> Conversion:
    """One that somebody drafted, and nobody confirmed yet."""
    return Conversion.objects.create(
        **{
            "item": item,
            "membership": item.membership,
            "source_currency": item.run.currency,
            "target_currency": "USD",
            "source_minor": 70,
            "target_minor": 10,
            "rate": "0.142857142857",
            "rate_on": date(2026, 2, 2),
            "made_of": "1 USD = 7 CNY",
            "sheet": sheet,
            "drafted_at": NOON,
            "drafted_by": make_user(),
            **columns,
        }
    )


def make_payout_terms(programme: Programme, **columns: Any) -> PayoutTerms:
    return PayoutTerms.objects.create(**{"programme": programme, "from_on": date(2025, 1, 1), **columns})


def populate(world: "World") -> None:
    """Release a distribution on each side, have members object to it, and review one of another programme."""
    for number, side in enumerate(("first", "second")):
        programme = Programme.objects.get(alliance=world.alliances[number], code=CODE)
        closes = CloseRun.objects.filter(programme=programme, status=RunStatus.POSTED)
        close = closes.exclude(corrects=None).earliest("pk")
        memberships = [
            Membership.objects.filter(alliance=programme.alliance, organisation=organisation).earliest("pk")
            for organisation in world.organisations[2 * number : 2 * number + 2]
        ]
        licences = list(programme.licences.order_by("pk"))
        people = {"calculator": world.seats[f"{side} finance"].user, "approver": make_user()}
        make_payout_terms(programme)
        done = make_distribution(programme, person=people["calculator"])
        fill_distribution(done, close, memberships, licences)
        move_distribution(done, DistributionStatus.RELEASED, **people)
        asking = make_member_invoice_terms(programme)
        for item in DistributionItem.objects.filter(run=done).exclude(membership=None):
            make_objection(item)
            make_document(make_member_invoice(item, asking), "fapiao")
        entity = programme.operating_entity
        rule = make_withholding_rule(entity)
        for item in DistributionItem.objects.filter(run=done).exclude(membership=None):
            make_withholding(item, rule)
        for membership in memberships:
            make_treaty_relief(membership, entity)
        make_tax_remittance(entity)
        make_rate_sheet(entity)
        used = confirm_sheet(make_rate_sheet(entity))
        for item in DistributionItem.objects.filter(run=done).exclude(membership=None):
            make_conversion(item, used)
        quiet = Programme.objects.get(alliance=programme.alliance, code="quiet-tv")
        waiting = make_distribution(quiet, person=people["approver"])
        fill_distribution(waiting, close, memberships, licences)
        move_distribution(
            waiting, DistributionStatus.REVIEWED, calculator=people["approver"], approver=people["calculator"]
        )
