"""Bank, books and papers beside one another at the end of a day: what each says, and where they differ.

Source: pool practice, G19: cash, invoices and distributions are reconciled at the end of each month.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet, Sum, prefetch_related_objects

from licensing.billing.kinds import BILLED, COLLECTED, OUTPUT_VAT, RECEIVABLE
from licensing.billing.lifecycle import InvoiceState
from licensing.billing.models import Invoice, Settlement
from licensing.close.models import PayeeKind
from licensing.distribution.kinds import HELD, PAYABLE, WITHHELD_TAX
from licensing.distribution.models import DistributionItem, DistributionRun, Withholding
from licensing.distribution.withholding.selectors import payments_taken_back
from licensing.payments.kinds import SERVICE_BALANCE
from licensing.payments.models import BankReceipt, OnlineMovement
from licensing.payments.policies import READ_RECONCILIATION
from platform_core.access.actors import Actor
from platform_core.access.kernel import get_visible, require
from platform_core.identity.models import OperatingEntity
from platform_core.identity.roles import Purpose
from platform_core.ledger.kinds import BANK, SUSPENSE
from platform_core.ledger.models import Account, Posting
from platform_core.ledger.selectors import trial_balance
from platform_core.treasury.models import BankAccount, LineState, StatementLine


class Check(StrEnum):
    """What is compared."""

    BANK = "bank"
    """The balance a bank tells, and that of its account in the books."""
    RECEIVABLE = "receivable"
    """What is open of a licensee's invoices, and what it owes by the books."""
    BILLED = "billed"
    """Royalties on invoices that neither arrived nor were lost, and those in the books."""
    COLLECTED = "collected"
    """Royalties that arrived and were not given out, and those in the books."""
    OUTPUT_VAT = "output_vat"
    """Tax on invoices, and in the books."""
    PAYABLE = "payable"
    """What distributions gave a member less what left for it, and what it is due by the books."""
    WITHHELD_TAX = "withheld_tax"
    """Tax withheld from members that was not paid on, and what is owed to the tax office by the books."""
    WAITING = "waiting"
    """Lines of statements that are for nothing yet, and what is unassigned in the books."""
    SERVICE = "service"
    """What moved at the payment service, and its balance in the books."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: of what, and what both sides say, in minor units as people read them."""

    check: Check
    title: str
    """Of whom or which account."""
    currency: str
    papers_minor: int
    books_minor: int
    accounts: tuple[Account, ...] = ()
    """Those of the books that make up what they say."""

    @property
    def difference_minor(self) -> int:
        """What the books say more."""
        return self.books_minor - self.papers_minor


_Key = tuple[str, str]
_Sums = Mapping[_Key, int]
_Accounts = Mapping[_Key, Sequence[Account]]


def reconciliation(operating_entity_id: UUID, *, actor: Actor, on: date) -> list[Compared]:
    """Compare what banks, invoices and distributions say with the books, for royalties, at the end of a day.

    What agrees is listed too.
    """
    entity = get_visible(OperatingEntity, operating_entity_id, actor=actor)
    require(actor, READ_RECONCILIATION, entity)
    books, accounts = _books(entity, actor, on)
    papers: dict[Check, _Sums] = {
        Check.BANK: _told_by_banks(entity, on),
        Check.RECEIVABLE: _owed(entity, on),
        **_royalties(entity, on),
        Check.PAYABLE: _due_to_members(entity, on),
        Check.WITHHELD_TAX: _owed_to_the_tax_office(entity, on),
        Check.WAITING: _waiting(entity, on),
        Check.SERVICE: _at_the_service(entity, on),
    }
    return list(_compared(papers, books, accounts))


def _compared(
    papers: Mapping[Check, _Sums], books: Mapping[Check, _Sums], accounts: Mapping[Check, _Accounts]
) -> Iterator[Compared]:
    for check in Check:
        told, booked = papers.get(check, {}), books.get(check, {})
        for title, currency in sorted({*told, *booked}):
            key = title, currency
            if check is Check.BANK and key not in told:
                # The bank has not told anything yet; its account in the books is opened with the first line.
                continue
            found = tuple(accounts.get(check, {}).get(key, ()))
            yield Compared(check, title, currency, told.get(key, 0), booked.get(key, 0), found)


def _books(entity: OperatingEntity, actor: Actor, on: date) -> tuple[dict[Check, _Sums], dict[Check, _Accounts]]:
    sums: dict[Check, dict[_Key, int]] = {check: defaultdict(int) for check in Check}
    accounts: dict[Check, dict[_Key, list[Account]]] = {check: defaultdict(list) for check in Check}
    banks = dict(BankAccount.objects.filter(operating_entity=entity).values_list("ledger_account", "number"))
    rows = trial_balance(entity.pk, actor=actor, on=on, purpose=Purpose.ROYALTIES)
    prefetch_related_objects([row.account for row in rows], "holder")
    for row in rows:
        if (place := _place_of(row.account, banks)) is not None:
            check, title = place
            sums[check][title, row.account.currency] += sign_of(check) * row.balance_minor
            accounts[check][title, row.account.currency].append(row.account)
    return {check: dict(found) for check, found in sums.items()}, {
        check: dict(found) for check, found in accounts.items()
    }


def _place_of(account: Account, banks: Mapping[UUID, str]) -> tuple[Check, str] | None:
    """Return where an account is compared, and under which title; None: nowhere."""
    match account.kind:
        case BANK.code if account.pk in banks:
            return Check.BANK, banks[account.pk]
        case RECEIVABLE.code:
            return Check.RECEIVABLE, str(account.holder)
        case BILLED.code:
            return Check.BILLED, account.label
        case COLLECTED.code:
            return Check.COLLECTED, account.label
        case OUTPUT_VAT.code:
            return Check.OUTPUT_VAT, account.label
        case PAYABLE.code | HELD.code:
            return Check.PAYABLE, str(account.holder)
        case WITHHELD_TAX.code:
            return Check.WITHHELD_TAX, ""
        case SUSPENSE.code if not account.label:
            return Check.WAITING, ""
        case SERVICE_BALANCE.code:
            return Check.SERVICE, account.label
    return None


def sign_of(check: Check) -> int:
    """Return by what a balance is turned so that people read it: what is owed to others stands above 0."""
    return 1 if check in (Check.BANK, Check.RECEIVABLE, Check.SERVICE) else -1


def _told_by_banks(entity: OperatingEntity, on: date) -> _Sums:
    """Return the last balance that each bank told by a day."""
    told = StatementLine.objects.filter(
        bank_account__operating_entity=entity,
        bank_account__purpose=Purpose.ROYALTIES,
        booked_on__lte=on,
        balance_minor__isnull=False,
    )
    # What never happened, as it was found out since, tells nothing.
    told = told.exclude(state=LineState.REVERSED, decided_at__lt=_begin_of_next(entity, on))
    told = told.order_by("bank_account_id", "-booked_on", "-place", "-id")
    last = told.distinct("bank_account_id").values_list(
        "bank_account__number", "bank_account__currency", "balance_minor"
    )
    return {(number, currency): balance for number, currency, balance in last if balance is not None}


def _owed(entity: OperatingEntity, on: date) -> _Sums:
    found: dict[_Key, int] = defaultdict(int)
    issued = Invoice.objects.filter(
        licence__programme__operating_entity=entity, state=InvoiceState.ISSUED, issued_on__lte=on
    ).select_related("licence__licensee")
    for invoice in issued:
        found[str(invoice.licence.licensee), invoice.currency] += invoice.gross_minor
    for row in _settlements(entity, on).select_related("invoice__licence__licensee"):
        found[str(row.invoice.licence.licensee), row.invoice.currency] -= row.amount_minor
    return {key: amount for key, amount in found.items() if amount}


def _royalties(entity: OperatingEntity, on: date) -> dict[Check, _Sums]:
    billed: dict[_Key, int] = defaultdict(int)
    collected: dict[_Key, int] = defaultdict(int)
    taxes: dict[_Key, int] = defaultdict(int)
    code, currency = "licence__programme__code", "currency"
    issued = Invoice.objects.filter(
        licence__programme__operating_entity=entity, state=InvoiceState.ISSUED, issued_on__lte=on
    )
    for row in issued.order_by().values(code, currency).annotate(net=Sum("net_minor"), tax=Sum("tax_minor")):
        billed[row[code], row[currency]] += int(row["net"])
        taxes[row[code], row[currency]] += int(row["tax"])
    settled = _settlements(entity, on).order_by().values(f"invoice__{code}", f"invoice__{currency}")
    for row in settled.annotate(arrived=Sum("collected_minor"), gone=Sum(F("collected_minor") + F("lost_minor"))):
        key = row[f"invoice__{code}"], row[f"invoice__{currency}"]
        collected[key] += int(row["arrived"])
        billed[key] -= int(row["gone"])
    given = DistributionRun.objects.filter(
        Q(entry__effective_on__lte=on), programme__operating_entity=entity
    ).select_related("programme")
    for run in given:
        collected[run.programme.code, run.currency] -= run.total_minor
    return {
        check: {key: amount for key, amount in sums.items() if amount}
        for check, sums in (
            (Check.BILLED, billed),
            (Check.COLLECTED, collected),
            (Check.OUTPUT_VAT, taxes),
        )
    }


def _due_to_members(entity: OperatingEntity, on: date) -> _Sums:
    found: dict[_Key, int] = defaultdict(int)
    items = DistributionItem.objects.filter(
        kind__in=(PayeeKind.MEMBER, PayeeKind.HELD),
        run__programme__operating_entity=entity,
        run__entry__effective_on__lte=on,
    ).select_related("run", "membership__organisation")
    for item in items:
        if item.membership is not None:
            found[str(item.membership.organisation), item.run.currency] += item.net_minor
    # What left for a member since: whatever was booked on its account by anything but a distribution.
    left = Posting.objects.filter(
        account__operating_entity=entity, account__kind__in=(PAYABLE.code, HELD.code), effective_on__lte=on
    ).exclude(entry__subject_type=DistributionRun._meta.label_lower)
    for row in left.select_related("account__holder"):
        found[str(row.account.holder), row.account.currency] -= row.amount_minor
    return {key: amount for key, amount in found.items() if amount}


def _owed_to_the_tax_office(entity: OperatingEntity, on: date) -> _Sums:
    """Return what was withheld by a day and not paid to the tax office by then."""
    rows = Withholding.objects.filter(
        item__run__programme__operating_entity=entity, item__run__entry__effective_on__lte=on
    ).exclude(remittance__paid_on__lte=on)
    sums = rows.order_by().values_list("item__run__currency").annotate(sum=Sum("tax_minor"))
    owed = {currency: int(amount) for currency, amount in sums}
    # What a bank's line paid then, and was found out since not to have, was paid by the books of that day.
    for currency, amount in payments_taken_back(entity.pk, on).items():
        owed[currency] = owed.get(currency, 0) - amount
    return {("", currency): amount for currency, amount in owed.items() if amount}


def _waiting(entity: OperatingEntity, on: date) -> _Sums:
    """Return what lines came to that were for nothing at the end of a day, whatever became of them since.

    What a line is for is booked on the line's day, whenever it is said; that it was wrong, on the day it is found out.
    """
    later = _begin_of_next(entity, on)
    lines = StatementLine.objects.filter(
        bank_account__operating_entity=entity, bank_account__purpose=Purpose.ROYALTIES, booked_on__lte=on
    ).order_by()
    there = lines.exclude(state=LineState.REVERSED, decided_at__lt=later)
    receipts = BankReceipt.objects.filter(line__in=lines).exclude(taken_back_at__lt=later).order_by()
    of_others = lines.filter(state=LineState.ASSIGNED).exclude(
        subject_type__in=(BankReceipt._meta.label_lower, Invoice._meta.label_lower)
    )
    found: dict[_Key, int] = defaultdict(int)
    for rows, path, sign in ((there, "", 1), (receipts, "line__", -1), (of_others, "", -1)):
        currency = f"{path}bank_account__currency"
        for row in rows.values(currency).annotate(sum=Sum(f"{path}amount_minor")):
            found["", str(row[currency])] += sign * int(row["sum"])
    # A line that was freed since was for the tax office then, by the books of that day.
    for of_currency, amount in payments_taken_back(entity.pk, on, by_freed_lines=True).items():
        found["", of_currency] += amount
    return {key: amount for key, amount in found.items() if amount}


def _begin_of_next(entity: OperatingEntity, on: date) -> datetime:
    return datetime.combine(on + timedelta(days=1), time.min, tzinfo=ZoneInfo(entity.alliance.zone))


def _at_the_service(entity: OperatingEntity, on: date) -> _Sums:
    rows = OnlineMovement.objects.filter(
        payment__account__operating_entity=entity, entry__effective_on__lte=on
    ).order_by()
    account, currency = "payment__account__account_id", "payment__currency"
    found = rows.values(account, currency).annotate(sum=Sum("amount_minor"))
    return {(str(row[account]), str(row[currency])): int(row["sum"]) for row in found if row["sum"]}


def _settlements(entity: OperatingEntity, on: date) -> QuerySet[Settlement]:
    return Settlement.objects.filter(invoice__licence__programme__operating_entity=entity, on__lte=on)
