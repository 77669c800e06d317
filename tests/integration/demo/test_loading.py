"""The demonstration is put on record by the services alone, as the people who would do it."""

import io
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Count, F, Sum

from licensing.agreements.models import Licence, LicenceState
from licensing.audits.models import Audit, AuditFinding
from licensing.billing.lifecycle import WriteOffState
from licensing.billing.models import Invoice
from licensing.breaches.models import Breach
from licensing.breaches.selectors import still_lacking
from licensing.close.lifecycle import Calculation, RunStatus
from licensing.close.models import Adjustment, CloseRun, LicenceResult, PayeeResult, RejectedRow, Statement
from licensing.distribution.exchange.models import Conversion
from licensing.distribution.models import DistributionItem, DistributionRun, MemberInvoice
from licensing.distribution.withholding.models import Withholding as TaxWithheld
from licensing.reports.models import SalesReport
from licensing.terms.models import Programme, ProgrammeState, TermsState, TermsVersion
from members.charter.models import CharterVersion, VersionState
from members.charter.selectors import good_standing, missing_signatures
from members.memberships.home import applications_to_settle
from members.memberships.models import Membership
from platform_core.access.acting import actor_in_seat
from platform_core.access.actors import Actor
from platform_core.access.staff.models import StaffSession
from platform_core.audit.models import AuditEvent
from platform_core.clock import FixedClock
from platform_core.conflicts.models import Affiliation
from platform_core.documents.models import Document, MediaType
from platform_core.documents.storage import file_of
from platform_core.identity.models import Alliance, OperatingEntity, Organisation, RoleAssignment, Seat, User
from platform_core.identity.roles import Role
from platform_core.jobs.models import Job
from platform_core.ledger.exporting import export_books
from platform_core.ledger.models import Posting
from platform_core.ledger.verifying import flaws
from platform_core.messaging.models import Message
from platform_core.notices.models import Notice
from platform_core.signatures.models import SignatureCheck
from platform_core.treasury.models import StatementLine
from platform_core.webhooks.models import Webhook
from platform_site.cli.data import demo_sign_ins, load_demo
from platform_site.demo.bundles import write_bundle
from platform_site.demo.days import TODAY
from platform_site.demo.entrusting import OFFERED, OFFERED_UNTIL
from platform_site.demo.lapsing import BROKEN
from platform_site.demo.licences import LICENCES
from platform_site.demo.loading import is_loaded
from platform_site.demo.names import FILED_FOR, LICENSEES, MEMBERS, SELF_APPLYING
from platform_site.demo.negotiating import LICENCE_CODE as IN_TALKS
from platform_site.demo.people import (
    ADMINISTRATOR,
    AUDITOR,
    CLOSE_AUDITOR,
    COMMITTEE_MEMBER,
    COUNSEL,
    EVALUATOR,
    OPERATING,
    PEOPLE,
    SECOND_SECRETARY,
    SECRETARY,
    SIGN_IN_WORD,
    Person,
    reporter_of,
    sign_ins,
)
from platform_site.demo.sales import ESTIMATED, reports
from platform_site.demo.stage import ZONE
from platform_site.demo.story import CLOSES
from pools.composition.models import Pool, PoolEntry, PoolMember, Withholding
from pools.patents.models import Ownership, Patent, PatentFamily
from tests.closes.oracle import oracle_close
from tests.factories.core import command_line
from tests.integration.demo.conftest import Loaded

pytestmark = pytest.mark.django_db


def test_everything_of_the_story_is_on_record(loaded: Loaded) -> None:
    assert is_loaded()
    assert Patent.objects.count() == 401
    assert PatentFamily.objects.count() == 120
    assert Membership.objects.exclude(code="").count() == len(MEMBERS)
    assert Licence.objects.count() == len({*(licence.code for licence in LICENCES), IN_TALKS})
    assert SalesReport.objects.filter(is_estimate=False).count() == len(reports())
    assert User.objects.count() == Seat.objects.count() == len(PEOPLE)
    assert {pool.state for pool in Pool.objects.all()} == {"launched"}
    assert {programme.state for programme in Programme.objects.all()} == {ProgrammeState.LAUNCHED}
    assert {version.state for version in TermsVersion.objects.all()} == {TermsState.PUBLISHED}
    states = dict(Licence.objects.values_list("code", "state"))
    assert {code for code, state in states.items() if state != LicenceState.IN_FORCE} == {"TV-009", IN_TALKS}
    assert PoolMember.objects.filter(held=True).count() == 1
    assert PoolEntry.objects.filter(leaves_on__isnull=False).count() > 10
    assert Ownership.objects.filter(to_on__isnull=False).exists()


def test_what_is_signed_electronically_was_verified(loaded: Loaded) -> None:
    check = SignatureCheck.objects.get()
    assert (check.outcome, check.authority, check.document.subject_type) == (
        "intact",
        "unknown",
        "direct.directlicence",
    )
    [signature] = check.report["signatures"]
    assert (signature["covers"], signature["was_valid"]) == ("file", True)
    assert [check.signed_text_sha256] == check.texts_sha256
    assert (signature["claimed_at"], bool(signature["credit_code"])) == (signature["judged_at"], True)
    # Nobody's key outlives the loading: what was made here vouches for nothing.
    assert not any(loaded.folder.rglob("*.key"))
    assert not (loaded.folder / "trusted-authorities").exists()


def test_it_tells_how_far_it_is(loaded: Loaded) -> None:
    total = len(loaded.told)
    assert [(done, of) for done, of, _ in loaded.told] == [(done, total) for done in range(1, total + 1)]


def test_it_asks_the_database_no_more_than_it_has_to(loaded: Loaded) -> None:
    """Loading takes under twenty seconds on two cores; questions to the database are what that depends on.

    Some 1,000 of them release what the statements of ten posted closes are made of, to each member and the office; some
    250 take four files of patents in; some 800 record who may sign for each licensee, sign its reports and settle their
    deadlines; a quarter's invoices and how they were paid take some 800, and those of another programme, given out to
    its members, some 1,300; dealings with two firms, their papers and letters some 500, two audits some 400, who
    each member is to the tax office some 250, and what is withheld from the one abroad, paid on and converted some 250;
    open licences and a deduction that is compared some 350.
    """
    assert loaded.queries < 14_400


def test_a_quarter_is_billed_and_paid_in_part(loaded: Loaded) -> None:
    invoices = list(Invoice.objects.filter(licence__programme__code="UHD-PRO").order_by("number"))
    assert {(row.licence.programme.code, row.period, row.state) for row in invoices} == {
        ("UHD-PRO", "2026Q1", "issued")
    }
    assert [row.number for row in invoices] == list(range(1, len(invoices) + 1))
    disputed, half, *whole, given_up = invoices
    assert disputed.disputed_at is not None
    assert 0 < half.open_minor < half.gross_minor
    assert {row.open_minor for row in whole} == {0}
    assert given_up.write_offs.get().state == WriteOffState.PROPOSED
    booked = Posting.objects.aggregate(sum=Sum("amount_minor"))["sum"]
    assert booked == 0


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
    assert members == {member.code for member in MEMBERS}
    assert Statement.objects.filter(held_minor__gt=0).values_list("membership__code", flat=True).get() == "LANYU"


def test_the_record_of_who_did_what_follows_the_story(loaded: Loaded) -> None:
    instants = list(AuditEvent.objects.order_by("id").values_list("at", flat=True))
    assert instants == sorted(instants)
    assert instants[-1].isoformat() < "2026-11-17"
    by_machine = set(AuditEvent.objects.filter(actor_kind="system").values_list("work", flat=True))
    assert by_machine == {"command line", "close calculation", "deadlines", "distribution"}
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


def on_day(person: Person, day: date = TODAY) -> Actor:
    seat = Seat.objects.get(user__email=person.email)
    return actor_in_seat(seat.pk, clock=FixedClock(datetime(day.year, day.month, day.day, 18, tzinfo=ZONE)))


def test_one_member_is_suspended_one_has_left_and_two_apply(loaded: Loaded) -> None:
    states = dict(Membership.objects.order_by("state").values_list("state").annotate(Count("id")))
    assert states == {"admitted": 6, "applied": 1, "left": 1, "suspended": 1, "under_review": 1}


def test_shares_follow_a_suspension_and_a_departure_from_days_after_every_close(loaded: Loaded) -> None:
    assert {*PoolMember.objects.exclude(leaves_on=None).values_list("membership__code", "leaves_on")} == {
        ("ZHICHE", date(2027, 1, 1))
    }
    assert {*Withholding.objects.values_list("member__membership__code", "starts_on", "ends_on")} == {
        ("QIONGJING", date(2026, 10, 20), None)
    }
    assert CloseRun.objects.latest("last_month").last_month == date(2026, 9, 1)


def test_one_of_the_office_reviews_and_the_other_admits(loaded: Loaded) -> None:
    asked = {
        person.email: {(waiting.step, waiting.title) for waiting in applications_to_settle(on_day(person))}
        for person in (SECRETARY, SECOND_SECRETARY)
    }
    review = ("review", SELF_APPLYING.firm.name_zh)
    assert asked == {
        SECRETARY.email: {review, ("admission", FILED_FOR.firm.name_zh)},
        SECOND_SECRETARY.email: {review},
    }


def test_all_signed_the_charter_and_one_is_late_with_the_convention(loaded: Loaded) -> None:
    office = on_day(SECRETARY)
    published = CharterVersion.objects.filter(state=VersionState.PUBLISHED).select_related("charter__alliance")
    missing = {
        version.charter.kind: {row.code for row in missing_signatures(version, actor=office)} for version in published
    }
    assert missing == {"charter": set(), "convention": {"ZHAOHENG"}}
    ways = {
        version.charter.kind: dict(version.signatures.order_by("way").values_list("way").annotate(Count("id")))
        for version in published
    }
    assert ways == {"charter": {"paper": 1, "seat": 7}, "convention": {"paper": 1, "seat": 6}}
    lacking = {row.membership.code for row in good_standing(Alliance.objects.get(), actor=office) if not row.good}
    assert lacking == {"QIONGJING", "ZHAOHENG"}
    assert CharterVersion.objects.filter(state=VersionState.DRAFT, number=2).count() == 1


def test_every_letter_is_a_file_that_is_what_its_row_says(loaded: Loaded) -> None:
    letters = list(Document.objects.all())
    assert len(letters) == 40
    # One is an electronic signature; all others are letters.
    assert Counter(letter.media_type for letter in letters) == {MediaType.PDF: 39, MediaType.CMS: 1}
    for letter in letters:
        content = file_of(letter.sha256).read_bytes()
        assert sha256(content).hexdigest() == letter.sha256
        assert content.startswith(b"%PDF" if letter.media_type == MediaType.PDF else b"\x30\x82")


def test_what_is_shown_to_a_buyer_is_gone_on_its_last_day(loaded: Loaded) -> None:
    buyer = reporter_of(LICENSEES["penglei"])

    def seen(day: date) -> bool:
        return Patent.objects.visible_to(on_day(buyer, day)).filter(publication=OFFERED).exists()

    assert seen(TODAY)
    assert seen(OFFERED_UNTIL - timedelta(days=1))
    assert not seen(OFFERED_UNTIL)
    assert not seen(date(2026, 10, 21))


def test_whoever_is_assigned_sees_that_and_nothing_else_of_the_kind(loaded: Loaded) -> None:
    unlisted = {OFFERED, "CN186571096A", "US21184747B2"}
    for person, theirs in ((EVALUATOR, {"US21184747B2"}), (OPERATING, {"CN186571096A"}), (COUNSEL, set())):
        seen = Patent.objects.visible_to(on_day(person)).filter(publication__in=unlisted)
        assert {*seen.values_list("publication", flat=True)} == theirs, person.email
    reports = SalesReport.objects.visible_to(on_day(AUDITOR))
    assert {*reports.values_list("licence__code", flat=True)} == {"TV-006"}
    [run] = CloseRun.objects.visible_to(on_day(CLOSE_AUDITOR))
    assert (run.programme.code, run.period, run.corrects_id is not None) == ("UHD-TV", "2026Q1", True)


def test_an_audit_is_with_its_auditor_and_another_waits_for_its_licensee(loaded: Loaded) -> None:
    audits = Audit.objects.order_by("licence__code").values_list("licence__code", "state", "answer_until_on")
    assert list(audits) == [("PRO-002", "reported", date(2026, 12, 12)), ("TV-006", "fieldwork", None)]
    seen = Audit.objects.visible_to(on_day(AUDITOR)).values_list("licence__code", flat=True)
    assert list(seen) == ["TV-006"]
    differing = AuditFinding.objects.exclude(cause="").values_list("audit__licence__code", flat=True)
    assert sorted(differing) == ["PRO-002", "TV-006"]


def test_an_undertaking_lets_somebody_with_a_tie_stay_in_the_committee(loaded: Loaded) -> None:
    for day in (date(2026, 3, 6), date(2026, 3, 9), TODAY):
        assert on_day(COMMITTEE_MEMBER, day).holds(Role.COMMITTEE), day
    assert not on_day(COMMITTEE_MEMBER, date(2028, 3, 9)).holds(Role.COMMITTEE)
    screen = on_day(COMMITTEE_MEMBER).screen
    assert screen is not None
    assert screen.organisations == {Organisation.objects.get(name_zh__startswith="杭州溯影").pk}
    assert Affiliation.objects.count() == 3


def test_nobody_else_loses_a_role_by_a_tie(loaded: Loaded) -> None:
    for role in RoleAssignment.objects.select_related("seat__user"):
        day = TODAY if role.ends_at is None else role.starts_at.date()
        clock = FixedClock(datetime(day.year, day.month, day.day, 20, tzinfo=ZONE) + timedelta(days=1))
        assert actor_in_seat(role.seat_id, clock=clock).holds(Role(role.role)), role.seat.user


def test_the_staff_session_is_over_and_a_webhook_calls_nobody(loaded: Loaded) -> None:
    session = StaffSession.objects.get()
    assert session.seat.user.email == ADMINISTRATOR.email
    assert session.ended_at is not None
    assert session.ended_at - session.starts_at == timedelta(minutes=22)
    assert not Webhook.objects.exists()


def test_people_were_told_what_concerns_them(loaded: Loaded) -> None:
    told = dict(
        Notice.objects.exclude(kind__startswith="statement").order_by("kind").values_list("kind").annotate(Count("id"))
    )
    assert told["membership.applied"] == 5
    assert told["membership.suspended"] == 1
    assert told["grant.given"] == 12


def test_the_books_of_the_story_are_taken_by_another_program_and_are_as_they_were_booked(
    loaded: Loaded, tmp_path: Path
) -> None:
    entity = OperatingEntity.objects.filter(entries__name="invoice.settled").distinct().get()
    text = io.StringIO()
    assert export_books(entity.pk, "beancount", text, actor=command_line()) > 10
    file = tmp_path / "books.beancount"
    file.write_text(text.getvalue())
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("bean-check")), str(file)], capture_output=True, text=True, timeout=60
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    assert list(flaws(entity.pk, actor=command_line())) == []


def test_a_quarter_is_given_out_and_members_bill_their_shares(loaded: Loaded) -> None:
    run = DistributionRun.objects.get()
    assert (run.programme.code, run.number, run.status, run.currency) == ("UHD-TV", 1, "released", "CNY")
    assert run.calculated_by != run.approved_by
    shares = dict(DistributionItem.objects.filter(run=run).values_list("payee", "amount_minor"))
    # All is paid, so that everybody gets what the close says.
    [part] = run.parts.all()
    assert shares == dict(part.close_run.payee_results.values_list("payee", "amount_minor"))
    states = dict(MemberInvoice.objects.values_list("membership__code", "state"))
    assert (states["YINGYUE"], states["ZHICHE"], states["YAOXI"]) == ("recorded", "accepted", "awaited")
    assert "XIYUAN" not in states
    assert Posting.objects.aggregate(sum=Sum("amount_minor"))["sum"] == 0


def test_tax_is_withheld_from_the_member_abroad_by_treaty_paid_on_and_certified(loaded: Loaded) -> None:
    withheld = TaxWithheld.objects.select_related("item", "relief", "remittance").get()
    assert (withheld.membership.code, withheld.country, withheld.percent) == ("XIYUAN", "HK", Decimal(7))
    assert withheld.gross_minor == withheld.base_minor == withheld.item.amount_minor
    assert withheld.relief is not None
    assert withheld.relief.confirmed_by != withheld.relief.entered_by
    remittance = withheld.remittance
    assert remittance is not None
    assert (remittance.state, remittance.amount_minor) == ("paid", withheld.tax_minor)
    assert remittance.receipt
    # The bank's balances go on from line to line.
    lines = list(StatementLine.objects.order_by("booked_on", "pk").values_list("amount_minor", "balance_minor"))
    for (_, before), (amount, after) in pairwise(lines):
        assert before is not None
        assert after == before + amount


def test_the_member_abroad_is_owed_the_rest_in_its_own_currency_at_a_rate_of_the_day_before(loaded: Loaded) -> None:
    conversion = Conversion.objects.select_related("membership__organisation").get()
    withheld = TaxWithheld.objects.get()
    assert (conversion.state, conversion.rate_on) == ("confirmed", date(2026, 9, 21))
    assert conversion.source_minor == withheld.gross_minor - withheld.tax_minor
    owed = Posting.objects.filter(account__holder=conversion.membership.organisation, account__kind="payable")
    sums = dict(owed.order_by("account__currency").values_list("account__currency").annotate(Sum("amount_minor")))
    assert sums == {"CNY": 0, "HKD": -conversion.target_minor}


def test_an_estimate_counts_for_the_quarter_nobody_reported(loaded: Loaded) -> None:
    estimate = SalesReport.objects.get(is_estimate=True)
    assert (estimate.licence.code, estimate.first_month) == (ESTIMATED[0], date(2026, 7, 1))
    assert estimate.line_count > 0
    terms = estimate.estimate_terms
    assert terms is not None
    assert terms.confirmed_by not in (None, terms.recorded_by)


def test_a_breach_is_open_whose_days_to_put_it_right_run(loaded: Loaded) -> None:
    breach = Breach.objects.get()
    assert (breach.licence.code, breach.kind, breach.state) == (BROKEN, "unpaid", "noticed")
    assert breach.noticed_on < TODAY < breach.cure_by
    assert still_lacking(breach)
    # The licensee was told; nothing was sent to anybody.
    assert not Message.objects.filter(kind__startswith="breach").exclude(address="").exists()
