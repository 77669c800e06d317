"""Patents, deadlines, pools and what is submitted to them."""

from datetime import date

from licensing.terms.models import ProgrammeState
from members.memberships.models import Membership
from pools.composition.models import PoolState, Withholding
from pools.patents.models import PatentWords
from tests.api.leaks.additions.places import WORD, Elsewhere, month, number
from tests.factories.agreements import make_licence
from tests.factories.asking import make_licence_request
from tests.factories.charts import make_chart_target, make_claim_chart
from tests.factories.composition import make_entry, make_list_version, make_pool, make_pool_member
from tests.factories.connections import make_connection, make_connection_run
from tests.factories.deadlines import make_deadline, make_deadline_reminder, make_deadline_run, make_feed
from tests.factories.exchange import make_import, make_saved_mapping
from tests.factories.patents import make_patent, make_record, make_source
from tests.factories.submissions import make_call, make_evaluator, make_opinion, make_panel, make_submission
from tests.factories.terms import make_programme, make_terms
from tests.factories.upkeep import make_annuity_payment, make_annuity_terms, make_payment_order


def add_patent(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company, title=f"{WORD} display")
    make_record(patent, make_source(at.alliance, at.company, name=WORD))
    make_claim_chart(make_chart_target(patent, at.company, name=WORD))
    PatentWords.objects.filter(patent=patent).update(reading=0)
    make_import(at.alliance, at.company, f"{WORD}.csv")
    make_saved_mapping(at.alliance, f"{WORD} {number()}")
    asked = make_connection(at.alliance, at.office, f"{WORD} {number()}")
    make_connection_run(asked, notes=[{"about": WORD, "code": "unknown", "detail": "The office has no such number."}])


def add_deadline(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company, filed_on=date(2019, 3, 31))
    deadline = make_deadline(patent, title=f"{WORD} fee")
    make_deadline_reminder(deadline, make_deadline_run(at.alliance, month()))
    make_annuity_terms(patent)
    make_annuity_payment(patent, at.company)
    make_payment_order(at.alliance, at.company, patent, title=WORD)
    make_feed(at.seat)


def add_pool(at: Elsewhere) -> None:
    pool = make_pool(at.alliance, f"{WORD}-{number()}", PoolState.FORMING)
    member = make_pool_member(pool, Membership.objects.filter(alliance=at.alliance, organisation=at.company)[0])
    make_entry(member, make_patent(at.alliance, f"CN{WORD}{number()}B", at.company))
    Withholding.objects.create(member=member, starts_on=date(2025, 7, 1), reason=WORD)
    programme = make_programme(pool, at.programme.operating_entity, pool.code, ProgrammeState.DRAFT)
    make_terms(programme, 1)
    make_licence(programme, at.company, f"{WORD}-{number()}")


def add_list_version(at: Elsewhere) -> None:
    make_list_version(at.member.pool, note=WORD)


def add_licence_request(at: Elsewhere) -> None:
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company)
    make_licence_request(at.member.pool, at.company, patent, asker_name=WORD, asker_organisation=WORD, message=WORD)


def add_call(at: Elsewhere) -> None:
    make_call(at.member.pool, published=False, title_zh=WORD, standard=WORD)


def add_submission(at: Elsewhere) -> None:
    call = at.member.pool.calls.filter(state="published").earliest("pk")
    patent = make_patent(at.alliance, f"CN{WORD}{number()}B", at.company)
    submission = make_submission(call, at.member.membership, patent, statement=WORD)
    make_opinion(make_panel(submission, *(make_evaluator(at.company) for _ in range(3))))
