"""A small alliance with one programme, ready to be reported to and closed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from licensing.agreements.models import Licence, LicenceState
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.services import approve_close_run, post_close_run, request_calculation, start_close_run
from licensing.engine import load_document
from licensing.reports.models import SalesReport
from licensing.reports.services import Upload, file_sales_report
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from members.memberships.models import Membership
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, RoleAssignment, Seat, User
from platform_core.identity.roles import Purpose, Role
from platform_core.jobs.tasks import run
from pools.composition.models import Pool, PoolMember, PoolState
from tests.factories.reports import make_report_authority

NOW = datetime(2026, 2, 2, 4, 0, tzinfo=UTC)
"""The instant the small world lives at: all of 2025 is over."""

TERMS = """
[programme]
basis = "accrued"
admin_fee_percent = "10"
[[rates]]
id = "device"
bands = [{above = 0, per_unit = "0"}, {above = 1000, per_unit = "0.20"}, {above = 50000, per_unit = "0.10"}]
[allocation]
by = "points"
points = {M1 = "5", M2 = "3", M3 = "2"}
"""
"""Bands by the year and fixed points: what is reported in January moves what is owed in December."""

HEADER = "licence_id,month,product,made_in,sold_in,units,net_amount,currency\n"


@dataclass
class SmallWorld:
    """One alliance, its pool and programme, three members, three licensees and the people of their offices."""

    clock: FixedClock
    alliance: Alliance
    entity: OperatingEntity
    pool: Pool
    programme: Programme
    terms: TermsVersion
    members: dict[str, Membership] = field(default_factory=dict)
    licences: dict[str, Licence] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)

    def acting(self, who: str) -> Actor:
        """Return somebody by name: calculator, approver, secretariat, a member (M1) or a licensee (L1)."""
        return actor_in_seat(self.seats[who].pk, clock=self.clock)

    def report(
        self, licence: str, sales: Sequence[tuple[str, int]], *, first: str, last: str, who: str | None = None
    ) -> SalesReport:
        """File a licensee's sales of TV sets by month: (month, units)."""
        return file_sales_report(
            actor=self.acting(who or licence),
            licence_id=self.licences[licence].pk,
            first_month=month(first),
            last_month=month(last),
            upload=upload_of(licence, sales),
        )

    def closed(self, period: str) -> CloseRun:
        """Close a period all the way: calculated by one, approved and posted by another."""
        started = self.calculated(period)
        approve_close_run(actor=self.acting("approver"), run_id=started.pk)
        return post_close_run(actor=self.acting("approver"), run_id=started.pk)

    def corrected(self, period: str) -> CloseRun:
        """Close a period again all the way, by the correction that is open for it."""
        waiting = CloseRun.objects.get(programme=self.programme, period=period, status=RunStatus.DRAFT)
        run = work_off(request_calculation(actor=self.acting("calculator"), run_id=waiting.pk))
        approve_close_run(actor=self.acting("approver"), run_id=run.pk)
        return post_close_run(actor=self.acting("approver"), run_id=run.pk)

    def calculated(self, period: str) -> CloseRun:
        """Start a close and let the worker calculate it."""
        return work_off(start_close_run(actor=self.acting("calculator"), programme_id=self.programme.pk, period=period))


def work_off(close_run: CloseRun) -> CloseRun:
    """Do a run's calculation here, as a worker would, and return the run as it is then."""
    assert close_run.job_id is not None
    run(close_run.job_id)
    return CloseRun.objects.get(pk=close_run.pk)


def month(text: str) -> date:
    """Read 2025-03 as the first day of that month."""
    return date.fromisoformat(f"{text}-01")


def sales_csv(licence: str, sales: Sequence[tuple[str, int]]) -> bytes:
    """Write sales of TV sets, made and sold in China."""
    return (HEADER + "".join(f"{licence},{when},tv,CN,CN,{units},,CNY\n" for when, units in sales)).encode()


def upload_of(licence: str, sales: Sequence[tuple[str, int]]) -> Upload:
    """Make the upload of a small CSV report."""
    return Upload(f"{licence}.csv", io.BytesIO(sales_csv(licence, sales)))


def make_person(
    organisation: Organisation,
    name: str,
    role: Role,
    *,
    alliance: Alliance | None = None,
    entity: OperatingEntity | None = None,
    purpose: Purpose | None = None,
    since: datetime | None = None,
) -> Seat:
    """Make a user with one seat and one role."""
    began = since or datetime(2024, 1, 1, tzinfo=UTC)
    user = User.objects.create_user(f"{name}-{organisation.pk.hex[-6:]}@example.org".lower(), name=name)
    seat = Seat.objects.create(user=user, organisation=organisation, created_at=began)
    RoleAssignment.objects.create(
        seat=seat,
        role=role,
        alliance=alliance,
        operating_entity=entity,
        purpose=purpose or "",
        starts_at=began,
    )
    return seat


def make_small_world(code: str = "uhd", *, document: str = TERMS, currency: str = "CNY") -> SmallWorld:
    """Make the small world; the code sets it apart from a second one."""
    office = Organisation.objects.create(name_en=f"{code} association")
    alliance = Alliance.objects.create(code=code, name_en=f"{code} alliance", association=office)
    entity = OperatingEntity.objects.create(alliance=alliance, organisation=office, code="office", name_en="Office")
    pool = Pool.objects.create(alliance=alliance, code="main", name="Main pool", state=PoolState.LAUNCHED)
    programme = Programme.objects.create(
        alliance=alliance,
        pool=pool,
        operating_entity=entity,
        code=f"{code}-tv",
        name="Television sets",
        currency=currency,
        state=ProgrammeState.LAUNCHED,
    )
    terms = TermsVersion.objects.create(
        programme=programme,
        number=1,
        in_force_from=date(2024, 1, 1),
        document=document,
        content=load_document(document),
        state=TermsState.PUBLISHED,
        published_at=datetime(2023, 12, 1, tzinfo=UTC),
    )
    world = SmallWorld(FixedClock(NOW), alliance, entity, pool, programme, terms)
    for name in ("calculator", "approver"):
        world.seats[name] = make_person(
            office, f"{code}-{name}", Role.FINANCE, entity=entity, purpose=Purpose.ROYALTIES
        )
    world.seats["secretariat"] = make_person(office, f"{code}-secretariat", Role.SECRETARIAT, alliance=alliance)
    for member in ("M1", "M2", "M3"):
        add_member(world, member)
    for licence in ("L1", "L2", "L3"):
        add_licensee(world, licence)
    return world


def add_member(world: SmallWorld, code: str) -> Membership:
    """Add a member to the alliance and its pool, with a seat that reads its statements."""
    name = world.alliance.code
    organisation = Organisation.objects.create(name_en=f"{name} member {code}")
    membership = Membership.objects.create(
        alliance=world.alliance, organisation=organisation, code=code, segment="upstream"
    )
    PoolMember.objects.create(pool=world.pool, membership=membership, segment="upstream")
    world.members[code] = membership
    world.seats[code] = make_person(organisation, f"{name}-{code}", Role.MEMBER_FINANCE)
    return membership


def add_licensee(world: SmallWorld, code: str, *, starts_on: date = date(2024, 1, 1)) -> Licence:
    """Add a licensee with a licence in force, and a seat that reports for it."""
    organisation = Organisation.objects.create(name_en=f"{world.alliance.code} licensee {code}")
    licence = Licence.objects.create(
        programme=world.programme,
        terms_version=world.terms,
        licensee=organisation,
        code=code,
        signed_on=starts_on,
        starts_on=starts_on,
        state=LicenceState.IN_FORCE,
    )
    world.licences[code] = licence
    world.seats[code] = make_person(organisation, f"{world.alliance.code}-{code}", Role.LICENSEE)
    make_report_authority(licence, world.seats[code])
    return licence


def report_whole_year(world: SmallWorld, units: int = 1000) -> dict[str, dict[str, UUID]]:
    """File four quarters of 2025 for every licensee, `units` a month for the first, twice that for the second, …"""
    filed: dict[str, dict[str, UUID]] = {}
    for factor, licence in enumerate(sorted(world.licences), start=1):
        filed[licence] = {}
        for quarter in (1, 2, 3, 4):
            months = [f"2025-{3 * quarter - 2 + step:02d}" for step in range(3)]
            report = world.report(
                licence, [(when, units * factor) for when in months], first=months[0], last=months[-1]
            )
            filed[licence][f"2025Q{quarter}"] = report.pk
    return filed
