"""The scenes about who is let in, and who must stay out: ties, undertakings, grants, assignments and staff sessions."""

from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from licensing.close.models import CloseRun
from platform_core.access.grants.services import assign_seat, grant_access
from platform_core.access.staff.services import end_staff_session, start_staff_session
from platform_core.conflicts.models import AffiliationKind, TieKind, Undertaking
from platform_core.conflicts.services import (
    confirm_undertaking,
    declare_personal_tie,
    record_affiliation,
    record_undertaking,
)
from platform_core.identity.roles import Role
from platform_core.lists.services import save_view
from platform_core.models import Record
from platform_site.demo.correspondence import undertaking
from platform_site.demo.names import LICENSEES, MEMBER_OF, Firm
from platform_site.demo.patents import TERMINAL, entries
from platform_site.demo.people import (
    ADMINISTRATOR,
    CALCULATOR,
    CLOSE_AUDITOR,
    COMMITTEE_MEMBER,
    COUNSEL,
    EVALUATOR,
    OPERATING,
    OPERATIONS_HEAD,
    SECOND_SECRETARY,
    SECRETARY,
    Person,
    administrator_of,
)
from platform_site.demo.pooling import Pooling
from platform_site.demo.programmes import UHD_TV
from platform_site.demo.sales import CORRECTED
from platform_site.demo.stage import ZONE, Script, Stage
from pools.patents.models import Patent
from pools.patents.policies import READ_PATENT

_YAOXI: Final = MEMBER_OF["YAOXI"].firm
_SUYING: Final = MEMBER_OF["SUYING"]
AFFILIATED: Final[tuple[tuple[Firm, Firm], ...]] = (
    (_YAOXI, LICENSEES["yaoxi-sales"]),
    (_YAOXI, LICENSEES["yaoxi-vn"]),
    (LICENSEES["penglei"], LICENSEES["penglei-pl"]),
)
"""Parent and subsidiary."""

UNDERTAKEN: Final = (date(2026, 3, 9), date(2028, 3, 9))
ASSIGNED_UNTIL: Final = date(2027, 4, 1)

BUYER: Final = LICENSEES["penglei"]
OFFERED: Final = "US20249856926A1"
"""An application of a member's that is in no pool; a licensee thinks of buying it."""
OFFERED_UNTIL: Final = date(2027, 6, 30)

MANAGED: Final = "CN186571096A"
"""An application that an operator looks after for its owner."""

EVALUATED: Final = "US21184747B2"
"""A patent that was just granted, and enters a pool once it has been found essential."""


class Entrusting:
    """Plays the scenes about who is let in and who stays out."""

    def __init__(self, stage: Stage, pooling: Pooling) -> None:
        self._stage = stage
        self._pooling = pooling
        self._undertaking: UUID
        self._session: UUID

    def plan(self, script: Script) -> None:
        """Plan all scenes about who is let in and who stays out."""
        script.add(date(2025, 7, 9), "10:30", "conflicts", self._record_groups)
        script.add(date(2026, 3, 4), "09:50", "conflicts", self._record_undertaking)
        script.add(date(2026, 3, 6), "14:15", "conflicts", self._confirm_undertaking)
        script.add(date(2026, 3, 6), "16:30", "conflicts", self._declare_tie)
        script.add(date(2026, 9, 24), "10:05", "staff session", self._start_reading)
        script.add(date(2026, 9, 24), "10:27", "staff session", self._end_reading)
        script.add(date(2026, 10, 12), "09:20", "assignments", self._assign_auditor_of_close)
        script.add(date(2026, 10, 13), "15:00", "assignments", self._assign_counsel_and_operator)
        script.add(date(2026, 10, 22), "11:15", "sharing", self._show_to_buyer)
        script.add(date(2026, 11, 12), "09:30", "assignments", self._assign_evaluator)
        script.add(date(2026, 11, 13), "17:30", "sharing", self._save_views)

    def _record_groups(self) -> None:
        for parent, subsidiary in AFFILIATED:
            record_affiliation(
                actor=self._stage.acting(SECOND_SECRETARY),
                first_id=self._stage.organisations[parent.key],
                second_id=self._stage.organisations[subsidiary.key],
                kind=AffiliationKind.CONTROL,
                source="许可协议附件“关联企业名单” List of affiliates, annex to the licence agreement",
                starts_on=date(2025, 7, 1),
            )

    def _record_undertaking(self) -> None:
        """Let one of the office record what a member of the committee undertakes, with the signed paper."""
        starts_on, ends_on = UNDERTAKEN
        recorded = record_undertaking(
            actor=self._stage.acting(SECOND_SECRETARY),
            alliance_id=self._stage.alliance,
            seat_id=self._stage.seats[COMMITTEE_MEMBER.email],
            text=f"不查阅与{_SUYING.firm.name_zh}有关的任何资料，不参加对其专利和收购事项的讨论和表决。 "
            f"Sees nothing of {_SUYING.firm.name_en}, and takes no part in talks and votes about its patents.",
            starts_on=starts_on,
            ends_on=ends_on,
            hidden_organisations=[self._stage.organisations[_SUYING.firm.key]],
        )
        self._undertaking = recorded.pk
        letter = undertaking(COMMITTEE_MEMBER, _SUYING, starts_on, ends_on)
        self._stage.attach(SECOND_SECRETARY, Undertaking, recorded.pk, letter)

    def _confirm_undertaking(self) -> None:
        confirm_undertaking(actor=self._stage.acting(SECRETARY), undertaking_id=self._undertaking)

    def _declare_tie(self) -> None:
        actor = self._stage.acting(COMMITTEE_MEMBER)
        declare_personal_tie(
            actor=actor,
            user_id=actor.person_id,
            organisation_id=self._stage.organisations[_SUYING.firm.key],
            kind=TieKind.INTEREST,
            source="本人申报：员工持股计划份额，二〇二四年离职 Own declaration: employee shares; left in 2024",
            starts_on=UNDERTAKEN[0],
        )

    def _start_reading(self) -> None:
        opened = start_staff_session(
            actor=self._stage.acting(ADMINISTRATOR),
            alliance_id=self._stage.alliance,
            reason="工单0917：更正结算后专利池页面数字不一致，核对显示 "
            "Ticket 0917: figures of a pool's page differ after the corrected close",
            minutes=60,
        )
        self._session = opened.pk

    def _end_reading(self) -> None:
        end_staff_session(actor=self._stage.acting(ADMINISTRATOR), session_id=self._session)

    def _assign_auditor_of_close(self) -> None:
        """Let finance put an auditor on the close it is to repeat; that of a licensee is let in by its audit."""
        corrected = CloseRun.objects.filter(programme__code=UHD_TV.code, period=CORRECTED[1]).latest("number")
        self._assign(
            CALCULATOR,
            CloseRun,
            corrected.pk,
            Role.CLOSE_AUDITOR,
            CLOSE_AUDITOR,
            "复算更正后的结算 Repeats the corrected close",
        )

    def _assign_counsel_and_operator(self) -> None:
        disputed = next(entry for entry in entries(TERMINAL) if entry.holding.member == "LANYU")
        self._assign(
            SECRETARY,
            Patent,
            self._pooling.patent(disputed.right.numbers.publication),
            Role.LEGAL,
            COUNSEL,
            "权属争议案件 Dispute about its ownership",
        )
        self._assign(
            OPERATIONS_HEAD,
            Patent,
            self._pooling.patent(MANAGED),
            Role.OPERATOR,
            OPERATING,
            "托管：审查意见答复和年费 In custody: office actions and annuities",
        )

    def _assign_evaluator(self) -> None:
        self._assign(
            SECRETARY,
            Patent,
            self._pooling.patent(EVALUATED),
            Role.EVALUATOR,
            EVALUATOR,
            "入池前必要性评估 Evaluation before it enters the pool",
        )

    def _assign(self, giver: Person, kind: type[Record], subject_id: UUID, role: Role, to: Person, reason: str) -> None:
        assign_seat(
            actor=self._stage.acting(giver),
            subject_type=kind._meta.label_lower,
            subject_id=subject_id,
            role=role,
            seat_id=self._stage.seats[to.email],
            reason=reason,
            ends_at=_midnight(ASSIGNED_UNTIL),
        )

    def _show_to_buyer(self) -> None:
        """Let a member show an application of its own to a licensee that may buy it."""
        grant_access(
            actor=self._stage.acting(administrator_of(_YAOXI)),
            subject_type=Patent._meta.label_lower,
            subject_id=self._pooling.patent(OFFERED),
            actions=[READ_PATENT.name],
            organisation_id=self._stage.organisations[BUYER.key],
            reason="洽购专利，供对方尽职调查 Offered for sale, for the buyer's due diligence",
            ends_at=_midnight(OFFERED_UNTIL),
        )

    def _save_views(self) -> None:
        save_view(
            actor=self._stage.acting(SECRETARY),
            page="memberships",
            name="待决定的申请 Applications under review",
            query="state=under_review",
        )
        save_view(
            actor=self._stage.acting(administrator_of(_YAOXI)),
            page="patents",
            name="美国专利，新的在前 US patents, newest first",
            query="country=US&order=-granted",
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
