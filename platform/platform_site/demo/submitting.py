"""The scenes about a call for patents: what members submit to it, and how far its evaluation has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from platform_core.identity.roles import Role
from platform_site.demo.names import MEMBER_OF
from platform_site.demo.patents import TERMINAL
from platform_site.demo.people import (
    EVALUATOR,
    FIRST_ASSISTANT,
    PEOPLE,
    SECOND_ASSISTANT,
    SECOND_SECRETARY,
    SECRETARY,
    Person,
)
from platform_site.demo.pooling import Pooling
from platform_site.demo.stage import Script, Stage
from pools.charts.models import TargetKind
from pools.charts.services import ChartRow, NewTarget, add_chart_target, draft_chart, edit_chart, review_chart
from pools.submissions.models import CallAudience, SubmissionClaim
from pools.submissions.services import (
    NewClaim,
    NewFinding,
    appoint_panel,
    complete_submission,
    draft_call,
    draft_opinion,
    draft_submission,
    give_opinion,
    publish_call,
    return_submission,
    voice_opinion,
)

STANDARD: Final = "T/JH 003-2025"
CALLED_ON: Final = date(2026, 9, 7)
EVALUATED_UNTIL: Final = date(2027, 3, 31)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A patent that a member submits, with the clauses its first claims are said to read on."""

    publication: str
    member: str
    on: date
    clauses: tuple[str, ...]
    explanation: str = ""

    @property
    def person(self) -> Person:
        """Return who works on the member's patents."""
        firm = MEMBER_OF[self.member].firm
        return next(one for one in PEOPLE if one.firm == firm and one.duties[0].role is Role.MEMBER_STAFF)


NOT_ESSENTIAL: Final = Submitted("JP2025905793A", "YINGYUE", date(2026, 9, 15), ("6.3.2", "6.3.4"))
"""Found not essential; its owner may still ask the panel to look again."""
RETURNED: Final = Submitted("US20259890247A1", "SUYING", date(2026, 10, 20), ("8.1",))
EVALUATED: Final = Submitted(
    "US21184747B2",
    "YINGYUE",
    date(2026, 11, 10),
    ("6.2.1", "6.2.5"),
    "权利要求的映射步骤与条款的公式逐项对应。 Each step of the claim has its formula in the clause.",
)
"""In evaluation: its lead has written an opinion, and one of two assistants has agreed."""
NEW: Final = Submitted("KR1020240846306A", "YAOXI", date(2026, 11, 12), ("9.4",))

CHARTED: Final = (
    ChartRow(
        element="接收动态元数据 receiving dynamic metadata",
        place="9.4.1",
        evidence="条款要求解码器逐场景读取元数据 The clause has the decoder read metadata scene by scene",
    ),
    ChartRow(
        element="据此调整亮度映射曲线 adapting the tone curve to it",
        place="9.4.3",
        evidence="公式 (12) 与权利要求的步骤一致 Formula (12) is the step of the claim",
    ),
)


class Submitting:
    """Plays the scenes about the call and what is submitted to it."""

    def __init__(self, stage: Stage, pooling: Pooling) -> None:
        self._stage = stage
        self._pooling = pooling
        self._call: UUID
        self._submissions: dict[Submitted, UUID] = {}
        self._opinions: dict[Submitted, UUID] = {}
        self._charts: dict[tuple[Submitted, int], UUID] = {}

    def plan(self, script: Script) -> None:
        """Plan all scenes about the call."""

        def add(day: date, at: str, play: Callable[..., None], *given: object) -> None:
            script.add(day, at, "submissions", partial(play, *given))

        add(CALLED_ON, "10:00", self._draft)
        add(CALLED_ON, "16:30", self._publish)
        add(NEW.on, "10:25", self._chart, NEW)
        for one in (NOT_ESSENTIAL, RETURNED, EVALUATED, NEW):
            add(one.on, "14:10", self._submit, one)
        add(date(2026, 9, 18), "11:05", self._complete, NOT_ESSENTIAL)
        add(date(2026, 9, 21), "09:40", self._appoint, NOT_ESSENTIAL)
        add(date(2026, 10, 28), "15:20", self._find, NOT_ESSENTIAL)
        add(date(2026, 11, 2), "10:15", self._agree, NOT_ESSENTIAL, FIRST_ASSISTANT)
        add(date(2026, 11, 3), "14:45", self._agree, NOT_ESSENTIAL, SECOND_ASSISTANT)
        add(date(2026, 11, 4), "09:30", self._give, NOT_ESSENTIAL)
        add(date(2026, 10, 27), "10:50", self._return, RETURNED)
        add(date(2026, 11, 11), "10:20", self._complete, EVALUATED)
        add(date(2026, 11, 12), "09:35", self._appoint, EVALUATED)
        add(date(2026, 11, 13), "16:05", self._find, EVALUATED)
        add(date(2026, 11, 16), "10:40", self._agree, EVALUATED, FIRST_ASSISTANT)

    def _draft(self) -> None:
        call = draft_call(
            actor=self._stage.acting(SECOND_SECRETARY),
            pool_id=self._pooling.pools[TERMINAL],
            audience=CallAudience.PUBLIC,
            title_zh="超高清显示映射标准必要专利征集",
            title_en="Patents essential to display mapping for ultra-HD",
            standard=STANDARD,
            text_zh="征集对动态元数据、色域映射和显示适配必要的专利。请列明主张必要的权利要求及对应条款，并附对照表。\n"
            "对专利池的许可是非独占的；评估由与权利人无利害关系的三人评估组进行。",
            text_en="Patents are called for that are essential to dynamic metadata, gamut mapping and display "
            "adaptation. Name the claims and clauses, and attach charts.\n"
            "What the pool is given is not exclusive; three evaluators without ties to the owner judge it.",
            opens_on=date(2026, 9, 8),
            submit_by_on=date(2026, 12, 31),
        )
        self._call = call.pk

    def _publish(self) -> None:
        publish_call(actor=self._stage.acting(SECRETARY), call_id=self._call)

    def _chart(self, one: Submitted) -> None:
        """Chart two claims: the first is reviewed and handed in, the other one is still being written."""
        actor = self._stage.acting(one.person)
        target = add_chart_target(
            actor=actor,
            patent_id=self._pooling.patent(one.publication),
            target=NewTarget(kind=TargetKind.STANDARD, body="T/JH", name="003", version="2025", clause=one.clauses[0]),
        )
        for claim, rows in ((1, CHARTED), (2, CHARTED[:1])):
            chart = draft_chart(actor=actor, target_id=target.pk, claim=claim)
            edit_chart(actor=actor, chart_id=chart.pk, rows=rows)
            if claim == 1:
                review_chart(actor=actor, chart_id=chart.pk)
                self._charts[one, claim] = chart.pk

    def _submit(self, one: Submitted) -> None:
        made = draft_submission(
            actor=self._stage.acting(one.person),
            call_id=self._call,
            patent_id=self._pooling.patent(one.publication),
            statement=one.explanation,
            claims=[
                NewClaim(
                    number=number,
                    standard=STANDARD,
                    clause=clause,
                    explanation=one.explanation,
                    claim_chart_id=self._charts.get((one, number)),
                )
                for number, clause in enumerate(one.clauses, start=1)
            ],
            file=True,
        )
        self._submissions[one] = made.pk

    def _return(self, one: Submitted) -> None:
        return_submission(
            actor=self._stage.acting(SECOND_SECRETARY),
            submission_id=self._submissions[one],
            reason="请补充权利要求对照表 Please attach a claim chart",
        )

    def _complete(self, one: Submitted) -> None:
        complete_submission(actor=self._stage.acting(SECOND_SECRETARY), submission_id=self._submissions[one])

    def _appoint(self, one: Submitted) -> None:
        seats = self._stage.seats
        appoint_panel(
            actor=self._stage.acting(SECRETARY),
            submission_id=self._submissions[one],
            lead_id=seats[EVALUATOR.email],
            first_assistant_id=seats[FIRST_ASSISTANT.email],
            second_assistant_id=seats[SECOND_ASSISTANT.email],
            until_on=EVALUATED_UNTIL,
            reason="熟悉显示映射标准，与权利人无利害关系 They know the standard and have no ties to the owner",
        )

    def _find(self, one: Submitted) -> None:
        essential = one is EVALUATED
        claims = SubmissionClaim.objects.filter(submission=self._submissions[one]).order_by("number")
        made = draft_opinion(
            actor=self._stage.acting(EVALUATOR),
            submission_id=self._submissions[one],
            reasons="实施条款必然落入权利要求一的范围。 Whoever implements the clause falls under claim 1."
            if essential
            else "条款可由其他方式满足，不必落入权利要求。 The clause can be met otherwise than by these claims.",
            findings=[NewFinding(claim_id=claim.pk, essential=essential and claim.number == 1) for claim in claims],
        )
        self._opinions[one] = made.pk

    def _agree(self, one: Submitted, person: Person) -> None:
        voice_opinion(actor=self._stage.acting(person), opinion_id=self._opinions[one], agrees=True)

    def _give(self, one: Submitted) -> None:
        give_opinion(actor=self._stage.acting(EVALUATOR), opinion_id=self._opinions[one])
