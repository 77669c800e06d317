"""How many rights are still in force in the years to come, as far as their ends are known. Pure."""

from collections.abc import Mapping


def expiry_curve(in_force: int, ending: Mapping[int, int], first_year: int) -> list[tuple[int, int]]:
    """Return, year by year, how many of the rights in force now are so still at its end.

    `ending` counts those that end in each year; the curve runs until the last known end, and at least one year.
    """
    curve: list[tuple[int, int]] = []
    left = in_force
    for year in range(first_year, max([first_year, *ending]) + 1):
        left -= ending.get(year, 0)
        curve.append((year, left))
    return curve
