"""What a member may always know of its statement: which of its own patents counted, beside how many of the pool."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from licensing.close.models import CloseRun
from licensing.close.stored import rules_of
from licensing.engine.cells import plain
from licensing.engine.model import Month, first_day, month_text


def counted_patents(run: CloseRun, member: str) -> tuple[list[Mapping[str, Any]], Mapping[str, int]]:
    """List a member's families that counted in a month of a run's period, and count them beside those of the pool.

    Sales play no part in it: a patent counts where it is in force and in the pool, whoever sold what there.
    """
    rules = rules_of(run)
    days = {month: first_day(month) for month in range(rules.terms.period_start, rules.terms.period_end + 1)}
    families: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    pool: set[str] = set()
    for patent in rules.tables.patents:
        months: list[Month] = [month for month, day in days.items() if patent.counts_on(day)]
        if not months:
            continue
        pool.add(patent.family)
        if patent.owner == member:
            families[patent.family].append(
                {
                    "publication": patent.publication,
                    "country": patent.country,
                    "class": patent.class_label,
                    "share": plain(patent.share),
                    "granted": patent.granted.isoformat() if patent.granted else None,
                    "ends": patent.ends.isoformat() if patent.ends else None,
                    "enters": patent.enters.isoformat() if patent.enters else None,
                    "leaves": patent.leaves.isoformat() if patent.leaves else None,
                    "months": [month_text(month) for month in months],
                }
            )
    own: list[Mapping[str, Any]] = [{"family": name, "patents": families[name]} for name in sorted(families)]
    patents = sum(len(rows) for rows in families.values())
    counts = {"families": len(own), "patents": patents, "pool_families": len(pool)}
    return own, counts
