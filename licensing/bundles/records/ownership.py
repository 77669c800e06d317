"""Who owns which part of a patent when, as far as a list of a pool tells it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from licensing.bundles.comparison import Row
from licensing.bundles.records.cells import day_of
from pools.patents.services import Owner


def owners_of(rows: Sequence[Row], organisations: Mapping[str, UUID]) -> list[Owner]:
    """Tell from a right's rows who owns which part of it when.

    A list says when parts are in the pool, not since when they are owned, so an owner is taken to own its part all
    the time, unless it hands over to another on a day, or its rows have different parts. Where agreed parts would
    then exceed the whole, days are taken as the list has them; where even those do, the parts are not agreed ones.
    """
    handed_over = {row.cells["leaves"] for row in rows if row.cells["leaves"]} & {
        row.key[3] for row in rows if row.key[3]
    }
    by_owner: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_owner[row.key[2]].append(row)
    loose = [owner for code in sorted(by_owner) for owner in _spans(organisations[code], by_owner[code], handed_over)]
    if _within_the_whole(loose):
        return loose
    strict = [
        Owner(
            owner_id=organisations[row.key[2]],
            share=Decimal(row.cells["share"]),
            from_on=day_of(row.key[3]),
            to_on=day_of(row.cells["leaves"]),
        )
        for row in rows
    ]
    if _within_the_whole(strict):
        return strict
    return [replace(owner, share=None) for owner in strict]


def _spans(organisation: UUID, rows: Sequence[Row], handed_over: set[str]) -> list[Owner]:
    bounds = [
        (
            row.key[3] if row.key[3] in handed_over else "",
            row.cells["leaves"] if row.cells["leaves"] in handed_over else "",
            row.cells["share"],
        )
        for row in sorted(rows, key=lambda row: row.key[3])
    ]
    if len(set(bounds)) == 1:
        bounds = bounds[:1]
    elif len(bounds) > 1:
        bounds = [(row.key[3], row.cells["leaves"], row.cells["share"]) for row in rows]
    return [
        Owner(owner_id=organisation, share=Decimal(share), from_on=day_of(first), to_on=day_of(end))
        for first, end, share in bounds
    ]


def _within_the_whole(owners: Sequence[Owner]) -> bool:
    return all(
        sum(
            other.share or Decimal(0)
            for other in owners
            if (other.from_on or date.min) <= (owner.from_on or date.min) < (other.to_on or date.max)
        )
        <= 1
        for owner in owners
    )
