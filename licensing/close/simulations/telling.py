"""What a simulation tells its reader: two versions side by side."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from licensing.close.simulations.sides import Side
from licensing.terms.simulation.tiers import Tier, in_order

_MOST_LINES: Final = 300
_NOTHING: Final[Mapping[str, Any]] = {"kinds": [], "tiers": []}
OTHERS: Final = "~others"
"""What all other members together would get: shares of single ones are theirs."""


def told(sides: Sequence[Side], *, period: str, source: str) -> dict[str, Any]:
    """Return everything, for those who read whole closes."""
    return {
        **_head(sides, period, source),
        "refused": [side.refused for side in sides],
        **_tables(sides, [side.payees for side in sides]),
    }


def told_to_owner(sides: Sequence[Side], *, period: str, source: str, own: Collection[str] | None) -> dict[str, Any]:
    """Return what somebody may know of its own sales: of payees its own share, and that of all others together.

    `own` are the member ids of the reader; None where it may not read how members share at all. Of what was refused
    only lines of its own sales are told, for others' lists were read as well.
    """
    payees = [_own_payees(side.payees, own) if own is not None else {} for side in sides]
    return {
        **_head(sides, period, source),
        "refused": [[row for row in side.refused if row["file"].startswith("sales")] for side in sides],
        **_tables(sides, payees, with_distributed=own is not None),
    }


def _own_payees(payees: Mapping[str, int], own: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for payee, amount in payees.items():
        member = payee.removeprefix("~held:")
        is_shown = member in own or payee in ("~fee", "~undistributed") or payee.startswith("~reserve:")
        key = (member if member in own else payee) if is_shown else OTHERS
        found[key] = found.get(key, 0) + amount
    return found


def _head(sides: Sequence[Side], period: str, source: str) -> dict[str, Any]:
    programme = sides[0].version.programme
    return {
        "programme_id": str(programme.pk),
        "currency": programme.currency,
        "period": period,
        "source": source,
        "sides": [
            {
                "id": str(side.version.pk),
                "number": side.version.number,
                "in_force_from": side.version.in_force_from.isoformat(),
                "state": side.version.state,
                "as_owed": side.as_owed,
                "worked_out": side.is_worked_out,
                "rejected": side.rejected,
            }
            for side in sides
        ],
    }


def _tables(
    sides: Sequence[Side], payees: Sequence[Mapping[str, int]], *, with_distributed: bool = True
) -> dict[str, Any]:
    if not all(side.is_worked_out for side in sides):
        return {
            "due_minor": [],
            "distributed_minor": [],
            "licences": [],
            "payees": [],
            "rates": [],
            "products": [],
            **_NOTHING,
        }
    licences = _lines([side.licences for side in sides])
    capped = {line["key"]: line["minor"] for line in _lines([side.capped for side in sides], everything=True)}
    units = {line["key"]: line["minor"] for line in _lines([side.units for side in sides], everything=True)}
    nothing = [0] * len(sides)
    return {
        "due_minor": [sum(side.licences.values()) for side in sides],
        "distributed_minor": [sum(each.values()) for each in payees] if with_distributed else [],
        "licence_count": len({code for side in sides for code in side.licences}),
        "licences": [{**line, "capped_minor": capped.get(line["key"], nothing)} for line in licences],
        "capped_minor": [sum(side.capped.values()) for side in sides],
        "payees": _lines(payees),
        "rates": [{**line, "units": units.get(line["key"], nothing)} for line in _lines([s.rates for s in sides])],
        "products": _lines([side.products for side in sides]),
        "kinds": _lines([side.kinds for side in sides]),
        "tiers": _tiers([side.tiers for side in sides]),
    }


def _tiers(sides: Sequence[Sequence[Tier]]) -> list[dict[str, Any]]:
    """Return the lines of every rate under each version, in the order of the first that has it."""
    tables = [{tier.key: tier for tier in side} for side in sides]
    lines = []
    for key in in_order(sides):
        found = [table.get(key) for table in tables]
        rate, kind, part, above = key
        lines.append(
            {
                "rate": rate,
                "kind": kind,
                "part": part,
                "above": above,
                "upto": [one.upto if one else None for one in found],
                "price": [one.price if one else None for one in found],
                "minor": [one.minor if one else 0 for one in found],
            }
        )
    return lines


def _lines(sides: Iterable[Mapping[str, int]], *, everything: bool = False) -> list[dict[str, Any]]:
    """Return lines by key, the largest differences and amounts first, and no more than a page can tell."""
    tables = list(sides)
    found = {key: [table.get(key, 0) for table in tables] for key in sorted({key for table in tables for key in table})}
    keys = list(found)
    if not everything:
        keys.sort(key=lambda key: (-abs(found[key][0] - found[key][-1]), -abs(found[key][0]), key))
        keys = keys[:_MOST_LINES]
    return [{"key": key, "minor": found[key]} for key in keys]
