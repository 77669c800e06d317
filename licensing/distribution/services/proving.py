"""Handing out the proof of a distribution: what everybody in finance may read, and each payee's own file."""

from typing import Final
from uuid import UUID

from django.db import transaction

from licensing.distribution.calculation import Untold
from licensing.distribution.models import DistributionItem, DistributionRun
from licensing.distribution.policies import TAKE_PROOF
from licensing.distribution.proofs import ProvenStatement, read_published, statement_file
from licensing.distribution.selectors import get_distribution, get_statement
from licensing.distribution.services.releasing import read_opening, statement_of
from platform_core.access.actors import Actor
from platform_core.access.kernel import require
from platform_core.access.log import log_access
from platform_core.problems import Problem, WrongState


@transaction.atomic
def take_proof(*, actor: Actor, item_id: UUID) -> tuple[DistributionItem, bytes]:
    """Hand out the file that proves a payee's amount, to the payee alone; the reading is logged.

    Raises WrongState, with the reason, where the total that the file tells may not be told to the payee.
    """
    item = get_statement(item_id, actor=actor)
    require(actor, TAKE_PROOF, item)
    if item.proof_withheld:
        raise _WITHHELD[Untold(item.proof_withheld)]
    if not item.opening:
        raise WrongState("This distribution has not been released.")
    proven = ProvenStatement(
        statement_of(item, item.run), read_opening(item.opening), read_published(bytes(item.run.published))
    )
    log_access("distribution_item.proof_downloaded", actor=actor, subject=item)
    return item, statement_file(proven)


@transaction.atomic
def take_published(*, actor: Actor, run_id: UUID) -> tuple[DistributionRun, bytes]:
    """Hand out what a released distribution published: its total, and a commitment for each payee."""
    run = get_distribution(run_id, actor=actor)
    if not run.fingerprint:
        raise WrongState("This distribution has published nothing: it was not released, or has too few payees.")
    log_access("distribution_run.published_downloaded", actor=actor, subject=run)
    return run, bytes(run.published)


_WITHHELD: Final[dict[Untold, Problem]] = {
    Untold.TOO_FEW_PAYEES: WrongState(
        "There is no proof of this distribution: it has so few payees that its total would tell what the others get."
    ),
    Untold.TOO_FEW: WrongState(
        "The proof tells the total of this distribution, which came from too few licensees to be told."
    ),
    Untold.DOMINATED: WrongState(
        "The proof tells the total of this distribution, of which one licensee paid too large a part for it to be told."
    ),
    Untold.REST: WrongState(
        "The proof tells the total of this distribution, from which it would follow what too few licensees still owe."
    ),
}
