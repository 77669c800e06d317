"""When the longest term of a right is over."""

from datetime import date

from pools.patents.annuities import KeptRight, NoRules, rules_of
from pools.patents.annuities.days import add_years
from pools.patents.annuities.working_out import term_of


def term_end(office: str, right: str, filed_on: date) -> date | None:
    """Return the first day after the longest term of a right; None where the office's rules are not known."""
    try:
        return add_years(filed_on, term_of(rules_of(office), KeptRight(office=office, right=right, filed_on=filed_on)))
    except NoRules:
        return None
