"""A member's statement beside the one before it, told without telling of others.

Amounts are split into what was earned and what is withheld; beside them stand the facts a member may know anyway.
How much of the difference is due to sales, rates or others' patents would tell what licensees sold.
"""

from collections.abc import Mapping
from typing import Any

from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun, Statement
from licensing.close.own_patents import counted_patents
from licensing.close.reasons import same_tariff
from licensing.close.scenarios import same_sharing
from licensing.close.stored import rules_of
from platform_core.access.actors import Actor


def previous_statement(statement: Statement, *, actor: Actor) -> Statement | None:
    """Return the member's statement of the latest period before, of the first run of it, which members see."""
    earlier = Statement.objects.visible_to(actor).filter(
        membership=statement.membership_id,
        run__programme=statement.run.programme_id,
        run__last_month__lt=statement.run.first_month,
        run__corrects=None,
        run__status=RunStatus.POSTED,
    )
    return earlier.select_related("run").order_by("-run__last_month", "-run__number").first()


def compare_statements(statement: Statement, against: Statement | None) -> Mapping[str, Any]:
    """Return what a statement and the one before it come to, in parts that add up to the difference."""
    this, last = statement.amount_minor, against.amount_minor if against else 0
    held = statement.held_minor - (against.held_minor if against else 0)
    parts = {"earned": this - last + held, "held": -held}
    own = _patents(statement)
    before = _patents(against) if against else None
    return {
        "statement_id": statement.pk,
        "against_id": against.pk if against else None,
        "period": statement.run.period,
        "against_period": against.run.period if against else None,
        "currency": statement.run.currency,
        "this_minor": this,
        "last_minor": last,
        "difference_minor": this - last,
        "reasons": [{"key": key, "amount_minor": amount} for key, amount in parts.items() if amount],
        "facts": {
            "terms_changed": _other_terms(statement.run, against.run) if against else None,
            "families_this": own[1]["families"],
            "families_last": before[1]["families"] if before else None,
            "pool_families_this": own[1]["pool_families"],
            "pool_families_last": before[1]["pool_families"] if before else None,
            "patents_new": sorted(own[0] - before[0]) if before else [],
            "patents_ended": sorted(before[0] - own[0]) if before else [],
        },
    }


def _other_terms(run: CloseRun, against: CloseRun) -> bool:
    """Whether anything differs in the terms that entered two closes; another version may say the same."""
    one, other = rules_of(run).terms, rules_of(against).terms
    return not (same_tariff(one, other) and same_sharing(one, other))


def _patents(statement: Statement) -> tuple[set[str], Mapping[str, int]]:
    families, counts = counted_patents(statement.run, statement.membership.code)
    return {
        f"{patent['publication']} ({patent['country']})" for family in families for patent in family["patents"]
    }, counts
