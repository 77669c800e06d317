"""Sales reports as bare rows, without files: for tests of who may see them."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from licensing.agreements.models import Licence, LicenceState
from licensing.reports.calculation import alias_key, write_lines
from licensing.reports.models import (
    EstimateTerms,
    FileKind,
    ProductAlias,
    ReportAuthority,
    ReportDraft,
    ReportedMonth,
    ReportReminder,
    SalesReport,
)
from licensing.reports.storage import LINES_NAME, draft_folder
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from platform_core.files import file_sha256
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, Seat
from pools.composition.models import Pool, PoolState
from tests.factories.core import NOON, make_user
from tests.factories.world import World

CODE = "reported"
"""The code of the pools and programmes of this module, apart from those of others."""


def make_reported_programme(alliance: Alliance, entity: OperatingEntity, *, launched: bool) -> Programme:
    """Make a programme with published terms and no licences; once launched, its name is public."""
    state = PoolState.LAUNCHED if launched else PoolState.AGREED
    pool = Pool.objects.create(alliance=alliance, code=CODE, name="Reported", state=state)
    programme = Programme.objects.create(
        alliance=alliance,
        pool=pool,
        operating_entity=entity,
        code=CODE,
        name="Reported",
        currency="CNY",
        state=ProgrammeState.LAUNCHED if launched else ProgrammeState.DRAFT,
    )
    TermsVersion.objects.create(
        programme=programme,
        number=1,
        in_force_from=date(2025, 1, 1),
        document="",
        content={},
        state=TermsState.PUBLISHED,
        published_at=datetime(2024, 12, 1, tzinfo=UTC),
    )
    return programme


def make_licence(programme: Programme, licensee: Organisation, code: str) -> Licence:
    """Make a licence in force under the programme's first terms."""
    return Licence.objects.create(
        programme=programme,
        terms_version=programme.terms_versions.get(number=1),
        licensee=licensee,
        code=code,
        state=LicenceState.IN_FORCE,
    )


def make_nil_report(licence: Licence, month: date) -> SalesReport:
    """Make a report that says nothing was sold in a month."""
    report = SalesReport.objects.create(
        licence=licence,
        first_month=month,
        last_month=month,
        kind=FileKind.NIL,
        lines_sha256="0" * 64,
        number=licence.sales_reports.count() + 1,
        filed_at=NOON,
    )
    ReportedMonth.objects.create(licence=licence, month=month, report=report)
    return report


@cache
def no_lines_sha256() -> str:
    """Return the hash of kept lines where there are none: what has another is not given out."""
    with TemporaryDirectory() as folder:
        lines = Path(folder) / LINES_NAME
        write_lines(iter(()), lines)
        return file_sha256(lines)


def make_filed_report(licence: Licence, month: date, *, is_estimate: bool = False) -> SalesReport:
    """Make a report with a file of lines, of which only the row is there; written without lines, it is as filed."""
    report = SalesReport.objects.create(
        licence=licence,
        first_month=month,
        last_month=month,
        kind=FileKind.CSV,
        file_name="sales.csv",
        file_size=1,
        file_sha256="1" * 64,
        line_count=1,
        lines_sha256=no_lines_sha256(),
        number=licence.sales_reports.count() + 1,
        filed_at=NOON,
        is_estimate=is_estimate,
    )
    ReportedMonth.objects.create(licence=licence, month=month, report=report)
    return report


def make_report_reminder(licence: Licence, month: date, **columns: object) -> ReportReminder:
    """Make a note that a licensee was reminded to report a month."""
    fixed = {"licence": licence, "first_month": month, "last_month": month, "sent_at": NOON, "people": 1}
    return ReportReminder.objects.create(**{**fixed, **columns})


def make_report_authority(licence: Licence, seat: Seat, **columns: object) -> ReportAuthority:
    """Let a seat of a licensee sign its reports."""
    fixed = {"title": "总经理", "letter": "POA-1", "starts_on": date(2024, 1, 1), "recorded_at": NOON}
    return ReportAuthority.objects.create(licence=licence, seat=seat, **{**fixed, **columns})


def make_report_draft(licence: Licence, month: date, **columns: object) -> ReportDraft:
    """Make an open draft that says nothing was sold in a month, of which only the row is there."""
    fixed = {"first_month": month, "last_month": month, "kind": FileKind.NIL, "lines_sha256": "0" * 64}
    return ReportDraft.objects.create(licence=licence, made_at=NOON, **{**fixed, **columns})


def write_draft(draft: ReportDraft) -> None:
    """Write the file of a draft without lines."""
    folder = draft_folder(draft.pk)
    folder.mkdir(parents=True)
    write_lines(iter(()), folder / LINES_NAME)
    ReportDraft.objects.filter(pk=draft.pk).update(lines_sha256=file_sha256(folder / LINES_NAME))
    draft.refresh_from_db()


def make_product_alias(programme: Programme, name: str, licence: Licence | None = None) -> ProductAlias:
    """Make a name stand for a product, in one licensee's reports or in everybody's."""
    return ProductAlias.objects.create(
        programme=programme, licence=licence, name=name, key=alias_key(name), product="tv", made_at=NOON
    )


def make_estimate_terms(programme: Programme, *, confirmed: bool = True, **columns: object) -> EstimateTerms:
    """Make what a programme says of reports that do not come, as two people recorded it."""
    fixed = {
        "from_on": date(2025, 1, 1),
        "stands_in": "Clause 4",
        "after_days": 30,
        "percent": 120,
        "recorded_at": NOON,
        "recorded_by": make_user(),
        "confirmed_at": NOON if confirmed else None,
        "confirmed_by": make_user() if confirmed else None,
    }
    return EstimateTerms.objects.create(programme=programme, **{**fixed, **columns})


def populate(world: World) -> None:
    """Let both companies of each side have a licence, and have reported on it."""
    for number, (alliance, entity) in enumerate(zip(world.alliances, world.entities, strict=True)):
        programme = make_reported_programme(alliance, entity, launched=number == 0)
        for code, organisation in zip(("UP", "DOWN"), world.organisations[2 * number : 2 * number + 2], strict=True):
            licence = make_licence(programme, organisation, code)
            for month in (1, 2):
                make_nil_report(licence, date(2025, month, 1))
            make_report_reminder(licence, date(2025, 3, 1))
            seat = Seat.objects.filter(organisation=organisation, ended_at=None).earliest("pk")
            make_report_authority(licence, seat)
            make_report_draft(licence, date(2025, 9, 1))
            make_product_alias(programme, f"set of {code}", licence)
        make_product_alias(programme, "television")
        make_estimate_terms(programme)
