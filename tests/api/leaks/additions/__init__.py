"""Rows that are added beside what somebody sees: of rivals in the same alliance, and of another alliance.

The office of one alliance sees organisations that are tied to none, so that it can choose among them. What brings one
along is found by every office, and is added a second time without: those are called `within`.
"""

from collections.abc import Callable

from tests.api.leaks.additions import closes, licences, money, people, rights
from tests.api.leaks.additions.places import WORD, Elsewhere, places

__all__ = ["ADDITIONS", "WORD", "Elsewhere", "places"]

ADDITIONS: tuple[Callable[[Elsewhere], None], ...] = tuple(
    value
    for room in (rights, licences, closes, money, people)
    for name, value in vars(room).items()
    if name.startswith("add_")
)
"""In an order in which each finds what it needs: nothing of one room is added for another."""
