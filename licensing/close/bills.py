"""How a licence came to what it owes by a close, told to whom it is billed: from its own records and nobody else's.

The amounts are those on record. The way to them (bands, waivers, caps) is worked out anew from the licensee's own
rows of what the close read; it is told where it leads to those amounts, and where no affiliate's sales count with them.
Otherwise nothing is told row by row: from what single months bear, thresholds and caps that a group reached, and so
the sales of its others, could be worked out.
"""

import hashlib
import logging
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import UUID

from django.db.models import Sum

from licensing.agreements.models import Licence
from licensing.close import storage
from licensing.close.export import is_sales, sales_name
from licensing.close.models import Adjustment, CloseBucket, CloseInput, CloseRun, CloseShare, LicenceResult, PayeeKind
from licensing.close.selectors import FilesMissing
from licensing.close.stored import rules_of
from licensing.engine import BundleError
from licensing.engine.explain import Explanation, Reason, Rules, explain_licence_alone, why_rate
from licensing.reports.bundles import write_own_bundle
from platform_core.files import private_folder
from platform_core.problems import Problem

logger = logging.getLogger(__name__)

MOST_ROWS: Final = 500
"""Rows that are told one by one, the largest first; the others are summed."""
MOST_BUCKETS: Final = 20_000
"""A bill of more rows is not worked out while somebody waits for it."""

_KEPT: Final = 16
_WAITS: Final = 10.0
"""Seconds that whoever asks for a bill waits for another's, before being asked to come again."""

_KEY: Final = ("product", "made_in", "sold_in", "month", "currency")
_Key = tuple[str, ...]
_Row = Mapping[str, Any]


class Untold(StrEnum):
    """Why the way to the amounts is not told."""

    AFFILIATES = "affiliates"
    """Sales of other licensees of the group count in bands and caps."""
    FILES = "files"
    """The files of the close are not where they were kept."""
    LARGE = "large"
    """There are more rows than are worked out while somebody waits."""
    DIFFERS = "differs"
    """The licensee's own rows do not lead to the amounts on record, which they should."""


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
    """As the engine explains a bucket: net amount, rate with its bands, waivers and caps; None of sums."""


@dataclass(frozen=True, slots=True)
class Bill:
    """What a licence owes by a close, in minor units, and the rows it is made of; none where that is not told."""

    royalty_minor: int
    credit_minor: int
    due_minor: int
    before_minor: int | None
    """Of a correction: what was owed by the close that it corrects."""
    untold: Untold | None
    rows: tuple[BillRow, ...]
    rest_count: int
    rest_micros: int
    units: Mapping[str, int]
    """What was sold of each product."""


def bill_of(run: CloseRun, licence: Licence) -> Bill:
    """Tell how a licence came to what it owes by a run; the caller has made sure that the reader may know it."""
    result = LicenceResult.objects.filter(run=run, licence=licence).first()
    royalty, credit = (result.royalty_minor, result.credit_minor) if result else (0, 0)
    adjustment = Adjustment.objects.filter(run=run, licence=licence, side=Adjustment.Side.LICENCE).first()
    told = _told(run, licence)
    buckets, details = ([], {}) if isinstance(told, Untold) else told
    by_size = sorted(buckets, key=lambda each: -each["billed_micros"])
    shown, rest = by_size[:MOST_ROWS], by_size[MOST_ROWS:]
    return Bill(
        royalty_minor=royalty,
        credit_minor=credit,
        due_minor=royalty - credit,
        before_minor=None if adjustment is None else royalty - credit - adjustment.amount_minor,
        untold=told if isinstance(told, Untold) else None,
        rows=_rows(run, sorted(shown, key=lambda each: each["position"]), details),
        rest_count=len(rest),
        rest_micros=int(sum(each["billed_micros"] for each in rest)),
        units=_units(run, licence),
    )


def _units(run: CloseRun, licence: Licence) -> dict[str, int]:
    sums = CloseBucket.objects.filter(run=run, licence=licence).order_by().values("product").annotate(sum=Sum("units"))
    return {str(row["product"]): int(row["sum"]) for row in sums}


def _rows(run: CloseRun, shown: Sequence[_Row], details: Mapping[_Key, Explanation]) -> tuple[BillRow, ...]:
    if not shown:
        return ()
    rates = {rate.id: rate for rate in rules_of(run).terms.rates}
    credits = _credits([each["pk"] for each in shown])
    return tuple(
        BillRow(
            product=each["product"],
            made_in=each["made_in"],
            sold_in=each["sold_in"],
            month=each["month"],
            sales_currency=each["currency"],
            units=int(each["units"]),
            rate=why_rate(rates[each["rate_id"]]) if each["rate_id"] in rates else None,
            reason=each["reason"],
            royalty_micros=int(each["royalty_micros"]),
            billed_micros=int(each["billed_micros"]),
            credit_micros=credits.get(each["pk"], 0),
            detail=details.get(_key(each)),
        )
        for each in shown
    )


def _credits(buckets: Collection[UUID]) -> dict[UUID, int]:
    """Return what is credited of each bucket for licences held from members: one sum, not member by member."""
    shares = CloseShare.objects.filter(bucket__in=buckets, kind=PayeeKind.CREDIT).order_by()
    return {row["bucket"]: int(row["sum"]) for row in shares.values("bucket").annotate(sum=Sum("micros"))}


def _told(run: CloseRun, licence: Licence) -> tuple[list[_Row], Mapping[_Key, Explanation]] | Untold:
    """Return a licence's rows on record in their order, and of the largest the way to them; or why none is told."""
    if run.results_claim is None:
        return Untold.FILES
    own = Licence.objects.filter(programme=run.programme_id, licensee=licence.licensee_id)
    codes = frozenset(own.values_list("code", flat=True))
    try:
        if _counts_with_others(rules_of(run), codes):
            return Untold.AFFILIATES
        buckets = _recorded(run, licence)
        if len(buckets) > MOST_BUCKETS:
            return Untold.LARGE
        reports = CloseInput.objects.filter(run=run, report__licence__in=own).values_list("report", flat=True)
        bundle = storage.bundle_folder(run.pk, run.results_claim)
        way = _WAYS.of(_Asked(bundle, codes, frozenset(sales_name(report) for report in reports), licence.code))
    except (FileNotFoundError, FilesMissing):
        return Untold.FILES
    if way.royalties != _digest(buckets):
        logger.error("Run %s: licence %s alone comes to other royalties than are on record", run.pk, licence.pk)
        return Untold.DIFFERS
    return buckets, way.largest


def _recorded(run: CloseRun, licence: Licence) -> list[_Row]:
    """Return a licence's rows in their order, one more at most than are worked out."""
    rows = CloseBucket.objects.filter(run=run, licence=licence).order_by("position")
    wanted = ("pk", "position", *_KEY, "rate_id", "reason", "units", "royalty_micros", "billed_micros")
    return list(rows.values(*wanted)[: MOST_BUCKETS + 1])


def _counts_with_others(rules: Rules, own: Collection[str]) -> bool:
    """Whether licences of other licensees ever stood in a group with one of these."""
    groups: dict[bool, set[str]] = {True: set(), False: set()}
    for code, licence in rules.tables.licences.items():
        groups[code in own].add(licence.enterprise)
    for change in rules.tables.changes:
        if change.enterprise:
            groups[change.licence_id in own].add(change.enterprise)
    return bool(groups[True] & groups[False])


@dataclass(frozen=True, slots=True)
class _Way:
    """What is kept of a bill that was worked out: little, as many are."""

    royalties: str
    """The digest of what each row bears; empty where what the close read of the licensee alone cannot be closed."""
    largest: Mapping[_Key, Explanation]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a bill is worked out from: files of a stored bundle, which never change."""

    bundle: Path
    own: frozenset[str]
    sales: frozenset[str]
    code: str


class WorkingOut(Problem):
    """Another bill is worked out just now; nothing is wrong with this one."""

    code: ClassVar[str] = "working_out_others"
    status: ClassVar[int] = 503
    title: ClassVar[str] = "Other invoices are being worked out"


class _Ways:
    """The bills that were worked out last, told at once.

    Others are worked out one at a time, since each takes the memory of a small close.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[_Asked, _Way] = OrderedDict()
        self._keeping = threading.Lock()
        self._working = threading.Lock()

    def of(self, asked: _Asked) -> _Way:
        """Return how a bill is worked out; raise WorkingOut where another's takes too long."""
        if (way := self._look_up(asked)) is not None:
            return way
        if not self._working.acquire(timeout=_WAITS):
            wait = int(_WAITS)
            raise WorkingOut(f"Other invoices are being worked out. Ask again in {wait} seconds.", retry_after=wait)
        try:
            # Whoever waited for the same finds it here.
            return self._look_up(asked) or self._keep(asked, _worked_out(asked))
        finally:
            self._working.release()

    def _look_up(self, asked: _Asked) -> _Way | None:
        with self._keeping:
            if asked in self._kept:
                self._kept.move_to_end(asked)
            return self._kept.get(asked)

    def _keep(self, asked: _Asked, way: _Way) -> _Way:
        with self._keeping:
            self._kept[asked] = way
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return way


_WAYS: Final = _Ways()


def _worked_out(asked: _Asked) -> _Way:
    """Close the own rows of a stored bundle again.

    Whatever is written for it is where strays of a process that was killed are tidied away.
    """
    above = storage.simulations_folder()
    private_folder(above)
    with tempfile.TemporaryDirectory(dir=above) as folder:
        alone = Path(folder) / storage.BUNDLE
        tables = {path.name: path for path in asked.bundle.iterdir() if path.is_file() and not is_sales(path.name)}
        write_own_bundle(alone, asked.own, tables=tables, sales={name: asked.bundle / name for name in asked.sales})
        try:
            explained = explain_licence_alone(alone, asked.code)
        except BundleError:
            logger.exception("What %s holds of licence %s alone cannot be closed", asked.bundle, asked.code)
            return _Way("", {})
    largest = sorted(explained, key=lambda each: -each["billed_micros"])[:MOST_ROWS]
    return _Way(_digest(explained), {_key(each): each for each in largest})


def _digest(rows: Iterable[_Row]) -> str:
    told = sorted((*_key(each), int(each["royalty_micros"])) for each in rows)
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _key(row: _Row) -> _Key:
    return tuple(row[name] for name in _KEY)
