"""The scenes about audits of licensees: one that its auditor works on, and one whose findings wait for an answer."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from licensing.agreements.interest import InterestKind
from licensing.audits.calculation import Measure, Reaches
from licensing.audits.models import AuditFinding
from licensing.audits.services import (
    NewAuditClause,
    confirm_audit_clause,
    give_notice,
    hand_in_findings,
    open_access,
    propose_audit,
    record_audit_clause,
    record_finding,
    undertake_confidentiality,
)
from platform_site.demo.contracting import Contracting
from platform_site.demo.people import APPROVER, AUDITOR, CALCULATOR
from platform_site.demo.sales import CORRECTED
from platform_site.demo.stage import Script, Stage

AUDITED: Final = CORRECTED[0]
"""Whose own accountants found what it had left out: finance wants to know what else there is."""
ANSWERING: Final = "PRO-002"
"""Whose findings were handed in."""
ACCESS_ENDS: Final = {AUDITED: date(2027, 4, 1), ANSWERING: date(2026, 11, 13)}
_MONTHS: Final = {
    AUDITED: (date(2025, 7, 1), date(2026, 6, 1)),
    ANSWERING: (date(2025, 7, 1), date(2026, 3, 1)),
}
_REASONS: Final = {
    AUDITED: "2026年度许可费审计 Royalty audit of 2026",
    ANSWERING: "合同约定的例行审计 Routine audit by the contract",
}
_CLAUSES: Final[Mapping[str, NewAuditClause]] = {
    AUDITED: NewAuditClause(
        from_on=date(2025, 7, 1),
        stands_in="第 9.3 条 Clause 9.3",
        notice_days=15,
        look_back_years=3,
        months_between=12,
        threshold_percent=Decimal(5),
        threshold_reaches=Reaches.MORE_THAN,
        threshold_measure=Measure.PAID,
        interest_kind=InterestKind.DAILY,
        interest_percent=Decimal("0.05"),
        payment_days=30,
    ),
    ANSWERING: NewAuditClause(
        from_on=date(2025, 7, 1),
        stands_in="第 8.2 条 Clause 8.2",
        notice_days=15,
        look_back_years=3,
        months_between=12,
        threshold_percent=Decimal(5),
        threshold_reaches=Reaches.AT_LEAST,
        threshold_measure=Measure.DUE,
        interest_kind=InterestKind.YEARLY,
        interest_percent=Decimal(10),
        interest_year_days=360,
        payment_days=45,
    ),
}
_CAUSES: Final = {
    AUDITED: "经贸易公司出口的机顶盒未申报 Set-top boxes exported through a trading house were left out",
    ANSWERING: "赠送给经销商的样机未申报 Units given to dealers as samples were left out",
}
_LEFT_OUT_PERCENT: Final = {AUDITED: 7, ANSWERING: 6}


class Auditing:
    """Plays the scenes about audits."""

    def __init__(self, stage: Stage, contracting: Contracting) -> None:
        self._stage = stage
        self._contracting = contracting
        self._clauses: dict[str, UUID] = {}
        self._audits: dict[str, UUID] = {}

    def plan(self, script: Script) -> None:
        """Plan all scenes about audits."""
        script.add(date(2026, 9, 23), "10:10", "audits", self._record_clauses)
        script.add(date(2026, 9, 23), "15:40", "audits", self._confirm_clauses)
        script.add(date(2026, 9, 24), "11:20", "audits", self._propose)
        script.add(date(2026, 9, 25), "09:15", "audits", self._give_notice)
        script.add(date(2026, 9, 28), "14:00", "audits", self._undertake)
        script.add(date(2026, 10, 12), "09:20", "audits", self._open_access)
        script.add(date(2026, 11, 5), "16:30", "audits", self._find)
        script.add(date(2026, 11, 12), "10:30", "audits", self._hand_in)

    def _record_clauses(self) -> None:
        for code, clause in _CLAUSES.items():
            recorded = record_audit_clause(
                actor=self._stage.acting(CALCULATOR), licence_id=self._contracting.licences[code], clause=clause
            )
            self._clauses[code] = recorded.pk

    def _confirm_clauses(self) -> None:
        for clause in self._clauses.values():
            confirm_audit_clause(actor=self._stage.acting(APPROVER), clause_id=clause)

    def _propose(self) -> None:
        for code, (first, last) in _MONTHS.items():
            audit = propose_audit(
                actor=self._stage.acting(CALCULATOR),
                licence_id=self._contracting.licences[code],
                first_month=first,
                last_month=last,
                auditor_seat_id=self._stage.seats[AUDITOR.email],
                reason=_REASONS[code],
            )
            self._audits[code] = audit.pk

    def _give_notice(self) -> None:
        for audit in self._audits.values():
            give_notice(actor=self._stage.acting(APPROVER), audit_id=audit)

    def _undertake(self) -> None:
        for audit in self._audits.values():
            undertake_confidentiality(actor=self._stage.acting(AUDITOR), audit_id=audit)

    def _open_access(self) -> None:
        for code, audit in self._audits.items():
            open_access(actor=self._stage.acting(CALCULATOR), audit_id=audit, access_ends_on=ACCESS_ENDS[code])

    def _find(self) -> None:
        """Let the auditor record what was left out of one product in one quarter of each."""
        for code, audit in self._audits.items():
            reported = AuditFinding.objects.filter(audit=audit, reported_minor__gt=0).exclude(product__startswith="~")
            row = reported.order_by("period", "product").first()
            if row is None:
                raise RuntimeError(f"nothing of {code} was billed")
            more = 100 + _LEFT_OUT_PERCENT[code]
            record_finding(
                actor=self._stage.acting(AUDITOR),
                audit_id=audit,
                period=row.period,
                product=row.product,
                found_units=row.reported_units * more // 100,
                found_minor=row.reported_minor * more // 100,
                cause=_CAUSES[code],
            )

    def _hand_in(self) -> None:
        hand_in_findings(actor=self._stage.acting(AUDITOR), audit_id=self._audits[ANSWERING])
