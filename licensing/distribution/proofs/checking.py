"""Checking proofs without the platform: that a distribution adds up, and that a statement is of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from licensing.distribution.proofs.forms import fingerprint, seal_of
from licensing.distribution.proofs.group import commit, sum_points
from licensing.distribution.proofs.model import FEWEST_PAYEES, ProvenStatement, Published
from licensing.distribution.proofs.problems import ProofProblem
from platform_core.money import format_minor


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of a distribution some statements open: their number and amount, of how many rows and what total."""

    statements: int
    amount_minor: int
    rows: int
    total_minor: int

    @property
    def is_whole(self) -> bool:
        """Whether every row is opened, so that nobody is paid who is not among the statements."""
        return self.statements == self.rows


def verify_published(published: Published) -> None:
    """Check that the committed amounts add up to the total. Raises ProofProblem.

    The sum of the commitments is compared with the commitment to the total under the sum of the blindings.
    """
    if len(published.rows) < FEWEST_PAYEES:
        raise ProofProblem("too_few_payees", fewest=FEWEST_PAYEES)
    found = sum_points(row.commitment for row in published.rows)
    if found != commit(published.total_minor, published.blinding):
        raise ProofProblem("does_not_add_up", total=format_minor(published.total_minor, published.currency))


def verify_statement(proven: ProvenStatement, *, published: Published | None = None) -> None:
    """Check that a statement is of a distribution that adds up: its row, its amount, all it says. Raises ProofProblem.

    Where what was published came by another way as well (`published`), the statement must be of exactly that.
    """
    if published is not None and fingerprint(published) != fingerprint(proven.published):
        raise ProofProblem("other_publication")
    verify_published(proven.published)
    _verify_row(proven)


def verify_statements(proven: Sequence[ProvenStatement], *, published: Published | None = None) -> Covered:
    """Check statements of one distribution together, as an auditor does who was given all. Raises ProofProblem."""
    first, *others = proven
    verify_statement(first, published=published)
    expected = fingerprint(first.published)
    labels, payees = {first.opening.label}, {first.statement.payee}
    for each in others:
        if fingerprint(each.published) != expected:
            raise ProofProblem("publications_differ")
        _verify_row(each)
        if each.opening.label in labels:
            raise ProofProblem("row_twice")
        if each.statement.payee in payees:
            raise ProofProblem("payee_twice", payee=each.statement.payee)
        labels.add(each.opening.label)
        payees.add(each.statement.payee)
    return Covered(
        statements=len(proven),
        amount_minor=sum(each.statement.amount_minor for each in proven),
        rows=len(first.published.rows),
        total_minor=first.published.total_minor,
    )


def _verify_row(proven: ProvenStatement) -> None:
    statement, opening, published = proven.statement, proven.opening, proven.published
    row = next((row for row in published.rows if row.label == opening.label), None)
    if row is None:
        raise ProofProblem("no_such_row")
    if row.commitment != commit(statement.amount_minor, opening.blinding):
        amount = format_minor(statement.amount_minor, published.currency)
        raise ProofProblem("other_amount", payee=statement.payee, amount=amount)
    seal = seal_of(statement, opening, run=published.run, currency=published.currency, periods=published.periods)
    if row.seal != seal:
        raise ProofProblem("other_statement")
