"""Who may have the proof of its amount: it tells the total, and that must tell of no single licensee."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from licensing.close.models import CloseRun, LicenceResult
from licensing.close.totals.selectors import Background, affiliates_of
from licensing.close.totals.services import rule_in_force
from licensing.distribution.calculation import Given, Untold, one_name_each, total_untold
from licensing.distribution.lifecycle import STATED
from licensing.distribution.models import DistributionItem, DistributionPart, DistributionReceipt, DistributionRun
from licensing.distribution.proofs import FEWEST_PAYEES

_Key = tuple[str, UUID]
"""A period and a licence."""


def withhold_proofs(run: DistributionRun, items: Iterable[DistributionItem]) -> None:
    """Settle, as a distribution is released, which payees get the proof, and note on the others why they do not.

    Like a statement's workings this is settled once: what was told stays told, so that what is told later is judged
    with it, and nobody learns from an answer that changes.
    """
    if not run.fingerprint:
        for item in items:
            item.proof_withheld = Untold.TOO_FEW_PAYEES
        return
    figures = _Figures(run)
    for item in items:
        if item.membership is not None:
            item.proof_withheld = figures.untold(item.membership.organisation_id) or ""


def is_shared_by_enough(items: Iterable[DistributionItem]) -> bool:
    """Whether each member that gets something leaves at least two others, those that belong together taken as one.

    What accounts get follows from published terms (the fee, reserves), so that they hide nobody: with two members the
    total tells each what the other gets.
    """
    sharing = {item.membership.organisation_id for item in items if item.membership and item.amount_minor}
    names = one_name_each([str(one) for one in affiliates_of(organisation)] for organisation in sharing)
    return len({names[str(organisation)] for organisation in sharing}) >= FEWEST_PAYEES


class _Figures:
    """What a distribution and those before it gave out, by period and group, looked up once for all members."""

    def __init__(self, run: DistributionRun) -> None:
        self._run = run
        self._background = Background(run.programme)
        self._closes = self._last_closes()
        self._names = self._one_name_each()
        self._given = self._given_by_run()
        self._due = self._due_by_period()

    def untold(self, organisation_id: UUID) -> Untold | None:
        """Say why an organisation may not know the total; None: it may."""
        return total_untold(
            self._given[self._run.pk],
            told=self._told(organisation_id),
            due=self._due,
            rule=rule_in_force(),
            own=self._own(organisation_id),
        )

    def _own(self, organisation_id: UUID) -> set[str]:
        """Return the groups of licensees that an organisation belongs to or ever did, each by its one name."""
        return {self._names.get(name, name) for name in self._background.own_groups(organisation_id)}

    def _group(self, period: str, licence: UUID) -> str:
        """Return the one name of the group that a licence was in when a period ended."""
        last = self._closes[period].last_month
        name = self._background.groups.of(licence, f"{last:%Y-%m}")
        return self._names.get(name, name)

    def _told(self, organisation_id: UUID) -> Sequence[Given]:
        """Return the earlier distributions whose totals an organisation knows, or may have from its affiliates."""
        told = (
            DistributionItem.objects.filter(
                run__in=self._given, membership__organisation__in=self._background.affiliates_of(organisation_id)
            )
            .filter(run__number__lt=self._run.number, proof_withheld="")
            .order_by("run__number")
            .values_list("run", flat=True)
        )
        return [self._given[run_id] for run_id in dict.fromkeys(told)]

    def _given_by_run(self) -> dict[UUID, Given]:
        made = DistributionRun.objects.filter(programme=self._run.programme_id, number__lte=self._run.number)
        runs = made.filter(status__in=STATED) | made.filter(pk=self._run.pk)
        given, before = {}, dict[_Key, int]()
        for run_id in runs.order_by("number").values_list("pk", flat=True):
            now = self._used(run_id)
            money: dict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
            for key in {*now, *before}:
                money[key[0]][self._group(*key)] += now.get(key, 0) - before.get(key, 0)
            given[run_id] = Given({period: dict(amounts) for period, amounts in money.items()})
            before = now
        return given

    def _last_closes(self) -> dict[str, CloseRun]:
        """Return the close by which each period was worked out last."""
        parts = DistributionPart.objects.filter(run__programme=self._run.programme_id)
        made = parts.filter(run__status__in=STATED) | parts.filter(run=self._run)
        return {part.period: part.close_run for part in made.order_by("run__number").select_related("close_run")}

    def _used(self, run_id: UUID) -> dict[_Key, int]:
        rows = DistributionReceipt.objects.filter(run=run_id).order_by()
        columns = rows.values_list("part__period", "licence", "used_minor")
        return {(period, licence): used for period, licence, used in columns}

    def _due_by_period(self) -> Mapping[str, Mapping[str, int]]:
        due: dict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        for period, close in self._closes.items():
            rows = LicenceResult.objects.filter(run=close).order_by()
            for licence, amount in rows.values_list("licence", "due_minor"):
                due[period][self._group(period, licence)] += amount
        return due

    def _one_name_each(self) -> dict[str, str]:
        return one_name_each(
            {self._background.groups.of(licence, month) for month in _months(close)}
            for period, close in self._closes.items()
            for licence in self._licences(period, close)
        )

    def _licences(self, period: str, close: CloseRun) -> set[UUID]:
        due = LicenceResult.objects.filter(run=close).order_by().values_list("licence", flat=True)
        paid = DistributionReceipt.objects.filter(run__programme=self._run.programme_id, part__period=period)
        return {*due, *paid.order_by().values_list("licence", flat=True)}


def _months(close: CloseRun) -> Iterator[str]:
    month = close.first_month
    while month <= close.last_month:
        yield f"{month:%Y-%m}"
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
