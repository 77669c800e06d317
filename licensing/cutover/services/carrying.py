"""Booking what an old workbook ends with, and taking it back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

from licensing.agreements.models import Licence
from licensing.agreements.services import NewReceipt, record_receipts
from licensing.billing import services as billing
from licensing.billing.kinds import account_of
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice
from licensing.billing.services import CarriedInvoice
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.services.opening import lock_programme
from licensing.cutover.models import Cutover, Opening
from licensing.cutover.tying import BILLED_KIND, RECEIVABLE_KIND, Balance, Collected, OpenInvoice
from licensing.terms.models import Programme
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.identity.roles import Purpose
from platform_core.ledger.calculation import Line
from platform_core.ledger.kinds import OPENING, account_kinds
from platform_core.ledger.models import Account, Entry, Posting
from platform_core.ledger.services import NewEntry, hold_books, open_account, post_entries
from platform_core.problems import Conflict

REFERENCE: Final = "cut-over"


def hold_records(cutover: Cutover) -> None:
    """Hold what an opening is tied with: closes of the programme, what was received under its licences, the books.

    In the order in which everybody holds: whoever files a report holds its licence before the programme, and whoever
    settles an invoice holds its licence and it before the books.
    """
    programme = cutover.programme
    list(Licence.objects.select_for_update(of=("self",), no_key=True).filter(programme=programme).order_by("pk"))
    lock_programme(programme.pk)
    of_programme = CloseRun.objects.filter(programme=programme, last_month__lt=cutover.on_day)
    list(of_programme.select_for_update(of=("self",), no_key=True).only("pk").order_by("pk"))
    invoices = Invoice.objects.filter(licence__programme=programme).exclude(outside_number="")
    list(invoices.select_for_update(of=("self",), no_key=True).order_by("pk"))
    hold_books(programme.operating_entity_id)


def require_no_drafts(cutover: Cutover) -> None:
    """Refuse while invoices of closes that the old workbook billed are prepared here, and so might be issued."""
    drafts = Invoice.objects.filter(
        run__programme=cutover.programme_id, run__last_month__lt=cutover.on_day, state=InvoiceState.DRAFT
    )
    if (draft := drafts.order_by("period", "pk").first()) is not None:
        raise Conflict(f"{draft.period}: invoices are prepared here that the old workbook issued. Discard them first.")


def record_money(*, actor: Actor, programme: Programme, rows: Sequence[Collected], on: date) -> None:
    """Record what was received before, so that as much is received for each period as the tables say."""
    if not rows:
        return
    licences = dict(programme.licences.values_list("code", "pk"))
    receipts = [
        NewReceipt(
            licence_id=licences[row.licence],
            period=row.period,
            amount_minor=row.amount,
            received_on=on,
            reference=REFERENCE,
        )
        for row in rows
    ]
    record_receipts(actor=actor, programme_id=programme.pk, receipts=receipts)


def take_receipts_back(*, actor: Actor, cutover: Cutover) -> None:
    """Give what was recorded the other sign."""
    sums: dict[tuple[UUID, str], int] = defaultdict(int)
    on = cutover.on_day - timedelta(days=1)
    for licence in cutover.programme.licences.all():
        for receipt in licence.receipts.filter(reference=REFERENCE, received_on=on):
            sums[licence.pk, receipt.period] += receipt.amount_minor
    receipts = [
        NewReceipt(licence_id=licence, period=period, amount_minor=-amount, received_on=on, reference=REFERENCE)
        for (licence, period), amount in sorted(sums.items(), key=lambda item: (str(item[0][0]), item[0][1]))
        if amount
    ]
    if receipts:
        record_receipts(actor=actor, programme_id=cutover.programme_id, receipts=receipts)


def carry_invoices(*, actor: Actor, cutover: Cutover, rows: Sequence[OpenInvoice], on: date) -> list[Entry]:
    """Carry over what is open of invoices, by the posted closes of their periods; return what was booked."""
    if not rows:
        return []
    programme = cutover.programme
    licences = dict(programme.licences.values_list("code", "pk"))
    posted = CloseRun.objects.filter(programme=programme, status=RunStatus.POSTED).order_by("number")
    runs = {run.period: run.pk for run in posted}
    made = billing.carry_invoices(
        actor=actor,
        programme_id=programme.pk,
        invoices=[
            CarriedInvoice(
                licence_id=licences[row.licence],
                run_id=runs[row.period],
                number=row.number,
                issued_on=row.issued_on,
                due_on=row.due_on,
                net_minor=row.net,
                tax_minor=row.tax,
                withheld_minor=row.withheld,
            )
            for row in rows
        ],
        on_day=cutover.on_day,
        effective_on=on,
    )
    return [invoice.entry for invoice in made if invoice.entry is not None]


def carried_invoices(programme: Programme) -> Sequence[Invoice]:
    """Return the invoices of a programme that were carried over and count."""
    rows = Invoice.objects.filter(licence__programme=programme, state=InvoiceState.ISSUED).exclude(outside_number="")
    return list(rows.select_related("entry").order_by("pk"))


def book_balances(
    *, actor: Actor, opening: Opening, programme: Programme, rows: Sequence[Balance], on: date
) -> list[Entry]:
    """Book the balances of each purpose in one entry, against its opening account; invoices have booked theirs."""
    entries = []
    for purpose in sorted({row.purpose for row in rows}):
        sums: dict[UUID, int] = defaultdict(int)
        rest: dict[str, int] = defaultdict(int)
        for row in rows:
            if row.purpose == purpose and row.account not in (RECEIVABLE_KIND, BILLED_KIND):
                sums[_account(actor, programme, row).pk] += row.amount
                rest[row.currency] -= row.amount
        for currency, amount in sorted(rest.items()):
            sums[_opening_account(actor, programme, Purpose(purpose), currency).pk] += amount
        lines = [Line(account, amount) for account, amount in sums.items() if amount]
        if lines:
            entries.append(
                NewEntry(
                    key=uuid5(opening.pk, purpose),
                    name="opening.booked",
                    effective_on=on,
                    subject=opening,
                    lines=lines,
                    memo=f"{programme.code} {opening.sha256[:16]}",
                )
            )
    if not entries:
        return []
    return post_entries(actor=actor, operating_entity_id=programme.operating_entity_id, entries=entries)


def _account(actor: Actor, programme: Programme, row: Balance) -> Account:
    kind = account_kinds()[row.account]
    entity = programme.operating_entity
    if row.account in ("receivable", "prepaid"):
        holder = programme.licences.values_list("licensee", flat=True).get(code=row.holder)
    elif row.account in ("payable", "held"):
        members = Membership.objects.filter(alliance=programme.alliance_id)
        holder = members.values_list("organisation", flat=True).get(code=row.holder)
    elif row.account not in ("bank", "suspense", "reserve"):
        return account_of(programme, kind, actor=actor, currency=row.currency)
    else:
        holder = entity.organisation_id
    label = f"{programme.code} {row.label}"[:100] if row.account == "reserve" else row.label
    return open_account(
        actor=actor,
        operating_entity_id=entity.pk,
        holder_id=holder,
        kind=kind.code,
        purpose=Purpose(row.purpose),
        currency=row.currency,
        label=label,
    )


def _opening_account(actor: Actor, programme: Programme, purpose: Purpose, currency: str) -> Account:
    return open_account(
        actor=actor,
        operating_entity_id=programme.operating_entity_id,
        holder_id=programme.operating_entity.organisation_id,
        kind=OPENING.code,
        purpose=purpose,
        currency=currency,
        label=programme.code[:100],
    )


def require_nothing_on_top(opening: Opening, entries: Sequence[Entry]) -> None:
    """Refuse where anything was booked since on an account that was carried over."""
    if opening.last_entry is None:
        return
    accounts = Posting.objects.filter(entry__in=entries).order_by().values("account")
    later = Posting.objects.filter(
        account__in=accounts,
        entry__operating_entity=opening.last_entry.operating_entity_id,
        entry__number__gt=opening.last_entry.number,
    )
    if later.exists():
        raise Conflict("Something was booked on these accounts since: what was carried over stays, and is corrected.")
