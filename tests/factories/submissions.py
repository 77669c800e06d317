"""Calls for patents, submissions to them, and the panels that evaluate these."""

from datetime import date
from typing import TYPE_CHECKING, Any

from members.memberships.models import Membership
from platform_core.identity.models import Organisation, Seat
from platform_core.identity.roles import Role
from pools.composition.models import Pool
from pools.patents.models import Patent
from pools.submissions.models import (
    Call,
    CallState,
    Finding,
    Opinion,
    OpinionResult,
    OpinionState,
    Panel,
    PanelKind,
    Submission,
    SubmissionClaim,
    SubmissionState,
    Voice,
)
from tests.factories.charts import make_chart_target, make_claim_chart
from tests.factories.core import NOON, give_role, make_organisation, make_seat
from tests.factories.patents import make_patent

if TYPE_CHECKING:
    from tests.factories.world import World


def make_call(pool: Pool, *, published: bool = True, **columns: Any) -> Call:
    """A call that opened on the first day of 2026 and takes patents until the end of June."""
    done = {"state": CallState.PUBLISHED, "published_at": NOON} if published else {}
    return Call.objects.create(
        **{
            "pool": pool,
            "number": pool.calls.count() + 1,
            "title_zh": "专利征集",
            "standard": "T/UWA 005",
            "text_zh": "征集标准必要专利",
            "opens_on": date(2026, 1, 1),
            "submit_by_on": date(2026, 6, 30),
            "created_at": NOON,
            **done,
            **columns,
        }
    )


def make_submission(call: Call, membership: Membership, patent: Patent, **columns: Any) -> Submission:
    """A submission with one claim, by default filed and not yet checked."""
    state = columns.pop("state", SubmissionState.SUBMITTED)
    submission = Submission.objects.create(
        call=call, pool=call.pool, patent=patent, membership=membership, created_at=NOON
    )
    SubmissionClaim.objects.create(
        submission=submission,
        number=1,
        standard=call.standard,
        clause="7.2.1",
        claim_chart=columns.pop("claim_chart", None),
    )
    if state != SubmissionState.DRAFT:
        columns = {"submitted_at": NOON, **columns}
    # Its claims are fixed from here on.
    for column, value in {"state": state, **columns}.items():
        setattr(submission, column, value)
    submission.save()
    return submission


def make_evaluator(organisation: Organisation | None = None) -> Seat:
    seat = make_seat(organisation=organisation or make_organisation())
    give_role(seat, Role.EVALUATOR)
    return seat


def make_panel(submission: Submission, *seats: Seat, kind: PanelKind = PanelKind.FIRST) -> Panel:
    """A panel of these people, others where there are fewer, that is at work; they are not assigned by it alone."""
    lead, first, second = [*seats, *(make_evaluator() for _ in range(3 - len(seats)))]
    panel = Panel.objects.create(
        submission=submission,
        kind=kind,
        lead=lead,
        first_assistant=first,
        second_assistant=second,
        until_on=date(2026, 12, 31),
        appointed_at=NOON,
    )
    submission.panel = panel
    if kind is PanelKind.FIRST and submission.state in (SubmissionState.SUBMITTED, SubmissionState.COMPLETE):
        submission.state = SubmissionState.IN_EVALUATION
    submission.save(update_fields=["panel", "state"])
    return panel


def make_opinion(panel: Panel, *, final: bool | None = None, **columns: Any) -> Opinion:
    """A draft; or where it is said whether it is final, an opinion that was given."""
    opinion = Opinion.objects.create(
        submission=panel.submission, panel=panel, round=1, reasons="Claim 1 reads on it.", created_at=NOON
    )
    claim = panel.submission.claims.earliest("pk")
    Finding.objects.create(opinion=opinion, claim=claim, essential=True, reasons="as charted")
    if final is not None:
        opinion.state = OpinionState.GIVEN
        opinion.result = OpinionResult.ESSENTIAL
        opinion.first_voice, opinion.second_voice = Voice.AGREES, Voice.DISSENTS
        opinion.second_note = "I am not sure."
        opinion.given_at, opinion.given_by = NOON, panel.lead
        opinion.final_on = date(2026, 3, 2) if final else None
    for column, value in columns.items():
        setattr(opinion, column, value)
    opinion.save()
    return opinion


def populate(world: "World") -> None:
    for side, alliance in zip(("first", "second"), world.alliances, strict=True):
        other = "second" if side == "first" else "first"
        people = [world.seats[f"{other} {role}"] for role in (Role.EVALUATOR, Role.EXPERT, Role.NEUTRAL)]
        pool = Pool.objects.get(alliance=alliance, code="quiet")
        call = make_call(pool)
        make_call(pool, published=False)
        for code in ("DOWN", "UP"):
            membership = Membership.objects.get(alliance=alliance, code=code)
            owner = membership.organisation
            patents = [make_patent(alliance, f"CNS{code}{number}B", owner, family=code) for number in range(1, 5)]
            chart = make_claim_chart(make_chart_target(patents[0], owner), reviewed=True)
            make_submission(call, membership, patents[0], claim_chart=chart)
            make_submission(call, membership, patents[1], state=SubmissionState.DRAFT)
            make_opinion(make_panel(make_submission(call, membership, patents[2]), *people))
            found = make_submission(call, membership, patents[3])
            make_opinion(make_panel(found, *people), final=True)
            found.state = SubmissionState.ESSENTIAL
            found.save(update_fields=["state"])
