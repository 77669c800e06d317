"""Closes, corrections, and what was before the first of them."""

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.cutover.models import Cutover, Opening
from licensing.terms.models import ProgrammeState
from members.memberships.models import Membership
from tests.api.leaks.additions.places import WORD, Elsewhere, month, number
from tests.factories.close import fill_run, make_release, make_run, make_workings_release, move_run
from tests.factories.core import (
    make_user,
)
from tests.factories.cutover import (
    make_cutover,
    make_difference,
    make_earlier_share,
    make_opening,
    make_parallel_run,
)
from tests.factories.reports import (
    make_filed_report,
)
from tests.factories.terms import make_programme


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


def add_parallel_run(at: Elsewhere) -> None:
    """What a rival's old workbook came to, and what it differed in."""
    licence = at.programme.licences.filter(licensee=at.company).earliest("pk")
    cutover = Cutover.objects.filter(programme=at.programme).first() or make_cutover(at.programme)
    run = make_run(at.programme, month(), person=make_user())
    make_difference(make_parallel_run(cutover, run), side="licence", licence=licence, name=WORD)


def add_cutover(at: Elsewhere) -> None:
    """A programme has one, so that it takes a programme of its own, which nobody hears of before it is launched."""
    programme = make_programme(
        at.programme.pool, at.programme.operating_entity, f"{WORD}-{number()}", ProgrammeState.DRAFT
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
