"""The demonstration is put on record by the services alone, as the people who would do it."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import F

from licensing.agreements.models import Licence, LicenceState
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import Adjustment, CloseRun, LicenceResult, PayeeResult, RejectedRow, Statement
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from members.memberships.models import Membership
from platform_core.access.acting import actor_in_seat
from platform_core.audit.models import AuditEvent
from platform_core.identity.models import Seat, User
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_site.cli.data import demo_sign_ins, load_demo
from platform_site.demo.bundles import write_bundle
from platform_site.demo.licences import LICENCES
from platform_site.demo.loading import is_loaded
from platform_site.demo.people import PEOPLE, SIGN_IN_WORD, Person, sign_ins
from platform_site.demo.sales import reports
from platform_site.demo.story import CLOSES
from pools.composition.models import Pool, PoolEntry, PoolMember
from pools.patents.models import Ownership, Patent, PatentFamily
from tests.closes.oracle import oracle_close
from tests.integration.demo.conftest import Loaded

pytestmark = pytest.mark.django_db


def test_everything_of_the_story_is_on_record(loaded: Loaded) -> None:
    assert is_loaded()
    assert Patent.objects.count() == 401
    assert PatentFamily.objects.count() == 120
    assert Membership.objects.count() == 8
    assert Licence.objects.count() == len(LICENCES)
    assert SalesReport.objects.count() == len(reports())
    assert User.objects.count() == Seat.objects.count() == len(PEOPLE)
    assert {pool.state for pool in Pool.objects.all()} == {"launched"}
    assert {programme.state for programme in Programme.objects.all()} == {ProgrammeState.LAUNCHED}
    assert {version.state for version in TermsVersion.objects.all()} == {TermsState.PUBLISHED}
    states = dict(Licence.objects.values_list("code", "state"))
    assert {code for code, state in states.items() if state != LicenceState.IN_FORCE} == {"TV-009"}
    assert PoolMember.objects.filter(held=True).count() == 1
    assert PoolEntry.objects.filter(leaves_on__isnull=False).count() > 10
    assert Ownership.objects.filter(to_on__isnull=False).exists()


def test_it_tells_how_far_it_is(loaded: Loaded) -> None:
    total = len(loaded.told)
    assert [(done, of) for done, of, _ in loaded.told] == [(done, total) for done in range(1, total + 1)]


def test_it_asks_the_database_no_more_than_it_has_to(loaded: Loaded) -> None:
    """Loading takes under twenty seconds on two cores; questions to the database are what that depends on."""
    assert loaded.queries < 7_700


def test_closes_stand_in_every_state(loaded: Loaded) -> None:
    runs = {(run.programme.code, run.period, run.number): run for run in CloseRun.objects.select_related("programme")}
    assert {key: RunStatus(run.status) for key, run in runs.items()} == {
        ("UHD-TV", "2025Q3", 1): RunStatus.POSTED,
        ("UHD-TV", "2025Q4", 1): RunStatus.POSTED,
        ("UHD-TV", "2026Q1", 1): RunStatus.POSTED,
        ("UHD-TV", "2026Q1", 2): RunStatus.POSTED,
        ("UHD-TV", "2026Q2", 1): RunStatus.POSTED,
        ("UHD-TV", "2026Q2", 2): RunStatus.POSTED,
        ("UHD-TV", "2026Q3", 1): RunStatus.CALCULATED,
        ("UHD-PRO", "2025Q3", 1): RunStatus.POSTED,
        ("UHD-PRO", "2025Q4", 1): RunStatus.POSTED,
        ("UHD-PRO", "2026Q1", 1): RunStatus.POSTED,
        ("UHD-PRO", "2026Q2", 1): RunStatus.APPROVED,
        ("UHD-PRO", "2026Q3", 1): RunStatus.DRAFT,
    }
    refused = runs[("UHD-PRO", "2026Q3", 1)]
    assert refused.calculation == Calculation.REJECTED
    assert [row.code for row in RejectedRow.objects.filter(run=refused)] == ["no_rate"]
    assert not CloseRun.objects.filter(approved_by=F("calculated_by")).exists()


def test_every_close_gives_what_the_oracle_gives(loaded: Loaded) -> None:
    for close in CLOSES:
        if close.rejected:
            continue
        folder = loaded.folder / "expected" / close.name
        write_bundle(folder, close.programme, close.quarter, on=close.calculated_on)
        expected = oracle_close(folder)
        run = CloseRun.objects.get(
            programme__code=close.programme.code, period=close.quarter, corrects__isnull=not close.corrects
        )
        owed = {row.licence.code: (row.royalty_minor, row.due_minor) for row in LicenceResult.objects.filter(run=run)}
        assert owed == {row["licence_id"]: (row["royalty_minor"], row["due_minor"]) for row in expected.invoices}, (
            close.name
        )
        due = dict(PayeeResult.objects.filter(run=run).values_list("payee", "amount_minor"))
        assert due == {row["payee"]: row["amount_minor"] for row in expected.payees}, close.name


def test_the_superseding_report_is_settled_by_differences(loaded: Loaded) -> None:
    sums = {
        period: dict(
            Adjustment.objects.filter(run__period=period, side="licence").values_list("licence__code", "amount_minor")
        )
        for period in ("2026Q1", "2026Q2")
    }
    assert sums["2026Q1"].keys() == sums["2026Q2"].keys() == {"TV-006"}
    assert sums["2026Q1"]["TV-006"] > 0 > sums["2026Q2"]["TV-006"]


def test_every_member_has_statements(loaded: Loaded) -> None:
    members = set(Statement.objects.values_list("membership__code", flat=True))
    assert members == set(Membership.objects.values_list("code", flat=True))
    assert Statement.objects.filter(held_minor__gt=0).values_list("membership__code", flat=True).get() == "LANYU"


def test_the_record_of_who_did_what_follows_the_story(loaded: Loaded) -> None:
    instants = list(AuditEvent.objects.order_by("id").values_list("at", flat=True))
    assert instants == sorted(instants)
    assert instants[-1].isoformat() < "2026-11-17"
    by_machine = set(AuditEvent.objects.filter(actor_kind="system").values_list("work", flat=True))
    assert by_machine == {"command line", "close calculation"}
    assert AuditEvent.objects.filter(work="command line").count() <= 5
    for run in CloseRun.objects.filter(status=RunStatus.POSTED):
        assert run.calculated_at is not None
        assert run.approved_at is not None
        assert run.posted_at is not None
        assert run.opened_at <= run.calculated_at < run.approved_at < run.posted_at


def test_no_work_is_left_waiting(loaded: Loaded) -> None:
    assert not Job.objects.filter(finished_at=None).exists()


def test_asking_again_changes_nothing(loaded: Loaded) -> None:
    before = AuditEvent.objects.count()
    assert load_demo() is False
    assert AuditEvent.objects.count() == before
    told = "\n".join(demo_sign_ins())
    assert SIGN_IN_WORD in told
    assert all(person.email in told for person in sign_ins())


@pytest.mark.parametrize("person", sign_ins(), ids=lambda person: person.email)
def test_people_sign_in_with_the_word_in_development_only(
    loaded: Loaded, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = User.objects.get(email=person.email)
    assert not user.has_usable_password()
    assert authenticate(username=person.email.upper(), password=SIGN_IN_WORD) == user
    assert authenticate(username=person.email, password=SIGN_IN_WORD + "?") is None
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, dev=False))
    assert authenticate(username=person.email, password=SIGN_IN_WORD) is None


def test_a_password_of_ones_own_ends_the_common_word(loaded: Loaded) -> None:
    user = User.objects.get(email=sign_ins()[0].email)
    user.set_password("something else entirely")
    user.save()
    assert authenticate(username=user.email, password=SIGN_IN_WORD) is None


def test_rivals_see_their_own_statements_only(loaded: Loaded) -> None:
    for key, code in (("yaoxi", "YAOXI"), ("yingyue", "YINGYUE")):
        seat = Seat.objects.get(organisation__name_en__icontains=key, role_assignments__role=Role.MEMBER_FINANCE)
        seen = Statement.objects.visible_to(actor_in_seat(seat.pk))
        assert set(seen.values_list("membership__code", flat=True)) == {code}
        assert not SalesReport.objects.visible_to(actor_in_seat(seat.pk)).exists()
