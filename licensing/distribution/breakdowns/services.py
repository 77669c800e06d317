"""Settling, as a distribution is released, what of each member's amount stands on its statement by product and country.

Like the proof it is settled once: what was told stays told, and is sealed with the statement.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pyarrow.parquet as pq
from django.db.models import Sum

from licensing.agreements.models import Licence
from licensing.close.models import CloseRun, LicenceResult, PayeeKind, Statement
from licensing.close.workings.selectors import workings_release
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
        mine = history.items_of(item)
        item.breakdown_kept = history.kept(item, mine)
        item.breakdown = history.told(item, mine)


class _History:
    """A distribution and those before it, looked up once for all members."""

    def __init__(self, run: DistributionRun) -> None:
        self._run = run
        made = DistributionRun.objects.filter(programme=run.programme_id, number__lt=run.number, status__in=STATED)
        self._runs = {one.number: one for one in [*made.order_by("number"), run]}
        parts = DistributionPart.objects.filter(run__in=self._runs.values()).select_related("close_run", "run")
        self._parts = {(part.run.number, part.period): part for part in parts}
        earlier = EarlierShare.objects.filter(programme=run.programme_id).order_by().values("period", "payee")
        self._elsewhere = {
            (str(row["period"]), str(row["payee"])): int(row["sum"])
            for row in earlier.annotate(sum=Sum("amount_minor"))
        }
        self._even: dict[tuple[int, str, UUID], bool] = {}

    def kept(self, item: DistributionItem, mine: Mapping[int, DistributionItem]) -> dict[str, list[list[Any]]]:
        """Return what all that a payee is due of each period is made of, where it is not what was kept before."""
        known = {period for one in mine.values() for period in one.breakdown_kept}
        shares = DistributionShare.objects.filter(run=self._run, payee=item.payee).exclude(cumulative_minor=0)
        return {
            share.part.period: [
                [product, country, str(amount)]
                for (product, country), amount in shares_in_minor(
                    share.cumulative_minor, self._micros(share.part.period).get(item.payee, {})
                ).items()
            ]
            for share in shares.select_related("part").order_by("part__period")
            if share.amount_minor or share.part.period not in known
        }

    def told(self, item: DistributionItem, mine: Mapping[int, DistributionItem]) -> dict[str, Any]:
        """Return what a statement tells, for as many statements since the last one that told as may be."""
        told = [number for number, one in mine.items() if "covers" in one.breakdown]
        since = max(told, default=0)
        why: Unshown | None = None
        for start in [since, *(number for number in self._runs if since < number < self._run.number)]:
            answer = shown(list(self._progress(item, mine, start)))
            if isinstance(answer, Shown):
                covers = [number for number in self._runs if number > start]
                return _document(answer, covers) if answer.cells or answer.others_minor else {}
            why = why or answer
        return {"why": why.value} if why is not None else {}

    def items_of(self, item: DistributionItem) -> dict[int, DistributionItem]:
        """Return what a payee was stated before, by the number of the distribution, and now."""
        rows = DistributionItem.objects.filter(run__in=self._runs.values(), payee=item.payee).select_related("run")
        return {one.run.number: one for one in rows.order_by("run__number") if one.pk != item.pk} | {
            self._run.number: item
        }

    def _progress(self, item: DistributionItem, mine: Mapping[int, DistributionItem], start: int) -> Iterator[Progress]:
        for period in sorted({period for _, period in self._parts}):
            after = self._standing(item, mine, self._run.number, period)
            before = self._standing(item, mine, start, period)
            yield Progress(
                before, after, self._parts_told(item, period) if after.given_minor != before.given_minor else ()
            )

    def _standing(
        self, item: DistributionItem, mine: Mapping[int, DistributionItem], number: int, period: str
    ) -> Standing:
        """Return how a period stood for a payee after the distribution of a number, 0 for what was before all."""
        elsewhere = self._elsewhere.get((period, item.payee), 0)
        part = self._last_part(number, period)
        if part is None:
            return Standing(given_minor=elsewhere, shares=None) if elsewhere else NOTHING
        given = self._given.get(item.payee, {}).get((part.run.number, period), 0)
        return Standing(
            close=part.close_run_id,
            given_minor=given,
            shares=_kept_shares(mine, number, period) if given else {},
            is_even=self._is_even(item, part),
        )

    def _last_part(self, number: int, period: str) -> DistributionPart | None:
        upto = [at for at, of in self._parts if of == period and at <= number]
        return self._parts[max(upto), period] if upto else None

    @cached_property
    def _given(self) -> dict[str, dict[tuple[int, str], int]]:
        found: defaultdict[str, dict[tuple[int, str], int]] = defaultdict(dict)
        shares = DistributionShare.objects.filter(run__in=self._runs.values()).order_by()
        for number, period, payee, minor in shares.values_list(
            "run__number", "part__period", "payee", "cumulative_minor"
        ):
            found[payee][number, period] = minor
        return dict(found)

    def _is_even(self, item: DistributionItem, part: DistributionPart) -> bool:
        organisation = item.membership.organisation_id if item.membership else self._run.pk
        key = part.run.number, part.period, organisation
        if key not in self._even:
            paid = dict(DistributionReceipt.objects.filter(part=part).order_by().values_list("licence", "used_minor"))
            due = dict(LicenceResult.objects.filter(run=part.close_run).order_by().values_list("licence", "due_minor"))
            # Its own licences alone, not those of affiliates: who belonged together once may be rivals by now, and what
            # one of them has not paid would tell what it sold.
            own = Licence.objects.filter(programme=self._run.programme_id, licensee=organisation).order_by()
            self._even[key] = is_even(paid, due, own=set(own.values_list("pk", flat=True)))
        return self._even[key]

    def _parts_told(self, item: DistributionItem, period: str) -> list[Part]:
        """Return the products and countries of which the member was told what it earns of them by the close."""
        part = self._last_part(self._run.number, period)
        if part is None or item.membership is None:
            return []
        statement = Statement.objects.filter(run=part.close_run_id, membership=item.membership_id).first()
        if statement is None:
            return []
        release = workings_release(statement, item.membership.organisation_id)
        if release is None:
            return []
        return [(tuple(cell[0]), tuple(cell[1])) for cell in release.cells if cell[3] is not None]

    def _micros(self, period: str) -> Mapping[str, Mapping[Place, int]]:
        if period not in self._read:
            self._read[period] = _collected(self._output(self._parts[self._run.number, period].close_run))
        return self._read[period]

    @cached_property
    def _read(self) -> dict[str, Mapping[str, Mapping[Place, int]]]:
        return {}

    def _output(self, close: CloseRun) -> Path:
        claim = self._run.results_claim
        if claim is None:
            raise Conflict("The distribution has no results: have it calculated again.")
        return storage.output_folder(self._run.pk, claim, close.period)


def _kept_shares(mine: Mapping[int, DistributionItem], number: int, period: str) -> Shares | None:
    """Return what was kept of a period last by the distribution of a number; none where nothing was."""
    for at in sorted(mine, reverse=True):
        if at <= number and period in mine[at].breakdown_kept:
            return {(product, country): int(amount) for product, country, amount in mine[at].breakdown_kept[period]}
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
