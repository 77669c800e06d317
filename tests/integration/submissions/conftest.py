"""A pool that calls for patents, an owner and its rival, an office, and evaluators."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest

from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.clock import FixedClock
from platform_core.identity.models import Alliance, Seat
from platform_core.identity.roles import Role
from pools.composition.models import Pool, PoolState
from pools.patents.models import Patent
from pools.submissions.models import Call, Opinion, Panel, Submission
from pools.submissions.services import (
    NewClaim,
    NewFinding,
    appoint_panel,
    complete_submission,
    draft_opinion,
    draft_submission,
    give_opinion,
    voice_opinion,
)
from tests.factories.composition import make_pool
from tests.factories.core import NOON, actor_of_seat, give_role, make_alliance, make_organisation, make_seat
from tests.factories.memberships import make_membership
from tests.factories.patents import make_patent
from tests.factories.submissions import make_call, make_evaluator

CLAIMS = (
    NewClaim(number=1, standard="T/UWA 005", clause="7.2.1"),
    NewClaim(number=4, standard="T/UWA 005", clause="9.1"),
)


@dataclass
class Forming:
    """Who takes part, and what they do by the services."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    alliance: Alliance = field(default_factory=make_alliance)

    def __post_init__(self) -> None:
        self.pool: Pool = make_pool(self.alliance, "P", PoolState.FORMING)
        self.call: Call = make_call(self.pool)
        self.member: Membership = make_membership(self.alliance, make_organisation("权利人"), "OWN")
        self.rival: Membership = make_membership(self.alliance, make_organisation("对手"), "RIVAL")
        self.patent: Patent = make_patent(self.alliance, "CN1B", self.member.organisation)
        self.evaluators: list[Seat] = [make_evaluator() for _ in range(6)]
        self._seats: dict[str, Seat] = {}

    def _acting(self, name: str, role: Role, seat: Seat) -> Actor:
        if name not in self._seats:
            alliance = self.alliance if role in (Role.SECRETARIAT, Role.OPERATOR, Role.LEGAL, Role.AUTHORITY) else None
            give_role(seat, role, alliance=alliance)
            self._seats[name] = seat
        return actor_of_seat(self._seats[name], clock=self.clock)

    @property
    def office(self) -> Actor:
        return self._acting("office", Role.SECRETARIAT, self._seats.get("office") or make_seat())

    @property
    def owner(self) -> Actor:
        seat = self._seats.get("owner") or make_seat(organisation=self.member.organisation)
        return self._acting("owner", Role.MEMBER_STAFF, seat)

    @property
    def owner_seat(self) -> Seat:
        """The seat that the owner acts in."""
        assert self.owner.seat_id
        return self._seats["owner"]

    @property
    def competitor(self) -> Actor:
        seat = self._seats.get("competitor") or make_seat(organisation=self.rival.organisation)
        return self._acting("competitor", Role.MEMBER_ADMIN, seat)

    def evaluator(self, number: int) -> Actor:
        return actor_of_seat(self.evaluators[number], clock=self.clock)

    def submit(self) -> Submission:
        return draft_submission(
            actor=self.owner, call_id=self.call.pk, patent_id=self.patent.pk, claims=CLAIMS, file=True
        )

    def complete(self) -> Submission:
        return complete_submission(actor=self.office, submission_id=self.submit().pk)

    def appoint(self, submission: Submission, *numbers: int) -> Panel:
        lead, first, second = (self.evaluators[number].pk for number in numbers or (0, 1, 2))
        return appoint_panel(
            actor=self.office,
            submission_id=submission.pk,
            lead_id=lead,
            first_assistant_id=first,
            second_assistant_id=second,
            until_on=date(2027, 3, 1),
            reason="They know the standard.",
        )

    def draft(self, submission: Submission, *, essential: bool, lead: int = 0) -> Opinion:
        findings = [
            NewFinding(claim_id=claim.pk, essential=essential and claim.number == 1)
            for claim in submission.claims.order_by("number")
        ]
        return draft_opinion(
            actor=self.evaluator(lead), submission_id=submission.pk, reasons="As charted.", findings=findings
        )

    def find(self, submission: Submission, *, essential: bool, lead: int = 0) -> Opinion:
        """Let a panel of three neighbours find, the second assistant against it."""
        opinion = self.draft(submission, essential=essential, lead=lead)
        voice_opinion(actor=self.evaluator(lead + 1), opinion_id=opinion.pk, agrees=True)
        voice_opinion(actor=self.evaluator(lead + 2), opinion_id=opinion.pk, agrees=False, note="Clause 9.1 may.")
        return give_opinion(actor=self.evaluator(lead), opinion_id=opinion.pk)

    def wait(self, days: int) -> None:
        self.clock.move(timedelta(days=days))


@pytest.fixture
def forming() -> Forming:
    return Forming()
