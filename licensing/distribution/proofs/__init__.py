"""Proofs that a statement's amount is one of those a distribution published, and that these add up.

Pure: no Django, no database, no clock, no network. docs/proofs.md says what is proved and what is not.
"""

from licensing.distribution.proofs.checking import Covered, verify_published, verify_statement, verify_statements
from licensing.distribution.proofs.forms import (
    fingerprint,
    published_file,
    read_published,
    read_statement,
    statement_file,
)
from licensing.distribution.proofs.making import commit_run
from licensing.distribution.proofs.model import (
    FEWEST_PAYEES,
    Opening,
    ProvenStatement,
    Published,
    Row,
    Statement,
)
from licensing.distribution.proofs.problems import ProofProblem

__all__ = [
    "FEWEST_PAYEES",
    "Covered",
    "Opening",
    "ProofProblem",
    "ProvenStatement",
    "Published",
    "Row",
    "Statement",
    "commit_run",
    "fingerprint",
    "published_file",
    "read_published",
    "read_statement",
    "statement_file",
    "verify_published",
    "verify_statement",
    "verify_statements",
]
