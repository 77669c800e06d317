"""A close beside the one before it: what each payee, product and country came to, and why it changed.

Every difference is taken apart into reasons that add up to it exactly (`reasons`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from licensing.close.calculation import Ratio, Sum, to_minor
from licensing.close.figures import Cell, Figures, figures_of
from licensing.close.lifecycle import RunStatus
from licensing.close.models import CloseRun
from licensing.close.reasons import EXPLAINED, ORDER, ROUNDING, Effect, effects_between, same_tariff
from licensing.close.scenarios import same_sharing
from licensing.engine.explain import Rules
from licensing.engine.model import first_day
from members.memberships.models import Membership
from platform_core.access.actors import Actor
from platform_core.problems import NotFound

_MICROS: Final = 10**6


@dataclass(slots=True)
class Row:
    """One payee, product or country: what it came to now and last, and why, in minor units."""

    key: str
    this_minor: int = 0
    last_minor: int = 0
    kind: str = ""
    name_zh: str = ""
    name_en: str = ""
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def difference_minor(self) -> int:
        """What was added since last time."""
        return self.this_minor - self.last_minor


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside another one."""

    run: CloseRun
    against: CloseRun | None
    total: Row
    payees: list[Row]
    products: list[Row]
    countries: list[Row]
    facts: Mapping[str, object]


def previous_run(run: CloseRun, *, actor: Actor) -> CloseRun | None:
    """Return the last posted run of the latest period before a run's, corrected by no posted one."""
    posted = CloseRun.objects.visible_to(actor).filter(status=RunStatus.POSTED, programme=run.programme_id)
    corrected = CloseRun.objects.filter(status=RunStatus.POSTED, corrects__isnull=False).values("corrects")
    earlier = posted.filter(last_month__lt=run.first_month).exclude(pk__in=corrected)
    return earlier.order_by("-last_month", "-number").first()


def basis_of(run: CloseRun, *, actor: Actor) -> CloseRun | None:
    """Return what a run is compared with unless somebody asks otherwise: the run it corrects, or the period before."""
    if run.corrects_id is None:
        return previous_run(run, actor=actor)
    return CloseRun.objects.visible_to(actor).filter(pk=run.corrects_id).first()


def compare_runs(run: CloseRun, against: CloseRun | None, *, actor: Actor) -> Comparison:
    """Compare a calculated run with another one of its programme.

    Without one, nothing is said about why amounts changed: that the reader sees no other does not mean there is none.
    """
    if run.results_claim is None:
        raise NotFound("This run has not been calculated, so there is nothing to compare yet.")
    now = figures_of(run, actor=actor)
    last = figures_of(against, actor=actor) if against is not None else Figures()
    effects = list(effects_between(now, last)) if against is not None else []
    comparison = Comparison(
        run=run,
        against=against,
        total=_row("", now.total_minor, last.total_minor, _by_cell(effects, lambda cell: "").get("", {})),
        payees=_payees(now, last, effects, actor),
        products=_cells(now, last, effects, lambda cell: cell[0]),
        countries=_cells(now, last, effects, lambda cell: cell[1]),
        facts=_facts(now, last),
    )
    if against is None:
        for row in (comparison.total, *comparison.payees, *comparison.products, *comparison.countries):
            row.reasons.clear()
    return comparison


# -- rows ---------------------------------------------------------------------------------------------------------

Reasons = Mapping[str, list[Ratio]]
"""What each reason adds, in micros."""


def _row(key: str, this: int, last: int, reasons: Reasons) -> Row:
    row = Row(key, this, last)
    told = {reason: Sum(reasons.get(reason, ())) for reason in ORDER if reason != ROUNDING}
    known = [(-numerator, denominator) for numerator, denominator in reasons.get(EXPLAINED, ())]
    told[ROUNDING] = Sum([(row.difference_minor * _MICROS, 1), *known])
    row.reasons = to_minor(told, row.difference_minor)
    return row


def _by_payee(effects: Iterable[Effect]) -> dict[str, Reasons]:
    parts: dict[str, dict[str, list[Ratio]]] = defaultdict(lambda: defaultdict(list))
    for effect in effects:
        for payee, micros in effect.micros.items():
            if micros:
                parts[payee][effect.reason].append((micros, effect.denominator))
    return {**parts}


def _by_cell(effects: Iterable[Effect], key: Callable[[Cell], str]) -> dict[str, Reasons]:
    parts: dict[str, dict[str, list[Ratio]]] = defaultdict(lambda: defaultdict(list))
    for effect in effects:
        parts[key(effect.cell)][effect.reason].append((sum(effect.micros.values()), effect.denominator))
    return {**parts}


def _payees(now: Figures, last: Figures, effects: Iterable[Effect], actor: Actor) -> list[Row]:
    reasons = _by_payee(effects)
    members = {**last.members, **now.members}
    names = {
        pk: (zh, en)
        for pk, zh, en in Membership.objects.visible_to(actor)
        .filter(pk__in=set(members.values()))
        .values_list("pk", "organisation__name_zh", "organisation__name_en")
    }
    rows = []
    for payee in sorted({*now.minor, *last.minor, *reasons}):
        told = reasons.get(payee, {})
        if (
            payee not in now.minor
            and payee not in last.minor
            and not any(Sum(parts).exact()[0] for parts in told.values())
        ):
            continue
        row = _row(payee, now.minor.get(payee, 0), last.minor.get(payee, 0), told)
        row.kind = "member" if payee in members else payee.removeprefix("~").partition(":")[0]
        if payee in members:
            row.name_zh, row.name_en = names.get(members[payee], ("", ""))
        rows.append(row)
    return rows


def _cells(now: Figures, last: Figures, effects: Iterable[Effect], key: Callable[[Cell], str]) -> list[Row]:
    reasons = _by_cell(effects, key)
    this, before = _minor_by(now, key), _minor_by(last, key)
    names = sorted({*this, *before, *reasons})
    return [_row(name, this.get(name, 0), before.get(name, 0), reasons.get(name, {})) for name in names]


def _minor_by(figures: Figures, key: Callable[[Cell], str]) -> dict[str, int]:
    """What was shared out, over groups of cells, in minor units that add up to the whole."""
    micros: dict[str, int] = defaultdict(int)
    for cell, of_cell in figures.got.items():
        micros[key(cell)] += sum(of_cell.values())
    whole = sum(micros.values())
    if not whole:
        return dict.fromkeys(sorted(micros), 0)
    scaled = {name: Sum([(micros[name] * figures.total_minor * _MICROS, whole)]) for name in sorted(micros)}
    rounded = to_minor(scaled, figures.total_minor)
    return {name: rounded.get(name, 0) for name in scaled}


def _facts(now: Figures, last: Figures) -> dict[str, object]:
    """What changed in the records behind the two runs, counted."""
    if now.rules is None or last.rules is None:
        return {}
    here, there = _counting(now.rules), _counting(last.rules)
    return {
        "terms_changed": not same_tariff(now.rules.terms, last.rules.terms),
        "allocation_changed": not same_sharing(now.rules.terms, last.rules.terms),
        "licences_new": len(now.licences - last.licences),
        "licences_ended": len(last.licences - now.licences),
        "members_new": sorted(set(_present(now.rules)) - set(_present(last.rules))),
        "members_left": sorted(set(_present(last.rules)) - set(_present(now.rules))),
        "members_held": sorted(now.held),
        "patents_new": len(here - there),
        "patents_ended": len(there - here),
    }


def _counting(rules: Rules) -> set[tuple[str, str, str]]:
    day = first_day(rules.terms.period_end)
    return {
        (patent.publication, patent.country, patent.owner) for patent in rules.tables.patents if patent.counts_on(day)
    }


def _present(rules: Rules) -> Iterable[str]:
    day = first_day(rules.terms.period_end)
    return (member.id for member in rules.tables.members.values() if member.is_in(day))
