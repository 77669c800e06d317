"""Settling, as a distribution is released, what of each member's amount stands on its statement by product and country.

Like the proof it is settled once: what was told stays told, and is sealed with the statement.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pyarrow.parquet as pq
from django.db.models import Sum

from licensing.agreements.models import Licence
from licensing.close.models import CloseRun, LicenceResult, PayeeKind
from licensing.close.workings.selectors import cells_told_to_members
from licensing.distribution import storage
from licensing.distribution.breakdowns.calculation import (
    NOTHING,
    Part,
    Progress,
    Shares,
    Shown,
    Standing,
    Unshown,
    is_even,
    shares_in_minor,
    shown,
)
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import (
    DistributionItem,
    DistributionPart,
    DistributionReceipt,
    DistributionRun,
    DistributionShare,
    EarlierShare,
)
from members.memberships.models import Membership
from platform_core.access.aggregates.calculation import Place
from platform_core.problems import Conflict

_BATCH: Final = 65_536
_COLUMNS: Final = ("product", "sold_in", "payee", "micros")


def settle_breakdowns(run: DistributionRun, items: Iterable[DistributionItem]) -> None:
    """Note on each member's item what of its amount is told by product and country, or why it is not.

    What waits for money of others is told with a later statement, for all statements since the last one that told.
    Raises Conflict where the files of the calculation are gone.
    """
    history = _History(run)
    for item in items:
        if item.membership is None:
            continue
        if item.kind == PayeeKind.HELD:
            item.breakdown = {"why": Unshown.HELD.value} if item.amount_minor else {}
            continue
        payee = _Payee(item.payee, item.membership, history.items_of(item))
        item.breakdown_kept = history.kept(payee)
        item.breakdown = history.told(payee)


@dataclass(frozen=True, slots=True)
class _Payee:
    """A member that is due something, and what it was stated before and now, by the number of the distribution."""

    name: str
    membership: Membership
    items: Mapping[int, DistributionItem]


class _History:
    """A distribution and those before it, looked up once for all members: its row is locked meanwhile."""

    def __init__(self, run: DistributionRun) -> None:
        self._run = run
        made = DistributionRun.objects.filter(programme=run.programme_id, number__lt=run.number, status__in=STATED)
        self._runs = {one.number: one for one in [*made.order_by("number"), run]}
        self._parts = self._all_parts()
        self._numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number, period in sorted(self._parts):
            self._numbers[period].append(number)
        earlier = EarlierShare.objects.filter(programme=run.programme_id).order_by().values("period", "payee")
        self._elsewhere = {
            (str(row["period"]), str(row["payee"])): int(row["sum"])
            for row in earlier.annotate(sum=Sum("amount_minor"))
        }
        self._before = self._items_before()
        self._given, self._now = self._shares()
        receipts = DistributionReceipt.objects.filter(run__in=self._runs.values()).order_by()
        self._paid = _by_first(receipts.values_list("part", "licence", "used_minor"))
        closes = {part.close_run_id for part in self._parts.values()}
        results = LicenceResult.objects.filter(run__in=closes).order_by()
        self._due = _by_first(results.values_list("run", "licence", "due_minor"))
        self._own = self._own_licences()
        self._even: dict[tuple[UUID, UUID], bool] = {}
        self._told: dict[UUID, dict[UUID, list[Part]]] = {}
        self._read: dict[str, Mapping[str, Mapping[Place, int]]] = {}

    def items_of(self, item: DistributionItem) -> dict[int, DistributionItem]:
        """Return what a payee was stated before, by the number of the distribution, and now."""
        return self._before.get(item.payee, {}) | {self._run.number: item}

    def kept(self, payee: _Payee) -> dict[str, list[list[Any]]]:
        """Return what all that a payee is due of each period is made of, where it is not what was kept before."""
        known = {period for one in payee.items.values() for period in one.breakdown_kept}
        return {
            period: [
                [product, country, str(amount)]
                for (product, country), amount in shares_in_minor(
                    cumulative_minor, self._micros(period).get(payee.name, {})
                ).items()
            ]
            for period, cumulative_minor, amount_minor in self._now.get(payee.name, [])
            if amount_minor or period not in known
        }

    def told(self, payee: _Payee) -> dict[str, Any]:
        """Return what a statement tells, for as many statements since the last one that told as may be."""
        told = [number for number, one in payee.items.items() if "covers" in one.breakdown]
        since = max(told, default=0)
        why: Unshown | None = None
        for start in [since, *(number for number in self._runs if since < number < self._run.number)]:
            answer = shown(list(self._progress(payee, start)))
            if isinstance(answer, Shown):
                covers = [number for number in self._runs if number > start]
                return _document(answer, covers) if answer.cells or answer.others_minor else {}
            why = why or answer
        return {"why": why.value} if why is not None else {}

    def _progress(self, payee: _Payee, start: int) -> Iterator[Progress]:
        """Return the periods of which a payee was given something since a distribution, in order."""
        for period in sorted(self._numbers):
            # Most periods are long done: what they are made of is not even looked at.
            if self._given_minor(payee, start, period) != self._given_minor(payee, self._run.number, period):
                yield Progress(
                    self._standing(payee, start, period),
                    self._standing(payee, self._run.number, period),
                    self._parts_told(payee, period),
                )

    def _standing(self, payee: _Payee, number: int, period: str) -> Standing:
        """Return how a period stood for a payee after the distribution of a number, 0 for what was before all."""
        given = self._given_minor(payee, number, period)
        part = self._last_part(number, period)
        if part is None:
            return Standing(given_minor=given, shares=None) if given else NOTHING
        return Standing(
            close=part.close_run_id,
            given_minor=given,
            shares=_kept_shares(payee.items, number, period) if given else {},
            is_even=self._is_even(payee.membership.organisation_id, part),
        )

    def _given_minor(self, payee: _Payee, number: int, period: str) -> int:
        part = self._last_part(number, period)
        if part is None:
            return self._elsewhere.get((period, payee.name), 0)
        return self._given.get(payee.name, {}).get(part.pk, 0)

    def _last_part(self, number: int, period: str) -> DistributionPart | None:
        numbers = self._numbers[period]
        upto = bisect_right(numbers, number)
        return self._parts[numbers[upto - 1], period] if upto else None

    def _is_even(self, organisation_id: UUID, part: DistributionPart) -> bool:
        key = part.pk, organisation_id
        if key not in self._even:
            # Its own licences alone, not those of affiliates: who belonged together once may be rivals by now, and what
            # one of them has not paid would tell what it sold.
            own = self._own.get(organisation_id, set())
            self._even[key] = is_even(self._paid.get(part.pk, {}), self._due.get(part.close_run_id, {}), own=own)
        return self._even[key]

    def _parts_told(self, payee: _Payee, period: str) -> list[Part]:
        """Return the products and countries of which the member was told what it earns of them by the close."""
        part = self._last_part(self._run.number, period)
        if part is None:
            return []
        if part.close_run_id not in self._told:
            self._told[part.close_run_id] = {
                membership: [(tuple(cell[0]), tuple(cell[1])) for cell in cells if cell[3] is not None]
                for membership, cells in cells_told_to_members(part.close_run_id).items()
            }
        return self._told[part.close_run_id].get(payee.membership.pk, [])

    def _all_parts(self) -> dict[tuple[int, str], DistributionPart]:
        parts = DistributionPart.objects.filter(run__in=self._runs.values()).select_related("close_run", "run")
        return {(part.run.number, part.period): part for part in parts}

    def _items_before(self) -> dict[str, dict[int, DistributionItem]]:
        """Return what was stated before, by payee and the number of the distribution."""
        numbers = {one.pk: number for number, one in self._runs.items() if number < self._run.number}
        found: defaultdict[str, dict[int, DistributionItem]] = defaultdict(dict)
        rows = DistributionItem.objects.filter(run__in=numbers).exclude(membership=None).order_by("run__number")
        for one in rows.only("run", "payee", "breakdown", "breakdown_kept"):
            found[one.payee][numbers[one.run_id]] = one
        return dict(found)

    def _shares(self) -> tuple[dict[str, dict[UUID, int]], dict[str, list[tuple[str, int, int]]]]:
        """Return what each payee is due in all by part; and by period what it is due now, in all and what is new."""
        given: defaultdict[str, dict[UUID, int]] = defaultdict(dict)
        now: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
        rows = DistributionShare.objects.filter(run__in=self._runs.values()).order_by("part__period")
        for run_id, part_id, period, payee, cumulative, new in rows.values_list(
            "run", "part", "part__period", "payee", "cumulative_minor", "amount_minor"
        ):
            given[payee][part_id] = cumulative
            if cumulative and run_id == self._run.pk:
                now[payee].append((period, cumulative, new))
        return dict(given), dict(now)

    def _own_licences(self) -> dict[UUID, set[UUID]]:
        own: defaultdict[UUID, set[UUID]] = defaultdict(set)
        rows = Licence.objects.filter(programme=self._run.programme_id).order_by()
        for licensee_id, licence_id in rows.values_list("licensee", "pk"):
            own[licensee_id].add(licence_id)
        return dict(own)

    def _micros(self, period: str) -> Mapping[str, Mapping[Place, int]]:
        if period not in self._read:
            self._read[period] = _collected(self._output(self._parts[self._run.number, period].close_run))
        return self._read[period]

    def _output(self, close: CloseRun) -> Path:
        claim = self._run.results_claim
        if claim is None:
            raise Conflict("The distribution has no results: have it calculated again.")
        return storage.output_folder(self._run.pk, claim, close.period)


def _by_first(rows: Iterable[tuple[UUID, UUID, int]]) -> dict[UUID, dict[UUID, int]]:
    found: defaultdict[UUID, dict[UUID, int]] = defaultdict(dict)
    for first, second, amount in rows:
        found[first][second] = amount
    return dict(found)


def _kept_shares(items: Mapping[int, DistributionItem], number: int, period: str) -> Shares | None:
    """Return what was kept of a period last by the distribution of a number; none where nothing was."""
    for at in sorted(items, reverse=True):
        if at <= number and period in items[at].breakdown_kept:
            return {(product, country): int(amount) for product, country, amount in items[at].breakdown_kept[period]}
    return None


def _collected(output: Path) -> Mapping[str, Mapping[Place, int]]:
    """Add up by payee, product and country what a period came to with the money received, in micros."""
    sums: defaultdict[str, defaultdict[Place, int]] = defaultdict(lambda: defaultdict(int))
    try:
        with pq.ParquetFile(output / "allocations.parquet") as file:
            for batch in file.iter_batches(batch_size=_BATCH, columns=list(_COLUMNS)):
                columns = [batch.column(name).to_pylist() for name in _COLUMNS]
                for product, country, payee, micros in zip(*columns, strict=True):
                    sums[payee][product or "", country or ""] += int(micros)
    except FileNotFoundError as error:
        raise Conflict(
            "The files of the calculation are missing: restore them from the backup, or have it calculated again."
        ) from error
    return sums


def _document(found: Shown, covers: list[int]) -> dict[str, Any]:
    return {
        "covers": covers,
        "cells": [
            {"products": list(products), "countries": list(countries), "amount_minor": str(amount)}
            for (products, countries), amount in found.cells
        ],
        "others_minor": str(found.others_minor),
    }
