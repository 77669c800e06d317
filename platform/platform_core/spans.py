"""Spans of days in tables: at most one per key at a time, held by the database itself."""

from collections.abc import Sequence

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import F, Func, Q, Value


def no_overlap(
    name: str, *, keys: Sequence[str], first: str, end: str, end_included: bool = False, condition: Q | None = None
) -> ExclusionConstraint:
    """Refuse two rows with equal keys (uuid columns) whose days overlap; a blank bound is open.

    Without the btree_gist extension, "same key" is an overlap of ranges that hold one value (type `uuidrange`).
    """
    bounds = Value("[]" if end_included else "[)")
    return ExclusionConstraint(
        name=name,
        expressions=[
            *((Func(F(key), F(key), Value("[]"), function="uuidrange"), "&&") for key in keys),
            (Func(F(first), F(end), bounds, function="daterange"), "&&"),
        ],
        condition=condition,
    )
