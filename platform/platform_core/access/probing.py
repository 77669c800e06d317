"""How the database looks for visible rows: from the rights to the rows, or row by row.

A right reaches rows as `pk IN (rows of another table)`. Read as a set, such a right costs as much as it reaches: right
for counting, for few rows, for joining. The first fifty of a long ordered list are found faster by walking along an
index and asking of each row whether some right reaches it; that costs as much as there are rows to pass over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Q, QuerySet, UUIDField
from django.db.models.lookups import In

_row_by_row: ContextVar[bool] = ContextVar("row_by_row", default=False)


@contextmanager
def row_by_row() -> Iterator[None]:
    """Have queries that are sent meanwhile ask of each row they pass whether a right reaches it."""
    token = _row_by_row.set(True)
    try:
        yield
    finally:
        _row_by_row.reset(token)


@UUIDField.register_lookup
class Reached(In):
    """`IN (subquery)` that can also be asked row by row; the rows it finds are the same."""

    lookup_name = "reached"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition in the form that is wanted at this moment."""
        if not _row_by_row.get() or self.rhs_is_direct_value():
            return super().as_sql(compiler, connection)
        column, column_params = self.process_lhs(compiler, connection)
        rows, rows_params = self.process_rhs(compiler, connection)
        # The offset keeps the planner from reading the whole set into a hash table, which it would for many rows.
        # All parts were compiled by Django, with their values apart.
        found = f"SELECT 1 FROM {rows} AS reached (id) WHERE reached.id = {column} OFFSET 0"  # noqa: S608
        return f"EXISTS ({found})", (*rows_params, *column_params)


def can_be_probed(rows: Q) -> Q:
    """Return the same condition, with each `pk__in=<queryset>` in it written so that it can be asked row by row.

    Not where it is denied: a null among the rows tells the two forms apart there.
    """
    if rows.negated:
        return rows
    changed = Q(_connector=rows.connector)
    for child in rows.children:
        if isinstance(child, Q):
            changed.children.append(can_be_probed(child))
        elif isinstance(child, tuple) and child[0] == "pk__in" and isinstance(child[1], QuerySet):
            changed.children.append(("pk__reached", child[1]))
        else:
            changed.children.append(child)
    return changed
