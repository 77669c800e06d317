"""Auditing a licensee: clauses, notice, the auditor's access, findings, the answer, and what it comes to."""

from licensing.audits.services.clauses import (
    NewAuditClause,
    confirm_audit_clause,
    record_audit_clause,
    withdraw_audit_clause,
)
from licensing.audits.services.fieldwork import (
    answer_findings,
    extend_access,
    hand_in_findings,
    open_access,
    record_finding,
    send_back_audit,
)
from licensing.audits.services.noticing import give_notice, propose_audit, undertake_confidentiality, undertaking_of
from licensing.audits.services.reversing import (
    confirm_audit_reversal,
    propose_audit_reversal,
    refuse_audit_reversal,
)
from licensing.audits.services.settling import (
    cancel_audit,
    confirm_cancellation,
    outcome_of,
    refuse_cancellation,
    settle_audit,
    work_out_audit,
)

__all__ = [
    "NewAuditClause",
    "answer_findings",
    "cancel_audit",
    "confirm_audit_clause",
    "confirm_audit_reversal",
    "confirm_cancellation",
    "extend_access",
    "give_notice",
    "hand_in_findings",
    "open_access",
    "outcome_of",
    "propose_audit",
    "propose_audit_reversal",
    "record_audit_clause",
    "record_finding",
    "refuse_audit_reversal",
    "refuse_cancellation",
    "send_back_audit",
    "settle_audit",
    "undertake_confidentiality",
    "undertaking_of",
    "withdraw_audit_clause",
    "work_out_audit",
]
