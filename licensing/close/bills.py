"""How a licence came to what it owes by a close, told to whom it is billed: from its own records and nobody else's.

The amounts are those on record. The way to them (bands, waivers, caps) is worked out anew from the licensee's own
rows of what the close read; it is told where it leads to those amounts, and where no affiliate's sales count with them.
"""

import os
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet, Sum

from licensing.agreements.calculation import OF_LICENCES, rows_of_licences
from licensing.agreements.models import Licence
from licensing.close import storage
from licensing.close.export import is_sales, sales_name
from licensing.close.models import Adjustment, CloseBucket, CloseInput, CloseRun, CloseShare, LicenceResult, PayeeKind
from licensing.close.selectors import FilesMissing
from licensing.close.stored import rules_of
from licensing.engine import BundleError
from licensing.engine.explain import Explanation, Reason, Rules, explain_licence_alone, why_rate
from licensing.reports.calculation import LINE_COLUMNS

MOST_ROWS: Final = 500
"""Rows that are told one by one, the largest first; the others are summed."""

_KEPT: Final = 16
_Key = tuple[str, str, str, str, str]


class Untold(StrEnum):
    """Why the way to the amounts is not told."""

    AFFILIATES = "affiliates"
    """Sales of other licensees of the group count in bands and caps."""
    FILES = "files"
    """The files of the close are not where they were kept."""


@dataclass(frozen=True, slots=True)
class BillRow:
    """What one product bears in a month on its way from one country to another; micros of the run's currency."""

    product: str
    made_in: str
    sold_in: str
    month: str
    sales_currency: str
    units: int
    rate: Reason | None
    reason: str
    royalty_micros: int
    billed_micros: int
    credit_micros: int
    detail: Mapping[str, Any] | None
    """As the engine explains a bucket: net amount, rate with its bands, waivers and caps. None where it is not told."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a licence owes by a close, in minor units, and the rows it is made of."""

    royalty_minor: int
    credit_minor: int
    due_minor: int
    before_minor: int | None
    """Of a correction: what was owed by the close that it corrects."""
    untold: Untold | None
    rows: tuple[BillRow, ...]
    rest_count: int
    rest_micros: int


def bill_of(run: CloseRun, licence: Licence) -> Bill:
    """Tell how a licence came to what it owes by a run; the caller has made sure that the reader may know it."""
    result = LicenceResult.objects.filter(run=run, licence=licence).first()
    royalty, credit = (result.royalty_minor, result.credit_minor) if result else (0, 0)
    adjustment = Adjustment.objects.filter(run=run, licence=licence, side=Adjustment.Side.LICENCE).first()
    buckets = CloseBucket.objects.filter(run=run, licence=licence)
    rules = _rules(run)
    told, untold = _way(run, licence, rules, buckets)
    credits = _credits(buckets)
    rates = {} if rules is None else {rate.id: rate for rate in rules.terms.rates}
    largest = list(buckets.order_by("-billed_micros", "position")[:MOST_ROWS])
    rows = [
        BillRow(
            product=each.product,
            made_in=each.made_in,
            sold_in=each.sold_in,
            month=each.month,
            sales_currency=each.currency,
            units=int(each.units),
            rate=why_rate(rates[each.rate_id]) if each.rate_id in rates else None,
            reason=each.reason,
            royalty_micros=int(each.royalty_micros),
            billed_micros=int(each.billed_micros),
            credit_micros=credits.get(each.pk, 0),
            detail=None if told is None else told.get(_key(each)),
        )
        for each in sorted(largest, key=lambda each: each.position)
    ]
    rest = buckets.exclude(pk__in=[each.pk for each in largest])
    return Bill(
        royalty_minor=royalty,
        credit_minor=credit,
        due_minor=royalty - credit,
        before_minor=None if adjustment is None else royalty - credit - adjustment.amount_minor,
        untold=untold,
        rows=tuple(rows),
        rest_count=rest.count(),
        rest_micros=int(rest.aggregate(sum=Sum("billed_micros"))["sum"] or 0),
    )


def _rules(run: CloseRun) -> Rules | None:
    try:
        return rules_of(run)
    except FilesMissing:
        return None


def _credits(buckets: QuerySet[CloseBucket]) -> dict[Any, int]:
    """Return what is credited of each bucket for licences held from members: one sum, not member by member."""
    shares = CloseShare.objects.filter(bucket__in=buckets, kind=PayeeKind.CREDIT).order_by()
    return {row["bucket"]: int(row["sum"]) for row in shares.values("bucket").annotate(sum=Sum("micros"))}


def _way(
    run: CloseRun, licence: Licence, rules: Rules | None, buckets: QuerySet[CloseBucket]
) -> tuple[Mapping[_Key, Mapping[str, Any]] | None, Untold | None]:
    if rules is None or run.results_claim is None:
        return None, Untold.FILES
    own = Licence.objects.filter(programme=run.programme_id, licensee=licence.licensee_id)
    codes = frozenset(own.values_list("code", flat=True))
    if _counts_with_others(rules, codes):
        return None, Untold.AFFILIATES
    reports = CloseInput.objects.filter(run=run, report__licence__in=own).values_list("report", flat=True)
    bundle = storage.bundle_folder(run.pk, run.results_claim)
    try:
        explained = _explained(bundle, codes, frozenset(sales_name(report) for report in reports), licence.code)
    except (FileNotFoundError, BundleError):
        return None, Untold.FILES
    found = {} if explained is None else {_key_of(each): each for each in explained["buckets"]}
    recorded = {_key(each): each for each in buckets}
    if {key: int(each.royalty_micros) for key, each in recorded.items()} != {
        key: each["royalty_micros"] for key, each in found.items()
    }:
        # Something of others counts after all: the way would lead elsewhere.
        return None, Untold.AFFILIATES
    return found, None


def _counts_with_others(rules: Rules, own: Collection[str]) -> bool:
    """Whether licences of other licensees ever stood in a group with one of these."""
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for code, licence in rules.tables.licences.items():
        groups[code in own].add(licence.enterprise)
    for change in rules.tables.changes:
        if change.enterprise:
            groups[change.licence_id in own].add(change.enterprise)
    return bool(groups[True] & groups[False])


@lru_cache(maxsize=_KEPT)
def _explained(bundle: Path, own: frozenset[str], sales: frozenset[str], code: str) -> Explanation | None:
    """Close the own rows of a stored bundle again; its files never change, so that the answer is kept."""
    with tempfile.TemporaryDirectory(dir=bundle.parent) as folder:
        alone = Path(folder)
        for path in sorted(path for path in bundle.iterdir() if path.is_file() and not is_sales(path.name)):
            table = path.read_bytes()
            (alone / path.name).write_bytes(rows_of_licences(own, table) if path.name in OF_LICENCES else table)
        if sales:
            (alone / "sales").mkdir()
            for name in sales:
                os.link(bundle / name, alone / name)
        else:
            (alone / "sales.csv").write_text(",".join(LINE_COLUMNS) + "\n", "utf-8")
        return explain_licence_alone(alone, code)


def _key(bucket: CloseBucket) -> _Key:
    return bucket.product, bucket.made_in, bucket.sold_in, bucket.month, bucket.currency


def _key_of(explained: Mapping[str, Any]) -> _Key:
    return explained["product"], explained["made_in"], explained["sold_in"], explained["month"], explained["currency"]
