"""Exact whole numbers in arrays: int64 while every step fits, Python integers (dtype object) beyond.

Every function gives the same numbers either way; only the speed differs. No floating point decides a result: the
one place that uses it (`_mul_div_by_estimate`) guesses a quotient and then proves or corrects it in integers.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import lcm
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
"""An array of whole numbers: dtype int64 or object."""
Index = NDArray[np.intp]

_SAFE: Final = 2**62
_FEW: Final = 12


def ints(values: Iterable[int]) -> Ints:
    """An array of the given whole numbers, int64 where they fit with room to add."""
    items = list(values)
    fits = all(-_SAFE < item < _SAFE for item in items)
    return np.array(items, dtype=np.int64 if fits else object)


def zeros(size: int) -> Ints:
    """So many zeros."""
    return np.zeros(size, dtype=np.int64)


def largest(values: Ints) -> int:
    """The largest magnitude in the array; 0 for an empty one."""
    if values.size == 0:
        return 0
    return max(abs(int(values.max())), abs(int(values.min())))


def wide(values: Ints) -> Ints:
    """The same numbers as Python integers."""
    return values if values.dtype == object else values.astype(object)


def narrow(values: Ints) -> Ints:
    """The same numbers as int64 where they all fit, else as they are."""
    if values.dtype == object and largest(values) < _SAFE:
        return values.astype(np.int64)
    return values


def times(values: Ints, factor: int) -> Ints:
    """Each number times a whole factor."""
    if values.dtype != object and max(largest(values), 1) * abs(factor) < _SAFE:
        return values * np.int64(factor)
    return narrow(wide(values) * factor)


def multiply(left: Ints, right: Ints) -> Ints:
    """Number by number."""
    if left.dtype != object and right.dtype != object and largest(left) * largest(right) < _SAFE:
        return np.asarray(left * right)
    return narrow(np.asarray(wide(left) * wide(right)))


def add(left: Ints, right: Ints) -> Ints:
    """Number by number."""
    if left.dtype != object and right.dtype != object and largest(left) + largest(right) < _SAFE:
        return np.asarray(left + right)
    return narrow(np.asarray(wide(left) + wide(right)))


def total(values: Ints) -> int:
    """The sum as a Python integer of any size."""
    if values.dtype == object or largest(values) * max(values.size, 1) >= _SAFE:
        return int(sum(values.tolist()))
    return int(values.sum())


def assign(target: Ints, where: Any, values: Ints) -> Ints:
    """The target with `values` put at `where`; it becomes wide where the values are."""
    if values.dtype == object and target.dtype != object:
        target = wide(target)
    target[where] = values
    return target


def round_ratio(values: Ints, factor: Fraction) -> Ints:
    """Each number times an exact factor, rounded to a whole number, half away from zero (`to_micros`, `to_minor`)."""
    numerator, denominator = factor.numerator, factor.denominator
    if denominator == 1:
        return times(values, numerator)
    if values.dtype != object and 2 * (max(largest(values), 1) * abs(numerator) + denominator) < _SAFE:
        doubled = np.abs(values) * np.int64(2 * abs(numerator)) + np.int64(denominator)
        rounded = doubled // np.int64(2 * denominator)
        return np.where((values < 0) != (numerator < 0), -rounded, rounded)
    exact = wide(values) * numerator
    halves_up = (2 * abs(exact) + denominator) // (2 * denominator)
    return narrow(np.where(exact < 0, -halves_up, halves_up))


def common_scale(values: Iterable[Fraction]) -> int:
    """The smallest whole number by which all given fractions become whole."""
    scale = 1
    for value in values:
        scale = lcm(scale, value.denominator)
    return scale


# -- sums by group --------------------------------------------------------------------------------------------


def group_starts(*keys: Ints) -> Index:
    """Where groups begin in rows that are already sorted by the keys."""
    size = keys[0].size
    if size == 0:
        return np.zeros(0, dtype=np.intp)
    changes = np.zeros(size, dtype=bool)
    changes[0] = True
    for key in keys:
        changes[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(changes)


def group_sizes(starts: Index, size: int) -> Index:
    """How many rows each group has."""
    return np.diff(np.append(starts, size))


def group_sums(values: Ints, starts: Index) -> Ints:
    """The sum of each group."""
    if starts.size == 0:
        return zeros(0)
    if values.dtype != object and largest(values) * values.size >= _SAFE:
        values = wide(values)
    return narrow(np.add.reduceat(values, starts))


def running_before(values: Ints, starts: Index) -> Ints:
    """For each row, the sum of the earlier rows of its group."""
    if values.size == 0:
        return values
    if values.dtype != object and largest(values) * values.size >= _SAFE:
        values = wide(values)
    upto = np.cumsum(values) - values
    return narrow(upto - np.repeat(upto[starts], group_sizes(starts, values.size)))


def running_peak_before(values: Ints, starts: Index) -> Ints:
    """For each row, the largest of the earlier rows of its group; 0 for the first."""
    peaks: list[int] = []
    for start, size in zip(starts.tolist(), group_sizes(starts, values.size).tolist(), strict=True):
        highest = 0
        for value in values[start : start + size].tolist():
            peaks.append(highest)
            highest = max(highest, value)
    return ints(peaks)


# -- division without loss ------------------------------------------------------------------------------------


def mul_div(left: Ints, right: Ints, whole: Ints) -> tuple[Ints, Ints]:
    """Quotient and remainder of left * right / whole, for 0 <= left < whole and right >= 0, as if without limit."""
    if any(part.dtype == object for part in (left, right, whole)):
        product = wide(left) * wide(right)
        return product // wide(whole), product % wide(whole)
    most_right, most_whole = largest(right), largest(whole)
    if most_right * most_whole < _SAFE:
        product = left * right
        quotient = product // whole
        return quotient, product - quotient * whole
    if most_whole < 2**60 and most_right < 2**50:
        return _mul_div_by_estimate(left, right, whole)
    if most_whole < 2**60 and most_right < 2**62:
        # Two digits of 31 bits: left * (high * 2^31 + low) / whole, remainders carried.
        high_quotient, high_rest = _mul_div_by_estimate(left, right >> 31, whole)
        mid_quotient, mid_rest = _mul_div_by_estimate(high_rest, np.full_like(high_rest, 2**31), whole)
        low_quotient, low_rest = _mul_div_by_estimate(left, right & (2**31 - 1), whole)
        rest = mid_rest + low_rest
        carry = rest >= whole
        quotient = (high_quotient << 31) + mid_quotient + low_quotient + carry
        return quotient, rest - np.where(carry, whole, 0)
    return mul_div(wide(left), wide(right), wide(whole))


def _mul_div_by_estimate(left: Ints, right: Ints, whole: Ints) -> tuple[Ints, Ints]:
    """`mul_div` for whole below 2^60 and right below 2^50.

    The quotient is below 2^50, so a double estimates it to within two; the remainder is then exact modulo 2^64,
    lies within a few times `whole` of the truth, and so tells by how much the estimate is off.
    """
    estimate = left.astype(np.float64) * right.astype(np.float64) / whole.astype(np.float64)
    quotient = estimate.astype(np.int64)
    with np.errstate(over="ignore"):
        rest = left * right - quotient * whole
    while True:
        off = (rest >= whole).astype(np.int64) - (rest < 0).astype(np.int64)
        if not off.any():
            return quotient, rest
        quotient = quotient + off
        rest = rest - off * whole


def apportion_groups(totals: Ints, weights: Ints, starts: Index) -> Ints:
    """Split each group's total over the group's rows by weight (largest remainder, ties to the earlier row).

    Totals and weights are not negative. A group whose weights are all zero gets nothing: what then becomes of its
    total is the caller's to decide.
    """
    if weights.size == 0:
        return weights
    whole = group_sums(weights, starts)
    empty = whole == 0
    whole = np.where(empty, 1, whole)
    totals = np.where(empty, 0, totals)
    quotient, rest = totals // whole, totals % whole
    sizes = group_sizes(starts, weights.size)
    parts, lost = mul_div(np.repeat(rest, sizes), weights, np.repeat(whole, sizes))
    parts = add(parts, multiply(np.repeat(quotient, sizes), weights))
    left_over = (totals - group_sums(parts, starts)).astype(np.int64)
    if not left_over.any():
        return narrow(parts)
    row_left_over = np.repeat(left_over, sizes)
    rows = np.flatnonzero(row_left_over > 0)
    order = _by_remainder(lost[rows], np.repeat(np.arange(starts.size), sizes)[rows])
    kept_sizes = sizes[left_over > 0]
    begins = np.cumsum(kept_sizes) - kept_sizes
    rank = np.arange(rows.size) - np.repeat(begins, kept_sizes)
    winners = rows[order[rank < row_left_over[rows]]]
    parts[winners] += 1
    return narrow(parts)


def _ones_by_remainder(lost: Ints, left_over: Ints) -> Ints:
    """1 for each row's `left_over` columns with the largest remainders, ties to the earlier column; else 0."""
    columns = lost.shape[1]
    if lost.dtype != object and columns <= _FEW:
        # A column's rank is how many others come before it: few columns are faster compared than sorted.
        by_column = np.ascontiguousarray(lost.T)
        ranks = np.zeros(by_column.shape, dtype=np.int64)
        for later in range(columns):
            for earlier in range(later):
                first = by_column[earlier] >= by_column[later]
                ranks[later] += first
                ranks[earlier] += ~first
        return (ranks < left_over[None, :]).T.astype(np.int64)
    if lost.dtype == object:
        order = np.array([sorted(range(columns), key=lambda i: (-row[i], i)) for row in lost.tolist()], dtype=np.intp)
    else:
        order = np.argsort(-lost, axis=1, kind="stable")
    gets = (np.arange(columns)[None, :] < left_over[:, None]).astype(np.int64)
    ones = np.zeros(order.shape, dtype=np.int64)
    np.put_along_axis(ones, order, gets, axis=1)
    return ones


def _row_sums(values: Ints) -> Ints:
    fits = values.dtype != object and largest(values) * values.shape[1] < _SAFE
    return np.asarray((values if fits else wide(values)).sum(axis=1))


def _by_remainder(lost: Ints, group: Ints) -> Index:
    """Rows by group, largest remainder first, ties in their order."""
    if lost.dtype != object:
        return np.lexsort((-lost, group))
    keys = list(zip(group.tolist(), (-lost).tolist(), strict=True))
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.intp)


def apportion_rows(totals: Ints, weights: Ints) -> Ints:
    """Split each row's total over the row's columns by weight (largest remainder, ties to the earlier column).

    `totals` has shape (n,), `weights` (n, m), none negative. A row without a positive weight gets nothing.
    """
    if weights.size == 0:
        return weights
    whole = _row_sums(weights)
    empty = whole == 0
    whole = np.where(empty, 1, whole)
    totals = np.where(empty, 0, totals)
    quotient, rest = totals // whole, totals % whole
    parts, lost = mul_div(
        np.broadcast_to(rest[:, None], weights.shape), weights, np.broadcast_to(whole[:, None], weights.shape)
    )
    parts = add(parts, multiply(np.broadcast_to(quotient[:, None], weights.shape), weights))
    left_over = (totals - _row_sums(parts)).astype(np.int64)
    rows = np.flatnonzero(left_over)
    if rows.size == 0:
        return narrow(parts)
    ones = _ones_by_remainder(lost[rows], left_over[rows])
    parts[rows] += ones
    return narrow(parts)
