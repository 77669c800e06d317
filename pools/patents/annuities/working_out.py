"""What keeps a right alive: until when, how much on a given day, and what waiting costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeVar

from platform_core.money import round_half_away
from pools.patents.annuities.days import WEEKENDS, WorkingDays, add_months, add_years, month_end
from pools.patents.annuities.rules import Dated, Fee, NoRules, Office, Step, rules_of

_LONGEST = 30
_HALF_YEARS = (4, 8, 12)

Rule = TypeVar("Rule", bound=Dated)


class Status(StrEnum):
    """Where a fee stands on a day."""

    BEFORE_GRANT = "before_grant"
    """Nothing is due for a year before that of the grant."""
    WITH_REGISTRATION = "with_registration"
    """Paid with the registration of the grant, by its notice, not by an anniversary."""
    NOT_OPEN = "not_open"
    """The office does not take it yet."""
    IN_TIME = "in_time"
    GRACE = "grace"
    """Late, and still to be paid; perhaps with a surcharge."""
    TERMINATED = "terminated"
    """Not paid by the end of grace: the right ended on the due day."""
    EXPIRED = "expired"
    """The right's term is over before that year: there is nothing to pay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRight:
    """What is known of a right that is to be kept alive."""

    office: str
    right: str
    """invention, utility_model or design."""
    filed_on: date
    """The filing date its term runs from: of the international application, or of the parent of a divisional."""
    granted_on: date | None = None
    """The day of the grant, or of the registration where fees are counted from that; None: not granted."""
    grant_year: int | None = None
    """The fee year named in the notice of grant; None: the one the grant falls into."""
    claims: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What is taken off for who the owner is: checked anew when a right passes to another."""

    percent: int = 0
    is_open_licence: bool = False


NO_RELIEF: Final = Relief()


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What there is to pay on one day, in minor units."""

    payable: int
    surcharge: int

    @property
    def total(self) -> int:
        """Return both together."""
        return self.payable + self.surcharge


@dataclass(frozen=True, slots=True, kw_only=True)
class Annuity:
    """One year's fee, as it stands on a day. Amounts are minor units of `currency`; None: not known, or too late."""

    office: str
    currency: str
    year: int
    on: date
    status: Status
    due_on: date | None = None
    last_day: date | None = None
    """The due day, or the first day after it on which the office works."""
    opens_on: date | None = None
    grace_until: date | None = None
    full: int | None = None
    payable: int | None = None
    surcharge: int | None = None
    total: int | None = None
    rises_on: date | None = None
    """The first day on which more is due."""
    rises_by: int | None = None
    ended_on: date | None = None
    """The day the right ended, where grace passed."""
    restoration: int | None = None
    """What it takes to get the right back: the fee, the surcharge and the request."""
    restoration_months: int | None = None
    sources: tuple[str, ...] = ()
    is_verified: bool = True


def work_out(
    right: KeptRight,
    year: int,
    *,
    on: date,
    relief: Relief = NO_RELIEF,
    calendar: WorkingDays = WEEKENDS,
) -> Annuity:
    """Say what is due for a fee year of a right on a day.

    Raises NoRules where the office or the right has no rules. Where an amount alone is unknown, the days are told.
    """
    office = rules_of(right.office)
    if not 1 <= year <= _LONGEST:
        raise NoRules(f"Fee years are 1 to {_LONGEST}; this is {year}.")
    if office.due == "half_years" and year not in _HALF_YEARS:
        raise NoRules(f"{office.code} takes fees for years 4, 8 and 12, not for year {year}.")
    plain = Annuity(office=office.code, currency=office.currency, year=year, on=on, status=Status.BEFORE_GRANT)
    due_on = _due_on(office, right, year)
    if due_on is not None and due_on >= add_years(right.filed_on, term_of(office, right)):
        return replace(plain, status=Status.EXPIRED)
    begins = first_year(office, right)
    if due_on is None or begins is None or (year < begins and office.begins_with is None):
        return plain
    if year < begins:
        return replace(plain, status=Status.WITH_REGISTRATION)
    if office.until_grant and right.granted_on is not None and due_on > right.granted_on:
        raise NoRules(f"After its grant a right of {office.code} is kept alive at each country's own office.")
    fee = next((fee for fee in office.fees if fee.right == right.right and year in fee.years and fee.holds(on)), None)
    if fee is None:
        # The days are what keeps a right alive: they are told even where the amount has to be asked of the office.
        dated = _on_the_day(_Late(office, due_on, 0, 0, relief), replace(plain, sources=(office.source,)), calendar)
        return replace(dated, surcharge=None, total=None, restoration=None, rises_on=None, is_verified=False)
    full = fee.amount + fee.per_claim * right.claims
    off, by = _taken_off(office, begins, year, on, relief, fee)
    payable = full - _percent(full, off)
    priced = replace(
        plain,
        full=full,
        payable=payable,
        surcharge=0,
        total=payable,
        sources=(fee.source, office.source, *(rule.source for rule in by)),
        is_verified=fee.verified and office.verified and all(rule.verified for rule in by),
    )
    if office.begins_with is None and year == begins:
        return replace(priced, status=Status.WITH_REGISTRATION)
    return _on_the_day(_Late(office, due_on, full, payable, relief), priced, calendar)


def schedule(
    right: KeptRight, *, on: date, relief: Relief = NO_RELIEF, calendar: WorkingDays = WEEKENDS
) -> list[Annuity]:
    """Say what is due for each fee year of a right: as on its due day, or as on `on` where that is later."""
    office = rules_of(right.office)
    found = []
    for year in _HALF_YEARS if office.due == "half_years" else range(1, _LONGEST + 1):
        due_on = _due_on(office, right, year)
        if due_on is None or (office.until_grant and right.granted_on is not None and due_on > right.granted_on):
            break
        told = work_out(right, year, on=max(on, due_on), relief=relief, calendar=calendar)
        if told.status is Status.EXPIRED:
            break
        if told.due_on is not None:
            found.append(told)
    return found


def compensation_fee(office_code: str, first: date, end: date) -> int:
    """Return what a compensated term from a day until another costs, in minor units: each whole year of it."""
    office = rules_of(office_code)
    rule = _in_force(office.compensations, first, "a compensated term", office)
    years = 0
    while add_years(first, years + 1) <= end:
        years += 1
    return years * rule.per_year


def term_of(office: Office, right: KeptRight) -> int:
    """Return how many years a right lasts from its filing."""
    for term in office.terms:
        if (
            term.right == right.right
            and (term.filed_from is None or term.filed_from <= right.filed_on)
            and (term.filed_until is None or right.filed_on < term.filed_until)
        ):
            return term.years
    known = ", ".join(sorted({term.right for term in office.terms}))
    raise NoRules(f"No yearly fees of {office.code} are known for {right.right}; known are those for {known}.")


def first_year(office: Office, right: KeptRight) -> int | None:
    """Return the first fee year that is paid by an anniversary or with the registration; None: not granted yet."""
    if office.begins_with is not None:
        return office.begins_with
    if right.grant_year is not None:
        return right.grant_year
    if right.granted_on is None:
        return None
    year = 1
    while add_years(right.filed_on, year) <= right.granted_on:
        year += 1
    return year


@dataclass(frozen=True, slots=True)
class _Late:
    """What being late with one fee costs, day by day."""

    office: Office
    due_on: date
    full: int
    payable: int
    relief: Relief

    def ends(self, months: int) -> date:
        """Return the last day of so many months after the due day."""
        day = add_months(self.due_on, months)
        return month_end(day) if self.office.due == "month_end" else day

    def surcharge(self, on: date) -> int:
        """Return the surcharge of a day after the due day: that of its month, a month's last day included."""
        steps = self.steps(on)
        if not steps:
            return 0
        step = next((step for step in steps if on <= self.ends(step.months)), steps[-1])
        amount = step.amount + _percent(
            self.payable if self.office.surcharge_of == "payable" else self.full, step.percent
        )
        reduced = any(rule.of_surcharge and rule.holds(on) for rule in self.office.reductions)
        return amount - _percent(amount, self.relief.percent) if reduced else amount

    def steps(self, on: date) -> tuple[Step, ...]:
        """Return the steps that hold on a day; none: what being late costs is not known."""
        return next((rule.steps for rule in self.office.surcharges if rule.holds(on)), ())

    def rise(self, on: date, now: int, last_day: date, grace_until: date) -> tuple[date, int] | None:
        """Return the first day on which more is due than now, and how much more; None: not before grace ends."""
        for after in (last_day, *(self.ends(step.months) for step in self.steps(on))):
            day = after + timedelta(days=1)
            if on < day <= grace_until and day > last_day and (more := self.surcharge(day) - now) > 0:
                return day, more
        return None


def _on_the_day(late: _Late, priced: Annuity, calendar: WorkingDays) -> Annuity:
    """Say where a fee stands on the day it is asked for."""
    office, on = late.office, priced.on
    last_day = calendar.next_open(late.due_on)
    # The end of grace is the end of a period and moves to a working day. Its inner steps set an amount: moving them
    # too could leave a payment short, and what is short counts as not paid.
    grace_until = calendar.next_open(late.ends(office.grace_months))
    opens_on = _opens_on(office, priced.year, late.due_on)
    dated = replace(priced, due_on=late.due_on, last_day=last_day, grace_until=grace_until, opens_on=opens_on)
    if on > grace_until:
        surcharge = late.surcharge(grace_until)
        ended = replace(dated, status=Status.TERMINATED, surcharge=surcharge, total=None, ended_on=late.due_on)
        if not office.restorations:
            return ended
        rule = _in_force(office.restorations, on, "restoration", office)
        back = late.payable + _percent(late.full, rule.percent) + rule.request
        return replace(ended, restoration=back, restoration_months=rule.months, sources=(*dated.sources, rule.source))
    if on <= last_day:
        is_open = opens_on is None or opens_on <= on
        told = replace(dated, status=Status.IN_TIME if is_open else Status.NOT_OPEN)
    elif not late.steps(on):
        # Better nothing than an amount that would be short.
        return replace(dated, status=Status.GRACE, surcharge=None, total=None, is_verified=False)
    else:
        surcharge = late.surcharge(on)
        told = replace(dated, status=Status.GRACE, surcharge=surcharge, total=late.payable + surcharge)
    if rise := late.rise(on, told.surcharge or 0, last_day, grace_until):
        return replace(told, rises_on=rise[0], rises_by=rise[1])
    return told


def _taken_off(
    office: Office, begins: int, year: int, on: date, relief: Relief, fee: Fee
) -> tuple[int, tuple[Dated, ...]]:
    """Return the best of what may be taken off, with the rule it is by; nothing is added up."""
    found: list[tuple[int, tuple[Dated, ...]]] = [(0, ())]
    if relief.percent:
        rule = next((rule for rule in office.reductions if rule.holds(on)), None)
        if rule is None or relief.percent not in rule.percents:
            known = ", ".join(str(percent) for rule in office.reductions for percent in rule.percents) or "none"
            raise NoRules(f"{office.code} reduces by no {relief.percent} %; known are {known}.")
        if fee.is_reducible and (rule.years_after_grant is None or year <= begins + rule.years_after_grant):
            found.append((relief.percent, (rule,)))
    if relief.is_open_licence:
        found += [(rule.percent, (rule,)) for rule in office.open_licences if rule.holds(on)]
    return max(found, key=lambda each: each[0])


def _due_on(office: Office, right: KeptRight, year: int) -> date | None:
    """Return the day before whose end a fee is due; None: it is counted from a grant that has not come."""
    start = right.filed_on if office.counted_from == "filed" else right.granted_on
    if start is None:
        return None
    if office.due == "half_years":
        return add_months(start, 12 * year - 6)
    day = add_years(start, year - 1)
    return month_end(day) if office.due == "month_end" else day


def _opens_on(office: Office, year: int, due_on: date) -> date | None:
    months = office.opens_months
    if year == office.begins_with and office.opens_months_first is not None:
        months = office.opens_months_first
    return None if months is None else add_months(due_on, -months)


def _percent(amount: int, percent: int) -> int:
    return round_half_away(Fraction(amount * percent, 100))


def _in_force(rules: Sequence[Rule], on: date, what: str, office: Office) -> Rule:
    found = next((rule for rule in rules if rule.holds(on)), None)
    if found is None:
        raise NoRules(f"What {office.code} takes for {what} on {on} is not known.")
    return found
