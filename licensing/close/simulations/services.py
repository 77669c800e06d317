"""Asking for simulations, and working them out in the background."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from licensing.agreements.calculation import own_enterprise
from licensing.agreements.models import BINDING_STATES, Licence, LicenceChange
from licensing.agreements.policies import READ_LICENCE
from licensing.agreements.selectors import bundle_tables
from licensing.close import storage
from licensing.close.engine_child import CalculationFailed, Engine, engine_closes, one_view_of_the_records
from licensing.close.models import CloseRun
from licensing.close.policies import SIMULATE_CLOSE
from licensing.close.selectors import get_close_run
from licensing.close.simulations.sides import Side, work_out
from licensing.close.simulations.telling import told, told_to_owner
from licensing.engine.model import first_day
from licensing.engine.terms import period_months
from licensing.reports.calculation import LINE_COLUMNS
from licensing.reports.selectors import counting_reports, lines_file
from licensing.terms.models import Programme, TermsVersion
from licensing.terms.policies import READ_TERMS_DOCUMENT
from licensing.terms.selectors import get_terms
from platform_core.access.actors import Actor
from platform_core.access.kernel import can, get_visible, require
from platform_core.access.log import log_access
from platform_core.files import private_folder
from platform_core.jobs.lifecycle import JobState
from platform_core.jobs.models import Job
from platform_core.jobs.registry import required_task
from platform_core.jobs.running import Running
from platform_core.jobs.services import defer
from platform_core.problems import Conflict, NotFound, WrongState, invalid
from pools.composition.models import PoolMember
from pools.composition.selectors import bundle_members, bundle_patents

OF_CLOSE: Final = "close_run.simulate"
"""The background work that tries terms with the sales of a close."""
OF_OWN_SALES: Final = "terms.simulate"
"""The background work that tries terms with invented sales, or with one's own."""

View = Callable[[], AbstractContextManager[None]]
"""Reads the records as of one instant."""

MOST_LINES: Final = 20_000
MOST_CHARACTERS: Final = 2_000_000
INVENTED: Final = "~invented"
"""The licence under which invented sales stand; no entry of terms can be for it by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSales:
    """Sales that somebody invents, or those it reported under a licence of its own."""

    period: str
    sales: str = ""
    """Lines as CSV, with the columns of a report but the licence."""
    licence_id: UUID | None = None
    use_reports: bool = False
    standing: str = "standard"
    option: str = ""


@transaction.atomic
def simulate_close(*, actor: Actor, run_id: UUID, terms_version_id: UUID, against_id: UUID | None = None) -> Job:
    """Have a version tried with the sales that a close was calculated from, beside the version it was closed by."""
    run = get_close_run(run_id, actor=actor)
    require(actor, SIMULATE_CLOSE, run)
    if run.results_claim is None:
        raise Conflict("This close has not been calculated. Choose one that is.")
    versions = _versions(actor, run.programme_id, terms_version_id, against_id or run.terms_version_id)
    # What it tells by licence is worked out of what everybody reported.
    log_access("close_run.simulated", actor=actor, subject=run)
    return defer(
        required_task(OF_CLOSE),
        actor=actor,
        subject=run,
        arguments={"run_id": run.pk, "versions": [str(version.pk) for version in versions]},
        one_at_a_time=f"simulation:{actor.seat_id}",
    )


@transaction.atomic
def simulate_own_sales(
    *, actor: Actor, programme_id: UUID, terms_version_id: UUID, sales: OwnSales, against_id: UUID | None = None
) -> Job:
    """Have a version that the actor may read tried with sales it invents, or with those it reported itself."""
    programme = get_visible(Programme, programme_id, actor=actor)
    months = period_months(sales.period)
    if months is None:
        raise invalid("/period", "no_period", "Name a month, quarter, half or year: 2025-03, 2025Q1, 2025H1 or 2025.")
    versions = [get_visible(TermsVersion, pk, actor=actor) for pk in (terms_version_id, against_id) if pk is not None]
    if any(version.programme_id != programme.pk for version in versions):
        raise invalid("/terms_version_id", "other_programme", "Name another version of the same programme.")
    licence = None if sales.licence_id is None else _own_licence(actor, programme, sales.licence_id)
    if sales.use_reports and licence is None:
        raise invalid("/licence_id", "required", "Say under which licence of yours the sales were reported.")
    lines = [] if sales.use_reports else read_lines(sales.sales)
    own = None
    if all(can(actor, READ_TERMS_DOCUMENT, version) for version in versions):
        members = PoolMember.objects.filter(pool=programme.pool_id, membership__organisation=actor.organisation_id)
        own = sorted(set(members.values_list("membership__code", flat=True)))
    return defer(
        required_task(OF_OWN_SALES),
        actor=actor,
        arguments={
            "programme_id": programme.pk,
            "versions": [str(version.pk) for version in versions],
            "period": sales.period,
            "licence_id": None if licence is None else str(licence.pk),
            "lines": lines,
            "use_reports": sales.use_reports,
            "standing": sales.standing,
            "option": sales.option,
            "own": own,
        },
        one_at_a_time=f"simulation:{actor.seat_id}",
    )


def simulation_result(*, actor: Actor, job_id: UUID) -> Mapping[str, Any]:
    """Return what a simulation gave to whom it was told; the reading of one with others' reports is logged.

    Raises NotFound where the work is another kind of work, WrongState where it gave nothing.
    """
    job = get_visible(Job, job_id, actor=actor)
    if job.task not in (OF_CLOSE, OF_OWN_SALES):
        raise NotFound("There is no such simulation.")
    if job.state != JobState.SUCCEEDED or not all(side["worked_out"] for side in job.result["sides"]):
        raise WrongState("This simulation gave no figures: have it worked out again.")
    if "tiers" not in job.result:
        raise WrongState("This simulation was made by an earlier version: have it worked out again.")
    if job.task == OF_CLOSE and job.subject_id is not None:
        log_access("close_run.simulation_downloaded", actor=actor, subject=get_close_run(job.subject_id, actor=actor))
    return dict(job.result)


def read_lines(text: str) -> list[list[str]]:
    """Read invented sales: CSV with a heading, the columns of a report in any order but the licence."""
    if len(text) > MOST_CHARACTERS:
        raise invalid("/sales", "too_long", f"Sales have {MOST_CHARACTERS} characters at most.")
    try:
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error:
        raise invalid("/sales", "bad_file", "This is not CSV.") from None
    header = [name.strip() for name in rows[0]] if rows else []
    wanted = [name for name in LINE_COLUMNS if name != "licence_id"]
    missing = [name for name in wanted if name not in header and name not in ("net_amount", "currency")]
    if missing:
        raise invalid("/sales", "missing_column", f"These columns are missing: {', '.join(missing)}.")
    lines = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    if not 0 < len(lines) <= MOST_LINES:
        raise invalid("/sales", "too_many", f"Give 1 to {MOST_LINES} lines of sales.")
    places = [header.index(name) if name in header else -1 for name in wanted]
    return [[row[at].strip() if 0 <= at < len(row) else "" for at in places] for row in lines]


def work_out_close(
    running: Running, *, run_id: UUID, versions: Sequence[str], engine: Engine | None = None
) -> Mapping[str, Any]:
    """Try versions with the files that a close was calculated from."""
    run = CloseRun.objects.select_related("programme").get(pk=run_id)
    if run.results_claim is None:
        raise CalculationFailed("This close has not been calculated. Choose one that is.")
    inputs = storage.bundle_folder(run.pk, run.results_claim)
    if not inputs.is_dir():
        raise CalculationFailed("The files of this close are missing: restore them from the backup.")
    with _scratch() as folder:
        sides = _sides(running, versions, run.period, inputs, folder, engine or engine_closes)
    return told(sides, period=run.period, source="close")


def work_out_own_sales(
    running: Running,
    *,
    programme_id: UUID,
    versions: Sequence[str],
    period: str,
    licence_id: UUID | None,
    lines: Sequence[Sequence[str]],
    use_reports: bool,
    standing: str,
    option: str,
    own: Sequence[str] | None,
    engine: Engine | None = None,
    view: View | None = None,
) -> Mapping[str, Any]:
    """Try versions with sales that nobody reported, or with one licence's own; nothing of others' sales is read."""
    with _scratch() as folder:
        inputs = folder / "inputs"
        inputs.mkdir()
        with (view or one_view_of_the_records)():
            programme = Programme.objects.get(pk=programme_id)
            licence = None if licence_id is None else Licence.objects.select_related("licensee").get(pk=licence_id)
            _write_pool(programme, period, inputs)
            code = _write_licence(licence, inputs, standing, option)
            if use_reports and licence is not None:
                _write_changes(licence, period, inputs)
                _copy_reports(running.actor, licence, period, inputs)
            else:
                header = ("licence_id", *(name for name in LINE_COLUMNS if name != "licence_id"))
                sold = [[code, *line[:-1], line[-1] or programme.currency] for line in lines]
                _write(inputs / "sales.csv", header, sold)
        sides = _sides(running, versions, period, inputs, folder, engine or engine_closes)
    return told_to_owner(sides, period=period, source="reports" if use_reports else "invented", own=own)


def _sides(
    running: Running, versions: Sequence[str], period: str, inputs: Path, folder: Path, engine: Engine
) -> list[Side]:
    found = {str(one.pk): one for one in TermsVersion.objects.filter(pk__in=versions).select_related("programme")}
    return [
        work_out(running, engine, version=found[pk], period=period, inputs=inputs, folder=folder / f"side{number}")
        for number, pk in enumerate(versions)
    ]


def _versions(actor: Actor, programme_id: UUID, version_id: UUID, against_id: UUID) -> list[TermsVersion]:
    versions = [get_terms(pk, actor=actor) for pk in (version_id, against_id)]
    if any(version.programme_id != programme_id for version in versions):
        raise invalid("/terms_version_id", "other_programme", "Name another version of the same programme.")
    return versions


def _own_licence(actor: Actor, programme: Programme, licence_id: UUID) -> Licence:
    licence = get_visible(Licence, licence_id, actor=actor)
    require(actor, READ_LICENCE, licence)
    if licence.licensee_id != actor.organisation_id or licence.programme_id != programme.pk:
        raise invalid("/licence_id", "not_own", "Name a licence of your own under this programme.")
    if licence.state not in BINDING_STATES:
        raise invalid("/licence_id", "not_in_force", "Name a licence that is or was in force.")
    return licence


def _write_pool(programme: Programme, period: str, inputs: Path) -> None:
    months = period_months(period)
    last = first_day(months[1] if months else 0)
    (inputs / "members.csv").write_bytes(bundle_members(programme.pool_id, last_day=last))
    (inputs / "patents.csv").write_bytes(bundle_patents(programme.pool_id))
    # Of what is recorded of licences only exchange rates belong to nobody.
    rates = bundle_tables(programme.pk, period=period).get("fx.csv")
    if rates is not None:
        (inputs / "fx.csv").write_bytes(rates)


def _write_licence(licence: Licence | None, inputs: Path, standing: str, option: str) -> str:
    columns = ("licence_id", "licensee", "enterprise", "signed", "starts", "ends", "standing", "option")
    if licence is None:
        row: tuple[Any, ...] = (INVENTED, INVENTED, "", "", "", "", standing, option)
    else:
        group = own_enterprise(licence.licensee_id)
        days = (licence.signed_on or "", licence.starts_on or "", licence.ends_on or "")
        row = (licence.code, str(licence.licensee), group, *days, licence.standing, licence.option)
    _write(inputs / "licences.csv", columns, [row])
    return str(row[0])


def _write_changes(licence: Licence, period: str, inputs: Path) -> None:
    """Write from when on the licence has another standing or option, as a close has it.

    Groups are left out: what others of a group sold is theirs, so that the licence stands by itself all along.
    """
    months = period_months(period)
    changes = LicenceChange.objects.filter(licence=licence, month__lte=first_day(months[1] if months else 0))
    rows = [
        (licence.code, f"{change.month:%Y-%m}", change.standing, "", change.option)
        for change in changes.order_by("month")
        if change.standing or change.option
    ]
    if rows:
        _write(inputs / "licence_changes.csv", ("licence_id", "from", "standing", "enterprise", "option"), rows)


def _copy_reports(actor: Actor, licence: Licence, period: str, inputs: Path) -> None:
    months = period_months(period)
    last = first_day(months[1] if months else 0)
    reports = counting_reports(
        actor=actor, programme_id=licence.programme_id, first_month=None, last_month=last
    ).filter(licence=licence)
    (inputs / "sales").mkdir()
    found = 0
    for report in reports:
        (inputs / "sales" / f"{report.pk}.parquet").write_bytes(lines_file(report).read_bytes())
        found += 1
    if found == 0:
        raise CalculationFailed("Nothing was reported under this licence up to that period.")


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that nobody else on the machine looks into, and that is gone afterwards."""
    above = storage.simulations_folder()
    private_folder(above)
    with tempfile.TemporaryDirectory(dir=above) as folder:
        yield Path(folder)
