"""Recording what a licence agrees besides its price, telling a licensee of better terms, and ending that by two."""

from licensing.clauses.services.ending import (
    decide_favour_ending,
    propose_favour_ending,
    withdraw_favour_ending,
)
from licensing.clauses.services.recording import NewClauses, record_clauses, tell_favour

__all__ = [
    "NewClauses",
    "decide_favour_ending",
    "propose_favour_ending",
    "record_clauses",
    "tell_favour",
    "withdraw_favour_ending",
]
