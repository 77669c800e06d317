"""Which yearly fees of a right have to be watched, and until when: pure, by the rules of its office."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pools.patents.annuities import WEEKENDS, Annuity, KeptRight, Status, WorkingDays, rules_of, work_out

CONFIRM_WITHIN: Final = timedelta(days=14)
"""How soon people are to say whether a fee was paid that fell due before the right came on record."""

_LONGEST: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of a right's fees: since when they are watched here, and which of them people have dealt with."""

    since: date
    paid_through: int | None = None
    """The last year that was paid, or that people say was."""
    given_up_from: int | None = None
    """The first year that was waived or missed: nothing is to be paid after it."""
    confirmed: frozenset[int] = frozenset()
    """Years that people need not be asked about any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnuityDuty:
    """A fee to watch: until when it is paid as it is, and the last day on which it can be paid at all."""

    year: int
    due_on: date
    last_day: date
    rule: str
    to_confirm: bool = False
    """Whether it is not known here if it was paid, so that people have to say."""


def year_of(days: Collection[date]) -> int | None:
    """Return the year that a calendar is for: the one that most of its days are of; None where no one year is.

    A notice for a year names days of the years beside it, such as those that are worked before a holiday in January.
    """
    most = Counter(day.year for day in days).most_common(2)
    if not most or (len(most) > 1 and most[0][1] == most[1][1]):
        return None
    return most[0][0]


def duties_of(
    right: KeptRight, history: History, *, ends_on: date | None = None, calendar: WorkingDays = WEEKENDS
) -> list[AnnuityDuty]:
    """Return the fees of a right that are to be watched: the next one, and one that may have been left unpaid.

    A right that comes on record is taken for alive: what fell due before is taken as paid, but for a fee that could
    still be paid that day, about which people are asked. `ends_on`: the first day the right is in force no longer;
    `calendar`: on which days its office works.
    Raises NoRules where the office or the kind of right has no rules.
    """
    if history.given_up_from is not None:
        return []
    found: list[AnnuityDuty] = []
    for year in _years(right, history):
        annuity = work_out(right, year, on=history.since, calendar=calendar)
        if annuity.status is Status.EXPIRED:
            break
        if annuity.due_on is None or annuity.last_day is None:
            continue
        if ends_on is not None and ends_on <= annuity.due_on:
            break
        last_day = max(annuity.last_day, annuity.grace_until or annuity.last_day)
        if last_day < history.since:
            # Nobody could pay it any more when the right came on record as one that is alive.
            continue
        if annuity.last_day >= history.since or history.paid_through is not None:
            found.append(_duty(annuity, annuity.last_day, last_day))
            break
        if year not in history.confirmed:
            asked = min(history.since + CONFIRM_WITHIN, last_day)
            found.append(_duty(annuity, asked, last_day, to_confirm=True))
    return found


def _duty(annuity: Annuity, due_on: date, last_day: date, *, to_confirm: bool = False) -> AnnuityDuty:
    return AnnuityDuty(
        year=annuity.year,
        due_on=due_on,
        last_day=last_day,
        rule="; ".join(dict.fromkeys(annuity.sources)),
        to_confirm=to_confirm,
    )


def _years(right: KeptRight, history: History) -> Iterator[int]:
    """Yield the fee years to look at, the earliest first: those behind the last that was paid, or of about that day."""
    office = rules_of(right.office)
    after = history.paid_through or 0
    if office.due == "half_years":
        yield from (year for year in (4, 8, 12) if year > after)
        return
    start = right.filed_on if office.counted_from == "filed" else right.granted_on
    if start is not None:
        # The fee year that began in the year before is the earliest whose grace may not be over.
        yield from range(max(1, after + 1, history.since.year - start.year), _LONGEST + 1)
