"""What a draft would bear, as far as its licensee may know: worked out by the engine of the close."""

import csv
import tempfile
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from licensing.agreements.models import Licence
from licensing.agreements.selectors import bundle_tables
from licensing.engine import close_bundle, load_document, parse_terms, period_months
from licensing.engine.cells import plain
from licensing.engine.explain import Reason as RateReason
from licensing.engine.explain import explain_licence_alone, why_rate
from licensing.engine.model import first_day
from licensing.reports import storage
from licensing.reports.bundles import write_own_bundle
from licensing.reports.calculation import named_periods
from licensing.reports.models import FileKind, ReportDraft, SalesReport
from licensing.reports.selectors import counting_reports, draft_lines, lines_sold
from licensing.terms.calculation import for_period, toml_text
from licensing.terms.selectors import terms_in_force
from platform_core.access.actors import Actor
from platform_core.money import exponent
from pools.composition.selectors import bundle_members, bundle_patents

MOST_PERIODS: Final = 8
"""So many closes a preview works out at most; a longer report is looked at in parts."""
MOST_ROWS: Final = 500
_MOST_REASONS: Final = 20
_Key = tuple[str, str, str, str]
"""Period, product, country and rate."""
_TELLING: Final = frozenset({"no_rate", "no_fx", "outside_licence", "negative_total"})
"""Refusals of the engine that are about what the licensee itself reported."""


class Nothing(StrEnum):
    """Why something that was sold bears nothing."""

    NO_PATENT_IN_FORCE = "no_patent_in_force"
    NO_UNITS = "no_units"
    """Units and returns come to none, or there are no net sales."""
    ZERO_RATE = "zero_rate"
    """The rate is 0 %."""
    FREE_BAND = "free_band"
    """All units lie in a band that is free."""
    BELOW_WAIVER = "below_waiver"
    """The year has not come above what is waived."""
    ABOVE_CAP = "above_cap"
    """The year's cap was reached before."""
    IN_A_FEE = "in_a_fee"
    """A fee for the period or the step covers it, and stands elsewhere."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What one product bears in one country under one rate."""

    period: str
    product: str
    sold_in: str
    rate_id: str
    units: int
    amount: str
    """In major units of the programme's currency, exact."""
    rate: RateReason | None = None
    """The rate in the words of the terms; none of minimums and charges."""
    bears_nothing: tuple[Nothing, ...] = ()
    """Why the amount is 0."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no royalty can be told: a code, and what it is about."""

    code: str
    value: str = ""
    column: str = ""
    line: int | None = None
    """The first of the draft's lines that it is about, counted from 1; None where it is not about the draft."""
    lines: int = 0
    """How many lines of the draft it is about."""


@dataclass(slots=True)
class Preview:
    """What a draft would bear: amounts in minor units of the programme's currency, or why none can be told."""

    currency: str
    periods: list[str]
    royalty_minor: int = 0
    credit_minor: int = 0
    due_minor: int = 0
    rows: list[Bearing] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    in_group: bool = False
    """Whether the licence accumulates with a group, of which other licensees' sales are not counted here."""

    @property
    def is_known(self) -> bool:
        """Whether amounts could be worked out."""
        return not self.reasons


def preview_of(draft: ReportDraft, *, actor: Actor) -> Preview:
    """Work out what a draft would bear under the terms of today, with the licensee's own reports and nobody else's.

    A close counts the sales of all affiliates of a group and may come to another amount; whatever is not the
    licensee's own to see is left out here, so that the amount tells nothing of it.
    """
    licence = draft.licence
    programme = licence.programme
    periods = named_periods(draft.first_month, draft.last_month)
    preview = Preview(programme.currency, periods, in_group=bool(licence.enterprise))
    if len(periods) > MOST_PERIODS:
        preview.reasons.append(Reason("too_long", str(MOST_PERIODS)))
        return preview
    own = list(Licence.objects.filter(programme=programme, licensee=licence.licensee_id).values_list("code", flat=True))
    amounts: dict[_Key, list[int]] = {}
    rates: dict[tuple[str, str], RateReason] = {}
    nothing: dict[_Key, set[Nothing]] = {}
    for period in periods:
        with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
            bundle, out = Path(folder) / "bundle", Path(folder) / "out"
            if not _write_bundle(draft, bundle, period, own, actor, preview):
                return preview
            if close_bundle(bundle, out).status != "closed":
                preview.reasons += _reasons(out / "rejected.csv", draft)
                return preview
            _add_invoice(preview, out / "invoices.csv", licence.code)
            _add_amounts(amounts, out / "royalties.csv", licence.code, period)
            terms = parse_terms((bundle / "programme.toml").read_bytes())
            rates |= {(period, rate.id): why_rate(rate) for rate in terms.rates}
            if any(key[0] == period and not micros for key, (_, micros) in amounts.items()):
                _add_nothing(nothing, bundle, licence.code, period)
    digits = exponent(programme.currency)
    ordered = sorted(amounts.items(), key=lambda item: (periods.index(item[0][0]), -item[1][1], item[0]))
    preview.rows = [
        Bearing(
            *key,
            units,
            plain(Fraction(micros, 10 ** (digits + 6))),
            rate=rates.get((key[0], key[3])),
            bears_nothing=() if micros else tuple(sorted(nothing.get(key, ()))),
        )
        for key, (units, micros) in ordered[:MOST_ROWS]
    ]
    return preview


def _scratch() -> Path:
    folder = storage.reports_folder() / storage.INCOMING
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _write_bundle(
    draft: ReportDraft, bundle: Path, period: str, own: Sequence[str], actor: Actor, preview: Preview
) -> bool:
    programme = draft.licence.programme
    months = period_months(period)
    if months is None:
        raise ValueError(f"{period} is no period")
    last_month = first_day(months[1])
    last_day = date(last_month.year, last_month.month, monthrange(last_month.year, last_month.month)[1])
    terms = terms_in_force(programme.pk, on=last_day)
    if terms is None:
        preview.reasons.append(Reason("no_terms", period))
        return False
    document = for_period(
        load_document(terms.document), programme=programme.code, currency=programme.currency, period=period
    )
    # What was collected is not known before anything is billed.
    document = {**document, "programme": {**document["programme"], "basis": "accrued"}}
    resets = all(rate.get("reset") != "never" for rate in document.get("rates", []))
    reports = counting_reports(
        actor=actor,
        programme_id=programme.pk,
        first_month=last_month.replace(month=1) if resets else None,
        last_month=last_month,
    ).filter(licence__licensee=draft.licence.licensee_id)
    write_own_bundle(
        bundle,
        own,
        tables={
            "programme.toml": toml_text(document).encode(),
            "members.csv": bundle_members(programme.pool_id, last_day=last_day),
            "patents.csv": bundle_patents(programme.pool_id),
            **bundle_tables(programme.pk, period=period),
        },
        sales=_sales(draft, reports.exclude(pk=draft.supersedes_id) if draft.supersedes_id else reports),
    )
    return True


def _sales(draft: ReportDraft, reports: Iterable[SalesReport]) -> dict[str, Path]:
    found = {report.pk: lines_sold(report) for report in reports}
    if draft.kind != FileKind.NIL:
        found[draft.pk] = draft_lines(draft)
    return {f"sales/{pk}.parquet": lines for pk, lines in found.items() if lines is not None}


def _reasons(rejected: Path, draft: ReportDraft) -> list[Reason]:
    """Say why the engine refused, as far as it is about the licensee's own sales; the rest is finance's to mend."""
    found: dict[Reason, list[int]] = {}
    for row in _rows(rejected):
        of_sales = row["file"].startswith("sales/") or row["code"] in _TELLING
        reason = Reason(row["code"], row["value"], row["column"]) if of_sales else Reason("records")
        lines = found.setdefault(reason, [])
        if Path(row["file"]).stem == str(draft.pk) and row["line"]:
            lines.append(int(row["line"]))
    return [
        replace(reason, line=min(lines, default=None), lines=len(lines))
        for reason, lines in list(found.items())[:_MOST_REASONS]
    ]


def _add_invoice(preview: Preview, invoices: Path, code: str) -> None:
    for row in _rows(invoices):
        if row["licence_id"] == code:
            preview.royalty_minor += int(row["royalty_minor"])
            preview.credit_minor += int(row["credit_minor"])
            preview.due_minor += int(row["due_minor"])


def _add_nothing(nothing: dict[_Key, set[Nothing]], bundle: Path, code: str, period: str) -> None:
    """Note why buckets of a period bear nothing, by working the bundle out once more with the way to each amount."""
    for bucket in explain_licence_alone(bundle, code):
        if not bucket["royalty_micros"]:
            key = (period, bucket["product"], bucket["sold_in"], bucket["rate_id"])
            nothing.setdefault(key, set()).add(_why_nothing(bucket))


def _why_nothing(bucket: Mapping[str, Any]) -> Nothing:
    if bucket["reason"]:
        return Nothing(bucket["reason"])
    if bucket.get("rated_micros"):
        # The last that took something off left nothing.
        last = next(limit for limit in reversed(bucket["limits"]) if limit["change_micros"])
        return Nothing.BELOW_WAIVER if last["kind"] == "waiver" else Nothing.ABOVE_CAP
    rate = bucket.get("rate", {})
    form = rate.get("form")
    if not bucket["units"]:
        return Nothing.NO_UNITS
    if form == "percent":
        sold = Fraction(bucket["net_amount"])
        return Nothing.ZERO_RATE if sold and not Fraction(rate["percent"]) else Nothing.NO_UNITS
    return Nothing.FREE_BAND if form == "bands" else Nothing.IN_A_FEE


def _add_amounts(amounts: dict[_Key, list[int]], royalties: Path, code: str, period: str) -> None:
    for row in _rows(royalties):
        if row["licence_id"] == code:
            sums = amounts.setdefault((period, row["product"], row["sold_in"], row["rate_id"]), [0, 0])
            sums[0] += int(row["units"])
            sums[1] += int(row["billed_micros"])


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
