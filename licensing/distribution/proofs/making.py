"""Committing to a distribution: what is published, and what each payee is given."""

import secrets
from collections.abc import Sequence

from licensing.distribution.proofs.forms import (
    KEY_BYTES,
    LABEL_BYTES,
    checked_amount,
    checked_currency,
    checked_details,
    checked_periods,
    checked_text,
    seal_of,
)
from licensing.distribution.proofs.group import ORDER, commit, random_blinding
from licensing.distribution.proofs.model import (
    FEWEST_PAYEES,
    MOST_PAYEES,
    Opening,
    ProvenStatement,
    Published,
    Row,
    Statement,
)
from licensing.distribution.proofs.problems import ProofProblem


def commit_run(
    *, run: str, currency: str, periods: Sequence[str], statements: Sequence[Statement]
) -> tuple[Published, tuple[ProvenStatement, ...]]:
    """Commit to every statement of a distribution: what everybody may read, and each payee's own proof.

    The proofs come in the order of the statements; the published rows do not, but in that of labels drawn by lot. What
    opens a row is a secret of its payee and of whoever runs the distribution: keep it encrypted. The same run is
    committed to once; a second publication would let readers compare the two.

    Raises ProofProblem: fewer than three payees, one of them twice, amounts of 2^63 or more, details with fractions.
    """
    if len(statements) < FEWEST_PAYEES:
        raise ProofProblem("too_few_payees", fewest=FEWEST_PAYEES)
    if len(statements) > MOST_PAYEES:
        raise ProofProblem("too_many_payees", most=MOST_PAYEES)
    run, currency, named = checked_text(run, "run"), checked_currency(currency), checked_periods(list(periods))
    seen: set[str] = set()
    for statement in statements:
        if checked_text(statement.payee, "payee") in seen:
            raise ProofProblem("payee_twice", payee=statement.payee)
        seen.add(statement.payee)
        checked_amount(statement.amount_minor, "amount_minor")
        checked_details(statement.details)
    total = checked_amount(sum(statement.amount_minor for statement in statements), "total_minor")

    openings = _draw_openings(len(statements))
    rows = [
        Row(
            label=opening.label,
            commitment=commit(statement.amount_minor, opening.blinding),
            seal=seal_of(statement, opening, run=run, currency=currency, periods=named),
        )
        for statement, opening in zip(statements, openings, strict=True)
    ]
    published = Published(
        run=run,
        currency=currency,
        periods=named,
        total_minor=total,
        blinding=sum(opening.blinding for opening in openings) % ORDER,
        rows=tuple(sorted(rows, key=lambda row: row.label)),
    )
    return published, tuple(
        ProvenStatement(statement, opening, published) for statement, opening in zip(statements, openings, strict=True)
    )


def _draw_openings(count: int) -> list[Opening]:
    """Draw labels, blindings and nonces by lot, again in the one case of so many that cannot be published."""
    while True:
        openings = [
            Opening(secrets.token_hex(LABEL_BYTES), random_blinding(), secrets.token_bytes(KEY_BYTES))
            for _ in range(count)
        ]
        if sum(opening.blinding for opening in openings) % ORDER and len({each.label for each in openings}) == count:
            return openings
