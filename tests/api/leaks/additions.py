"""Rows that are added beside what somebody sees: of rivals in the same alliance, and of another alliance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from licensing.agreements.models import BilateralLicence, Charge, ExchangeRate, LicenceChange, Receipt
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.cutover.models import Cutover, Opening
from licensing.direct.models import OwnerConsent
from licensing.distribution.lifecycle import DistributionStatus
from licensing.terms.models import Programme, ProgrammeState
from members.memberships.models import Membership, MembershipState, StepKind
from platform_core.access.log import log_access
from platform_core.audit.services import record_event
from platform_core.home.models import HomeVisit
from platform_core.identity.models import Alliance, Organisation, Seat
from platform_core.identity.roles import Role
from platform_core.ledger.models import BookClosing
from platform_core.lists.models import SavedView
from platform_core.notices.models import Notice
from platform_core.webhooks.models import WebhookDelivery
from pools.composition.models import PoolMember, PoolState, Withholding
from pools.patents.models import PatentWords
from tests.factories.access import make_staff_session
from tests.factories.agreements import make_licence
from tests.factories.asking import make_licence_request
from tests.factories.audits import end_audits, make_audit, make_clause
from tests.factories.billing import (
    make_agreed,
    make_billing_terms,
    make_certificate,
    make_interest_note,
    make_invoice,
    make_issued,
    make_plan,
    make_series,
    make_tax_identity,
    make_tax_rule,
    make_write_off,
)
from tests.factories.charter import (
    make_authority,
    make_charter,
    make_signature,
    make_signature_reminder,
    make_version,
)
from tests.factories.charts import make_chart_target, make_claim_chart
from tests.factories.clauses import make_clauses, make_favour_notice
from tests.factories.close import fill_run, make_release, make_run, make_workings_release, move_run
from tests.factories.composition import make_entry, make_list_version, make_pool, make_pool_member
from tests.factories.conflicts import make_affiliation, make_declared_tie, make_undertaking
from tests.factories.connections import make_connection, make_connection_run
from tests.factories.core import (
    NOON,
    actor_of_seat,
    give_role,
    make_alliance,
    make_entity,
    make_job,
    make_organisation,
    make_seat,
    make_user,
)
from tests.factories.cutover import (
    make_cutover,
    make_difference,
    make_earlier_share,
    make_opening,
    make_parallel_run,
)
from tests.factories.deadlines import make_deadline, make_deadline_reminder, make_deadline_run, make_feed
from tests.factories.dealings import make_contract, make_dealing, make_offer_row, make_template
from tests.factories.direct import make_direct_licence
from tests.factories.distribution import (
    fill_distribution,
    make_distribution,
    make_member_invoice,
    make_member_invoice_terms,
    make_objection,
    make_payout_terms,
    move_distribution,
)
from tests.factories.documents import make_document
from tests.factories.exchange import make_import, make_saved_mapping
from tests.factories.grants import make_grant
from tests.factories.ledger import book, make_account, make_bank, make_book_reopening
from tests.factories.memberships import make_membership, make_step
from tests.factories.messaging import make_message
from tests.factories.patents import make_patent, make_record, make_source
from tests.factories.payments import (
    make_bank_receipt,
    make_matching_terms,
    make_movement,
    make_online_payment,
    make_refund,
    make_service_event,
    make_stripe_account,
)
from tests.factories.reports import (
    make_filed_report,
    make_product_alias,
    make_report_authority,
    make_report_draft,
    make_report_reminder,
)
from tests.factories.signin import make_invitation, make_lock, make_session, make_token
from tests.factories.submissions import make_call, make_evaluator, make_opinion, make_panel, make_submission
from tests.factories.terms import make_programme, make_terms
from tests.factories.treasury import (
    HEADINGS,
    make_bank_account,
    make_payee_account,
    make_payout,
    make_payout_file,
    take,
)
from tests.factories.upkeep import make_annuity_payment, make_annuity_terms, make_payment_order
from tests.factories.webhooks import make_webhook
from tests.factories.world import World

WORD = "Zephyr"
"""What the names of added things hold, and is searched for."""

_numbers = count(900)


@dataclass(frozen=True)
class Elsewhere:
    """Where rows are added: an alliance, one of its companies, and its programme with licences and reports."""

    alliance: Alliance
    company: Organisation
    office: Seat
    programme: Programme

    @property
    def seat(self) -> Seat:
        return Seat.objects.filter(organisation=self.company, ended_at=None).earliest("pk")

    @property
    def licensee(self) -> Organisation:
        return self.programme.licences.exclude(licensee=self.company).earliest("pk").licensee

    @property
    def member(self) -> PoolMember:
        return PoolMember.objects.filter(
            pool__alliance=self.alliance, pool__code="quiet", membership__organisation=self.company
        ).get()


def month() -> date:
    """Return a month that nothing was added for yet."""
    number = next(_numbers) - 900
    return date(2030 + number // 12, number % 12 + 1, 1)


def places(world: World) -> Iterator[Elsewhere]:
    """Return where rows are added: at the second company of each alliance."""
    for side, alliance in enumerate(world.alliances):
        yield Elsewhere(
            alliance,
            world.organisations[2 * side + 1],
            world.seats[f"{('first', 'second')[side]} secretariat"],
            Programme.objects.get(alliance=alliance, code="reported"),
        )


def add_patent(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company, title=f"{WORD} display")
    make_record(patent, make_source(at.alliance, at.company, name=WORD))
    make_claim_chart(make_chart_target(patent, at.company, name=WORD))
    PatentWords.objects.filter(patent=patent).update(reading=0)
    make_import(at.alliance, at.company, f"{WORD}.csv")
    make_saved_mapping(at.alliance, f"{WORD} {next(_numbers)}")
    asked = make_connection(at.alliance, at.office, f"{WORD} {next(_numbers)}")
    make_connection_run(asked, notes=[{"about": WORD, "code": "unknown", "detail": "The office has no such number."}])


def add_deadline(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company, filed_on=date(2019, 3, 31))
    deadline = make_deadline(patent, title=f"{WORD} fee")
    make_deadline_reminder(deadline, make_deadline_run(at.alliance, month()))
    make_annuity_terms(patent)
    make_annuity_payment(patent, at.company)
    make_payment_order(at.alliance, at.company, patent, title=WORD)
    make_feed(at.seat)


def add_pool(at: Elsewhere) -> None:
    pool = make_pool(at.alliance, f"{WORD}-{next(_numbers)}", PoolState.FORMING)
    member = make_pool_member(pool, Membership.objects.filter(alliance=at.alliance, organisation=at.company)[0])
    make_entry(member, make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company))
    Withholding.objects.create(member=member, starts_on=date(2025, 7, 1), reason=WORD)
    programme = make_programme(pool, at.programme.operating_entity, pool.code, ProgrammeState.DRAFT)
    make_terms(programme, 1)
    make_licence(programme, at.company, f"{WORD}-{next(_numbers)}")


def add_clauses(at: Elsewhere) -> None:
    licence = make_licence(at.programme, at.licensee, f"{WORD}-{next(_numbers)}")
    make_clauses(licence, note=WORD)
    make_favour_notice(licence)


def add_direct_licence(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company)
    licence = make_direct_licence(at.company, make_organisation(WORD), [patent], code=f"{WORD}-{next(_numbers)}")
    OwnerConsent.objects.create(
        licence=licence,
        owner=make_organisation(WORD),
        given_on=date(2026, 1, 1),
        document=make_document(licence, WORD),
        recorded_at=NOON,
    )


def add_list_version(at: Elsewhere) -> None:
    make_list_version(at.member.pool, note=WORD)


def add_licence_request(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company)
    make_licence_request(at.member.pool, at.company, patent, asker_name=WORD, asker_organisation=WORD, message=WORD)


def add_dealing(at: Elsewhere) -> None:
    """What a firm that nobody knows of yet is offered: a programme, a list or terms of its own would be seen."""
    dealing = make_dealing(at.programme, make_organisation(WORD), message=WORD)
    offer = make_offer_row(dealing, fee_basis=WORD)
    make_contract(dealing, offer, make_template(at.programme, title_zh=WORD, title_en=WORD))


def add_call(at: Elsewhere) -> None:
    make_call(at.member.pool, published=False, title_zh=WORD, standard=WORD)


def add_submission(at: Elsewhere) -> None:
    call = at.member.pool.calls.filter(state="published").earliest("pk")
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company)
    submission = make_submission(call, at.member.membership, patent, statement=WORD)
    make_opinion(make_panel(submission, *(make_evaluator(at.company) for _ in range(3))))


def add_terms(at: Elsewhere) -> None:
    make_terms(at.programme, next(_numbers), in_force_from=month(), published_at=None)


def add_money(at: Elsewhere) -> None:
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    LicenceChange.objects.create(licence=licence, month=month(), standing="compliant")
    Charge.objects.create(
        licence=licence, month=month(), kind="entry", amount=Decimal(7), currency="CNY", created_at=NOON
    )
    Receipt.objects.create(licence=licence, period=f"{month().year}Q1", amount_minor=7, created_at=NOON)
    # It is from a member of the pool that its licence is of.
    quiet = Programme.objects.filter(pool=at.member.pool).earliest("pk")
    BilateralLicence.objects.create(
        licence=make_licence(quiet, at.company, f"{WORD}-{next(_numbers)}"), member=at.member
    )


def add_rate(at: Elsewhere) -> None:
    ExchangeRate.objects.create(programme=at.programme, month=month(), currency="EUR", rate=Decimal(8))


def add_books(at: Elsewhere) -> None:
    entity, label = at.programme.operating_entity, f"{WORD} {next(_numbers)}"
    last = BookClosing.objects.filter(operating_entity=entity).latest("number")
    book(make_bank(entity, label=label), make_account(entity, at.company, label=label))
    BookClosing.objects.create(
        operating_entity=entity, number=last.number + 1, closed_through=last.closed_through, at=NOON
    )
    make_book_reopening(entity, reason=WORD)


def add_bank_lines(at: Elsewhere) -> None:
    account = make_bank_account(at.programme.operating_entity, bank_name=WORD)
    take(account, f"{HEADINGS}\n2026-10-08,7,7,{WORD},1,{WORD},{next(_numbers)}\n")


def add_payee_account(at: Elsewhere) -> None:
    make_payee_account(at.company, account_name=WORD, state="withdrawn", withdrawn_at=NOON,
                       withdrawn_by=make_user(), reason=WORD)  # fmt: skip


def add_payouts(at: Elsewhere) -> None:
    account = at.programme.operating_entity.bank_accounts.filter(purpose="royalties").earliest("pk")
    make_payout(account, at.company, text=WORD)
    # One that is there already: whoever pays the company elsewhere may read every account of it.
    make_payout_file(account, at.company, payee_account=at.company.payee_accounts.earliest("pk"))


def add_report(at: Elsewhere) -> None:
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    make_filed_report(licence, month())
    make_report_reminder(licence, month())
    make_report_draft(licence, month())
    make_report_authority(licence, at.seat, title=WORD)
    make_product_alias(at.programme, f"{WORD} {next(_numbers)}", licence)


def add_close(at: Elsewhere) -> None:
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    first_month = month()
    make_filed_report(licence, first_month)
    people = {"calculator": make_user(), "approver": make_user()}
    members = list(Membership.objects.filter(alliance=at.alliance, organisation=at.company)[:1])
    run = make_run(at.programme, first_month, person=people["calculator"])
    fill_run(run, members)
    move_run(run, RunStatus.CALCULATED, **people)
    totals = make_release(at.programme, at.company, [run])
    for statement in run.statements.all():
        make_workings_release(statement, totals)


def add_distribution(at: Elsewhere) -> None:
    """What a rival is given of money received, and what it holds against that."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    member = Membership.objects.filter(alliance=at.alliance, organisation=at.company).earliest("pk")
    close = CloseRun.objects.filter(programme=at.programme, status=RunStatus.POSTED).earliest("pk")
    run = make_distribution(at.programme, person=make_user())
    fill_distribution(run, close, [member], [licence])
    move_distribution(run, DistributionStatus.RELEASED, calculator=make_user(), approver=make_user())
    make_objection(run.items.get(membership=member), text=WORD)
    make_payout_terms(at.programme, from_on=month())
    terms = make_member_invoice_terms(at.programme, membership=member, from_on=month())
    make_member_invoice(run.items.get(membership=member), terms)


def add_parallel_run(at: Elsewhere) -> None:
    """What a rival's old workbook came to, and what it differed in."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    cutover = Cutover.objects.filter(programme=at.programme).first() or make_cutover(at.programme)
    run = make_run(at.programme, month(), person=make_user())
    make_difference(make_parallel_run(cutover, run), side="licence", licence=licence, name=WORD)


def add_audit(at: Elsewhere) -> None:
    """That a rival is audited, by what clause, and what was found: one at a time is under way."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    end_audits(licence)
    auditor = make_seat(organisation=make_organisation(WORD))
    make_audit(licence, auditor, clause=make_clause(licence, from_on=month()))


def add_cutover(at: Elsewhere) -> None:
    """A programme has one, so that it takes a programme of its own, which nobody hears of before it is launched."""
    programme = make_programme(
        at.programme.pool, at.programme.operating_entity, f"{WORD}-{next(_numbers)}", ProgrammeState.DRAFT
    )
    make_cutover(programme)


def add_opening(at: Elsewhere) -> None:
    """What is carried over from a rival's old workbook, and what was given out before."""
    cutover = Cutover.objects.filter(programme=at.programme).first() or make_cutover(at.programme)
    Opening.objects.filter(cutover=cutover, state="previewed").update(state="superseded")
    make_opening(cutover)
    make_earlier_share(at.programme, period=f"{month():%Y-%m}")


def add_correction(at: Elsewhere) -> None:
    people = {"calculator": make_user(), "approver": make_user()}
    posted = CloseRun.objects.filter(programme=at.programme, status=RunStatus.POSTED)
    last = posted.exclude(pk__in=posted.exclude(corrects=None).values("corrects")).earliest("pk")
    move_run(make_run(at.programme, last.first_month, person=people["calculator"], corrects=last),
             RunStatus.POSTED, **people)  # fmt: skip


def add_billing(at: Elsewhere) -> None:
    """What a rival is billed, by terms and numbers of its own."""
    entity, number = at.programme.operating_entity, next(_numbers)
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    make_tax_identity(entity, at.company, from_on=month(), name=WORD)
    make_tax_rule(entity, code=f"{WORD} {number}")
    series = make_series(entity, f"Z{number}", name=WORD)
    terms = make_billing_terms(at.programme, licence, from_on=month())
    invoice = make_issued(make_invoice(licence, make_run(at.programme, month(), person=make_user()), terms), series)
    make_certificate(invoice)
    make_interest_note(invoice)
    make_write_off(invoice, make_user(), reason=WORD)
    make_agreed(make_plan(invoice, make_user()), make_user())
    make_plan(invoice, make_user(), reason=WORD)
    payment = make_online_payment(invoice, make_stripe_account(entity, closed_at=NOON))
    make_movement(payment)
    make_refund(payment, make_user(), reason=WORD)
    make_service_event(payment)
    make_matching_terms(entity, from_on=month())
    make_bank_receipt(make_bank_account(entity), invoice)


def add_invoice_drafts(at: Elsewhere) -> None:
    """Drafts for everybody: a licensee sees none of its own before it is issued."""
    run = make_run(at.programme, month(), person=make_user())
    terms = make_billing_terms(at.programme, from_on=month())
    for licence in at.programme.licences.all():
        make_invoice(licence, run, terms)


def add_person(at: Elsewhere) -> None:
    seat = make_seat(make_user(name=f"{WORD} Li"), at.company)
    give_role(seat, Role.MEMBER_STAFF)


def add_traces(at: Elsewhere) -> None:
    """What people leave behind: sign-ins, tokens, messages, jobs, notices, views, webhooks, readings."""
    seat = at.seat
    actor = actor_of_seat(seat)
    make_session(seat.user)
    make_lock(make_user())
    make_token(seat)
    make_message(seat.user)
    make_job(actor)
    Notice.objects.create(
        seat=seat, kind="alliance.edited", subject_type="identity.alliance", subject_id=at.alliance.pk, at=NOON
    )
    HomeVisit.objects.create(seat=make_seat(organisation=at.company), seen_at=NOON)
    SavedView.objects.create(
        user=seat.user, page="patents", name=f"{WORD} {next(_numbers)}", query="order=code", created_at=NOON
    )
    webhook = make_webhook(seat)
    WebhookDelivery.objects.create(
        webhook=webhook, event="pool.opened", topic="pool:x", at=NOON, created_at=NOON, next_attempt_at=NOON
    )
    log_access("organisation.viewed", actor=actor, subject=seat.organisation)


def add_event(at: Elsewhere) -> None:
    record_event("seat.opened", actor=actor_of_seat(at.seat), subject=at.seat)


def add_invitation(at: Elsewhere) -> None:
    make_invitation(at.seat)


def add_ties(at: Elsewhere) -> None:
    make_affiliation(make_organisation(), make_organisation())
    make_declared_tie(at.seat.user, make_organisation())
    make_undertaking(at.seat.user, at.alliance)


def add_paper(at: Elsewhere) -> None:
    make_document(at.company, WORD)


def add_organisation(at: Elsewhere) -> None:
    make_organisation(f"{WORD} {next(_numbers)}")


def add_applicant(at: Elsewhere) -> None:
    applicant = make_organisation(f"{WORD} {next(_numbers)}")
    membership = make_membership(at.alliance, applicant, "", state=MembershipState.APPLIED)
    make_step(membership, StepKind.APPLICATION, MembershipState.APPLIED)


def add_charter(at: Elsewhere) -> None:
    version = make_version(make_charter(at.alliance, f"{WORD} {next(_numbers)}"))
    member = Membership.objects.filter(alliance=at.alliance, organisation=at.company)[0]
    make_signature(version, member, make_authority(at.seat, member))
    make_signature_reminder(version, member)


def add_draft(at: Elsewhere) -> None:
    version = make_version(make_charter(at.alliance, f"{WORD} {next(_numbers)}"), 1, published=False)
    assert version.pk


def add_session_of_staff(at: Elsewhere) -> None:
    starts_at = NOON + timedelta(days=next(_numbers))
    make_staff_session(at.office, at.alliance, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def add_grant(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company)
    make_grant(patent, make_seat(), "patent.read", by=at.office)


def add_alliance(at: Elsewhere) -> None:
    alliance = make_alliance(f"zephyr-{next(_numbers)}", name_zh=WORD)
    make_entity(alliance)


# The office of one alliance sees organisations that are tied to none, so that it can choose among them. What is hidden
# from it is added among those of the other alliance alone.


def add_ties_within(at: Elsewhere) -> None:
    make_affiliation(at.company, at.licensee, starts_on=month(), ends_on=month())
    make_declared_tie(at.seat.user, at.licensee, starts_on=month(), ends_on=month())
    make_undertaking(at.seat.user, at.alliance)


def add_member_within(at: Elsewhere) -> None:
    membership = make_membership(at.alliance, make_organisation(f"{WORD} {next(_numbers)}"), f"{next(_numbers)}")
    make_step(membership, StepKind.ADMISSION, MembershipState.ADMITTED)


def add_session_within(at: Elsewhere) -> None:
    starts_at = NOON + timedelta(days=next(_numbers))
    make_staff_session(at.office, at.alliance, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def add_grant_within(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{next(_numbers)}B", at.company)
    make_grant(patent, at.seat, "patent.read", by=at.office)


ADDITIONS: tuple[Callable[[Elsewhere], None], ...] = tuple(
    value for name, value in dict(globals()).items() if name.startswith("add_")
)
