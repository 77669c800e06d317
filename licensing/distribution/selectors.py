"""Finding distributions and what members got, through what the reader may see."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum

from licensing.agreements.models import Licence, Receipt
from licensing.close.lifecycle import IN_HAND, Calculation, RunStatus
from licensing.close.models import CloseRun, PayeeKind, Statement
from licensing.distribution.calculation import still_waiting, tax_within
from licensing.distribution.lifecycle import (
    DISTRIBUTION_LIFECYCLE,
    MEMBER_INVOICE_LIFECYCLE,
    OBJECTION_LIFECYCLE,
    SETTLED,
    STATED,
    DistributionStatus,
    MemberInvoiceState,
    ObjectionState,
)
from licensing.distribution.models import (
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionRun,
    DistributionShare,
    EarlierShare,
    MemberInvoice,
    MemberInvoiceTerms,
    Objection,
    PayoutTerms,
)
from licensing.distribution.policies import (
    ANSWER_OBJECTION,
    APPROVE_DISTRIBUTION,
    ASK_WAIVER,
    CALCULATE_DISTRIBUTION,
    CANCEL_DISTRIBUTION,
    CLOSE_DISTRIBUTION,
    DECIDE_MEMBER_INVOICE,
    DECIDE_WAIVER,
    OBJECT_TO_DISTRIBUTION,
    READ_BREAKDOWN,
    RECORD_MEMBER_INVOICE,
    RELEASE_DISTRIBUTION,
    REVIEW_DISTRIBUTION,
    SEND_BACK_DISTRIBUTION,
    TAKE_PROOF,
    WITHDRAW_OBJECTION,
)
from licensing.terms.models import Programme
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible
from platform_core.access.querysets import VisibleQuerySet
from platform_core.access.registry import Permission
from platform_core.clock import today
from platform_core.ledger.models import Account

STEP_PERMISSIONS: Mapping[str, Permission] = {
    "calculate": CALCULATE_DISTRIBUTION,
    "review": REVIEW_DISTRIBUTION,
    "approve": APPROVE_DISTRIBUTION,
    "send back": SEND_BACK_DISTRIBUTION,
    "release": RELEASE_DISTRIBUTION,
    "close": CLOSE_DISTRIBUTION,
    "cancel": CANCEL_DISTRIBUTION,
}

OBJECTION_PERMISSIONS: Mapping[str, Permission] = {
    "uphold": ANSWER_OBJECTION,
    "refuse": ANSWER_OBJECTION,
    "withdraw": WITHDRAW_OBJECTION,
}

MEMBER_INVOICE_PERMISSIONS: Mapping[str, Permission] = {
    "record": RECORD_MEMBER_INVOICE,
    "accept": DECIDE_MEMBER_INVOICE,
    "send back": DECIDE_MEMBER_INVOICE,
    "ask waiver": ASK_WAIVER,
    "agree waiver": DECIDE_WAIVER,
    "refuse waiver": ASK_WAIVER,
}

_WITH_STATEMENT: Final = ("run__programme__alliance", "membership__organisation")
_WITH_MEMBER_INVOICE: Final = (
    "item__run__programme__alliance",
    "membership__organisation",
    "document",
    "recorded_by",
    "decided_by",
    "waiver_asked_by",
)
_WITH_OBJECTION: Final = ("item__run__programme", "item__membership__organisation", "raised_by", "answered_by")


def distribution_runs(*, actor: Actor) -> VisibleQuerySet[DistributionRun]:
    """List the distributions an actor may see, with what lists show of them."""
    return DistributionRun.objects.visible_to(actor).select_related(
        "programme", "calculated_by", "reviewed_by", "approved_by", "released_by"
    )


def get_distribution(run_id: UUID, *, actor: Actor, for_change: bool = False) -> DistributionRun:
    """Fetch one distribution the actor may see, locked until the transaction ends if it is fetched for a change."""
    return get_visible(DistributionRun, run_id, actor=actor, for_change=for_change)


def allowed_steps(run: DistributionRun, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where a distribution is, and that the actor may take."""
    steps = DISTRIBUTION_LIFECYCLE.allowed(DistributionStatus(run.status))
    return [step for step in steps if _possible(step, run, actor) and can(actor, STEP_PERMISSIONS[step], run)]


def _possible(step: str, run: DistributionRun, actor: Actor) -> bool:
    if step in ("review", "approve"):
        return run.calculation == Calculation.DONE and bool(run.periods)
    if step == "close":
        return not may_still_object(run, actor=actor)
    return step not in ("calculate", "send back") or run.calculation not in IN_HAND


def payer_count(run: DistributionRun, *, actor: Actor) -> int | None:
    """Count the licensees whose money is new in a distribution; None where there is none, or for who is not told.

    The total of one or two tells what these paid, to whoever learns it.
    """
    if not DistributionPart.objects.visible_to(actor).filter(run=run).exists():
        return None
    before = DistributionRun.objects.filter(programme=run.programme_id, number__lt=run.number, status__in=STATED)
    now = _used_by(DistributionReceipt.objects.visible_to(actor).filter(run=run))
    then = _used_by(DistributionReceipt.objects.visible_to(actor).filter(run=before.order_by("-number").first()))
    new = {key[1] for key in {*now, *then} if now.get(key) != then.get(key)}
    return Licence.objects.filter(pk__in=new).order_by().values("licensee").distinct().count()


def _used_by(rows: QuerySet[DistributionReceipt]) -> dict[tuple[str, UUID], int]:
    columns = rows.exclude(used_minor=0).order_by().values_list("part__period", "licence", "used_minor")
    return {(period, licence): used for period, licence, used in columns}


def parts(run: DistributionRun, *, actor: Actor) -> VisibleQuerySet[DistributionPart]:
    """Return the periods of which a distribution gives something out."""
    return DistributionPart.objects.visible_to(actor).filter(run=run).select_related("close_run")


def shares(run: DistributionRun, *, actor: Actor) -> VisibleQuerySet[DistributionShare]:
    """Return what each payee gets of each period."""
    rows = DistributionShare.objects.visible_to(actor).filter(run=run)
    return rows.select_related("part", "membership__organisation")


def statements(*, actor: Actor) -> VisibleQuerySet[DistributionItem]:
    """List what payees got: finance sees all of it, members their own once it is released."""
    return DistributionItem.objects.visible_to(actor).select_related(*_WITH_STATEMENT)


def get_statement(item_id: UUID, *, actor: Actor, for_change: bool = False) -> DistributionItem:
    """Fetch what one payee got, as far as the actor may see it."""
    along = () if for_change else _WITH_STATEMENT
    return get_visible(DistributionItem, item_id, actor=actor, for_change=for_change, along=along)


def steps_on_statement(item: DistributionItem, *, actor: Actor) -> list[str]:
    """List what the actor may do with a statement now: object to it, take its proof."""
    steps = []
    if (
        may_still_object(item.run, actor=actor)
        and can(actor, OBJECT_TO_DISTRIBUTION, item)
        and not Objection.objects.filter(item=item, state=ObjectionState.RAISED).exists()
    ):
        steps.append("object")
    if item.opening and not item.proof_withheld and can(actor, TAKE_PROOF, item):
        steps.append("take proof")
    return steps


def breakdown_of(item: DistributionItem, *, actor: Actor) -> Mapping[str, Any] | None:
    """Return what a statement tells by product and country, or why not; None where the actor is told nothing of it."""
    return item.breakdown if item.breakdown and can(actor, READ_BREAKDOWN, item) else None


def closes_of(run: DistributionRun) -> list[CloseRun]:
    """Return the closes of the periods of which a distribution gives something new; the caller answers for the rest."""
    parts = DistributionPart.objects.filter(run=run, period__in=run.periods).order_by("period")
    return [part.close_run for part in parts.select_related("close_run")]


def closes_behind(item: DistributionItem, *, actor: Actor) -> list[Statement]:
    """Return the statements of the closes that a member's amount is of, which explain it down to the patents."""
    rows = Statement.objects.visible_to(actor).filter(membership=item.membership_id, run__in=closes_of(item.run))
    return list(rows.select_related("run").order_by("run__first_month", "pk"))


def may_still_object(run: DistributionRun, *, actor: Actor) -> bool:
    """Say whether the window for objections to a distribution is open."""
    until = run.objections_until
    return until is not None and today(actor.clock, run.programme.alliance.zone) <= until


def objections(*, actor: Actor) -> VisibleQuerySet[Objection]:
    """List the objections an actor may see."""
    return Objection.objects.visible_to(actor).select_related(*_WITH_OBJECTION)


def get_objection(objection_id: UUID, *, actor: Actor) -> Objection:
    """Fetch an objection the actor may see."""
    return get_visible(Objection, objection_id, actor=actor, along=_WITH_OBJECTION)


def steps_on_objection(objection: Objection, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where an objection is, and that the actor may take."""
    steps = OBJECTION_LIFECYCLE.allowed(ObjectionState(objection.state))
    return [step for step in steps if can(actor, OBJECTION_PERMISSIONS[step], objection)]


def payout_terms(*, actor: Actor) -> VisibleQuerySet[PayoutTerms]:
    """List how programmes' distributions are made, as far as the actor may see it."""
    return PayoutTerms.objects.visible_to(actor).select_related("programme")


def payout_terms_on(programme_id: UUID, on: date) -> PayoutTerms | None:
    """Return how a programme's distributions are made on a day."""
    return PayoutTerms.objects.filter(programme=programme_id, from_on__lte=on).order_by("-from_on").first()


def member_invoices(*, actor: Actor) -> VisibleQuerySet[MemberInvoice]:
    """List the tax invoices that members gave or have to give, as far as the actor may see them."""
    return MemberInvoice.objects.visible_to(actor).select_related(*_WITH_MEMBER_INVOICE)


def get_member_invoice(invoice_id: UUID, *, actor: Actor, for_change: bool = False) -> MemberInvoice:
    """Fetch a tax invoice that a member gave or has to give, locked if it is fetched for a change."""
    along = () if for_change else _WITH_MEMBER_INVOICE
    return get_visible(MemberInvoice, invoice_id, actor=actor, for_change=for_change, along=along)


def steps_on_member_invoice(invoice: MemberInvoice, *, actor: Actor) -> list[str]:
    """List the steps that lead on from where a member's tax invoice is, and that the actor may take."""
    steps = MEMBER_INVOICE_LIFECYCLE.allowed(MemberInvoiceState(invoice.state))
    return [step for step in steps if can(actor, MEMBER_INVOICE_PERMISSIONS[step], invoice)]


def tax_due(invoice: MemberInvoice) -> int:
    """Return the tax that is in a share by the rate it was asked for at, in minor units."""
    return tax_within(invoice.amount_minor, invoice.percent)


def member_invoice_terms(*, actor: Actor) -> VisibleQuerySet[MemberInvoiceTerms]:
    """List by which rules members give tax invoices, as far as the actor may see them."""
    rows = MemberInvoiceTerms.objects.visible_to(actor)
    return rows.select_related("operating_entity", "programme", "membership__organisation")


def member_invoice_terms_on(programme: Programme, on: date) -> list[MemberInvoiceTerms]:
    """Return the rules that may hold for a programme's members on a day, those that go before others first.

    What is said of a member goes before what is said of a programme, and this before what is said of all; of the same
    the later one.
    """
    rows = MemberInvoiceTerms.objects.filter(
        Q(programme=None) | Q(programme=programme), operating_entity=programme.operating_entity_id, from_on__lte=on
    )
    return sorted(
        rows, key=lambda one: (one.membership_id is not None, one.programme_id is not None, one.from_on), reverse=True
    )


def awaiting_minor(accounts: Collection[Account]) -> dict[UUID, int]:
    """Return what of the shares on accounts waits for the member's tax invoice, by account, in minor units."""
    waiting = MemberInvoice.objects.filter(
        membership__organisation__in={account.holder_id for account in accounts},
        item__run__programme__operating_entity__in={account.operating_entity_id for account in accounts},
    ).exclude(state__in=SETTLED)
    first = waiting.aggregate(first=Min("item__run__released_at"))["first"]
    shares: dict[tuple[UUID, UUID, str], list[tuple[int, int, bool]]] = {}
    if first is not None:
        items = (
            DistributionItem.objects.filter(
                kind=PayeeKind.MEMBER,
                membership__organisation__in=waiting.order_by().values("membership__organisation"),
                run__released_at__gte=first,
            )
            .annotate(waits=Exists(waiting.filter(item=OuterRef("pk"))))
            # As they were booked one after another.
            .order_by("run__released_at", "run_id", "payee")
            .values_list(
                "membership__organisation",
                "run__programme__operating_entity",
                "run__currency",
                "opening_minor",
                F("amount_minor") - F("tax_minor"),
                "waits",
            )
        )
        for holder, entity, currency, before, net, waits in items:
            shares.setdefault((holder, entity, currency), []).append((before, net, waits))
    return {
        account.pk: still_waiting(shares.get((account.holder_id, account.operating_entity_id, account.currency), ()))
        for account in accounts
    }


def closes_to_distribute(programme_id: UUID, *, through: date, actor: Actor) -> list[CloseRun]:
    """Return the last posted close of each period of which something was received or distributed by a day."""
    posted = CloseRun.objects.visible_to(actor).filter(programme=programme_id, status=RunStatus.POSTED)
    corrected = CloseRun.objects.filter(status=RunStatus.POSTED, corrects__isnull=False).values("corrects")
    known = set(received_by(programme_id, through=through))
    known |= set(EarlierShare.objects.filter(programme=programme_id).values_list("period", flat=True))
    known |= set(
        DistributionPart.objects.filter(run__programme=programme_id)
        .exclude(run__status=DistributionStatus.CANCELLED)
        .values_list("period", flat=True)
    )
    return list(posted.exclude(pk__in=corrected).filter(period__in=known).order_by("first_month", "period"))


def received_by(programme_id: UUID, *, through: date) -> dict[str, dict[UUID, int]]:
    """Return what had come by the end of a day and is still there, by period and licence; nothing where it is 0.

    In minor units. What was paid back later is left out of it: it would be given out of what others paid.
    """
    by_then = Q(received_on=None) | Q(received_on__lte=through)
    rows = Receipt.objects.filter(licence__programme=programme_id).order_by().values("period", "licence")
    found: dict[str, dict[UUID, int]] = {}
    for row in rows.annotate(then=Sum("amount_minor", filter=by_then), now=Sum("amount_minor")):
        if kept := min(row["then"] or 0, row["now"]):
            found.setdefault(str(row["period"]), {})[row["licence"]] = int(kept)
    return found


def distributed_before(run: DistributionRun) -> dict[str, dict[str, int]]:
    """Return what was given to each payee before a distribution, here and elsewhere, by period."""
    rows = (
        DistributionShare.objects.filter(run__programme=run.programme_id, run__number__lt=run.number)
        .exclude(run__status=DistributionStatus.CANCELLED)
        .order_by()
        .values("part__period", "payee")
        .annotate(sum=Sum("amount_minor"))
    )
    elsewhere = EarlierShare.objects.filter(programme=run.programme_id).order_by().values("period", "payee")
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows:
        sums[str(row["part__period"]), str(row["payee"])] += int(row["sum"])
    for given in elsewhere.annotate(sum=Sum("amount_minor")):
        sums[str(given["period"]), str(given["payee"])] += int(given["sum"])
    found: dict[str, dict[str, int]] = {}
    for (period, payee), amount in sums.items():
        if amount:
            found.setdefault(period, {})[payee] = amount
    return found


def receipts_of(run: DistributionRun) -> dict[str, dict[UUID, int]]:
    """Return what was received that a distribution was worked out from, by period and licence."""
    found: dict[str, dict[UUID, int]] = {}
    for row in DistributionReceipt.objects.filter(run=run).select_related("part"):
        found.setdefault(row.part.period, {})[row.licence_id] = row.received_minor
    return found
