"""Writing the bundle of a run: the same records give the same bytes."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from uuid import UUID

from licensing.agreements.selectors import bundle_payments, bundle_tables
from licensing.close import storage
from licensing.close.calculation import Span, members_until, patents_until
from licensing.close.models import CloseRun
from licensing.close.selectors import FilesMissing, inputs_of
from licensing.reports.bundles import NO_SALES, write_no_sales
from licensing.reports.models import SalesReport
from licensing.reports.selectors import lines_file
from licensing.terms.selectors import bundle_terms
from platform_core.access.actors import Actor
from platform_core.csv_text import csv_bytes
from pools.composition.selectors import bundle_members, bundle_patents

_CHUNK: Final = 1 << 20
_SALES: Final = "sales/"
_PATENTS: Final = "patents.csv"
_MEMBERS: Final = "members.csv"


ESTIMATES: Final = "estimates.csv"
"""Which files of sales are estimated. No close reads it, so that bundles from before it verify like those after it."""


class ExportError(Exception):
    """The records cannot be written as a bundle; the message says what is missing."""


def sales_name(report_id: UUID) -> str:
    """Return the name of a report's lines within a bundle."""
    return f"{_SALES}{report_id}.parquet"


def export_bundle(run: CloseRun, bundle: Path, *, actor: Actor) -> list[UUID]:
    """Write what a run is calculated from as a close bundle, and return the reports that went into it.

    The caller holds one view of the records for as long as this reads. Sales are the reports' checked lines as they
    were stored at filing, one file each.
    """
    bundle.mkdir(parents=True)
    for name, content in _tables(run).items():
        (bundle / name).write_bytes(content)
    reports = list(inputs_of(run, actor=actor).select_related("licence"))
    if estimates := [report for report in reports if report.is_estimate]:
        (bundle / ESTIMATES).write_bytes(_estimates_table(estimates))
    return _export_sales(reports, bundle)


def tables_changed(run: CloseRun) -> list[str]:
    """Name the tables of a calculated run's bundle, sales apart, that the records would now give otherwise.

    Raises FilesMissing where the results do not say what they were calculated from.
    """
    if run.results_claim is None:
        raise FilesMissing
    try:
        stored = (storage.output_folder(run.pk, run.results_claim) / "run.json").read_bytes()
    except FileNotFoundError as error:
        raise FilesMissing from error
    if hashlib.sha256(stored).hexdigest() != run.results_sha256:
        raise FilesMissing
    used = {name: digest for name, digest in json.loads(stored)["inputs"].items() if not is_sales(name)}
    now = _tables(run)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in now.items()}
    changed = {name for name in {*used, *now} if used.get(name) != digests.get(name)}
    for name in (_MEMBERS, _PATENTS):
        if name in changed and _counts_the_same(run, run.results_claim, name, now[name]):
            changed.remove(name)
    return sorted(changed)


def _counts_the_same(run: CloseRun, claim: UUID, name: str, table: bytes) -> bool:
    """Whether a list, which changes all the time, counts as the one that was used up to the period's end."""
    try:
        used = (storage.bundle_folder(run.pk, claim) / name).read_bytes()
    except FileNotFoundError as error:
        raise FilesMissing from error
    last_day = _span(run).last_day
    until = patents_until if name == _PATENTS else members_until
    return until(used, last_day) == until(table, last_day)


def _span(run: CloseRun) -> Span:
    return Span(run.period, run.first_month, run.last_month)


def is_sales(name: str) -> bool:
    """Whether a file of a bundle holds sales."""
    return name == NO_SALES or name.startswith(_SALES)


def _tables(run: CloseRun) -> dict[str, bytes]:
    """Write all of a run's bundle but the sales, by file."""
    programme = run.programme
    tables = {
        storage.MARK: bundle_terms(run.terms_version, period=run.period),
        _MEMBERS: bundle_members(programme.pool_id, last_day=_span(run).last_day),
        _PATENTS: bundle_patents(programme.pool_id),
        **bundle_tables(programme.pk, period=run.period),
    }
    if closes_on_receipts(run):
        tables["payments.csv"] = bundle_payments(programme.pk, currency=programme.currency, period=run.period)
    return tables


def closes_on_receipts(run: CloseRun) -> bool:
    """Whether a run's terms distribute what was collected rather than what is owed."""
    return bool(run.terms_version.content.get("programme", {}).get("basis") == "collected")


def _estimates_table(reports: Iterable[SalesReport]) -> bytes:
    rows = sorted(
        (report.licence.code, f"{report.first_month:%Y-%m}", f"{report.last_month:%Y-%m}", sales_name(report.pk))
        for report in reports
    )
    return csv_bytes(("licence_id", "first_month", "last_month", "file"), rows)


def _export_sales(reports: Iterable[SalesReport], bundle: Path) -> list[UUID]:
    written: list[UUID] = []
    (bundle / "sales").mkdir()
    for report in reports:
        _copy_checked(report, bundle / sales_name(report.pk))
        written.append(report.pk)
    if not written:
        write_no_sales(bundle)
    return written


def _copy_checked(report: SalesReport, target: Path) -> None:
    """Copy a report's lines, making sure that they are what was filed."""
    digest = hashlib.sha256()
    try:
        with lines_file(report).open("rb") as source, target.open("wb") as out:
            while piece := source.read(_CHUNK):
                digest.update(piece)
                out.write(piece)
    except FileNotFoundError as error:
        raise ExportError(f"The file of report {report.pk} is missing: restore it from the backup.") from error
    if digest.hexdigest() != report.lines_sha256:
        raise ExportError(f"The file of report {report.pk} is not what was filed: restore it from the backup.")
