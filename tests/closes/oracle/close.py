"""Section 7 of the reference: the output of a close as plain rows."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.closes.oracle.allocation import Allocation, Shares, collect, pay, take_credits
from tests.closes.oracle.bundle import read_bundle
from tests.closes.oracle.records import Reject, StoppedError
from tests.closes.oracle.royalties import Key, Royalties, invoices

Cell = str | int


@dataclass
class OracleClose:
    """The rows of every output file, or those of rejected.csv; `closed` says whether amounts were worked out."""

    closed: bool
    rejected: list[Reject]
    royalties: list[dict[str, Cell]] = field(default_factory=list)
    invoices: list[dict[str, Cell]] = field(default_factory=list)
    payees: list[dict[str, Cell]] = field(default_factory=list)
    allocations: list[dict[str, Cell]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    overpaid: dict[str, int] = field(default_factory=dict)

    @property
    def rejected_counts(self) -> dict[str, int]:
        return dict(Counter(reject.code for reject in self.rejected))


def oracle_close(folder: Path, *, skip_rejected: bool = False) -> OracleClose:
    """Close a bundle by the letter of the reference."""
    try:
        bundle = read_bundle(folder)
        royalties = Royalties(bundle)
        buckets = royalties.work_out()
    except StoppedError as stopped:
        return OracleClose(closed=False, rejected=sorted(stopped.args[0]))
    rejected = sorted(royalties.rejects)
    if rejected and not skip_rejected:
        return OracleClose(closed=False, rejected=rejected)

    owed = invoices(bundle, buckets)
    allocation = Allocation(bundle, royalties)
    shares: dict[Key, Shares] = {bucket.key: allocation.allocate(bucket) for bucket in buckets}
    take_credits(bundle, buckets, shares, owed)
    if bundle.terms.basis == "collected":
        used = collect(bundle, buckets, shares, owed)
        overpaid = {
            licence_id: int(paid) - used.get(licence_id, 0)
            for licence_id, paid in sorted(bundle.payments.items())
            if int(paid) > used.get(licence_id, 0)
        }
        total = sum(used.values())
    else:
        overpaid = {}
        total = sum(invoice.due for invoice in owed.values())
    payees = pay(bundle, shares, total)

    return OracleClose(
        closed=True,
        rejected=rejected,
        royalties=[
            {
                "licence_id": bucket.licence_id,
                "product": bucket.product,
                "made_in": bucket.made_in,
                "sold_in": bucket.sold_in,
                "month": bucket.month,
                "currency": bucket.currency,
                "rate_id": bucket.rate_id,
                "units": bucket.units,
                "royalty_micros": bucket.royalty,
                "billed_micros": bucket.billed,
                "reason": bucket.reason,
            }
            for bucket in buckets
        ],
        invoices=[
            {
                "licence_id": invoice.licence_id,
                "licensee": invoice.licensee,
                "royalty_minor": invoice.royalty,
                "credit_minor": invoice.credit,
                "due_minor": invoice.due,
            }
            for invoice in owed.values()
        ],
        payees=[{"payee": payee, "amount_minor": amount} for payee, amount in sorted(payees.items())],
        allocations=[
            {
                "licence_id": bucket.licence_id,
                "product": bucket.product,
                "made_in": bucket.made_in,
                "sold_in": bucket.sold_in,
                "month": bucket.month,
                "currency": bucket.currency,
                "payee": payee,
                "micros": micros,
            }
            for bucket in buckets
            for payee, micros in sorted(shares[bucket.key].items())
            if micros
        ],
        totals={
            "lines": royalties.lines,
            "buckets": len(buckets),
            "royalty_minor": sum(invoice.royalty for invoice in owed.values()),
            "credit_minor": sum(invoice.credit for invoice in owed.values()),
            "due_minor": sum(invoice.due for invoice in owed.values()),
            "distributed_minor": sum(payees.values()),
        },
        overpaid=overpaid,
    )
